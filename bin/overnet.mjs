#!/usr/bin/env node
// The engine from the command line.
//   overnet replay [--seed N]       plays recorded scenarios: one JSON message a line in, one answer a line out
//                                   (the protocol stands at the head of tests/conformance/conform.mjs)
//   overnet exec [HOST] COMMAND     runs one command in a fresh four-node swarm and prints what it prints
import { createInterface } from 'node:readline';
import { loadEngine } from '../scripts/engine.mjs';

const usage = 'usage: overnet replay [--seed N] | overnet exec [--seed N] [HOST] COMMAND';
const [verb, ...rest] = process.argv.slice(2);

/** Takes `--seed N` off the words; undefined where N is no integer. */
function takeSeed(words) {
  if (words[0] !== '--seed') return 1;
  const [, seed] = words.splice(0, 2);
  return /^\d+$/.test(seed ?? '') ? Number(seed) : undefined;
}

async function replay(words) {
  const seed = takeSeed(words);
  if (seed === undefined || words.length > 0) {
    process.stderr.write(`${usage}\n`);
    return 2;
  }
  const { createReplayer } = await loadEngine();
  const replayer = createReplayer(seed);
  for await (const line of createInterface({ input: process.stdin })) {
    if (line.trim()) process.stdout.write(`${JSON.stringify(answer(replayer, line))}\n`);
  }
  return 0;
}

function answer(replayer, line) {
  try {
    return replayer.handle(JSON.parse(line));
  } catch (error) {
    process.stderr.write(`overnet replay: ${error.stack ?? error}\n`);
    return { stdout: '', stderr: `overnet replay: ${error.message ?? error}`, exit: -1 };
  }
}

async function exec(words) {
  const { createLab } = await loadEngine();
  const seed = takeSeed(words);
  const command = words.pop();
  if (command === undefined || seed === undefined) {
    process.stderr.write(`${usage}\n`);
    return 2;
  }
  const lab = createLab({ seed, scenario: 'swarm' });
  const host = words.pop() ?? 'manager1';
  if (!lab.hosts.has(host)) {
    process.stderr.write(
      `overnet exec: no host ${host}; there are ${[...lab.hosts.keys()].join(', ')}\n`,
    );
    return 2;
  }
  const result = lab.exec(host, command);
  process.stdout.write(result.stdout);
  process.stderr.write(result.stderr);
  return result.exit;
}

if (verb === 'replay') process.exitCode = await replay(rest);
else if (verb === 'exec') process.exitCode = await exec(rest);
else {
  process.stderr.write(`${usage}\n`);
  process.exitCode = 2;
}
