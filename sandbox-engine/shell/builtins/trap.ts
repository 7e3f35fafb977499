// `trap`: commands for signals, EXIT, ERR, DEBUG and RETURN.
import { signalNames, signalNumber } from '../../os/index.ts';
import type { Op } from '../../sim/index.ts';
import type { Shell } from '../shell.ts';
import type { RunBuiltin } from './index.ts';

type Key = number | 'ERR' | 'DEBUG' | 'RETURN';

function* trap(shell: Shell, words: readonly string[]): Op<number> {
  let args = words.slice(1);
  if (args[0] === '-l') {
    yield* shell.out(signalList(), 'trap');
    return 0;
  }
  const print = args[0] === '-p';
  if (print || args[0] === '--') args = args.slice(1);
  if (args.length === 0 || print) {
    yield* shell.out(listed(shell, args), 'trap');
    return 0;
  }
  // `trap SIGNAL` alone, or a number first: back to the default.
  const reset = args.length === 1 || /^\d+$/.test(args[0] as string);
  const [command, names] = reset ? ['-', args] : [args[0] as string, args.slice(1)];
  let status = 0;
  for (const name of names) {
    const key = keyOf(shell, name);
    if (key === undefined) {
      yield* wrongSignal(shell, name);
      status = 1;
    } else setTrap(shell, key, command);
  }
  return status;
}

function* wrongSignal(shell: Shell, name: string): Op<void> {
  if (shell.dialect.name === 'dash') yield* shell.process.err(`trap: ${name}: bad trap\n`);
  else yield* shell.complain(`${name}: invalid signal specification`, 'trap');
}

function keyOf(shell: Shell, name: string): Key | undefined {
  const upper = name.toUpperCase();
  const { name: dialect } = shell.dialect;
  if (upper === 'ERR' && dialect !== 'dash') return upper;
  if ((upper === 'DEBUG' || upper === 'RETURN') && dialect === 'bash') return upper;
  return signalNumber(name);
}

function setTrap(shell: Shell, key: Key, command: string): void {
  const { commands } = shell.traps;
  shell.traps.inherited = undefined;
  if (command === '-') commands.delete(key);
  else commands.set(key, command);
  if (typeof key !== 'number' || key === 0) return;
  if (command === '-') shell.process.handle(key, shell.ownSignals.has(key) ? 'catch' : 'default');
  else shell.process.handle(key, command === '' ? 'ignore' : 'catch');
}

function listed(shell: Shell, names: readonly string[]): string {
  const commands = shell.traps.inherited ?? shell.traps.commands;
  const wanted = names.map((name) => keyOf(shell, name));
  return [...commands]
    .filter(([key]) => names.length === 0 || wanted.includes(key))
    .sort(([a], [b]) => order(a) - order(b))
    .map(([key, command]) => `trap -- '${command.replaceAll("'", "'\\''")}' ${shown(shell, key)}\n`)
    .join('');
}

const order = (key: Key): number => (typeof key === 'number' ? key : 1000);

function shown(shell: Shell, key: Key): string {
  if (typeof key !== 'number') return key;
  const name = signalNames[key] ?? String(key);
  return key === 0 || shell.dialect.name !== 'bash' ? name : `SIG${name}`;
}

/** `kill -l`: five to a line. */
export function signalList(): string {
  const cells = signalNames
    .slice(1)
    .map((name, i) => `${String(i + 1).padStart(2)}) SIG${name}`.padEnd(16));
  let out = '';
  for (let i = 0; i < cells.length; i += 5)
    out += `${cells
      .slice(i, i + 5)
      .join('')
      .trimEnd()}\n`;
  return out;
}

export const trapBuiltins: Readonly<Record<string, RunBuiltin>> = { trap };
