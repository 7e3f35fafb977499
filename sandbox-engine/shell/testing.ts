// A host with the shells and a handful of tiny programs, for the tests of this folder.
import type { FileTree, Host, Program } from '../os/index.ts';
import { testHost } from '../os/testing.ts';
import { seconds, sleep } from '../sim/index.ts';
import { shells } from './index.ts';

const cat: Program = function* (process) {
  const names = process.argv.slice(1);
  if (names.length === 0) {
    for (let text = yield* process.read(0); text !== null; text = yield* process.read(0))
      yield* process.out(text);
    return 0;
  }
  let status = 0;
  for (const name of names) {
    const text = process.fs.read(process.fs.resolve(process.cwd, name));
    if (text.ok) yield* process.out(text.value);
    else {
      yield* process.err(`cat: ${name}: No such file or directory\n`);
      status = 1;
    }
  }
  return status;
};

const head: Program = function* (process) {
  for (let left = Number(process.argv[2] ?? 10); left > 0; left -= 1) {
    const line = yield* process.readLine(0);
    if (line === null) break;
    yield* process.out(`${line}\n`);
  }
  return 0;
};

const pause: Program = function* (process) {
  yield* sleep(process.sim, seconds(Number(process.argv[1])));
  return 0;
};

const yes: Program = function* (process) {
  for (;;) yield* process.out('y\n');
};

/** Prints its arguments, each in brackets, and one variable of its environment. */
const show: Program = function* (process) {
  const args = process.argv.slice(1).map((argument) => `[${argument}]`);
  yield* process.out(`${args.join('')} V=${process.env.get('V') ?? ''}\n`);
  return 0;
};

/** Catches ^C and leaves with status 5. */
const tough: Program = function* (process) {
  process.handle(2, 'catch');
  yield* sleep(process.sim, seconds(100));
  return 5;
};

export const shellHost = (tree: FileTree = {}): Host =>
  testHost({
    programs: { ...Object.fromEntries(shells), cat, head, sleep: pause, yes, show, tough },
    tree: {
      '/bin/sh': { program: 'dash' },
      '/etc/passwd': 'root:x:0:0:root:/root:/bin/bash\n',
      ...tree,
    },
  });
