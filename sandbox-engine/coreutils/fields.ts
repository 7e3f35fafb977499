// cut, tr, sort, uniq, paste and column: programs that work on fields and characters of lines.
import type { Op } from '../sim/index.ts';
import { compareText, err, ok, type Result } from '../std/index.ts';
import { eachLine, type Flavoured, fileErrorText, inputs, linesOf, options } from './common.ts';

type Range = readonly [number, number];

function parseRanges(text: string): Range[] | undefined {
  const ranges: Range[] = [];
  for (const part of text.split(',')) {
    const match = /^(\d*)(-?)(\d*)$/.exec(part);
    if (!match || part === '' || part === '-') return undefined;
    const from = match[1] ? Number(match[1]) : 1;
    const to = match[2] ? (match[3] ? Number(match[3]) : Number.POSITIVE_INFINITY) : from;
    if (from === 0) return undefined;
    ranges.push([from, to]);
  }
  return ranges;
}

const cut: Flavoured = (flavour) =>
  function* (p) {
    const parsed = yield* options(p, flavour, {
      flags: 'sn',
      values: 'dfcbO',
      long: {
        delimiter: 'd',
        fields: 'f',
        characters: 'c',
        bytes: 'b',
        'only-delimited': 's',
        'output-delimiter': 'O',
      },
    });
    if (!parsed.ok) return parsed.error;
    const given = parsed.value;
    const list = given.value('f') ?? given.value('c') ?? given.value('b');
    const ranges = list === undefined ? undefined : parseRanges(list);
    const problem =
      list === undefined
        ? 'you must specify a list of bytes, characters, or fields'
        : ranges === undefined
          ? `invalid field value '${list}'`
          : (given.value('d')?.length ?? 1) !== 1
            ? 'the delimiter must be a single character'
            : undefined;
    if (problem || !ranges) {
      yield* p.err(`cut: ${problem}\nTry 'cut --help' for more information.\n`);
      return 1;
    }
    const within = (n: number): boolean => ranges.some(([from, to]) => n >= from && n <= to);
    const delimiter = given.value('d') ?? '\t';
    const output = given.value('O') ?? delimiter;
    const clean = yield* eachLine(p, flavour, given.operands, function* (line) {
      if (given.value('f') === undefined)
        yield* p.out(`${[...line].filter((_, i) => within(i + 1)).join('')}\n`);
      else if (!line.includes(delimiter)) {
        if (!given.has('s')) yield* p.out(`${line}\n`);
      } else
        yield* p.out(
          `${line
            .split(delimiter)
            .filter((_, i) => within(i + 1))
            .join(output)}\n`,
        );
      return true;
    });
    return clean ? 0 : 1;
  };

const sets: Readonly<Record<string, string>> = {
  digit: '0123456789',
  lower: 'abcdefghijklmnopqrstuvwxyz',
  upper: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  space: ' \t\n\r\f\v',
  blank: ' \t',
  punct: '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
};

/** The characters of a tr set: ranges, classes and escapes expanded. */
function characterSet(text: string): string {
  let out = '';
  for (let i = 0; i < text.length; i += 1) {
    const named = /^\[:(\w+):\]/.exec(text.slice(i));
    if (named) {
      const name = named[1] ?? '';
      out +=
        name === 'alpha'
          ? `${sets.upper}${sets.lower}`
          : name === 'alnum'
            ? `${sets.digit}${sets.upper}${sets.lower}`
            : (sets[name] ?? '');
      i += named[0].length - 1;
      continue;
    }
    let c = text[i] ?? '';
    if (c === '\\') {
      i += 1;
      const next = text[i] ?? '\\';
      c =
        ({ n: '\n', t: '\t', r: '\r', '0': '\0', '\\': '\\' } as Record<string, string>)[next] ??
        next;
    }
    const end = text[i + 2];
    if (text[i + 1] === '-' && end !== undefined) {
      for (let code = c.charCodeAt(0); code <= end.charCodeAt(0); code += 1)
        out += String.fromCharCode(code);
      i += 2;
    } else out += c;
  }
  return out;
}

const tr: Flavoured = (flavour) =>
  function* (p) {
    const parsed = yield* options(p, flavour, {
      flags: 'dscCt',
      long: { delete: 'd', 'squeeze-repeats': 's', complement: 'c', 'truncate-set1': 't' },
    });
    if (!parsed.ok) return parsed.error;
    const given = parsed.value;
    const [one, two] = given.operands;
    if (one === undefined || (two === undefined && !given.has('d') && !given.has('s'))) {
      yield* p.err(
        one === undefined
          ? "tr: missing operand\nTry 'tr --help' for more information.\n"
          : `tr: missing operand after '${one}'\nTwo strings must be given when translating.\nTry 'tr --help' for more information.\n`,
      );
      return 1;
    }
    const complement = given.has('c') || given.has('C');
    const first = characterSet(one);
    const second = characterSet(two ?? '');
    const inFirst = (c: string): boolean => first.includes(c) !== complement;
    const replace = (c: string): string => {
      if (given.has('d') || two === undefined || !inFirst(c)) return c;
      const at = complement ? second.length - 1 : first.indexOf(c);
      return second[Math.min(at, second.length - 1)] ?? c;
    };
    const squeezed = (c: string): boolean => (two === undefined ? inFirst(c) : second.includes(c));
    let previous = '';
    for (let part = yield* p.read(0); part !== null; part = yield* p.read(0)) {
      let out = '';
      for (const c of part) {
        if (given.has('d') && inFirst(c)) continue;
        const shown = replace(c);
        if (given.has('s') && shown === previous && squeezed(shown)) continue;
        out += shown;
        previous = shown;
      }
      yield* p.out(out);
    }
    return 0;
  };

interface SortKey {
  readonly from: number;
  readonly to: number;
  readonly flags: string;
}

function parseKey(text: string): Result<SortKey, string> {
  const match = /^(\d+)(?:\.\d+)?([a-zA-Z]*)(?:,(\d+)(?:\.\d+)?([a-zA-Z]*))?$/.exec(text);
  if (!match || match[1] === '0')
    return err(`invalid number at field start: invalid count at start of '${text}'`);
  return ok({
    from: Number(match[1]),
    to: match[3] ? Number(match[3]) : Number.POSITIVE_INFINITY,
    flags: `${match[2] ?? ''}${match[4] ?? ''}`,
  });
}

const sort: Flavoured = (flavour) =>
  function* (p) {
    const parsed = yield* options(p, flavour, {
      flags: 'bdfghinMrRsuVcz',
      values: 'kto',
      long: {
        reverse: 'r',
        'numeric-sort': 'n',
        unique: 'u',
        key: 'k',
        'field-separator': 't',
        'version-sort': 'V',
        'ignore-case': 'f',
        output: 'o',
        'human-numeric-sort': 'h',
      },
      status: 2,
    });
    if (!parsed.ok) return parsed.error;
    const given = parsed.value;
    const keys: SortKey[] = [];
    for (const text of given.values('k')) {
      const key = parseKey(text);
      if (!key.ok) {
        yield* p.err(`sort: ${key.error}\n`);
        return 2;
      }
      keys.push(key.value);
    }
    const { list, failed } = yield* inputs(p, flavour, given.operands);
    if (failed) return 2;
    const global = [...'bfhnrV'].filter((letter) => given.has(letter)).join('');
    const compare = lineOrder(keys, global, given.value('t'));
    let lines = list.flatMap((input) => linesOf(input.text));
    if (given.has('c')) {
      const wrong = lines.findIndex((line, i) => i > 0 && compare(lines[i - 1] ?? '', line) > 0);
      if (wrong < 0) return 0;
      yield* p.err(`sort: ${given.operands[0] ?? '-'}:${wrong + 1}: disorder: ${lines[wrong]}\n`);
      return 1;
    }
    lines = [...lines].sort((a, b) => {
      const order = compare(a, b);
      if (order !== 0 || given.has('s') || given.has('u')) return order;
      return given.has('r') ? compareText(b, a) : compareText(a, b);
    });
    if (given.has('u'))
      lines = lines.filter((line, i) => i === 0 || compare(lines[i - 1] ?? '', line) !== 0);
    const text = lines.map((line) => `${line}\n`).join('');
    const target = given.value('o');
    if (target === undefined) {
      yield* p.out(text);
      return 0;
    }
    const written = p.fs.write(p.fs.resolve(p.cwd, target), text);
    if (written.ok) return 0;
    const problem = flavour === 'gnu' ? `open failed: ${target}` : `can't open '${target}'`;
    yield* p.err(`sort: ${problem}: ${fileErrorText(written.error)}\n`);
    return flavour === 'gnu' ? 2 : 1;
  };

function lineOrder(
  keys: readonly SortKey[],
  global: string,
  separator: string | undefined,
): (a: string, b: string) => number {
  const part = (line: string, key: SortKey): string => {
    const fields = separator === undefined ? (line.match(/\s*\S+/g) ?? []) : line.split(separator);
    return fields.slice(key.from - 1, key.to).join(separator ?? '');
  };
  const compareBy = (a: string, b: string, flags: string): number => {
    const order = valueOrder(a, b, flags);
    return flags.includes('r') ? -order : order;
  };
  return (a, b) => {
    if (keys.length === 0) return compareBy(a, b, global);
    for (const key of keys) {
      const order = compareBy(part(a, key), part(b, key), key.flags || global);
      if (order !== 0) return order;
    }
    return 0;
  };
}

function valueOrder(a: string, b: string, flags: string): number {
  if (flags.includes('n') || flags.includes('h')) return numeric(a) - numeric(b);
  if (flags.includes('V')) return versionOrder(a, b);
  const [x, y] = flags.includes('b') ? [a.trimStart(), b.trimStart()] : [a, b];
  return flags.includes('f') ? compareText(x.toUpperCase(), y.toUpperCase()) : compareText(x, y);
}

const scales: Readonly<Record<string, number>> = { K: 1e3, M: 1e6, G: 1e9, T: 1e12 };
function numeric(text: string): number {
  const match = /^\s*(-?\d*\.?\d+)([KMGT]?)/.exec(text);
  return match ? Number(match[1]) * (scales[match[2] ?? ''] ?? 1) : 0;
}

function versionOrder(a: string, b: string): number {
  const parts = (text: string): string[] => text.match(/\d+|\D+/g) ?? [];
  const [x, y] = [parts(a), parts(b)];
  for (let i = 0; i < Math.max(x.length, y.length); i += 1) {
    const [s = '', t = ''] = [x[i], y[i]];
    const order = /^\d/.test(s) && /^\d/.test(t) ? Number(s) - Number(t) : compareText(s, t);
    if (order !== 0) return order;
  }
  return 0;
}

const uniq: Flavoured = (flavour) =>
  function* (p) {
    const parsed = yield* options(p, flavour, {
      flags: 'cduiD',
      values: 'fsw',
      long: { count: 'c', repeated: 'd', unique: 'u', 'ignore-case': 'i', 'skip-fields': 'f' },
    });
    if (!parsed.ok) return parsed.error;
    const given = parsed.value;
    const skip = Number(given.value('f') ?? 0);
    const key = (line: string): string => {
      const rest = line.replace(new RegExp(`^(?:\\s*\\S+){0,${skip}}`), '');
      return given.has('i') ? rest.toLowerCase() : rest;
    };
    const show = (line: string, n: number): Op<void> => {
      const wanted = given.has('d') ? n > 1 : given.has('u') ? n === 1 : true;
      return p.out(wanted ? `${given.has('c') ? `${String(n).padStart(7)} ` : ''}${line}\n` : '');
    };
    let current: string | undefined;
    let times = 0;
    const clean = yield* eachLine(p, flavour, given.operands.slice(0, 1), function* (line) {
      if (current !== undefined && key(current) === key(line)) times += 1;
      else {
        if (current !== undefined) yield* show(current, times);
        current = line;
        times = 1;
      }
      return true;
    });
    if (current !== undefined) yield* show(current, times);
    return clean ? 0 : 1;
  };

const paste: Flavoured = (flavour) =>
  function* (p) {
    const parsed = yield* options(p, flavour, {
      flags: 's',
      values: 'd',
      long: { serial: 's', delimiters: 'd' },
    });
    if (!parsed.ok) return parsed.error;
    const delimiter = characterSet(parsed.value.value('d') ?? '\t')[0] ?? '';
    const { list, failed } = yield* inputs(p, flavour, parsed.value.operands);
    const columns = list.map((input) => linesOf(input.text));
    if (parsed.value.has('s')) {
      for (const lines of columns) yield* p.out(`${lines.join(delimiter)}\n`);
      return failed ? 1 : 0;
    }
    const height = Math.max(0, ...columns.map((lines) => lines.length));
    for (let i = 0; i < height; i += 1)
      yield* p.out(`${columns.map((lines) => lines[i] ?? '').join(delimiter)}\n`);
    return failed ? 1 : 0;
  };

const column: Flavoured = (flavour) =>
  function* (p) {
    const parsed = yield* options(p, flavour, {
      flags: 't',
      values: 'so',
      long: { table: 't', separator: 's', 'output-separator': 'o' },
    });
    if (!parsed.ok) return parsed.error;
    const { list, failed } = yield* inputs(p, flavour, parsed.value.operands);
    const lines = list.flatMap((input) => linesOf(input.text)).filter((line) => line.trim() !== '');
    if (!parsed.value.has('t')) {
      for (const line of lines) yield* p.out(`${line}\n`);
      return failed ? 1 : 0;
    }
    const separators = parsed.value.value('s');
    const rows = lines.map((line) =>
      separators === undefined
        ? line.trim().split(/\s+/)
        : line.split(new RegExp(`[${separators.replace(/[\]\\^-]/g, '\\$&')}]`)),
    );
    const widths: number[] = [];
    for (const row of rows)
      for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length);
    const gap = parsed.value.value('o') ?? '  ';
    for (const row of rows)
      yield* p.out(
        `${row.map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i] ?? 0))).join(gap)}\n`,
      );
    return failed ? 1 : 0;
  };

export const fieldPrograms: Readonly<Record<string, Flavoured>> = {
  cut,
  tr,
  sort,
  uniq,
  paste,
  column,
};
