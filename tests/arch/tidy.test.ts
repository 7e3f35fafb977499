// House rules that no linter knows: files have one subject and say what it is.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { layers } from './layers.ts';

const root = join(import.meta.dirname, '..', '..');

function files(folder: string, pattern: RegExp): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && pattern.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}
const sources = [...files('sandbox-engine', /\.ts$/), ...files('src', /\.ts$/)].filter(
  (path) => !/\.test\.ts$|\.d\.ts$/.test(path),
);
const read = (path: string) => readFileSync(join(root, path), 'utf8');

test('a file has one subject: about 400 lines at most', () => {
  const long = sources
    .map((path) => ({ path, lines: read(path).split('\n').length }))
    .filter(({ lines }) => lines > 450);
  expect(long).toEqual([]);
});

test('a file says at its head what it is about', () => {
  const silent = sources.filter(
    (path) => !/^(\/\/|\/\*)/.test(read(path)) && !/\/(index|fill|emitter)\.ts$/.test(path),
  );
  expect(silent).toEqual([]);
});

test('nothing is left for later', () => {
  const marked = sources.filter((path) => /\b(TODO|FIXME|XXX|HACK)\b/.test(read(path)));
  expect(marked).toEqual([]);
});

test('pages and prose import no engine', () => {
  const pages = files('src', /\.astro$/).filter((path) =>
    /from '[^']*sandbox-engine\/(?!protocol)/.test(read(path)),
  );
  const prose = files('content', /\.mdx$/).filter((path) => /^import /m.test(read(path)));
  expect([...pages, ...prose]).toEqual([]);
});

test('every folder of the engine is a layer', () => {
  const folders = readdirSync(join(root, 'sandbox-engine'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => `sandbox-engine/${entry.name}`);
  const known = layers.map(({ folder }) => folder);
  expect(folders.filter((folder) => !known.includes(folder))).toEqual([]);
});

/** The rows of the map in ARCHITECTURE.md: folders, and the cell that says what they may import. */
const map = read('ARCHITECTURE.md')
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => {
    const [, folders = '', , imports = ''] = line.split('|');
    return { folders: [...folders.matchAll(/`([^`]+)`/g)].map(([, name]) => name), imports };
  });

test('the map in ARCHITECTURE.md shows every folder', () => {
  const below = (folder: string) =>
    readdirSync(join(root, folder), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => `${folder}/${entry.name}`);
  const all = [
    ...['sandbox-engine', 'src', 'tests'].flatMap(below),
    ...['bin', 'content', 'docs', 'public', 'scripts'],
  ];
  expect(map.flatMap(({ folders }) => folders).sort()).toEqual(all.sort());
});

test('the map in ARCHITECTURE.md and the layers agree on who may import whom', () => {
  const last = (folder: string) => folder.split('/').at(-1) ?? '';
  const written = (folder: string) =>
    map.find(({ folders }) => folders.includes(folder))?.imports.trim();
  const engine = layers.filter(({ folder }) =>
    /^sandbox-engine\/(?!worker|protocol|lab)/.test(folder),
  );
  const wanted = (mayImport: readonly string[]) => {
    const names = mayImport.map(last);
    if (names.length === 0) return '–';
    const all = engine.every(({ folder }) => mayImport.includes(folder));
    return all ? 'all above, protocol' : names.join(' ');
  };
  const sorted = (words = '') => words.split(' ').sort().join(' ');
  expect(layers.map(({ folder }) => `${folder}: ${sorted(written(folder))}`)).toEqual(
    layers.map(({ folder, mayImport }) => `${folder}: ${sorted(wanted(mayImport))}`),
  );
});
