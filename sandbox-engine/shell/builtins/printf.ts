// `printf`: formats, escapes, `-v`.
//
// Mirrors: printf(1p) and bash's %b, %q, %(…)T. Differs: %(…)T knows the common letters only.

import type { Op } from '../../sim/index.ts';
import { strftime } from '../../std/index.ts';
import { assignVariable } from '../assign.ts';
import { decodeEscapes } from '../escapes.ts';
import { quoteByBackslash } from '../quoting.ts';
import type { Shell } from '../shell.ts';
import { isName } from '../variables.ts';

export function* printf(shell: Shell, words: readonly string[]): Op<number> {
  let rest = words.slice(1);
  let variable: string | undefined;
  if (rest[0] === '-v' && shell.dialect.name === 'bash') {
    variable = rest[1] ?? '';
    rest = rest.slice(2);
    if (!isName(variable.replace(/\[.*\]$/, ''))) {
      yield* shell.complain(`\`${variable}': not a valid identifier`, 'printf');
      return 2;
    }
  }
  if (rest[0] === '--') rest = rest.slice(1);
  const [format, ...args] = rest;
  if (format === undefined) {
    yield* shell.process.err('printf: usage: printf [-v var] format [arguments]\n');
    return 2;
  }
  const formatter = new Formatter(shell, args);
  const text = formatter.run(format);
  for (const problem of formatter.problems) yield* shell.complain(problem, 'printf');
  const status = formatter.problems.length > 0 ? 1 : 0;
  if (variable === undefined) return (yield* shell.out(text, 'printf')) ? status : 1;
  const problem = assignVariable(shell, variable, text);
  if (problem === undefined) return status;
  yield* shell.complain(problem);
  return 1;
}

const directive = /%(?:%|([-+ #0]*)(\*|\d+)?(?:\.(\*|-?\d+)?)?(?:\(([^)]*)\))?([a-zA-Z]))|%/y;

/** Columns that a field may be wide. */
const widest = 10_000;

class Formatter {
  readonly problems: string[] = [];
  readonly #shell: Shell;
  readonly #args: readonly string[];
  #next = 0;
  #stopped = false;

  constructor(shell: Shell, args: readonly string[]) {
    this.#shell = shell;
    this.#args = args;
  }

  /** The format is used again until no arguments are left. */
  run(format: string): string {
    let out = '';
    for (;;) {
      const before = this.#next;
      out += this.#once(format);
      if (this.#stopped || this.#next >= this.#args.length || this.#next === before) return out;
    }
  }

  #once(format: string): string {
    let out = '';
    for (let i = 0; i < format.length && !this.#stopped; ) {
      const percent = format.indexOf('%', i);
      const end = percent < 0 ? format.length : percent;
      const decoded = decodeEscapes(format.slice(i, end), 'format');
      out += decoded.text;
      if (decoded.stop) this.#stopped = true;
      if (percent < 0 || this.#stopped) break;
      directive.lastIndex = percent;
      const match = directive.exec(format);
      if (!match) break;
      out += this.#convert(match);
      i = percent + match[0].length;
    }
    return out;
  }

  #argument(): string | undefined {
    const value = this.#args[this.#next];
    this.#next += 1;
    return value;
  }

  #convert(match: RegExpExecArray): string {
    if (match[0] === '%%') return '%';
    const [whole, flagText = '', widthText, precisionText, timeFormat, letter] = match;
    if (letter === undefined) return this.#invalid('%');
    let flags = flagText;
    let width = widthText === '*' ? Number(this.#argument() ?? 0) : Number(widthText ?? 0);
    if (width < 0) {
      flags += '-';
      width = -width;
    }
    const given = precisionText === '*' ? this.#argument() : precisionText;
    const precision = whole.includes('.') ? Math.min(Number(given ?? 0), 100) : undefined;
    width = Math.min(width, widest);
    const pad = (text: string): string => justify(text, flags, width);
    switch (letter) {
      case 's':
        return pad(cut(this.#argument() ?? '', precision));
      case 'b':
        return pad(this.#decoded());
      case 'q':
        return pad(quoteByBackslash(this.#argument() ?? ''));
      case 'c':
        return pad([...(this.#argument() ?? '')][0] ?? '');
      case 'd':
      case 'i':
        return signed(this.#integer(), flags, width, precision);
      case 'u':
      case 'o':
      case 'x':
      case 'X':
        return unsigned(this.#integer(), letter, flags, width, precision);
      case 'f':
      case 'F':
      case 'e':
      case 'E':
      case 'g':
      case 'G':
        return float(this.#float(), letter, flags, width, precision);
      case 'T':
        return pad(this.#time(timeFormat ?? ''));
      default:
        return this.#invalid(letter);
    }
  }

  #invalid(letter: string): string {
    this.problems.push(`\`${letter}': invalid format character`);
    this.#stopped = true;
    return '';
  }

  #decoded(): string {
    const decoded = decodeEscapes(
      (this.#argument() ?? '').replace(/\\([1-7][0-7]{0,2})/g, '\\0$1'),
      'echo',
    );
    if (decoded.stop) this.#stopped = true;
    return decoded.text;
  }

  #integer(): bigint {
    const text = this.#argument() ?? '0';
    const quoted = /^["']([\s\S])/u.exec(text);
    if (quoted) return BigInt((quoted[1] as string).codePointAt(0) ?? 0);
    const match = /^\s*([-+]?)(0[xX][0-9A-Fa-f]+|0[0-7]*|[1-9]\d*)(.*)$/s.exec(text);
    if (match?.[3] !== '') this.#badNumber(text);
    if (!match) return 0n;
    const digits = match[2] as string;
    const value = /^0[0-7]+$/.test(digits) ? BigInt(`0o${digits.slice(1)}`) : BigInt(digits);
    return match[1] === '-' ? -value : value;
  }

  #badNumber(text: string): void {
    const { name } = this.#shell.dialect;
    if (name === 'bash') this.problems.push(`${text}: invalid number`);
    else if (name === 'dash') this.problems.push(`${text}: expected numeric value`);
    else this.problems.push(`invalid number '${text}'`);
  }

  #float(): number {
    const text = this.#argument() ?? '0';
    const value = Number(text);
    if (text.trim() !== '' && Number.isFinite(value)) return value;
    this.#badNumber(text);
    return Number.parseFloat(text) || 0;
  }

  #time(format: string): string {
    const argument = this.#argument();
    const { sim } = this.#shell.process;
    const now = sim.epochMillis + Math.floor(sim.now() / 1000);
    const millis = argument === undefined || argument === '-1' ? now : Number(argument) * 1000;
    return strftime(format === '' ? '%H:%M:%S' : format, millis);
  }
}

const cut = (text: string, precision: number | undefined): string =>
  precision === undefined || precision < 0 ? text : [...text].slice(0, precision).join('');

function justify(text: string, flags: string, width: number): string {
  const missing = width - [...text].length;
  if (missing <= 0) return text;
  return flags.includes('-') ? text + ' '.repeat(missing) : ' '.repeat(missing) + text;
}

/** Puts zeros between sign and digits, or blanks around. */
function fill(sign: string, digits: string, flags: string, width: number, zero: boolean): string {
  const missing = width - sign.length - digits.length;
  if (missing > 0 && zero && flags.includes('0') && !flags.includes('-'))
    return sign + '0'.repeat(missing) + digits;
  return justify(sign + digits, flags, width);
}

const signOf = (negative: boolean, flags: string): string =>
  negative ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';

function signed(
  value: bigint,
  flags: string,
  width: number,
  precision: number | undefined,
): string {
  const digits = String(value < 0n ? -value : value).padStart(precision ?? 1, '0');
  return fill(signOf(value < 0n, flags), digits, flags, width, precision === undefined);
}

function unsigned(
  value: bigint,
  letter: 'u' | 'o' | 'x' | 'X',
  flags: string,
  width: number,
  precision: number | undefined,
): string {
  const base = letter === 'u' ? 10 : letter === 'o' ? 8 : 16;
  const text = BigInt.asUintN(64, value)
    .toString(base)
    .padStart(precision ?? 1, '0');
  const digits = letter === 'X' ? text.toUpperCase() : text;
  const prefix =
    flags.includes('#') && value !== 0n ? { u: '', o: '0', x: '0x', X: '0X' }[letter] : '';
  return fill(prefix, digits, flags, width, precision === undefined);
}

function float(
  value: number,
  letter: string,
  flags: string,
  width: number,
  precision: number | undefined,
): string {
  const digits = floatDigits(Math.abs(value), letter.toLowerCase(), precision ?? 6);
  const shown = letter === letter.toUpperCase() ? digits.toUpperCase() : digits;
  return fill(signOf(value < 0 || Object.is(value, -0), flags), shown, flags, width, true);
}

function floatDigits(value: number, letter: string, precision: number): string {
  if (letter === 'f') return value.toFixed(precision);
  const exponential = (digits: number): string =>
    value.toExponential(digits).replace(/e([+-])(\d)$/, 'e$10$2');
  if (letter === 'e') return exponential(precision);
  const significant = precision === 0 ? 1 : precision;
  const exponent = value === 0 ? 0 : Math.floor(Math.log10(value));
  const text =
    exponent < -4 || exponent >= significant
      ? exponential(significant - 1)
      : value.toFixed(Math.max(0, significant - 1 - exponent));
  return text.includes('.') ? text.replace(/\.?0+(e|$)/, '$1') : text;
}
