// What is mounted in one root, by mount point, and the names that the mount points add to its directories.
import type { MountKind, MountPlace } from '../api.ts';
import type { FsNode } from './nodes.ts';
import { basename, dirname } from './paths.ts';

/** `Root`: the root that a tree comes from. */
export type MountOf<Root> =
  | { readonly kind: 'virtual'; readonly node: FsNode }
  | {
      readonly kind: 'tree';
      readonly source: Root;
      readonly path: string;
      readonly opaque: boolean;
      readonly readOnly: boolean;
      readonly shown?: MountKind;
    };

export class MountTable<Root> {
  readonly #mounts = new Map<string, MountOf<Root>>();
  /** Names that mounts add to directories, with those on the way to a mount point. */
  #names = new Map<string, Set<string>>();

  get size(): number {
    return this.#mounts.size;
  }

  get(path: string): MountOf<Root> | undefined {
    return this.#mounts.get(path);
  }

  has(path: string): boolean {
    return this.#mounts.has(path);
  }

  set(path: string, mount: MountOf<Root>): void {
    this.#mounts.set(path, mount);
    this.#rename();
  }

  delete(path: string): void {
    if (this.#mounts.delete(path)) this.#rename();
  }

  clear(): void {
    this.#mounts.clear();
    this.#names.clear();
  }

  /** What stands in that directory because something is mounted there or below; undefined where nothing is. */
  namesIn(directory: string): ReadonlySet<string> | undefined {
    return this.#names.get(directory);
  }

  /** As `mount` would list them, in the order of mounting. */
  places(): MountPlace[] {
    return [...this.#mounts].map(([path, mount]) => ({
      path,
      source: mount.kind,
      readOnly: mount.kind === 'tree' && mount.readOnly,
      ...(mount.kind === 'tree' && mount.shown && { shown: mount.shown }),
    }));
  }

  #rename(): void {
    this.#names = new Map();
    for (const path of this.#mounts.keys())
      for (let at = path; at !== '/'; at = dirname(at)) {
        const names = this.#names.get(dirname(at));
        if (names) names.add(basename(at));
        else this.#names.set(dirname(at), new Set([basename(at)]));
      }
  }
}
