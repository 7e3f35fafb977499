// id and whoami: the user and the groups of a process, with the names of /etc/passwd and /etc/group.
import type { Process } from '../os/index.ts';
import type { Op } from '../sim/index.ts';
import { type Flavour, type Flavoured, nameOf, options } from './common.ts';

interface Identity {
  readonly uid: number;
  readonly gids: readonly number[];
}

const entriesOf = (p: Process, path: string): string[][] => {
  const file = p.fs.read(path);
  return (file.ok ? file.value : '').split('\n').map((line) => line.split(':'));
};

const nameIn = (p: Process, path: string, number: number): string | undefined =>
  entriesOf(p, path).find(([, , id]) => id === String(number))?.[0];

/** A user whom /etc/passwd does not know goes by the number. */
function uidOf(p: Process): number {
  const user = p.user || 'root';
  if (user === 'root') return 0;
  return Number(entriesOf(p, '/etc/passwd').find(([name]) => name === user)?.[2] ?? user);
}

/** Somebody else, as /etc/passwd and /etc/group know them. */
function known(p: Process, user: string): Identity | undefined {
  const entry = entriesOf(p, '/etc/passwd').find(([name]) => name === user);
  if (!entry) return undefined;
  const more = entriesOf(p, '/etc/group')
    .filter(([, , , members]) => members?.split(',').includes(user))
    .map(([, , gid]) => Number(gid));
  return { uid: Number(entry[2]), gids: [...new Set([Number(entry[3]), ...more])] };
}

const unknownUser = (flavour: Flavour, user: string): string =>
  flavour === 'busybox' ? `id: unknown user ${user}\n` : `id: ‘${user}’: no such user\n`;

const id: Flavoured = (flavour) =>
  function* (p) {
    const parsed = yield* options(p, flavour, {
      flags: 'ugGnr',
      long: { user: 'u', group: 'g', groups: 'G', name: 'n', real: 'r' },
    });
    if (!parsed.ok) return parsed.error;
    const [user] = parsed.value.operands;
    const self = { uid: uidOf(p), gids: p.row.gids };
    const identity = user === undefined ? self : known(p, user);
    if (!identity) {
      yield* p.err(unknownUser(flavour, user ?? ''));
      return 1;
    }
    yield* p.out(`${textOf(p, identity, (letter) => parsed.value.has(letter))}\n`);
    return 0;
  };

function textOf(p: Process, { uid, gids }: Identity, asks: (letter: string) => boolean): string {
  const named = (path: string) => (number: number) =>
    (asks('n') && nameIn(p, path, number)) || String(number);
  if (asks('u')) return named('/etc/passwd')(uid);
  if (asks('g')) return named('/etc/group')(gids[0] ?? 0);
  if (asks('G')) return gids.map(named('/etc/group')).join(' ');
  const full = (path: string) => (number: number) => {
    const name = nameIn(p, path, number);
    return name === undefined ? String(number) : `${number}(${name})`;
  };
  const groups = gids.map(full('/etc/group'));
  return `uid=${full('/etc/passwd')(uid)} gid=${groups[0]} groups=${groups.join(',')}`;
}

const whoami: Flavoured = (flavour) =>
  function* (p): Op<number> {
    const uid = uidOf(p);
    const name = nameIn(p, '/etc/passwd', uid) ?? (uid === 0 ? 'root' : undefined);
    if (name === undefined) {
      const text =
        flavour === 'busybox' ? `unknown uid ${uid}` : `cannot find name for user ID ${uid}`;
      yield* p.err(`${nameOf(p)}: ${text}\n`);
      return 1;
    }
    yield* p.out(`${name}\n`);
    return 0;
  };

export const identityPrograms: Readonly<Record<string, Flavoured>> = { id, whoami };
