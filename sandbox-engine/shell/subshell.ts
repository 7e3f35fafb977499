// Starting a subshell: a new process with a clone of the shell's state.
import type { OpenFile, Process } from '../os/index.ts';
import { signals } from '../os/index.ts';
import { limits, type Op } from '../sim/index.ts';
import type { Shell } from './shell.ts';
import { runExitTrap } from './signals.ts';

interface ForkOptions {
  readonly fds?: ReadonlyMap<number, OpenFile>;
  readonly group?: true | number;
  /** Ignores SIGINT and SIGQUIT, as commands in the background do without job control. */
  readonly background?: boolean;
}

/** Starts `body` in a subshell. Undefined (and a complaint): no more processes. */
export function* forkShell(
  shell: Shell,
  body: (subshell: Shell) => Op<number>,
  options: ForkOptions = {},
): Op<Process | undefined> {
  yield* shell.tick(limits.shellForkWeight);
  if (shell.flow) return undefined;
  let subshell: Shell | undefined;
  const started = shell.process.spawn({
    argv: shell.process.argv,
    cwd: shell.process.cwd,
    program: (process) => drive(subshell ?? shell.fork(process), body, options),
    ...(options.fds && { fds: options.fds }),
    ...(options.group !== undefined && { group: options.group }),
  });
  if (!started.ok) {
    yield* shell.noMoreProcesses();
    return undefined;
  }
  // Cloned at once: the parent goes on before the child runs.
  subshell = shell.fork(started.value);
  return started.value;
}

function* drive(
  subshell: Shell,
  body: (subshell: Shell) => Op<number>,
  options: ForkOptions,
): Op<number> {
  if (options.background) {
    subshell.process.handle(signals.SIGINT, 'ignore');
    subshell.process.handle(signals.SIGQUIT, 'ignore');
  }
  const status = yield* body(subshell);
  if (!subshell.flow) subshell.status = status;
  return yield* runExitTrap(subshell);
}
