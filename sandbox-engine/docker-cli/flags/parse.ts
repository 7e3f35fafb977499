// Reads the flags and arguments of a command line.
//
// Mirrors: spf13/pflag parse (its rules and messages).
import { err, ok, type Result } from '../../std/index.ts';
import type { FlagSpec } from '../specs/notation.ts';
import { defaultOf } from '../specs/notation.ts';
import { parseBytes } from './sizes.ts';
import { checkValue, isTruth, parseCpus, parseDuration } from './values.ts';

/** The flags of one invocation. A flag that the command does not have reads as not given. */
export class Flags {
  readonly #specs: ReadonlyMap<string, FlagSpec>;
  readonly #given: ReadonlyMap<string, readonly string[]>;

  constructor(specs: readonly FlagSpec[], given: ReadonlyMap<string, readonly string[]>) {
    this.#specs = new Map(specs.map((spec) => [spec.name, spec]));
    this.#given = given;
  }

  /** Was it on the command line? */
  has(name: string): boolean {
    return this.#given.has(name);
  }

  on(name: string): boolean {
    return isTruth(this.text(name));
  }

  /** The last value given, or the default. */
  text(name: string): string {
    return this.given(name) ?? this.#default(name);
  }

  /** The last value given, without a default. */
  given(name: string): string | undefined {
    return this.#given.get(name)?.at(-1);
  }

  list(name: string): readonly string[] {
    return this.#given.get(name) ?? [];
  }

  /** A number, duration (ns), size (bytes) or CPUs (billionths), by the flag's type; undefined when not given. */
  number(name: string): number | undefined {
    const text = this.given(name);
    if (text === undefined) return undefined;
    const type = this.#specs.get(name)?.type;
    const value =
      type === 'duration'
        ? parseDuration(text)
        : type === 'decimal'
          ? parseCpus(text)
          : type === 'bytes' && !text.startsWith('-')
            ? parseBytes(text)
            : Number(text);
    return typeof value === 'number' ? value : undefined;
  }

  #default(name: string): string {
    const spec = this.#specs.get(name);
    return (spec && defaultOf(spec)) ?? '';
  }
}

export interface ParsedLine {
  readonly flags: Flags;
  readonly args: readonly string[];
  /** `--help` was there; `deprecatedHelp`: as `-h`. */
  readonly help: boolean;
  readonly deprecatedHelp: boolean;
}

const helpFlag: FlagSpec = { name: 'help', letter: 'h', type: '', description: '', hidden: true };
/** Types whose values are lists separated by commas. */
const commaLists = ['strings', 'ipNetSlice'];

/** Reads a command line; `strict`: flags end at the first argument. The error is pflag's. */
export function parseFlags(
  specs: readonly FlagSpec[],
  words: readonly string[],
  strict: boolean,
): Result<ParsedLine, string> {
  const reader = new FlagReader(specs);
  const args: string[] = [];
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i] ?? '';
    if (word === '--') {
      args.push(...words.slice(i + 1));
      break;
    }
    if (!word.startsWith('-') || word === '-') {
      args.push(...(strict ? words.slice(i) : [word]));
      if (strict) break;
      continue;
    }
    const took = word.startsWith('--')
      ? reader.long(word.slice(2), words[i + 1])
      : reader.letters(word.slice(1), words[i + 1]);
    if (!took.ok) return took;
    i += took.value;
  }
  return ok({
    flags: new Flags(specs, reader.given),
    args,
    help: reader.given.has('help'),
    deprecatedHelp: reader.deprecatedHelp,
  });
}

class FlagReader {
  readonly given = new Map<string, string[]>();
  deprecatedHelp = false;
  readonly #byName: ReadonlyMap<string, FlagSpec>;
  readonly #byLetter: ReadonlyMap<string, FlagSpec>;

  constructor(specs: readonly FlagSpec[]) {
    const all = [helpFlag, ...specs];
    this.#byName = new Map(all.map((spec) => [spec.name, spec]));
    this.#byLetter = new Map(all.filter((spec) => spec.letter).map((spec) => [spec.letter, spec]));
  }

  /** `name`, `name=value`; answers how many further words were taken. */
  long(word: string, next: string | undefined): Result<number, string> {
    const equals = word.indexOf('=');
    const name = equals < 0 ? word : word.slice(0, equals);
    if (name === '' || name.startsWith('-')) return err(`bad flag syntax: --${word}`);
    const spec = this.#byName.get(name);
    if (!spec) return err(`unknown flag: --${name}`);
    if (equals >= 0) return this.#set(spec, word.slice(equals + 1), 0);
    if (spec.type === '') return this.#set(spec, 'true', 0);
    return next === undefined ? err(`flag needs an argument: --${name}`) : this.#set(spec, next, 1);
  }

  /** `itd`, `p80:80`, `p=80:80`. */
  letters(letters: string, next: string | undefined): Result<number, string> {
    for (let i = 0; i < letters.length; i += 1) {
      const letter = letters[i] ?? '';
      const spec = this.#byLetter.get(letter);
      if (!spec) return err(`unknown shorthand flag: '${letter}' in -${letters.slice(i)}`);
      const rest = letters.slice(i + 1);
      if (spec === helpFlag) this.deprecatedHelp = true;
      if (rest.startsWith('=') && rest.length > 1) return this.#set(spec, rest.slice(1), 0);
      if (spec.type !== '') {
        if (rest) return this.#set(spec, rest, 0);
        return next === undefined
          ? err(`flag needs an argument: '${letter}' in -${letters.slice(i)}`)
          : this.#set(spec, next, 1);
      }
      const set = this.#set(spec, 'true', 0);
      if (!set.ok) return set;
    }
    return ok(0);
  }

  #set(spec: FlagSpec, text: string, taken: number): Result<number, string> {
    const problem = checkValue(spec.type, spec.name, text);
    if (problem !== undefined) {
      const name = spec.letter ? `-${spec.letter}, --${spec.name}` : `--${spec.name}`;
      return err(
        `invalid argument ${JSON.stringify(text)} for ${JSON.stringify(name)} flag: ${problem}`,
      );
    }
    const values = commaLists.includes(spec.type) ? text.split(',') : [text];
    this.given.set(spec.name, [...(this.given.get(spec.name) ?? []), ...values]);
    return ok(taken);
  }
}
