// Reads the tokens of an awk program one by one.
import type { Token } from './lexer.ts';

/** What ends parsing; the message is mawk's. */
export class SyntaxProblem extends Error {}

export class TokenReader {
  readonly tokens: readonly Token[];
  at = 0;

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
  }

  get token(): Token {
    return this.tokens[this.at] ?? { kind: 'end', text: '' };
  }

  is(text: string): boolean {
    const { kind } = this.token;
    return this.token.text === text && kind !== 'string' && kind !== 'regex';
  }

  accept(text: string): boolean {
    if (!this.is(text)) return false;
    this.at += 1;
    return true;
  }

  expect(text: string): void {
    if (!this.accept(text)) this.fail();
  }

  fail(): never {
    const near =
      this.token.kind === 'end'
        ? 'end of file'
        : this.token.kind === 'newline'
          ? 'end of line'
          : this.token.text;
    throw new SyntaxProblem(`syntax error at or near ${near}`);
  }

  newlines(): void {
    while (this.token.kind === 'newline') this.at += 1;
  }

  terminators(): void {
    while (this.token.kind === 'newline' || this.is(';')) this.at += 1;
  }
}
