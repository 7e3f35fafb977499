// A root directory: immutable layers below, a writable layer on top, and what is mounted in it.
//
// Mirrors: overlayfs over image layers, bind mounts, procfs-like virtual files. Differs: no hard links, no permission
// checks beyond the x bit (everybody is root), no access times.
import { compareText, err, ok, type Result } from '../../std/index.ts';
import type {
  FileChange,
  FileError,
  FileStat,
  FileSystem,
  MountKind,
  MountPlace,
  SpecialFile,
  VirtualEntry,
  VirtualFile,
} from '../api.ts';
import { sizeOf, textOf } from './content.ts';
import { changesOf } from './diff.ts';
import { type MountOf, MountTable } from './mount-table.ts';
import { directoryNode, type FsNode, inLayers, type TreeIndex, virtualNode } from './nodes.ts';
import { basename, dirname, isWithin, join, normalise } from './paths.ts';
import type { UpperLayer } from './upper.ts';
import { type Located, type Walked, walk } from './walk.ts';

type Place = Located<RootFileSystem>;

type Mount = MountOf<RootFileSystem>;

const done: Result<void, FileError> = ok(undefined);

/** Millis by which files of the lower layers are older than the start of the world: 30 days. */
const layerAge = 30 * 86_400_000;

export class RootFileSystem implements FileSystem {
  readonly id: string;
  readonly #upper: UpperLayer;
  readonly #layers: readonly TreeIndex[];
  readonly #epochMillis: number;
  readonly #mounts = new MountTable<RootFileSystem>();
  #readOnly = false;
  readonly #source = {
    root: (): Place => this.#root(),
    child: (parent: Place, name: string, visible: string) => this.#child(parent, name, visible),
  };

  /** `layers`: highest first. */
  constructor(upper: UpperLayer, layers: readonly TreeIndex[], epochMillis: number) {
    this.id = upper.id;
    this.#upper = upper;
    this.#layers = layers;
    this.#epochMillis = epochMillis;
  }

  resolve(cwd: string, path: string): string {
    return normalise(cwd, path);
  }

  // ---- looking --------------------------------------------------------------------------

  stat(path: string, options?: { readonly followLinks?: boolean }): Result<FileStat, FileError> {
    const follow = options?.followLinks ?? true;
    const place = this.#find(path, follow);
    if (!place.ok) return place;
    const stat = this.#statOf(place.value);
    const isLink = !follow && stat.type === 'netns' && stat.target !== undefined;
    return ok(isLink ? { ...stat, type: 'symlink', mode: 0o777 } : stat);
  }

  exists(path: string): boolean {
    return this.#find(path, true).ok;
  }

  read(path: string): Result<string, FileError> {
    const place = this.#find(path, true);
    return place.ok ? textOf(place.value.node) : place;
  }

  list(path: string): Result<readonly string[], FileError> {
    const place = this.#find(path, true);
    if (!place.ok) return place;
    if (place.value.node.type !== 'directory') return err('ENOTDIR');
    return ok([...this.#names(place.value)].sort(compareText));
  }

  realPath(path: string): Result<string, FileError> {
    const place = this.#find(path, true);
    return place.ok ? ok(place.value.visible) : place;
  }

  /** Names the file itself, whichever root it is seen from: what a socket is known by. */
  identity(path: string): string | undefined {
    const place = this.#find(path, true);
    return place.ok ? `${place.value.owner.id}:${place.value.path}` : undefined;
  }

  /** The place behind a path, for opening it. */
  lookUp(path: string): Walked<RootFileSystem> {
    return walk(this.#source, path, true);
  }

  // ---- changing -------------------------------------------------------------------------

  write(
    path: string,
    text: string,
    options?: { readonly append?: boolean; readonly mode?: number },
  ): Result<void, FileError> {
    const walked = this.lookUp(path);
    if ('error' in walked) return err(walked.error);
    if ('missing' in walked) {
      const { parent, name } = walked.missing;
      return this.create(parent, name, { type: 'file', mode: options?.mode ?? 0o644, text });
    }
    const place = walked.found;
    const { node } = place;
    if (node.type === 'directory') return err('EISDIR');
    if (place.readOnly && node.type !== 'device') return err('EROFS');
    if (node.virtual?.type === 'file')
      return node.virtual.write ? node.virtual.write(text) : err('EACCES');
    if (node.type === 'device') return done;
    if (node.type !== 'file' && node.type !== 'program') return err('EINVAL');
    const content = options?.append ? (node.text ?? '') + text : text;
    const mode = options?.mode ?? node.mode;
    place.owner.putNode(place.path, { type: 'file', mode, text: content });
    return done;
  }

  /** Makes a node of that name in a directory. */
  create(parent: Place, name: string, node: FsNode): Result<void, FileError> {
    if (parent.node.type !== 'directory') return err('ENOTDIR');
    if (parent.readOnly) return err('EROFS');
    if (parent.node.virtual) return err('EPERM');
    parent.owner.putNode(join(parent.path, name), node);
    return done;
  }

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

  mkdir(
    path: string,
    options?: { readonly parents?: boolean; readonly mode?: number },
  ): Result<void, FileError> {
    let at = '';
    if (options?.parents) {
      for (const name of path.split('/')) {
        if (name === '') continue;
        at += `/${name}`;
        const made = this.#mkdirOne(at, options.mode);
        if (!made.ok && made.error !== 'EEXIST') return made;
        if (!made.ok && !this.#isDirectory(at)) return at === path ? made : err('ENOTDIR');
      }
      return done;
    }
    return this.#mkdirOne(path, options?.mode);
  }

  #mkdirOne(path: string, mode = 0o755): Result<void, FileError> {
    const walked = walk(this.#source, path, false);
    if ('error' in walked) return err(walked.error);
    if ('found' in walked) return err('EEXIST');
    return this.create(walked.missing.parent, walked.missing.name, { type: 'directory', mode });
  }

  remove(path: string, options?: { readonly recursive?: boolean }): Result<void, FileError> {
    const found = this.#find(path, false);
    if (!found.ok) return found;
    const place = found.value;
    if (place.visible === '/') return err('EBUSY');
    // What is mounted says nothing of the directory that its mount point is in.
    if (this.#mounts.has(place.visible))
      return err(this.#isReadOnly(dirname(place.visible)) ? 'EROFS' : 'EBUSY');
    if (place.readOnly) return err('EROFS');
    if (place.node.virtual || this.#isImplied(place)) return err('EPERM');
    if (place.node.type === 'directory' && !options?.recursive && this.#names(place).size > 0)
      return err('ENOTEMPTY');
    place.owner.#erase(place);
    return done;
  }

  #erase(place: Place): void {
    this.#upper.dropTree(place.path);
    if (!place.opaque && inLayers(this.#layers, place.path)) this.#upper.hide(place.path);
  }

  rename(from: string, to: string): Result<void, FileError> {
    const source = this.#find(from, false);
    if (!source.ok) return source;
    const target = walk(this.#source, to, false);
    if ('error' in target) return err(target.error);
    const into = 'found' in target ? target.found : target.missing.parent;
    if (source.value.readOnly || into.readOnly) return err('EROFS');
    if (isWithin(to, from)) return from === to ? done : err('EINVAL');
    if (source.value.node.virtual || this.#mounts.has(source.value.visible)) return err('EBUSY');
    let parent: Place;
    if ('found' in target) {
      const clash = this.#clash(source.value, target.found);
      if (clash) return err(clash);
      target.found.owner.#erase(target.found);
      const up = this.#find(dirname(target.found.visible), true);
      if (!up.ok) return up;
      parent = up.value;
    } else parent = target.missing.parent;
    if (parent.node.virtual) return err('EPERM');
    parent.owner.#adopt(join(parent.path, basename(to)), source.value, this);
    source.value.owner.#erase(source.value);
    return done;
  }

  #clash(source: Place, target: Place): FileError | undefined {
    const directory = target.node.type === 'directory';
    if (directory && source.node.type !== 'directory') return 'EISDIR';
    if (!directory && source.node.type === 'directory') return 'ENOTDIR';
    return directory && this.#names(target).size > 0 ? 'ENOTEMPTY' : undefined;
  }

  /** Takes a file or tree over from another place; files of this root keep their inodes. */
  #adopt(path: string, place: Place, root: RootFileSystem): void {
    const inode = place.owner === this ? this.#upper.get(place.path)?.inode : undefined;
    const opaque = place.node.type === 'directory';
    const children = opaque ? [...root.#names(place)] : [];
    const moved = children.flatMap((name) => {
      const child = root.#child(place, name, join(place.visible, name));
      return child ? [{ name, child }] : [];
    });
    if (inode) this.#upper.drop(place.path);
    this.putNode(path, place.node, { ...(inode && { inode }), opaque });
    for (const { name, child } of moved) this.#adopt(join(path, name), child, root);
  }

  symlink(target: string, path: string): Result<void, FileError> {
    return this.#make(path, { type: 'symlink', mode: 0o777, target });
  }

  place(path: string, node: SpecialFile): Result<void, FileError> {
    return this.#make(path, virtualNode(node));
  }

  #make(path: string, node: FsNode): Result<void, FileError> {
    const walked = walk(this.#source, path, false);
    if ('error' in walked) return err(walked.error);
    if ('found' in walked) return err('EEXIST');
    return this.create(walked.missing.parent, walked.missing.name, node);
  }

  chmod(path: string, mode: number): Result<void, FileError> {
    return this.#change(path, { mode });
  }

  chown(path: string, owner: string, group: string): Result<void, FileError> {
    return this.#change(path, { owner, group });
  }

  setModified(path: string, millis: number): Result<void, FileError> {
    return this.#change(path, { modifiedMillis: millis });
  }

  #change(path: string, fields: Partial<FsNode>): Result<void, FileError> {
    const place = this.#find(path, true);
    if (!place.ok) return place;
    if (place.value.readOnly) return err('EROFS');
    if (place.value.node.virtual) return err('EPERM');
    place.value.owner.putNode(place.value.path, { ...place.value.node, ...fields });
    return done;
  }

  // ---- mounts ---------------------------------------------------------------------------

  mountVirtual(path: string, node: VirtualFile): void {
    this.#mount(path, { kind: 'virtual', node: virtualNode(node) });
  }

  mountTree(
    path: string,
    source: FileSystem,
    sourcePath: string,
    options?: { readonly shown?: MountKind; readonly readOnly?: boolean },
  ): void {
    const shown = options?.shown;
    const real = (source as RootFileSystem).#find(sourcePath, true);
    const at = real.ok ? real.value : undefined;
    this.#mount(path, {
      kind: 'tree',
      source: at?.owner ?? (source as RootFileSystem),
      path: at?.path ?? sourcePath,
      opaque: at?.opaque ?? false,
      readOnly: (options?.readOnly || at?.readOnly) ?? false,
      ...(shown && { shown }),
    });
  }

  get readOnly(): boolean {
    return this.#readOnly;
  }

  remount(options: { readonly readOnly: boolean }): void {
    this.#readOnly = options.readOnly;
  }

  #mount(path: string, mount: Mount): void {
    this.#mounts.set(this.#mountPoint(path), mount);
  }

  /** The path with the links of that part of it which exists followed. */
  #mountPoint(path: string): string {
    const real = this.#find(path, true);
    if (real.ok) return real.value.visible;
    return path === '/' ? path : join(this.#mountPoint(dirname(path)), basename(path));
  }

  unmount(path: string): void {
    const real = this.#find(path, true);
    this.#mounts.delete(path);
    if (real.ok) this.#mounts.delete(real.value.visible);
  }

  mounts(): readonly MountPlace[] {
    return this.#mounts.places();
  }

  // ---- the writable layer as a whole ------------------------------------------------------

  changes(): readonly FileChange[] {
    return changesOf(this.#upper.all(), (path) => inLayers(this.#layers, path) !== undefined);
  }

  upperBytes(): number {
    return this.#upper.bytes();
  }

  discard(): void {
    for (const row of this.#upper.all()) this.#upper.drop(row.path);
    this.#mounts.clear();
  }

  // ---- walking --------------------------------------------------------------------------

  #find(path: string, follow: boolean): Result<Place, FileError> {
    const walked = walk(this.#source, path, follow);
    if ('found' in walked) return ok(walked.found);
    return err('error' in walked ? walked.error : 'ENOENT');
  }

  #isDirectory(path: string): boolean {
    const place = this.#find(path, true);
    return place.ok && place.value.node.type === 'directory';
  }

  #isReadOnly(path: string): boolean {
    const place = this.#find(path, true);
    return place.ok && place.value.readOnly;
  }

  #root(): Place {
    const readOnly = this.#readOnly;
    return (
      this.#mounted('/') ?? this.#own('/', '/', false, readOnly) ?? this.#implied('/', readOnly)
    );
  }

  #implied(visible: string, readOnly: boolean): Place {
    return { owner: this, path: visible, visible, node: directoryNode, opaque: false, readOnly };
  }

  /** A directory that is there only because something is mounted below it. */
  #isImplied(place: Place): boolean {
    return this.#mounts.namesIn(place.visible) !== undefined;
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
      found ?? (this.#mounts.namesIn(visible) ? this.#implied(visible, parent.readOnly) : undefined)
    );
  }

  #virtualPlace(parent: Place, entry: VirtualEntry, visible: string): Place {
    const node = virtualNode(entry);
    const { owner, readOnly } = parent;
    return { owner, path: visible, visible, node, opaque: false, readOnly };
  }

  #mounted(visible: string): Place | undefined {
    return this.#mounts.size === 0 ? undefined : this.#mountedAt(visible, visible);
  }

  /** What is mounted in this root at `path`, shown at `visible` of the root that asks. */
  #mountedAt(path: string, visible: string): Place | undefined {
    const mount = this.#mounts.get(path);
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

  #names(place: Place): Set<string> {
    const names = new Set<string>();
    const { virtual } = place.node;
    if (virtual?.type === 'directory') for (const name of virtual.entries().keys()) names.add(name);
    else place.owner.#ownNames(place, names);
    for (const name of this.#mounts.namesIn(place.visible) ?? []) names.add(name);
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
    for (const name of this.#mounts.namesIn(place.path) ?? []) names.add(name);
  }

  #statOf(place: Place): FileStat {
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
}
