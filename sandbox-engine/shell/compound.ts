// Compound commands: groups, loops, conditions, functions.

import type {
  ArithmeticExpression,
  ArithmeticFor,
  Case,
  CommandNode,
  CompoundCommand,
  CompoundList,
  For,
  Function as FunctionNode,
  If,
  Redirected,
  Select,
  Subshell,
  While,
} from 'unbash';
import type { Op } from '../sim/index.ts';
import { evaluate } from './arithmetic-words.ts';
import { assignVariable } from './assign.ts';
import { runConditional } from './conditional.ts';
import { expandPattern, expandText, expandWords } from './expand.ts';
import { waitForeground } from './foreground.ts';
import { matches } from './pattern.ts';
import { redirect, restoreFiles } from './redirect.ts';
import { runStatements } from './run.ts';
import type { Shell } from './shell.ts';
import { handleSignals } from './signals.ts';
import { trace } from './simple.ts';
import { forkShell } from './subshell.ts';
import { closeTemporaryFds } from './substitution.ts';

type Compound = Exclude<CommandNode, { type: 'Command' }> | CompoundList;

export function* runCompound(shell: Shell, node: Compound, last: boolean): Op<number> {
  shell.position = node.pos;
  switch (node.type) {
    case 'Redirected':
      return yield* runRedirected(shell, node);
    case 'Function':
      return define(shell, node);
    case 'Coproc':
      yield* shell.complain('coproc: not simulated here: coprocesses');
      return 2;
    case 'CompoundList':
      return yield* runStatements(shell, node.commands, last);
    default:
      return yield* runBody(shell, node, last);
  }
}

function* runBody(shell: Shell, node: CompoundCommand, last: boolean): Op<number> {
  switch (node.type) {
    case 'BraceGroup':
      return yield* runStatements(shell, node.body.commands, last);
    case 'Subshell':
      return yield* runSubshell(shell, node);
    case 'If':
      return yield* runIf(shell, node, last);
    case 'For':
      return yield* runFor(shell, node);
    case 'ArithmeticFor':
      return yield* runArithmeticFor(shell, node);
    case 'While':
      return yield* runWhile(shell, node);
    case 'Case':
      return yield* runCase(shell, node);
    case 'Select':
      return yield* runSelect(shell, node);
    case 'TestCommand':
      if (shell.options.xtrace) yield* traceHead(shell, node, node.end);
      return yield* runConditional(shell, node.expression);
    case 'ArithmeticCommand': {
      if (shell.options.xtrace) yield* trace(shell, [`(( ${node.body.trim()} ))`]);
      const value = yield* evaluate(shell, node.body, '((');
      return value === undefined || value === 0n ? 1 : 0;
    }
  }
}

function* runRedirected(shell: Shell, node: Redirected): Op<number> {
  const keep = shell.temporaryFds.length;
  const saved = yield* redirect(shell, node.redirects);
  if (!saved) return shell.flow ? shell.status : 1;
  const status = yield* runBody(shell, node.command, false);
  restoreFiles(shell, saved);
  closeTemporaryFds(shell, keep);
  return status;
}

function* runSubshell(shell: Shell, node: Subshell): Op<number> {
  const child = yield* forkShell(
    shell,
    (subshell) => {
      subshell.loops = 0;
      return runStatements(subshell, node.body.commands, true);
    },
    shell.options.monitor ? { group: true } : {},
  );
  if (!child) return 254;
  return yield* waitForeground(shell, [child], shell.place.text.slice(node.pos, node.end));
}

/** Runs a condition: its failures are no failures. */
function* test(shell: Shell, list: CompoundList): Op<number> {
  shell.tested += 1;
  const status = yield* runStatements(shell, list.commands);
  shell.tested -= 1;
  return status;
}

function* runIf(shell: Shell, node: If, last: boolean): Op<number> {
  for (const branch of [node, ...node.elif]) {
    const status = yield* test(shell, branch.clause);
    if (shell.flow) return shell.status;
    if (status === 0) return yield* runStatements(shell, branch.then.commands, last);
  }
  shell.status = 0;
  return node.else ? yield* runStatements(shell, node.else.commands, last) : 0;
}

/** Runs a loop's body once. True: the loop ends. */
function* turn(shell: Shell, body: CompoundList): Op<boolean> {
  yield* shell.tick();
  if (shell.flow) return true;
  shell.loops += 1;
  yield* runStatements(shell, body.commands);
  shell.loops -= 1;
  yield* handleSignals(shell);
  const flow = shell.flowNow();
  if (flow?.kind !== 'break' && flow?.kind !== 'continue') return flow !== undefined;
  if (flow.levels > 1) {
    shell.flow = { kind: flow.kind, levels: flow.levels - 1 };
    return true;
  }
  shell.flow = undefined;
  return flow.kind === 'break';
}

function* runFor(shell: Shell, node: For): Op<number> {
  const items = node.wordlist ? yield* expandWords(shell, node.wordlist) : shell.positional;
  if (shell.flow) return shell.status;
  shell.status = 0;
  const name = node.name.text;
  for (const item of items) {
    if (shell.options.xtrace)
      yield* traceHead(shell, node, node.wordlist?.at(-1)?.end ?? node.name.end);
    const problem = assignVariable(shell, name, item);
    if (problem) {
      yield* shell.fatal(problem);
      return shell.status;
    }
    if (yield* turn(shell, node.body)) break;
  }
  return shell.status;
}

function* runArithmeticFor(shell: Shell, node: ArithmeticFor): Op<number> {
  const text = (part: ArithmeticExpression | undefined): string | undefined =>
    part && shell.place.text.slice(part.pos, part.end);
  const [first, condition, step] = [text(node.initialize), text(node.test), text(node.update)];
  shell.status = 0;
  if (first !== undefined && (yield* evaluate(shell, first, '((')) === undefined) return 1;
  for (;;) {
    const value = condition === undefined ? 1n : yield* evaluate(shell, condition, '((');
    if (value === undefined) return 1;
    if (value === 0n || (yield* turn(shell, node.body))) break;
    if (step !== undefined && (yield* evaluate(shell, step, '((')) === undefined) return 1;
  }
  return shell.status;
}

function* runWhile(shell: Shell, node: While): Op<number> {
  let status = 0;
  for (;;) {
    shell.loops += 1;
    const tested = yield* test(shell, node.clause);
    shell.loops -= 1;
    if (shell.flow) {
      const flow = shell.flow;
      if (flow.kind === 'break' && flow.levels <= 1) shell.flow = undefined;
      return shell.status;
    }
    if ((tested === 0) !== (node.kind === 'while')) break;
    const over = yield* turn(shell, node.body);
    status = shell.status;
    if (over) return status;
  }
  shell.status = status;
  return status;
}

function* runCase(shell: Shell, node: Case): Op<number> {
  const subject = yield* expandText(shell, node.word);
  if (shell.flow) return shell.status;
  shell.status = 0;
  let falling = false;
  if (shell.options.xtrace) yield* traceHead(shell, node, node.word.end, ' in');
  for (const item of node.items) {
    if (!falling && !(yield* anyMatches(shell, item.pattern, subject))) continue;
    if (shell.flow) return shell.status;
    yield* runStatements(shell, item.body.commands);
    if (shell.flow || item.terminator === ';;' || item.terminator === undefined)
      return shell.status;
    falling = item.terminator === ';&';
  }
  return shell.status;
}

function* anyMatches(
  shell: Shell,
  patterns: Case['items'][number]['pattern'],
  subject: string,
): Op<boolean> {
  for (const word of patterns) {
    const pattern = yield* expandPattern(shell, word);
    if (shell.flow || matches(subject, pattern)) return true;
  }
  return false;
}

/** A menu on standard error; the choice is read from standard input. */
function* runSelect(shell: Shell, node: Select): Op<number> {
  const items = node.wordlist ? yield* expandWords(shell, node.wordlist) : shell.positional;
  if (shell.flow || items.length === 0) return shell.status;
  const width = String(items.length).length;
  const menu = items.map((item, i) => `${String(i + 1).padStart(width)}) ${item}\n`).join('');
  yield* shell.process.err(menu);
  for (;;) {
    yield* shell.process.err(shell.vars.get('PS3') ?? '#? ');
    const reply = yield* shell.process.readLine(0);
    if (reply === null) return 1;
    if (reply === '') {
      yield* shell.process.err(menu);
      continue;
    }
    shell.vars.set('REPLY', reply);
    shell.vars.set(node.name.text, items[Number(reply) - 1] ?? '');
    if (yield* turn(shell, node.body)) return shell.status;
  }
}

/** `set -x` shows the head of a compound command as it was written. */
function* traceHead(
  shell: Shell,
  node: { readonly pos: number },
  end: number,
  tail = '',
): Op<void> {
  // dash and ash do not show it.
  if (shell.dialect.name === 'bash')
    yield* trace(shell, [`${shell.place.text.slice(node.pos, end)}${tail}`]);
}

function define(shell: Shell, node: FunctionNode): number {
  shell.functions.set(node.name.text, {
    body: node.body,
    place: shell.place,
    text: shell.place.text.slice(node.body.pos, node.body.end),
  });
  return 0;
}
