// Resource limits of processes: getrlimit(2), prlimit(2), /proc/PID/limits. A child has what its parent has.
//
// Differs: they are kept and shown; nothing but programs that ask for them acts on them.

/** -1: no limit. */
export interface ResourceLimit {
  readonly soft: number;
  readonly hard: number;
}

/** By the names that docker's --ulimit uses. */
export type ResourceLimits = ReadonlyMap<string, ResourceLimit>;

const none = -1;

/** Name, what /proc calls it and its unit, and what the first process of a machine with 1.5 GiB has. */
const table: readonly (readonly [
  name: string,
  title: string,
  unit: string,
  soft: number,
  hard: number,
])[] = [
  ['cpu', 'Max cpu time', 'seconds', none, none],
  ['fsize', 'Max file size', 'bytes', none, none],
  ['data', 'Max data size', 'bytes', none, none],
  ['stack', 'Max stack size', 'bytes', 8_388_608, none],
  ['core', 'Max core file size', 'bytes', 0, none],
  ['rss', 'Max resident set', 'bytes', none, none],
  ['nproc', 'Max processes', 'processes', 5891, 5891],
  ['nofile', 'Max open files', 'files', 1024, 4096],
  ['memlock', 'Max locked memory', 'bytes', 8_388_608, 8_388_608],
  ['as', 'Max address space', 'bytes', none, none],
  ['locks', 'Max file locks', 'locks', none, none],
  ['sigpending', 'Max pending signals', 'signals', 5891, 5891],
  ['msgqueue', 'Max msgqueue size', 'bytes', 819_200, 819_200],
  ['nice', 'Max nice priority', '', 0, 0],
  ['rtprio', 'Max realtime priority', '', 0, 0],
  ['rttime', 'Max realtime timeout', 'us', none, none],
];

export const initialLimits: ResourceLimits = new Map(
  table.map(([name, , , soft, hard]) => [name, { soft, hard }]),
);

/** RLIMIT_ numbers, as error messages name them (include/uapi/asm-generic/resource.h). */
const numbers =
  'cpu fsize data stack core rss nproc nofile memlock as locks sigpending msgqueue nice rtprio rttime'.split(
    ' ',
  );
export const limitNumber = (name: string): number => numbers.indexOf(name);

/** fs.nr_open: nobody may have more open files than that. */
export const mostOpenFiles = 1_048_576;

/** The content of /proc/PID/limits. */
export function limitsText(limits: ResourceLimits): string {
  const amount = (value = none): string => (value === none ? 'unlimited' : String(value));
  const line = (title: string, soft: string, hard: string, unit: string): string =>
    `${title.padEnd(25)} ${soft.padEnd(20)} ${hard.padEnd(20)} ${unit.padEnd(10)}\n`;
  return [
    line('Limit', 'Soft Limit', 'Hard Limit', 'Units'),
    ...table.map(([name, title, unit]) => {
      const limit = limits.get(name);
      return line(title, amount(limit?.soft), amount(limit?.hard), unit);
    }),
  ].join('');
}
