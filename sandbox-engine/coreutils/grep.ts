// grep, egrep and fgrep: lines that match, streamed as they come.
import type { Process, Program } from '../os/index.ts';
import type { Op } from '../sim/index.ts';
import { complain, type Flavour, linesOf, nameOf, type Options, options } from './common.ts';
import { posixRegex } from './regex.ts';

const spec = {
  flags: 'EFGPivnclLoqshHwxrRaIz~',
  values: 'eABCmf',
  long: {
    'extended-regexp': 'E',
    'fixed-strings': 'F',
    'basic-regexp': 'G',
    'perl-regexp': 'P',
    'ignore-case': 'i',
    'invert-match': 'v',
    'line-number': 'n',
    count: 'c',
    'files-with-matches': 'l',
    'files-without-match': 'L',
    'only-matching': 'o',
    quiet: 'q',
    silent: 'q',
    'no-messages': 's',
    'no-filename': 'h',
    'with-filename': 'H',
    'word-regexp': 'w',
    'line-regexp': 'x',
    recursive: 'r',
    regexp: 'e',
    'after-context': 'A',
    'before-context': 'B',
    context: 'C',
    'max-count': 'm',
    file: 'f',
    text: 'a',
    color: '~',
    colour: '~',
  },
  status: 2,
} as const;

export const grep = (flavour: Flavour): Program =>
  function* (p) {
    const parsed = yield* options(p, flavour, spec);
    if (!parsed.ok) return flavour === 'gnu' ? 2 : 1;
    const given = parsed.value;
    const operands = [...given.operands];
    const sources = [...given.values('e')].flatMap((e) => e.split('\n'));
    for (const file of given.values('f')) {
      const read = p.fs.read(p.fs.resolve(p.cwd, file));
      if (!read.ok) {
        yield* complain(p, file, read.error);
        return 2;
      }
      sources.push(...linesOf(read.value));
    }
    if (sources.length === 0 && given.values('f').length === 0) {
      const first = operands.shift();
      if (first === undefined) {
        yield* p.err(
          "Usage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information.\n",
        );
        return 2;
      }
      sources.push(...first.split('\n'));
    }
    const expression = matcher(p, given, sources);
    if (typeof expression === 'string') {
      yield* p.err(`${nameOf(p)}: ${expression}\n`);
      return 2;
    }
    return yield* search(p, given, expression, operands);
  };

function matcher(p: Process, given: Options, sources: readonly string[]): RegExp | string {
  const fixed = given.has('F') || nameOf(p) === 'fgrep';
  const extended = given.has('E') || given.has('P') || nameOf(p) === 'egrep';
  const parts: string[] = [];
  for (const source of sources) {
    if (fixed) {
      parts.push(source.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
      continue;
    }
    const one = posixRegex(source, { extended });
    if (!one.ok) return one.error;
    parts.push(one.value.source);
  }
  let whole = parts.length === 0 ? '(?!)' : parts.map((part) => `(?:${part})`).join('|');
  if (given.has('w')) whole = `(?<!\\w)(?:${whole})(?!\\w)`;
  if (given.has('x')) whole = `^(?:${whole})$`;
  return new RegExp(whole, `g${given.has('i') ? 'i' : ''}`);
}

function* search(
  p: Process,
  given: Options,
  expression: RegExp,
  operands: readonly string[],
): Op<number> {
  const recursive = given.has('r') || given.has('R');
  const files: string[] = [];
  let failed = false;
  for (const operand of operands.length > 0 ? operands : recursive ? ['.'] : ['-']) {
    const path = p.fs.resolve(p.cwd, operand);
    const stat = operand === '-' ? undefined : p.fs.stat(path);
    if (stat?.ok && stat.value.type === 'directory') {
      if (recursive) files.push(...walk(p, operand));
      else yield* p.err(`${nameOf(p)}: ${operand}: Is a directory\n`);
    } else files.push(operand);
  }
  const named = given.has('H') || (!given.has('h') && (recursive || operands.length > 1));
  let found = false;
  for (const file of files) {
    const outcome = yield* searchOne(p, given, expression, file, named);
    if (outcome === 'failed') failed = true;
    else if (outcome > 0) {
      found = true;
      if (given.has('q')) return 0;
    }
  }
  return failed ? 2 : found ? 0 : 1;
}

function walk(p: Process, folder: string): string[] {
  const found: string[] = [];
  const list = p.fs.list(p.fs.resolve(p.cwd, folder));
  for (const name of list.ok ? list.value : []) {
    const path = `${folder.replace(/\/$/, '')}/${name}`;
    const stat = p.fs.stat(p.fs.resolve(p.cwd, path), { followLinks: false });
    if (!stat.ok) continue;
    if (stat.value.type === 'directory') found.push(...walk(p, path));
    else if (stat.value.type === 'file') found.push(path);
  }
  return found;
}

function* searchOne(
  p: Process,
  given: Options,
  expression: RegExp,
  file: string,
  named: boolean,
): Op<number | 'failed'> {
  const prefix = named ? (file === '-' ? '(standard input)' : file) : '';
  const context = Number(given.value('C') ?? 0);
  const after = Number(given.value('A') ?? context);
  const before = Number(given.value('B') ?? context);
  const limit =
    given.value('m') === undefined ? Number.POSITIVE_INFINITY : Number(given.value('m'));
  const quiet = given.has('q') || given.has('c') || given.has('l') || given.has('L');
  const label = (number: number, separator: string): string =>
    `${prefix ? `${prefix}${separator}` : ''}${given.has('n') ? `${number}${separator}` : ''}`;
  const recent: { number: number; line: string }[] = [];
  let matches = 0;
  let number = 0;
  let trailing = 0;
  let lastPrinted = 0;
  const next = lineReader(p, file);
  for (let line = yield* next(); line !== null; line = yield* next()) {
    if (line === undefined) {
      if (!given.has('s')) yield* p.err(`${nameOf(p)}: ${file}: No such file or directory\n`);
      return 'failed';
    }
    number += 1;
    expression.lastIndex = 0;
    const hit = expression.test(line) !== given.has('v');
    if (hit) {
      matches += 1;
      if (quiet) {
        if (given.has('q') || given.has('l') || given.has('L') || matches >= limit) break;
        continue;
      }
      const first = recent[0]?.number ?? number;
      if ((before > 0 || after > 0) && lastPrinted > 0 && first > lastPrinted + 1)
        yield* p.out('--\n');
      for (const old of recent) yield* p.out(`${label(old.number, '-')}${old.line}\n`);
      recent.length = 0;
      if (given.has('o') && !given.has('v')) {
        for (const part of line.match(expression) ?? [])
          if (part) yield* p.out(`${label(number, ':')}${part}\n`);
      } else yield* p.out(`${label(number, ':')}${line}\n`);
      lastPrinted = number;
      trailing = after;
      if (matches >= limit) break;
    } else if (trailing > 0 && !quiet) {
      trailing -= 1;
      yield* p.out(`${label(number, '-')}${line}\n`);
      lastPrinted = number;
    } else if (before > 0) {
      recent.push({ number, line });
      if (recent.length > before) recent.shift();
    }
  }
  if (given.has('q')) return matches;
  if (given.has('c')) yield* p.out(`${prefix ? `${prefix}:` : ''}${matches}\n`);
  else if (given.has('l') && matches > 0)
    yield* p.out(`${file === '-' ? '(standard input)' : file}\n`);
  else if (given.has('L') && matches === 0) yield* p.out(`${file}\n`);
  return matches;
}

/** Reads line by line: null at the end, undefined when the file cannot be read. */
function lineReader(p: Process, file: string): () => Op<string | null | undefined> {
  if (file === '-') return () => p.readLine(0);
  const read = p.fs.read(p.fs.resolve(p.cwd, file));
  const lines = read.ok ? linesOf(read.value) : [];
  let at = 0;
  return function* () {
    if (!read.ok) return undefined;
    return at < lines.length ? (lines[at++] ?? '') : null;
  };
}
