// The writable layer of one root: rows of the `files` collection. A whiteout row hides what the layers below have there.
//
// Mirrors: overlayfs (upper directory, whiteouts, opaque directories).
import type { Collection, Sim } from '../../sim/index.ts';
import type { FsNode } from './nodes.ts';
import { dirname, utf8Length } from './paths.ts';

/** One path in a writable layer. State: a collection row. */
export interface FileRow {
  readonly id: string;
  readonly fs: string;
  readonly path: string;
  /** Stays the same when the file is renamed; an open file finds its row by it. */
  readonly inode: number;
  readonly whiteout: boolean;
  /** A directory that shows nothing of the layers below. */
  readonly opaque: boolean;
  readonly node: FsNode;
}

/** The indexes that the `files` collection needs. */
export const fileIndexes = {
  directory: (row: FileRow) => (row.path === '/' ? undefined : `${row.fs}:${dirname(row.path)}`),
  fs: (row: FileRow) => row.fs,
  inode: (row: FileRow) => (row.whiteout ? undefined : `${row.fs}#${row.inode}`),
};

export class UpperLayer {
  readonly id: string;
  readonly #files: Collection<FileRow>;
  readonly #sim: Sim;
  readonly #prefix: string;

  constructor(id: string, files: Collection<FileRow>, sim: Sim) {
    this.id = id;
    this.#files = files;
    this.#sim = sim;
    this.#prefix = `${id}:`;
  }

  nowMillis(): number {
    return this.#sim.epochMillis + Math.floor(this.#sim.now() / 1000);
  }

  get(path: string): FileRow | undefined {
    return this.#files.get(this.#prefix + path);
  }

  byInode(inode: number): FileRow | undefined {
    return this.#files.first('inode', `${this.id}#${inode}`);
  }

  children(path: string): FileRow[] {
    return this.#files.where('directory', this.#prefix + path);
  }

  all(): FileRow[] {
    return this.#files.where('fs', this.id);
  }

  /** Writes a node at a path; keeps the inode of the file that is there. */
  put(path: string, node: FsNode, options: { inode?: number; opaque?: boolean } = {}): FileRow {
    const before = this.get(path);
    const kept = before && !before.whiteout ? before.inode : undefined;
    return this.#files.put({
      id: this.#prefix + path,
      fs: this.id,
      path,
      inode: options.inode ?? kept ?? this.#sim.count('os/inode'),
      whiteout: false,
      opaque: options.opaque ?? before?.opaque ?? false,
      node,
    });
  }

  hide(path: string): void {
    this.#files.put({
      id: this.#prefix + path,
      fs: this.id,
      path,
      inode: 0,
      whiteout: true,
      opaque: true,
      node: { type: 'file', mode: 0 },
    });
  }

  drop(path: string): void {
    this.#files.remove(this.#prefix + path);
  }

  /** Drops every row at and below a path. */
  dropTree(path: string): void {
    for (const row of this.children(path)) this.dropTree(row.path);
    this.drop(path);
  }

  bytes(): number {
    let total = 0;
    for (const row of this.all()) total += utf8Length(row.node.text ?? '');
    return total;
  }
}
