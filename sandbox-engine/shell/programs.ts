// Running programs: finding them, starting them, or taking their place at the end of a shell.

import type { Assignment, Command } from 'unbash';
import type { SpawnError } from '../os/index.ts';
import type { Op } from '../sim/index.ts';
import { appended } from './assign.ts';
import { expandText } from './expand.ts';
import { waitForeground } from './foreground.ts';
import type { Shell } from './shell.ts';

export function* runProgram(
  shell: Shell,
  argv: readonly string[],
  assignments: readonly Assignment[],
  node: Command,
  last: boolean,
): Op<number> {
  const env = shell.vars.exported();
  for (const one of assignments) {
    if (one.value.type !== 'Word') continue;
    const value = yield* expandText(shell, one.value, 'assignment');
    env.set(one.name, one.append ? appended(shell, one.name, value) : value);
  }
  if (shell.flow) return shell.status;
  env.set('_', argv[0] ?? '');
  if (last && mayBeReplaced(shell)) return yield* replaceShell(shell, argv, env);
  const started = shell.process.spawn({
    argv,
    env,
    cwd: shell.process.cwd,
    ...(shell.options.monitor && { group: true as const }),
  });
  if (!started.ok) return yield* notStarted(shell, argv[0] ?? '', started.error);
  if (shell.dialect.name === 'bash') remember(shell, argv[0] ?? '');
  const text = shell.place.text.slice(node.pos, node.end);
  return yield* waitForeground(shell, [started.value], text);
}

/** A shell with something left to do on its way out stays. */
const mayBeReplaced = (shell: Shell): boolean =>
  !shell.traps.commands.has(0) && !shell.options.interactive && shell.jobs.own.length === 0;

/** The program runs in the shell's own process, and the shell does not come back. */
export function* replaceShell(
  shell: Shell,
  argv: readonly string[],
  env: ReadonlyMap<string, string>,
): Op<number> {
  const op = shell.process.exec({ argv, env });
  if (!op.ok) return yield* notStarted(shell, argv[0] ?? '', op.error);
  const status = yield* op.value;
  shell.status = status;
  shell.flow = { kind: 'exit' };
  shell.traps.commands.clear();
  return status;
}

/** Says why a command did not start; answers 127 or 126. */
export function* notStarted(
  shell: Shell,
  command: string,
  error: SpawnError,
  builtin?: string,
): Op<number> {
  if (error === 'EAGAIN') {
    yield* shell.noMoreProcesses();
    return 254;
  }
  const path = command.includes('/');
  if (error === 'ENOENT') {
    const bash =
      path && !builtin ? 'No such file or directory' : builtin ? 'not found' : 'command not found';
    yield* shell.complain(
      `${command}: ${shell.dialect.name === 'bash' ? bash : 'not found'}`,
      builtin,
    );
    return 127;
  }
  const directory = path && isDirectory(shell, command) && shell.dialect.name === 'bash';
  yield* shell.complain(
    `${command}: ${directory ? 'Is a directory' : 'Permission denied'}`,
    builtin,
  );
  return 126;
}

function isDirectory(shell: Shell, path: string): boolean {
  const { fs, cwd } = shell.process;
  const stat = fs.stat(fs.resolve(cwd, path));
  return stat.ok && stat.value.type === 'directory';
}

/** The file that a command name runs, as `type` and `command -v` tell. */
export function findInPath(shell: Shell, command: string, all = false): string[] {
  const { fs, cwd } = shell.process;
  const runs = (path: string): boolean => {
    const stat = fs.stat(fs.resolve(cwd, path));
    if (!stat.ok) return false;
    const { type, mode } = stat.value;
    return (type === 'program' || type === 'file') && (mode & 0o111) !== 0;
  };
  if (command.includes('/')) return runs(command) ? [command] : [];
  const directories = (shell.vars.get('PATH') ?? '').split(':');
  const found = directories
    .map((directory) => `${directory === '' ? '.' : directory.replace(/\/$/, '')}/${command}`)
    .filter(runs);
  return all ? found : found.slice(0, 1);
}

function remember(shell: Shell, command: string): void {
  if (command.includes('/')) return;
  const known = shell.hashed.get(command);
  if (known) {
    known.hits += 1;
    return;
  }
  const [path] = findInPath(shell, command);
  if (path !== undefined) shell.hashed.set(command, { path, hits: 1 });
}

/** Starts a program and waits for it, with the environment as it is: `command ls`. */
export function* runProgramNow(shell: Shell, argv: readonly string[]): Op<number> {
  const started = shell.process.spawn({
    argv,
    env: shell.vars.exported(),
    cwd: shell.process.cwd,
    ...(shell.options.monitor && { group: true as const }),
  });
  if (!started.ok) return yield* notStarted(shell, argv[0] ?? '', started.error);
  return yield* waitForeground(shell, [started.value], argv.join(' '));
}
