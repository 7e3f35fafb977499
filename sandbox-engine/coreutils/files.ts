// What changes files: cp, mv, rm, mkdir, rmdir, ln, touch and mktemp.
import type { FileError, Process } from '../os/index.ts';
import type { Result } from '../std/index.ts';
import { baseOf, type Flavoured, fail, fileErrorText, missing, options } from './common.ts';

const isDirectory = (p: Process, path: string): boolean => {
  const stat = p.fs.stat(path);
  return stat.ok && stat.value.type === 'directory';
};
function copyTree(p: Process, from: string, to: string): Result<void, FileError> {
  const stat = p.fs.stat(from);
  if (!stat.ok) return stat;
  if (stat.value.type === 'directory') {
    if (!p.fs.exists(to)) {
      const made = p.fs.mkdir(to, { mode: stat.value.mode });
      if (!made.ok) return made;
    }
    const names = p.fs.list(from);
    if (!names.ok) return names;
    for (const name of names.value) {
      const copied = copyTree(p, `${from}/${name}`, `${to}/${name}`);
      if (!copied.ok) return copied;
    }
    return { ok: true, value: undefined };
  }
  if (stat.value.type === 'program' && stat.value.program)
    return p.fs.place(to, { type: 'program', program: stat.value.program });
  const read = p.fs.read(from);
  return read.ok ? p.fs.write(to, read.value, { mode: stat.value.mode }) : read;
}

/** A source and what it is to become, as paths and as they were written. */
interface Names {
  readonly from: string;
  readonly source: string;
  readonly into: string;
  readonly target: string;
}

/** What cp or mv says where permissions refuse it: of the source if that cannot be read, else of what it would become. */
function whereRefused(
  p: Process,
  flavour: 'gnu' | 'busybox',
  kind: 'cp' | 'mv',
  { from, source, into, target }: Names,
  error: FileError,
): string {
  const gnu = flavour === 'gnu';
  const why = fileErrorText(error);
  const name = into === p.fs.resolve(p.cwd, target) ? target : shownInto(target, source);
  if (kind === 'mv')
    return gnu
      ? `cannot move '${source}' to '${name}': ${why}`
      : `can't rename '${source}': ${why}`;
  const stat = p.fs.stat(from);
  if (!stat.ok) return `${gnu ? 'cannot' : "can't"} stat '${source}': ${why}`;
  const directory = stat.value.type === 'directory';
  if (!(directory ? p.fs.list(from) : p.fs.read(from)).ok) {
    if (gnu)
      return `cannot ${directory ? 'access' : 'open'} '${source}'${directory ? '' : ' for reading'}: ${why}`;
    return `can't open '${source}': ${why}`;
  }
  if (gnu) return `cannot create ${directory ? 'directory' : 'regular file'} '${name}': ${why}`;
  return `can't create ${directory ? 'directory ' : ''}'${name}': ${why}`;
}

/** Does what cp or mv is to do where a file system is read-only; answers what it says. */
function whereReadOnly(
  p: Process,
  flavour: 'gnu' | 'busybox',
  kind: 'cp' | 'mv',
  names: Names,
): string {
  const { from, source, into, target } = names;
  const gnu = flavour === 'gnu';
  const name = into === p.fs.resolve(p.cwd, target) ? target : shownInto(target, source);
  const why = fileErrorText('EROFS');
  const stat = p.fs.stat(from);
  if (kind === 'mv' && stat.ok && stat.value.readOnly) {
    const folder = p.fs.stat(into.replace(/\/[^/]*$/, '') || '/');
    if (folder.ok && folder.value.readOnly)
      return gnu
        ? `cannot move '${source}' to '${name}': ${why}`
        : `can't rename '${source}': ${why}`;
    // Between file systems mv copies, and only then removes.
    copyTree(p, from, into);
    return `${gnu ? 'cannot' : "can't"} remove '${source}': ${why}`;
  }
  const directory = stat.ok && stat.value.type === 'directory';
  if (gnu) return `cannot create ${directory ? 'directory' : 'regular file'} '${name}': ${why}`;
  return `can't create ${directory ? 'directory ' : ''}'${name}': ${why}`;
}

const shownInto = (directory: string, source: string): string =>
  `${directory.replace(/\/+$/, '')}/${baseOf(source)}`;

/** cp and mv: sources, then a target that is a file or a folder. */
const transfer =
  (kind: 'cp' | 'mv'): Flavoured =>
  (flavour) =>
    function* (p) {
      const parsed = yield* options(p, flavour, {
        flags: 'rRafpinuvTdL',
        long: { recursive: 'r', archive: 'a', force: 'f', verbose: 'v' },
      });
      if (!parsed.ok) return parsed.error;
      const sources = [...parsed.value.operands];
      const target = sources.pop();
      if (target === undefined) return yield* missing(p, 'missing file operand');
      if (sources.length === 0)
        return yield* missing(p, `missing destination file operand after '${target}'`);
      const to = p.fs.resolve(p.cwd, target);
      if (sources.length > 1 && !isDirectory(p, to))
        return yield* fail(p, `target '${target}': No such file or directory`);
      let status = 0;
      for (const source of sources) {
        const from = p.fs.resolve(p.cwd, source);
        const into = isDirectory(p, to) ? `${to}/${baseOf(source)}` : to;
        const recursive = ['r', 'R', 'a'].some((letter) => parsed.value.has(letter));
        if (kind === 'cp' && isDirectory(p, from) && !recursive) {
          status = yield* fail(
            p,
            flavour === 'gnu'
              ? `-r not specified; omitting directory '${source}'`
              : `omitting directory '${source}'`,
          );
          continue;
        }
        const done = kind === 'cp' ? copyTree(p, from, into) : p.fs.rename(from, into);
        const names = { from, source, into, target };
        if (!done.ok && done.error === 'EROFS')
          status = yield* fail(p, whereReadOnly(p, flavour, kind, names));
        else if (!done.ok && (done.error === 'EACCES' || done.error === 'EPERM'))
          status = yield* fail(p, whereRefused(p, flavour, kind, names, done.error));
        else if (!done.ok) {
          const text = fileErrorText(done.error);
          const stat =
            flavour === 'gnu'
              ? `cannot stat '${source}': ${text}`
              : kind === 'cp'
                ? `can't stat '${source}': ${text}`
                : `can't rename '${source}': ${text}`;
          status = yield* fail(p, stat);
        } else if (parsed.value.has('v'))
          yield* p.out(`${kind === 'mv' ? 'renamed ' : ''}'${source}' -> '${target}'\n`);
      }
      return status;
    };

const rm: Flavoured = (flavour) =>
  function* (p) {
    const parsed = yield* options(p, flavour, {
      flags: 'rRfivdI',
      long: { recursive: 'r', force: 'f', verbose: 'v', 'no-preserve-root': 'I' },
    });
    if (!parsed.ok) return parsed.error;
    const given = parsed.value;
    if (given.operands.length === 0) return given.has('f') ? 0 : yield* missing(p);
    let status = 0;
    for (const name of given.operands) {
      const path = p.fs.resolve(p.cwd, name);
      const stat = p.fs.stat(path, { followLinks: false });
      const recursive = given.has('r') || given.has('R');
      if (path === '/' && recursive) {
        status = yield* fail(
          p,
          "it is dangerous to operate recursively on '/'\nrm: use --no-preserve-root to override this failsafe",
        );
        continue;
      }
      if (!stat.ok && given.has('f')) continue;
      const problem = !stat.ok
        ? stat.error
        : stat.value.type === 'directory' && !recursive
          ? 'EISDIR'
          : undefined;
      const removed = problem ? undefined : p.fs.remove(path, { recursive });
      const error = problem ?? (removed && !removed.ok ? removed.error : undefined);
      if (error)
        status = yield* fail(
          p,
          flavour === 'gnu'
            ? `cannot remove '${name}': ${fileErrorText(error)}`
            : error === 'EISDIR'
              ? `'${name}' is a directory`
              : `can't remove '${name}': ${fileErrorText(error)}`,
        );
      else if (given.has('v')) yield* p.out(`removed '${name}'\n`);
    }
    return status;
  };

const mkdir: Flavoured = (flavour) =>
  function* (p) {
    const parsed = yield* options(p, flavour, {
      flags: 'pv',
      values: 'm',
      long: { parents: 'p', verbose: 'v', mode: 'm' },
    });
    if (!parsed.ok) return parsed.error;
    if (parsed.value.operands.length === 0) return yield* missing(p);
    let status = 0;
    for (const name of parsed.value.operands) {
      const made = p.fs.mkdir(p.fs.resolve(p.cwd, name), { parents: parsed.value.has('p') });
      if (
        !made.ok &&
        !(
          parsed.value.has('p') &&
          made.error === 'EEXIST' &&
          isDirectory(p, p.fs.resolve(p.cwd, name))
        )
      )
        status = yield* fail(
          p,
          `${flavour === 'gnu' ? `cannot create directory ‘${name}’` : `can't create directory '${name}'`}: ${fileErrorText(made.error)}`,
        );
      else if (parsed.value.has('v')) yield* p.out(`mkdir: created directory '${name}'\n`);
    }
    return status;
  };

const rmdir: Flavoured = (flavour) =>
  function* (p) {
    const parsed = yield* options(p, flavour, { flags: 'pv' });
    if (!parsed.ok) return parsed.error;
    let status = 0;
    for (const name of parsed.value.operands) {
      const path = p.fs.resolve(p.cwd, name);
      const removed = isDirectory(p, path)
        ? p.fs.remove(path)
        : ({ ok: false, error: p.fs.exists(path) ? 'ENOTDIR' : 'ENOENT' } as const);
      if (!removed.ok)
        status = yield* fail(
          p,
          `${flavour === 'gnu' ? `failed to remove '${name}'` : `'${name}'`}: ${fileErrorText(removed.error)}`,
        );
    }
    return status;
  };

const ln: Flavoured = (flavour) =>
  function* (p) {
    const parsed = yield* options(p, flavour, {
      flags: 'sfnvT',
      long: { symbolic: 's', force: 'f', verbose: 'v', 'no-dereference': 'n' },
    });
    if (!parsed.ok) return parsed.error;
    const [target, name] = parsed.value.operands;
    if (target === undefined) return yield* missing(p, 'missing file operand');
    const place =
      name === undefined ? p.fs.resolve(p.cwd, baseOf(target)) : p.fs.resolve(p.cwd, name);
    const path =
      isDirectory(p, place) && !parsed.value.has('n') ? `${place}/${baseOf(target)}` : place;
    if (parsed.value.has('f') && p.fs.stat(path, { followLinks: false }).ok) p.fs.remove(path);
    const symbolic = parsed.value.has('s');
    const made = symbolic
      ? p.fs.symlink(target, path)
      : copyTree(p, p.fs.resolve(p.cwd, target), path);
    if (made.ok) return 0;
    const kind = symbolic ? 'symbolic link' : 'hard link';
    return yield* fail(
      p,
      flavour === 'gnu'
        ? `failed to create ${kind} '${name ?? path}': ${fileErrorText(made.error)}`
        : `${name ?? path}: ${fileErrorText(made.error)}`,
    );
  };

const touch: Flavoured = (flavour) =>
  function* (p) {
    const parsed = yield* options(p, flavour, {
      flags: 'acm',
      values: 'drt',
      long: { 'no-create': 'c' },
    });
    if (!parsed.ok) return parsed.error;
    let status = 0;
    for (const name of parsed.value.operands) {
      const path = p.fs.resolve(p.cwd, name);
      if (!p.fs.exists(path) && parsed.value.has('c')) continue;
      const stat = p.fs.stat(path);
      const done =
        stat.ok && stat.value.type === 'directory'
          ? stat.value.readOnly
            ? { ok: false as const, error: 'EROFS' as const }
            : { ok: true as const }
          : p.fs.write(path, '', { append: true });
      if (!done.ok)
        status = yield* fail(
          p,
          `${flavour === 'gnu' ? `cannot touch '${name}'` : name}: ${fileErrorText(done.error)}`,
        );
    }
    return status;
  };

const mktemp: Flavoured = (flavour) =>
  function* (p) {
    const parsed = yield* options(p, flavour, {
      flags: 'duqt',
      values: 'p',
      long: { directory: 'd' },
    });
    if (!parsed.ok) return parsed.error;
    const template = parsed.value.operands[0] ?? '/tmp/tmp.XXXXXXXXXX';
    const name = template.replace(/X+$/, (xs) => p.sim.rng('coreutils/mktemp').base36(xs.length));
    const path = p.fs.resolve(p.cwd, name);
    const made = parsed.value.has('d')
      ? p.fs.mkdir(path, { parents: true })
      : p.fs.write(path, '', { mode: 0o600 });
    if (!made.ok)
      return yield* fail(
        p,
        `failed to create file via template '${template}': ${fileErrorText(made.error)}`,
      );
    yield* p.out(`${name}\n`);
    return 0;
  };

export const filePrograms: Readonly<Record<string, Flavoured>> = {
  cp: transfer('cp'),
  mv: transfer('mv'),
  rm,
  mkdir,
  rmdir,
  ln,
  touch,
  mktemp,
};
