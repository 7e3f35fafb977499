// Which program each name runs, put together from all layers; and what is said for the names that nothing stands behind.
import { coreutils } from '../coreutils/index.ts';
import { dockerProgram } from '../docker-cli/index.ts';
import type { FileTree, Program } from '../os/index.ts';
import { ash, bash, dash } from '../shell/index.ts';
import { networkTools } from '../tools/index.ts';
import { iptablesPrograms } from '../tools/iptables/index.ts';

/** A program that images and hosts have, and that the simulation has not: says so, and fails. */
export const notSimulated: Program = function* (process) {
  const name = (process.argv[0] ?? '').split('/').at(-1) ?? '';
  yield* process.err(`${name}: not simulated here\n`);
  return 127;
};

/** The one binary behind all applets: `busybox ls -l` runs the applet `ls`. */
function busybox(programs: ReadonlyMap<string, Program>): Program {
  return function* (process) {
    const [, name, ...rest] = process.argv;
    const applets = [...programs.keys()]
      .filter((key) => key.startsWith('busybox:'))
      .map((key) => key.slice('busybox:'.length))
      .sort();
    if (name === undefined || name === '--help') {
      yield* process.out(
        `BusyBox v1.38.0 (Debian 1:1.38.0-3+b1) multi-call binary.\n\nUsage: busybox [function [arguments]...]\n\nCurrently defined functions:\n\t${applets.join(', ')}\n`,
      );
      return 0;
    }
    if (name === '--list') {
      yield* process.out(applets.map((applet) => `${applet}\n`).join(''));
      return 0;
    }
    const program =
      programs.get(`busybox:${name}`) ?? (name === 'sh' ? programs.get('ash') : undefined);
    if (!program) {
      yield* process.err(`${name}: applet not found\n`);
      return 127;
    }
    const started = process.spawn({ argv: [name, ...rest], program });
    return started.ok ? yield* process.wait(started.value) : 126;
  };
}

/** Every program that a file of these trees may name. */
export function allPrograms(
  own: ReadonlyMap<string, Program>,
  trees: readonly FileTree[],
): ReadonlyMap<string, Program> {
  const programs = new Map<string, Program>([
    ...coreutils,
    ...networkTools,
    ...iptablesPrograms,
    ['bash', bash],
    ['dash', dash],
    ['ash', ash],
    ['docker', dockerProgram],
    ...own,
  ]);
  programs.set('busybox', busybox(programs));
  for (const tree of trees)
    for (const node of Object.values(tree))
      if (typeof node === 'object' && 'program' in node && !programs.has(node.program))
        programs.set(node.program, plainFallback(programs, node.program));
  return programs;
}

/** `bookworm:ls` without a program of its own is `ls`; what has none at all says so. */
const plainFallback = (programs: ReadonlyMap<string, Program>, name: string): Program =>
  (name.includes(':') && !name.startsWith('busybox:')
    ? programs.get(name.slice(name.indexOf(':') + 1))
    : undefined) ?? notSimulated;
