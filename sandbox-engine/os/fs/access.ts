// Who may do what with a file: owner, group and others, the sticky bit, and the capabilities that overrule them.
//
// Mirrors: fs/namei.c (acl_permission_check, generic_permission, check_sticky), capabilities(7). Differs: no access
// control lists; owners are names, looked up in /etc/passwd and /etc/group of the root that is asked.
import type { FsNode } from './nodes.ts';

/** The process that asks. Nobody: the engine itself, and root with all its capabilities, who may do everything. */
export interface Asker {
  readonly user: string;
  /** Numbers of its groups, the primary one first. */
  readonly gids: readonly number[];
  /** Without `CAP_`; only root has any. */
  readonly capabilities: ReadonlySet<string>;
}

export const readBit = 4;
export const writeBit = 2;
export const searchBit = 1;

/** The number of a name in /etc/passwd or /etc/group; a number stands for itself. */
function numberIn(table: string, name: string): number | undefined {
  if (name === 'root') return 0;
  if (/^\d+$/.test(name)) return Number(name);
  const entry = table.split('\n').find((line) => line.startsWith(`${name}:`));
  const number = entry?.split(':')[2];
  return number === undefined ? undefined : Number(number);
}

/** The name of a number there, or the number as text. */
function nameIn(table: string, number: number): string {
  if (number === 0) return 'root';
  const entry = table.split('\n').find((line) => line.split(':')[2] === String(number));
  return entry?.split(':')[0] ?? String(number);
}

/** The tables of the root that is asked. */
interface Names {
  readonly passwd: string;
  readonly group: string;
}

function owns({ passwd }: Names, asker: Asker, node: FsNode): boolean {
  const owner = node.owner ?? 'root';
  return owner === asker.user || numberIn(passwd, owner) === numberIn(passwd, asker.user);
}

/** May it read (4), write (2), search or run (1)? */
function permits(names: Names, asker: Asker, node: FsNode, bits: number): boolean {
  const isDirectory = node.type === 'directory';
  if (asker.capabilities.has('DAC_OVERRIDE')) return true;
  if (
    asker.capabilities.has('DAC_READ_SEARCH') &&
    (bits === readBit || isDirectory) &&
    bits !== writeBit
  )
    return true;
  const group = numberIn(names.group, node.group ?? 'root');
  const shift = owns(names, asker, node)
    ? 6
    : group !== undefined && asker.gids.includes(group)
      ? 3
      : 0;
  return ((node.mode >> shift) & bits) === bits;
}

const sticky = 0o1000;

/** In a directory with the sticky bit only the owner of the entry, or of the directory, may remove or rename it. */
const isStuck = (names: Names, asker: Asker, directory: FsNode, entry: FsNode): boolean =>
  (directory.mode & sticky) !== 0 &&
  !asker.capabilities.has('FOWNER') &&
  !owns(names, asker, directory) &&
  !owns(names, asker, entry);

/** What whoever asks a root may do in it. */
export class Gate {
  readonly #asks: () => Asker | undefined;
  readonly #tables: () => Names;

  /** `asks`: nobody where all is allowed. `tables`: /etc/passwd and /etc/group of the root. */
  constructor(asks: () => Asker | undefined, tables: () => Names) {
    this.#asks = asks;
    this.#tables = tables;
  }

  /** Nothing is refused at the moment. */
  get isOpen(): boolean {
    return this.#asks() === undefined;
  }

  permits(node: FsNode, bits: number): boolean {
    const asker = this.#asks();
    return asker === undefined || permits(this.#tables(), asker, node, bits);
  }

  /** Why an entry may not be taken out of its directory. */
  refusesTaking(directory: FsNode, entry: FsNode): 'EACCES' | 'EPERM' | undefined {
    const asker = this.#asks();
    if (!asker) return undefined;
    if (!this.permits(directory, writeBit)) return 'EACCES';
    return isStuck(this.#tables(), asker, directory, entry) ? 'EPERM' : undefined;
  }

  /** Why a node's attributes may not be changed. `write`: whoever may write it may set its times too. */
  refusesChange(node: FsNode, right: 'FOWNER' | 'CHOWN' | 'write'): 'EACCES' | 'EPERM' | undefined {
    const asker = this.#asks();
    if (!asker || asker.capabilities.has(right)) return undefined;
    if (right === 'CHOWN') return 'EPERM';
    if (owns(this.#tables(), asker, node) || asker.capabilities.has('FOWNER')) return undefined;
    if (right === 'FOWNER') return 'EPERM';
    return this.permits(node, writeBit) ? undefined : 'EACCES';
  }

  /** What whoever asks makes is theirs and their group's. */
  ownership(): Pick<FsNode, 'owner' | 'group'> {
    const asker = this.#asks();
    if (!asker) return {};
    return { owner: asker.user, group: nameIn(this.#tables().group, asker.gids[0] ?? 0) };
  }
}
