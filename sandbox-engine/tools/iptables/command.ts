// The command line of `iptables`: one command, its chain, and the options that go with it.
// Mirrors: do_command4 of iptables.c, with its order of checks and its texts (1.8).
import {
  builtinChains,
  Getopt,
  type HookName,
  RuleDraft,
  type RuleSpec,
  ruleShortOptions,
  type TableName,
} from '../../kernel/index.ts';
import { err, ok, type Result } from '../../std/index.ts';
import type { Ipv4 } from '../../wire/index.ts';

export type CommandName =
  | 'A'
  | 'C'
  | 'D'
  | 'I'
  | 'R'
  | 'L'
  | 'S'
  | 'F'
  | 'Z'
  | 'N'
  | 'X'
  | 'P'
  | 'E';

export interface Command {
  readonly name: CommandName;
  readonly table: string;
  readonly chain: string | undefined;
  /** From 1. */
  readonly number: number | undefined;
  /** The policy, or the new name. */
  readonly word: string | undefined;
  readonly rules: readonly RuleSpec[];
  readonly counters: { readonly packets: number; readonly bytes: number } | undefined;
  /** -Z beside -L or -S. */
  readonly zero: boolean;
  readonly verbose: number;
  readonly numeric: boolean;
  readonly exact: boolean;
  readonly lineNumbers: boolean;
}

/** What a command line asks for. */
export type Request =
  | { readonly kind: 'command'; readonly command: Command }
  | { readonly kind: 'help' | 'version' };

const commandWords: Readonly<Record<string, CommandName>> = {
  append: 'A',
  check: 'C',
  delete: 'D',
  insert: 'I',
  replace: 'R',
  list: 'L',
  'list-rules': 'S',
  flush: 'F',
  zero: 'Z',
  'new-chain': 'N',
  'delete-chain': 'X',
  policy: 'P',
  'rename-chain': 'E',
};

const ownShort: ReadonlyMap<string, string> = new Map([
  ...Object.entries(commandWords).map(([word, letter]) => [letter, word] as const),
  ...ruleShortOptions,
  ['t', 'table'],
  ['n', 'numeric'],
  ['v', 'verbose'],
  ['x', 'exact'],
  ['c', 'set-counters'],
  ['w', 'wait'],
  ['W', 'wait-interval'],
  ['M', 'modprobe'],
  ['h', 'help'],
  ['V', 'version'],
  ['4', 'ipv4'],
  ['6', 'ipv6'],
]);

/** Commands whose chain must follow at once. */
const chainRequired: ReadonlySet<CommandName> = new Set(['A', 'C', 'D', 'I', 'R', 'P', 'E', 'N']);

const ownLong = new Map<string, 'none' | 'optional' | 'required'>([
  ...Object.entries(commandWords).map(([word, letter]): [string, 'optional' | 'required'] => [
    word,
    chainRequired.has(letter) ? 'required' : 'optional',
  ]),
  ['table', 'required'],
  ['numeric', 'none'],
  ['verbose', 'none'],
  ['exact', 'none'],
  ['line-numbers', 'none'],
  ['set-counters', 'required'],
  ['wait', 'none'],
  ['wait-interval', 'none'],
  ['modprobe', 'required'],
  ['help', 'none'],
  ['version', 'none'],
  ['ipv4', 'none'],
  ['ipv6', 'none'],
]);

const ruleLetters = ['-s', '-d', '-p', '-j', '-i', '-o'] as const;

/** General options that do not go with a command, in the order in which they are complained about. */
const illegal: Readonly<Record<string, readonly string[]>> = {
  A: ['-n', '-x', '--line-numbers'],
  I: ['-n', '-x', '--line-numbers'],
  R: ['-n', '-x', '--line-numbers'],
  C: ['-n', '-x', '--line-numbers', '-c'],
  D: ['-n', '-x', '--line-numbers', '-c'],
  L: ['-s', '-d', '-p', '-j', '-i', '-o', '-c'],
  P: ['-n', ...ruleLetters, '-x', '--line-numbers'],
};
const illegalElsewhere = ['-n', ...ruleLetters, '-x', '--line-numbers', '-c'];

export interface ParseOptions {
  readonly resolve: (name: string) => Ipv4 | undefined;
}

/** Reads the words after the program's name. The error is the tool's text. */
export function parseCommand(
  words: readonly string[],
  options: ParseOptions,
): Result<Request, string> {
  return new CommandReader(words, options).read();
}

class CommandReader {
  readonly #reader: Getopt;
  readonly #draft: RuleDraft;
  #name: CommandName | undefined;
  #zero = false;
  #table = 'filter';
  #chain: string | undefined;
  #number: number | undefined;
  #word: string | undefined;
  #counters: { packets: number; bytes: number } | undefined;
  #verbose = 0;
  #special: 'help' | 'version' | undefined;

  constructor(words: readonly string[], options: ParseOptions) {
    this.#reader = new Getopt(words);
    this.#draft = new RuleDraft(options);
  }

  read(): Result<Request, string> {
    let not = false;
    for (;;) {
      const long = new Map([...this.#draft.longOptions(), ...ownLong]);
      const reading = this.#reader.next({ short: ownShort, long });
      if (reading.kind === 'end') break;
      if (reading.kind === 'error') return err(reading.message);
      if (reading.kind === 'word') {
        if (reading.text !== '!' || not) return err(`Bad argument \`${reading.text}'`);
        not = true;
        continue;
      }
      const { name, value } = reading;
      const taken = ownLong.has(name)
        ? this.#own(name, value, not)
        : this.#draft.take(name, value, not, this.#reader);
      if (!taken.ok) return taken;
      if (this.#special) return ok({ kind: this.#special });
      not = false;
    }
    return this.#finish();
  }

  #own(name: string, value: string, not: boolean): Result<void, string> {
    const command = commandWords[name];
    if (command)
      return not ? err(`cannot have ! before -${command}`) : this.#command(command, value);
    switch (name) {
      case 'table':
        if (not) return err('unexpected ! flag before --table');
        this.#table = value;
        return ok(undefined);
      case 'numeric':
        return this.#flag('-n');
      case 'exact':
        return this.#flag('-x');
      case 'line-numbers':
        return this.#flag('--line-numbers');
      case 'verbose':
        this.#verbose += 1;
        return ok(undefined);
      case 'set-counters':
        return this.#setCounters(value);
      case 'help':
      case 'version':
        this.#special = name;
        return ok(undefined);
      case 'ipv6':
        return err('');
      default:
        // The lock is never contended for here; modules are all there.
        if (name.startsWith('wait')) this.#reader.optionalWord();
        return ok(undefined);
    }
  }

  #flag(letter: string): Result<void, string> {
    if (this.#draft.given.has(letter)) return err(`multiple ${letter} flags not allowed`);
    this.#draft.given.add(letter);
    return ok(undefined);
  }

  #setCounters(value: string): Result<void, string> {
    const [first = '', joined] = value.split(',');
    const second = joined ?? this.#reader.optionalWord();
    if (second === undefined) return err('-c requires packet and byte counter');
    if (!/^\d+$/.test(first)) return err(`-c packet counter not numeric`);
    if (!/^\d+$/.test(second)) return err(`-c byte counter not numeric`);
    this.#counters = { packets: Number(first), bytes: Number(second) };
    return this.#flag('-c');
  }

  #command(name: CommandName, value: string): Result<void, string> {
    if (this.#name !== undefined) {
      const both = new Set([this.#name, name]);
      const zeroing = both.has('Z') && (both.has('L') || both.has('S'));
      if (!zeroing) return err(`Cannot use -${name} with -${this.#name}`);
      this.#zero = true;
      if (name === 'Z') return this.#optionalChain(name, value);
    }
    this.#name = name;
    if (!chainRequired.has(name)) return this.#optionalChain(name, value);
    this.#chain = value;
    if (name === 'N') return checkNewName(value);
    if (name === 'I' || name === 'D') return this.#optionalNumber();
    if (name !== 'R' && name !== 'P' && name !== 'E') return ok(undefined);
    const word = this.#reader.optionalWord();
    if (name === 'R') {
      if (word === undefined) return err('-R requires a rule number');
      return this.#setNumber(word);
    }
    if (word === undefined)
      return err(
        name === 'P'
          ? '-P requires a chain and a policy'
          : '-E requires old-chain-name and new-chain-name',
      );
    this.#word = word;
    return name === 'E' ? checkNewName(word) : ok(undefined);
  }

  #optionalChain(name: CommandName, joined: string): Result<void, string> {
    const chain = joined === '' ? this.#reader.optionalWord() : joined;
    if (chain === undefined) return ok(undefined);
    this.#chain = chain;
    return name === 'F' || name === 'X' ? ok(undefined) : this.#optionalNumber();
  }

  #optionalNumber(): Result<void, string> {
    const word = this.#reader.optionalWord();
    return word === undefined ? ok(undefined) : this.#setNumber(word);
  }

  #setNumber(word: string): Result<void, string> {
    if (!/^\d+$/.test(word) || Number(word) < 1) return err(`Invalid rule number \`${word}'`);
    this.#number = Number(word);
    return ok(undefined);
  }

  #finish(): Result<Request, string> {
    const name = this.#name;
    if (name === undefined) return err('no command specified');
    const { given } = this.#draft;
    const byNumber = name === 'D' && this.#number !== undefined;
    const forbidden = byNumber ? illegalElsewhere : (illegal[name] ?? illegalElsewhere);
    const wrong = forbidden.find((letter) => given.has(letter));
    if (wrong !== undefined) return err(`Illegal option \`${wrong}' with this command`);
    const rules = this.#draft.finish();
    if (!rules.ok) return rules;
    const fits = this.#checkChain(given, rules.value);
    if (!fits.ok) return fits;
    const command: Command = {
      name,
      table: this.#table,
      chain: this.#chain,
      number: this.#number,
      word: this.#word,
      rules: rules.value,
      counters: this.#counters,
      zero: this.#zero,
      verbose: this.#verbose,
      numeric: given.has('-n'),
      exact: given.has('-x'),
      lineNumbers: given.has('--line-numbers'),
    };
    return ok({ kind: 'command', command });
  }

  #checkChain(given: ReadonlySet<string>, rules: readonly RuleSpec[]): Result<void, string> {
    const chain = this.#chain;
    if (chain !== undefined && chain.length > 28)
      return err(`chain name \`${chain}' too long (must be under 29 chars)`);
    if (given.has('-o') && (chain === 'PREROUTING' || chain === 'INPUT'))
      return err(`Can't use -o with ${chain}\n`);
    if (given.has('-i') && (chain === 'POSTROUTING' || chain === 'OUTPUT'))
      return err(`Can't use -i with ${chain}\n`);
    if (this.#table === 'nat' && rules.some((rule) => rule.target?.name === 'DROP'))
      return err(
        '\nThe "nat" table is not intended for filtering, the use of DROP is therefore inhibited.\n\n',
      );
    return ok(undefined);
  }
}

const reservedNames = new Set(
  'ACCEPT DROP QUEUE RETURN REJECT LOG MASQUERADE DNAT SNAT REDIRECT MARK TCPMSS'.split(' '),
);

function checkNewName(name: string): Result<void, string> {
  if (name.startsWith('-') || name.startsWith('!'))
    return err(`chain name not allowed to start with \`${name.charAt(0)}'`);
  if (name.length > 28) return err(`chain name \`${name}' too long (must be under 29 chars)`);
  if (reservedNames.has(name)) return err('chain name may not clash with target name');
  return /[^\S]/.test(name) ? err('Invalid chain name') : ok(undefined);
}

export const isTable = (name: string): name is TableName => Object.hasOwn(builtinChains, name);

export const isBuiltin = (table: TableName, chain: string): boolean =>
  builtinChains[table].includes(chain as HookName);
