// What `${x#…}`, `${x/…}`, `${x^…}` and `${x@…}` do to one value.

import type {
  ParameterOperation,
  ParameterRemoveOperation,
  ParameterReplaceOperation,
} from 'unbash';
import { limits, type Op } from '../sim/index.ts';
import { decodeEscapes } from './escapes.ts';
import { expandPattern, expandText } from './expand.ts';
import { patternSource, patternToRegExp } from './pattern.ts';
import { decodePrompt } from './prompt.ts';
import { quoteWord } from './quoting.ts';
import type { Shell } from './shell.ts';

type Change = (text: string) => string;

const same: Change = (text) => text;

/** The change that an operation makes to each value. Its operands are expanded once. */
export function* transform(shell: Shell, name: string, operation: ParameterOperation): Op<Change> {
  switch (operation.type) {
    case 'Remove':
      return remove(operation.operator, yield* expandPattern(shell, operation.operand));
    case 'Replace':
      return yield* replace(shell, operation);
    case 'CaseModification': {
      const pattern = operation.operand ? yield* expandPattern(shell, operation.operand) : '?';
      return changeCase(operation.operator, pattern === '' ? '?' : pattern);
    }
    case 'Transform':
      return yield* byLetter(shell, name, operation.operand.text);
    default:
      return same;
  }
}

/** The longest or shortest prefix or suffix that matches is cut off. */
function remove(operator: ParameterRemoveOperation['operator'], pattern: string): Change {
  const expression = patternToRegExp(pattern);
  const longest = operator.length === 2;
  return (text) => {
    const cuts = Array.from({ length: text.length + 1 }, (_, i) => i);
    const prefix = operator.startsWith('#');
    // Lengths of the part to cut, in the order in which they are tried.
    for (const cut of longest ? cuts.reverse() : cuts) {
      const piece = prefix ? text.slice(0, cut) : text.slice(text.length - cut);
      if (expression.test(piece))
        return prefix ? text.slice(cut) : text.slice(0, text.length - cut);
    }
    return text;
  };
}

function* replace(shell: Shell, operation: ParameterReplaceOperation): Op<Change> {
  const pattern = yield* expandPattern(shell, operation.pattern);
  const replacement = yield* expandText(shell, operation.replacement);
  if (pattern === '') return same;
  const { operator } = operation;
  const source = patternSource(pattern);
  const anchored =
    operator === '/#' ? `^(?:${source})` : operator === '/%' ? `(?:${source})$` : source;
  const expression = safeRegExp(anchored, operator === '//');
  return (text) => {
    // As many replacements as fit; the word as a whole is checked afterwards.
    let room = limits.textLength - text.length;
    return text.replace(expression, (match) => {
      room -= replacement.length;
      return room < 0 ? match : replacement;
    });
  };
}

function safeRegExp(source: string, global: boolean): RegExp {
  try {
    return new RegExp(source, global ? 'gsu' : 'su');
  } catch {
    // Such a pattern matches nothing.
    return /(?!)/;
  }
}

function changeCase(operator: '^' | '^^' | ',' | ',,', pattern: string): Change {
  const expression = patternToRegExp(pattern);
  const change = (c: string): string => {
    if (!expression.test(c)) return c;
    return operator.startsWith('^') ? c.toUpperCase() : c.toLowerCase();
  };
  return (text) => {
    const [first = '', ...rest] = [...text];
    if (operator.length === 1) return change(first) + rest.join('');
    return [first, ...rest].map(change).join('');
  };
}

function* byLetter(shell: Shell, name: string, letter: string): Op<Change> {
  switch (letter) {
    case 'Q':
      return (text) => quoteWord(text, true);
    case 'E':
      return (text) => decodeEscapes(text, 'ansi').text;
    case 'U':
      return (text) => text.toUpperCase();
    case 'L':
      return (text) => text.toLowerCase();
    case 'u':
      return changeCase('^', '?');
    case 'P':
      return (text) => decodePrompt(shell, text);
    case 'A':
      return (text) => `${name}=${quoteWord(text, true)}`;
    case 'a':
      return () => attributeLetters(shell, name);
    default:
      yield* shell.fatal(`\${${name}@${letter}}: bad substitution`);
      return same;
  }
}

export function attributeLetters(shell: Shell, name: string): string {
  const variable = shell.vars.raw(name);
  if (!variable) return '';
  const letters: readonly (readonly [unknown, string])[] = [
    [variable.array, 'a'],
    [variable.map, 'A'],
    [variable.integer, 'i'],
    [variable.nameref, 'n'],
    [variable.readonly, 'r'],
    [variable.exported, 'x'],
    [variable.letters === 'lower', 'l'],
    [variable.letters === 'upper', 'u'],
  ];
  return letters.flatMap(([on, letter]) => (on ? [letter] : [])).join('');
}
