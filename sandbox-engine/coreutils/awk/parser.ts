// awk programs: rules, functions and statements.
import { err, ok, type Result } from '../../std/index.ts';
import { ExpressionParser } from './expressions.ts';
import { tokenize } from './lexer.ts';
import type { AwkFunction, AwkProgram, Expr, Rule, Stmt } from './syntax.ts';
import { SyntaxProblem, TokenReader } from './token-reader.ts';

export function parseAwk(source: string): Result<AwkProgram, string> {
  const tokens = tokenize(source);
  if (!tokens.ok) return tokens;
  try {
    return ok(new Parser(new TokenReader(tokens.value)).program());
  } catch (problem) {
    if (problem instanceof SyntaxProblem) return err(problem.message);
    throw problem;
  }
}

class Parser {
  readonly #reader: TokenReader;
  readonly #expressions: ExpressionParser;

  constructor(reader: TokenReader) {
    this.#reader = reader;
    this.#expressions = new ExpressionParser(reader);
  }

  program(): AwkProgram {
    const rules: Rule[] = [];
    const functions = new Map<string, AwkFunction>();
    this.#reader.terminators();
    while (this.#reader.token.kind !== 'end') {
      if (this.#reader.accept('function') || this.#reader.accept('func')) {
        const name = this.#reader.token.text;
        this.#reader.at += 1;
        functions.set(name, this.#function());
      } else rules.push(this.#rule());
      this.#reader.terminators();
    }
    return { rules, functions };
  }

  #function(): AwkFunction {
    this.#reader.expect('(');
    const parameters: string[] = [];
    while (!this.#reader.accept(')')) {
      parameters.push(this.#reader.token.text);
      this.#reader.at += 1;
      this.#reader.accept(',');
      this.#reader.newlines();
      if (this.#reader.token.kind === 'end') this.#reader.fail();
    }
    this.#reader.newlines();
    return { parameters, body: this.#block() };
  }

  #rule(): Rule {
    if (this.#reader.accept('BEGIN')) return { when: 'BEGIN', body: this.#ruleBody() };
    if (this.#reader.accept('END')) return { when: 'END', body: this.#ruleBody() };
    if (this.#reader.is('{')) return { when: 'line', body: this.#block() };
    const pattern = this.#expressions.expression();
    let until: Expr | undefined;
    if (this.#reader.accept(',')) {
      this.#reader.newlines();
      until = this.#expressions.expression();
    }
    const body = this.#reader.is('{') ? this.#block() : undefined;
    return { when: 'line', pattern, ...(until && { until }), ...(body && { body }) };
  }

  #ruleBody(): Stmt {
    this.#reader.newlines();
    return this.#block();
  }

  #block(): Stmt {
    this.#reader.expect('{');
    const body: Stmt[] = [];
    this.#reader.terminators();
    while (!this.#reader.accept('}')) {
      if (this.#reader.token.kind === 'end') this.#reader.fail();
      body.push(this.#statement());
      this.#reader.terminators();
    }
    return { kind: 'block', body };
  }

  #body(): Stmt {
    this.#reader.newlines();
    if (this.#reader.accept(';')) return { kind: 'block', body: [] };
    return this.#statement();
  }

  #statement(): Stmt {
    if (this.#reader.is('{')) return this.#block();
    if (this.#reader.accept('if')) return this.#if();
    if (this.#reader.accept('while')) {
      const test = this.#expressions.parenthesised();
      return { kind: 'while', test, body: this.#body() };
    }
    if (this.#reader.accept('do')) {
      const body = this.#body();
      this.#reader.terminators();
      this.#reader.expect('while');
      return { kind: 'do', body, test: this.#expressions.parenthesised() };
    }
    if (this.#reader.accept('for')) return this.#for();
    for (const kind of ['break', 'continue', 'next'] as const)
      if (this.#reader.accept(kind)) return this.#end({ kind });
    for (const kind of ['exit', 'return'] as const)
      if (this.#reader.accept(kind)) {
        const bare =
          this.#reader.token.kind === 'newline' ||
          this.#reader.token.kind === 'end' ||
          this.#reader.is(';') ||
          this.#reader.is('}');
        return this.#end(bare ? { kind } : { kind, value: this.#expressions.expression() });
      }
    return this.#end(this.#simple());
  }

  #end(statement: Stmt): Stmt {
    if (
      !(
        this.#reader.token.kind === 'newline' ||
        this.#reader.token.kind === 'end' ||
        this.#reader.is(';') ||
        this.#reader.is('}')
      )
    )
      this.#reader.fail();
    return statement;
  }

  #simple(): Stmt {
    if (this.#reader.accept('print')) return this.#print(false);
    if (this.#reader.accept('printf')) return this.#print(true);
    if (this.#reader.accept('delete')) {
      const array = this.#reader.token.text;
      this.#reader.at += 1;
      return this.#reader.accept('[')
        ? { kind: 'delete', array, keys: this.#expressions.list(']') }
        : { kind: 'delete', array };
    }
    return { kind: 'expression', value: this.#expressions.expression() };
  }

  #print(format: boolean): Stmt {
    const args: Expr[] = [];
    const stop = (): boolean =>
      this.#reader.token.kind === 'newline' ||
      this.#reader.token.kind === 'end' ||
      ['}', ';', '>', '>>', '|'].some((t) => this.#reader.is(t));
    if (!stop())
      this.#expressions.beforeRedirection(() => {
        args.push(...this.#parenthesisedArguments(stop));
        if (args.length > 0) return;
        do {
          this.#reader.newlines();
          args.push(this.#expressions.expression());
        } while (this.#reader.accept(','));
      });
    for (const how of ['>>', '>', '|'] as const)
      if (this.#reader.accept(how))
        return { kind: 'print', args, format, to: { how, target: this.#expressions.binary(6) } };
    return { kind: 'print', args, format };
  }

  /** `print (a, b)`: the list in the parentheses, if they hold all that is printed; else nothing is read. */
  #parenthesisedArguments(stop: () => boolean): readonly Expr[] {
    const start = this.#reader.at;
    if (!this.#reader.accept('(')) return [];
    const list = this.#expressions.enclosed(')');
    if (stop()) return list;
    this.#reader.at = start;
    return [];
  }

  #if(): Stmt {
    const test = this.#expressions.parenthesised();
    const yes = this.#body();
    const mark = this.#reader.at;
    this.#reader.terminators();
    if (this.#reader.accept('else')) return { kind: 'if', test, yes, no: this.#body() };
    this.#reader.at = mark;
    return { kind: 'if', test, yes };
  }

  #for(): Stmt {
    this.#reader.expect('(');
    const [variable, keyword, array, close] = this.#reader.tokens.slice(
      this.#reader.at,
      this.#reader.at + 4,
    );
    if (
      variable?.kind === 'name' &&
      keyword?.text === 'in' &&
      array?.kind === 'name' &&
      close?.text === ')'
    ) {
      this.#reader.at += 4;
      return { kind: 'each', variable: variable.text, array: array.text, body: this.#body() };
    }
    const start = this.#reader.is(';') ? undefined : this.#simple();
    this.#reader.expect(';');
    this.#reader.newlines();
    const test = this.#reader.is(';') ? undefined : this.#expressions.expression();
    this.#reader.expect(';');
    this.#reader.newlines();
    const step = this.#reader.is(')') ? undefined : this.#simple();
    this.#reader.expect(')');
    const body = this.#body();
    return {
      kind: 'for',
      body,
      ...(start && { start }),
      ...(test && { test }),
      ...(step && { step }),
    };
  }
}
