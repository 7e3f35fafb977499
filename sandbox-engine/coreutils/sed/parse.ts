// sed scripts as data. See: sed(1p), GNU sed 4.9 for messages.
import { err, ok, type Result } from '../../std/index.ts';
import { posixRegex } from '../regex.ts';

export type Address =
  | { readonly kind: 'line'; readonly line: number }
  | { readonly kind: 'last' }
  | { readonly kind: 'step'; readonly first: number; readonly step: number }
  | { readonly kind: 'regex'; readonly regex: RegExp }
  /** Second address only: `+N` lines after the first. */
  | { readonly kind: 'after'; readonly lines: number };

export interface SedCommand {
  readonly addresses: readonly Address[];
  readonly not: boolean;
  readonly name: string;
  readonly text?: string;
  readonly label?: string;
  readonly regex?: RegExp;
  readonly flags?: { readonly global: boolean; readonly print: boolean; readonly nth: number };
  /** y: character for character. */
  readonly map?: ReadonlyMap<string, string>;
  readonly block?: readonly SedCommand[];
}

class Reader {
  readonly text: string;
  at = 0;
  constructor(text: string) {
    this.text = text;
  }
  get current(): string {
    return this.text[this.at] ?? '';
  }
  get done(): boolean {
    return this.at >= this.text.length;
  }
  skip(pattern: RegExp): void {
    while (!this.done && pattern.test(this.current)) this.at += 1;
  }
  take(pattern: RegExp): string {
    const match = pattern.exec(this.text.slice(this.at));
    const found = match && match.index === 0 ? match[0] : '';
    this.at += found.length;
    return found;
  }
  /** Up to the delimiter, in which `\delimiter` stands for itself. */
  upTo(delimiter: string): string | undefined {
    let out = '';
    for (; !this.done; this.at += 1) {
      const c = this.current;
      if (c === '\\') {
        const next = this.text[this.at + 1] ?? '';
        out += next === delimiter ? next : next === '\n' ? '\n' : `\\${next}`;
        this.at += 1;
        continue;
      }
      if (c === delimiter) {
        this.at += 1;
        return out;
      }
      out += c;
    }
    return undefined;
  }
}

/** The commands of a script; the error is GNU sed's, without its `sed: -e expression #1, ` head. */
export function parseSed(script: string, extended: boolean): Result<readonly SedCommand[], string> {
  const reader = new Reader(script);
  const commands = parseBlock(reader, extended, 0);
  if (!commands.ok) return err(`char ${reader.at}: ${commands.error}`);
  return commands;
}

function parseBlock(
  reader: Reader,
  extended: boolean,
  depth: number,
): Result<SedCommand[], string> {
  const commands: SedCommand[] = [];
  for (;;) {
    reader.skip(/[\s;]/);
    if (reader.done) return depth > 0 ? err("unmatched `{'") : ok(commands);
    if (reader.current === '}') {
      if (depth === 0) return err("unexpected `}'");
      reader.at += 1;
      return ok(commands);
    }
    if (reader.current === '#') {
      reader.skip(/[^\n]/);
      continue;
    }
    const command = parseCommand(reader, extended, depth);
    if (!command.ok) return command;
    commands.push(command.value);
  }
}

function parseAddress(
  reader: Reader,
  extended: boolean,
  second: boolean,
): Result<Address | undefined, string> {
  const number = reader.take(/\d+/);
  if (number) {
    if (reader.current === '~') {
      reader.at += 1;
      return ok({ kind: 'step', first: Number(number), step: Number(reader.take(/\d+/) || '0') });
    }
    return ok({ kind: 'line', line: Number(number) });
  }
  if (reader.current === '$') {
    reader.at += 1;
    return ok({ kind: 'last' });
  }
  if (second && reader.current === '+') {
    reader.at += 1;
    return ok({ kind: 'after', lines: Number(reader.take(/\d+/) || '0') });
  }
  if (reader.current !== '/' && reader.current !== '\\') return ok(undefined);
  if (reader.current === '\\') reader.at += 1;
  const delimiter = reader.current;
  reader.at += 1;
  const source = reader.upTo(delimiter);
  if (source === undefined) return err('unterminated address regex');
  const ignoreCase = reader.take(/I/) !== '';
  const regex = posixRegex(source, { extended, ignoreCase });
  return regex.ok ? ok({ kind: 'regex', regex: regex.value }) : regex;
}

function parseCommand(
  reader: Reader,
  extended: boolean,
  depth: number,
): Result<SedCommand, string> {
  const addresses: Address[] = [];
  const first = parseAddress(reader, extended, false);
  if (!first.ok) return first;
  if (first.value) {
    addresses.push(first.value);
    reader.skip(/[ \t]/);
    if (reader.current === ',') {
      reader.at += 1;
      reader.skip(/[ \t]/);
      const second = parseAddress(reader, extended, true);
      if (!second.ok) return second;
      if (!second.value) return err("unexpected `,'");
      addresses.push(second.value);
    }
  }
  reader.skip(/[ \t]/);
  let not = false;
  while (reader.current === '!') {
    not = true;
    reader.at += 1;
    reader.skip(/[ \t]/);
  }
  const name = reader.current;
  reader.at += 1;
  const base = { addresses, not, name };
  if (name === '') return err('missing command');
  if (name === '{') {
    const block = parseBlock(reader, extended, depth + 1);
    return block.ok ? ok({ ...base, block: block.value }) : block;
  }
  if (name === 's') return parseSubstitution(reader, extended, base);
  if (name === 'y') return parseTranslation(reader, base);
  if ('aic'.includes(name)) {
    reader.take(/[ \t]*\\?\n?[ \t]*/);
    const text = reader.take(/(?:\\\n|\\.|[^\n\\])*/);
    if (text === '') return err("expected \\ after `a', `c' or `i'");
    return ok({ ...base, text: text.replace(/\\(\n|.)/g, '$1') });
  }
  if (':btTrRwW'.includes(name)) {
    reader.skip(/[ \t]/);
    return ok({ ...base, label: reader.take(/[^\n;}]*/).trim() });
  }
  if (!'dDpPqQnNgGhHx=lFz'.includes(name)) return err(`unknown command: \`${name}'`);
  if ('qQ'.includes(name)) {
    reader.skip(/[ \t]/);
    return ok({ ...base, label: reader.take(/\d+/) });
  }
  reader.skip(/[ \t]/);
  if (!reader.done && !/[\n;}#]/.test(reader.current)) return err('extra characters after command');
  return ok(base);
}

type Base = Pick<SedCommand, 'addresses' | 'not' | 'name'>;

function parseSubstitution(
  reader: Reader,
  extended: boolean,
  base: Base,
): Result<SedCommand, string> {
  const delimiter = reader.current;
  reader.at += 1;
  const source = reader.upTo(delimiter);
  const text = source === undefined ? undefined : reader.upTo(delimiter);
  if (source === undefined || text === undefined) return err("unterminated `s' command");
  const letters = reader.take(/[gpiIeMm0-9]*/);
  if (!reader.done && !/[\s;}#]/.test(reader.current)) return err("unknown option to `s'");
  const regex = posixRegex(source, { extended, ignoreCase: /i/i.test(letters), global: true });
  if (!regex.ok) return regex;
  const nth = Number(/\d+/.exec(letters)?.[0] ?? '1');
  return ok({
    ...base,
    regex: regex.value,
    text,
    flags: { global: letters.includes('g'), print: letters.includes('p'), nth },
  });
}

function parseTranslation(reader: Reader, base: Base): Result<SedCommand, string> {
  const delimiter = reader.current;
  reader.at += 1;
  const from = reader.upTo(delimiter);
  const to = from === undefined ? undefined : reader.upTo(delimiter);
  if (from === undefined || to === undefined) return err("unterminated `y' command");
  const [x, y] = [[...from], [...to]];
  if (x.length !== y.length) return err("strings for `y' command are different lengths");
  return ok({ ...base, map: new Map(x.map((c, i) => [c, y[i] ?? c])) });
}
