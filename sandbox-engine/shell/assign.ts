// Giving variables values: plain, appended, elements of arrays, whole arrays.

import type { ArrayValue, Assignment, Word } from 'unbash';
import { limits, type Op } from '../sim/index.ts';
import { evaluateArithmetic } from './arithmetic.ts';
import { arithmeticScope } from './arithmetic-words.ts';
import { expandText, expandWords, wordOf } from './expand.ts';
import type { Shell } from './shell.ts';
import type { Variable } from './variables.ts';

/** Sets a variable; answers an error text when it may not be changed. */
export function assignVariable(shell: Shell, name: string, value: string): string | undefined {
  const target = shell.vars.deref(name);
  if (shell.vars.isReadonly(target)) return readonlyText(shell, target);
  if (value.length > limits.textLength)
    return `a text may have ${limits.textLength} characters here`;
  shell.vars.set(target, converted(shell, shell.vars.raw(target), value));
  if (shell.options.allexport) shell.vars.mark(target, { exported: true });
  return undefined;
}

export const readonlyText = (shell: Shell, name: string): string =>
  shell.dialect.name === 'bash' ? `${name}: readonly variable` : `${name}: is read only`;

/** The value as the variable's attributes want it: -i, -u, -l. */
export function converted(shell: Shell, variable: Variable | undefined, value: string): string {
  if (variable?.integer) {
    const result = evaluateArithmetic(value, arithmeticScope(shell));
    return result.ok ? String(result.value) : '0';
  }
  if (variable?.letters === 'upper') return value.toUpperCase();
  return variable?.letters === 'lower' ? value.toLowerCase() : value;
}

/** Sets `name[subscript]`; answers an error text when that is impossible. */
export function assignElement(
  shell: Shell,
  name: string,
  subscript: string,
  value: string,
): string | undefined {
  const target = shell.vars.deref(name);
  if (shell.vars.isReadonly(target)) return readonlyText(shell, target);
  const variable = shell.vars.raw(target);
  const text = converted(shell, variable, value);
  if (variable?.map) {
    variable.map.set(subscript, text);
    return undefined;
  }
  const index = indexOf(shell, target, subscript);
  if (index === undefined) return `${name}[${subscript}]: bad array subscript`;
  shell.vars.arrayFor(target).set(index, text);
  return undefined;
}

/** The number of an element; negative ones count from the end. Undefined when there is none. */
export function indexOf(shell: Shell, name: string, subscript: string): number | undefined {
  const result = evaluateArithmetic(subscript, arithmeticScope(shell));
  if (!result.ok) return undefined;
  const index = Number(result.value);
  if (index >= 0) return index;
  const last = Math.max(-1, ...(shell.vars.lookup(name)?.array?.keys() ?? [0]));
  return last + 1 + index >= 0 ? last + 1 + index : undefined;
}

/** Performs an assignment of the syntax tree in the scope that is current. False: it failed, and the shell has said so. */
export function* assign(shell: Shell, node: Assignment): Op<boolean> {
  if (node.value.type === 'ArrayValue')
    return yield* assignArray(shell, node.name, node.value, node.append ?? false);
  const value = yield* expandText(shell, node.value, 'assignment');
  if (shell.flow) return false;
  const problem = node.index
    ? yield* setElement(shell, node.name, node.index, value, node.append ?? false)
    : assignVariable(shell, node.name, node.append ? appended(shell, node.name, value) : value);
  if (problem === undefined) return true;
  yield* shell.fatal(problem);
  return false;
}

/** The value after `+=`: added up for integers, joined otherwise. */
export function appended(shell: Shell, name: string, value: string): string {
  const before = shell.vars.get(name) ?? '';
  return shell.vars.lookup(name)?.integer ? `(${before || 0})+(${value})` : before + value;
}

function* setElement(
  shell: Shell,
  name: string,
  index: Word,
  value: string,
  append: boolean,
): Op<string | undefined> {
  const subscript = yield* expandText(shell, index, 'no');
  if (shell.flow) return undefined;
  const target = shell.vars.lookup(name);
  if (!append) return assignElement(shell, name, subscript, value);
  const key = target?.map ? subscript : String(indexOf(shell, name, subscript));
  const before = target?.map ? target.map.get(key) : target?.array?.get(Number(key));
  return assignElement(shell, name, subscript, (before ?? '') + value);
}

/** `name=(…)` and `name+=(…)`. */
export function* assignArray(
  shell: Shell,
  name: string,
  value: ArrayValue,
  append: boolean,
): Op<boolean> {
  if (!shell.dialect.arrays) {
    const unexpected =
      shell.dialect.name === 'ash'
        ? 'syntax error: unexpected "("'
        : 'Syntax error: "(" unexpected';
    yield* shell.fatal(unexpected);
    return false;
  }
  const target = shell.vars.deref(name);
  if (shell.vars.isReadonly(target)) {
    yield* shell.fatal(readonlyText(shell, target));
    return false;
  }
  const before = shell.vars.raw(target);
  if (before?.map) return yield* fillMap(shell, target, before, value, append);
  const array = new Map(append ? shell.vars.arrayFor(target) : []);
  let next = array.size === 0 ? 0 : Math.max(...array.keys()) + 1;
  for (const element of value.elements) {
    const keyed = keyedElement(element.text);
    if (keyed) {
      const pair = yield* expandPair(shell, keyed);
      next = indexOf(shell, target, pair.key) ?? 0;
      array.set(next, converted(shell, before, pair.value));
      next += 1;
    } else
      for (const item of yield* expandWords(shell, [element])) {
        array.set(next, converted(shell, before, item));
        next += 1;
      }
    if (shell.flow) return false;
  }
  shell.vars.put(target, { ...before, value: undefined, array });
  return true;
}

function* fillMap(
  shell: Shell,
  name: string,
  before: Variable,
  value: ArrayValue,
  append: boolean,
): Op<boolean> {
  const map = new Map(append ? before.map : []);
  const loose: string[] = [];
  for (const element of value.elements) {
    const keyed = keyedElement(element.text);
    if (keyed) {
      const pair = yield* expandPair(shell, keyed);
      map.set(pair.key, pair.value);
    } else loose.push(...(yield* expandWords(shell, [element])));
    if (shell.flow) return false;
  }
  for (let i = 0; i < loose.length; i += 2) map.set(loose[i] as string, loose[i + 1] ?? '');
  shell.vars.put(name, { ...before, value: undefined, map });
  return true;
}

/** Splits `[key]=value`. */
function keyedElement(text: string): { readonly key: string; readonly value: string } | undefined {
  if (!text.startsWith('[')) return undefined;
  let quote = '';
  for (let i = 1; i < text.length; i += 1) {
    const c = text[i] as string;
    if (quote) {
      if (c === quote) quote = '';
    } else if (c === '"' || c === "'") quote = c;
    else if (c === '\\') i += 1;
    else if (c === ']')
      return text[i + 1] === '=' ? { key: text.slice(1, i), value: text.slice(i + 2) } : undefined;
  }
  return undefined;
}

function* expandPair(
  shell: Shell,
  pair: { readonly key: string; readonly value: string },
): Op<{ readonly key: string; readonly value: string }> {
  const key = pair.key === '' ? undefined : wordOf(pair.key);
  const value = pair.value === '' ? undefined : wordOf(pair.value);
  return {
    key: key ? yield* expandText(shell, key, 'no') : '',
    value: value ? yield* expandText(shell, value, 'assignment') : '',
  };
}
