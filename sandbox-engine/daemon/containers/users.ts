// Who a process in a container runs as: a name or number of its /etc/passwd.
//
// Mirrors: github.com/moby/sys/user GetExecUser.
import type { FileSystem } from '../../os/index.ts';
import { err, type Failure, failure, ok, type Result } from '../../std/index.ts';

export interface ExecUser {
  /** As `ps` shows it. */
  readonly name: string;
  readonly home: string;
}

const passwdEntries = (fs: FileSystem): string[][] => {
  const file = fs.read('/etc/passwd');
  return (file.ok ? file.value : '').split('\n').map((line) => line.split(':'));
};

/** `user`, `user:group`, numbers; '' is root. */
export function findUser(fs: FileSystem, spec: string): Result<ExecUser, Failure> {
  const [wanted = '', group] = spec.split(':');
  const entries = passwdEntries(fs);
  const name = wanted === '' ? '0' : wanted;
  const entry =
    entries.find(([user]) => user === name) ?? entries.find(([, , uid]) => uid === name);
  if (!entry && !/^\d+$/.test(name)) {
    return err(
      failure(
        'invalid_parameter',
        `unable to find user ${name}: no matching entries in passwd file`,
      ),
    );
  }
  if (group !== undefined && !/^\d+$/.test(group)) {
    const groups = fs.read('/etc/group');
    const known = groups.ok && groups.value.split('\n').some((g) => g.split(':')[0] === group);
    if (!known) {
      return err(
        failure(
          'invalid_parameter',
          `unable to find group ${group}: no matching entries in group file`,
        ),
      );
    }
  }
  return ok({
    name: entry?.[0] ?? (name === '0' ? 'root' : name),
    home: entry?.[5] || (name === '0' ? '/root' : '/'),
  });
}
