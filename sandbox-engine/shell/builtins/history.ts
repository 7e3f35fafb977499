// `history`.
import type { Op } from '../../sim/index.ts';
import type { Shell } from '../shell.ts';
import type { RunBuiltin } from './index.ts';
import { takeOptions } from './usage.ts';

function* history(shell: Shell, words: readonly string[]): Op<number> {
  const options = yield* takeOptions(
    shell,
    words,
    'cd:anrwps',
    'history [-c] [-d offset] [n] or history -anrw [filename] or history -ps arg [arg...]',
  );
  if (!options) return 2;
  const { letters, values, rest } = options;
  if (letters.has('c')) shell.history.length = 0;
  const remove = Number(values.get('d') ?? 0);
  if (remove > 0) shell.history.splice(remove - 1, 1);
  if (letters.size > 0 || remove > 0) return 0;
  const count = rest[0] === undefined ? shell.history.length : Number(rest[0]);
  if (!Number.isInteger(count) || count < 0) {
    yield* shell.complain(`${rest[0]}: numeric argument required`, 'history');
    return 1;
  }
  const from = Math.max(0, shell.history.length - count);
  const lines = shell.history
    .slice(from)
    .map((line, i) => `${String(from + i + 1).padStart(5)}  ${line}\n`);
  yield* shell.out(lines.join(''), 'history');
  return 0;
}

export const historyBuiltins: Readonly<Record<string, RunBuiltin>> = { history };
