// shift, getopts, let.
import type { Op } from '../../sim/index.ts';
import { evaluate } from '../arithmetic-words.ts';
import type { Shell } from '../shell.ts';
import { isName } from '../variables.ts';
import type { RunBuiltin } from './index.ts';

function* shift(shell: Shell, words: readonly string[]): Op<number> {
  const count = Number(words[1] ?? 1);
  const { name } = shell.dialect;
  if (!Number.isInteger(count) || count < 0) {
    yield* shell.complain(
      name === 'bash' ? `${words[1]}: numeric argument required` : `Illegal number: ${words[1]}`,
      'shift',
    );
    return name === 'bash' ? 1 : 2;
  }
  if (count > shell.positional.length) {
    if (name !== 'dash') return 1;
    yield* shell.complain("can't shift that many", 'shift');
    shell.abort(2);
    return 2;
  }
  shell.positional = shell.positional.slice(count);
  return 0;
}

function* letNumbers(shell: Shell, words: readonly string[]): Op<number> {
  if (words.length === 1) {
    yield* shell.complain('expression expected', 'let');
    return 1;
  }
  let value: bigint | undefined = 0n;
  for (const word of words.slice(1)) {
    value = yield* evaluate(shell, word, 'let');
    if (value === undefined) return 1;
  }
  return value === 0n ? 1 : 0;
}

function* getopts(shell: Shell, words: readonly string[]): Op<number> {
  const [, spec, name, ...given] = words;
  if (spec === undefined || name === undefined || !isName(name)) {
    if (shell.dialect.name === 'bash')
      yield* shell.process.err('getopts: usage: getopts optstring name [arg ...]\n');
    else yield* shell.complain('usage: getopts optstring var [arg]', 'getopts');
    return 2;
  }
  const args = words.length > 3 ? given : shell.positional;
  const index = Number(shell.vars.get('OPTIND') ?? 1) || 1;
  const sub = index === shell.optionAt.index ? shell.optionAt.sub : 1;
  const word = args[index - 1];
  if (word === undefined || !/^-./.test(word) || word === '--') {
    shell.vars.set(name, '?');
    shell.vars.set('OPTIND', String(word === '--' ? index + 1 : index));
    return 1;
  }
  return yield* option(shell, { spec, name, args, index, sub, word });
}

interface GetoptsState {
  readonly spec: string;
  readonly name: string;
  readonly args: readonly string[];
  readonly index: number;
  readonly sub: number;
  readonly word: string;
}

function* option(shell: Shell, state: GetoptsState): Op<number> {
  const { spec, name, args, index, sub, word } = state;
  const letter = word[sub] as string;
  const quiet = spec.startsWith(':');
  const at = letter === ':' ? -1 : spec.indexOf(letter);
  const more = sub + 1 < word.length;
  const next = (i: number, s: number): void => {
    shell.optionAt = { index: i, sub: s };
    shell.vars.set('OPTIND', String(i));
  };
  if (at < 0 || spec[at + 1] !== ':') {
    next(more ? index : index + 1, more ? sub + 1 : 1);
    shell.vars.set(name, at < 0 ? '?' : letter);
    if (at < 0 && quiet) shell.vars.set('OPTARG', letter);
    else shell.vars.unset('OPTARG');
    if (at < 0 && !quiet)
      yield* objection(shell, `illegal option -- ${letter}`, `Illegal option -${letter}`);
    return 0;
  }
  const value = more ? word.slice(sub + 1) : args[index];
  next(more ? index + 1 : index + 2, 1);
  if (value !== undefined) {
    shell.vars.set(name, letter);
    shell.vars.set('OPTARG', value);
    return 0;
  }
  next(index + 1, 1);
  shell.vars.set(name, quiet ? ':' : '?');
  if (quiet) shell.vars.set('OPTARG', letter);
  else
    yield* objection(
      shell,
      `option requires an argument -- ${letter}`,
      `No arg for -${letter} option`,
    );
  return 0;
}

function* objection(shell: Shell, bash: string, other: string): Op<void> {
  yield* shell.process.err(
    shell.dialect.name === 'bash' ? `${shell.name}: ${bash}\n` : `${other}\n`,
  );
}

export const argumentBuiltins: Readonly<Record<string, RunBuiltin>> = {
  shift,
  let: letNumbers,
  getopts,
};
