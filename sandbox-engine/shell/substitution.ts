// `$(…)`, backticks, `<(…)` and `>(…)`: commands in subshells whose output or input becomes part of a word.

import type { CommandExpansionPart, ParsedScript, ProcessSubstitutionPart } from 'unbash';
import { limits, type Op } from '../sim/index.ts';
import { expandText } from './expand.ts';
import { nestedSource, openHereDocument, type Source } from './parse.ts';
import { reportProblem } from './problems.ts';
import { runSource } from './run.ts';
import type { Shell } from './shell.ts';
import { forkShell } from './subshell.ts';

/** The output of a command, without the newlines at its end. */
export function* captureCommand(shell: Shell, part: CommandExpansionPart): Op<string> {
  const { script } = part;
  if (!script) return '';
  const source = nestedSource(shell.place.text, script);
  if (source.problem && !(openHereDocument(source) && source.problem.kind === 'end')) {
    yield* reportProblem(shell, source);
    shell.abort(2);
    return '';
  }
  const file = fileOnly(script);
  if (file) return yield* captureFile(shell, file);
  const text = yield* captureOutput(shell, source);
  return text.replace(/\n+$/, '').replaceAll('\0', '');
}

function* captureOutput(shell: Shell, source: Source): Op<string> {
  const { host, fds } = shell.process;
  const pipe = host.pipe();
  const child = yield* forkShell(
    shell,
    (subshell) => {
      subshell.place = { ...shell.place, text: source.text };
      if (shell.dialect.name === 'bash') subshell.substitutions += 1;
      return runSource(subshell, source, { last: true });
    },
    { fds: new Map([...fds, [1, pipe.writer]]) },
  );
  pipe.writer.release();
  const parts: string[] = [];
  let length = 0;
  for (;;) {
    const text = pipe.reader.read();
    if (text === null) break;
    if (text === undefined) yield { keys: [pipe.reader.readKey] };
    else parts.push(text);
    length += text?.length ?? 0;
    if (length > limits.outputPerCommand) break;
  }
  pipe.reader.release();
  const status = child ? yield* shell.process.wait(child) : 1;
  shell.substitutionStatus = status;
  shell.status = status;
  if (length > limits.outputPerCommand)
    yield* shell.fatal(
      `command substitution: more than ${limits.outputPerCommand} characters here`,
      1,
    );
  return parts.join('');
}

/** `$(<file)`. */
function fileOnly(script: ParsedScript): { readonly redirect: Redirect } | undefined {
  const command = script.commands.length === 1 ? script.commands[0]?.command : undefined;
  if (command?.type !== 'Command' || command.name || command.prefix.length !== 1) return undefined;
  const redirect = command.prefix[0];
  if (redirect?.type !== 'Redirect' || redirect.operator !== '<' || !redirect.target)
    return undefined;
  return { redirect };
}

type Redirect = Extract<
  Extract<ParsedScript['commands'][number]['command'], { type: 'Command' }>['prefix'][number],
  { type: 'Redirect' }
>;

function* captureFile(shell: Shell, file: { readonly redirect: Redirect }): Op<string> {
  const { target } = file.redirect;
  const path = target ? yield* expandText(shell, target) : '';
  const { fs, cwd } = shell.process;
  const text = fs.read(fs.resolve(cwd, path));
  shell.substitutionStatus = text.ok ? 0 : 1;
  if (text.ok) return text.value.replace(/\n+$/, '');
  yield* shell.complain(`${path}: No such file or directory`);
  return '';
}

/** The highest number that a process substitution takes; further ones count down. */
const firstFd = 63;

/** Starts the command and answers the path of the pipe to it: `/dev/fd/63`. */
export function* processSubstitution(shell: Shell, part: ProcessSubstitutionPart): Op<string> {
  const { script } = part;
  if (!script) return '';
  const { process } = shell;
  const source = nestedSource(shell.place.text, script);
  const reads = part.operator === '<';
  const pipe = process.host.pipe(reads ? { capacity: limits.outputPerCommand } : {});
  const [theirs, ours] = reads ? [pipe.writer, pipe.reader] : [pipe.reader, pipe.writer];
  const child = yield* forkShell(shell, (subshell) => runSource(subshell, source, { last: true }), {
    fds: new Map([...process.fds, [reads ? 1 : 0, theirs]]),
  });
  theirs.release();
  // Programs that read a file as a whole find it complete.
  if (reads && child) yield* process.wait(child);
  let fd = firstFd;
  while (process.fds.has(fd)) fd -= 1;
  process.setFd(fd, ours);
  shell.temporaryFds.push(fd);
  return `/dev/fd/${fd}`;
}

/** Closes the pipes of the process substitutions of a command that has run. */
export function closeTemporaryFds(shell: Shell, keep: number): void {
  while (shell.temporaryFds.length > keep) {
    const fd = shell.temporaryFds.pop();
    if (fd !== undefined) shell.process.setFd(fd, undefined);
  }
}
