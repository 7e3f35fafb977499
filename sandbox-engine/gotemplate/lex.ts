// Cuts a template into text and the tokens between {{ and }}.
//
// Mirrors: Go text/template/parse lex.go (token kinds, trim markers, messages of lexical errors).

export type TokenKind =
  | 'text'
  | 'open'
  | 'close'
  | 'identifier'
  | 'field'
  | 'variable'
  | 'string'
  | 'number'
  | 'char'
  | 'bool'
  | 'nil'
  | 'dot'
  | 'pipe'
  | 'assign'
  | 'declare'
  | 'comma'
  | 'left'
  | 'right'
  | 'space'
  | 'keyword'
  | 'error'
  | 'eof';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** Offset in the template. */
  readonly at: number;
}

export const keywords = [
  'block',
  'break',
  'continue',
  'define',
  'else',
  'end',
  'if',
  'range',
  'template',
  'with',
];

const space = /[ \t\r\n]/;
const word = /[\p{L}\p{Nd}_]/u;
const terminator = /[ \t\r\n.,|:()]/;

/** The tokens of a template; the last one is `eof` or `error` (whose text is the message). */
export function lex(template: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let trimNext = false;
  while (at <= template.length) {
    const open = template.indexOf('{{', at);
    const end = open < 0 ? template.length : open;
    const trimsLeft =
      open >= 0 && template[open + 2] === '-' && space.test(template[open + 3] ?? '');
    let text = template.slice(at, end);
    let textAt = at;
    if (trimNext) {
      const kept = text.replace(/^[ \t\r\n]+/, '');
      textAt += text.length - kept.length;
      text = kept;
    }
    if (trimsLeft) text = text.replace(/[ \t\r\n]+$/, '');
    if (text) tokens.push({ kind: 'text', text, at: textAt });
    if (open < 0) break;
    const inside = open + 2 + (trimsLeft ? 1 : 0);
    const comment = /^[ \t\r\n]*\/\*/.exec(template.slice(inside));
    if (comment && (trimsLeft || template.startsWith('/*', inside))) {
      const close = template.indexOf('*/', inside + comment[0].length);
      if (close < 0) return [...tokens, { kind: 'error', text: 'unclosed comment', at: inside }];
      const tail = /^([ \t\r\n]+-)?\}\}/.exec(template.slice(close + 2));
      if (!tail)
        return [
          ...tokens,
          { kind: 'error', text: 'comment ends before closing delimiter', at: close },
        ];
      trimNext = tail[1] !== undefined;
      at = close + 2 + tail[0].length;
      continue;
    }
    tokens.push({ kind: 'open', text: '{{', at: open });
    const action = new ActionLexer(template, inside);
    tokens.push(...action.tokens);
    if (action.failed) return tokens;
    trimNext = action.trimsRight;
    at = action.at;
  }
  tokens.push({ kind: 'eof', text: '', at: template.length });
  return tokens;
}

/** The tokens from behind {{ to }}. */
class ActionLexer {
  readonly tokens: Token[] = [];
  failed = false;
  trimsRight = false;
  at: number;
  readonly #source: string;
  #depth = 0;

  constructor(source: string, at: number) {
    this.#source = source;
    this.at = at;
    while (!this.#step());
  }

  #push(kind: TokenKind, length: number): void {
    const text = this.#source.slice(this.at, this.at + length);
    this.tokens.push({ kind, text, at: this.at });
    this.at += length;
  }

  #fail(message: string): true {
    this.tokens.push({ kind: 'error', text: message, at: this.at });
    this.failed = true;
    return true;
  }

  /** Takes one token; true at the end. */
  #step(): boolean {
    const rest = this.#source.slice(this.at);
    const close = /^([ \t\r\n]+-)?\}\}/.exec(rest);
    if (close) {
      if (this.#depth > 0) return this.#fail('unclosed left paren');
      this.trimsRight = close[1] !== undefined;
      this.#push('close', close[0].length);
      return true;
    }
    const c = rest[0];
    if (c === undefined) return this.#fail('unclosed action');
    const blank = /^[ \t\r\n]+(?!-\}\})/.exec(rest);
    if (blank) this.#push('space', blank[0].length);
    else if (c === '"' || c === "'") return this.#quoted(rest, c);
    else if (c === '`') {
      const end = rest.indexOf('`', 1);
      if (end < 0) return this.#fail('unterminated raw quoted string');
      this.#push('string', end + 1);
    } else if (rest.startsWith(':=')) this.#push('declare', 2);
    else if (c === ':') return this.#fail('expected :=');
    else if (c === '=') this.#push('assign', 1);
    else if (c === '|') this.#push('pipe', 1);
    else if (c === ',') this.#push('comma', 1);
    else if (c === '(' || c === ')') return this.#parenthesis(c);
    else if (c === '$' || c === '.') return this.#name(rest, c);
    else if (/[0-9+-]/.test(c)) return this.#number(rest);
    else if (word.test(c)) return this.#identifier(rest);
    else return this.#fail(`unrecognized character in action: U+${codePoint(c)} '${c}'`);
    return false;
  }

  #parenthesis(c: string): boolean {
    this.#depth += c === '(' ? 1 : -1;
    if (this.#depth < 0) return this.#fail('unexpected right paren');
    this.#push(c === '(' ? 'left' : 'right', 1);
    return false;
  }

  #quoted(rest: string, quote: string): boolean {
    const match = (quote === '"' ? /^"(?:[^"\\\n]|\\.)*"/ : /^'(?:[^'\\\n]|\\.)*'/).exec(rest);
    if (!match)
      return this.#fail(
        quote === '"' ? 'unterminated quoted string' : 'unterminated character constant',
      );
    this.#push(quote === '"' ? 'string' : 'char', match[0].length);
    return false;
  }

  /** `.`, `.Field`, `$`, `$name`, or a number such as `.5`. */
  #name(rest: string, c: string): boolean {
    const name = /^[.$]([\p{L}\p{Nd}_]*)/u.exec(rest);
    const length = name?.[0].length ?? 1;
    if (c === '.' && /^\.[0-9]/.test(rest)) return this.#number(rest);
    if (length === 1 && c === '.') this.#push('dot', 1);
    else if (this.#atTerminator(rest[length])) this.#push(c === '.' ? 'field' : 'variable', length);
    else return this.#bad(rest[length]);
    return false;
  }

  #number(rest: string): boolean {
    const match =
      /^[+-]?(?:0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|(?:[0-9][0-9_]*\.?[0-9_]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)/.exec(
        rest,
      );
    if (!match || word.test(rest[match[0].length] ?? ''))
      return this.#fail(
        `bad number syntax: ${JSON.stringify(/^[^ \t|)}]+/.exec(rest)?.[0] ?? rest[0])}`,
      );
    this.#push('number', match[0].length);
    return false;
  }

  #identifier(rest: string): boolean {
    const text = /^[\p{L}\p{Nd}_]+/u.exec(rest)?.[0] ?? '';
    if (!this.#atTerminator(rest[text.length])) return this.#bad(rest[text.length]);
    const kind: TokenKind = keywords.includes(text)
      ? 'keyword'
      : text === 'true' || text === 'false'
        ? 'bool'
        : text === 'nil'
          ? 'nil'
          : 'identifier';
    this.#push(kind, text.length);
    return false;
  }

  #atTerminator(c: string | undefined): boolean {
    return c === undefined || terminator.test(c) || c === '}' || c === '=';
  }

  #bad(c: string | undefined): true {
    return this.#fail(`bad character U+${codePoint(c ?? '')} '${c ?? ''}'`);
  }
}

const codePoint = (c: string): string =>
  (c.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
