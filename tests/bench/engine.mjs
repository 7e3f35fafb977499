// The engine's budgets in Node: a world ready, `docker ps`, and labs played against the time that the recording took.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { loadEngine } from '../../scripts/engine.mjs';

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** The median of `times` runs after `warm` that are not counted, in milliseconds. */
function time(work, times, warm) {
  const measured = [];
  for (let i = 0; i < warm + times; i += 1) {
    const start = performance.now();
    work();
    if (i >= warm) measured.push(performance.now() - start);
  }
  return median(measured);
}

/** Plays a recording through the replayer's own code, without the pipes in between. */
function play(createReplayer, file) {
  const [head, ...steps] = readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  const replayer = createReplayer();
  replayer.handle({ op: 'start', nodes: head.meta.nodes });
  const values = {};
  let recorded = 0;
  for (const step of steps) {
    if (step.cmd === undefined || step.exit === undefined) continue;
    const cmd = (step.template ?? step.cmd).replace(
      /\$\{(\w+)\}/g,
      (whole, name) => values[name] ?? whole,
    );
    const answer = replayer.handle({
      op: 'run',
      node: step.node,
      cmd,
      at: step.t,
      tty: step.tty,
      cols: step.cols,
      send: step.send,
    });
    if (step.capture)
      values[step.capture] = step.capture_regex
        ? (new RegExp(step.capture_regex, 'm').exec(answer.stdout)?.[1] ?? '')
        : answer.stdout.trim();
    recorded = Math.max(recorded, step.t * 1_000 + step.ms);
  }
  return recorded;
}

/** Answers rows of {name, value, unit, budget}: every value must be at most its budget, or at least where `least`. */
export async function benchEngine(root) {
  const { createLab, createReplayer } = await loadEngine();
  const rows = [];
  const coldStart = performance.now();
  createLab({ seed: 1, scenario: 'swarm' });
  const cold = performance.now() - coldStart;
  const ready = time(() => createLab({ seed: 1, scenario: 'swarm' }), 9, 3);
  rows.push({ name: 'four-node world ready (median)', value: ready, unit: 'ms', budget: 100 });
  rows.push({ name: 'four-node world ready, first time in a process', value: cold, unit: 'ms' });
  const lab = createLab({ seed: 1, scenario: 'swarm' });
  lab.exec('manager1', 'docker run -d --name web1 -p 8000:80 nginx:alpine');
  const ps = time(() => lab.exec('manager1', 'docker ps'), 51, 20);
  rows.push({ name: 'docker ps (median)', value: ps, unit: 'ms', budget: 3 });
  const file = join(root, 'tests', 'golden', '001-seed-sections-1-2.jsonl');
  let recorded = 0;
  const replay = time(
    () => {
      recorded = play(createReplayer, file);
    },
    5,
    1,
  );
  rows.push({ name: 'labs 1-3: recording 001 played (median)', value: replay, unit: 'ms' });
  rows.push({
    name: 'labs 1-3: times faster than recorded',
    value: recorded / replay,
    unit: '×',
    budget: 100,
    least: true,
  });
  return rows;
}
