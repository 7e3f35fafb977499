// cat, tac, rev, nl, wc, tee, yes and seq.
import type { Process, Program } from '../os/index.ts';
import { millis, type Op, sleep } from '../sim/index.ts';
import {
  byteLength,
  cannotOpen,
  complain,
  deviceDescriptor,
  eachLine,
  type Flavour,
  type Flavoured,
  inputs,
  linesOf,
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
    if (plain) return yield* copyThrough(p, flavour, given.operands);
    let number = 0;
    let blankBefore = false;
    const clean = yield* eachLine(p, flavour, given.operands, function* (line) {
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

function* copyThrough(p: Process, flavour: Flavour, names: readonly string[]): Op<number> {
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
      yield* cannotOpen(p, flavour, name, read.error);
      status = 1;
    }
  }
  return status;
}

const tac: Flavoured = (flavour) =>
  function* (p) {
    const parsed = yield* options(p, flavour, { flags: '' });
    if (!parsed.ok) return parsed.error;
    const { list, failed } = yield* inputs(p, flavour, parsed.value.operands);
    for (const input of list)
      for (const line of linesOf(input.text).reverse()) yield* p.out(`${line}\n`);
    return failed ? 1 : 0;
  };

const rev: Flavoured = (flavour) =>
  function* (p) {
    const parsed = yield* options(p, flavour, { flags: '' });
    if (!parsed.ok) return parsed.error;
    const clean = yield* eachLine(p, flavour, parsed.value.operands, function* (line) {
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
    const clean = yield* eachLine(p, flavour, parsed.value.operands, function* (line) {
      if (line === '' && !all) yield* p.out('       \n');
      else {
        number += 1;
        yield* p.out(`${String(number).padStart(6)}\t${line}\n`);
      }
      return true;
    });
    return clean ? 0 : 1;
  };

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
    const { list, failed } = yield* inputs(p, flavour, given.operands);
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
  wc,
  tee,
  seq,
  yes: () => yes,
};
