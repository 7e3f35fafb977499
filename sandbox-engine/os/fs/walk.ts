// Path look-up through symbolic links, layers and mounts: the kernel's path walk (path_resolution(7)).
import { limits } from '../../sim/index.ts';
import type { FileError } from '../api.ts';
import type { FsNode } from './nodes.ts';
import { join } from './paths.ts';

/** A node with the root that owns it. `path` counts in the owner, `visible` in the root that was asked. */
export interface Located<Owner> {
  readonly owner: Owner;
  readonly path: string;
  readonly visible: string;
  readonly node: FsNode;
  /** An ancestor in the writable layer hides the layers below. */
  readonly opaque: boolean;
  /** Mounted read-only: nothing in it can be changed through this path. */
  readonly readOnly: boolean;
}

export type Walked<Owner> =
  | { readonly found: Located<Owner> }
  /** Nothing of that name in a directory that exists. */
  | { readonly missing: { readonly parent: Located<Owner>; readonly name: string } }
  | { readonly error: FileError };

interface WalkSource<Owner> {
  /** May whoever asks search a directory? Undefined: everybody may search all of them. */
  guard(): ((directory: Located<Owner>) => boolean) | undefined;
  root(): Located<Owner>;
  child(parent: Located<Owner>, name: string, visible: string): Located<Owner> | undefined;
}

/** Follows an absolute path. The last component is followed through symbolic links when `follow` says so. */
export function walk<Owner>(
  source: WalkSource<Owner>,
  path: string,
  follow: boolean,
): Walked<Owner> {
  let parts = path.split('/');
  const stack: Located<Owner>[] = [source.root()];
  let links = 0;
  const maySearch = source.guard();
  for (let i = 0; i < parts.length; i += 1) {
    const name = parts[i] as string;
    if (name === '' || name === '.') continue;
    const parent = stack[stack.length - 1] as Located<Owner>;
    if (parent.node.type !== 'directory') return { error: 'ENOTDIR' };
    if (maySearch && !maySearch(parent)) return { error: 'EACCES' };
    if (name === '..') {
      if (stack.length > 1) stack.pop();
      continue;
    }
    const last = isLast(parts, i);
    const child = source.child(parent, name, join(parent.visible, name));
    if (!child) return last ? { missing: { parent, name } } : { error: 'ENOENT' };
    if (child.node.type === 'symlink' && (!last || follow)) {
      links += 1;
      if (links > limits.symlinks) return { error: 'ELOOP' };
      const target = child.node.target ?? '';
      if (target.startsWith('/')) stack.length = 1;
      parts = [...target.split('/'), ...parts.slice(i + 1)];
      i = -1;
      continue;
    }
    stack.push(child);
  }
  return { found: stack[stack.length - 1] as Located<Owner> };
}

function isLast(parts: readonly string[], index: number): boolean {
  for (let i = index + 1; i < parts.length; i += 1) if (parts[i] !== '') return false;
  return true;
}
