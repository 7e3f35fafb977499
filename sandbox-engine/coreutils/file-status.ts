// What tells about files and paths: stat, readlink, realpath, du, basename and dirname.
import type { Process } from '../os/index.ts';
import { civilTime } from '../std/index.ts';
import { baseOf, type Flavoured, fail, fileErrorText, missing, nameOf, options } from './common.ts';
import { modeText } from './ls.ts';
import { type OwnerTable, ownerName, ownerNumber } from './owners.ts';

const readlink: Flavoured = (flavour) =>
  function* (p) {
    const parsed = yield* options(p, flavour, { flags: 'femnqsvz' });
    if (!parsed.ok) return parsed.error;
    const name = parsed.value.operands[0];
    if (name === undefined) return yield* missing(p);
    const full =
      ['f', 'e', 'm'].some((letter) => parsed.value.has(letter)) || nameOf(p) === 'realpath';
    const path = p.fs.resolve(p.cwd, name);
    const stat = p.fs.stat(path, { followLinks: full });
    if (!stat.ok)
      return nameOf(p) === 'realpath' ? yield* fail(p, `${name}: ${fileErrorText(stat.error)}`) : 1;
    if (!full && stat.value.type !== 'symlink') return 1;
    yield* p.out(
      `${full ? stat.value.path : (stat.value.target ?? '')}${parsed.value.has('n') ? '' : '\n'}`,
    );
    return 0;
  };

const stat: Flavoured = (flavour) =>
  function* (p) {
    const parsed = yield* options(p, flavour, {
      flags: 'Lft',
      values: 'c',
      long: { format: 'c', dereference: 'L' },
    });
    if (!parsed.ok) return parsed.error;
    let status = 0;
    for (const path of parsed.value.operands) {
      const found = p.fs.stat(p.fs.resolve(p.cwd, path), { followLinks: parsed.value.has('L') });
      if (!found.ok) {
        status = yield* fail(
          p,
          flavour === 'gnu'
            ? `cannot statx '${path}': ${fileErrorText(found.error)}`
            : `can't stat '${path}': ${fileErrorText(found.error)}`,
        );
        continue;
      }
      const s = found.value;
      const octal = (s.mode & 0o7777).toString(8);
      const kinds: Readonly<Record<string, string>> = {
        file: s.size === 0 ? 'regular empty file' : 'regular file',
        program: 'regular file',
        netns: 'regular empty file',
        directory: 'directory',
        symlink: 'symbolic link',
        socket: 'socket',
        device: 'character special file',
        fifo: 'fifo',
      };
      const t = civilTime(s.modifiedMillis);
      const pad = (n: number): string => String(n).padStart(2, '0');
      const time = `${t.year}-${pad(t.month)}-${pad(t.day)} ${pad(t.hour)}:${pad(t.minute)}:${pad(t.second)}.000000000 +0000`;
      const name = (table: OwnerTable, owner: string): string =>
        ownerName(p, table, owner) ?? 'UNKNOWN';
      const values: Readonly<Record<string, string>> = {
        n: path,
        N: `'${path}'`,
        s: String(s.size),
        a: octal,
        A: modeText(s),
        F: kinds[s.type] ?? s.type,
        U: name('/etc/passwd', s.owner),
        G: name('/etc/group', s.group),
        u: ownerNumber(p, '/etc/passwd', s.owner),
        g: ownerNumber(p, '/etc/group', s.group),
        y: time,
        Y: String(Math.floor(s.modifiedMillis / 1000)),
        h: '1',
      };
      const format = parsed.value.value('c');
      if (format !== undefined)
        yield* p.out(
          `${format.replace(/%([a-zA-Z%])/g, (_, c: string) => (c === '%' ? '%' : (values[c] ?? '?')))}\n`,
        );
      else
        yield* p.out(
          `  File: ${path}${s.target ? ` -> ${s.target}` : ''}\n  Size: ${String(s.size).padEnd(10)}\tBlocks: ${String(Math.ceil(s.size / 512)).padEnd(10)} IO Block: 4096   ${values.F}\nAccess: (${octal.padStart(4, '0')}/${values.A})  Uid: (${values.u?.padStart(5)}/${values.U?.padStart(8)})   Gid: (${values.g?.padStart(5)}/${values.G?.padStart(8)})\nModify: ${time}\n`,
        );
    }
    return status;
  };

const basename: Flavoured = () =>
  function* (p) {
    const [path, ending] = p.argv.slice(1);
    if (path === undefined) return yield* missing(p);
    const base = baseOf(path);
    yield* p.out(
      `${ending && base !== ending && base.endsWith(ending) ? base.slice(0, -ending.length) : base}\n`,
    );
    return 0;
  };

const dirname: Flavoured = () =>
  function* (p) {
    const path = p.argv[1];
    if (path === undefined) return yield* missing(p);
    const trimmed = path.replace(/\/+$/, '');
    const at = trimmed.lastIndexOf('/');
    yield* p.out(`${at < 0 ? '.' : at === 0 ? '/' : trimmed.slice(0, at)}\n`);
    return 0;
  };

function sizeOf(p: Process, path: string): number {
  const found = p.fs.stat(path, { followLinks: false });
  if (!found.ok) return 0;
  if (found.value.type !== 'directory') return Math.ceil(found.value.size / 4096) * 4;
  const names = p.fs.list(path);
  return (names.ok ? names.value : []).reduce(
    (sum, name) => sum + sizeOf(p, `${path === '/' ? '' : path}/${name}`),
    4,
  );
}

const du: Flavoured = (flavour) =>
  function* (p) {
    const parsed = yield* options(p, flavour, { flags: 'shackmx', values: 'd' });
    if (!parsed.ok) return parsed.error;
    for (const name of parsed.value.operands.length > 0 ? parsed.value.operands : ['.']) {
      const size = sizeOf(p, p.fs.resolve(p.cwd, name));
      yield* p.out(`${parsed.value.has('h') ? `${size}K` : size}\t${name}\n`);
    }
    return 0;
  };

export const fileStatusPrograms: Readonly<Record<string, Flavoured>> = {
  readlink,
  realpath: readlink,
  stat,
  basename,
  dirname,
  du,
};
