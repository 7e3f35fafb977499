// Named network namespaces: the files under /var/run/netns, and namespaces that a path or a process stands for.
import type { NetnsId } from '../../kernel/index.ts';
import type { FileError, FileSystem, Process } from '../../os/index.ts';
import { err, ok, type Result } from '../../std/index.ts';

/** Where `ip netns` keeps its names. */
export const netnsDirectory = '/var/run/netns';

export interface NamedNetns {
  readonly name: string;
  readonly netns: NetnsId;
}

/** The names in /var/run/netns, in the order of the directory. */
export function namedNamespaces(fs: FileSystem): readonly NamedNetns[] {
  const names = fs.list(netnsDirectory);
  if (!names.ok) return [];
  return names.value.flatMap((name) => {
    const netns = netnsOfFile(fs, `${netnsDirectory}/${name}`);
    return netns.ok ? [{ name, netns: netns.value }] : [];
  });
}

/** The namespace behind a file; EINVAL when the file is something else. */
export function netnsOfFile(fs: FileSystem, path: string): Result<NetnsId, FileError> {
  const stat = fs.stat(path, { followLinks: true });
  if (!stat.ok) return stat;
  return stat.value.netns === undefined ? err('EINVAL') : ok(stat.value.netns);
}

/** The namespace of the process with that number, as the asking process counts. */
export function netnsOfPid(process: Process, pid: number): NetnsId | undefined {
  const rows = process.host.processes(process.row.pidNamespace);
  const isHost = process.row.pidNamespace === 'init';
  return rows.find((row) => (isHost ? row.pid : row.namespacePid) === pid)?.netns;
}
