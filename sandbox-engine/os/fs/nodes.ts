// What a path can lead to, in one shape for all sources: image layers, the writable layer, virtual files.
import type { NetnsId } from '../../kernel/index.ts';
import type { FileNode, FileTree, FileType, VirtualEntry, VirtualFile } from '../api.ts';
import { dirname } from './paths.ts';

export type DeviceName = 'null' | 'zero' | 'tty' | 'full' | 'random';

/** A file of any kind, without its place. */
export interface FsNode {
  readonly type: FileType;
  readonly mode: number;
  readonly modifiedMillis?: number | undefined;
  readonly owner?: string | undefined;
  readonly group?: string | undefined;
  readonly text?: string | undefined;
  readonly target?: string | undefined;
  readonly program?: string | undefined;
  readonly netns?: NetnsId | undefined;
  readonly device?: DeviceName | undefined;
  readonly virtual?: VirtualFile | undefined;
}

/** One immutable tree, prepared for look-ups. */
export interface TreeIndex {
  readonly nodes: ReadonlyMap<string, FsNode>;
  readonly children: ReadonlyMap<string, readonly string[]>;
}

const indexes = new WeakMap<FileTree, TreeIndex>();

/** The tree's index: built once for each tree object, shared by every root that uses it. */
export function indexOf(tree: FileTree): TreeIndex {
  const known = indexes.get(tree);
  if (known) return known;
  const nodes = new Map<string, FsNode>();
  const children = new Map<string, string[]>();
  nodes.set('/', directoryNode);
  children.set('/', []);
  for (const path in tree) {
    addParents(nodes, children, path);
    const node = nodeOf(tree[path] as FileNode);
    if (!nodes.has(path)) children.get(dirname(path))?.push(path.slice(path.lastIndexOf('/') + 1));
    nodes.set(path, node);
    if (node.type === 'directory' && !children.has(path)) children.set(path, []);
  }
  const index = { nodes, children };
  indexes.set(tree, index);
  return index;
}

function addParents(
  nodes: Map<string, FsNode>,
  children: Map<string, string[]>,
  path: string,
): void {
  const parent = dirname(path);
  if (children.has(parent)) return;
  addParents(nodes, children, parent);
  nodes.set(parent, directoryNode);
  children.set(parent, []);
  children.get(dirname(parent))?.push(parent.slice(parent.lastIndexOf('/') + 1));
}

export const directoryNode: FsNode = { type: 'directory', mode: 0o755 };

function nodeOf(node: FileNode): FsNode {
  if (typeof node === 'string') return { type: 'file', mode: 0o644, text: node };
  if ('program' in node) return { type: 'program', mode: 0o755, program: node.program };
  if ('link' in node) return { type: 'symlink', mode: 0o777, target: node.link };
  if ('directory' in node) return { type: 'directory', mode: node.mode ?? 0o755 };
  return { type: 'file', mode: node.mode, text: node.text };
}

/** The node that a virtual directory's entry stands for. */
export function virtualNode(entry: VirtualEntry): FsNode {
  switch (entry.type) {
    case 'file':
      return { type: 'file', mode: entry.write ? 0o644 : 0o444, virtual: entry };
    case 'directory':
      return { type: 'directory', mode: 0o555, virtual: entry };
    case 'symlink':
      return { type: 'symlink', mode: 0o777, target: entry.target };
    case 'program':
      return { type: 'program', mode: 0o755, program: entry.program };
    case 'netns':
      return { type: 'netns', mode: 0o444, netns: entry.netns, target: entry.target };
    case 'socket':
      return { type: 'socket', mode: 0o660 };
    case 'device':
      return { type: 'device', mode: 0o666, device: entry.device };
  }
}

/** Looks a path up in layers, highest first. */
export function inLayers(layers: readonly TreeIndex[], path: string): FsNode | undefined {
  for (const layer of layers) {
    const node = layer.nodes.get(path);
    if (node) return node;
  }
  return undefined;
}
