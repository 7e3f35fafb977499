// `docker diff`: what the writable layer adds to, changes in and deletes from the layers below.
//
// Mirrors: github.com/moby/moby/pkg/archive/changes.go (parents of changes are themselves listed as changed).
import { compareText } from '../../std/index.ts';
import type { FileChange } from '../api.ts';
import { dirname } from './paths.ts';
import type { FileRow } from './upper.ts';

export function changesOf(
  rows: readonly FileRow[],
  inLower: (path: string) => boolean,
): FileChange[] {
  const changes = new Map<string, FileChange['kind']>();
  for (const row of rows) {
    if (row.path === '/') continue;
    changes.set(row.path, row.whiteout ? 'D' : inLower(row.path) ? 'C' : 'A');
  }
  for (const path of [...changes.keys()])
    for (let parent = dirname(path); parent !== '/'; parent = dirname(parent))
      if (!changes.has(parent)) changes.set(parent, 'C');
  return [...changes]
    .map(([path, kind]) => ({ kind, path }))
    .sort((a, b) => compareText(a.path, b.path));
}
