// cat, tac, rev, nl, head, tail, wc, tee, yes and seq.
import type { Process, Program } from '../os/index.ts';
import { millis, type Op, sleep } from '../sim/index.ts';
import {
  byteLength,
  complain,
  eachLine,
  type Flavour,
  type Flavoured,
  inputs,
  linesOf,
  nameOf,
  options,
} from './common.ts';

const cat: Flavoured = (flavour) =>
  function* (p) {
    const parsed = yield* options(p, flavour, {
      flags: 'nbsAvEeTtu',
      long: {
        number: 'n',
        'number-nonblank': 'b',
        'squeeze-blank': 's',
        'show-all': 'A',
        'show-ends': 'E',
        'show-tabs': 'T',
      },
    });
    if (!parsed.ok) return parsed.error;
    const given = parsed.value;
    const plain = !'nbsAvEeTt'.split('').some((letter) => given.has(letter));
    if (plain) return yield* copyThrough(p, given.operands);
    let number = 0;
    let blankBefore = false;
    const clean = yield* eachLine(p, given.operands, function* (line) {
      const blank = line === '';
      if (given.has('s') && blank && blankBefore) return true;
      blankBefore = blank;
      let shown = line;
      if (given.has('A') || given.has('T') || given.has('t')) shown = shown.replace(/\t/g, '^I');
      if (given.has('A') || given.has('E') || given.has('e')) shown += '$';
      const counted = given.has('b') ? !blank : given.has('n');
      if (counted) number += 1;
      yield* p.out(`${counted ? `${String(number).padStart(6)}\t` : ''}${shown}\n`);
      return true;
    });
    return clean ? 0 : 1;
  };

/** A device opened as a further descriptor: it may have no end, so it is read as it comes. Other files: undefined. */
function deviceDescriptor(p: Process, name: string): number | undefined {
  const stat = p.fs.stat(p.fs.resolve(p.cwd, name));
  if (!stat.ok || stat.value.type !== 'device') return undefined;
  const opened = p.open(name, 'read');
  if (!opened.ok) return undefined;
  let fd = 3;
  while (p.fds.has(fd)) fd += 1;
  p.fds.set(fd, opened.value);
  return fd;
}

function* copyThrough(p: Process, names: readonly string[]): Op<number> {
  let status = 0;
  for (const name of names.length === 0 ? ['-'] : names) {
    const fd = name === '-' ? 0 : deviceDescriptor(p, name);
    if (fd !== undefined) {
      for (let part = yield* p.read(fd); part !== null; part = yield* p.read(fd))
        yield* p.out(part);
      continue;
    }
    const read = p.fs.read(p.fs.resolve(p.cwd, name));
    if (read.ok) yield* p.out(read.value);
    else {
      yield* complain(p, name, read.error);
      status = 1;
    }
  }
  return status;
}

const tac: Flavoured = (flavour) =>
  function* (p) {
    const parsed = yield* options(p, flavour, { flags: '' });
    if (!parsed.ok) return parsed.error;
    const { list, failed } = yield* inputs(p, parsed.value.operands);
    for (const input of list)
      for (const line of linesOf(input.text).reverse()) yield* p.out(`${line}\n`);
    return failed ? 1 : 0;
  };

const rev: Flavoured = (flavour) =>
  function* (p) {
    const parsed = yield* options(p, flavour, { flags: '' });
    if (!parsed.ok) return parsed.error;
    const clean = yield* eachLine(p, parsed.value.operands, function* (line) {
      yield* p.out(`${[...line].reverse().join('')}\n`);
      return true;
    });
    return clean ? 0 : 1;
  };

const nl: Flavoured = (flavour) =>
  function* (p) {
    const parsed = yield* options(p, flavour, { flags: '', values: 'bws' });
    if (!parsed.ok) return parsed.error;
    const all = parsed.value.value('b') === 'a';
    let number = 0;
    const clean = yield* eachLine(p, parsed.value.operands, function* (line) {
      if (line === '' && !all) yield* p.out('       \n');
      else {
        number += 1;
        yield* p.out(`${String(number).padStart(6)}\t${line}\n`);
      }
      return true;
    });
    return clean ? 0 : 1;
  };

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
        if (flavour === 'gnu')
          yield* p.err(`head: cannot open '${name}' for reading: No such file or directory\n`);
        else yield* complain(p, name, read.error);
        status = 1;
        continue;
      }
      if (titled)
        yield* p.out(`${first ? '' : '\n'}==> ${name === '-' ? 'standard input' : name} <==\n`);
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
        if (flavour === 'gnu')
          yield* p.err(`tail: cannot open '${name}' for reading: No such file or directory\n`);
        else yield* p.err(`tail: can't open '${name}': No such file or directory\n`);
        status = 1;
        continue;
      }
      if (titled)
        yield* p.out(`${i === 0 ? '' : '\n'}==> ${name === '-' ? 'standard input' : name} <==\n`);
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

const wc: Flavoured = (flavour) =>
  function* (p) {
    const parsed = yield* options(p, flavour, {
      flags: 'lwcmL',
      long: { lines: 'l', words: 'w', bytes: 'c', chars: 'm', 'max-line-length': 'L' },
    });
    if (!parsed.ok) return parsed.error;
    const given = parsed.value;
    const asked = [...'lwmcL'].filter((letter) => given.has(letter));
    const columns = asked.length > 0 ? asked : ['l', 'w', 'c'];
    const { list, failed } = yield* inputs(p, given.operands);
    const rows = list.map((input) => ({
      name: input.name,
      counts: columns.map((c) => count(input.text, c)),
    }));
    if (list.length > 1)
      rows.push({
        name: 'total',
        counts: columns.map((_, i) => rows.reduce((sum, row) => sum + (row.counts[i] ?? 0), 0)),
      });
    const fromStdin = given.operands.length === 0;
    const widest = Math.max(...rows.flatMap((row) => row.counts).map((n) => String(n).length));
    const width =
      columns.length === 1 && rows.length === 1
        ? 0
        : flavour === 'busybox'
          ? 9
          : fromStdin
            ? 7
            : widest;
    for (const row of rows) {
      const numbers = row.counts.map((n) => String(n).padStart(width)).join(' ');
      yield* p.out(`${numbers}${fromStdin ? '' : ` ${row.name}`}\n`);
    }
    return failed ? 1 : 0;
  };

function count(text: string, what: string): number {
  if (what === 'l') return text.split('\n').length - 1;
  if (what === 'w') return text.split(/\s+/).filter(Boolean).length;
  if (what === 'm') return [...text].length;
  if (what === 'L') return Math.max(0, ...linesOf(text).map((line) => line.length));
  return byteLength(text);
}

const tee: Flavoured = (flavour) =>
  function* (p) {
    const parsed = yield* options(p, flavour, { flags: 'ai', long: { append: 'a' } });
    if (!parsed.ok) return parsed.error;
    let status = 0;
    const paths: string[] = [];
    for (const name of parsed.value.operands) {
      const path = p.fs.resolve(p.cwd, name);
      const opened = p.fs.write(path, '', { append: parsed.value.has('a') });
      if (opened.ok) paths.push(path);
      else {
        yield* complain(p, name, opened.error);
        status = 1;
      }
    }
    for (let part = yield* p.read(0); part !== null; part = yield* p.read(0)) {
      for (const path of paths) p.fs.write(path, part, { append: true });
      yield* p.out(part);
    }
    return status;
  };

const yes: Program = function* (p) {
  const line = `${p.argv.slice(1).join(' ') || 'y'}\n`;
  const block = line.repeat(Math.max(1, Math.floor(4096 / line.length)));
  for (;;) {
    yield* p.out(block);
    yield* sleep(p.sim, millis(1));
  }
};

const seq: Flavoured = (flavour) =>
  function* (p) {
    const negative = p.argv.slice(1).map((w) => (/^-\d/.test(w) ? `\u0000${w}` : w));
    const parsed = yield* options(p, flavour, {
      words: negative,
      flags: 'w',
      values: 'sf',
      long: { separator: 's', 'equal-width': 'w', format: 'f' },
    });
    if (!parsed.ok) return parsed.error;
    const words = parsed.value.operands.map((w) => w.replace('\u0000', ''));
    const bad = words.find((w) => !/^[+-]?\d+(\.\d+)?$/.test(w));
    if (bad !== undefined || words.length === 0 || words.length > 3) {
      const what =
        bad !== undefined
          ? `invalid floating point argument: '${bad}'`
          : words.length === 0
            ? 'missing operand'
            : `extra operand '${words[3]}'`;
      yield* p.err(`seq: ${what}\nTry 'seq --help' for more information.\n`);
      return 1;
    }
    const places = Math.max(...words.map((w) => w.split('.')[1]?.length ?? 0));
    const scale = 10 ** places;
    const numbers = words.map((w) => Math.round(Number(w) * scale));
    const [first, step, last] =
      numbers.length === 1
        ? [scale, scale, numbers[0] ?? 0]
        : numbers.length === 2
          ? [numbers[0] ?? 0, scale, numbers[1] ?? 0]
          : [numbers[0] ?? 0, numbers[1] ?? 0, numbers[2] ?? 0];
    if (step === 0) return 0;
    const separator = parsed.value.value('s') ?? '\n';
    const written = (n: number): string => (n / scale).toFixed(places);
    const width = parsed.value.has('w') ? Math.max(written(first).length, written(last).length) : 0;
    let any = false;
    for (let n = first; step > 0 ? n <= last : n >= last; n += step) {
      yield* p.out(`${any ? separator : ''}${written(n).padStart(width, '0')}`);
      any = true;
    }
    if (any) yield* p.out('\n');
    return 0;
  };

export const textPrograms: Readonly<Record<string, Flavoured>> = {
  cat,
  tac,
  rev,
  nl,
  head,
  tail,
  wc,
  tee,
  seq,
  yes: () => yes,
};
