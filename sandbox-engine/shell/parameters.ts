// Parameter expansion: `$x`, `${x:-y}`, `${x#p}`, `${x/a/b}`, `${x:1:2}`, `${x^}`, `${!x}`, arrays.
//
// Mirrors: bash(1) Parameter Expansion.

import type { ParameterDefaultOperation, ParameterExpansionPart, ParameterOperation } from 'unbash';
import type { Op } from '../sim/index.ts';
import { evaluate } from './arithmetic-words.ts';
import { assignElement, assignVariable, indexOf } from './assign.ts';
import { addResult, addWord, type Context, type Expanded, expandText } from './expand.ts';
import type { FieldBuilder } from './fields.ts';
import { transform } from './parameter-operations.ts';
import type { Shell } from './shell.ts';
import { isName } from './variables.ts';

/** The options that are on, as `$-` shows them. */
function optionLetters(shell: Shell): string {
  const { options } = shell;
  const bash = shell.dialect.name === 'bash';
  const letters: readonly (readonly [boolean, string])[] = [
    [options.allexport, 'a'],
    [options.errexit, 'e'],
    [options.noglob, 'f'],
    [bash, 'h'],
    [options.interactive, 'i'],
    [options.monitor, 'm'],
    [options.noexec, 'n'],
    [options.nounset, 'u'],
    [options.verbose, 'v'],
    [options.xtrace, 'x'],
    [bash, 'B'],
    [options.noclobber, 'C'],
    [bash && options.interactive, 'H'],
    [options.command, 'c'],
    [options.stdin, 's'],
  ];
  return letters.flatMap(([on, letter]) => (on ? [letter] : [])).join('');
}

/** The value of a parameter that is not `@` or `*`; undefined when it is not set. */
function parameterValue(shell: Shell, name: string): string | undefined {
  if (/^\d+$/.test(name)) return name === '0' ? shell.name : shell.positional[Number(name) - 1];
  switch (name) {
    case '#':
      return String(shell.positional.length);
    case '?':
      return String(shell.status);
    case '$':
      return String(shell.shellPid);
    case '!':
      return shell.lastBackground === undefined ? undefined : String(shell.lastBackground);
    case '-':
      return optionLetters(shell);
    case 'LINENO':
      return String(shell.line);
    default:
      return shell.vars.get(name);
  }
}

export function* expandSimple(shell: Shell, name: string): Op<Expanded> {
  if (name === '@' || name === '*') return { items: shell.positional, star: name === '*' };
  const value = parameterValue(shell, name);
  if (value !== undefined) return { text: value };
  yield* checkSet(shell, name);
  return { text: '' };
}

/** `set -u` objects to what is not set. */
function* checkSet(shell: Shell, name: string): Op<void> {
  if (!shell.options.nounset) return;
  const shown = shell.dialect.name === 'bash' && /^\d+$/.test(name) ? `$${name}` : name;
  const text = shell.dialect.name === 'bash' ? 'unbound variable' : 'parameter not set';
  yield* shell.deadly(`${shown}: ${text}`);
}

/** The element of an array that a subscript names. */
export function elementOf(shell: Shell, name: string, subscript: string): string | undefined {
  const variable = shell.vars.lookup(name);
  if (variable?.map) return variable.map.get(subscript);
  if (shell.vars.computed.has(name) && name === 'PIPESTATUS') return undefined;
  const index = indexOf(shell, name, subscript);
  if (index === undefined) return undefined;
  if (variable?.array) return variable.array.get(index);
  return index === 0 ? shell.vars.get(name) : undefined;
}

/** Arrays that the shell itself keeps. */
function ownArray(shell: Shell, name: string): readonly string[] | undefined {
  if (name === 'PIPESTATUS') return shell.pipeStatus.map(String);
  if (name === 'FUNCNAME') return shell.calls.map((call) => call.name).reverse();
  if (name === 'BASH_SOURCE') return shell.calls.map(() => shell.place.name);
  if (name === 'BASH_VERSINFO') return ['5', '2', '37', '1', 'release', 'x86_64-pc-linux-gnu'];
  return undefined;
}

/** A parameter with its value, before the operation. */
interface Subject {
  readonly name: string;
  readonly subscript: string | undefined;
  readonly value: Expanded | undefined;
  /** A list in a list context: `$@`, `${a[*]}`. */
  readonly isList: boolean;
}

export function* expandParameter(
  shell: Shell,
  fields: FieldBuilder,
  part: ParameterExpansionPart,
  context: Context,
): Op<void> {
  if (part.prefix === '!' && part.operation?.type === 'Names') {
    addResult(shell, fields, namesStarting(shell, part), context);
    return;
  }
  if (!isParameter(part.parameter) || !isKnownTo(shell, part)) {
    yield* badSubstitution(shell, part.text);
    return;
  }
  const subject = yield* subjectOf(shell, part);
  if (shell.flow || !subject) return;
  if (part.prefix === '#') {
    yield* addLength(shell, fields, subject, context);
    return;
  }
  if (part.operation?.type === 'Default') {
    yield* withDefault(shell, fields, subject, part.operation, context);
    return;
  }
  const value = subject.value;
  if (!value) {
    if (!(part.operation?.type === 'Transform')) yield* checkSet(shell, shownName(subject));
    if (!shell.flow && subject.isList)
      addResult(shell, fields, { items: [], star: false }, context);
    else if (!shell.flow && context.quoted) fields.open();
    return;
  }
  addResult(
    shell,
    fields,
    part.operation ? yield* operate(shell, subject, value, part.operation) : value,
    context,
  );
}

/** dash and ash lack some of bash's forms. */
function isKnownTo(shell: Shell, part: ParameterExpansionPart): boolean {
  const operation = part.operation?.type;
  if (operation === 'Unknown') return false;
  const { name } = shell.dialect;
  if (name === 'bash') return true;
  if (part.index || part.prefix === '!') return false;
  if (operation === 'CaseModification' || operation === 'Transform') return false;
  return name === 'ash' || (operation !== 'Slice' && operation !== 'Replace');
}

const isParameter = (name: string): boolean => isName(name) || /^(\d+|[@*#?$!-])$/.test(name);

const shownName = (subject: Subject): string =>
  subject.subscript === undefined ? subject.name : `${subject.name}[${subject.subscript}]`;

function* badSubstitution(shell: Shell, text: string): Op<void> {
  const { name } = shell.dialect;
  if (name === 'bash') yield* shell.fatal(`${text}: bad substitution`);
  else yield* shell.fatal(name === 'ash' ? 'syntax error: bad substitution' : 'Bad substitution');
}

/** `${!prefix@}`: names of variables that start so. */
function namesStarting(shell: Shell, part: ParameterExpansionPart): Expanded {
  const names = shell.vars.names().filter((name) => name.startsWith(part.parameter));
  return {
    items: names,
    star: part.operation?.type === 'Names' && part.operation.operator === '*',
  };
}

function* subjectOf(shell: Shell, part: ParameterExpansionPart): Op<Subject | undefined> {
  const { parameter: name, index } = part;
  const all = index?.text === '@' || index?.text === '*';
  if (part.prefix === '!' && index && all)
    return list(name, shell.vars.keys(name), index.text === '*');
  const direct = yield* directSubject(
    shell,
    name,
    index && !all ? yield* expandText(shell, index, 'no') : index?.text,
    all,
  );
  if (part.prefix !== '!' || shell.flow) return direct;
  return yield* indirect(shell, direct, part);
}

const list = (name: string, items: readonly string[], star: boolean): Subject => ({
  name,
  subscript: star ? '*' : '@',
  value: { items, star },
  isList: true,
});

function* directSubject(
  shell: Shell,
  name: string,
  subscript: string | undefined,
  all: boolean,
): Op<Subject> {
  if (name === '@' || name === '*') return list(name, shell.positional, name === '*');
  const own = subscript === undefined ? undefined : ownArray(shell, name);
  if (all) return list(name, own ?? shell.vars.elements(name), subscript === '*');
  const text = own
    ? own[Number(subscript)]
    : subscript === undefined
      ? parameterValue(shell, name)
      : elementOf(shell, name, subscript);
  return { name, subscript, value: text === undefined ? undefined : { text }, isList: false };
}

/** `${!x}`: the parameter whose name is in x. */
function* indirect(
  shell: Shell,
  direct: Subject,
  part: ParameterExpansionPart,
): Op<Subject | undefined> {
  const target = direct.value && 'text' in direct.value ? direct.value.text : '';
  const match = /^([^[]+)(?:\[(.*)\])?$/.exec(target);
  if (!match || !isParameter(match[1] ?? '')) {
    const text =
      target === ''
        ? `${part.parameter}: invalid indirect expansion`
        : `${target}: invalid variable name`;
    yield* shell.fatal(text);
    return undefined;
  }
  const [, name = '', subscript] = match;
  return yield* directSubject(shell, name, subscript, subscript === '@' || subscript === '*');
}

function* addLength(
  shell: Shell,
  fields: FieldBuilder,
  subject: Subject,
  context: Context,
): Op<void> {
  const { value } = subject;
  if (!value) yield* checkSet(shell, shownName(subject));
  if (shell.flow) return;
  const length = !value ? 0 : 'text' in value ? [...value.text].length : value.items.length;
  addResult(shell, fields, { text: String(length) }, context);
}

const isNull = (value: Expanded): boolean =>
  'text' in value
    ? value.text === ''
    : value.items.every((item) => item === '') && value.items.length <= 1;

const isUnset = (value: Expanded | undefined): boolean =>
  value === undefined || ('items' in value && value.items.length === 0);

function* withDefault(
  shell: Shell,
  fields: FieldBuilder,
  subject: Subject,
  operation: ParameterDefaultOperation,
  context: Context,
): Op<void> {
  const { operator, operand } = operation;
  const value = subject.value;
  const missing =
    isUnset(value) || (operator.startsWith(':') && value !== undefined && isNull(value));
  const action = operator.slice(-1);
  if (action === '+') {
    if (!missing)
      yield* addWord(shell, fields, operand, { ...context, tilde: 'start', operand: true });
    else if (context.quoted) fields.open();
    return;
  }
  if (!missing && value) {
    addResult(shell, fields, value, context);
    return;
  }
  if (action === '-') {
    if (context.quoted) fields.open();
    yield* addWord(shell, fields, operand, { ...context, tilde: 'start', operand: true });
  } else if (action === '=') yield* assignDefault(shell, fields, subject, operation, context);
  else yield* mustBeSet(shell, subject, operation);
}

function* assignDefault(
  shell: Shell,
  fields: FieldBuilder,
  subject: Subject,
  operation: ParameterDefaultOperation,
  context: Context,
): Op<void> {
  const text = yield* expandText(shell, operation.operand);
  if (shell.flow) return;
  if (!isName(subject.name)) {
    yield* shell.fatal(`$${subject.name}: cannot assign in this way`);
    return;
  }
  const problem =
    subject.subscript === undefined
      ? assignVariable(shell, subject.name, text)
      : assignElement(shell, subject.name, subject.subscript, text);
  if (problem) yield* shell.fatal(problem);
  else addResult(shell, fields, { text }, context);
}

function* mustBeSet(
  shell: Shell,
  subject: Subject,
  operation: ParameterDefaultOperation,
): Op<void> {
  const words = yield* expandText(shell, operation.operand);
  const bash = shell.dialect.name === 'bash';
  const unset = bash ? 'parameter null or not set' : 'parameter not set';
  const standard = operation.operator === '?' && bash ? 'parameter not set' : unset;
  yield* shell.deadly(`${shownName(subject)}: ${words === '' ? standard : words}`);
}

function* operate(
  shell: Shell,
  subject: Subject,
  value: Expanded,
  operation: ParameterOperation,
): Op<Expanded> {
  if (operation.type === 'Slice') {
    const offset = yield* number(shell, operation.offset.text);
    const length = operation.length && (yield* number(shell, operation.length.text));
    if (shell.flow || offset === undefined) return { text: '' };
    return 'text' in value
      ? yield* sliceText(shell, value.text, offset, length)
      : yield* sliceList(shell, subject, value, offset, length);
  }
  const change = yield* transform(shell, subject.name, operation);
  if (shell.flow) return { text: '' };
  return 'text' in value
    ? { text: change(value.text) }
    : { items: value.items.map(change), star: value.star };
}

function* number(shell: Shell, text: string): Op<number | undefined> {
  const value = yield* evaluate(shell, text);
  return value === undefined ? undefined : Number(value);
}

function* sliceText(
  shell: Shell,
  text: string,
  offset: number,
  length: number | undefined,
): Op<Expanded> {
  const characters = /[\ud800-\udfff]/.test(text) ? [...text] : text;
  const size = characters.length;
  const from = offset < 0 ? size + offset : offset;
  if (from < 0 || from > size) return { text: '' };
  const to = length === undefined ? size : length < 0 ? size + length : from + length;
  if (to < from) {
    yield* shell.fatal(`${length}: substring expression < 0`);
    return { text: '' };
  }
  const slice = characters.slice(from, to);
  return { text: typeof slice === 'string' ? slice : slice.join('') };
}

function* sliceList(
  shell: Shell,
  subject: Subject,
  value: { readonly items: readonly string[]; readonly star: boolean },
  offset: number,
  length: number | undefined,
): Op<Expanded> {
  const positional = subject.name === '@' || subject.name === '*';
  // ${@:0} starts at $0.
  const items = positional ? [shell.name, ...value.items] : value.items;
  const from = offset < 0 ? items.length + offset : offset;
  if (from < 0) return { items: [], star: value.star };
  if (length !== undefined && length < 0) {
    yield* shell.fatal(`${length}: substring expression < 0`);
    return { text: '' };
  }
  const to = length === undefined ? items.length : from + length;
  return { items: items.slice(from, to), star: value.star };
}
