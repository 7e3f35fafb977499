// Tokens of awk programs (POSIX awk; the dialect that mawk, gawk and BusyBox share).
import { err, ok, type Result } from '../../std/index.ts';

export interface Token {
  readonly kind:
    | 'number'
    | 'string'
    | 'regex'
    | 'name'
    | 'function'
    | 'keyword'
    | 'operator'
    | 'newline'
    | 'end';
  readonly text: string;
}

const keywords = new Set([
  'BEGIN',
  'END',
  'function',
  'func',
  'if',
  'else',
  'while',
  'for',
  'do',
  'break',
  'continue',
  'next',
  'exit',
  'return',
  'delete',
  'in',
  'getline',
  'print',
  'printf',
]);

const operators = [
  '**=',
  '&&',
  '||',
  '++',
  '--',
  '+=',
  '-=',
  '*=',
  '/=',
  '%=',
  '^=',
  '==',
  '!=',
  '<=',
  '>=',
  '>>',
  '!~',
  '**',
  '{',
  '}',
  '(',
  ')',
  '[',
  ']',
  ';',
  ',',
  '+',
  '-',
  '*',
  '/',
  '%',
  '^',
  '!',
  '<',
  '>',
  '|',
  '?',
  ':',
  '~',
  '$',
  '=',
];

/** A slash starts a regular expression unless it follows a value. */
const afterValue = (last: Token | undefined): boolean =>
  last !== undefined &&
  (last.kind === 'number' ||
    last.kind === 'string' ||
    last.kind === 'name' ||
    [')', ']', '$', '++', '--'].includes(last.text));

export function tokenize(source: string): Result<Token[], string> {
  const tokens: Token[] = [];
  let i = 0;
  while (i < source.length) {
    const rest = source.slice(i);
    const blank = /^(?:[ \t\r]+|\\\n|#[^\n]*)/.exec(rest);
    if (blank) {
      i += blank[0].length;
      continue;
    }
    if (rest[0] === '\n') {
      tokens.push({ kind: 'newline', text: '\n' });
      i += 1;
      continue;
    }
    const number = /^(?:0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)/.exec(rest);
    if (number) {
      tokens.push({ kind: 'number', text: number[0] });
      i += number[0].length;
      continue;
    }
    const name = /^[A-Za-z_]\w*/.exec(rest);
    if (name) {
      const text = name[0];
      i += text.length;
      tokens.push({
        kind: keywords.has(text) ? 'keyword' : source[i] === '(' ? 'function' : 'name',
        text,
      });
      continue;
    }
    if (rest[0] === '"') {
      const string = /^"((?:\\[\s\S]|[^"\\\n])*)"/.exec(rest);
      if (!string) return err('unterminated string');
      tokens.push({ kind: 'string', text: unescapeAwk(string[1] ?? '') });
      i += string[0].length;
      continue;
    }
    if (rest[0] === '/' && !afterValue(tokens.at(-1))) {
      const regex = /^\/((?:\\.|\[(?:\\.|[^\]\n])*\]|[^/\\\n])*)\//.exec(rest);
      if (!regex) return err('unterminated regexp');
      tokens.push({ kind: 'regex', text: regex[1] ?? '' });
      i += regex[0].length;
      continue;
    }
    const operator = operators.find((o) => rest.startsWith(o));
    if (!operator) return err(`unexpected character '${rest[0]}'`);
    tokens.push({ kind: 'operator', text: operator });
    i += operator.length;
  }
  tokens.push({ kind: 'end', text: '' });
  return ok(tokens);
}

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '"': '"',
  '/': '/',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
};

export function unescapeAwk(text: string): string {
  return text.replace(/\\([0-7]{1,3}|[\s\S])/g, (whole, c: string) => {
    if (/^[0-7]+$/.test(c)) return String.fromCharCode(Number.parseInt(c, 8));
    if (c === '\n') return '';
    if (c === '\\') return '\\';
    return escapes[c] ?? whole;
  });
}
