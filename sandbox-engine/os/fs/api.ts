// What a program sees of a root file system: files, mounts, and the trees that images are made of.
import type { NetnsId } from '../../kernel/index.ts';
import type { Result } from '../../std/index.ts';

export type FileError =
  | 'ENOENT'
  | 'EACCES'
  | 'EEXIST'
  | 'ENOTDIR'
  | 'EISDIR'
  | 'ENOTEMPTY'
  | 'ELOOP'
  | 'EROFS'
  | 'EINVAL'
  | 'EBUSY'
  | 'EPERM'
  | 'ENXIO';

export type FileType =
  | 'file'
  | 'directory'
  | 'symlink'
  | 'program'
  | 'netns'
  | 'socket'
  | 'device'
  | 'fifo';

export interface FileStat {
  readonly type: FileType;
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Permission bits: 0o644. */
  readonly mode: number;
  /** Milliseconds since 1970. */
  readonly modifiedMillis: number;
  readonly owner: string;
  readonly group: string;
  /** symlink: where it points. */
  readonly target?: string;
  /** program: its name in the host's registry. */
  readonly program?: string;
  /** netns: the namespace behind the file (`/var/run/docker/netns/…`, `/proc/PID/ns/net`). */
  readonly netns?: NetnsId;
  /** It is on a file system that is mounted read-only. */
  readonly readOnly?: boolean;
}

/** The type and the options of a mount: `tmpfs`, `ro,relatime`. */
export interface MountKind {
  readonly type: string;
  readonly options: string;
}

export interface MountPlace {
  readonly path: string;
  readonly source: 'virtual' | 'tree';
  readonly readOnly: boolean;
  readonly shown?: MountKind;
}

/** A root directory with what is mounted in it. Paths are absolute; `resolve` makes them so. */
export interface FileSystem {
  readonly id: string;
  /** The absolute, normalised path (symbolic links are not followed). */
  resolve(cwd: string, path: string): string;
  stat(path: string, options?: { readonly followLinks?: boolean }): Result<FileStat, FileError>;
  exists(path: string): boolean;
  read(path: string): Result<string, FileError>;
  write(
    path: string,
    text: string,
    options?: { readonly append?: boolean; readonly mode?: number },
  ): Result<void, FileError>;
  /** Names in a directory, sorted by code unit. */
  list(path: string): Result<readonly string[], FileError>;
  mkdir(
    path: string,
    options?: { readonly parents?: boolean; readonly mode?: number },
  ): Result<void, FileError>;
  /** Removes a file or an empty directory; with `recursive` a whole tree. */
  remove(path: string, options?: { readonly recursive?: boolean }): Result<void, FileError>;
  rename(from: string, to: string): Result<void, FileError>;
  symlink(target: string, path: string): Result<void, FileError>;
  chmod(path: string, mode: number): Result<void, FileError>;
  /** Makes a file of a special kind: a program, a namespace, a socket. */
  place(path: string, node: SpecialFile): Result<void, FileError>;
  /** Shows `text()` as the content of a file, or `entries()` as a directory's; read anew each time. */
  mountVirtual(path: string, node: VirtualFile): void;
  /**
   * Shows a tree of another file system (bind mount, volume). `shown`: what /proc/mounts says it is. `readOnly`: changes
   * through this path fail with EROFS, also where something is mounted below the source.
   */
  mountTree(
    path: string,
    source: FileSystem,
    sourcePath: string,
    options?: { readonly shown?: MountKind; readonly readOnly?: boolean },
  ): void;
  /** The root itself refuses changes with EROFS. */
  readonly readOnly: boolean;
  /** Makes the root itself read-only or writable (`mount -o remount`); what is mounted in it stays as it is. */
  remount(options: { readonly readOnly: boolean }): void;
  unmount(path: string): void;
  /** The path with all symbolic links followed. */
  realPath(path: string): Result<string, FileError>;
  chown(path: string, owner: string, group: string): Result<void, FileError>;
  /** Sets the time of last change: what `touch` does. */
  setModified(path: string, millis: number): Result<void, FileError>;
  /** Where something is mounted, in order of mounting. */
  mounts(): readonly MountPlace[];
  /** What differs from the lower layers: `docker diff`. Sorted by path. */
  changes(): readonly FileChange[];
  /** Bytes in the writable layer. */
  upperBytes(): number;
  /** Throws the writable layer and the mounts away: the root is no longer used. */
  discard(): void;
}

/** A: added, C: changed, D: deleted. */
export interface FileChange {
  readonly kind: 'A' | 'C' | 'D';
  readonly path: string;
}

export type SpecialFile =
  | { readonly type: 'program'; readonly program: string }
  /** `target`: what a look without following says, where it is a link as those in /proc/PID/ns. */
  | { readonly type: 'netns'; readonly netns: NetnsId; readonly target?: string }
  | { readonly type: 'socket' }
  | { readonly type: 'device'; readonly device: 'null' | 'zero' | 'tty' | 'full' | 'random' };

export type VirtualFile =
  | {
      readonly type: 'file';
      readonly text: () => string;
      readonly write?: (text: string) => Result<void, FileError>;
      /** Shows size 0, as the files of /proc do. */
      readonly sizeless?: boolean;
    }
  | {
      readonly type: 'directory';
      readonly entries: () => ReadonlyMap<string, VirtualEntry>;
    };

/** What stands in a virtual directory. */
export type VirtualEntry =
  | SpecialFile
  | VirtualFile
  | { readonly type: 'symlink'; readonly target: string };

/** The unchangeable content of an image or of a freshly installed host: path → node. Directories are implied. */
export type FileTree = Readonly<Record<string, FileNode>>;
export type FileNode =
  | string
  | { readonly program: string }
  | { readonly link: string }
  | { readonly directory: true; readonly mode?: number }
  | { readonly text: string; readonly mode: number };
