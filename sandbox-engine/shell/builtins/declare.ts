// declare, typeset, local, export, readonly, unset.

import type { Assignment, CommandArgument } from 'unbash';
import type { Op } from '../../sim/index.ts';
import {
  appended,
  assignArray,
  assignElement,
  assignVariable,
  converted,
  readonlyText,
} from '../assign.ts';
import { expandText, expandWords } from '../expand.ts';
import type { Shell } from '../shell.ts';
import type { Variable } from '../variables.ts';
import type { RunBuiltin } from './index.ts';
import { listFunctions, listVariables, variableLine } from './listing.ts';

/** Commands whose `name=value` words are assignments: not split, no file names. */
export const declarationNames: ReadonlySet<string> = new Set([
  'declare',
  'typeset',
  'local',
  'export',
  'readonly',
]);

/** Expands the arguments of a declaration; array values are kept aside. */
export function* expandDeclaration(shell: Shell, args: readonly CommandArgument[]): Op<string[]> {
  const words: string[] = [];
  const arrays = new Map<number, Assignment>();
  for (const arg of args) {
    if (arg.type === 'Word') words.push(...(yield* expandWords(shell, [arg])));
    else if (arg.value.type === 'ArrayValue') {
      arrays.set(words.length + 1, arg);
      words.push(arg.name);
    } else {
      const index = arg.index ? `[${yield* expandText(shell, arg.index, 'no')}]` : '';
      const value = yield* expandText(shell, arg.value, 'assignment');
      words.push(`${arg.name}${index}${arg.append ? '+' : ''}=${value}`);
    }
    if (shell.flow) break;
  }
  shell.arrayArguments = arrays;
  return words;
}

interface Wish {
  readonly attributes: Partial<Variable>;
  readonly array: boolean;
  readonly map: boolean;
  readonly print: boolean;
  readonly functions: boolean;
  readonly functionNames: boolean;
  readonly global: boolean;
  readonly names: readonly { readonly word: string; readonly at: number }[];
}

const usage: Readonly<Record<string, string>> = {
  declare: 'declare [-aAfFgiIlnrtux] [name[=value] ...] or declare -p [-aAfFilnrtux] [name ...]',
  typeset: 'typeset [-aAfFgiIlnrtux] name[=value] ... or typeset -p [-aAfFilnrtux] [name ...]',
  local: 'local [option] name[=value] ...',
  export: 'export [-fn] [name[=value] ...] or export -p',
  readonly: 'readonly [-aAf] [name[=value] ...] or readonly -p',
};

/** Options may start with `+` to take an attribute away. */
function* wishOf(shell: Shell, words: readonly string[]): Op<Wish | undefined> {
  const attributes: Record<string, unknown> = {};
  const flags = new Set<string>();
  let i = 1;
  for (; i < words.length && /^[-+]./.test(words[i] as string); i += 1) {
    const word = words[i] as string;
    if (word === '--') {
      i += 1;
      break;
    }
    const on = word.startsWith('-');
    for (const letter of word.slice(1)) {
      if (!'aAfFgiIlnprtux'.includes(letter)) {
        yield* shell.complain(`${word[0]}${letter}: invalid option`, words[0]);
        yield* shell.process.err(`${words[0]}: usage: ${usage[words[0] as string]}\n`);
        return undefined;
      }
      const known = attributeOf(letter);
      if (known) attributes[known[0]] = on ? known[1] : undefined;
      else flags.add(letter);
    }
  }
  const names = words.slice(i).map((word, j) => ({ word, at: i + j }));
  return {
    attributes: attributes as Partial<Variable>,
    array: flags.has('a'),
    map: flags.has('A'),
    print: flags.has('p'),
    functions: flags.has('f'),
    functionNames: flags.has('F'),
    global: flags.has('g'),
    names,
  };
}

function attributeOf(letter: string): readonly [string, unknown] | undefined {
  const known: Readonly<Record<string, readonly [string, unknown]>> = {
    i: ['integer', true],
    l: ['letters', 'lower'],
    u: ['letters', 'upper'],
    n: ['nameref', true],
    r: ['readonly', true],
    x: ['exported', true],
  };
  return known[letter];
}

function* declare(shell: Shell, words: readonly string[]): Op<number> {
  return yield* declareIn(shell, words, shell.vars.inFunction ? 'local' : 'global');
}

function* local(shell: Shell, words: readonly string[]): Op<number> {
  if (shell.vars.inFunction) return yield* declareIn(shell, words, 'local');
  const { name } = shell.dialect;
  yield* shell.complain(
    name === 'bash' ? 'can only be used in a function' : 'not in a function',
    'local',
  );
  return name === 'bash' ? 1 : 2;
}

function* declareIn(shell: Shell, words: readonly string[], scope: 'local' | 'global'): Op<number> {
  const wish = yield* wishOf(shell, words);
  if (!wish) return 2;
  if (wish.functions || wish.functionNames)
    return yield* listFunctions(
      shell,
      wish.names.map((one) => one.word),
      wish.functionNames,
      words[0] ?? '',
    );
  if (wish.print || wish.names.length === 0) return yield* printAll(shell, words[0] ?? '', wish);
  let status = 0;
  for (const { word, at } of wish.names)
    if (!(yield* declareOne(shell, words[0] ?? '', word, at, wish, wish.global ? 'global' : scope)))
      status = 1;
  return status;
}

function* printAll(shell: Shell, command: string, wish: Wish): Op<number> {
  if (wish.names.length === 0) {
    const wanted = Object.entries(wish.attributes).map(([key]) => key);
    const names = shell.vars
      .names()
      .filter((name) => wants(shell.vars.raw(name), wanted, wish))
      .filter((name) => command !== 'local' || shell.vars.isLocal(name));
    const plain = !wish.print && wanted.length === 0 && !wish.array && !wish.map;
    yield* shell.out(
      plain ? listVariables(shell, names) : names.map((name) => variableLine(shell, name)).join(''),
      command,
    );
    return 0;
  }
  let status = 0;
  for (const { word } of wish.names) {
    if (shell.vars.raw(word)) yield* shell.out(variableLine(shell, word), command);
    else {
      yield* shell.complain(`${word}: not found`, command);
      status = 1;
    }
  }
  return status;
}

function wants(variable: Variable | undefined, wanted: readonly string[], wish: Wish): boolean {
  if (!variable) return false;
  if (wish.array && !variable.array) return false;
  if (wish.map && !variable.map) return false;
  return wanted.every((key) => (variable as unknown as Record<string, unknown>)[key]);
}

const wordForm = /^([A-Za-z_]\w*)(?:\[(.*)\])?(?:(\+?)=([\s\S]*))?$/;

function* declareOne(
  shell: Shell,
  command: string,
  word: string,
  at: number,
  wish: Wish,
  scope: 'local' | 'global',
): Op<boolean> {
  const match = wordForm.exec(word);
  if (!match) {
    yield* shell.complain(
      shell.dialect.name === 'bash'
        ? `\`${word}': not a valid identifier`
        : `${word.replace(/=.*/s, '')}: bad variable name`,
      command,
    );
    return false;
  }
  const [, name = '', subscript, plus, value] = match;
  if (scope === 'local' && !shell.vars.isLocal(name))
    shell.vars.makeLocal(name, { value: undefined });
  const before = shell.vars.raw(name);
  if (before?.readonly && (value !== undefined || shell.arrayArguments.has(at))) {
    yield* shell.complain(readonlyText(shell, name), command);
    return false;
  }
  shape(shell, name, wish);
  const { readonly: freeze, nameref, ...others } = wish.attributes;
  if (Object.keys(others).length > 0) shell.vars.mark(name, others);
  const array = shell.arrayArguments.get(at);
  if (array?.value.type === 'ArrayValue')
    yield* assignArray(shell, name, array.value, array.append ?? false);
  else if (value !== undefined) {
    const problem = put(shell, name, subscript, plus === '+', value, nameref === true);
    if (problem) {
      yield* shell.complain(problem, command);
      return false;
    }
  } else if (!shell.vars.raw(name)) shell.vars.mark(name, {});
  if (nameref) shell.vars.mark(name, { nameref: true });
  if (freeze !== undefined) shell.vars.mark(name, { readonly: freeze });
  return !shell.flow;
}

/** Makes it an array or a map when that was asked for. */
function shape(shell: Shell, name: string, wish: Wish): void {
  const before = shell.vars.raw(name);
  if (wish.map && !before?.map)
    shell.vars.put(name, { ...before, value: undefined, map: new Map() });
  else if (wish.array && !before?.array) shell.vars.arrayFor(name);
}

function put(
  shell: Shell,
  name: string,
  subscript: string | undefined,
  append: boolean,
  value: string,
  nameref: boolean,
): string | undefined {
  if (nameref) {
    shell.vars.put(name, { ...shell.vars.raw(name), value });
    return undefined;
  }
  if (subscript !== undefined) return assignElement(shell, name, subscript, value);
  const before = shell.vars.raw(name);
  if (!append && before && !before.array && !before.map) {
    shell.vars.put(name, { ...before, value: converted(shell, before, value) });
    return undefined;
  }
  return assignVariable(shell, name, append ? appended(shell, name, value) : value);
}

function* exportNames(shell: Shell, words: readonly string[]): Op<number> {
  return yield* markAll(shell, words, 'exported');
}

function* readonlyNames(shell: Shell, words: readonly string[]): Op<number> {
  return yield* markAll(shell, words, 'readonly');
}

function* markAll(
  shell: Shell,
  words: readonly string[],
  attribute: 'exported' | 'readonly',
): Op<number> {
  const [command = ''] = words;
  let i = 1;
  let take = false;
  for (; i < words.length && /^-./.test(words[i] as string); i += 1) {
    const letters = (words[i] as string).slice(1);
    const wrong = [...letters].find((letter) => !'pnfaA'.includes(letter));
    if (wrong !== undefined) {
      yield* shell.complain(`-${wrong}: invalid option`, command);
      yield* shell.process.err(`${command}: usage: ${usage[command]}\n`);
      return 2;
    }
    if (letters.includes('n')) take = true;
    // Exported functions: children of this shell do not get them here.
    if (letters.includes('f')) return 0;
  }
  if (i >= words.length) return yield* printMarked(shell, command, attribute);
  const attributes: Partial<Variable> = { [attribute]: take ? undefined : true };
  const wish: Wish = {
    attributes,
    array: false,
    map: false,
    print: false,
    functions: false,
    functionNames: false,
    global: true,
    names: [],
  };
  let status = 0;
  for (; i < words.length; i += 1)
    if (!(yield* declareOne(shell, command, words[i] as string, i, wish, 'global'))) status = 1;
  if (status !== 0 && shell.dialect.name !== 'bash') shell.abort(2);
  return status;
}

function* printMarked(
  shell: Shell,
  command: string,
  attribute: 'exported' | 'readonly',
): Op<number> {
  const names = shell.vars.names().filter((name) => shell.vars.raw(name)?.[attribute]);
  const line = (name: string): string => {
    if (shell.dialect.name === 'bash') return variableLine(shell, name);
    const value = shell.vars.get(name);
    return `${command} ${name}${value === undefined ? '' : `='${value.replaceAll("'", "'\\''")}'`}\n`;
  };
  yield* shell.out(names.map(line).join(''), command);
  return 0;
}

function* unset(shell: Shell, words: readonly string[]): Op<number> {
  let kind = '';
  let i = 1;
  for (; i < words.length && /^-./.test(words[i] as string); i += 1) {
    const wrong = [...(words[i] as string).slice(1)].find((letter) => !'fvn-'.includes(letter));
    if (wrong !== undefined) return yield* wrongUnset(shell, wrong);
    kind += words[i];
  }
  let status = 0;
  for (const word of words.slice(i)) {
    const match = /^(\w+)(?:\[(.*)\])?$/.exec(word);
    const name = match?.[1] ?? word;
    if (kind.includes('f')) shell.functions.delete(name);
    else if (shell.vars.isReadonly(name)) {
      yield* shell.complain(`${name}: cannot unset: readonly variable`, 'unset');
      status = 1;
    } else if (match?.[2] !== undefined) unsetElement(shell, name, match[2]);
    else if (shell.vars.raw(name) || shell.vars.computed.has(name))
      shell.vars.unset(kind.includes('n') ? name : shell.vars.deref(name));
    else if (!kind.includes('v')) shell.functions.delete(name);
  }
  return status;
}

function* wrongUnset(shell: Shell, letter: string): Op<number> {
  const bash = shell.dialect.name === 'bash';
  const ash = shell.dialect.name === 'ash';
  yield* shell.complain(
    bash ? `-${letter}: invalid option` : `${ash ? 'illegal' : 'Illegal'} option -${letter}`,
    'unset',
  );
  if (bash) yield* shell.process.err('unset: usage: unset [-f] [-v] [-n] [name ...]\n');
  else shell.abort(2);
  return 2;
}

function unsetElement(shell: Shell, name: string, subscript: string): void {
  const variable = shell.vars.lookup(name);
  if (subscript === '@' || subscript === '*') shell.vars.unset(name);
  else if (variable?.map) variable.map.delete(subscript);
  else variable?.array?.delete(Number(subscript));
}

export const declareBuiltins: Readonly<Record<string, RunBuiltin>> = {
  declare,
  typeset: declare,
  local,
  export: exportNames,
  readonly: readonlyNames,
  unset,
};
