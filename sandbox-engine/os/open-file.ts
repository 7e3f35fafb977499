// Open regular files, virtual files and devices.
import { limits, type Sim } from '../sim/index.ts';
import { err, ok, type Result } from '../std/index.ts';
import type { FileError, OpenFile, OpenMode } from './api.ts';
import { readBit, writeBit } from './fs/access.ts';
import { textOf } from './fs/content.ts';
import type { RootFileSystem } from './fs/file-system.ts';
import type { DeviceName, FsNode } from './fs/nodes.ts';
import type { Place, RootTree } from './fs/root-tree.ts';

/**
 * /dev/null, /dev/zero, /dev/full, /dev/urandom: they never block and need no counting.
 * Differs: zeros and random bytes end after `limits.textLength`.
 */
export class DeviceFile implements OpenFile {
  readonly kind = 'null';
  readonly readKey = 'device:read';
  readonly writeKey = 'device:write';
  readonly #device: DeviceName;
  readonly #sim: Sim;
  #given = 0;
  writeError: 'ENOSPC' | undefined;

  constructor(sim: Sim, device: DeviceName) {
    this.#sim = sim;
    this.#device = device;
  }

  read(max: number = limits.pipeCapacity): string | null {
    if (this.#device === 'null' || this.#device === 'tty') return null;
    this.#given += max;
    if (this.#given > limits.textLength) return null;
    if (this.#device !== 'random') return '\0'.repeat(max);
    const rng = this.#sim.rng('os/urandom');
    let text = '';
    for (let i = 0; i < Math.min(max, 4096); i += 1) text += String.fromCharCode(rng.below(256));
    return text;
  }

  write(text: string): number {
    this.writeError = this.#device === 'full' ? 'ENOSPC' : undefined;
    return text.length;
  }

  retain(): OpenFile {
    return this;
  }

  release(): void {}
}

/** A file of the writable layer or of the layers below, read and written at an offset (in characters). */
class RegularFile implements OpenFile {
  readonly kind = 'file';
  readonly readKey = 'file:read';
  readonly writeKey = 'file:write';
  readonly #tree: RootTree;
  readonly #lower: FsNode | undefined;
  readonly #inode: number | undefined;
  readonly #append: boolean;
  #offset = 0;
  /** The content of a file that has been removed while open. */
  #orphan = '';
  writeError: 'ENOSPC' | undefined;

  constructor(
    tree: RootTree,
    inode: number | undefined,
    lower: FsNode | undefined,
    append: boolean,
  ) {
    this.#tree = tree;
    this.#inode = inode;
    this.#lower = lower;
    this.#append = append;
  }

  #current(): { readonly path: string; readonly node: FsNode } | undefined {
    return this.#inode === undefined ? undefined : this.#tree.byInode(this.#inode);
  }

  #text(): string {
    const node = this.#lower ?? this.#current()?.node;
    if (!node) return this.#orphan;
    const text = textOf(node);
    return text.ok ? text.value : '';
  }

  read(max: number = limits.pipeCapacity): string | null {
    const text = this.#text().slice(this.#offset, this.#offset + max);
    this.#offset += text.length;
    return text === '' ? null : text;
  }

  write(text: string): number {
    const before = this.#text();
    this.writeError = before.length + text.length > limits.textLength ? 'ENOSPC' : undefined;
    if (this.writeError) return text.length;
    if (this.#append || this.#offset > before.length) this.#offset = before.length;
    const after =
      this.#offset === before.length
        ? before + text
        : before.slice(0, this.#offset) + text + before.slice(this.#offset + text.length);
    this.#offset += text.length;
    const current = this.#current();
    if (current)
      this.#tree.putNode(current.path, {
        ...current.node,
        type: 'file',
        text: after,
        modifiedMillis: undefined,
      });
    else this.#orphan = after;
    return text.length;
  }

  retain(): OpenFile {
    return this;
  }

  release(): void {}
}

/** A file whose content is computed: read as it was when opened, each write handed on. */
class ComputedFile implements OpenFile {
  readonly kind = 'file';
  readonly readKey = 'file:read';
  readonly writeKey = 'file:write';
  readonly #text: string;
  readonly #set: ((text: string) => Result<void, FileError>) | undefined;
  #offset = 0;
  writeError: FileError | undefined;

  constructor(text: string, set: ((text: string) => Result<void, FileError>) | undefined) {
    this.#text = text;
    this.#set = set;
  }

  read(max: number = limits.pipeCapacity): string | null {
    const text = this.#text.slice(this.#offset, this.#offset + max);
    this.#offset += text.length;
    return text === '' ? null : text;
  }

  write(text: string): number {
    const written = this.#set?.(text) ?? err('EACCES');
    this.writeError = written.ok ? undefined : written.error;
    return text.length;
  }

  retain(): OpenFile {
    return this;
  }

  release(): void {}
}

/** Opens a path as open(2) does; `write` truncates, and what writes makes the file when it is missing. */
export function openPath(
  sim: Sim,
  fs: RootFileSystem,
  path: string,
  mode: OpenMode,
): Result<OpenFile, FileError> {
  let walked = fs.lookUp(path);
  if ('missing' in walked && mode !== 'read') {
    const made = fs.create(walked.missing.parent, walked.missing.name, {
      type: 'file',
      mode: 0o644,
      text: '',
    });
    if (!made.ok) return made;
    walked = fs.lookUp(path);
  }
  if ('error' in walked) return err(walked.error);
  if ('missing' in walked) return err('ENOENT');
  if (!fs.permits(walked.found, mode === 'read' ? readBit : writeBit)) return err('EACCES');
  return openPlace(sim, walked.found, mode);
}

function openPlace(sim: Sim, place: Place, mode: OpenMode): Result<OpenFile, FileError> {
  const { node, owner, path } = place;
  if (node.type === 'directory')
    return mode === 'read' ? ok(new ComputedFile('', undefined)) : err('EISDIR');
  if (place.readOnly && mode !== 'read' && node.type !== 'device') return err('EROFS');
  if (node.type === 'device') return ok(new DeviceFile(sim, node.device ?? 'null'));
  if (node.virtual?.type === 'file') {
    if (mode !== 'read' && !node.virtual.write) return err('EACCES');
    return ok(new ComputedFile(mode === 'write' ? '' : node.virtual.text(), node.virtual.write));
  }
  if (node.type === 'program' && mode === 'read') {
    const text = textOf(node);
    return ok(new ComputedFile(text.ok ? text.value : '', undefined));
  }
  if (node.type !== 'file' && node.type !== 'program') return err('EINVAL');
  if (mode === 'read') {
    const inode = owner.inodeOf(path);
    return ok(new RegularFile(owner, inode, inode === undefined ? node : undefined, false));
  }
  const inode =
    mode === 'write'
      ? owner.putNode(path, {
          type: 'file',
          mode: node.mode,
          text: '',
          owner: node.owner,
          group: node.group,
        })
      : owner.inodeFor(path, node);
  return ok(new RegularFile(owner, inode, undefined, mode === 'append'));
}
