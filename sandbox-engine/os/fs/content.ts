// The content of a node: what reading it gives, and how large it is.
import { err, ok, type Result } from '../../std/index.ts';
import type { FileError } from '../api.ts';
import type { FsNode } from './nodes.ts';
import { utf8Length } from './paths.ts';

/** What every program file weighs: the simulation has no machine code. */
const programBytes = 35_280;

/** Bytes, as stat(2) tells. */
export function sizeOf(node: FsNode): number {
  if (node.virtual?.type === 'file')
    return node.virtual.sizeless ? 0 : utf8Length(node.virtual.text());
  if (node.type === 'directory') return node.virtual ? 0 : 4096;
  if (node.type === 'symlink') return utf8Length(node.target ?? '');
  if (node.type === 'program') return programBytes;
  return utf8Length(node.text ?? '');
}

/** The content of a file, read at once. */
export function textOf(node: FsNode): Result<string, FileError> {
  if (node.virtual?.type === 'file') return ok(node.virtual.text());
  if (node.type === 'directory') return err('EISDIR');
  if (node.type === 'file') return ok(node.text ?? '');
  if (node.type === 'program') return ok(`\x7fELF ${node.program ?? ''}`);
  return node.type === 'device' ? ok('') : err('EINVAL');
}
