// Files in and out of containers: what `docker cp` asks for. Works for stopped containers too.
//
// Mirrors: moby daemon/archive_unix.go. Differs: archives are lists of entries instead of tar bytes.
import type { ArchiveEntry, FileArchive, PathStat } from '../../api/index.ts';
import type { FileSystem } from '../../os/index.ts';
import { err, type Failure, failure, ok, type Result } from '../../std/index.ts';
import { listOf, numberOf, objectOf, textOf } from '../body.ts';
import type { ContainerRow } from './rows.ts';
import type { ContainerStore } from './store.ts';

const missing = (row: ContainerRow, path: string): Failure =>
  failure('not_found', `Could not find the file ${path} in container ${row.containerId}`);

const baseName = (path: string): string => path.replace(/\/+$/, '').split('/').pop() || '/';

export function statPath(
  store: ContainerStore,
  row: ContainerRow,
  path: string,
): Result<PathStat, Failure> {
  const stat = store.runtime(row).fs.stat(absolute(path), { followLinks: false });
  if (!stat.ok) return err(missing(row, path));
  const { type, size, mode, target } = stat.value;
  return ok({
    name: baseName(path),
    size,
    mode,
    type,
    linkTarget: target ?? '',
  });
}

const absolute = (path: string): string => (path.startsWith('/') ? path : `/${path}`);

export function readArchive(
  store: ContainerStore,
  row: ContainerRow,
  path: string,
): Result<FileArchive, Failure> {
  const { fs } = store.runtime(row);
  if (!fs.exists(absolute(path))) return err(missing(row, path));
  const entries: ArchiveEntry[] = [];
  collect(fs, absolute(path), baseName(path), entries);
  return ok({ entries });
}

function collect(fs: FileSystem, path: string, name: string, entries: ArchiveEntry[]): void {
  const stat = fs.stat(path, { followLinks: false });
  if (!stat.ok) return;
  const { type, mode, modifiedMillis, target, program } = stat.value;
  if (type === 'file') {
    const text = fs.read(path);
    entries.push({ path: name, type, mode, modifiedMillis, text: text.ok ? text.value : '' });
  } else if (type === 'symlink') {
    entries.push({ path: name, type, mode, modifiedMillis, target: target ?? '' });
  } else if (type === 'program') {
    entries.push({ path: name, type, mode, modifiedMillis, program: program ?? '' });
  } else if (type === 'directory') {
    entries.push({ path: name, type, mode, modifiedMillis });
    const names = fs.list(path);
    for (const child of names.ok ? names.value : [])
      collect(fs, `${path}/${child}`, `${name}/${child}`, entries);
  }
}

/** Puts the entries of an archive into a directory. */
export function writeArchive(
  store: ContainerStore,
  row: ContainerRow,
  path: string,
  body: unknown,
): Result<void, Failure> {
  const { fs } = store.runtime(row);
  const directory = absolute(path);
  const stat = fs.stat(directory);
  if (!stat.ok) return err(missing(row, path));
  if (stat.value.type !== 'directory')
    return err(failure('invalid_parameter', 'extraction point is not a directory'));
  const mount = row.mounts.find(({ destination }) => `${directory}/`.startsWith(`${destination}/`));
  if (mount && !mount.writable)
    return err(failure('forbidden', 'mounted volume is marked read-only'));
  if (!mount && row.hostConfig.ReadonlyRootfs)
    return err(failure('forbidden', 'container rootfs is marked read-only'));
  for (const value of listOf(objectOf(body).entries)) {
    const entry = objectOf(value);
    place(fs, `${directory}/${textOf(entry.path)}`, entry);
  }
  return ok(undefined);
}

function place(fs: FileSystem, path: string, entry: Readonly<Record<string, unknown>>): void {
  const mode = numberOf(entry.mode, 0o644);
  switch (entry.type) {
    case 'directory':
      if (!fs.exists(path)) fs.mkdir(path, { parents: true, mode });
      return;
    case 'symlink':
      fs.remove(path);
      fs.symlink(textOf(entry.target), path);
      return;
    case 'program':
      fs.remove(path);
      fs.place(path, { type: 'program', program: textOf(entry.program) });
      return;
    default:
      fs.write(path, textOf(entry.text), { mode });
  }
}
