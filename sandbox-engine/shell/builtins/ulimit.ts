// ulimit: shows and sets resource limits. Mirrors: bash builtins/ulimit.def, BusyBox shell/shell_common.c.
import type { ResourceLimit } from '../../os/index.ts';
import type { Op } from '../../sim/index.ts';
import type { Shell } from '../shell.ts';
import { takeOptions } from './usage.ts';

interface Kind {
  readonly letter: string;
  readonly limit: string;
  readonly title: string;
  readonly unit: string;
  /** What a unit of the shell is to the kernel. */
  readonly scale: number;
}

const kinds: readonly Kind[] = [
  { letter: 'c', limit: 'core', title: 'core file size', unit: 'blocks, -c', scale: 512 },
  { letter: 'd', limit: 'data', title: 'data seg size', unit: 'kbytes, -d', scale: 1024 },
  { letter: 'f', limit: 'fsize', title: 'file size', unit: 'blocks, -f', scale: 512 },
  { letter: 'l', limit: 'memlock', title: 'max locked memory', unit: 'kbytes, -l', scale: 1024 },
  { letter: 'm', limit: 'rss', title: 'max memory size', unit: 'kbytes, -m', scale: 1024 },
  { letter: 'n', limit: 'nofile', title: 'open files', unit: '-n', scale: 1 },
  { letter: 's', limit: 'stack', title: 'stack size', unit: 'kbytes, -s', scale: 1024 },
  { letter: 't', limit: 'cpu', title: 'cpu time', unit: 'seconds, -t', scale: 1 },
  { letter: 'u', limit: 'nproc', title: 'max user processes', unit: '-u', scale: 1 },
  { letter: 'v', limit: 'as', title: 'virtual memory', unit: 'kbytes, -v', scale: 1024 },
];

const noLimit: ResourceLimit = { soft: -1, hard: -1 };

function shown(shell: Shell, { limit, scale }: Kind, hard: boolean): string {
  const { limits } = shell.process;
  const value = (limits.get(limit) ?? noLimit)[hard ? 'hard' : 'soft'];
  return value < 0 ? 'unlimited' : String(Math.floor(value / scale));
}

/** What the kernel answers where a process without CAP_SYS_RESOURCE wants more than it may have. */
function change(shell: Shell, kind: Kind, value: number, which: ReadonlySet<string>): boolean {
  const { process } = shell;
  const before = process.limits.get(kind.limit) ?? noLimit;
  const both = !which.has('S') && !which.has('H');
  const soft = both || which.has('S') ? value : before.soft;
  const hard = both || which.has('H') ? value : before.hard;
  const more = (a: number, b: number): boolean => b >= 0 && (a < 0 || a > b);
  const mayRaise =
    process.user === 'root' &&
    (process.capabilities?.has('SYS_RESOURCE') ?? process.row.pidNamespace === 'init');
  if ((more(hard, before.hard) && !mayRaise) || more(soft, hard)) return false;
  process.limits.set(kind.limit, { soft, hard });
  return true;
}

/** `ulimit -n 2000`: the soft and the hard limit, unless `-S` or `-H` says which. */
export function* ulimit(shell: Shell, words: readonly string[]): Op<number> {
  const options = yield* takeOptions(
    shell,
    words,
    `SHa${kinds.map(({ letter }) => letter).join('')}`,
    'ulimit [-SHabcdefiklmnpqrstuvxPRT] [limit]',
  );
  if (!options) return 2;
  const { letters, rest } = options;
  const isHard = letters.has('H') && !letters.has('S');
  if (letters.has('a')) {
    const lines = kinds.map(
      (kind) =>
        `${kind.title.padEnd(20)}${`(${kind.unit})`.padStart(16)} ${shown(shell, kind, isHard)}\n`,
    );
    yield* shell.out(lines.join(''), 'ulimit');
    return 0;
  }
  const kind = kinds.find(({ letter }) => letters.has(letter)) ?? kinds[2];
  if (!kind) return 2;
  const [wanted] = rest;
  if (wanted === undefined) {
    yield* shell.out(`${shown(shell, kind, isHard)}\n`, 'ulimit');
    return 0;
  }
  if (wanted !== 'unlimited' && !/^\d+$/.test(wanted)) {
    yield* shell.complain(`${wanted}: invalid number`, 'ulimit');
    return 1;
  }
  const value = wanted === 'unlimited' ? -1 : Number(wanted) * kind.scale;
  if (change(shell, kind, value, letters)) return 0;
  yield* shell.complain(`${kind.title}: cannot modify limit: Operation not permitted`, 'ulimit');
  return 1;
}
