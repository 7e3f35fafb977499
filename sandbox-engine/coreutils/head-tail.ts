// head and tail: the first and the last of their inputs, by lines or bytes, and what is added to a file that is followed.
import type { FileError, Process } from '../os/index.ts';
import { millis, type Op, sleep } from '../sim/index.ts';
import {
  cannotOpen,
  deviceDescriptor,
  type Flavour,
  type Flavoured,
  fileErrorText,
  linesOf,
  nameOf,
  options,
} from './common.ts';

interface Extent {
  readonly count: number;
  readonly unit: 'lines' | 'bytes';
  readonly sign: '' | '+' | '-';
  readonly names: readonly string[];
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly follow: boolean;
}

/** The arguments of head and tail, with the old form `-5` understood. */
function* extent(p: Process, flavour: Flavour): Op<Extent | number> {
  const words = p.argv.slice(1).flatMap((w) => (/^-\d+$/.test(w) ? ['-n', w.slice(1)] : [w]));
  const parsed = yield* options(p, flavour, {
    words,
    flags: 'qvfF',
    values: 'ncs',
    long: { lines: 'n', bytes: 'c', quiet: 'q', silent: 'q', verbose: 'v', follow: 'f' },
  });
  if (!parsed.ok) return parsed.error;
  const given = parsed.value;
  const unit = given.value('c') === undefined ? 'lines' : 'bytes';
  const text = given.value('c') ?? given.value('n') ?? '10';
  const match = /^([+-]?)(\d+)([kKM]?)$/.exec(text);
  if (!match) {
    const what =
      flavour === 'gnu' ? `invalid number of ${unit}: '${text}'` : `invalid number '${text}'`;
    yield* p.err(`${nameOf(p)}: ${what}\n`);
    return 1;
  }
  const scale = match[3] === '' ? 1 : match[3] === 'M' ? 1_048_576 : 1_024;
  return {
    count: Number(match[2]) * scale,
    unit,
    sign: match[1] as Extent['sign'],
    names: given.operands,
    quiet: given.has('q'),
    verbose: given.has('v'),
    follow: given.has('f') || given.has('F'),
  };
}

function* notOpened(
  p: Process,
  flavour: Flavour,
  tool: 'head' | 'tail',
  name: string,
  error: FileError,
): Op<void> {
  if (flavour === 'gnu')
    yield* p.err(`${tool}: cannot open '${name}' for reading: ${fileErrorText(error)}\n`);
  else yield* cannotOpen(p, flavour, name, error);
}

/** What stands above each of several files. */
function* title(p: Process, name: string, first: boolean): Op<void> {
  yield* p.out(`${first ? '' : '\n'}==> ${name === '-' ? 'standard input' : name} <==\n`);
}

const head: Flavoured = (flavour) =>
  function* (p) {
    const how = yield* extent(p, flavour);
    if (typeof how === 'number') return how;
    let status = 0;
    const names = how.names.length === 0 ? ['-'] : how.names;
    const titled = how.verbose || (names.length > 1 && !how.quiet);
    let first = true;
    for (const name of names) {
      const fd = name === '-' ? 0 : deviceDescriptor(p, name);
      const read = fd === undefined ? p.fs.read(p.fs.resolve(p.cwd, name)) : undefined;
      if (read && !read.ok) {
        yield* notOpened(p, flavour, 'head', name, read.error);
        status = 1;
        continue;
      }
      if (titled) yield* title(p, name, first);
      first = false;
      if (fd !== undefined && how.unit === 'lines' && how.sign !== '-') {
        for (let n = 0; n < how.count; n += 1) {
          const line = yield* p.readLine(fd);
          if (line === null) break;
          yield* p.out(`${line}\n`);
        }
        continue;
      }
      if (fd !== undefined && how.sign !== '-') {
        yield* copyBytes(p, fd, how.count);
        continue;
      }
      const text = read ? read.value : yield* p.readAll(fd ?? 0);
      yield* p.out(firstPart(text, how));
    }
    return status;
  };

/** The first of the input as it comes: what writes for ever is not waited for. */
function* copyBytes(p: Process, fd: number, count: number): Op<void> {
  for (let left = count; left > 0; ) {
    const text = yield* p.read(fd);
    if (text === null) return;
    yield* p.out(text.slice(0, left));
    left -= text.length;
  }
}

function firstPart(text: string, how: Extent): string {
  if (how.unit === 'bytes')
    return how.sign === '-'
      ? text.slice(0, Math.max(0, text.length - how.count))
      : text.slice(0, how.count);
  const lines = linesOf(text);
  const kept =
    how.sign === '-'
      ? lines.slice(0, Math.max(0, lines.length - how.count))
      : lines.slice(0, how.count);
  return kept.map((line) => `${line}\n`).join('');
}

function lastPart(text: string, how: Extent): string {
  if (how.unit === 'bytes')
    return how.sign === '+'
      ? text.slice(how.count - 1)
      : how.count === 0
        ? ''
        : text.slice(-how.count);
  const lines = linesOf(text);
  const kept =
    how.sign === '+'
      ? lines.slice(Math.max(0, how.count - 1))
      : how.count === 0
        ? []
        : lines.slice(-how.count);
  return kept
    .map((line, i) => (i === kept.length - 1 && !text.endsWith('\n') ? line : `${line}\n`))
    .join('');
}

const tail: Flavoured = (flavour) =>
  function* (p) {
    const how = yield* extent(p, flavour);
    if (typeof how === 'number') return how;
    let status = 0;
    const names = how.names.length === 0 ? ['-'] : how.names;
    const titled = how.verbose || (names.length > 1 && !how.quiet);
    for (const [i, name] of names.entries()) {
      const read = name === '-' ? undefined : p.fs.read(p.fs.resolve(p.cwd, name));
      if (read && !read.ok) {
        yield* notOpened(p, flavour, 'tail', name, read.error);
        status = 1;
        continue;
      }
      if (titled) yield* title(p, name, i === 0);
      yield* p.out(lastPart(read ? read.value : yield* p.readAll(0), how));
    }
    const followed = names.at(-1);
    if (how.follow && followed !== undefined && followed !== '-') yield* follow(p, followed);
    return status;
  };

/** tail -f: looks every half second whether the file has grown, until a signal ends it. */
function* follow(p: Process, name: string): Op<void> {
  const path = p.fs.resolve(p.cwd, name);
  let length = p.fs.read(path).ok ? (p.fs.read(path) as { value: string }).value.length : 0;
  for (;;) {
    yield* sleep(p.sim, millis(500));
    const read = p.fs.read(path);
    if (!read.ok) continue;
    if (read.value.length > length) yield* p.out(read.value.slice(length));
    length = read.value.length;
  }
}

export const headAndTail: Readonly<Record<string, Flavoured>> = { head, tail };
