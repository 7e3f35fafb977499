// `test` and `[`.
//
// Mirrors: POSIX test's rules by number of arguments, then bash's -a and -o.
import type { Op } from '../../sim/index.ts';
import { numbersHold } from '../conditional.ts';
import { compareFiles, fileTest, isUnaryTest } from '../file-tests.ts';
import type { Shell } from '../shell.ts';
import type { RunBuiltin } from './index.ts';

const binary = new Set('= == != < > -eq -ne -lt -le -gt -ge -nt -ot -ef -a -o'.split(' '));

function* test(shell: Shell, words: readonly string[]): Op<number> {
  const [command = ''] = words;
  let args = words.slice(1);
  if (command === '[') {
    if (args.at(-1) !== ']') {
      yield* complain(shell, command, shell.dialect.name === 'bash' ? "missing `]'" : 'missing ]');
      return 2;
    }
    args = args.slice(0, -1);
  }
  const parser = new TestParser(shell, args);
  const holds = parser.run();
  if (holds !== undefined) return holds ? 0 : 1;
  yield* complain(shell, command, parser.problem);
  return 2;
}

/** BusyBox's test is an applet that complains for itself. */
function* complain(shell: Shell, command: string, text: string): Op<void> {
  if (shell.dialect.name === 'ash') yield* shell.process.err(`${appletName(shell)}: ${text}\n`);
  else yield* shell.complain(text, command);
}

/** What BusyBox calls itself: the name that the shell was started by. */
export const appletName = (shell: Shell): string =>
  (shell.process.argv[0] ?? 'sh').replace(/^.*\/|^-/g, '');

class TestParser {
  readonly #shell: Shell;
  readonly #args: readonly string[];
  #at = 0;
  problem = '';

  constructor(shell: Shell, args: readonly string[]) {
    this.#shell = shell;
    this.#args = args;
  }

  run(): boolean | undefined {
    const { length } = this.#args;
    if (length === 0) return false;
    if (length <= 4) return this.#few(this.#args);
    const result = this.#or();
    if (this.problem) return undefined;
    return this.#at < length ? this.#fail('too many arguments') : result;
  }

  #fail(problem: string): undefined {
    this.problem ||= problem;
    return undefined;
  }

  /** POSIX: what up to four arguments mean. */
  #few(args: readonly string[]): boolean | undefined {
    const [a = '', b = '', c = ''] = args;
    if (args.length === 1) return a !== '';
    if (args.length === 2) {
      if (a === '!') return b === '';
      return isUnaryTest(a) ? this.#unary(a, b) : this.#fail(this.#words('unary', a, b));
    }
    if (args.length === 3) {
      if (binary.has(b)) return this.#binary(a, b, c);
      if (a === '!') return this.#not(this.#few(args.slice(1)));
      if (a === '(' && c === ')') return b !== '';
      return this.#fail(this.#words('binary', b, b));
    }
    if (a === '!') return this.#not(this.#few(args.slice(1)));
    if (a === '(' && args[3] === ')') return this.#few(args.slice(1, 3));
    const result = this.#or();
    if (this.problem) return undefined;
    return this.#at < args.length ? this.#fail('too many arguments') : result;
  }

  #not(value: boolean | undefined): boolean | undefined {
    return value === undefined ? undefined : !value;
  }

  #words(kind: 'unary' | 'binary', bash: string, other: string): string {
    const { name } = this.#shell.dialect;
    if (name === 'bash') return `${bash}: ${kind} operator expected`;
    return name === 'ash'
      ? `${other}: unknown operand`
      : `${this.#args[0] ?? ''}: unexpected operator`;
  }

  #unary(operator: string, operand: string): boolean | undefined {
    return (
      fileTest(this.#shell, operator, operand) ??
      this.#fail(this.#words('unary', operator, operand))
    );
  }

  #binary(left: string, operator: string, right: string): boolean | undefined {
    switch (operator) {
      case '=':
      case '==':
        return left === right;
      case '!=':
        return left !== right;
      case '<':
        return left < right;
      case '>':
        return left > right;
      case '-a':
        return left !== '' && right !== '';
      case '-o':
        return left !== '' || right !== '';
      case '-nt':
      case '-ot':
      case '-ef':
        return compareFiles(this.#shell, left, operator, right);
      default:
        return this.#numbers(left, operator, right);
    }
  }

  #numbers(left: string, operator: string, right: string): boolean | undefined {
    for (const text of [left, right])
      if (!/^\s*[-+]?\d+\s*$/.test(text)) return this.#fail(this.#badNumber(text));
    return numbersHold(BigInt(left.trim()), operator, BigInt(right.trim()));
  }

  #badNumber(text: string): string {
    const { name } = this.#shell.dialect;
    if (name === 'bash') return `${text}: integer expression expected`;
    return name === 'ash' ? `${text}: bad number` : `Illegal number: ${text}`;
  }

  #or(): boolean | undefined {
    let result = this.#and();
    while (this.#args[this.#at] === '-o' && !this.problem) {
      this.#at += 1;
      const right = this.#and();
      result = (result ?? false) || (right ?? false);
    }
    return result;
  }

  #and(): boolean | undefined {
    let result = this.#primary();
    while (this.#args[this.#at] === '-a' && !this.problem) {
      this.#at += 1;
      const right = this.#primary();
      result = (result ?? false) && (right ?? false);
    }
    return result;
  }

  #primary(): boolean | undefined {
    const a = this.#args[this.#at];
    const b = this.#args[this.#at + 1];
    if (a === undefined) return this.#fail('argument expected');
    if (a === '!') {
      this.#at += 1;
      return this.#not(this.#primary());
    }
    if (a === '(') return this.#group();
    if (b !== undefined && binary.has(b) && b !== '-a' && b !== '-o') {
      const c = this.#args[this.#at + 2];
      if (c === undefined) return this.#fail('argument expected');
      this.#at += 3;
      return this.#binary(a, b, c);
    }
    if (isUnaryTest(a) && b !== undefined) {
      this.#at += 2;
      return this.#unary(a, b);
    }
    this.#at += 1;
    return a !== '';
  }

  #group(): boolean | undefined {
    this.#at += 1;
    const inner = this.#or();
    if (this.#args[this.#at] !== ')') return this.#fail("`)' expected");
    this.#at += 1;
    return inner;
  }
}

export const testBuiltins: Readonly<Record<string, RunBuiltin>> = { test, '[': test };
