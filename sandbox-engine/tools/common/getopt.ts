// Short options as getopt(3) reads them, and GNU long ones.

export interface LongOption {
  readonly name: string;
  /** The short option that it stands for. */
  readonly short: string;
}

export interface ParsedArguments {
  /** Options in order. */
  readonly options: readonly { readonly name: string; readonly value: string }[];
  readonly operands: readonly string[];
}

/** `unknown`: no such option; `missing`: its argument is missing; the names are as messages print them. */
export interface OptionError {
  readonly error: 'unknown' | 'missing';
  readonly option: string;
  readonly long: boolean;
}

/**
 * Reads options until `--`. `shorts` is as for getopt: `c:` takes an argument; a leading `+` stops at the first operand.
 * Long options may be abbreviated and take their argument after `=` or as the next word.
 */
export function getopt(
  args: readonly string[],
  shorts: string,
  longs: readonly LongOption[] = [],
): ParsedArguments | OptionError {
  const options: { name: string; value: string }[] = [];
  const operands: string[] = [];
  const takesValue = (letter: string): boolean =>
    new RegExp(`${escapeLetter(letter)}:`).test(shorts.replace(/^\+/, ''));
  for (let i = 0; i < args.length; i += 1) {
    const arg = args[i] ?? '';
    if (arg === '--') {
      operands.push(...args.slice(i + 1));
      break;
    }
    if (arg.startsWith('--') && longs.length > 0) {
      const [name = '', inline] = splitLong(arg.slice(2));
      const long = longs.find((l) => l.name === name) ?? longs.find((l) => l.name.startsWith(name));
      if (!long) return { error: 'unknown', option: name, long: true };
      if (!takesValue(long.short)) options.push({ name: long.short, value: '' });
      else {
        const value = inline ?? args[i + 1];
        if (value === undefined) return { error: 'missing', option: long.name, long: true };
        if (inline === undefined) i += 1;
        options.push({ name: long.short, value });
      }
      continue;
    }
    if (!arg.startsWith('-') || arg === '-') {
      if (shorts.startsWith('+')) {
        operands.push(...args.slice(i));
        break;
      }
      operands.push(arg);
      continue;
    }
    for (let j = 1; j < arg.length; j += 1) {
      const letter = arg[j] ?? '';
      if (letter === ':' || !shorts.includes(letter))
        return { error: 'unknown', option: letter, long: false };
      if (!takesValue(letter)) {
        options.push({ name: letter, value: '' });
        continue;
      }
      const rest = arg.slice(j + 1);
      const value = rest === '' ? args[i + 1] : rest;
      if (value === undefined) return { error: 'missing', option: letter, long: false };
      if (rest === '') i += 1;
      options.push({ name: letter, value });
      break;
    }
  }
  return { options, operands };
}

const escapeLetter = (letter: string): string => letter.replace(/[^\w]/g, '\\$&');

function splitLong(text: string): [string, string | undefined] {
  const at = text.indexOf('=');
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

/** `ping: invalid option -- 'Z'`, as glibc words it. */
export function optionErrorText(program: string, error: OptionError): string {
  if (error.long && error.error === 'unknown')
    return `${program}: unrecognized option '--${error.option}'\n`;
  if (error.long) return `${program}: option '--${error.option}' requires an argument\n`;
  if (error.error === 'unknown') return `${program}: invalid option -- '${error.option}'\n`;
  return `${program}: option requires an argument -- '${error.option}'\n`;
}
