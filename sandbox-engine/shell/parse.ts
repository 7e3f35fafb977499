// From text to syntax tree, and from the parser's complaints to the two questions a shell has: is it wrong, or is there more
// to come?
//
// Uses: the parser of `unbash`; evaluation is our own. The parser does not report an unterminated here-document, a trailing
// backslash and a bare `name(`: they are found here.
import { forEachChild, type ParsedScript, parse, type Statement, type SyntaxNode } from 'unbash';

export type Problem =
  /** A token that cannot stand there; `newline` for the end of a line. */
  | { readonly kind: 'token'; readonly token: string; readonly at: number }
  /** The text ended in the middle of a command. */
  | { readonly kind: 'end'; readonly at: number }
  /** The text ended before this closing character. */
  | { readonly kind: 'unclosed'; readonly close: string; readonly at: number };

/** A piece of shell text with its tree. Node positions count in `text`. */
export interface Source {
  readonly text: string;
  readonly script: ParsedScript;
  readonly problem: Problem | undefined;
}

const cache = new Map<string, Source>();
const cacheSize = 400;
const cachedLength = 4_000;

export function parseSource(text: string): Source {
  const known = cache.get(text);
  if (known) return known;
  const script = parse(text);
  const source = { text, script, problem: problemOf(text, script) };
  if (text.length <= cachedLength) {
    if (cache.size >= cacheSize) cache.clear();
    cache.set(text, source);
  }
  return source;
}

/** A nested script (a substitution) as a source of its own; `outer` is the text that its positions count in. */
export function nestedSource(outer: string, script: ParsedScript): Source {
  const text = script.source ?? outer;
  return { text, script, problem: problemOf(text, script) };
}

const closers: readonly (readonly [RegExp, string])[] = [
  [/double quote|locale/, '"'],
  [/single quote|ANSI-C/, "'"],
  [/backtick/, '`'],
  [/parameter expansion/, '}'],
  [/unterminated/, ')'],
];

function problemOf(text: string, script: ParsedScript): Problem | undefined {
  const first = script.errors?.[0];
  if (!first) return /\w\($/.test(text.trimEnd()) ? missing(text.trimEnd().length) : undefined;
  if (first.message.startsWith('unterminated')) return unclosed(script);
  if (/redirect target/.test(first.message)) {
    const token = tokenAt(text, first.pos);
    const sameLine = token && !text.slice(first.pos, token.at).includes('\n');
    return sameLine ? { kind: 'token', token: token.text, at: token.at } : missing(first.pos);
  }
  const token = tokenAt(text, wrongPlace(text, script, first)) ?? passedWord(text, first);
  return token === undefined
    ? { kind: 'end', at: first.pos }
    : { kind: 'token', token: token.text, at: token.at };
}

type ParseError = NonNullable<ParsedScript['errors']>[number];

/** The innermost of what is not closed. */
function unclosed(script: ParsedScript): Problem {
  const open = (script.errors ?? []).filter((one) => one.message.startsWith('unterminated'));
  const { message, pos } = open.reduce((inner, one) => (one.pos > inner.pos ? one : inner));
  const close = closers.find(([pattern]) => pattern.test(message))?.[1] ?? ')';
  return { kind: 'unclosed', close, at: pos };
}

/** Where the token stands that the parser objects to; it points elsewhere in some cases. */
function wrongPlace(text: string, script: ParsedScript, error: ParseError): number {
  // "expected command in subshell" points at the bracket that opened it.
  if (error.message.startsWith('expected command in')) return error.pos + 1;
  if (error.message.includes('function body'))
    return Math.max(text.lastIndexOf(')', error.pos) + 1, 0);
  if (error.message !== "expected 'do'") return error.pos;
  const loop = script.commands.findLast((one) => one.pos <= error.pos)?.command;
  const body = loop?.type === 'For' || loop?.type === 'Select' ? loop.body.commands[0] : undefined;
  return body && body.pos < error.pos ? body.pos : error.pos;
}

/** The parser has passed a closing word that came too early: `if true; fi`. */
function passedWord(
  text: string,
  error: ParseError,
): { readonly text: string; readonly at: number } | undefined {
  if (error.message !== "expected 'then'") return undefined;
  const word = /\b(fi|else|elif|done|esac)\s*$/.exec(text.slice(0, error.pos));
  return word ? { text: word[1] as string, at: word.index } : undefined;
}

const missing = (at: number): Problem => ({ kind: 'token', token: 'newline', at });

const operatorTokens = [
  '&>>',
  '<<<',
  '<<-',
  ';;&',
  '&&',
  '||',
  ';;',
  ';&',
  '|&',
  '>>',
  '<<',
  '&>',
  '>|',
  '<>',
  '>&',
  '<&',
];

/** The token that starts at or after a position; undefined at the end of the text. */
function tokenAt(
  text: string,
  position: number,
): { readonly text: string; readonly at: number } | undefined {
  let at = position;
  for (;;) {
    while (/[ \t\n\r]/.test(text[at] ?? '')) at += 1;
    if (text[at] !== '#') break;
    const end = text.indexOf('\n', at);
    if (end < 0) return undefined;
    at = end;
  }
  if (at >= text.length) return undefined;
  const operator = operatorTokens.find((one) => text.startsWith(one, at));
  if (operator) return { text: operator, at };
  const word = /^[^\s;&|()<>]+/.exec(text.slice(at));
  return { text: word ? word[0] : (text[at] as string), at };
}

/** Does the text, as typed so far, need another line? */
export function needsMore(source: Source): boolean {
  const { problem, text } = source;
  if (problem) return problem.kind !== 'token';
  return endsInBackslash(text) || (text.includes('<<') && openHereDocument(source) !== undefined);
}

const endsInBackslash = (text: string): boolean =>
  ((/\\*$/.exec(text.replace(/\n$/, ''))?.[0].length ?? 0) & 1) === 1;

/** The delimiter of a here-document whose end is missing, with the position of its `<<`. */
export function openHereDocument(
  source: Source,
): { readonly delimiter: string; readonly at: number } | undefined {
  let found: { delimiter: string; at: number } | undefined;
  const visit = (node: SyntaxNode): void => {
    if (node.type === 'HereDoc' && !node.closing && !found)
      found = { delimiter: node.delimiter?.value ?? '', at: node.pos };
    if (!found) forEachChild(node, visit);
  };
  if (source.text.includes('<<')) visit(source.script);
  return found;
}

/** The statements of a wrong text that stand on lines before the wrong command: a shell runs them before it sees the error. */
export function statementsBeforeProblem(source: Source): readonly Statement[] {
  const { problem, script, text } = source;
  if (!problem) return script.commands;
  let start = problem.at;
  for (const statement of script.commands)
    if (statement.pos <= problem.at && !text.slice(statement.end, problem.at).includes('\n'))
      start = Math.min(start, statement.pos);
  const line = text.lastIndexOf('\n', start - 1);
  return script.commands.filter((statement) => statement.end <= line);
}

/** The number of the line (from 1) that a position is on. */
export function lineOf(text: string, position: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < position; at = text.indexOf('\n', at + 1))
    line += 1;
  return line;
}
