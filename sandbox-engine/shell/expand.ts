// Word expansion: braces, tilde, parameters, commands, arithmetic, splitting, file names — in that order.
//
// Mirrors: bash(1) EXPANSION. Expansions may run commands, so all of them are operations; a failure has been reported when
// `shell.flow` is set.

import type { DoubleQuotedChild, Word, WordPart } from 'unbash';
import { limits, type Op } from '../sim/index.ts';
import { expandArithmetic } from './arithmetic-words.ts';
import { expandBraces } from './braces.ts';
import { FieldBuilder } from './fields.ts';
import { expandPath } from './glob.ts';
import { expandParameter, expandSimple } from './parameters.ts';
import { parseSource } from './parse.ts';
import { quotePattern } from './pattern.ts';
import type { Shell } from './shell.ts';
import { captureCommand, processSubstitution } from './substitution.ts';
import { tildeHome } from './tilde.ts';

/** Where a piece of a word stands. */
export interface Context {
  readonly quoted: boolean;
  /** Results of expansions are split into fields. */
  readonly split: boolean;
  /** `~` is expanded at the start, and after `:` in assignments. */
  readonly tilde: 'start' | 'assignment' | 'no';
  /** Literal text is split too: the word of `${x:-a b}`. */
  readonly operand?: boolean;
}

const plainWord = /^[^\\~*?[{]*$/;

/** Is there nothing to expand in this word? */
export const isPlain = (word: Word): boolean =>
  word.parts === undefined && plainWord.test(word.text);

/** The fields that the words of a command stand for. */
export function* expandWords(shell: Shell, words: readonly Word[]): Op<string[]> {
  const out: string[] = [];
  for (const word of words) {
    if (isPlain(word)) out.push(word.text);
    else yield* expandField(shell, word, out);
    if (shell.flow) return out;
  }
  return out;
}

function* expandField(shell: Shell, word: Word, out: string[]): Op<void> {
  const texts =
    shell.dialect.braces && word.text.includes('{') ? expandBraces(word.text) : undefined;
  if (!texts || (texts.length === 1 && texts[0] === word.text)) {
    yield* expandOne(shell, word, out);
    return;
  }
  for (const text of texts) {
    const part = wordOf(text);
    if (part) yield* expandOne(shell, part, out);
    if (shell.flow) return;
  }
}

/** The word of that text, parsed on its own. */
export function wordOf(text: string): Word | undefined {
  const command = parseSource(`: ${text}`).script.commands[0]?.command;
  const word = command?.type === 'Command' ? command.suffix[0] : undefined;
  return word?.type === 'Word' ? word : undefined;
}

function* expandOne(shell: Shell, word: Word, out: string[]): Op<void> {
  const fields = new FieldBuilder(shell.vars.get('IFS'));
  yield* addWord(shell, fields, word, { quoted: false, split: true, tilde: 'start' });
  if (fields.overflow) yield* tooLong(shell);
  if (shell.flow) return;
  for (const field of fields.finish()) {
    if (field.pattern === undefined || shell.options.noglob) out.push(field.text);
    else yield* expandPath(shell, field, out);
  }
}

function* tooLong(shell: Shell): Op<void> {
  yield* shell.fatal(`a text may have ${limits.textLength} characters here`, 1);
}

/** One text without splitting and file names: assignments, `case`, here-strings, redirections. */
export function* expandText(
  shell: Shell,
  word: Word,
  tilde: Context['tilde'] = 'start',
): Op<string> {
  if (isPlain(word)) return word.text;
  const fields = new FieldBuilder('');
  yield* addWord(shell, fields, word, { quoted: false, split: false, tilde });
  if (fields.overflow) yield* tooLong(shell);
  return fields.finish()[0]?.text ?? '';
}

/** The same as a pattern: what was quoted matches itself. */
export function* expandPattern(shell: Shell, word: Word): Op<string> {
  if (isPlain(word)) return quotePattern(word.text);
  const fields = new FieldBuilder('');
  yield* addWord(shell, fields, word, { quoted: false, split: false, tilde: 'start' });
  const field = fields.finish()[0];
  return field ? (field.pattern ?? quotePattern(field.text)) : '';
}

/** Text with expansions as between double quotes: here-documents, PS1, arithmetic. */
export function* expandQuotedParts(
  shell: Shell,
  parts: readonly WordPart[] | undefined,
  text: string,
): Op<string> {
  if (!parts) return text;
  const fields = new FieldBuilder('');
  const context: Context = { quoted: true, split: false, tilde: 'no' };
  for (const part of parts) {
    yield* addPart(shell, fields, part, context);
    if (shell.flow) return '';
  }
  return fields.finish()[0]?.text ?? '';
}

/** Adds all that a word expands to. */
export function* addWord(
  shell: Shell,
  fields: FieldBuilder,
  word: Word,
  context: Context,
): Op<void> {
  const { parts } = word;
  if (!parts) {
    addLiteral(shell, fields, word.text, context, true);
    return;
  }
  let first = true;
  for (const part of parts) {
    if (part.type === 'Literal') addLiteral(shell, fields, part.text, context, first, part.value);
    else yield* addPart(shell, fields, part, context);
    if (shell.flow) return;
    first = false;
  }
}

function* addPart(shell: Shell, fields: FieldBuilder, part: WordPart, context: Context): Op<void> {
  switch (part.type) {
    case 'Literal':
      addLiteral(shell, fields, part.text, context, false, part.value);
      return;
    case 'SingleQuoted':
      fields.add(context.quoted ? part.text : part.value, true);
      return;
    case 'AnsiCQuoted':
      fields.add(context.quoted ? part.text : part.value, true);
      return;
    case 'DoubleQuoted':
    case 'LocaleString':
      yield* addDoubleQuoted(shell, fields, part.parts);
      return;
    case 'SimpleExpansion':
      addResult(shell, fields, yield* expandSimple(shell, part.text.slice(1)), context);
      return;
    case 'ParameterExpansion':
      yield* expandParameter(shell, fields, part, context);
      return;
    case 'CommandExpansion':
      addText(fields, yield* captureCommand(shell, part), context);
      return;
    case 'ArithmeticExpansion':
      addText(fields, yield* expandArithmetic(shell, arithmeticBody(part.text)), context);
      return;
    case 'ProcessSubstitution':
      fields.add(yield* processSubstitution(shell, part), true);
      return;
    default:
      yield* addGlob(shell, fields, part, context);
  }
}

type GlobLike = Extract<WordPart, { type: 'Glob' | 'ExtendedGlob' | 'BraceExpansion' }>;

function* addGlob(shell: Shell, fields: FieldBuilder, part: GlobLike, context: Context): Op<void> {
  const [open, close] = brackets(part);
  if (!part.parts) {
    if (context.quoted) fields.add(part.text, true);
    else if (part.type === 'BraceExpansion') addLiteral(shell, fields, part.text, context, false);
    else fields.addPattern(part.text, part.text);
    return;
  }
  fields.add(open, context.quoted);
  for (const inner of part.parts) {
    if (inner.type === 'Literal') fields.add(inner.text, context.quoted);
    else yield* addPart(shell, fields, inner, context);
  }
  fields.add(close, context.quoted);
}

function brackets(part: GlobLike): readonly [string, string] {
  if (part.type === 'BraceExpansion') return ['{', '}'];
  return part.type === 'ExtendedGlob' ? [`${part.operator}(`, ')'] : ['[', ']'];
}

function* addDoubleQuoted(
  shell: Shell,
  fields: FieldBuilder,
  parts: readonly DoubleQuotedChild[],
): Op<void> {
  // "$@" without parameters leaves no field; anything else does.
  if (parts.length === 0 || parts.some((part) => !isListExpansion(part))) fields.open();
  const context: Context = { quoted: true, split: false, tilde: 'no' };
  for (const part of parts) {
    if (part.type === 'Literal') fields.add(part.value, true);
    else yield* addPart(shell, fields, part, context);
    if (shell.flow) return;
  }
}

const isListExpansion = (part: DoubleQuotedChild): boolean =>
  (part.type === 'SimpleExpansion' && part.text === '$@') ||
  (part.type === 'ParameterExpansion' && (part.parameter === '@' || part.index?.text === '@'));

/** Literal text outside quotes: backslashes quote, a tilde at the start is a home directory. */
function addLiteral(
  shell: Shell,
  fields: FieldBuilder,
  text: string,
  context: Context,
  first: boolean,
  value?: string,
): void {
  if (context.quoted) {
    fields.add(value ?? text, true);
    return;
  }
  let rest = text;
  if (context.tilde === 'assignment') rest = assignmentTildes(shell, fields, text, first);
  else if (first && context.tilde === 'start') rest = leadingTilde(shell, fields, text);
  addEscaped(fields, rest, context.split && context.operand === true);
}

function leadingTilde(shell: Shell, fields: FieldBuilder, text: string): string {
  const match = /^~[^/:\\]*/.exec(text);
  const home = match && tildeHome(shell, match[0]);
  if (!match || home === undefined) return text;
  fields.add(home ?? '', true);
  return text.slice(match[0].length);
}

/** In `PATH=~/a:~/b` every element may start with a tilde. */
function assignmentTildes(
  shell: Shell,
  fields: FieldBuilder,
  text: string,
  first: boolean,
): string {
  const pieces = text.split(':');
  pieces.forEach((piece, i) => {
    if (i > 0) fields.add(':', true);
    const rest = i > 0 || first ? leadingTilde(shell, fields, piece) : piece;
    if (i < pieces.length - 1) addEscaped(fields, rest);
    else pieces[i] = rest;
  });
  return pieces.at(-1) ?? '';
}

function addEscaped(fields: FieldBuilder, text: string, split = false): void {
  if (text === '') return;
  const add = (piece: string): void => (split ? fields.split(piece) : fields.add(piece, false));
  if (!text.includes('\\')) {
    add(text);
    return;
  }
  for (const match of text.matchAll(/\\\n|\\([\s\S])|[^\\]+|\\$/g)) {
    if (match[0] === '\\\n') continue;
    if (match[1] !== undefined) fields.add(match[1], true);
    else add(match[0]);
  }
}

/** What a parameter stands for: a text, or a list (`@`: one field each; `*`: joined when quoted). */
export type Expanded =
  | { readonly text: string }
  | { readonly items: readonly string[]; readonly star: boolean };

export function addResult(
  shell: Shell,
  fields: FieldBuilder,
  result: Expanded,
  context: Context,
): void {
  if ('text' in result) {
    addText(fields, result.text, context);
    return;
  }
  const { items, star } = result;
  if (!context.split && (star || !context.quoted)) {
    fields.add(items.join(star ? joiner(shell) : ' '), context.quoted);
    return;
  }
  if (context.quoted && star) {
    fields.add(items.join(joiner(shell)), true);
    return;
  }
  items.forEach((item, i) => {
    if (i > 0) fields.end();
    if (context.quoted) fields.add(item, true);
    else fields.split(item);
  });
}

/** What `"$*"` puts between parameters: the first character of IFS. */
export function joiner(shell: Shell): string {
  const ifs = shell.vars.get('IFS');
  return ifs === undefined ? ' ' : ifs.slice(0, 1);
}

function addText(fields: FieldBuilder, text: string, context: Context): void {
  if (context.quoted) fields.add(text, true);
  else if (context.split) fields.split(text);
  else if (text !== '') fields.add(text, false);
}

const arithmeticBody = (text: string): string =>
  text.startsWith('$[') ? text.slice(2, -1) : text.slice(3, -2);
