// `docker top`: ps of the processes of one container, with the numbers that the host gives them.
//
// Mirrors: moby daemon/top_unix.go, ps of procps. Differs: only the columns that are simulated; CPU time is always 0.
import type { ProcessRow } from '../../os/index.ts';
import { civilTime, err, type Failure, failure, ok, type Result } from '../../std/index.ts';
import { pidNamespace } from './launch.ts';
import { type ContainerRow, hasProcess } from './rows.ts';
import type { ContainerStore } from './store.ts';

interface Column {
  readonly title: string;
  readonly value: (process: ProcessRow, parent: number) => string;
}

const command = (process: ProcessRow): string => process.argv.join(' ');
const terminal = (process: ProcessRow): string => process.tty ?? '?';

function columns(epochMillis: number): Readonly<Record<string, Column>> {
  const clock = (process: ProcessRow): string => {
    const time = civilTime(epochMillis + process.startedAt / 1_000);
    return `${String(time.hour).padStart(2, '0')}:${String(time.minute).padStart(2, '0')}`;
  };
  const pid: Column = { title: 'PID', value: (p) => String(p.pid) };
  const args: Column = { title: 'COMMAND', value: command };
  const user: Column = { title: 'USER', value: (p) => p.user };
  const time: Column = { title: 'TIME', value: () => '00:00:00' };
  const name: Column = {
    title: 'COMMAND',
    value: (p) => (p.argv[0] ?? '').replace(/^.*\//, '').replace(/:.*/, ''),
  };
  return {
    pid,
    ppid: { title: 'PPID', value: (_p, parent) => String(parent) },
    user,
    uid: { title: 'UID', value: (p) => p.user },
    comm: name,
    args,
    cmd: { title: 'CMD', value: command },
    command: args,
    c: { title: 'C', value: () => '0' },
    stime: { title: 'STIME', value: clock },
    start: { title: 'START', value: clock },
    tty: { title: 'TTY', value: terminal },
    tt: { title: 'TT', value: terminal },
    time,
    stat: { title: 'STAT', value: (p) => p.state },
    s: { title: 'S', value: (p) => p.state },
    pcpu: { title: '%CPU', value: () => '0.0' },
    pmem: { title: '%MEM', value: () => '0.0' },
    vsz: { title: 'VSZ', value: () => '0' },
    rss: { title: 'RSS', value: () => '0' },
    cpu: { title: 'TIME', value: () => '0:00' },
  };
}

const full = 'uid pid ppid c stime tty time cmd'.split(' ');
const bsd = 'user pid pcpu pmem vsz rss tty stat start cpu command'.split(' ');
const plain = 'pid tty time cmd'.split(' ');

/** The columns that a `ps` command line asks for; undefined when it asks for something else. */
function wanted(args: string): readonly string[] | undefined {
  const words = args.trim().split(/\s+/).filter(Boolean);
  const formats: string[] = [];
  let base: readonly string[] = plain;
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    const option = /^-?([a-zA-Z]*?)(o)(.*)$/.exec(word);
    if (option && word !== 'comm') {
      if (option[3] === '') at += 1;
      const list = option[3] || words[at] || '';
      formats.push(...list.split(',').filter(Boolean));
    } else if (/^-[eAaxwd]*f[eAaxwd]*$/.test(word)) base = full;
    else if (/^[auxw]+$/.test(word)) base = word.includes('u') ? bsd : plain;
    else if (!/^-[eAaxwd]+$/.test(word)) return undefined;
  }
  return formats.length > 0 ? formats.map((f) => f.replace(/=.*/, '').toLowerCase()) : base;
}

export function top(
  store: ContainerStore,
  row: ContainerRow,
  psArgs: string,
): Result<object, Failure> {
  if (!hasProcess(row.state))
    return err(failure('conflict', `container ${row.containerId} is not running`));
  const known = columns(store.context.sim.epochMillis);
  const names = wanted(psArgs || '-ef');
  const chosen = names?.map((name) => known[name.replace('%', 'p')]);
  if (!chosen || chosen.some((column) => column === undefined)) {
    return err(failure('system', `Error running ps: not simulated here: ps ${psArgs}`));
  }
  const shown = chosen.filter((column) => column !== undefined);
  if (!shown.some((column) => column.title === 'PID'))
    return err(failure('system', "Couldn't find PID field in ps output"));
  const processes = members(store, row);
  const shim = store.runtime(row).shim?.row.pid ?? 0;
  const parentOf = (process: ProcessRow): number =>
    process.namespacePid === 1 || process.parent === 0
      ? shim
      : (processes.find((other) => other.namespacePid === process.parent)?.pid ?? shim);
  return ok({
    Titles: shown.map((column) => column.title),
    Processes: processes.map((process) =>
      shown.map((column) => column.value(process, parentOf(process))),
    ),
  });
}

/** The processes of a container. */
export function members(store: ContainerStore, row: ContainerRow): readonly ProcessRow[] {
  const all = store.context.host.processes(pidNamespace(row));
  const init = store.runtime(row).process;
  return row.hostConfig.PidMode === 'host' ? all.filter((p) => p.pid === init?.row.pid) : all;
}
