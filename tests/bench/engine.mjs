// The engine's budgets in Node: a world ready, `docker ps`, labs played against the time that the recordings took, a
// service that converges, and requests through the routing mesh.
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

/** The recordings that labs were made of, and how often each is played. */
const recordings = [
  ['001-seed-sections-1-2', 5],
  ['002-seed-section-3-overlay', 3],
  ['003-seed-neuvector', 3],
  ['004-seed-overlay-in-detail', 3],
];

function replayed(root, recording, times, createReplayer) {
  const file = join(root, 'tests', 'golden', `${recording}.jsonl`);
  let recorded = 0;
  const replay = time(
    () => {
      recorded = play(createReplayer, file);
    },
    times,
    1,
  );
  const played = `recording ${recording.slice(0, 3)} played`;
  return [
    { name: `${played} (median)`, value: replay, unit: 'ms' },
    {
      name: `${played}, times faster than recorded`,
      value: recorded / replay,
      unit: '×',
      budget: 100,
      least: true,
    },
  ];
}

/** `docker service create` as it is typed: it comes back when all tasks run and have been stable for five seconds. */
function converging(createLab, times, warm) {
  const measured = [];
  for (let i = 0; i < warm + times; i += 1) {
    const lab = createLab({ seed: i + 1, scenario: 'swarm' });
    const start = performance.now();
    const { stdout, exit } = lab.exec(
      'manager1',
      'docker service create --name web --replicas 10 nginx:alpine',
    );
    if (i >= warm) measured.push(performance.now() - start);
    if (exit !== 0 || !/converged\s*$/.test(stdout)) throw new Error(`not converged: ${stdout}`);
  }
  return median(measured);
}

const requests = 1_000;

/** From one node to the published port of another, by ten tasks on four nodes: ARP, rules, IPVS, tunnels and all. */
function meshed(createLab, times, warm) {
  const measured = [];
  for (let i = 0; i < warm + times; i += 1) {
    const lab = createLab({ seed: i + 1, scenario: 'swarm' });
    lab.exec(
      'manager1',
      'docker service create -q --name web --replicas 10 --publish 8080:80 nginx:alpine',
    );
    const start = performance.now();
    const { stdout } = lab.exec(
      'manager1',
      `for i in $(seq ${requests}); do curl -s http://192.168.56.11:8080/; done | grep -c '<title>'`,
      { timeoutSeconds: 600 },
    );
    if (i >= warm) measured.push(performance.now() - start);
    if (Number(stdout) !== requests) throw new Error(`${stdout.trim()} answers of ${requests}`);
  }
  return median(measured);
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
  for (const [recording, times] of recordings)
    rows.push(...replayed(root, recording, times, createReplayer));
  rows.push(
    {
      name: 'service of 10 replicas created and converged (median)',
      value: converging(createLab, 15, 5),
      unit: 'ms',
      budget: 30,
    },
    {
      name: `${requests} curls through the routing mesh (median)`,
      value: meshed(createLab, 3, 2),
      unit: 'ms',
      budget: 1_000,
    },
  );
  return rows;
}
