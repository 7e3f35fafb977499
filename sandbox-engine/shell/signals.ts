// What a shell does about signals: traps, ^C, the end of the shell.
import { signals } from '../os/index.ts';
import type { Op } from '../sim/index.ts';
import { parseSource } from './parse.ts';
import { reportProblem } from './problems.ts';
import { runSource } from './run.ts';
import type { Shell } from './shell.ts';

/** Deals with the signals that have come; called between commands. */
export function* handleSignals(shell: Shell): Op<void> {
  for (;;) {
    const signal = shell.process.takeSignal();
    if (signal === undefined) return;
    yield* handleSignal(shell, signal);
  }
}

export function* handleSignal(shell: Shell, signal: number): Op<void> {
  const command = shell.traps.commands.get(signal);
  if (command) yield* runTrap(shell, command);
  else if (signal === signals.SIGINT && command === undefined) yield* interrupted(shell);
}

/** ^C without a trap: an interactive shell goes back to its prompt, another one ends by the signal. */
export function* interrupted(shell: Shell): Op<void> {
  if (shell.isInteractive) {
    shell.abort(130);
    return;
  }
  yield* runExitTrap(shell);
  yield* shell.dieBy(signals.SIGINT);
}

/** Runs the commands of a trap; `$?` is as before afterwards. */
export function* runTrap(shell: Shell, command: string): Op<void> {
  if (shell.traps.running) return;
  shell.traps.running = true;
  const { status, place, position, flow } = shell;
  shell.flow = undefined;
  const source = parseSource(command);
  shell.place = { ...place, text: command, firstLine: shell.line };
  shell.position = 0;
  if (source.problem) yield* reportProblem(shell, source, 'trap');
  else yield* runSource(shell, source, {});
  shell.place = place;
  shell.position = position;
  shell.traps.running = false;
  if (!shell.flow) {
    shell.status = status;
    shell.flow = flow;
  }
}

/** Runs the EXIT trap, once; answers the status that the shell ends with. */
export function* runExitTrap(shell: Shell): Op<number> {
  const command = shell.traps.commands.get(0);
  if (!command) return shell.status;
  shell.traps.commands.delete(0);
  const { status } = shell;
  shell.flow = undefined;
  shell.traps.running = false;
  yield* runTrap(shell, command);
  // `exit` without a number inside the trap leaves the status alone.
  return shell.flowNow()?.kind === 'exit' ? shell.status : status;
}
