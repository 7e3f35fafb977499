// What builtins share: option letters and complaints about wrong ones.
import type { Op } from '../../sim/index.ts';
import type { Shell } from '../shell.ts';

export interface Letters {
  readonly letters: ReadonlySet<string>;
  readonly values: ReadonlyMap<string, string>;
  readonly rest: readonly string[];
}

/**
 * Takes the options off a builtin's words. `spec` is as for getopts: a colon behind a letter that takes a value.
 * Undefined: a wrong option; it was reported.
 */
export function* takeOptions(
  shell: Shell,
  words: readonly string[],
  spec: string,
  usage: string,
): Op<Letters | undefined> {
  const [command = ''] = words;
  const letters = new Set<string>();
  const values = new Map<string, string>();
  let i = 1;
  for (; i < words.length; i += 1) {
    const word = words[i] as string;
    if (word === '--') {
      i += 1;
      break;
    }
    if (!/^-./.test(word)) break;
    for (let j = 1; j < word.length; j += 1) {
      const letter = word[j] as string;
      const at = letter === ':' ? -1 : spec.indexOf(letter);
      if (at < 0) {
        yield* wrongOption(shell, command, letter, usage);
        return undefined;
      }
      if (spec[at + 1] !== ':') {
        letters.add(letter);
        continue;
      }
      const value = j + 1 < word.length ? word.slice(j + 1) : words[++i];
      if (value === undefined) {
        yield* needsValue(shell, command, letter, usage);
        return undefined;
      }
      values.set(letter, value);
      break;
    }
  }
  return { letters, values, rest: words.slice(i) };
}

function* wrongOption(shell: Shell, command: string, letter: string, usage: string): Op<void> {
  if (shell.dialect.name === 'bash') {
    yield* shell.complain(`-${letter}: invalid option`, command);
    yield* shell.process.err(`${command}: usage: ${usage}\n`);
  } else
    yield* shell.complain(
      `${shell.dialect.name === 'ash' ? 'illegal' : 'Illegal'} option -${letter}`,
      command,
    );
}

function* needsValue(shell: Shell, command: string, letter: string, usage: string): Op<void> {
  yield* shell.complain(`-${letter}: option requires an argument`, command);
  if (shell.dialect.name === 'bash') yield* shell.process.err(`${command}: usage: ${usage}\n`);
}
