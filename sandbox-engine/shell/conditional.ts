// `[[ … ]]`: patterns, regular expressions, files, numbers; no splitting inside.

import type { TestBinaryExpression, TestExpression, Word } from 'unbash';
import type { Op } from '../sim/index.ts';
import { evaluate } from './arithmetic-words.ts';
import { expandPattern, expandText } from './expand.ts';
import { compareFiles, fileTest } from './file-tests.ts';
import { patternToRegExp } from './pattern.ts';
import type { Shell } from './shell.ts';

/** 0: it holds, 1: it does not, 2: it makes no sense. */
export function* runConditional(shell: Shell, expression: TestExpression): Op<number> {
  yield* shell.tick();
  const holds = yield* check(shell, expression);
  if (shell.flow) return shell.status;
  return holds === undefined ? 2 : holds ? 0 : 1;
}

function* check(shell: Shell, node: TestExpression): Op<boolean | undefined> {
  switch (node.type) {
    case 'TestGroup':
      return yield* check(shell, node.expression);
    case 'TestNot': {
      const inner = yield* check(shell, node.operand);
      return inner === undefined ? undefined : node.negations.length % 2 === 1 ? !inner : inner;
    }
    case 'TestLogical': {
      let result: boolean | undefined;
      for (const operand of node.operands) {
        result = yield* check(shell, operand);
        if (result === undefined || shell.flow) return undefined;
        if (result !== (node.operator === '&&')) return result;
      }
      return result;
    }
    case 'TestUnary':
      return fileTest(shell, node.operator, yield* expandText(shell, node.operand));
    case 'TestBinary':
      return yield* compare(shell, node);
  }
}

const arithmetic = new Set(['-eq', '-ne', '-lt', '-le', '-gt', '-ge']);

function* compare(shell: Shell, node: TestBinaryExpression): Op<boolean | undefined> {
  const left = yield* expandText(shell, node.left);
  if (shell.flow) return undefined;
  switch (node.operator) {
    case '=':
    case '==':
    case '!=': {
      const pattern = yield* expandPattern(shell, node.right);
      const ignoreCase = shell.shopts.has('nocasematch');
      return patternToRegExp(pattern, ignoreCase).test(left) === (node.operator !== '!=');
    }
    case '=~':
      return yield* matchRegExp(shell, left, node.right);
    case '<':
      return left < (yield* expandText(shell, node.right));
    case '>':
      return left > (yield* expandText(shell, node.right));
    default: {
      const right = yield* expandText(shell, node.right);
      if (shell.flow) return undefined;
      return arithmetic.has(node.operator)
        ? yield* compareNumbers(shell, left, node.operator, right)
        : compareFiles(shell, left, node.operator, right);
    }
  }
}

function* compareNumbers(
  shell: Shell,
  left: string,
  operator: string,
  right: string,
): Op<boolean | undefined> {
  const a = yield* evaluate(shell, left, '[[');
  const b = a === undefined ? undefined : yield* evaluate(shell, right, '[[');
  if (a === undefined || b === undefined) return false;
  return numbersHold(a, operator, b);
}

export function numbersHold(a: bigint, operator: string, b: bigint): boolean {
  switch (operator) {
    case '-eq':
      return a === b;
    case '-ne':
      return a !== b;
    case '-lt':
      return a < b;
    case '-le':
      return a <= b;
    case '-gt':
      return a > b;
    default:
      return a >= b;
  }
}

function* matchRegExp(shell: Shell, text: string, word: Word): Op<boolean | undefined> {
  const source = yield* regExpSource(shell, word);
  if (shell.flow) return undefined;
  let match: RegExpExecArray | null;
  try {
    match = new RegExp(source, shell.shopts.has('nocasematch') ? 'si' : 's').exec(text);
  } catch {
    return undefined;
  }
  const array = new Map((match ?? []).map((part, i) => [i, part ?? '']));
  shell.vars.put('BASH_REMATCH', { value: undefined, array });
  return match !== null;
}

const posixClasses: Readonly<Record<string, string>> = {
  alnum: 'A-Za-z0-9',
  alpha: 'A-Za-z',
  blank: ' \\t',
  digit: '0-9',
  lower: 'a-z',
  punct: '!-\\/:-@\\[-`{-~',
  space: '\\s',
  upper: 'A-Z',
  xdigit: '0-9A-Fa-f',
};

/** The extended regular expression; quoted pieces match themselves. */
function* regExpSource(shell: Shell, word: Word): Op<string> {
  let source = '';
  for (const part of word.parts ?? []) {
    const quoted =
      part.type === 'SingleQuoted' || part.type === 'DoubleQuoted' || part.type === 'AnsiCQuoted';
    if (part.type === 'Literal') source += part.text;
    else {
      const piece: Word = { ...word, parts: [part], text: part.text, value: part.text };
      const text = yield* expandText(shell, piece, 'no');
      source += quoted ? text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&') : text;
    }
  }
  if (!word.parts) source = word.text;
  return source.replace(/\[:([a-z]+):\]/g, (all, name: string) => posixClasses[name] ?? all);
}
