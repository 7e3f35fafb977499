// ps, kill, pgrep, pkill and killall: the processes of the pid namespace that one is in.
import { type Process, type ProcessRow, type Program, signals } from '../os/index.ts';
import type { Op } from '../sim/index.ts';
import { civilTime } from '../std/index.ts';
import type { Flavoured } from './common.ts';

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
  if (chosen !== undefined) return yield* psTable(p, chosen.split(','), visible(p));
  yield* p.out('PID   USER     TIME  COMMAND\n');
  for (const row of visible(p)) {
    const name = row.argv[0] === undefined ? '' : row.argv.join(' ');
    yield* p.out(`${String(numberOf(p, row)).padStart(5)} ${row.user.padEnd(8)}  0:00 ${name}\n`);
  }
  return 0;
};

const procpsPs: Program = function* (p) {
  const words = p.argv.slice(1);
  const joined = words.join(' ');
  const all = /(^| )-?[a-z]*(e|A|ax|aux)/.test(joined);
  const format = /-?(?:[eA]*o|-format)[ =]?([a-z,%]+(?:,[a-z%]+)*)/.exec(
    joined.replace(/-eo /, '-o '),
  );
  const wanted = /-p[ =]?([\d,]+)/.exec(joined)?.[1]?.split(',').map(Number);
  const byName = /-C[ =]?(\S+)/.exec(joined)?.[1];
  const rows = visible(p).filter((row) => {
    if (wanted) return wanted.includes(numberOf(p, row));
    if (byName) return commandName(row) === byName;
    return all || (row.tty !== undefined && row.tty === p.row.tty);
  });
  if (format) return yield* psTable(p, (format[1] ?? '').split(','), rows);
  if (/(^| )-?aux/.test(joined)) {
    yield* p.out('USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\n');
    for (const row of rows)
      yield* p.out(
        `${row.user.padEnd(8)} ${String(numberOf(p, row)).padStart(7)}  0.0  0.1  ${'4528'.padStart(6)} ${'3072'.padStart(5)} ${(row.tty ?? '?').padEnd(8)} ${row.state.padEnd(4)} ${clockText(p, row)}   0:00 ${row.argv.join(' ')}\n`,
      );
    return 0;
  }
  if (/(^| )-[a-zA-Z]*f/.test(joined)) {
    yield* p.out('UID          PID    PPID  C STIME TTY          TIME CMD\n');
    for (const row of rows)
      yield* p.out(
        `${row.user.padEnd(8)} ${String(numberOf(p, row)).padStart(7)} ${String(parentOf(p, row)).padStart(7)}  0 ${clockText(p, row)} ${(row.tty ?? '?').padEnd(8)} 00:00:00 ${row.argv.join(' ')}\n`,
      );
    return 0;
  }
  yield* p.out('    PID TTY          TIME CMD\n');
  for (const row of rows)
    yield* p.out(
      `${String(numberOf(p, row)).padStart(7)} ${(row.tty ?? '?').padEnd(8)} 00:00:00 ${commandName(row)}\n`,
    );
  return 0;
};

function* psTable(p: Process, names: readonly string[], rows: readonly ProcessRow[]): Op<number> {
  const chosen: Column[] = [];
  for (const name of names) {
    const key = name.replace(/^%/, '').replace(/=$/, '');
    const column = Object.hasOwn(psColumns, key) ? psColumns[key] : undefined;
    if (!column) {
      yield* p.err(`error: unknown user-defined format specifier "${name}"\n`);
      return 1;
    }
    chosen.push(column);
  }
  const cells = rows.map((row) => chosen.map(([, cell]) => cell(p, row)));
  const bare = names.every((name) => name.endsWith('='));
  const widths = chosen.map(([header], i) =>
    Math.max(header.length, ...cells.map((row) => row[i]?.length ?? 0)),
  );
  const line = (row: readonly string[]): string =>
    `${row.map((cell, i) => (chosen[i]?.[2] ? cell.padStart(widths[i] ?? 0) : i === row.length - 1 ? cell : cell.padEnd(widths[i] ?? 0))).join(' ')}\n`;
  if (!bare) yield* p.out(line(chosen.map(([header]) => header)));
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
      const sent = row ? p.host.kill(row.pid, signal) : undefined;
      if (!sent?.ok) {
        yield* p.err(`kill: (${word}): No such process\n`);
        status = 1;
      }
    }
    return status;
  };

const matchProcesses =
  (kind: 'pgrep' | 'pkill' | 'killall'): Flavoured =>
  () =>
    function* (p) {
      const { signal, rest } = splitSignal(p.argv.slice(1));
      const flags = rest.filter((w) => w.startsWith('-')).join('');
      const pattern = rest.find((w) => !w.startsWith('-'));
      if (pattern === undefined) {
        yield* p.err(`${kind}: no matching criteria specified\n`);
        return 2;
      }
      const regex = new RegExp(
        kind === 'killall' || flags.includes('x') ? `^${pattern}$` : pattern,
      );
      const rows = visible(p).filter(
        (row) =>
          row.pid !== p.row.pid &&
          regex.test(flags.includes('f') ? row.argv.join(' ') : commandName(row)),
      );
      for (const row of rows) {
        if (kind === 'pgrep')
          yield* p.out(
            `${numberOf(p, row)}${flags.includes('a') ? ` ${row.argv.join(' ')}` : flags.includes('l') ? ` ${commandName(row)}` : ''}\n`,
          );
        else p.host.kill(row.pid, signal ?? signals.SIGTERM);
      }
      if (rows.length === 0 && kind === 'killall') yield* p.err(`${pattern}: no process found\n`);
      return rows.length > 0 ? 0 : 1;
    };

export const processPrograms: Readonly<Record<string, Flavoured>> = {
  ps,
  kill,
  pgrep: matchProcesses('pgrep'),
  pkill: matchProcesses('pkill'),
  killall: matchProcesses('killall'),
};
