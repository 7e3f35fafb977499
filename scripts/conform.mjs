// Plays the recordings of a real swarm against the engine.
//   conform.mjs [conform options] [SCENARIO…]   the whole table, or these scenarios (beginnings or parts of their names;
//                                               second-takes/NAME is the second recording of one)
//   conform.mjs --seeds N [SCENARIO…]           under the seeds 1 to N: which steps never say the same (a cause), which
//                                               now and then (luck), and the mean
//   conform.mjs --check                         the scenarios of the baseline: fails when a step that passed does not
//   conform.mjs --update                        writes the baseline anew, and says what it gained and lost
import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadEngine } from './engine.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const golden = join(root, 'tests', 'golden');
const baselineFile = join(root, 'tests', 'conformance', 'baseline.json');

const all = readdirSync(golden)
  .filter((name) => name.endsWith('.jsonl'))
  .map((name) => basename(name, '.jsonl'))
  .sort();
/** Second recordings of some scenarios: played where they are named, not in the table. */
const secondTakes = readdirSync(join(golden, 'second-takes')).map(
  (name) => `second-takes/${basename(name, '.jsonl')}`,
);

/** Runs the tool over some scenarios; answers its verdict of each step. */
async function verdictsOf(names, options, stdio) {
  const folder = mkdtempSync(join(tmpdir(), 'conform-'));
  const verdictFile = join(folder, 'verdicts.json');
  const tool = join(root, 'tests', 'conformance', 'conform.mjs');
  const files = names.map((name) => join(golden, `${name}.jsonl`));
  const child = spawn(process.execPath, [tool, '--json', verdictFile, ...options, ...files], {
    cwd: root,
    stdio,
  });
  const status = await new Promise((resolve) => child.on('close', resolve));
  const verdicts = existsSync(verdictFile) ? JSON.parse(readFileSync(verdictFile, 'utf8')) : [];
  rmSync(folder, { recursive: true });
  if (status !== 0) throw new Error(`the conformance tool ended with ${status}`);
  return verdicts;
}

/** The numbers of the steps that say the same, by scenario. */
async function play(names, options, stdio) {
  const verdicts = await verdictsOf(names, options, stdio);
  const same = Object.fromEntries(names.map((name) => [name, []]));
  for (const verdict of verdicts) {
    const [name, step] = verdict.id.split('#');
    if (verdict.same) same[name].push(Number(step));
  }
  return same;
}

/** Works off a queue, as many at once as there are cores. */
async function sideBySide(queue, work) {
  const worker = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await work(next);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
}

/** Plays each scenario in a process of its own; the longest ones begin. */
async function playEach(names) {
  const size = (name) => statSync(join(golden, `${name}.jsonl`)).size;
  const same = {};
  await sideBySide(
    names.toSorted((a, b) => size(b) - size(a)),
    async (name) => Object.assign(same, await play([name], [], ['ignore', 'ignore', 'inherit'])),
  );
  return same;
}

/** Says of each step under how many of the seeds it says the same, where that is not under all. */
async function acrossSeeds(names, count) {
  await loadEngine(); // bundled once, before the replayers of all seeds want it
  for (const name of names) {
    const kept = new Map();
    await sideBySide(
      Array.from({ length: count }, (_, i) => i + 1),
      async (seed) => {
        const replay = ['--replay', `node bin/overnet.mjs replay --seed ${seed}`];
        const verdicts = await verdictsOf([name], replay, ['ignore', 'ignore', 'inherit']);
        for (const { id, node, cmd, same } of verdicts) {
          const step = id.split('#')[1];
          const row = kept.get(step) ?? { step, node, cmd, same: 0 };
          row.same += same ? 1 : 0;
          kept.set(step, row);
        }
      },
    );
    const rows = [...kept.values()].sort((a, b) => a.step - b.step);
    const mean = rows.reduce((sum, row) => sum + row.same, 0) / count;
    console.log(
      `${name}: ${mean.toFixed(1)} of ${rows.length} steps (${((100 * mean) / rows.length).toFixed(1)} %), ${count} seeds`,
    );
    for (const { step, node, cmd, same } of rows)
      if (same < count)
        console.log(`  #${step}\t${same}\t${node}$ ${cmd.replace(/\s+/g, ' ').slice(0, 110)}`);
  }
}

const readBaseline = () =>
  existsSync(baselineFile) ? JSON.parse(readFileSync(baselineFile, 'utf8')) : {};

async function check() {
  const baseline = readBaseline();
  const names = Object.keys(baseline);
  const now = await playEach(names);
  let passed = 0;
  const lost = [];
  for (const name of names)
    for (const step of baseline[name]) {
      if (now[name].includes(step)) passed += 1;
      else lost.push(`${name}#${step}`);
    }
  for (const id of lost) console.log(`no longer the same: ${id}`);
  console.log(`conformance: ${passed} passed, ${lost.length} failed`);
  if (lost.length > 0) console.log('see them with: npm run conform -- --show all SCENARIO');
  process.exitCode = lost.length > 0 || passed === 0 ? 1 : 0;
}

async function update() {
  const before = readBaseline();
  const now = await playEach(all);
  const kept = all.map((name) => [name, now[name]]).filter(([, steps]) => steps.length > 0);
  const lines = kept.map(([name, steps]) => `  ${JSON.stringify(name)}: [${steps.join(', ')}]`);
  writeFileSync(baselineFile, `{\n${lines.join(',\n')}\n}\n`);
  for (const name of all) {
    const lost = (before[name] ?? []).filter((step) => !now[name].includes(step));
    if (lost.length > 0) console.log(`lost: ${name} ${lost.join(' ')}`);
  }
  console.log(`baseline: ${kept.reduce((sum, [, steps]) => sum + steps.length, 0)} steps`);
}

/** The recordings whose names hold one of the words; all where there are none. */
function matching(wanted) {
  const parts = wanted.map((word) => word.replace(/^.*golden\//, '').replace(/\.jsonl$/, ''));
  const named = (name) =>
    parts.some(
      (part) =>
        name.startsWith(part) || (!part.includes('/') && all.includes(name) && name.includes(part)),
    );
  const names = parts.length === 0 ? all : [...all, ...secondTakes].filter(named);
  if (names.length === 0) {
    console.error(`no recording matches ${parts.join(', ')}`);
    process.exitCode = 2;
  }
  return names;
}

const words = process.argv.slice(2);
if (words[0] === '--check') await check();
else if (words[0] === '--update') await update();
else if (words[0] === '--seeds' && Number(words[1]) > 0)
  await acrossSeeds(matching(words.slice(2)), Number(words[1]));
else {
  const valued = new Set(['--replay', '--only', '--show', '--against', '--racy']);
  const options = [];
  const wanted = [];
  for (const [i, word] of words.entries()) {
    if (valued.has(word)) options.push(word, words[i + 1]);
    else if (!valued.has(words[i - 1])) wanted.push(word);
  }
  const names = matching(wanted);
  if (names.length > 0) await verdictsOf(names, options, 'inherit');
}
