// Finding what a command name runs: PATH search, programs, and scripts with or without `#!`.
//
// Mirrors: execvp(3) and the kernel's binfmt_script. Differs: a text file without `#!` always runs /bin/sh, as execvp does
// after ENOEXEC.
import { err, ok, type Result } from '../std/index.ts';
import type { FileSystem, Process, Program } from './api.ts';

type LookupError = 'ENOENT' | 'EACCES';

export interface Found {
  readonly path: string;
  readonly program: Program;
}

export interface LookupContext {
  readonly programs: ReadonlyMap<string, Program>;
  readonly fs: FileSystem;
  readonly env: ReadonlyMap<string, string>;
  readonly cwd: string;
  /** Shows a script's interpreter in the process's arguments. */
  rename(process: Process, argv: readonly string[]): void;
}

/** PATH of a process without one (execvp(3)). */
const fallbackPath = '/bin:/usr/bin';

/** Scripts whose interpreters are scripts: so many levels (Linux: BINPRM_MAX_RECURSION). */
const interpreterDepth = 4;

export function findCommand(context: LookupContext, command: string): Result<Found, LookupError> {
  if (command === '') return err('ENOENT');
  if (command.includes('/'))
    return executable(context, context.fs.resolve(context.cwd, command), command, 0);
  let denied = false;
  for (const directory of (context.env.get('PATH') ?? fallbackPath).split(':')) {
    const path = context.fs.resolve(context.cwd, `${directory || '.'}/${command}`);
    const found = executable(context, path, path, 0);
    if (found.ok) return found;
    if (found.error === 'EACCES') denied = true;
  }
  return err(denied ? 'EACCES' : 'ENOENT');
}

function executable(
  context: LookupContext,
  path: string,
  shown: string,
  depth: number,
): Result<Found, LookupError> {
  const stat = context.fs.stat(path);
  if (!stat.ok)
    return err(stat.error === 'EACCES' || stat.error === 'ENOTDIR' ? 'EACCES' : 'ENOENT');
  if (stat.value.type === 'program') {
    const program = context.programs.get(stat.value.program ?? '');
    return program ? ok({ path, program }) : err('ENOENT');
  }
  if (stat.value.type !== 'file' || (stat.value.mode & 0o111) === 0) return err('EACCES');
  return script(context, path, shown, depth);
}

function script(
  context: LookupContext,
  path: string,
  shown: string,
  depth: number,
): Result<Found, LookupError> {
  if (depth >= interpreterDepth) return err('EACCES');
  const text = context.fs.read(path);
  if (!text.ok) return err('EACCES');
  const line = /^#![ \t]*([^\s]+)[ \t]*([^\n]*)/.exec(text.value);
  const interpreter = line?.[1] ?? '/bin/sh';
  const argument = line?.[2]?.trim() ?? '';
  const found = executable(context, context.fs.resolve('/', interpreter), interpreter, depth + 1);
  if (!found.ok) return found;
  const { program } = found.value;
  const prefix = argument === '' ? [interpreter, shown] : [interpreter, argument, shown];
  return ok({
    path,
    program: (process) => {
      context.rename(process, [...prefix, ...process.argv.slice(1)]);
      return program(process);
    },
  });
}
