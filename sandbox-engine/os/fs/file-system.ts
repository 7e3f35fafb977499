// A root directory by its paths: what programs may do with files, and why not (open(2), mkdir(2), rename(2), mount(2) …).
//
// Differs: no hard links, no access times.
import { compareText, err, ok, type Result } from '../../std/index.ts';
import type {
  FileChange,
  FileError,
  FileStat,
  FileSystem,
  MountKind,
  MountPlace,
  SpecialFile,
  VirtualFile,
} from '../api.ts';
import { type Asker, readBit, writeBit } from './access.ts';
import { textOf } from './content.ts';
import type { MountOf } from './mount-table.ts';
import { type FsNode, type TreeIndex, virtualNode } from './nodes.ts';
import { basename, dirname, isWithin, join, normalise } from './paths.ts';
import { createIn, type Place, RootTree } from './root-tree.ts';
import type { UpperLayer } from './upper.ts';
import type { Walked } from './walk.ts';

type Mount = MountOf<RootTree>;

const done: Result<void, FileError> = ok(undefined);

export class RootFileSystem implements FileSystem {
  readonly id: string;
  readonly #tree: RootTree;

  /** `layers`: highest first. `epochMillis`: the start of the world. `asks`: the process that asks, if it is held to rules. */
  constructor(
    upper: UpperLayer,
    layers: readonly TreeIndex[],
    epochMillis: number,
    asks: (fs: FileSystem) => Asker | undefined = () => undefined,
  ) {
    this.id = upper.id;
    this.#tree = new RootTree(upper, layers, epochMillis, () => asks(this));
  }

  /** May whoever asks read (4) or write (2) what is there? */
  permits(place: Place, bits: number): boolean {
    return this.#tree.gate.permits(place.node, bits);
  }

  /** Makes a node of that name in a directory. */
  create(parent: Place, name: string, node: FsNode): Result<void, FileError> {
    return createIn(this.#tree, parent, name, node);
  }

  resolve(cwd: string, path: string): string {
    return normalise(cwd, path);
  }

  // ---- looking --------------------------------------------------------------------------

  stat(path: string, options?: { readonly followLinks?: boolean }): Result<FileStat, FileError> {
    const follow = options?.followLinks ?? true;
    const place = this.#tree.find(path, follow);
    if (!place.ok) return place;
    const stat = this.#tree.statOf(place.value);
    const isLink = !follow && stat.type === 'netns' && stat.target !== undefined;
    return ok(isLink ? { ...stat, type: 'symlink', mode: 0o777 } : stat);
  }

  exists(path: string): boolean {
    return this.#tree.find(path, true).ok;
  }

  read(path: string): Result<string, FileError> {
    const place = this.#tree.find(path, true);
    if (!place.ok) return place;
    return this.permits(place.value, readBit) ? textOf(place.value.node) : err('EACCES');
  }

  list(path: string): Result<readonly string[], FileError> {
    const place = this.#tree.find(path, true);
    if (!place.ok) return place;
    if (place.value.node.type !== 'directory') return err('ENOTDIR');
    if (!this.permits(place.value, readBit)) return err('EACCES');
    return ok([...this.#tree.names(place.value)].sort(compareText));
  }

  realPath(path: string): Result<string, FileError> {
    const place = this.#tree.find(path, true);
    return place.ok ? ok(place.value.visible) : place;
  }

  /** Names the file itself, whichever root it is seen from: what a socket is known by. */
  identity(path: string): string | undefined {
    const place = this.#tree.find(path, true);
    return place.ok ? `${place.value.owner.id}:${place.value.path}` : undefined;
  }

  /** The place behind a path, for opening it. */
  lookUp(path: string): Walked<RootTree> {
    return this.#tree.walk(path, true);
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
    if (!this.permits(place, writeBit)) return err('EACCES');
    if (place.readOnly && node.type !== 'device') return err('EROFS');
    if (node.virtual?.type === 'file')
      return node.virtual.write ? node.virtual.write(text) : err('EACCES');
    if (node.type === 'device') return done;
    if (node.type !== 'file' && node.type !== 'program') return err('EINVAL');
    const content = options?.append ? (node.text ?? '') + text : text;
    const mode = options?.mode ?? node.mode;
    const { owner, group } = node;
    place.owner.putNode(place.path, { type: 'file', mode, text: content, owner, group });
    return done;
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
        if (!made.ok && !this.#tree.isDirectory(at)) return at === path ? made : err('ENOTDIR');
      }
      return done;
    }
    return this.#mkdirOne(path, options?.mode);
  }

  #mkdirOne(path: string, mode = 0o755): Result<void, FileError> {
    const walked = this.#tree.walk(path, false);
    if ('error' in walked) return err(walked.error);
    if ('found' in walked) return err('EEXIST');
    return this.create(walked.missing.parent, walked.missing.name, { type: 'directory', mode });
  }

  remove(path: string, options?: { readonly recursive?: boolean }): Result<void, FileError> {
    const found = this.#tree.find(path, false);
    if (!found.ok) return found;
    const place = found.value;
    if (place.visible === '/') return err('EBUSY');
    // What is mounted says nothing of the directory that its mount point is in.
    if (this.#tree.mounts.has(place.visible))
      return err(this.#tree.isReadOnly(dirname(place.visible)) ? 'EROFS' : 'EBUSY');
    if (place.readOnly) return err('EROFS');
    if (place.node.virtual || this.#tree.isImplied(place)) return err('EPERM');
    const refused = this.#tree.refusesTaking(place);
    if (refused) return err(refused);
    if (place.node.type === 'directory' && !options?.recursive && this.#tree.names(place).size > 0)
      return err('ENOTEMPTY');
    place.owner.erase(place);
    return done;
  }

  rename(from: string, to: string): Result<void, FileError> {
    const source = this.#tree.find(from, false);
    if (!source.ok) return source;
    const target = this.#tree.walk(to, false);
    if ('error' in target) return err(target.error);
    const into = 'found' in target ? target.found : target.missing.parent;
    if (source.value.readOnly || into.readOnly) return err('EROFS');
    if (isWithin(to, from)) return from === to ? done : err('EINVAL');
    if (source.value.node.virtual || this.#tree.mounts.has(source.value.visible))
      return err('EBUSY');
    const refused = this.#tree.refusesTaking(source.value);
    if (refused) return err(refused);
    let parent: Place;
    if ('found' in target) {
      const clash =
        this.#tree.refusesTaking(target.found) ?? this.#clash(source.value, target.found);
      if (clash) return err(clash);
      const up = this.#tree.find(dirname(target.found.visible), true);
      if (!up.ok) return up;
      parent = up.value;
    } else parent = target.missing.parent;
    if (parent.node.virtual) return err('EPERM');
    if (!this.permits(parent, writeBit)) return err('EACCES');
    // Nothing is refused any more: what stood there goes.
    if ('found' in target) target.found.owner.erase(target.found);
    parent.owner.adopt(join(parent.path, basename(to)), source.value, this.#tree);
    source.value.owner.erase(source.value);
    return done;
  }

  #clash(source: Place, target: Place): FileError | undefined {
    const directory = target.node.type === 'directory';
    if (directory && source.node.type !== 'directory') return 'EISDIR';
    if (!directory && source.node.type === 'directory') return 'ENOTDIR';
    return directory && this.#tree.names(target).size > 0 ? 'ENOTEMPTY' : undefined;
  }

  symlink(target: string, path: string): Result<void, FileError> {
    return this.#make(path, { type: 'symlink', mode: 0o777, target });
  }

  place(path: string, node: SpecialFile): Result<void, FileError> {
    return this.#make(path, virtualNode(node));
  }

  #make(path: string, node: FsNode): Result<void, FileError> {
    const walked = this.#tree.walk(path, false);
    if ('error' in walked) return err(walked.error);
    if ('found' in walked) return err('EEXIST');
    return this.create(walked.missing.parent, walked.missing.name, node);
  }

  chmod(path: string, mode: number): Result<void, FileError> {
    return this.#change(path, { mode }, 'FOWNER');
  }

  chown(path: string, owner: string, group: string): Result<void, FileError> {
    return this.#change(path, { owner, group }, 'CHOWN');
  }

  setModified(path: string, millis: number): Result<void, FileError> {
    return this.#change(path, { modifiedMillis: millis }, 'write');
  }

  /** `right`: the capability that overrules ownership, or `write`: whoever may write may do it too. */
  #change(
    path: string,
    fields: Partial<FsNode>,
    right: 'FOWNER' | 'CHOWN' | 'write',
  ): Result<void, FileError> {
    const place = this.#tree.find(path, true);
    if (!place.ok) return place;
    if (place.value.readOnly) return err('EROFS');
    if (place.value.node.virtual) return err('EPERM');
    const refused = this.#tree.gate.refusesChange(place.value.node, right);
    if (refused) return err(refused);
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
    const real = (source as RootFileSystem).#tree.find(sourcePath, true);
    const at = real.ok ? real.value : undefined;
    this.#mount(path, {
      kind: 'tree',
      source: at?.owner ?? (source as RootFileSystem).#tree,
      path: at?.path ?? sourcePath,
      opaque: at?.opaque ?? false,
      readOnly: (options?.readOnly || at?.readOnly) ?? false,
      ...(shown && { shown }),
    });
  }

  get readOnly(): boolean {
    return this.#tree.readOnly;
  }

  remount(options: { readonly readOnly: boolean }): void {
    this.#tree.readOnly = options.readOnly;
  }

  #mount(path: string, mount: Mount): void {
    this.#tree.mounts.set(this.#mountPoint(path), mount);
  }

  /** The path with the links of that part of it which exists followed. */
  #mountPoint(path: string): string {
    const real = this.#tree.find(path, true);
    if (real.ok) return real.value.visible;
    return path === '/' ? path : join(this.#mountPoint(dirname(path)), basename(path));
  }

  unmount(path: string): void {
    const real = this.#tree.find(path, true);
    this.#tree.mounts.delete(path);
    if (real.ok) this.#tree.mounts.delete(real.value.visible);
  }

  mounts(): readonly MountPlace[] {
    return this.#tree.mounts.places();
  }

  // ---- the writable layer as a whole ------------------------------------------------------

  changes(): readonly FileChange[] {
    return this.#tree.changes();
  }

  upperBytes(): number {
    return this.#tree.upperBytes();
  }

  discard(): void {
    this.#tree.discard();
  }
}
