// Calling shell functions.
import type { Op } from '../sim/index.ts';
import { runCompound } from './compound.ts';
import type { Shell, ShellFunction } from './shell.ts';
import { handleSignals, runTrap } from './signals.ts';

export function* callFunction(
  shell: Shell,
  fn: ShellFunction,
  words: readonly string[],
): Op<number> {
  if (!(yield* shell.enter())) return shell.status;
  const { positional, place, position, loops } = shell;
  const [name = '', ...args] = words;
  shell.positional = args;
  shell.place = { ...fn.place, name: shell.place.name };
  shell.loops = 0;
  shell.calls.push({ name, sourced: false });
  shell.vars.pushScope();
  yield* runCompound(shell, fn.body, false);
  const returnTrap = shell.traps.commands.get('RETURN');
  if (returnTrap) yield* runTrap(shell, returnTrap);
  shell.vars.popScope();
  shell.calls.pop();
  shell.loops = loops;
  shell.place = place;
  shell.position = position;
  shell.positional = positional;
  shell.leave();
  if (shell.flow?.kind === 'return') shell.flow = undefined;
  yield* handleSignals(shell);
  return shell.status;
}
