// Which program each name runs: the shells, and the programs that may arrive after the world has started.
//
// The page loads a world first and what people run in it (docker, ip, grep …) beside it. Until that has arrived, a
// program that is started waits; the world's driver sees `needed` and lets no simulated time pass meanwhile, so that a
// session runs the same whether its programs were there or not.
import type { FileTree, Program } from '../os/index.ts';
import { ash, bash, dash } from '../shell/index.ts';

/** Where programs come from. */
export interface ProgramSource {
  /** Undefined while they are still being loaded. */
  loaded(): ReadonlyMap<string, Program> | undefined;
  /** A program that is not there yet has been started: nothing may happen in the world until it is. */
  needed: boolean;
}

/** Woken by the driver once the programs are there. */
export const programsKey = 'lab:programs';

/** A program that images and hosts have, and that the simulation has not: says so, and fails. */
const notSimulated: Program = function* (process) {
  const name = (process.argv[0] ?? '').split('/').at(-1) ?? '';
  yield* process.err(`${name}: not simulated here\n`);
  return 127;
};

/** Looks the program up when it is run. The first step is the same whether there is something to wait for or not. */
function fromSource(source: ProgramSource, name: string): Program {
  return function* (process) {
    source.needed ||= source.loaded() === undefined;
    yield source.loaded() ? {} : { keys: [programsKey] };
    const programs = source.loaded() ?? new Map<string, Program>();
    return yield* find(programs, name)(process);
  };
}

/** `bookworm:ls` without a program of its own is `ls`; what has none at all says so. */
const find = (programs: ReadonlyMap<string, Program>, name: string): Program =>
  programs.get(name) ??
  (name.includes(':') && !name.startsWith('busybox:')
    ? programs.get(name.slice(name.indexOf(':') + 1))
    : undefined) ??
  notSimulated;

/** The registry of a world: every name that a file of these trees uses. */
export function programRegistry(
  source: ProgramSource,
  trees: readonly FileTree[],
): ReadonlyMap<string, Program> {
  const programs = new Map<string, Program>([
    ['bash', bash],
    ['dash', dash],
    ['ash', ash],
  ]);
  for (const tree of trees)
    for (const node of Object.values(tree))
      if (typeof node === 'object' && 'program' in node && !programs.has(node.program))
        programs.set(node.program, fromSource(source, node.program));
  return programs;
}
