// Simple commands: assignments, expansion, redirections, then a function, a builtin or a program.

import type { Assignment, Command, CommandArgument, Word } from 'unbash';
import type { Op } from '../sim/index.ts';
import { runAlias } from './aliases.ts';
import { assign } from './assign.ts';
import { declarationNames, expandDeclaration } from './builtins/declare.ts';
import { allBuiltins, type Builtin } from './builtins/index.ts';
import { expandWords, wordOf } from './expand.ts';
import { callFunction } from './functions.ts';
import { runProgram } from './programs.ts';
import { quoteWord } from './quoting.ts';
import { forgetFiles, redirect, restoreFiles, type SavedFiles } from './redirect.ts';
import type { Shell } from './shell.ts';
import { handleSignals, runTrap } from './signals.ts';
import { closeTemporaryFds } from './substitution.ts';
import type { Variable } from './variables.ts';

export function* runSimple(shell: Shell, node: Command, last: boolean): Op<number> {
  yield* shell.tick();
  yield* handleSignals(shell);
  if (shell.flow) return shell.status;
  shell.position = node.pos;
  const { name } = node;
  const debug = shell.traps.commands.get('DEBUG');
  if (debug) yield* runTrap(shell, debug);
  if (name && shell.aliases.size > 0) {
    const status = yield* runAlias(shell, node, name, last);
    if (status !== undefined) return status;
  }
  const keep = shell.temporaryFds.length;
  shell.substitutionStatus = undefined;
  const status = yield* name ? runNamed(shell, node, name, last) : assignOnly(shell, node);
  if (shell.temporaryFds.length > keep) closeTemporaryFds(shell, keep);
  if (!name || !shell.flow) shell.pipeStatus = [status];
  return status;
}

const assignmentsOf = (node: Command): Assignment[] =>
  node.prefix.filter((one): one is Assignment => one.type === 'Assignment');

function* assignOnly(shell: Shell, node: Command): Op<number> {
  const saved = yield* redirect(shell, node.redirects);
  if (!saved) return shell.flow ? shell.status : 1;
  restoreFiles(shell, saved);
  for (const one of assignmentsOf(node)) {
    if (!(yield* assign(shell, one))) return shell.status || 1;
    if (shell.options.xtrace) yield* trace(shell, [assigned(shell, one)]);
  }
  return shell.substitutionStatus ?? 0;
}

const assigned = (shell: Shell, node: Assignment): string =>
  node.value.type === 'ArrayValue'
    ? node.text
    : `${node.name}=${quoteWord(shell.vars.get(node.name) ?? '')}`;

function* runNamed(shell: Shell, node: Command, name: Word, last: boolean): Op<number> {
  const words = yield* expandCommand(shell, name, node.args);
  if (shell.flow) return shell.status;
  if (words.length === 0) return yield* assignOnly(shell, node);
  const assignments = assignmentsOf(node);
  const command = words[0] as string;
  const target = targetOf(shell, command);
  if (shell.options.xtrace)
    yield* trace(
      shell,
      words.map((word) => quoteWord(word)),
    );
  const saved = yield* redirect(shell, node.redirects);
  if (!saved) return yield* redirectionFailed(shell, target);
  const status = yield* target
    ? withAssignments(shell, assignments, target, words, saved)
    : runProgram(shell, words, assignments, node, last);
  if (saved.length > 0 && !shell.keepRedirections) restoreFiles(shell, saved);
  else if (shell.keepRedirections) forgetFiles(saved);
  shell.keepRedirections = false;
  return status;
}

/** A special builtin whose redirection fails ends ash and dash. */
function* redirectionFailed(shell: Shell, target: Target | undefined): Op<number> {
  if (shell.flow) return shell.status;
  if (shell.dialect.name === 'dash' || target?.special)
    return shell.dialect.name === 'bash' ? 1 : 2;
  return 1;
}

function* expandCommand(shell: Shell, name: Word, args: readonly CommandArgument[]): Op<string[]> {
  const words = yield* expandWords(shell, [name]);
  if (shell.flow || args.length === 0) return words;
  if (declarationNames.has(words[0] ?? '')) {
    words.push(...(yield* expandDeclaration(shell, args)));
    return words;
  }
  const plain = args.map((one) => (one.type === 'Word' ? one : asWord(one)));
  words.push(...(yield* expandWords(shell, plain)));
  return words;
}

/** `name=value` behind a command that is no declaration is an ordinary word. */
const asWord = (node: Assignment): Word =>
  wordOf(node.text) ?? {
    type: 'Word',
    text: node.text,
    value: node.text,
    pos: node.pos,
    end: node.end,
  };

interface Target {
  run(shell: Shell, words: readonly string[]): Op<number>;
  /** Assignments in front of it stay (POSIX special builtins in dash and ash). */
  readonly special: boolean;
}

/** In dash and ash a wrong use of these ends the shell. */
const raising = new Set('break continue export local readonly set shift unset'.split(' '));

const specialBuiltins = new Set(
  ': . break continue eval exec exit export readonly return set shift times trap unset local'.split(
    ' ',
  ),
);

function targetOf(shell: Shell, command: string): Target | undefined {
  const known = shell.functions.get(command);
  if (known) return { run: (sh, words) => callFunction(sh, known, words), special: false };
  const builtin: Builtin | undefined = allBuiltins().get(command);
  if (!builtin?.in.includes(shell.dialect.name)) return undefined;
  return {
    run: builtin.run,
    special: shell.dialect.name !== 'bash' && specialBuiltins.has(command),
  };
}

/** Runs a function or builtin with its assignments in force while it runs. */
function* withAssignments(
  shell: Shell,
  assignments: readonly Assignment[],
  target: Target,
  words: readonly string[],
  saved: SavedFiles,
): Op<number> {
  const before: [string, Variable | undefined][] = [];
  for (const one of assignments) {
    const old = shell.vars.raw(one.name);
    if (!target.special) before.push([one.name, old && { ...old }]);
    if (!(yield* assign(shell, one))) {
      putBack(shell, before);
      return shell.status || 1;
    }
    shell.vars.mark(one.name, { exported: true });
  }
  const status = yield* target.run(shell, words);
  if (status === 2 && target.special && raising.has(words[0] as string)) shell.abort(2);
  if (before.length > 0) putBack(shell, before);
  if (saved.length > 0 && words[0] === 'exec' && words.length === 1) shell.keepRedirections = true;
  return status;
}

function putBack(shell: Shell, before: readonly [string, Variable | undefined][]): void {
  for (const [name, variable] of [...before].reverse()) {
    if (variable) shell.vars.put(name, variable);
    else shell.vars.unset(name);
  }
}

/** `set -x`. */
export function* trace(shell: Shell, words: readonly string[]): Op<void> {
  const prefix = shell.vars.get('PS4') ?? '+ ';
  // The first character is repeated for each command substitution around.
  const head = prefix.charAt(0).repeat(shell.substitutions);
  yield* shell.process.err(`${head}${prefix}${words.join(' ')}\n`);
}
