// Which program each name runs.
//
// The page loads a world first and what people run in it (shells, docker, ip, grep …) beside it: no simulated time passes
// before both are there. So the registry of a world holds names, and looks a program up when it is run.
import type { FileTree, Program } from '../os/index.ts';

/** The programs, by name. Asked for the first time when the first of them runs. */
export type ProgramSource = () => ReadonlyMap<string, Program>;

/** A program that images and hosts have, and that the simulation has not: says so, and fails. */
const notSimulated: Program = function* (process) {
  const name = (process.argv[0] ?? '').split('/').at(-1) ?? '';
  yield* process.err(`${name}: not simulated here\n`);
  return 127;
};

/** `bookworm:ls` without a program of its own is `ls`; what has none at all says so. */
const find = (programs: ReadonlyMap<string, Program>, name: string): Program =>
  programs.get(name) ??
  (name.includes(':') && !name.startsWith('busybox:')
    ? programs.get(name.slice(name.indexOf(':') + 1))
    : undefined) ??
  notSimulated;

const namesIn = new WeakMap<FileTree, readonly string[]>();

/** The programs that a tree's files name; looked for once in each tree. */
function programNames(tree: FileTree): readonly string[] {
  const known = namesIn.get(tree);
  if (known) return known;
  const names = new Set<string>();
  for (const path in tree) {
    const node = tree[path];
    if (typeof node === 'object' && 'program' in node) names.add(node.program);
  }
  const list = [...names];
  namesIn.set(tree, list);
  return list;
}

/** The registry of a world: every name that a file of these trees uses, and the shells that terminals start. */
export function programRegistry(
  source: ProgramSource,
  trees: readonly FileTree[],
): ReadonlyMap<string, Program> {
  const names = new Set(['bash', 'dash', 'ash', ...trees.flatMap(programNames)]);
  return new Map(
    [...names].map((name): [string, Program] => [name, (process) => find(source(), name)(process)]),
  );
}
