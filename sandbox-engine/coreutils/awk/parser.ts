// awk programs as a syntax tree.
import { err, ok, type Result } from '../../std/index.ts';
import { type Token, tokenize } from './lexer.ts';

export type Expr =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'regex'; readonly source: string }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'field'; readonly index: Expr }
  | { readonly kind: 'element'; readonly array: string; readonly keys: readonly Expr[] }
  | {
      readonly kind: 'assign';
      readonly operator: string;
      readonly target: Expr;
      readonly value: Expr;
    }
  | { readonly kind: 'step'; readonly by: 1 | -1; readonly prefix: boolean; readonly target: Expr }
  | { readonly kind: 'unary'; readonly operator: string; readonly value: Expr }
  | {
      readonly kind: 'binary';
      readonly operator: string;
      readonly left: Expr;
      readonly right: Expr;
    }
  | { readonly kind: 'choice'; readonly test: Expr; readonly yes: Expr; readonly no: Expr }
  | { readonly kind: 'in'; readonly keys: readonly Expr[]; readonly array: string }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expr[] }
  | {
      readonly kind: 'getline';
      readonly target: Expr | undefined;
      readonly file: Expr | undefined;
      readonly command: Expr | undefined;
    };

export type Stmt =
  | { readonly kind: 'block'; readonly body: readonly Stmt[] }
  | { readonly kind: 'expression'; readonly value: Expr }
  | {
      readonly kind: 'print';
      readonly args: readonly Expr[];
      readonly format: boolean;
      readonly to?: { readonly how: '>' | '>>' | '|'; readonly target: Expr };
    }
  | { readonly kind: 'if'; readonly test: Expr; readonly yes: Stmt; readonly no?: Stmt }
  | { readonly kind: 'while'; readonly test: Expr; readonly body: Stmt }
  | { readonly kind: 'do'; readonly test: Expr; readonly body: Stmt }
  | {
      readonly kind: 'for';
      readonly start?: Stmt;
      readonly test?: Expr;
      readonly step?: Stmt;
      readonly body: Stmt;
    }
  | {
      readonly kind: 'each';
      readonly variable: string;
      readonly array: string;
      readonly body: Stmt;
    }
  | { readonly kind: 'delete'; readonly array: string; readonly keys?: readonly Expr[] }
  | { readonly kind: 'break' | 'continue' | 'next' }
  | { readonly kind: 'exit' | 'return'; readonly value?: Expr };

export interface Rule {
  readonly when: 'BEGIN' | 'END' | 'line';
  readonly pattern?: Expr;
  readonly until?: Expr;
  /** Absent: print the line. */
  readonly body?: Stmt;
}
export interface AwkFunction {
  readonly parameters: readonly string[];
  readonly body: Stmt;
}
export interface AwkProgram {
  readonly rules: readonly Rule[];
  readonly functions: ReadonlyMap<string, AwkFunction>;
}

class SyntaxProblem extends Error {}

export function parseAwk(source: string): Result<AwkProgram, string> {
  const tokens = tokenize(source);
  if (!tokens.ok) return tokens;
  try {
    return ok(new Parser(tokens.value).program());
  } catch (problem) {
    if (problem instanceof SyntaxProblem) return err(problem.message);
    throw problem;
  }
}

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

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  /** Inside `print …` an unparenthesised `>` is a redirection. */
  #noGreater = false;
  #noIn = false;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get #token(): Token {
    return this.#tokens[this.#at] ?? { kind: 'end', text: '' };
  }

  #is(text: string): boolean {
    const { kind } = this.#token;
    return this.#token.text === text && kind !== 'string' && kind !== 'regex';
  }

  #accept(text: string): boolean {
    if (!this.#is(text)) return false;
    this.#at += 1;
    return true;
  }

  #expect(text: string): void {
    if (!this.#accept(text)) this.#fail();
  }

  #fail(): never {
    const near =
      this.#token.kind === 'end'
        ? 'end of file'
        : this.#token.kind === 'newline'
          ? 'end of line'
          : this.#token.text;
    throw new SyntaxProblem(`syntax error at or near ${near}`);
  }

  #newlines(): void {
    while (this.#token.kind === 'newline') this.#at += 1;
  }

  #terminators(): void {
    while (this.#token.kind === 'newline' || this.#is(';')) this.#at += 1;
  }

  program(): AwkProgram {
    const rules: Rule[] = [];
    const functions = new Map<string, AwkFunction>();
    this.#terminators();
    while (this.#token.kind !== 'end') {
      if (this.#accept('function') || this.#accept('func')) {
        const name = this.#token.text;
        this.#at += 1;
        functions.set(name, this.#function());
      } else rules.push(this.#rule());
      this.#terminators();
    }
    return { rules, functions };
  }

  #function(): AwkFunction {
    this.#expect('(');
    const parameters: string[] = [];
    while (!this.#accept(')')) {
      parameters.push(this.#token.text);
      this.#at += 1;
      this.#accept(',');
      this.#newlines();
      if (this.#token.kind === 'end') this.#fail();
    }
    this.#newlines();
    return { parameters, body: this.#block() };
  }

  #rule(): Rule {
    if (this.#accept('BEGIN')) return { when: 'BEGIN', body: this.#ruleBody() };
    if (this.#accept('END')) return { when: 'END', body: this.#ruleBody() };
    if (this.#is('{')) return { when: 'line', body: this.#block() };
    const pattern = this.#expression();
    let until: Expr | undefined;
    if (this.#accept(',')) {
      this.#newlines();
      until = this.#expression();
    }
    const body = this.#is('{') ? this.#block() : undefined;
    return { when: 'line', pattern, ...(until && { until }), ...(body && { body }) };
  }

  #ruleBody(): Stmt {
    this.#newlines();
    return this.#block();
  }

  #block(): Stmt {
    this.#expect('{');
    const body: Stmt[] = [];
    this.#terminators();
    while (!this.#accept('}')) {
      if (this.#token.kind === 'end') this.#fail();
      body.push(this.#statement());
      this.#terminators();
    }
    return { kind: 'block', body };
  }

  #body(): Stmt {
    this.#newlines();
    if (this.#accept(';')) return { kind: 'block', body: [] };
    return this.#statement();
  }

  #statement(): Stmt {
    if (this.#is('{')) return this.#block();
    if (this.#accept('if')) return this.#if();
    if (this.#accept('while')) {
      const test = this.#parenthesised();
      return { kind: 'while', test, body: this.#body() };
    }
    if (this.#accept('do')) {
      const body = this.#body();
      this.#terminators();
      this.#expect('while');
      return { kind: 'do', body, test: this.#parenthesised() };
    }
    if (this.#accept('for')) return this.#for();
    for (const kind of ['break', 'continue', 'next'] as const)
      if (this.#accept(kind)) return this.#end({ kind });
    for (const kind of ['exit', 'return'] as const)
      if (this.#accept(kind)) {
        const bare =
          this.#token.kind === 'newline' ||
          this.#token.kind === 'end' ||
          this.#is(';') ||
          this.#is('}');
        return this.#end(bare ? { kind } : { kind, value: this.#expression() });
      }
    return this.#end(this.#simple());
  }

  #end(statement: Stmt): Stmt {
    if (
      !(
        this.#token.kind === 'newline' ||
        this.#token.kind === 'end' ||
        this.#is(';') ||
        this.#is('}')
      )
    )
      this.#fail();
    return statement;
  }

  #simple(): Stmt {
    if (this.#accept('print')) return this.#print(false);
    if (this.#accept('printf')) return this.#print(true);
    if (this.#accept('delete')) {
      const array = this.#token.text;
      this.#at += 1;
      return this.#accept('[')
        ? { kind: 'delete', array, keys: this.#list(']') }
        : { kind: 'delete', array };
    }
    return { kind: 'expression', value: this.#expression() };
  }

  #print(format: boolean): Stmt {
    const args: Expr[] = [];
    const stop = (): boolean =>
      this.#token.kind === 'newline' ||
      this.#token.kind === 'end' ||
      ['}', ';', '>', '>>', '|'].some((t) => this.#is(t));
    const saved = this.#noGreater;
    this.#noGreater = true;
    if (!stop()) {
      const start = this.#at;
      if (this.#accept('(')) {
        this.#noGreater = false;
        const list = this.#list(')');
        this.#noGreater = true;
        if (stop()) args.push(...list);
        else this.#at = start;
      }
      if (args.length === 0 && !(start !== this.#at))
        do {
          this.#newlines();
          args.push(this.#expression());
        } while (this.#accept(','));
    }
    this.#noGreater = saved;
    for (const how of ['>>', '>', '|'] as const)
      if (this.#accept(how))
        return { kind: 'print', args, format, to: { how, target: this.#binary(6) } };
    return { kind: 'print', args, format };
  }

  #if(): Stmt {
    const test = this.#parenthesised();
    const yes = this.#body();
    const mark = this.#at;
    this.#terminators();
    if (this.#accept('else')) return { kind: 'if', test, yes, no: this.#body() };
    this.#at = mark;
    return { kind: 'if', test, yes };
  }

  #for(): Stmt {
    this.#expect('(');
    const [variable, keyword, array, close] = this.#tokens.slice(this.#at, this.#at + 4);
    if (
      variable?.kind === 'name' &&
      keyword?.text === 'in' &&
      array?.kind === 'name' &&
      close?.text === ')'
    ) {
      this.#at += 4;
      return { kind: 'each', variable: variable.text, array: array.text, body: this.#body() };
    }
    const start = this.#is(';') ? undefined : this.#simple();
    this.#expect(';');
    this.#newlines();
    const test = this.#is(';') ? undefined : this.#expression();
    this.#expect(';');
    this.#newlines();
    const step = this.#is(')') ? undefined : this.#simple();
    this.#expect(')');
    const body = this.#body();
    return {
      kind: 'for',
      body,
      ...(start && { start }),
      ...(test && { test }),
      ...(step && { step }),
    };
  }

  #parenthesised(): Expr {
    this.#expect('(');
    const saved = this.#noGreater;
    this.#noGreater = false;
    const value = this.#expression();
    this.#noGreater = saved;
    this.#expect(')');
    return value;
  }

  #list(close: string): Expr[] {
    const list: Expr[] = [];
    this.#newlines();
    while (!this.#accept(close)) {
      list.push(this.#expression());
      this.#newlines();
      if (!this.#accept(',') && !this.#is(close)) this.#fail();
      this.#newlines();
    }
    return list;
  }

  #expression(): Expr {
    const left = this.#choice();
    for (const operator of ['=', '+=', '-=', '*=', '/=', '%=', '^=', '**=']) {
      if (!this.#is(operator)) continue;
      if (!['variable', 'field', 'element'].includes(left.kind)) this.#fail();
      this.#at += 1;
      this.#newlines();
      return { kind: 'assign', operator, target: left, value: this.#expression() };
    }
    return left;
  }

  #choice(): Expr {
    const test = this.#binary(0);
    if (!this.#accept('?')) return test;
    this.#newlines();
    const yes = this.#expression();
    this.#newlines();
    this.#expect(':');
    this.#newlines();
    return { kind: 'choice', test, yes, no: this.#expression() };
  }

  #binary(level: number): Expr {
    if (level === 2) return this.#membership();
    if (level === 5) return this.#concatenation();
    if (level >= levels.length) return this.#unary();
    let left = this.#binary(level + 1);
    for (;;) {
      const operator = levels[level]?.find(
        (o) => this.#is(o) && this.#token.kind === 'operator' && !(o === '>' && this.#noGreater),
      );
      if (operator === undefined) return left;
      this.#at += 1;
      this.#newlines();
      left = { kind: 'binary', operator, left, right: this.#binary(level + 1) };
    }
  }

  #membership(): Expr {
    let left = this.#binary(3);
    while (!this.#noIn && this.#accept('in')) {
      left = { kind: 'in', keys: [left], array: this.#token.text };
      this.#at += 1;
    }
    if (this.#is('|') && this.#tokens[this.#at + 1]?.text === 'getline') {
      this.#at += 2;
      left = { kind: 'getline', command: left, file: undefined, target: this.#optionalTarget() };
    }
    return left;
  }

  #concatenation(): Expr {
    let left = this.#binary(6);
    while (this.#startsValue())
      left = { kind: 'binary', operator: ' ', left, right: this.#binary(6) };
    return left;
  }

  #startsValue(): boolean {
    const { kind, text } = this.#token;
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
      if (this.#accept(operator)) return { kind: 'unary', operator, value: this.#unary() };
    return this.#power();
  }

  #power(): Expr {
    const base = this.#postfix();
    if (!this.#accept('^') && !this.#accept('**')) return base;
    return {
      kind: 'binary',
      operator: '^',
      left: base,
      right: this.#is('-') || this.#is('+') || this.#is('!') ? this.#unary() : this.#power(),
    };
  }

  #postfix(): Expr {
    for (const [text, by] of [
      ['++', 1],
      ['--', -1],
    ] as const)
      if (this.#accept(text)) return { kind: 'step', by, prefix: true, target: this.#primary() };
    const value = this.#primary();
    if (!['variable', 'field', 'element'].includes(value.kind)) return value;
    for (const [text, by] of [
      ['++', 1],
      ['--', -1],
    ] as const)
      if (this.#accept(text)) return { kind: 'step', by, prefix: false, target: value };
    return value;
  }

  #optionalTarget(): Expr | undefined {
    return this.#token.kind === 'name' || this.#is('$') ? this.#primary() : undefined;
  }

  #primary(): Expr {
    const { kind, text } = this.#token;
    if (kind === 'end' || kind === 'newline') this.#fail();
    this.#at += 1;
    if (kind === 'number') return { kind: 'number', value: Number(text) };
    if (kind === 'string') return { kind: 'string', value: text };
    if (kind === 'regex') return { kind: 'regex', source: text };
    if (kind === 'function') {
      this.#expect('(');
      return { kind: 'call', name: text, args: this.#inner(() => this.#list(')')) };
    }
    if (kind === 'name') {
      if (text === 'length') return { kind: 'call', name: text, args: [] };
      if (this.#accept('['))
        return { kind: 'element', array: text, keys: this.#inner(() => this.#list(']')) };
      return { kind: 'variable', name: text };
    }
    if (text === '$') {
      for (const [operator, by] of [
        ['++', 1],
        ['--', -1],
      ] as const)
        if (this.#accept(operator))
          return {
            kind: 'field',
            index: { kind: 'step', by, prefix: true, target: this.#primary() },
          };
      if (this.#accept('-'))
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
        file: this.#accept('<') ? this.#primary() : undefined,
      };
    }
    this.#at -= 1;
    return this.#fail();
  }

  #inner<T>(parse: () => T): T {
    const saved = this.#noGreater;
    this.#noGreater = false;
    const value = parse();
    this.#noGreater = saved;
    return value;
  }

  #grouping(): Expr {
    const list = this.#inner(() => this.#list(')'));
    if (list.length > 1) {
      this.#expect('in');
      const array = this.#token.text;
      this.#at += 1;
      return { kind: 'in', keys: list, array };
    }
    const [only] = list;
    if (!only) return this.#fail();
    // A group of its own, so that `(a) = 1` and `(x)++` stay errors and `(a b)` is not taken apart.
    return only.kind === 'variable' || only.kind === 'field' || only.kind === 'element'
      ? { kind: 'unary', operator: '()', value: only }
      : only;
  }
}
