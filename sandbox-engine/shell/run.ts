// Running syntax trees: lists, and-or lists, pipelines, and what `set -e` makes of failures.

import type { AndOr, CommandNode, Pipeline, PipelineNode, Statement } from 'unbash';
import type { Op } from '../sim/index.ts';
import { startBackground } from './background.ts';
import { runCompound } from './compound.ts';
import { type Source, statementsBeforeProblem } from './parse.ts';
import { runPipe } from './pipeline.ts';
import { reportProblem, warnOfHereDocument } from './problems.ts';
import type { Shell } from './shell.ts';
import { handleSignals, runTrap } from './signals.ts';
import { runSimple } from './simple.ts';
import { timed } from './timing.ts';

export interface RunOptions {
  /** Nothing runs in this process afterwards: the last command may take its place. */
  readonly last?: boolean;
  /** The builtin that had the text parsed: syntax errors name it. */
  readonly within?: string;
}

/** Runs a source to its end and answers the status of its last command. */
export function* runSource(shell: Shell, source: Source, options: RunOptions): Op<number> {
  yield* warnOfHereDocument(shell, source);
  const statements = statementsBeforeProblem(source);
  yield* runUnits(shell, source, statements, (options.last ?? false) && !source.problem);
  if (!source.problem || shell.flow) return shell.status;
  yield* reportProblem(shell, source, options.within);
  if (shell.dialect.name !== 'bash') shell.abort(2);
  return 2;
}

/** After a failure bash drops the rest of the line, and goes on with the next. */
function* runUnits(
  shell: Shell,
  source: Source,
  statements: readonly Statement[],
  last: boolean,
): Op<void> {
  let dropping = false;
  for (let i = 0; i < statements.length; i += 1) {
    const statement = statements[i] as Statement;
    if (dropping) {
      const before = statements[i - 1] as Statement;
      if (!source.text.slice(before.end, statement.pos).includes('\n')) continue;
      dropping = false;
    }
    yield* runStatement(shell, statement, last && i === statements.length - 1);
    if (shell.flow?.kind === 'abort' && resumes(shell)) {
      shell.flow = undefined;
      dropping = true;
    } else if (shell.flow) return;
  }
}

const resumes = (shell: Shell): boolean =>
  shell.dialect.name === 'bash' &&
  !shell.options.interactive &&
  !shell.isSubshell &&
  shell.depth === 0;

/** Runs statements one after the other. */
export function* runStatements(
  shell: Shell,
  statements: readonly Statement[],
  last = false,
): Op<number> {
  for (let i = 0; i < statements.length; i += 1) {
    yield* runStatement(shell, statements[i] as Statement, last && i === statements.length - 1);
    if (shell.flow) break;
  }
  return shell.status;
}

function* runStatement(shell: Shell, statement: Statement, last: boolean): Op<void> {
  yield* handleSignals(shell);
  if (shell.flow || shell.options.noexec) return;
  if (statement.background) yield* startBackground(shell, statement);
  else shell.status = yield* runNode(shell, statement.command, last);
}

export function* runNode(shell: Shell, node: PipelineNode | AndOr, last: boolean): Op<number> {
  if (node.type === 'AndOr') return yield* runAndOr(shell, node, last);
  if (node.type === 'Pipeline') return yield* runPipeline(shell, node, last);
  return yield* runChecked(shell, node, last);
}

function* runAndOr(shell: Shell, node: AndOr, last: boolean): Op<number> {
  let status = 0;
  for (let i = 0; i < node.commands.length; i += 1) {
    const operator = node.operators[i - 1];
    if (operator === '&&' && status !== 0) continue;
    if (operator === '||' && status === 0) continue;
    const final = i === node.commands.length - 1;
    if (!final) shell.tested += 1;
    status = yield* runNode(shell, node.commands[i] as PipelineNode, last && final);
    if (!final) shell.tested -= 1;
    shell.status = status;
    if (shell.flow) return shell.status;
  }
  return status;
}

function* runPipeline(shell: Shell, node: Pipeline, last: boolean): Op<number> {
  const negated = node.prefixes.filter((prefix) => prefix.type === 'Negation').length % 2 === 1;
  const time = node.prefixes.find((prefix) => prefix.type === 'Time');
  if (negated) shell.tested += 1;
  const body = runPipelineBody(shell, node, last && !negated && !time);
  const status = time ? yield* timed(shell, body, time.posix !== undefined) : yield* body;
  if (negated) shell.tested -= 1;
  if (shell.flow) return shell.status;
  return negated ? (status === 0 ? 1 : 0) : status;
}

function* runPipelineBody(shell: Shell, node: Pipeline, last: boolean): Op<number> {
  const [first] = node.commands;
  if (!first) return 0;
  if (node.commands.length === 1) return yield* runChecked(shell, first, last);
  const status = yield* runPipe(shell, node);
  yield* checkFailure(shell, status);
  return status;
}

/** Runs one command; a failure that nobody tests ends the shell under `set -e`. */
function* runChecked(shell: Shell, node: CommandNode, last: boolean): Op<number> {
  const status = yield* runCommand(shell, node, last);
  if (status !== 0 && checksFailure(node)) yield* checkFailure(shell, status);
  return status;
}

const checksFailure = (node: CommandNode): boolean =>
  node.type === 'Command' ||
  node.type === 'Subshell' ||
  node.type === 'ArithmeticCommand' ||
  node.type === 'TestCommand' ||
  node.type === 'Redirected';

function* checkFailure(shell: Shell, status: number): Op<void> {
  if (status === 0 || shell.tested > 0 || shell.flow) return;
  const trap = shell.traps.commands.get('ERR');
  // Functions do not inherit it.
  if (trap && !shell.calls.some((call) => !call.sourced)) {
    shell.status = status;
    yield* runTrap(shell, trap);
  }
  if (!shell.options.errexit || shell.flow) return;
  shell.status = status;
  shell.flow = { kind: 'exit' };
}

/** Runs one command of any kind in this process. */
export function* runCommand(shell: Shell, node: CommandNode, last: boolean): Op<number> {
  if (node.type === 'Command') {
    const status = yield* runSimple(shell, node, last);
    shell.status = status;
    return status;
  }
  const status = yield* runCompound(shell, node, last);
  if (!shell.flow) shell.status = status;
  return status;
}
