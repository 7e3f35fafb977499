// break, continue, return, exit, eval, exec, source.
import type { Op } from '../../sim/index.ts';
import { parseSource } from '../parse.ts';
import { findInPath, notStarted, replaceShell } from '../programs.ts';
import { runSource } from '../run.ts';
import { errorTexts, type Shell } from '../shell.ts';
import type { RunBuiltin } from './index.ts';

function leaveLoops(kind: 'break' | 'continue'): RunBuiltin {
  return function* (shell, words) {
    const levels = Number(words[1] ?? 1);
    const { name } = shell.dialect;
    if (shell.loops === 0) {
      if (name === 'bash')
        yield* shell.complain("only meaningful in a `for', `while', or `until' loop", kind);
      return 0;
    }
    if (!Number.isInteger(levels) || levels < 1) {
      const isNumber = /^-?\d+$/.test(words[1] ?? '');
      const text = isNumber ? 'loop count out of range' : 'numeric argument required';
      yield* shell.complain(
        name === 'bash' ? `${words[1]}: ${text}` : `Illegal number: ${words[1]}`,
        kind,
      );
      shell.flow = { kind: 'break', levels: shell.loops };
      return name === 'bash' ? 1 : 2;
    }
    shell.flow = { kind, levels: Math.min(levels, shell.loops) };
    return 0;
  };
}

function* returnFrom(shell: Shell, words: readonly string[]): Op<number> {
  if (shell.calls.length === 0 && shell.dialect.name === 'bash') {
    yield* shell.complain("can only `return' from a function or sourced script", 'return');
    return 2;
  }
  const status = yield* statusArgument(shell, words);
  shell.status = status;
  shell.flow = { kind: shell.calls.length === 0 ? 'exit' : 'return' };
  return status;
}

function* exit(shell: Shell, words: readonly string[]): Op<number> {
  const tooMany =
    words.length > 2 && shell.dialect.name === 'bash' && /^-?\d+$/.test(words[1] ?? '');
  if (shell.isInteractive && shell.dialect.name === 'bash')
    yield* shell.process.err(shell.options.login ? 'logout\n' : 'exit\n');
  if (tooMany) {
    yield* shell.complain('too many arguments', 'exit');
    shell.abort(1);
    return 1;
  }
  const status = yield* statusArgument(shell, words);
  shell.status = status;
  shell.flow = { kind: 'exit' };
  return status;
}

/** The number behind `exit` or `return`; without one the last status. */
function* statusArgument(shell: Shell, words: readonly string[]): Op<number> {
  const [command = '', given] = words;
  if (given === undefined) return shell.status;
  if (/^\s*[-+]?\d+\s*$/.test(given)) return Number(given) & 255;
  const text =
    shell.dialect.name === 'bash'
      ? `${given}: numeric argument required`
      : `Illegal number: ${given}`;
  yield* shell.complain(text, command);
  return 2;
}

function* logout(shell: Shell, words: readonly string[]): Op<number> {
  if (shell.options.login) return yield* exit(shell, words);
  yield* shell.complain("not login shell: use `exit'", 'logout');
  return 1;
}

function* evaluate(shell: Shell, words: readonly string[]): Op<number> {
  const text = words.slice(words[1] === '--' ? 2 : 1).join(' ');
  if (text.trim() === '') return 0;
  return yield* runText(shell, text, { name: shell.place.name, within: 'eval' });
}

/** Runs a text within the current shell. */
export function* runText(
  shell: Shell,
  text: string,
  options: { readonly name: string; readonly within?: string },
): Op<number> {
  if (!(yield* shell.enter())) return shell.status;
  const { place, position } = shell;
  const firstLine = options.within === 'eval' ? shell.line : 1;
  shell.place = { text, name: options.name, firstLine };
  shell.position = 0;
  shell.status = 0;
  yield* runSource(shell, parseSource(text), { ...(options.within && { within: options.within }) });
  shell.place = place;
  shell.position = position;
  shell.leave();
  // In bash a failure that drops a line drops only what eval runs.
  if (shell.flow?.kind === 'abort' && shell.dialect.name === 'bash' && !shell.options.interactive)
    shell.flow = undefined;
  return shell.status;
}

function* source(shell: Shell, words: readonly string[]): Op<number> {
  const [command = '', file, ...args] = words;
  if (file === undefined) {
    yield* shell.complain('filename argument required', command);
    yield* shell.process.err(`${command}: usage: ${command} filename [arguments]\n`);
    return 2;
  }
  const { fs, cwd } = shell.process;
  const path = file.includes('/') ? file : (inPath(shell, file) ?? file);
  const text = fs.read(fs.resolve(cwd, path));
  if (!text.ok) return yield* cannotSource(shell, command, file, text.error);
  const { positional } = shell;
  if (args.length > 0) shell.positional = args;
  shell.calls.push({ name: 'source', sourced: true });
  const status = yield* runText(shell, text.value, {
    name: shell.dialect.name === 'bash' ? path : shell.place.name,
  });
  shell.calls.pop();
  if (args.length > 0) shell.positional = positional;
  if (shell.flow?.kind === 'return') shell.flow = undefined;
  return status;
}

function* cannotSource(shell: Shell, command: string, file: string, error: string): Op<number> {
  const reason = errorTexts[error] ?? error;
  const { name } = shell.dialect;
  if (name === 'bash') {
    yield* error === 'EISDIR'
      ? shell.complain(`${file}: is a directory`, command)
      : shell.complain(`${file}: ${reason}`);
    return 1;
  }
  const text =
    name === 'ash'
      ? file.includes('/')
        ? `can't open '${file}': ${reason}`
        : `${file}: not found`
      : file.includes('/')
        ? `cannot open ${file}: No such file`
        : `${file}: not found`;
  yield* shell.complain(text, command);
  shell.abort(2);
  return 2;
}

/** Files to source are looked for in PATH, with or without the x bit. */
function inPath(shell: Shell, file: string): string | undefined {
  const { fs, cwd } = shell.process;
  const found = (shell.vars.get('PATH') ?? '')
    .split(':')
    .map((directory) => `${directory || '.'}/${file}`)
    .find((path) => {
      const stat = fs.stat(fs.resolve(cwd, path));
      return stat.ok && stat.value.type === 'file';
    });
  return found ?? findInPath(shell, file)[0];
}

function* exec(shell: Shell, words: readonly string[]): Op<number> {
  let i = 1;
  let name: string | undefined;
  let empty = false;
  for (; /^-[acl]+$/.test(words[i] ?? '') && shell.dialect.name === 'bash'; i += 1) {
    if (words[i]?.includes('c')) empty = true;
    if (words[i]?.includes('a')) name = words[++i];
  }
  if (words[i] === '--') i += 1;
  const argv = words.slice(i);
  const [command] = argv;
  if (command === undefined) return 0;
  const env = empty ? new Map<string, string>() : shell.vars.exported();
  const found = shell.process.host.lookup(
    shell.process.fs,
    shell.vars.exported(),
    shell.process.cwd,
    command,
  );
  if (!found.ok) {
    const status = yield* notStarted(shell, command, found.error, 'exec');
    if (!shell.isInteractive) {
      shell.status = status;
      shell.flow = { kind: 'exit' };
    }
    return status;
  }
  if (name === undefined) return yield* replaceShell(shell, argv, env);
  const op = shell.process.exec({ argv: [name, ...argv.slice(1)], env, program: found.value });
  if (!op.ok) return 126;
  shell.status = yield* op.value;
  shell.traps.commands.clear();
  shell.flow = { kind: 'exit' };
  return shell.status;
}

export const controlBuiltins: Readonly<Record<string, RunBuiltin>> = {
  break: leaveLoops('break'),
  continue: leaveLoops('continue'),
  return: returnFrom,
  exit,
  logout,
  eval: evaluate,
  source,
  '.': source,
  exec,
};
