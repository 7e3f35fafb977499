// Listing variables and functions so that a shell could read them back.
import type { Op } from '../../sim/index.ts';
import { attributeLetters } from '../parameter-operations.ts';
import { doubleQuoted, quoteWord } from '../quoting.ts';
import type { Shell } from '../shell.ts';

/** `declare -x NAME="value"`. */
export function variableLine(shell: Shell, name: string): string {
  const variable = shell.vars.raw(name);
  const letters = attributeLetters(shell, name);
  const head = `declare -${letters === '' ? '-' : letters} ${name}`;
  if (variable?.array || variable?.map) return `${head}=${compoundValue(shell, name)}\n`;
  return variable?.value === undefined ? `${head}\n` : `${head}=${doubleQuoted(variable.value)}\n`;
}

function compoundValue(shell: Shell, name: string): string {
  const values = shell.vars.elements(name);
  const map = shell.vars.raw(name)?.map !== undefined;
  const pairs = shell.vars
    .keys(name)
    .map((key, i) => `[${map ? quoteWord(key) : key}]=${doubleQuoted(values[i] ?? '')}`);
  return map && pairs.length > 0 ? `(${pairs.join(' ')} )` : `(${pairs.join(' ')})`;
}

/** `NAME=value` lines of `set`. */
export function listVariables(shell: Shell, names: readonly string[]): string {
  const line = (name: string): string => {
    const variable = shell.vars.raw(name);
    if (variable?.array || variable?.map) return `${name}=${compoundValue(shell, name)}\n`;
    if (variable?.value === undefined) return '';
    return shell.dialect.name === 'bash'
      ? `${name}=${quoteWord(variable.value)}\n`
      : `${name}='${variable.value.replaceAll("'", "'\\''")}'\n`;
  };
  return names.map(line).join('');
}

/** A function as `type` and `declare -f` show it. Differs: with the blanks and newlines that it was typed with. */
export function functionText(shell: Shell, name: string): string {
  const text = shell.functions.get(name)?.text ?? '';
  const inner = /^\{\s*([\s\S]*?)\s*;?\s*\}$/.exec(text);
  if (!inner) return `${name} () \n${text}\n`;
  const lines = (inner[1] as string)
    .split(text.includes('\n') ? '\n' : /;\s*(?![^("'`]*[)"'`])/)
    .map((line) => `    ${line.trim()}`);
  const ends = text.includes('\n')
    ? lines
    : lines.map((line, i) => (i < lines.length - 1 ? `${line};` : line));
  return `${name} () \n{ \n${ends.join('\n')}\n}\n`;
}

export function* listFunctions(
  shell: Shell,
  names: readonly string[],
  onlyNames: boolean,
  command: string,
): Op<number> {
  const known = [...shell.functions.keys()].sort();
  let status = 0;
  for (const name of names.length > 0 ? names : known) {
    if (!shell.functions.has(name)) status = 1;
    else if (onlyNames)
      yield* shell.out(names.length > 0 ? `${name}\n` : `declare -f ${name}\n`, command);
    else yield* shell.out(functionText(shell, name), command);
  }
  return status;
}
