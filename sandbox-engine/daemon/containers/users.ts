// Who a process in a container runs as: a name or number of its /etc/passwd, and its groups.
//
// Mirrors: github.com/moby/sys/user GetExecUser, GetAdditionalGroups.
import type { FileSystem } from '../../os/index.ts';
import { err, type Failure, failure, ok, type Result } from '../../std/index.ts';

export interface ExecUser {
  /** As `ps` shows it. */
  readonly name: string;
  readonly home: string;
  /** Numbers of its groups, the primary one first. */
  readonly gids: readonly number[];
}

const entriesOf = (fs: FileSystem, path: string): string[][] => {
  const file = fs.read(path);
  return (file.ok ? file.value : '').split('\n').map((line) => line.split(':'));
};

const isNumber = (text: string): boolean => /^\d+$/.test(text);

const unknown = (kind: 'user' | 'group', name: string): Result<never, Failure> =>
  err(
    failure(
      'invalid_parameter',
      `unable to find ${kind} ${name}: no matching entries in ${kind === 'user' ? 'passwd' : 'group'} file`,
    ),
  );

/** `user`, `user:group`, numbers; '' is root. `additional`: names or numbers of further groups. */
export function findUser(
  fs: FileSystem,
  spec: string,
  additional: unknown = [],
): Result<ExecUser, Failure> {
  const [wanted = '', group] = spec.split(':');
  const entries = entriesOf(fs, '/etc/passwd');
  const name = wanted === '' ? '0' : wanted;
  const entry =
    entries.find(([user]) => user === name) ?? entries.find(([, , uid]) => uid === name);
  if (!entry && !isNumber(name)) return unknown('user', name);
  const groups = entriesOf(fs, '/etc/group');
  const primary = group === undefined ? ok(Number(entry?.[3] ?? 0)) : gidOf(groups, group);
  if (!primary.ok) return primary;
  const gids = [primary.value];
  // Whoever names a group has only that one; otherwise /etc/group tells of more.
  if (group === undefined && entry)
    for (const [, , gid = '', members = ''] of groups)
      if (members.split(',').includes(entry[0] ?? '')) gids.push(Number(gid));
  for (const one of Array.isArray(additional) ? additional : []) {
    const found = gidOf(groups, String(one));
    if (!found.ok) return found;
    gids.push(found.value);
  }
  return ok({
    name: entry?.[0] ?? (name === '0' ? 'root' : name),
    home: entry?.[5] || (name === '0' ? '/root' : '/'),
    gids: [...new Set(gids)],
  });
}

function gidOf(groups: readonly string[][], wanted: string): Result<number, Failure> {
  const entry = groups.find(([name]) => name === wanted);
  if (entry) return ok(Number(entry[2]));
  return isNumber(wanted) ? ok(Number(wanted)) : unknown('group', wanted);
}
