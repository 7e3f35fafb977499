// Names and numbers of the owners of files, as /etc/passwd and /etc/group of a root have them.
import type { Process } from '../os/index.ts';

export type OwnerTable = '/etc/passwd' | '/etc/group';

const entries = (p: Process, table: OwnerTable): string[][] => {
  const file = p.fs.read(table);
  return (file.ok ? file.value : '').split('\n').map((line) => line.split(':'));
};

/** The number of an owner; one that the table does not know is root. */
export function ownerNumber(p: Process, table: OwnerTable, owner: string): string {
  if (owner === 'root') return '0';
  if (/^\d+$/.test(owner)) return owner;
  return entries(p, table).find(([name]) => name === owner)?.[2] ?? '0';
}

/** The name of an owner, also of one that was given as a number; undefined: it has none. */
export function ownerName(p: Process, table: OwnerTable, owner: string): string | undefined {
  if (!/^\d+$/.test(owner)) return owner;
  return owner === '0' ? 'root' : entries(p, table).find(([, , number]) => number === owner)?.[0];
}
