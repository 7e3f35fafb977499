// Arithmetic on 64-bit integers, as in `$(( … ))`, `(( … ))`, `let` and subscripts.
//
// Mirrors: bash(1) ARITHMETIC EVALUATION. The text has been through parameter and command expansion already; names that are
// left are variables, and their values are evaluated as expressions.

/** What an expression reads and writes. */
export interface ArithmeticScope {
  get(name: string, subscript: string | undefined): string | undefined;
  /** Answers an error text when the variable may not be changed. */
  set(name: string, subscript: string | undefined, value: string): string | undefined;
}

type ArithmeticResult =
  | { readonly ok: true; readonly value: bigint }
  /** In bash's words, without the expression: `division by 0 (error token is "0")`. */
  | { readonly ok: false; readonly error: string };

const maximumDepth = 64;

export function evaluateArithmetic(
  text: string,
  scope: ArithmeticScope,
  depth = 0,
): ArithmeticResult {
  const decimal = /^[ \t]*(0|[1-9]\d{0,17})[ \t]*$/.exec(text);
  if (decimal) return { ok: true, value: BigInt(decimal[1] as string) };
  return new Evaluator(text, scope, depth).run();
}

interface Failure {
  readonly error: string;
}

/** A value, with the place that it came from when it can be assigned to. */
interface Operand {
  readonly value: bigint;
  readonly name?: string;
  readonly subscript?: string | undefined;
}

const binaryLevels: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['|'],
  ['^'],
  ['&'],
  ['==', '!='],
  ['<=', '>=', '<', '>'],
  ['<<', '>>'],
  ['+', '-'],
  ['*', '/', '%'],
];
const assignments = ['=', '+=', '-=', '*=', '/=', '%=', '<<=', '>>=', '&=', '^=', '|='];
const operators = [
  ...['<<=', '>>='],
  ...['&&', '||', '==', '!=', '<=', '>=', '<<', '>>', '**', '++', '--'],
  ...['+=', '-=', '*=', '/=', '%=', '&=', '^=', '|='],
  ...['+', '-', '*', '/', '%', '<', '>', '=', '!', '~', '&', '|', '^', '?', ':', ',', '(', ')'],
];

class Evaluator {
  readonly #text: string;
  readonly #scope: ArithmeticScope;
  readonly #depth: number;
  #at = 0;
  /** Where the last token began: what errors point at. */
  #last = 0;
  #failure: Failure | undefined;
  /** Above 0: an operand that is not evaluated (`0 && x++`). */
  #skipping = 0;
  #nesting = 0;

  constructor(text: string, scope: ArithmeticScope, depth: number) {
    this.#text = text;
    this.#scope = scope;
    this.#depth = depth;
  }

  run(): ArithmeticResult {
    this.#blank();
    if (this.#at >= this.#text.length) return { ok: true, value: 0n };
    const result = this.#comma();
    this.#blank();
    if (!this.#failure && this.#at < this.#text.length) {
      this.#last = this.#at;
      this.#fail(
        /^[A-Za-z0-9_(]/.test(this.#rest())
          ? 'syntax error in expression'
          : 'syntax error: invalid arithmetic operator',
      );
    }
    return this.#failure
      ? { ok: false, error: this.#failure.error }
      : { ok: true, value: result.value };
  }

  #rest(): string {
    return this.#text.slice(this.#at);
  }

  #fail(problem: string): Operand {
    this.#failure ??= { error: `${problem} (error token is "${this.#text.slice(this.#last)}")` };
    return { value: 0n };
  }

  #blank(): void {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at += 1;
  }

  #peek(): string | undefined {
    this.#blank();
    return operators.find((one) => this.#text.startsWith(one, this.#at));
  }

  #take(operator: string): boolean {
    if (this.#peek() !== operator) return false;
    this.#last = this.#at;
    this.#at += operator.length;
    return true;
  }

  #comma(): Operand {
    let result = this.#assignment();
    while (!this.#failure && this.#take(',')) result = this.#assignment();
    return result;
  }

  #assignment(): Operand {
    this.#nesting += 1;
    if (this.#nesting > maximumDepth * 4) return this.#fail('expression recursion level exceeded');
    const result = this.#assign();
    this.#nesting -= 1;
    return result;
  }

  #assign(): Operand {
    const left = this.#ternary();
    const operator = this.#peek();
    if (this.#failure || !operator || !assignments.includes(operator)) return left;
    this.#blank();
    this.#last = this.#at;
    if (left.name === undefined) return this.#fail('attempted assignment to non-variable');
    this.#at += operator.length;
    const right = this.#assignment();
    if (this.#failure) return right;
    const value =
      operator === '=' ? right.value : this.#apply(operator.slice(0, -1), left.value, right.value);
    return this.#store(left, value);
  }

  #store(target: Operand, value: bigint): Operand {
    const wrapped = BigInt.asIntN(64, value);
    if (this.#skipping === 0 && !this.#failure && target.name !== undefined) {
      const problem = this.#scope.set(target.name, target.subscript, String(wrapped));
      if (problem) this.#failure ??= { error: problem };
    }
    return { value: wrapped };
  }

  #ternary(): Operand {
    const test = this.#binary(0);
    if (this.#failure || !this.#take('?')) return test;
    const holds = test.value !== 0n;
    const yes = this.#unless(!holds, () => this.#comma());
    if (!this.#failure && !this.#take(':')) {
      this.#last = this.#at;
      return this.#fail("`:' expected for conditional expression");
    }
    const no = this.#unless(holds, () => this.#assignment());
    return { value: holds ? yes.value : no.value };
  }

  /** Parses, but does not evaluate when `skip` holds. */
  #unless(skip: boolean, parse: () => Operand): Operand {
    if (skip) this.#skipping += 1;
    const result = parse();
    if (skip) this.#skipping -= 1;
    return result;
  }

  #binary(level: number): Operand {
    const known = binaryLevels[level];
    if (!known) return this.#power();
    let left = this.#binary(level + 1);
    for (;;) {
      const operator = this.#failure ? undefined : this.#peek();
      if (!operator || !known.includes(operator)) return left;
      this.#take(operator);
      const skip =
        (operator === '&&' && left.value === 0n) || (operator === '||' && left.value !== 0n);
      const right = this.#unless(skip, () => this.#binary(level + 1));
      if (this.#failure) return left;
      left = { value: this.#apply(operator, left.value, right.value) };
    }
  }

  #power(): Operand {
    const base = this.#unary();
    if (this.#failure || !this.#take('**')) return base;
    const exponent = this.#power();
    if (this.#failure) return exponent;
    if (exponent.value < 0n) return this.#fail('exponent less than 0');
    return { value: power(base.value, exponent.value) };
  }

  #unary(): Operand {
    const operator = this.#peek();
    if (operator === '++' || operator === '--') return this.#prefixStep(operator);
    if (operator && '+-!~'.includes(operator)) {
      this.#take(operator);
      const { value } = this.#unary();
      if (operator === '-') return { value: BigInt.asIntN(64, -value) };
      if (operator === '!') return { value: value === 0n ? 1n : 0n };
      return { value: operator === '~' ? ~value : value };
    }
    return this.#postfix();
  }

  #prefixStep(operator: '++' | '--'): Operand {
    this.#take(operator);
    const target = this.#unary();
    const by = operator === '++' ? 1n : -1n;
    // `++5` is two signs in front of a number.
    return target.name === undefined ? target : this.#store(target, target.value + by);
  }

  #postfix(): Operand {
    const operand = this.#primary();
    const operator = this.#failure ? undefined : this.#peek();
    if (operand.name === undefined || (operator !== '++' && operator !== '--')) return operand;
    this.#take(operator);
    this.#store(operand, operand.value + (operator === '++' ? 1n : -1n));
    return { value: operand.value };
  }

  #primary(): Operand {
    if (this.#take('(')) {
      const inner = this.#comma();
      if (!this.#failure && !this.#take(')')) {
        this.#last = this.#at;
        return this.#fail("missing `)'");
      }
      return { value: inner.value };
    }
    this.#blank();
    const number = /^(?:(\d+)#([0-9A-Za-z@_]+)|0[xX][0-9A-Fa-f]*|\d[0-9A-Za-z_]*)/.exec(
      this.#rest(),
    );
    if (number) return this.#number(number);
    const name = /^[A-Za-z_][A-Za-z0-9_]*/.exec(this.#rest());
    if (name) return this.#variable(name[0]);
    if (this.#at < this.#text.length) this.#last = this.#at;
    return this.#fail('syntax error: operand expected');
  }

  #number(match: RegExpExecArray): Operand {
    this.#last = this.#at;
    const [text, base, digits] = match;
    const value = base ? inBase(Number(base), digits ?? '') : plainNumber(text);
    if (value === undefined)
      return this.#fail(
        base || /^0/.test(text) ? 'value too great for base' : 'value too great for base',
      );
    this.#at += text.length;
    return { value: BigInt.asIntN(64, value) };
  }

  #variable(name: string): Operand {
    this.#last = this.#at;
    this.#at += name.length;
    const subscript = this.#subscript();
    const text = this.#scope.get(name, subscript) ?? '';
    if (text === '' || this.#skipping > 0) return { value: 0n, name, subscript };
    if (this.#depth > maximumDepth) return this.#fail('expression recursion level exceeded');
    const inner = evaluateArithmetic(text, this.#scope, this.#depth + 1);
    if (!inner.ok) {
      this.#failure ??= { error: inner.error };
      return { value: 0n };
    }
    return { value: inner.value, name, subscript };
  }

  #subscript(): string | undefined {
    if (this.#text[this.#at] !== '[') return undefined;
    let depth = 0;
    for (let i = this.#at; i < this.#text.length; i += 1) {
      if (this.#text[i] === '[') depth += 1;
      else if (this.#text[i] === ']') {
        depth -= 1;
        if (depth > 0) continue;
        const inside = this.#text.slice(this.#at + 1, i);
        this.#at = i + 1;
        return inside;
      }
    }
    return undefined;
  }

  #apply(operator: string, a: bigint, b: bigint): bigint {
    if ((operator === '/' || operator === '%') && b === 0n) {
      if (this.#skipping === 0) this.#divisionByZero();
      return 0n;
    }
    return BigInt.asIntN(64, compute(operator, a, b));
  }

  #divisionByZero(): void {
    const operand = /\S+\s*$/.exec(this.#text.slice(this.#last + 1, this.#at));
    const from = operand ? this.#last + 1 + operand.index : this.#last;
    this.#failure ??= {
      error: `division by 0 (error token is "${this.#text.slice(from)}")`,
    };
  }
}

function compute(operator: string, a: bigint, b: bigint): bigint {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '%':
      return a % b;
    case '<<':
      return a << (b & 63n);
    case '>>':
      return a >> (b & 63n);
    case '&':
      return a & b;
    case '|':
      return a | b;
    case '^':
      return a ^ b;
    default:
      return compare(operator, a, b) ? 1n : 0n;
  }
}

function compare(operator: string, a: bigint, b: bigint): boolean {
  switch (operator) {
    case '==':
      return a === b;
    case '!=':
      return a !== b;
    case '<':
      return a < b;
    case '>':
      return a > b;
    case '<=':
      return a <= b;
    case '>=':
      return a >= b;
    case '&&':
      return a !== 0n && b !== 0n;
    default:
      return a !== 0n || b !== 0n;
  }
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let square = base;
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = BigInt.asIntN(64, result * square);
    square = BigInt.asIntN(64, square * square);
  }
  return result;
}

function plainNumber(text: string): bigint | undefined {
  if (/^0[xX]/.test(text)) return text.length > 2 ? BigInt(text) : 0n;
  if (/^0[0-7]*$/.test(text)) return text === '0' ? 0n : BigInt(`0o${text.slice(1)}`);
  return /^[1-9]\d*$/.test(text) ? BigInt(text) : undefined;
}

function inBase(base: number, digits: string): bigint | undefined {
  if (base < 2 || base > 64) return undefined;
  let value = 0n;
  for (const digit of digits) {
    const n = digitValue(digit, base);
    if (n < 0 || n >= base) return undefined;
    value = value * BigInt(base) + BigInt(n);
  }
  return value;
}

function digitValue(digit: string, base: number): number {
  if (/\d/.test(digit)) return Number(digit);
  if (/[a-z]/.test(digit)) return digit.charCodeAt(0) - 87;
  if (/[A-Z]/.test(digit)) return digit.charCodeAt(0) - (base <= 36 ? 55 : 29);
  return digit === '@' ? 62 : digit === '_' ? 63 : -1;
}
