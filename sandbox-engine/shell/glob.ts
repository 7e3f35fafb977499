// Pathname expansion: the names in directories that match a pattern, in order.
//
// Mirrors: bash(1) Pathname Expansion with nullglob, failglob, dotglob, globstar and nocaseglob.

import type { Op } from '../sim/index.ts';
import { compareText } from '../std/index.ts';
import type { Field } from './fields.ts';
import { componentRegExp, hasGlob, unquotePattern } from './pattern.ts';
import type { Shell } from './shell.ts';

/** Adds the paths that a field matches; the field itself when nothing does. */
export function* expandPath(shell: Shell, field: Field, out: string[]): Op<void> {
  const { pattern, text } = field;
  if (pattern === undefined || !hasGlob(pattern)) {
    out.push(text);
    return;
  }
  const found = globPaths(shell, pattern);
  if (found.length > 0) out.push(...found);
  else if (shell.shopts.has('failglob')) yield* shell.fatal(`no match: ${text}`, 1);
  else if (!shell.shopts.has('nullglob')) out.push(text);
}

/** Paths that match, sorted by code unit. */
function globPaths(shell: Shell, pattern: string): string[] {
  const absolute = pattern.startsWith('/');
  const parts = pattern.split(/\/+/).filter((part, i) => part !== '' || i > 0);
  let paths: string[] = [absolute ? '/' : ''];
  parts.forEach((part, i) => {
    const last = i === parts.length - 1;
    paths = paths.flatMap((path) => step(shell, path, part, last));
  });
  return paths.sort(compareText);
}

function step(shell: Shell, path: string, part: string, last: boolean): string[] {
  if (part === '') return isDirectory(shell, path) ? [path.endsWith('/') ? path : `${path}/`] : [];
  if (part === '**' && shell.shopts.has('globstar')) return below(shell, path, last);
  const prefix = path === '' || path.endsWith('/') ? path : `${path}/`;
  if (!hasGlob(part)) {
    const next = prefix + unquotePattern(part);
    const known = last
      ? shell.process.fs.stat(absolutePath(shell, next), { followLinks: false }).ok
      : isDirectory(shell, next);
    return known ? [next] : [];
  }
  const expression = componentRegExp(
    part,
    shell.shopts.has('dotglob'),
    shell.shopts.has('nocaseglob'),
  );
  return namesIn(shell, prefix)
    .filter((name) => expression.test(name))
    .map((name) => prefix + name)
    .filter((next) => last || isDirectory(shell, next));
}

/** `**`: everything below, or every directory when more follows. */
function below(shell: Shell, path: string, last: boolean, top = true): string[] {
  const prefix = path === '' || path.endsWith('/') ? path : `${path}/`;
  const out: string[] = last ? (top && prefix !== '' ? [prefix] : []) : [path];
  for (const name of namesIn(shell, prefix)) {
    if (name.startsWith('.') && !shell.shopts.has('dotglob')) continue;
    const next = prefix + name;
    const directory = isDirectory(shell, next);
    if (last) out.push(next);
    if (directory) out.push(...below(shell, next, last, false));
  }
  return out;
}

const absolutePath = (shell: Shell, path: string): string =>
  shell.process.fs.resolve(shell.process.cwd, path);

function namesIn(shell: Shell, prefix: string): readonly string[] {
  const names = shell.process.fs.list(absolutePath(shell, prefix === '' ? '.' : prefix));
  return names.ok ? names.value : [];
}

function isDirectory(shell: Shell, path: string): boolean {
  const stat = shell.process.fs.stat(absolutePath(shell, path === '' ? '.' : path));
  return stat.ok && stat.value.type === 'directory';
}
