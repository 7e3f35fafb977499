// What one root shows at each place: its image layers, its writable layer on top, and what is mounted in it. Places know
// the root that owns them, so that a change goes to the right writable layer wherever it is seen.
//
// Mirrors: overlayfs over image layers (upper directory, whiteouts, copy-up), bind mounts.
import { err, ok, type Result } from '../../std/index.ts';
import type { FileChange, FileError, FileStat, VirtualEntry } from '../api.ts';
import { type Asker, Gate, searchBit, writeBit } from './access.ts';
import { sizeOf } from './content.ts';
import { changesOf } from './diff.ts';
import { MountTable } from './mount-table.ts';
import { directoryNode, type FsNode, inLayers, type TreeIndex, virtualNode } from './nodes.ts';
import { basename, dirname, join } from './paths.ts';
import type { UpperLayer } from './upper.ts';
import { type Located, type Walked, walk } from './walk.ts';

export type Place = Located<RootTree>;

/** Millis by which files of the lower layers are older than the start of the world: 30 days. */
const layerAge = 30 * 86_400_000;

export class RootTree {
  readonly id: string;
  readonly mounts = new MountTable<RootTree>();
  readOnly = false;
  readonly #upper: UpperLayer;
  readonly #layers: readonly TreeIndex[];
  readonly #epochMillis: number;
  /** What whoever asks may do here. */
  readonly gate: Gate;
  readonly #source = {
    guard: () => (this.gate.isOpen ? undefined : this.#maySearch),
    root: (): Place => this.#root(),
    child: (parent: Place, name: string, visible: string) => this.#child(parent, name, visible),
  };

  /**
   * `layers`: highest first. `epochMillis`: the start of the world. `asks`: the process that asks at the moment, where it
   * may not do everything.
   */
  constructor(
    upper: UpperLayer,
    layers: readonly TreeIndex[],
    epochMillis: number,
    asks: () => Asker | undefined,
  ) {
    this.id = upper.id;
    this.#upper = upper;
    this.#layers = layers;
    this.#epochMillis = epochMillis;
    const text = (path: string): string => this.#own(path, path, false, false)?.node.text ?? '';
    this.gate = new Gate(asks, () => ({ passwd: text('/etc/passwd'), group: text('/etc/group') }));
  }

  readonly #maySearch = (directory: Place): boolean => this.gate.permits(directory.node, searchBit);

  // ---- places ---------------------------------------------------------------------------

  walk(path: string, follow: boolean): Walked<RootTree> {
    return walk(this.#source, path, follow);
  }

  find(path: string, follow: boolean): Result<Place, FileError> {
    const walked = this.walk(path, follow);
    if ('found' in walked) return ok(walked.found);
    return err('error' in walked ? walked.error : 'ENOENT');
  }

  isDirectory(path: string): boolean {
    const place = this.find(path, true);
    return place.ok && place.value.node.type === 'directory';
  }

  isReadOnly(path: string): boolean {
    const place = this.find(path, true);
    return place.ok && place.value.readOnly;
  }

  #root(): Place {
    const readOnly = this.readOnly;
    return (
      this.#mounted('/') ?? this.#own('/', '/', false, readOnly) ?? this.#implied('/', readOnly)
    );
  }

  #implied(visible: string, readOnly: boolean): Place {
    return { owner: this, path: visible, visible, node: directoryNode, opaque: false, readOnly };
  }

  /** A directory that is there only because something is mounted below it. */
  isImplied(place: Place): boolean {
    return this.mounts.namesIn(place.visible) !== undefined;
  }

  #child(parent: Place, name: string, visible: string): Place | undefined {
    const mounted = this.#mounted(visible);
    if (mounted) return mounted;
    const { virtual } = parent.node;
    let found: Place | undefined;
    if (virtual) {
      const entry = virtual.type === 'directory' ? virtual.entries().get(name) : undefined;
      if (entry) found = this.#virtualPlace(parent, entry, visible);
    } else {
      const path = join(parent.path, name);
      found = parent.owner === this ? undefined : parent.owner.#mountedAt(path, visible);
      // A read-only bind is so with all that is mounted below its source (MOUNT_ATTR_RDONLY, recursively).
      if (found && parent.readOnly) found = { ...found, readOnly: true };
      found ??= parent.owner.#own(path, visible, parent.opaque, parent.readOnly);
    }
    return (
      found ?? (this.mounts.namesIn(visible) ? this.#implied(visible, parent.readOnly) : undefined)
    );
  }

  #virtualPlace(parent: Place, entry: VirtualEntry, visible: string): Place {
    const node = virtualNode(entry);
    const { owner, readOnly } = parent;
    return { owner, path: visible, visible, node, opaque: false, readOnly };
  }

  #mounted(visible: string): Place | undefined {
    return this.mounts.size === 0 ? undefined : this.#mountedAt(visible, visible);
  }

  /** What is mounted in this root at `path`, shown at `visible` of the root that asks. */
  #mountedAt(path: string, visible: string): Place | undefined {
    const mount = this.mounts.get(path);
    if (!mount) return undefined;
    if (mount.kind === 'virtual')
      return {
        owner: this,
        path: visible,
        visible,
        node: mount.node,
        opaque: false,
        readOnly: false,
      };
    return mount.source.#own(mount.path, visible, mount.opaque, mount.readOnly);
  }

  /** The node of this root's own layers at a path. */
  #own(path: string, visible: string, opaque: boolean, readOnly: boolean): Place | undefined {
    const row = this.#upper.get(path);
    if (row?.whiteout) return undefined;
    if (row) {
      const { node } = row;
      return { owner: this, path, visible, node, opaque: opaque || row.opaque, readOnly };
    }
    const node = opaque ? undefined : inLayers(this.#layers, path);
    return node && { owner: this, path, visible, node, opaque, readOnly };
  }

  names(place: Place): Set<string> {
    const names = new Set<string>();
    const { virtual } = place.node;
    if (virtual?.type === 'directory') for (const name of virtual.entries().keys()) names.add(name);
    else place.owner.#ownNames(place, names);
    for (const name of this.mounts.namesIn(place.visible) ?? []) names.add(name);
    return names;
  }

  #ownNames(place: Place, names: Set<string>): void {
    if (!place.opaque)
      for (const layer of this.#layers)
        for (const name of layer.children.get(place.path) ?? []) names.add(name);
    for (const row of this.#upper.children(place.path)) {
      if (row.whiteout) names.delete(basename(row.path));
      else names.add(basename(row.path));
    }
    for (const name of this.mounts.namesIn(place.path) ?? []) names.add(name);
  }

  statOf(place: Place): FileStat {
    const { node } = place;
    return {
      type: node.type,
      path: place.visible,
      size: sizeOf(node),
      mode: node.mode,
      modifiedMillis: node.modifiedMillis ?? this.#epochMillis - layerAge,
      owner: node.owner ?? 'root',
      group: node.group ?? 'root',
      ...(node.target !== undefined && { target: node.target }),
      ...(node.program !== undefined && { program: node.program }),
      ...(node.netns !== undefined && { netns: node.netns }),
      ...(place.readOnly && { readOnly: true }),
    };
  }

  // ---- the writable layer ---------------------------------------------------------------

  /** Writes a node into the writable layer, dated now. */
  putNode(path: string, node: FsNode, options?: { inode?: number; opaque?: boolean }): number {
    const dated = { ...node, modifiedMillis: node.modifiedMillis ?? this.#upper.nowMillis() };
    return this.#upper.put(path, dated, options).inode;
  }

  /** The inode of a file in the writable layer; files of the layers below have none. */
  inodeOf(path: string): number | undefined {
    const row = this.#upper.get(path);
    return row && !row.whiteout ? row.inode : undefined;
  }

  /** The same; a file of the layers below is copied up first. */
  inodeFor(path: string, node: FsNode): number {
    return this.inodeOf(path) ?? this.putNode(path, node);
  }

  /** The file of that inode, wherever it has been renamed to; undefined when it has been removed. */
  byInode(inode: number): { readonly path: string; readonly node: FsNode } | undefined {
    return this.#upper.byInode(inode);
  }

  /** Why whoever asks may not take an entry out of its directory. */
  refusesTaking(place: Place): FileError | undefined {
    if (this.gate.isOpen) return undefined;
    const parent = this.find(dirname(place.visible), true);
    return parent.ok ? this.gate.refusesTaking(parent.value.node, place.node) : parent.error;
  }

  /** Takes a place of this root away, with all below it. */
  erase(place: Place): void {
    this.#upper.dropTree(place.path);
    if (!place.opaque && inLayers(this.#layers, place.path)) this.#upper.hide(place.path);
  }

  /** Takes a file or tree over from another place; files of this root keep their inodes. */
  adopt(path: string, place: Place, root: RootTree): void {
    const inode = place.owner === this ? this.#upper.get(place.path)?.inode : undefined;
    const opaque = place.node.type === 'directory';
    const children = opaque ? [...root.names(place)] : [];
    const moved = children.flatMap((name) => {
      const child = root.#child(place, name, join(place.visible, name));
      return child ? [{ name, child }] : [];
    });
    if (inode) this.#upper.drop(place.path);
    this.putNode(path, place.node, { ...(inode && { inode }), opaque });
    for (const { name, child } of moved) this.adopt(join(path, name), child, root);
  }

  changes(): readonly FileChange[] {
    return changesOf(this.#upper.all(), (path) => inLayers(this.#layers, path) !== undefined);
  }

  upperBytes(): number {
    return this.#upper.bytes();
  }

  discard(): void {
    for (const row of this.#upper.all()) this.#upper.drop(row.path);
    this.mounts.clear();
  }
}

/** Makes a node of that name in a directory. `asked`: the root through whose paths it is seen. */
export function createIn(
  asked: RootTree,
  parent: Place,
  name: string,
  node: FsNode,
): Result<void, FileError> {
  if (parent.node.type !== 'directory') return err('ENOTDIR');
  if (parent.readOnly) return err('EROFS');
  if (parent.node.virtual) return err('EPERM');
  if (!asked.gate.permits(parent.node, writeBit)) return err('EACCES');
  parent.owner.putNode(join(parent.path, name), { ...asked.gate.ownership(), ...node });
  return ok(undefined);
}
