// ps, kill, pgrep, pkill and killall: the processes of the pid namespace that one is in.
import { type Process, type ProcessRow, type Program, signals } from '../os/index.ts';
import type { Op } from '../sim/index.ts';
import { civilTime } from '../std/index.ts';
import { type Flavoured, type Options, options } from './common.ts';
import { posixRegex } from './regex.ts';

const two = (n: number): string => String(n).padStart(2, '0');

const clockText = (p: Process, row: ProcessRow): string => {
  const t = civilTime(p.sim.epochMillis + row.startedAt / 1_000);
  return `${two(t.hour)}:${two(t.minute)}`;
};
const visible = (p: Process): readonly ProcessRow[] =>
  p.host.processes(p.row.pidNamespace === 'init' ? undefined : p.row.pidNamespace);
const numberOf = (p: Process, row: ProcessRow): number =>
  p.row.pidNamespace === 'init' ? row.pid : row.namespacePid;
const parentOf = (p: Process, row: ProcessRow): number => {
  const parent = p.host.process(row.parent)?.row;
  if (p.row.pidNamespace === 'init') return row.parent;
  return parent?.pidNamespace === row.pidNamespace ? parent.namespacePid : 0;
};
const commandName = (row: ProcessRow): string =>
  (row.argv[0] ?? '').split('/').at(-1)?.replace(/:$/, '') ?? '';

type Column = readonly [
  header: string,
  cell: (p: Process, row: ProcessRow) => string,
  right: boolean,
];
const psColumns: Readonly<Record<string, Column>> = {
  pid: ['PID', (p, row) => String(numberOf(p, row)), true],
  ppid: ['PPID', (p, row) => String(parentOf(p, row)), true],
  pgid: ['PGID', (_, row) => String(row.group), true],
  user: ['USER', (_, row) => row.user, false],
  uid: ['UID', (_, row) => row.user, false],
  args: ['COMMAND', (_, row) => row.argv.join(' '), false],
  cmd: ['CMD', (_, row) => row.argv.join(' '), false],
  command: ['COMMAND', (_, row) => row.argv.join(' '), false],
  comm: ['COMMAND', (_, row) => commandName(row), false],
  tty: ['TT', (_, row) => row.tty ?? '?', false],
  stat: ['STAT', (_, row) => row.state, false],
  s: ['S', (_, row) => row.state, false],
  time: ['TIME', () => '00:00:00', true],
  etime: ['ELAPSED', (p, row) => elapsed(p, row), true],
  start: ['STARTED', clockText, true],
  stime: ['STIME', clockText, false],
  c: ['C', () => '0', true],
};

function elapsed(p: Process, row: ProcessRow): string {
  const total = Math.floor((p.sim.now() - row.startedAt) / 1_000_000);
  const hours = Math.floor(total / 3_600);
  return `${hours > 0 ? `${two(hours)}:` : ''}${two(Math.floor(total / 60) % 60)}:${two(total % 60)}`;
}

const ps: Flavoured = (flavour) => (flavour === 'busybox' ? busyboxPs : procpsPs);

const busyboxPs: Program = function* (p) {
  const chosen = /^-o(.+)?$/.test(p.argv[1] ?? '')
    ? p.argv[1] === '-o'
      ? p.argv[2]
      : p.argv[1]?.slice(2)
    : undefined;
  if (chosen !== undefined) return yield* psTable(p, [chosen], visible(p));
  yield* p.out('PID   USER     TIME  COMMAND\n');
  for (const row of visible(p)) {
    const name = row.argv[0] === undefined ? '' : row.argv.join(' ');
    yield* p.out(`${String(numberOf(p, row)).padStart(5)} ${row.user.padEnd(8)}  0:00 ${name}\n`);
  }
  return 0;
};

interface PsRequest {
  readonly columns: readonly string[];
  readonly full: boolean;
  readonly aux: boolean;
  readonly headers: boolean;
  readonly selects: (p: Process, row: ProcessRow) => boolean;
}

/** A list of procps: separated by commas or blanks. */
const listed = (values: readonly string[]): readonly string[] =>
  values.flatMap((value) => value.split(/[\s,]+/)).filter((word) => word !== '');

/** A word of the old BSD syntax (`ps aux`) as the options that it stands for; undefined: it has letters that do not exist. */
function bsdWord(word: string): readonly string[] | undefined {
  if (/^\d+(,\d+)*$/.test(word)) return ['-p', word];
  if (!/^[auxwefh]*[op]?$/.test(word)) return undefined;
  const last = /[op]$/.exec(word)?.[0];
  return [
    // Everybody's, and without a terminal too.
    ...(word.includes('x') ? ['-e'] : []),
    ...(word.includes('a') && !word.includes('x') ? ['-a'] : []),
    ...(word.includes('u') ? ['--aux'] : []),
    ...(word.includes('h') ? ['-h'] : []),
    ...(last ? [`-${last}`] : []),
  ];
}

/** The words of ps with those of the BSD syntax put as options; undefined: one is wrong. */
function psWords(argv: readonly string[]): string[] | undefined {
  const words: string[] = [];
  for (const word of argv.slice(1)) {
    const takesValue = /^-[eAfFwah]*[oCpu]$|^--(?:format|pid|ppid|user)$/.test(words.at(-1) ?? '');
    const meant = takesValue || word.startsWith('-') ? [word] : bsdWord(word);
    if (!meant) return undefined;
    words.push(...meant);
  }
  return words;
}

function* psRequest(p: Process): Op<PsRequest | undefined> {
  const words = psWords(p.argv);
  if (!words) {
    yield* p.err('error: unsupported option (BSD syntax)\n');
    return undefined;
  }
  const parsed = yield* options(p, 'gnu', {
    words,
    flags: 'eAfFwahX',
    values: 'oCpuN',
    long: {
      ...{ format: 'o', pid: 'p', user: 'u', ppid: 'N' },
      ...{ 'no-headers': 'h', 'no-heading': 'h', aux: 'X' },
    },
  });
  if (!parsed.ok) return undefined;
  const given = parsed.value;
  const pids = listed(given.values('p')).map(Number);
  const parents = listed(given.values('N')).map(Number);
  const names = listed(given.values('C'));
  const users = listed(given.values('u'));
  const chosen = ['p', 'N', 'C', 'u'].some((letter) => given.has(letter));
  const all = given.has('e') || given.has('A');
  return {
    columns: given.values('o'),
    full: given.has('f') || given.has('F'),
    aux: given.has('X'),
    headers: !given.has('h'),
    selects: (process, row) =>
      all ||
      pids.includes(numberOf(process, row)) ||
      parents.includes(parentOf(process, row)) ||
      names.includes(commandName(row)) ||
      users.includes(row.user) ||
      (!chosen && row.tty !== undefined && (given.has('a') || row.tty === process.row.tty)),
  };
}

const procpsPs: Program = function* (p) {
  const request = yield* psRequest(p);
  if (!request) return 1;
  const rows = visible(p).filter((row) => request.selects(p, row));
  const status = rows.length > 0 ? 0 : 1;
  if (request.columns.length > 0)
    return (yield* psTable(p, request.columns, rows, request.headers)) || status;
  const { header, line } = request.aux ? auxFormat : request.full ? fullFormat : shortFormat;
  if (request.headers) yield* p.out(`${header}\n`);
  for (const row of rows) yield* p.out(`${line(p, row)}\n`);
  return status;
};

interface PsFormat {
  readonly header: string;
  readonly line: (p: Process, row: ProcessRow) => string;
}
const pid = (n: number): string => String(n).padStart(7);
const terminal = (row: ProcessRow): string => (row.tty ?? '?').padEnd(8);
const auxFormat: PsFormat = {
  header: 'USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND',
  line: (p, row) =>
    `${row.user.padEnd(8)} ${pid(numberOf(p, row))}  0.0  0.1  ${'4528'.padStart(6)} ${'3072'.padStart(5)} ${terminal(row)} ${row.state.padEnd(4)} ${clockText(p, row)}   0:00 ${row.argv.join(' ')}`,
};
const fullFormat: PsFormat = {
  header: 'UID          PID    PPID  C STIME TTY          TIME CMD',
  line: (p, row) =>
    `${row.user.padEnd(8)} ${pid(numberOf(p, row))} ${pid(parentOf(p, row))}  0 ${clockText(p, row)} ${terminal(row)} 00:00:00 ${row.argv.join(' ')}`,
};
const shortFormat: PsFormat = {
  header: '    PID TTY          TIME CMD',
  line: (p, row) => `${pid(numberOf(p, row))} ${terminal(row)} 00:00:00 ${commandName(row)}`,
};

/** `-o`: columns after commas or blanks; what follows a `=` is the header, up to the end of that argument. */
function psTitles(formats: readonly string[]): { readonly key: string; readonly title?: string }[] {
  return formats.flatMap((format) => {
    const cut = format.indexOf('=');
    const keys = listed([cut < 0 ? format : format.slice(0, cut)]);
    // A `=` with more columns after it is an empty header: `pid=,comm=`.
    if (cut >= 0 && /^\s*,/.test(format.slice(cut + 1)))
      return [
        ...keys.map((key, i) => (i === keys.length - 1 ? { key, title: '' } : { key })),
        ...psTitles([format.slice(cut + 1)]),
      ];
    return keys.map((key, i) =>
      cut >= 0 && i === keys.length - 1 ? { key, title: format.slice(cut + 1) } : { key },
    );
  });
}

function* psTable(
  p: Process,
  formats: readonly string[],
  rows: readonly ProcessRow[],
  headers = true,
): Op<number> {
  const chosen: Column[] = [];
  for (const { key: name, title } of psTitles(formats)) {
    const key = name.replace(/^%/, '');
    const column = Object.hasOwn(psColumns, key) ? psColumns[key] : undefined;
    if (!column) {
      yield* p.err(`error: unknown user-defined format specifier "${name}"\n`);
      return 1;
    }
    chosen.push([title ?? column[0], column[1], column[2]]);
  }
  const cells = rows.map((row) => chosen.map(([, cell]) => cell(p, row)));
  const widths = chosen.map(([header], i) =>
    Math.max(header.length, ...cells.map((row) => row[i]?.length ?? 0)),
  );
  const line = (row: readonly string[]): string =>
    `${row.map((cell, i) => (chosen[i]?.[2] ? cell.padStart(widths[i] ?? 0) : i === row.length - 1 ? cell : cell.padEnd(widths[i] ?? 0))).join(' ')}\n`;
  if (headers && chosen.some(([header]) => header !== ''))
    yield* p.out(line(chosen.map(([header]) => header)));
  for (const row of cells) yield* p.out(line(row));
  return 0;
}

/** The number of a signal given by name or number. */
export function signalNumber(text: string): number | undefined {
  if (/^\d+$/.test(text)) return Number(text);
  const name = `SIG${text.toUpperCase().replace(/^SIG/, '')}`;
  return Object.entries(signals).find(([known]) => known === name)?.[1];
}

/** The signal in front of the operands (`-9`, `-s TERM`, `-TERM`) and what is left. */
function splitSignal(words: readonly string[]): {
  readonly signal: number | undefined;
  readonly rest: readonly string[];
} {
  if (words[0] === '-s') return { signal: signalNumber(words[1] ?? ''), rest: words.slice(2) };
  if (
    words[0]?.startsWith('-') &&
    words[0] !== '-' &&
    signalNumber(words[0].slice(1)) !== undefined
  )
    return { signal: signalNumber(words[0].slice(1)), rest: words.slice(1) };
  return { signal: signals.SIGTERM, rest: words };
}

const kill: Flavoured = () =>
  function* (p) {
    const words = p.argv.slice(1).filter((w) => w !== '--');
    if (words[0] === '-l') {
      yield* p.out(
        `${Object.keys(signals)
          .map((name) => name.slice(3))
          .join(' ')}\n`,
      );
      return 0;
    }
    const { signal, rest } = splitSignal(words);
    if (signal === undefined || rest.length === 0) {
      yield* p.err(
        'kill: usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]\n',
      );
      return 1;
    }
    let status = 0;
    for (const word of rest) {
      const row = visible(p).find((candidate) => numberOf(p, candidate) === Number(word));
      const sent = row ? p.kill(numberOf(p, row), signal) : undefined;
      if (!sent?.ok) {
        const why = sent?.error === 'EPERM' ? 'Operation not permitted' : 'No such process';
        yield* p.err(`kill: (${word}): ${why}\n`);
        status = 1;
      }
    }
    return status;
  };

const matchOptions = {
  flags: 'facilnovx',
  values: 'Pud',
  long: {
    ...{ full: 'f', 'list-full': 'a', count: 'c', 'ignore-case': 'i', 'list-name': 'l' },
    ...{
      newest: 'n',
      oldest: 'o',
      inverse: 'v',
      exact: 'x',
      parent: 'P',
      euid: 'u',
      delimiter: 'd',
    },
  },
  status: 2,
};

/** The processes that pgrep's options and expression name, in the order of their numbers. */
function matching(p: Process, given: Options, expression: RegExp | undefined): ProcessRow[] {
  const parents = listed(given.values('P')).map(Number);
  const users = listed(given.values('u'));
  const rows = visible(p).filter((row) => {
    if (row.pid === p.row.pid) return false;
    const matches =
      (expression?.test(given.has('f') ? row.argv.join(' ') : commandName(row)) ?? true) &&
      (parents.length === 0 || parents.includes(parentOf(p, row))) &&
      (users.length === 0 || users.includes(row.user));
    return matches !== given.has('v');
  });
  const byAge = [...rows].sort((a, b) => a.startedAt - b.startedAt || a.pid - b.pid);
  if (given.has('n')) return byAge.slice(-1);
  return given.has('o') ? byAge.slice(0, 1) : rows;
}

const matchProcesses =
  (kind: 'pgrep' | 'pkill'): Flavoured =>
  (flavour) =>
    function* (p) {
      const given = yield* options(p, flavour, {
        ...matchOptions,
        words: kind === 'pkill' ? splitSignal(p.argv.slice(1)).rest : p.argv.slice(1),
      });
      if (!given.ok) return given.error;
      const { has, value, operands } = given.value;
      const problem = patternProblem(given.value);
      if (problem !== undefined) {
        yield* p.err(`${kind}: ${problem}\n`);
        return 2;
      }
      const [pattern] = operands;
      const expression =
        pattern === undefined
          ? undefined
          : posixRegex(has('x') ? `^(${pattern})$` : pattern, {
              extended: true,
              ignoreCase: has('i'),
            });
      if (expression && !expression.ok) {
        yield* p.err(`${kind}: ${expression.error}\n`);
        return 2;
      }
      const rows = matching(p, given.value, expression?.value);
      if (kind === 'pkill') {
        const signal = splitSignal(p.argv.slice(1)).signal ?? signals.SIGTERM;
        for (const row of rows) p.kill(numberOf(p, row), signal);
      }
      if (has('c')) yield* p.out(`${rows.length}\n`);
      else if (kind === 'pgrep' && rows.length > 0) {
        const lines = rows.map((row) => {
          const name = has('a') ? row.argv.join(' ') : has('l') ? commandName(row) : '';
          return `${numberOf(p, row)}${name === '' ? '' : ` ${name}`}`;
        });
        yield* p.out(`${lines.join(value('d') ?? '\n')}\n`);
      }
      return rows.length > 0 ? 0 : 1;
    };

function patternProblem(given: Options): string | undefined {
  if (given.operands.length > 1) return 'only one pattern can be provided';
  const criteria = given.operands.length > 0 || given.has('P') || given.has('u');
  return criteria ? undefined : 'no matching criteria specified';
}

const killall: Flavoured = (flavour) =>
  function* (p) {
    const { signal, rest } = splitSignal(p.argv.slice(1));
    const given = yield* options(p, flavour, { flags: 'eqvw', words: rest });
    if (!given.ok) return given.error;
    let status = 0;
    for (const name of given.value.operands) {
      const rows = visible(p).filter((row) => row.pid !== p.row.pid && commandName(row) === name);
      for (const row of rows) p.kill(numberOf(p, row), signal ?? signals.SIGTERM);
      if (rows.length > 0) continue;
      status = 1;
      if (!given.value.has('q')) yield* p.err(`${name}: no process found\n`);
    }
    return status;
  };

export const processPrograms: Readonly<Record<string, Flavoured>> = {
  ps,
  kill,
  pgrep: matchProcesses('pgrep'),
  pkill: matchProcesses('pkill'),
  killall,
};
