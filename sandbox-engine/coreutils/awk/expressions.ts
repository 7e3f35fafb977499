// The expressions of awk, by precedence climbing.
import type { Expr } from './syntax.ts';
import type { TokenReader } from './token-reader.ts';

const levels: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  [],
  ['~', '!~'],
  ['<', '<=', '!=', '==', '>', '>='],
  [],
  ['+', '-'],
  ['*', '/', '%'],
];

export class ExpressionParser {
  readonly #reader: TokenReader;
  /** Inside `print …` an unparenthesised `>` is a redirection. */
  #noGreater = false;

  constructor(reader: TokenReader) {
    this.#reader = reader;
  }

  /** A list up to that bracket, in which `>` compares. */
  enclosed(close: string): Expr[] {
    return this.#inner(() => this.list(close));
  }

  /** Parses with an unparenthesised `>` left alone. */
  beforeRedirection<T>(parse: () => T): T {
    const saved = this.#noGreater;
    this.#noGreater = true;
    const value = parse();
    this.#noGreater = saved;
    return value;
  }

  parenthesised(): Expr {
    this.#reader.expect('(');
    const saved = this.#noGreater;
    this.#noGreater = false;
    const value = this.expression();
    this.#noGreater = saved;
    this.#reader.expect(')');
    return value;
  }

  list(close: string): Expr[] {
    const list: Expr[] = [];
    this.#reader.newlines();
    while (!this.#reader.accept(close)) {
      list.push(this.expression());
      this.#reader.newlines();
      if (!this.#reader.accept(',') && !this.#reader.is(close)) this.#reader.fail();
      this.#reader.newlines();
    }
    return list;
  }

  expression(): Expr {
    const left = this.#choice();
    for (const operator of ['=', '+=', '-=', '*=', '/=', '%=', '^=', '**=']) {
      if (!this.#reader.is(operator)) continue;
      if (!['variable', 'field', 'element'].includes(left.kind)) this.#reader.fail();
      this.#reader.at += 1;
      this.#reader.newlines();
      return { kind: 'assign', operator, target: left, value: this.expression() };
    }
    return left;
  }

  #choice(): Expr {
    const test = this.binary(0);
    if (!this.#reader.accept('?')) return test;
    this.#reader.newlines();
    const yes = this.expression();
    this.#reader.newlines();
    this.#reader.expect(':');
    this.#reader.newlines();
    return { kind: 'choice', test, yes, no: this.expression() };
  }

  binary(level: number): Expr {
    if (level === 2) return this.#membership();
    if (level === 5) return this.#concatenation();
    if (level >= levels.length) return this.#unary();
    let left = this.binary(level + 1);
    for (;;) {
      const operator = levels[level]?.find(
        (o) =>
          this.#reader.is(o) &&
          this.#reader.token.kind === 'operator' &&
          !(o === '>' && this.#noGreater),
      );
      if (operator === undefined) return left;
      this.#reader.at += 1;
      this.#reader.newlines();
      left = { kind: 'binary', operator, left, right: this.binary(level + 1) };
    }
  }

  #membership(): Expr {
    let left = this.binary(3);
    while (this.#reader.accept('in')) {
      left = { kind: 'in', keys: [left], array: this.#reader.token.text };
      this.#reader.at += 1;
    }
    if (this.#reader.is('|') && this.#reader.tokens[this.#reader.at + 1]?.text === 'getline') {
      this.#reader.at += 2;
      left = { kind: 'getline', command: left, file: undefined, target: this.#optionalTarget() };
    }
    return left;
  }

  #concatenation(): Expr {
    let left = this.binary(6);
    while (this.#startsValue())
      left = { kind: 'binary', operator: ' ', left, right: this.binary(6) };
    return left;
  }

  #startsValue(): boolean {
    const { kind, text } = this.#reader.token;
    if (
      kind === 'number' ||
      kind === 'string' ||
      kind === 'regex' ||
      kind === 'name' ||
      kind === 'function'
    )
      return true;
    return (
      kind === 'operator' &&
      ['(', '$', '!', '-', '+', '++', '--'].includes(text) &&
      !(text === '-' || text === '+')
    );
  }

  #unary(): Expr {
    for (const operator of ['!', '-', '+'])
      if (this.#reader.accept(operator)) return { kind: 'unary', operator, value: this.#unary() };
    return this.#power();
  }

  #power(): Expr {
    const base = this.#postfix();
    if (!this.#reader.accept('^') && !this.#reader.accept('**')) return base;
    return {
      kind: 'binary',
      operator: '^',
      left: base,
      right:
        this.#reader.is('-') || this.#reader.is('+') || this.#reader.is('!')
          ? this.#unary()
          : this.#power(),
    };
  }

  #postfix(): Expr {
    for (const [text, by] of [
      ['++', 1],
      ['--', -1],
    ] as const)
      if (this.#reader.accept(text))
        return { kind: 'step', by, prefix: true, target: this.#primary() };
    const value = this.#primary();
    if (!['variable', 'field', 'element'].includes(value.kind)) return value;
    for (const [text, by] of [
      ['++', 1],
      ['--', -1],
    ] as const)
      if (this.#reader.accept(text)) return { kind: 'step', by, prefix: false, target: value };
    return value;
  }

  #optionalTarget(): Expr | undefined {
    return this.#reader.token.kind === 'name' || this.#reader.is('$') ? this.#primary() : undefined;
  }

  #primary(): Expr {
    const { kind, text } = this.#reader.token;
    if (kind === 'end' || kind === 'newline') this.#reader.fail();
    this.#reader.at += 1;
    if (kind === 'number') return { kind: 'number', value: Number(text) };
    if (kind === 'string') return { kind: 'string', value: text };
    if (kind === 'regex') return { kind: 'regex', source: text };
    if (kind === 'function') {
      this.#reader.expect('(');
      return { kind: 'call', name: text, args: this.#inner(() => this.list(')')) };
    }
    if (kind === 'name') {
      if (text === 'length') return { kind: 'call', name: text, args: [] };
      if (this.#reader.accept('['))
        return { kind: 'element', array: text, keys: this.#inner(() => this.list(']')) };
      return { kind: 'variable', name: text };
    }
    if (text === '$') {
      for (const [operator, by] of [
        ['++', 1],
        ['--', -1],
      ] as const)
        if (this.#reader.accept(operator))
          return {
            kind: 'field',
            index: { kind: 'step', by, prefix: true, target: this.#primary() },
          };
      if (this.#reader.accept('-'))
        return { kind: 'field', index: { kind: 'unary', operator: '-', value: this.#primary() } };
      return { kind: 'field', index: this.#primary() };
    }
    if (text === '(') return this.#grouping();
    if (text === 'getline') {
      const target = this.#optionalTarget();
      return {
        kind: 'getline',
        target,
        command: undefined,
        file: this.#reader.accept('<') ? this.#primary() : undefined,
      };
    }
    this.#reader.at -= 1;
    return this.#reader.fail();
  }

  #inner<T>(parse: () => T): T {
    const saved = this.#noGreater;
    this.#noGreater = false;
    const value = parse();
    this.#noGreater = saved;
    return value;
  }

  #grouping(): Expr {
    const list = this.#inner(() => this.list(')'));
    if (list.length > 1) {
      this.#reader.expect('in');
      const array = this.#reader.token.text;
      this.#reader.at += 1;
      return { kind: 'in', keys: list, array };
    }
    const [only] = list;
    if (!only) return this.#reader.fail();
    // A group of its own, so that `(a) = 1` and `(x)++` stay errors and `(a b)` is not taken apart.
    return only.kind === 'variable' || only.kind === 'field' || only.kind === 'element'
      ? { kind: 'unary', operator: '()', value: only }
      : only;
  }
}
