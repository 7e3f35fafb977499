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
  shell.place = { ...fn.place, name: nameWithin(shell, place.name) };
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

/** bash calls the source of functions that are in no file so in its complaints. */
function nameWithin(shell: Shell, name: string): string {
  const { options, dialect } = shell;
  if (dialect.name !== 'bash' || options.interactive) return name;
  return options.command ? 'environment' : options.stdin ? 'main' : name;
}
