// docker cp: files between the host and a container.
//
// Mirrors: docker/cli cli/command/container/cp.go. Differs: an archive is a list of entries instead of a tar stream,
// so `-` is refused.
import type { ArchiveEntry, FileArchive } from '../../../api/index.ts';
import type { FileSystem } from '../../../os/index.ts';
import type { Op } from '../../../sim/index.ts';
import { err, ok, type Result } from '../../../std/index.ts';
import { type Cli, fail, type Outcome } from '../../cli.ts';
import type { Flags } from '../../flags/parse.ts';
import { humanSize } from '../../flags/sizes.ts';
import { list } from '../../json.ts';

/** `container:path`; a path with a slash before the colon is local. */
function split(word: string): { container: string; path: string } {
  const colon = word.indexOf(':');
  if (word.startsWith('/') || word.startsWith('.') || colon < 0)
    return { container: '', path: word };
  return { container: word.slice(0, colon), path: word.slice(colon + 1) };
}

const base = (path: string): string => path.replace(/\/+$/, '').split('/').at(-1) ?? '';
const directory = (path: string): string => path.replace(/\/*[^/]*\/*$/, '') || '/';

export function* cp(cli: Cli, flags: Flags, [from = '', to = '']: readonly string[]): Op<Outcome> {
  if (from === '') return fail('source can not be empty');
  if (to === '') return fail('destination can not be empty');
  const source = split(from);
  const target = split(to);
  if (source.container && target.container)
    return fail('copying between containers is not supported');
  if (!source.container && !target.container)
    return fail('must specify at least one container source');
  if (from === '-' || to === '-')
    return fail('docker: not simulated here: cp with a tar stream (-)');
  return source.container
    ? yield* fromContainer(cli, source.container, source.path, to)
    : yield* toContainer(cli, from, target.container, target.path, flags);
}

// ---- out of a container -----------------------------------------------------------------------

function* fromContainer(cli: Cli, container: string, path: string, to: string): Op<Outcome> {
  const answer = yield* cli.client.get(`/containers/${container}/archive`, { path });
  if (!answer.ok) return fail(answer.error.message);
  const entries = list(answer.value, 'entries') as FileArchive['entries'];
  const { fs } = cli.process;
  const target = cli.file(to);
  const there = fs.stat(target);
  const isDirectory = there.ok && there.value.type === 'directory';
  if (!isDirectory && !fs.exists(directory(target)))
    return fail(
      `invalid output path: directory ${JSON.stringify(directory(target))} does not exist`,
    );
  const first = (entries[0]?.path ?? base(path)).replace(/\/+$/, '');
  const contents = /(?:^|\/)\.$/.test(path);
  for (const entry of entries) {
    const inside = entry.path.replace(/\/+$/, '');
    const relative =
      contents || !isDirectory ? inside.slice(first.length).replace(/^\//, '') : inside;
    const at = relative ? `${target.replace(/\/$/, '')}/${relative}` : target;
    unpack(fs, at, entry);
  }
  return undefined;
}

function unpack(fs: FileSystem, at: string, entry: ArchiveEntry): void {
  if (entry.type === 'directory') fs.mkdir(at, { parents: true });
  else if (entry.type === 'symlink') fs.symlink(entry.target ?? '', at);
  else if (entry.type === 'program')
    fs.place(at, { type: 'program', program: entry.program ?? '' });
  else fs.write(at, entry.text ?? '', { mode: entry.mode });
}

// ---- into a container ---------------------------------------------------------------------------

function* toContainer(
  cli: Cli,
  from: string,
  container: string,
  path: string,
  flags: Flags,
): Op<Outcome> {
  const head = yield* cli.client.request('GET', `/containers/${container}/json`);
  if (!head.ok) return fail(head.error.message);
  const stat = cli.process.fs.stat(cli.file(from));
  if (!stat.ok) return fail(`lstat ${cli.file(from)}: no such file or directory`);
  const there = yield* cli.client.request('HEAD', `/containers/${container}/archive`, { path });
  const isDirectory = there.ok && isDirectoryHeader(there.value.headers);
  if (path.endsWith('/') && !isDirectory) return fail('no such directory');
  const contents = from.endsWith('/.') || from === '.';
  const name = isDirectory ? base(cli.file(from)) : base(path);
  const packed = pack(cli, cli.file(from), contents ? '' : name);
  if (!packed.ok) return fail(packed.error);
  const put = yield* cli.client.request(
    'PUT',
    `/containers/${container}/archive`,
    { path: isDirectory ? path : directory(path), noOverwriteDirNonDir: 'true' },
    { entries: packed.value },
  );
  if (!put.ok) return fail(put.error.message);
  if (!flags.on('quiet') && cli.outIsTty()) {
    const bytes = packed.value.reduce((sum, entry) => sum + (entry.text?.length ?? 0), 0);
    yield* cli.err(`Successfully copied ${humanSize(bytes)} to ${container}:${path}\n`);
  }
  return undefined;
}

const isDirectoryHeader = (headers: Readonly<Record<string, string>>): boolean =>
  /"type":"directory"|"isDir":true/i.test(headers['X-Docker-Container-Path-Stat'] ?? '');

function pack(cli: Cli, source: string, name: string): Result<readonly ArchiveEntry[], string> {
  const { fs } = cli.process;
  const stat = fs.stat(source, { followLinks: false });
  if (!stat.ok) return err(`lstat ${source}: no such file or directory`);
  const { mode, type, modifiedMillis, target, program } = stat.value;
  const entry = { path: name, mode, modifiedMillis };
  if (type === 'symlink') return ok([{ ...entry, type, target: target ?? '' }]);
  if (type === 'program') return ok([{ ...entry, type, program: program ?? '' }]);
  if (type !== 'directory') {
    const read = fs.read(source);
    return read.ok
      ? ok([{ ...entry, type: 'file', text: read.value }])
      : err(`open ${source}: permission denied`);
  }
  const entries: ArchiveEntry[] = name ? [{ ...entry, type }] : [];
  const names = fs.list(source);
  for (const child of names.ok ? names.value : []) {
    const inner = pack(cli, `${source}/${child}`, name ? `${name}/${child}` : child);
    if (!inner.ok) return inner;
    entries.push(...inner.value);
  }
  return ok(entries);
}
