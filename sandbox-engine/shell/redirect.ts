// Redirections: changing the shell's open files for a command, and putting them back.

import type { HereDoc, HereString, Redirect, Redirection } from 'unbash';
import { type OpenFile, type OpenMode, openNetworkFile } from '../os/index.ts';
import type { Op } from '../sim/index.ts';
import { expandQuotedParts, expandText, expandWords, isPlain } from './expand.ts';
import { errorTexts, type Shell } from './shell.ts';

/** What stood at a number before, with its reference. */
interface Saved {
  readonly fd: number;
  readonly file: OpenFile | undefined;
}

export type SavedFiles = readonly Saved[];

const none: SavedFiles = [];

/** Carries the redirections out. Undefined: one failed; it was reported, and all is as before. */
export function* redirect(
  shell: Shell,
  redirections: readonly Redirection[],
): Op<SavedFiles | undefined> {
  if (redirections.length === 0) return none;
  const saved: Saved[] = [];
  for (const node of redirections) {
    const done = yield* redirectOne(shell, node, saved);
    if (done && !shell.flow) continue;
    restoreFiles(shell, saved);
    return undefined;
  }
  return saved;
}

/** Puts the files back. */
export function restoreFiles(shell: Shell, saved: SavedFiles): void {
  for (let i = saved.length - 1; i >= 0; i -= 1) {
    const { fd, file } = saved[i] as Saved;
    shell.process.setFd(fd, file);
  }
}

/** `exec >file`: the redirections stay. */
export function forgetFiles(saved: SavedFiles): void {
  for (const { file } of saved) file?.release();
}

function replace(shell: Shell, saved: Saved[], fd: number, file: OpenFile | undefined): void {
  const { fds } = shell.process;
  saved.push({ fd, file: fds.get(fd) });
  fds.delete(fd);
  if (file) fds.set(fd, file);
}

function* redirectOne(shell: Shell, node: Redirection, saved: Saved[]): Op<boolean> {
  switch (node.type) {
    case 'HereDoc':
      return yield* hereDocument(shell, node, saved);
    case 'HereString':
      return yield* hereString(shell, node, saved);
    case 'Redirect':
      return yield* redirectFile(shell, node, saved);
  }
}

/** The number in front of a redirection; `{name}` takes a free one and keeps it in a variable. */
function descriptorOf(shell: Shell, node: Redirection, otherwise: number): number {
  const { descriptor } = node;
  if (!descriptor) return otherwise;
  if (descriptor.type === 'FileDescriptor') return descriptor.value;
  let fd = 10;
  while (shell.process.fds.has(fd)) fd += 1;
  shell.vars.set(descriptor.name, String(fd));
  return fd;
}

function* hereDocument(shell: Shell, node: HereDoc, saved: Saved[]): Op<boolean> {
  const { body, delimiter } = node;
  const raw = node.operator === '<<-' ? body.text.replace(/^\t+/gm, '') : body.text;
  const text =
    delimiter?.quoted || !body.parts
      ? raw
      : yield* expandQuotedParts(shell, withoutTabs(node), raw);
  replace(shell, saved, descriptorOf(shell, node, 0), memoryFile(shell, text));
  return true;
}

/** The parts of a `<<-` document without the tabs at the start of lines. */
function withoutTabs(node: HereDoc): HereDoc['body']['parts'] {
  if (node.operator !== '<<-') return node.body.parts;
  let lineStart = true;
  return node.body.parts?.map((part) => {
    if (part.type !== 'Literal') {
      lineStart = false;
      return part;
    }
    const body = lineStart ? part.value.replace(/^\t+/, '') : part.value;
    const value = body.replace(/\n\t+/g, '\n');
    lineStart = part.value.endsWith('\n');
    return { ...part, value, text: value };
  });
}

function* hereString(shell: Shell, node: HereString, saved: Saved[]): Op<boolean> {
  const text = node.target ? yield* expandText(shell, node.target) : '';
  replace(shell, saved, descriptorOf(shell, node, 0), memoryFile(shell, `${text}\n`));
  return true;
}

function memoryFile(shell: Shell, text: string): OpenFile {
  const { reader, writer } = shell.process.host.pipe({ capacity: Number.MAX_SAFE_INTEGER });
  writer.write(text);
  writer.release();
  return reader;
}

function* redirectFile(shell: Shell, node: Redirect, saved: Saved[]): Op<boolean> {
  const target = yield* targetOf(shell, node);
  if (target === undefined) return false;
  switch (node.operator) {
    case '<&':
      return yield* duplicate(shell, saved, descriptorOf(shell, node, 0), target);
    case '>&':
      if (/^(\d+-?|-)$/.test(target))
        return yield* duplicate(shell, saved, descriptorOf(shell, node, 1), target);
      return yield* openBoth(shell, saved, target, 'write');
    case '&>':
      return yield* openBoth(shell, saved, target, 'write');
    case '&>>':
      return yield* openBoth(shell, saved, target, 'append');
    default:
      return yield* openOne(shell, node, saved, target);
  }
}

/** The word behind the operator must become exactly one. */
function* targetOf(shell: Shell, node: Redirect): Op<string | undefined> {
  const { target } = node;
  if (!target) return undefined;
  if (isPlain(target)) return target.text;
  if (shell.dialect.name !== 'bash') return yield* expandText(shell, target);
  const words = yield* expandWords(shell, [target]);
  if (shell.flow) return undefined;
  if (words.length === 1) return words[0];
  yield* shell.complain(`${target.text}: ambiguous redirect`);
  return undefined;
}

const modes: Readonly<Record<string, OpenMode>> = {
  '<': 'read',
  '<>': 'readwrite',
  '>': 'write',
  '>|': 'write',
  '>>': 'append',
};

function* openOne(shell: Shell, node: Redirect, saved: Saved[], path: string): Op<boolean> {
  const mode = modes[node.operator] ?? 'write';
  if (node.operator === '>' && shell.options.noclobber && isRegular(shell, path)) {
    const bash = shell.dialect.name === 'bash';
    const text = bash
      ? `${path}: cannot overwrite existing file`
      : openFailure(shell, path, mode, 'EEXIST');
    yield* shell.complain(text);
    return false;
  }
  const file = yield* openFile(shell, path, mode);
  if (!file) return false;
  replace(
    shell,
    saved,
    descriptorOf(shell, node, mode === 'read' || mode === 'readwrite' ? 0 : 1),
    file,
  );
  return true;
}

const networkPath = /^\/dev\/(tcp|udp)\/([^/]+)\/([^/]+)$/;

/** bash itself takes `/dev/tcp/HOST/PORT` for a connection: there is no such file. */
function* openConnection(shell: Shell, path: string): Op<OpenFile | undefined> {
  const [, protocol, host = '', port = ''] = networkPath.exec(path) ?? [];
  const { process } = shell;
  const opened = yield* openNetworkFile(process, protocol === 'udp' ? 'udp' : 'tcp', host, port);
  if (opened.ok) return opened.value;
  const { stage, text } = opened.error;
  if (stage === 'connect') yield* process.err(`${shell.place.name}: connect: ${text}\n`);
  else yield* shell.complain(`${stage === 'host' ? host : port}: ${text}`);
  yield* shell.complain(`${path}: ${stage === 'connect' ? text : 'Invalid argument'}`);
  return undefined;
}

function* openFile(shell: Shell, path: string, mode: OpenMode): Op<OpenFile | undefined> {
  if (shell.dialect.name === 'bash' && networkPath.test(path))
    return yield* openConnection(shell, path);
  const opened = path === '' ? undefined : shell.process.open(path, mode);
  if (opened?.ok) return opened.value;
  yield* shell.complain(openFailure(shell, path, mode, opened?.error ?? 'ENOENT'));
  return undefined;
}

function openFailure(shell: Shell, path: string, mode: OpenMode, error: string): string {
  const { name } = shell.dialect;
  const reason = errorTexts[error] ?? error;
  if (name === 'bash') return `${path}: ${reason}`;
  const creates = mode !== 'read';
  const verb =
    name === 'ash'
      ? creates
        ? "can't create"
        : "can't open"
      : creates
        ? 'cannot create'
        : 'cannot open';
  if (error !== 'ENOENT') return `${verb} ${path}: ${reason}`;
  if (name === 'ash')
    return `${verb} ${path}: ${creates ? 'nonexistent directory' : 'no such file'}`;
  return `${verb} ${path}: ${creates ? 'Directory nonexistent' : 'No such file'}`;
}

function isRegular(shell: Shell, path: string): boolean {
  const { fs, cwd } = shell.process;
  const stat = fs.stat(fs.resolve(cwd, path));
  return stat.ok && stat.value.type === 'file';
}

function* openBoth(shell: Shell, saved: Saved[], path: string, mode: OpenMode): Op<boolean> {
  const file = yield* openFile(shell, path, mode);
  if (!file) return false;
  replace(shell, saved, 1, file);
  replace(shell, saved, 2, file.retain());
  return true;
}

/** `n>&m`, `n>&-`, `n>&m-`. */
function* duplicate(shell: Shell, saved: Saved[], fd: number, target: string): Op<boolean> {
  if (target === '-') {
    replace(shell, saved, fd, undefined);
    return true;
  }
  const from = Number.parseInt(target, 10);
  const file = shell.process.fds.get(from);
  if (!Number.isInteger(from) || !file) {
    yield* shell.complain(
      Number.isInteger(from) ? `${from}: Bad file descriptor` : `${target}: ambiguous redirect`,
    );
    return false;
  }
  replace(shell, saved, fd, file.retain());
  if (target.endsWith('-')) replace(shell, saved, from, undefined);
  return true;
}
