// Makes a tree of a template's tokens.
//
// Mirrors: Go text/template/parse parse.go (grammar, positions of nodes, messages). Differs: `define`, `block` and
// `template` are refused, since a --format holds one template.
import { lex, type Token, type TokenKind } from './lex.ts';
import { type Command, type Node, type Operand, operandText, type Pipe } from './nodes.ts';

/** Why a template does not parse: thrown and caught inside this folder only. */
export class TemplateError extends Error {}

interface Block {
  readonly nodes: readonly Node[];
  readonly end: 'end' | 'else' | 'eof';
}

export class Parser {
  readonly #source: string;
  readonly #tokens: readonly Token[];
  readonly #functions: ReadonlySet<string>;
  readonly #name: string;
  readonly #variables: string[] = ['$'];
  #next = 0;
  #rangeDepth = 0;

  constructor(source: string, functions: ReadonlySet<string>, name = '') {
    this.#name = name;
    this.#source = source;
    this.#tokens = lex(source);
    this.#functions = functions;
  }

  /** The whole template. Throws `TemplateError`. */
  template(): readonly Node[] {
    const block = this.#block();
    if (block.end !== 'eof') this.#fail(`unexpected {{${block.end}}}`);
    return block.nodes;
  }

  #fail(message: string): never {
    const token = this.#tokens[Math.max(0, this.#next - 1)] ?? { at: 0 };
    const line = 1 + (this.#source.slice(0, token.at).match(/\n/g)?.length ?? 0);
    throw new TemplateError(`template: ${this.#name}:${line}: ${message}`);
  }

  #take(): Token {
    const token = this.#tokens[this.#next] ?? { kind: 'eof', text: '', at: this.#source.length };
    this.#next += 1;
    return token;
  }

  #peek(): Token {
    const token = this.#take();
    this.#next -= 1;
    return token;
  }

  #skipSpace(): void {
    while (this.#peek().kind === 'space') this.#next += 1;
  }

  #unexpected(token: Token, context: string): never {
    if (token.kind === 'error') this.#fail(token.text);
    const shown =
      token.kind === 'eof'
        ? 'EOF'
        : token.kind === 'keyword'
          ? `<${token.text}>`
          : token.text.length > 10
            ? `${JSON.stringify(token.text.slice(0, 10))}...`
            : JSON.stringify(token.text);
    this.#fail(`unexpected ${shown} in ${context}`);
  }

  #block(): Block {
    const nodes: Node[] = [];
    for (;;) {
      const token = this.#take();
      if (token.kind === 'eof') return { nodes, end: 'eof' };
      if (token.kind === 'text') {
        nodes.push({ kind: 'text', text: token.text });
        continue;
      }
      if (token.kind !== 'open') this.#unexpected(token, 'input');
      this.#skipSpace();
      const first = this.#peek();
      if (first.kind !== 'keyword') {
        nodes.push({ kind: 'action', at: first.at, pipe: this.#pipe('command', 'close') });
        continue;
      }
      this.#next += 1;
      if (first.text === 'end') {
        this.#skipSpace();
        const close = this.#take();
        if (close.kind !== 'close') this.#unexpected(close, 'end');
        return { nodes, end: 'end' };
      }
      if (first.text === 'else') return { nodes, end: 'else' };
      nodes.push(this.#control(first));
    }
  }

  #control(keyword: Token): Node {
    switch (keyword.text) {
      case 'if':
      case 'with':
      case 'range':
        return this.#branch(keyword.text, keyword.at);
      case 'break':
      case 'continue': {
        this.#skipSpace();
        const close = this.#take();
        if (close.kind !== 'close') this.#unexpected(close, `{{${keyword.text}}}`);
        if (this.#rangeDepth === 0) this.#fail(`{{${keyword.text}}} outside {{range}}`);
        return { kind: keyword.text, at: keyword.at };
      }
      default:
        return this.#fail(`{{${keyword.text}}} is not simulated here`);
    }
  }

  #branch(kind: 'if' | 'with' | 'range', at: number): Node {
    const scope = this.#variables.length;
    const pipe = this.#pipe(kind, 'close');
    if (kind === 'range') this.#rangeDepth += 1;
    const body = this.#block();
    if (kind === 'range') this.#rangeDepth -= 1;
    let orElse: readonly Node[] = [];
    if (body.end === 'eof') this.#fail('unexpected EOF');
    if (body.end === 'else') orElse = this.#orElse(kind);
    this.#variables.length = scope;
    return { kind, at, pipe, body: body.nodes, orElse };
  }

  #orElse(kind: 'if' | 'with' | 'range'): readonly Node[] {
    this.#skipSpace();
    const next = this.#peek();
    if (next.kind === 'keyword' && next.text === kind && kind !== 'range') {
      this.#next += 1;
      return [this.#branch(kind, next.at)];
    }
    this.#next += 1;
    if (next.kind !== 'close') this.#unexpected(next, 'else');
    const block = this.#block();
    if (block.end === 'eof') this.#fail('unexpected EOF');
    if (block.end === 'else') this.#fail('expected end; found {{else}}');
    return block.nodes;
  }

  #pipe(context: string, end: TokenKind): Pipe {
    this.#skipSpace();
    const at = this.#peek().at;
    const { declares, assigns } = this.#declarations(context);
    const commands: Command[] = [];
    for (;;) {
      this.#skipSpace();
      const token = this.#take();
      if (token.kind === end) {
        if (commands.length === 0) this.#fail(`missing value for ${context}`);
        for (const [index, command] of commands.slice(1).entries()) {
          const kind = command.words[0]?.kind;
          if (
            kind === 'bool' ||
            kind === 'dot' ||
            kind === 'nil' ||
            kind === 'number' ||
            kind === 'string'
          )
            this.#fail(`non executable command in pipeline stage ${index + 2}`);
        }
        return { at, declares, assigns, commands };
      }
      this.#next -= 1;
      if (!this.#startsOperand(token.kind)) {
        this.#next += 1;
        this.#unexpected(token, context);
      }
      commands.push(this.#command());
    }
  }

  #startsOperand(kind: TokenKind): boolean {
    return [
      'bool',
      'char',
      'dot',
      'field',
      'identifier',
      'number',
      'nil',
      'string',
      'variable',
      'left',
    ].includes(kind);
  }

  /** `$x :=`, `$x =`, `$i, $x :=`; nothing is taken when there is no declaration. */
  #declarations(context: string): { declares: string[]; assigns: boolean } {
    const start = this.#next;
    const declares: string[] = [];
    for (;;) {
      this.#skipSpace();
      const name = this.#take();
      if (name.kind !== 'variable') break;
      this.#skipSpace();
      const after = this.#take();
      declares.push(name.text);
      if (after.kind === 'declare' || after.kind === 'assign') {
        if (after.kind === 'declare') this.#variables.push(...declares);
        return { declares, assigns: after.kind === 'assign' };
      }
      if (after.kind !== 'comma' || context !== 'range') break;
    }
    this.#next = start;
    return { declares: [], assigns: false };
  }

  #command(): Command {
    const at = this.#peek().at;
    const words: Operand[] = [];
    for (;;) {
      this.#skipSpace();
      const operand = this.#operand();
      if (operand) words.push(operand);
      const token = this.#take();
      if (token.kind === 'space') continue;
      if (token.kind === 'close' || token.kind === 'right') this.#next -= 1;
      else if (token.kind === 'pipe') {
        this.#skipSpace();
        const following = this.#peek();
        if (following.kind === 'close' || following.kind === 'right')
          this.#fail('missing value for command');
      } else this.#unexpected(token, 'operand');
      break;
    }
    if (words.length === 0) this.#fail('empty command');
    return { at, words };
  }

  #operand(): Operand | undefined {
    const term = this.#term();
    if (!term) return undefined;
    const first = this.#peek();
    if (first.kind !== 'field') return term;
    const names: string[] = [];
    while (this.#peek().kind === 'field') names.push(this.#take().text.slice(1));
    if (term.kind === 'field' || term.kind === 'variable')
      return { kind: term.kind, at: first.at, names: [...term.names, ...names] };
    if (
      term.kind === 'bool' ||
      term.kind === 'string' ||
      term.kind === 'number' ||
      term.kind === 'nil' ||
      term.kind === 'dot'
    )
      this.#fail(`unexpected . after term ${JSON.stringify(operandText(term))}`);
    return { kind: 'chain', at: first.at, of: term, names };
  }

  #term(): Operand | undefined {
    const token = this.#take();
    const { at, text } = token;
    switch (token.kind) {
      case 'identifier':
        if (!this.#functions.has(text)) this.#fail(`function ${JSON.stringify(text)} not defined`);
        return { kind: 'identifier', at, name: text };
      case 'dot':
      case 'nil':
        return { kind: token.kind, at };
      case 'variable':
        if (!this.#variables.includes(text))
          this.#fail(`undefined variable ${JSON.stringify(text)}`);
        return { kind: 'variable', at, names: [text] };
      case 'field':
        return { kind: 'field', at, names: [text.slice(1)] };
      case 'bool':
        return { kind: 'bool', at, value: text === 'true' };
      case 'number':
        return {
          kind: 'number',
          at,
          value: Number(text.replaceAll('_', '').replace(/^\+/, '')),
          text,
        };
      case 'char':
        return {
          kind: 'number',
          at,
          value: unquote(`"${text.slice(1, -1)}"`).codePointAt(0) ?? 0,
          text,
        };
      case 'string':
        return { kind: 'string', at, value: unquote(text), quoted: text };
      case 'left': {
        const pipe = this.#pipe('parenthesized pipeline', 'right');
        return { kind: 'pipe', at, pipe };
      }
      default:
        this.#next -= 1;
        return undefined;
    }
  }
}

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
};

/** The value of a Go string literal. */
export function unquote(literal: string): string {
  if (literal.startsWith('`')) return literal.slice(1, -1);
  return literal
    .slice(1, -1)
    .replace(
      /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|(.))/g,
      (_, x?: string, u?: string, long?: string, octal?: string, c = '') => {
        const hex = x ?? u ?? long;
        if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
        if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8));
        return escapes[c] ?? c;
      },
    );
}
