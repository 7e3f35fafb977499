// env, printenv, ps, date, uname, sleep, watch, id, whoami, nproc, uptime, free, df, kill, pgrep, pkill, timeout, which,
// clear, tty, printf, echo, true, false, nohup and expr.
import type { Process, ProcessRow, Program } from '../os/index.ts';
import { signals } from '../os/index.ts';
import { micros, type Op, seconds, sleep } from '../sim/index.ts';
import { civilTime, dayNames, millisOf, monthNames } from '../std/index.ts';
import { formatC } from './awk/format.ts';
import { type Flavoured, nameOf, options } from './common.ts';

const two = (n: number): string => String(n).padStart(2, '0');
const nowMillis = (p: Process): number => Math.floor(p.sim.epochMillis + p.sim.now() / 1_000);

/** Runs a command given as words, as env, timeout and nohup do. */
function* runWords(
  p: Process,
  words: readonly string[],
  env?: ReadonlyMap<string, string>,
): Op<number> {
  const child = p.spawn({ argv: words, parent: p, ...(env && { env }) });
  if (child.ok) return yield* p.wait(child.value);
  const text = child.error === 'ENOENT' ? 'No such file or directory' : 'Permission denied';
  yield* p.err(
    `${nameOf(p)}: ${nameOf(p) === 'env' ? `‘${words[0]}’` : `failed to run command ‘${words[0]}’`}: ${text}\n`,
  );
  return child.error === 'ENOENT' ? 127 : 126;
}

const env: Flavoured = (flavour) =>
  function* (p) {
    const parsed = yield* options(p, flavour, {
      flags: 'i0',
      values: 'uC',
      long: { 'ignore-environment': 'i', unset: 'u' },
      stopAtOperand: true,
      status: 125,
    });
    if (!parsed.ok) return parsed.error;
    const variables = new Map(parsed.value.has('i') ? [] : p.env);
    for (const name of parsed.value.values('u')) variables.delete(name);
    const words = [...parsed.value.operands];
    while (words[0]?.includes('=')) {
      const [name = '', ...rest] = (words.shift() ?? '').split('=');
      variables.set(name, rest.join('='));
    }
    if (words.length > 0) return yield* runWords(p, words, variables);
    for (const [name, value] of variables) yield* p.out(`${name}=${value}\n`);
    return 0;
  };

const printenv: Program = function* (p) {
  const names = p.argv.slice(1);
  if (names.length === 0) for (const [name, value] of p.env) yield* p.out(`${name}=${value}\n`);
  let status = 0;
  for (const name of names) {
    const value = p.env.get(name);
    if (value === undefined) status = 1;
    else yield* p.out(`${value}\n`);
  }
  return status;
};

// ---- processes ------------------------------------------------------------------------------

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
    const column = psColumns[name.replace(/^%/, '').replace(/=$/, '')];
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

function signalNumber(text: string): number | undefined {
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

// ---- time -----------------------------------------------------------------------------------

const durations: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3_600, d: 86_400 };
function parseDuration(text: string): number | undefined {
  if (text === 'inf' || text === 'infinity') return 10 * 365 * 86_400;
  const match = /^(\d+\.?\d*|\.\d+)([smhd]?)$/.exec(text);
  return match ? Number(match[1]) * (durations[match[2] ?? ''] ?? 1) : undefined;
}

const sleepProgram: Flavoured = (flavour) =>
  function* (p) {
    const words = p.argv.slice(1);
    let total = 0;
    for (const word of words) {
      const duration = parseDuration(word);
      if (duration === undefined) {
        yield* p.err(
          flavour === 'gnu'
            ? `sleep: invalid time interval ‘${word}’\nTry 'sleep --help' for more information.\n`
            : `sleep: invalid number '${word}'\n`,
        );
        return 1;
      }
      total += duration;
    }
    if (words.length === 0) {
      yield* p.err("sleep: missing operand\nTry 'sleep --help' for more information.\n");
      return 1;
    }
    const until = micros(p.sim.now() + seconds(total));
    while (p.sim.now() < until) yield { until };
    return 0;
  };

const timeout: Flavoured = (flavour) =>
  function* (p) {
    const parsed = yield* options(p, flavour, {
      flags: 'vf',
      values: 'sk',
      long: { signal: 's', 'kill-after': 'k', foreground: 'f', 'preserve-status': 'v' },
      stopAtOperand: true,
      status: 125,
    });
    if (!parsed.ok) return parsed.error;
    const [time = '', ...words] = parsed.value.operands;
    const duration = parseDuration(time);
    if (duration === undefined || words.length === 0) {
      yield* p.err(
        words.length === 0
          ? "timeout: missing operand\nTry 'timeout --help' for more information.\n"
          : `timeout: invalid time interval ‘${time}’\n`,
      );
      return 125;
    }
    const child = p.spawn({ argv: words, parent: p });
    if (!child.ok) {
      yield* p.err(`timeout: failed to run command ‘${words[0]}’: No such file or directory\n`);
      return 127;
    }
    const until = micros(p.sim.now() + seconds(duration));
    while (child.value.exitStatus === undefined && p.sim.now() < until)
      yield { keys: [child.value.endKey], until };
    if (child.value.exitStatus !== undefined) return child.value.exitStatus;
    p.host.kill(
      child.value.row.pid,
      signalNumber(parsed.value.value('s') ?? 'TERM') ?? signals.SIGTERM,
    );
    yield* p.wait(child.value);
    return 124;
  };

const date: Flavoured = () =>
  function* (p) {
    const words = p.argv.slice(1);
    const at = words.findIndex((w) => w === '-d' || w.startsWith('--date') || w.startsWith('-d'));
    let millis = nowMillis(p);
    if (at >= 0) {
      const text =
        words[at] === '-d' || words[at] === '--date'
          ? (words[at + 1] ?? '')
          : (words[at] ?? '').replace(/^(-d|--date=)/, '');
      const seen = parseDate(text, millis);
      if (seen === undefined) {
        yield* p.err(`date: invalid date ‘${text}’\n`);
        return 1;
      }
      millis = seen;
    }
    const format = words.find((w) => w.startsWith('+'));
    const iso = words.some((w) => /^(-I.*|--iso-8601.*)$/.test(w))
      ? words.some((w) => w.includes('s'))
        ? '%Y-%m-%dT%H:%M:%S+00:00'
        : '%Y-%m-%d'
      : undefined;
    yield* p.out(`${strftime(format?.slice(1) ?? iso ?? '%a %b %e %H:%M:%S UTC %Y', millis)}\n`);
    return 0;
  };

function parseDate(text: string, now: number): number | undefined {
  if (text === 'now' || text === '') return now;
  if (text.startsWith('@')) return Number(text.slice(1)) * 1_000;
  const match =
    /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?)?(?: ?(?:Z|UTC|\+00:?00))?$/.exec(
      text,
    );
  if (match)
    return millisOf(
      Number(match[1]),
      Number(match[2]),
      Number(match[3]),
      Number(match[4] ?? 0),
      Number(match[5] ?? 0),
      Number(match[6] ?? 0),
    );
  const relative = /^([+-]?\d+) (second|sec|minute|min|hour|day|week)s?( ago)?$/.exec(text);
  if (!relative) return undefined;
  const unit =
    { second: 1, sec: 1, minute: 60, min: 60, hour: 3_600, day: 86_400, week: 604_800 }[
      relative[2] ?? ''
    ] ?? 1;
  return now + Number(relative[1]) * unit * 1_000 * (relative[3] ? -1 : 1);
}

export function strftime(format: string, millis: number): string {
  const t = civilTime(millis);
  const values: Readonly<Record<string, string>> = {
    Y: String(t.year),
    m: two(t.month),
    d: two(t.day),
    e: String(t.day).padStart(2),
    H: two(t.hour),
    M: two(t.minute),
    S: two(t.second),
    I: two(t.hour % 12 || 12),
    p: t.hour < 12 ? 'AM' : 'PM',
    a: dayNames[t.weekday] ?? '',
    b: monthNames[t.month - 1] ?? '',
    j: String(Math.floor((millis - millisOf(t.year, 1, 1)) / 86_400_000) + 1).padStart(3, '0'),
    s: String(Math.floor(millis / 1_000)),
    N: `${String(t.millisecond).padStart(3, '0')}000000`,
    Z: 'UTC',
    z: '+0000',
    u: String(t.weekday || 7),
    w: String(t.weekday),
    n: '\n',
    t: '\t',
    F: `${t.year}-${two(t.month)}-${two(t.day)}`,
    T: `${two(t.hour)}:${two(t.minute)}:${two(t.second)}`,
    R: `${two(t.hour)}:${two(t.minute)}`,
    D: `${two(t.month)}/${two(t.day)}/${two(t.year % 100)}`,
    y: two(t.year % 100),
    '%': '%',
  };
  return format.replace(/%-?(\d?)([a-zA-Z%])/g, (whole, digits: string, c: string) => {
    const value = values[c];
    if (value === undefined) return whole;
    return c === 'N' && digits
      ? value.slice(0, Number(digits))
      : whole.startsWith('%-')
        ? value.replace(/^[0 ]+(?=.)/, '')
        : value;
  });
}

const uptime: Program = function* (p) {
  const t = civilTime(nowMillis(p));
  const minutes = Math.floor(p.sim.now() / 60_000_000);
  yield* p.out(
    ` ${two(t.hour)}:${two(t.minute)}:${two(t.second)} up ${minutes} min,  1 user,  load average: 0.00, 0.00, 0.00\n`,
  );
  return 0;
};

/** Runs a command again and again on a clean screen until it is interrupted. */
const watch: Flavoured = (flavour) =>
  function* (p) {
    const parsed = yield* options(p, flavour, {
      flags: 'tdgxbe',
      values: 'n',
      long: { interval: 'n', 'no-title': 't', differences: 'd' },
      stopAtOperand: true,
    });
    if (!parsed.ok) return parsed.error;
    const words = parsed.value.operands;
    const interval = Number(parsed.value.value('n') ?? 2);
    if (words.length === 0 || !(interval > 0)) {
      yield* p.err('Usage:\n watch [options] command\n');
      return 1;
    }
    for (;;) {
      const head = `Every ${interval.toFixed(1)}s: ${words.join(' ')}`;
      const stamp = `${p.hostname}: ${strftime('%a %b %e %H:%M:%S %Y', nowMillis(p))}`;
      const gap = Math.max(1, (p.tty?.columns ?? 80) - head.length - stamp.length);
      yield* p.out(
        `\x1b[H\x1b[2J${parsed.value.has('t') ? '' : `${head}${' '.repeat(gap)}${stamp}\n\n`}`,
      );
      const child = p.spawn({ argv: ['sh', '-c', words.join(' ')], parent: p });
      if (child.ok) yield* p.wait(child.value);
      yield* sleep(p.sim, seconds(interval));
    }
  };

// ---- the machine ----------------------------------------------------------------------------

const uname: Flavoured = (flavour) =>
  function* (p) {
    const parsed = yield* options(p, flavour, {
      flags: 'asnrvmpio',
      long: { all: 'a', 'kernel-name': 's', nodename: 'n', 'kernel-release': 'r', machine: 'm' },
    });
    if (!parsed.ok) return parsed.error;
    const parts: readonly (readonly [string, string])[] = [
      ['s', 'Linux'],
      ['n', p.hostname],
      ['r', '6.12.101'],
      ['v', '#1 SMP PREEMPT_DYNAMIC Debian 6.12.101-1'],
      ['m', 'x86_64'],
      ['o', flavour === 'gnu' ? 'GNU/Linux' : 'Linux'],
    ];
    const given = parsed.value;
    const any = [...'snrvmo'].some((letter) => given.has(letter));
    yield* p.out(
      `${parts
        .filter(([letter]) => given.has('a') || given.has(letter) || (!any && letter === 's'))
        .map(([, text]) => text)
        .join(' ')}\n`,
    );
    return 0;
  };

const id: Flavoured = () =>
  function* (p) {
    const flags = p.argv.slice(1).join('');
    const root = p.user === 'root' || p.user === '0' || p.user === '';
    const uid = root ? '0' : /^\d+$/.test(p.user) ? p.user : '1000';
    if (flags.includes('u')) yield* p.out(`${flags.includes('n') ? p.user : uid}\n`);
    else if (flags.includes('g')) yield* p.out(`${flags.includes('n') ? p.user : uid}\n`);
    else
      yield* p.out(
        `uid=${uid}(${p.user || 'root'}) gid=${uid}(${p.user || 'root'}) groups=${uid}(${p.user || 'root'})\n`,
      );
    return 0;
  };

const say =
  (text: (p: Process) => string): Flavoured =>
  () =>
    function* (p) {
      yield* p.out(text(p));
      return 0;
    };

const which: Flavoured = () =>
  function* (p) {
    let status = 0;
    for (const name of p.argv.slice(1).filter((w) => w !== '-a')) {
      const folders = name.includes('/') ? [''] : (p.env.get('PATH') ?? '').split(':');
      const path = folders
        .map((folder) => (folder ? `${folder}/${name}` : p.fs.resolve(p.cwd, name)))
        .find((candidate) => {
          const stat = p.fs.stat(candidate);
          return stat.ok && stat.value.type !== 'directory' && (stat.value.mode & 0o111) !== 0;
        });
      if (path) yield* p.out(`${path}\n`);
      else status = 1;
    }
    return status;
  };

const free: Program = function* (p) {
  const mega = p.argv.includes('-m') || p.argv.includes('-h') ? 1024 : 1;
  const unit = p.argv.includes('-h') ? 'Mi' : '';
  const cell = (kib: number): string => `${Math.floor(kib / mega)}${unit}`.padStart(12);
  yield* p.out(
    `${' '.repeat(15)}total        used        free      shared  buff/cache   available\n`,
  );
  yield* p.out(
    `Mem:  ${cell(1_535_340)}${cell(310_212)}${cell(905_120)}${cell(1_024)}${cell(411_008)}${cell(1_225_128)}\nSwap: ${cell(0)}${cell(0)}${cell(0)}\n`,
  );
  return 0;
};

const echo: Program = function* (p) {
  const words = p.argv.slice(1);
  let newline = true;
  let escapes = false;
  while (/^-[neE]+$/.test(words[0] ?? '')) {
    const flags = words.shift() ?? '';
    if (flags.includes('n')) newline = false;
    if (flags.includes('e')) escapes = true;
  }
  const text = words.join(' ');
  yield* p.out(`${escapes ? unescapeC(text) : text}${newline ? '\n' : ''}`);
  return 0;
};

const escapesC: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  e: '\x1b',
  '\\': '\\',
  '0': '\0',
};
const unescapeC = (text: string): string =>
  text.replace(/\\(x[0-9a-fA-F]{1,2}|0[0-7]{0,3}|[0-7]{1,3}|.)/g, (whole, c: string) =>
    c[0] === 'x'
      ? String.fromCharCode(Number.parseInt(c.slice(1), 16))
      : /^[0-7]/.test(c)
        ? String.fromCharCode(Number.parseInt(c, 8))
        : (escapesC[c] ?? whole),
  );

const printf: Program = function* (p) {
  const [template, ...rest] = p.argv.slice(1);
  if (template === undefined) {
    yield* p.err("printf: missing operand\nTry 'printf --help' for more information.\n");
    return 1;
  }
  const conversions = (template.match(/%[-+ #0]*(?:\*|\d+)?(?:\.(?:\*|\d+))?[a-zA-Z]/g) ?? [])
    .length;
  const shape = unescapeC(template);
  let at = 0;
  do {
    yield* p.out(formatC(shape.replace(/%b/g, '%s'), rest.slice(at, at + conversions)));
    at += conversions;
  } while (conversions > 0 && at < rest.length);
  return 0;
};

/** expr: integers, comparison, and `STRING : REGEX` by position. */
const expr: Program = function* (p) {
  const [a = '', operator, b = ''] = p.argv.slice(1);
  const answer = operator === undefined ? a : evaluate(a, operator, b);
  if (answer === undefined) {
    yield* p.err('expr: syntax error\n');
    return 2;
  }
  yield* p.out(`${answer}\n`);
  return answer === '' || answer === '0' ? 1 : 0;
};

function evaluate(a: string, operator: string, b: string): string | undefined {
  const whole = /^-?\d+$/;
  const numbers = whole.test(a) && whole.test(b);
  const [x, y] = [Number(a), Number(b)];
  const holds = (test: boolean): string => (test ? '1' : '0');
  const order = numbers ? x - y : a < b ? -1 : a > b ? 1 : 0;
  switch (operator) {
    case '+':
      return numbers ? String(x + y) : undefined;
    case '-':
      return numbers ? String(x - y) : undefined;
    case '*':
      return numbers ? String(x * y) : undefined;
    case '/':
      return numbers && y !== 0 ? String(Math.trunc(x / y)) : undefined;
    case '%':
      return numbers && y !== 0 ? String(x % y) : undefined;
    case '=':
    case '==':
      return holds(order === 0);
    case '!=':
      return holds(order !== 0);
    case '<':
      return holds(order < 0);
    case '<=':
      return holds(order <= 0);
    case '>':
      return holds(order > 0);
    case '>=':
      return holds(order >= 0);
    case '|':
      return a !== '' && a !== '0' ? a : b;
    case '&':
      return a !== '' && a !== '0' && b !== '' && b !== '0' ? a : '0';
    default:
      return undefined;
  }
}

const nohup: Program = function* (p) {
  p.handle(signals.SIGHUP, 'ignore');
  return yield* runWords(p, p.argv.slice(1));
};

const plain =
  (program: Program): Flavoured =>
  () =>
    program;
const constant =
  (status: number): Flavoured =>
  () =>
    function* () {
      return status;
    };

export const systemPrograms: Readonly<Record<string, Flavoured>> = {
  env,
  printenv: plain(printenv),
  ps,
  kill,
  pgrep: matchProcesses('pgrep'),
  pkill: matchProcesses('pkill'),
  killall: matchProcesses('killall'),
  sleep: sleepProgram,
  timeout,
  date,
  uptime: plain(uptime),
  watch,
  uname,
  id,
  whoami: say((p) => `${p.user || 'root'}\n`),
  nproc: say(() => '1\n'),
  which,
  free: plain(free),
  clear: say(() => '\x1b[H\x1b[2J\x1b[3J'),
  tty: say((p) => (p.tty ? `/dev/${p.row.tty ?? 'pts/0'}\n` : 'not a tty\n')),
  echo: plain(echo),
  printf: plain(printf),
  expr: plain(expr),
  nohup: plain(nohup),
  true: constant(0),
  false: constant(1),
  pwd: say((p) => `${p.cwd}\n`),
};
