// Arithmetic as the shell meets it: the text is expanded like a double-quoted string, then evaluated over the variables.
import type { Op } from '../sim/index.ts';
import { type ArithmeticScope, evaluateArithmetic } from './arithmetic.ts';
import { assignElement, assignVariable } from './assign.ts';
import { expandQuotedParts } from './expand.ts';
import { elementOf } from './parameters.ts';
import { parseSource } from './parse.ts';
import type { Shell } from './shell.ts';

/** `$((body))`: the result as text; '' when it failed, which has been reported. */
export function* expandArithmetic(shell: Shell, body: string): Op<string> {
  const value = yield* evaluate(shell, body);
  return value === undefined ? '' : String(value);
}

/** The value of an expression. A failure is reported and brings the shell back to its prompt. */
export function* evaluate(shell: Shell, body: string, command?: string): Op<bigint | undefined> {
  const text = yield* expandBody(shell, body);
  if (shell.flow) return undefined;
  const result = evaluateArithmetic(text, arithmeticScope(shell));
  if (result.ok) return result.value;
  yield* shell.complain(describe(shell, text, result.error), command);
  if (command === undefined) shell.abort(shell.dialect.fatalStatus);
  return undefined;
}

function describe(shell: Shell, text: string, error: string): string {
  const trimmed = text.replace(/^\s+/, '');
  if (shell.dialect.name === 'bash')
    return /readonly variable$/.test(error) ? error : `${trimmed}: ${error}`;
  const division = error.startsWith('division');
  if (shell.dialect.name === 'ash') return division ? 'divide by zero' : 'arithmetic syntax error';
  return `arithmetic expression: ${division ? 'division by zero' : 'expecting primary'}: "${trimmed}"`;
}

/** Expands `$x`, `$(…)` and `${…}` in an expression; quotes are dropped. */
function* expandBody(shell: Shell, body: string): Op<string> {
  if (!/[$`"'\\]/.test(body)) return body;
  // A here-document's body is expanded exactly so.
  const command = parseSource(`:<<\x01\n${body}\n\x01\n`).script.commands[0]?.command;
  const part = command?.type === 'Command' ? command.suffix[0] : undefined;
  if (part?.type !== 'HereDoc') return body;
  const text = yield* expandQuotedParts(shell, part.body.parts, part.body.text);
  return text.replace(/\n$/, '').replace(/["']/g, '');
}

export function arithmeticScope(shell: Shell): ArithmeticScope {
  return {
    get: (name, subscript) =>
      subscript === undefined ? shell.vars.get(name) : elementOf(shell, name, subscript),
    set: (name, subscript, value) =>
      subscript === undefined
        ? assignVariable(shell, name, value)
        : assignElement(shell, name, subscript, value),
  };
}
