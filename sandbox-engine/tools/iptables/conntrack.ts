// `conntrack`: lists, counts and clears the tracked connections of a namespace.
// Mirrors: conntrack-tools 1.4.8, the default output of libnetfilter_conntrack. Differs: of the commands -L, -C, -F and -D
// with the filters -p, -s, -d, --sport, --dport, -r, -q, -m; no events.
import type { ConntrackRow, Tuple } from '../../kernel/index.ts';
import { Getopt } from '../../kernel/index.ts';
import type { Process, Program } from '../../os/index.ts';
import type { Op } from '../../sim/index.ts';
import { formatIpv4 } from '../../wire/index.ts';
import { mayAdministerNetwork } from '../common/privilege.ts';

const version = 'conntrack v1.4.8 (conntrack-tools)';
const protocolNumbers = { icmp: 1, tcp: 6, udp: 17, esp: 50 } as const;

const short = new Map([
  ['L', 'dump'],
  ['C', 'count'],
  ['F', 'flush'],
  ['D', 'delete'],
  ['E', 'event'],
  ['S', 'stats'],
  ['G', 'get'],
  ['I', 'create'],
  ['U', 'update'],
  ['p', 'proto'],
  ['s', 'src'],
  ['d', 'dst'],
  ['r', 'reply-src'],
  ['q', 'reply-dst'],
  ['m', 'mark'],
  ['n', 'src-nat'],
  ['g', 'dst-nat'],
  ['j', 'any-nat'],
  ['f', 'family'],
  ['o', 'output'],
  ['V', 'version'],
  ['h', 'help'],
]);
const withoutValue = [
  'dump',
  'count',
  'flush',
  'delete',
  'event',
  'stats',
  'get',
  'create',
  'update',
  'src-nat',
  'dst-nat',
  'any-nat',
  'version',
  'help',
];
const long = new Map<string, 'none' | 'required'>([
  ...[
    ...short.values(),
    'orig-src',
    'orig-dst',
    'sport',
    'dport',
    'orig-port-src',
    'orig-port-dst',
  ].map((name): [string, 'none' | 'required'] => [
    name,
    withoutValue.includes(name) ? 'none' : 'required',
  ]),
]);
const simulated = new Set(['dump', 'count', 'flush', 'delete']);

function tupleText(protocol: ConntrackRow['protocol'], tuple: Tuple): string {
  const ends = `src=${formatIpv4(tuple.source)} dst=${formatIpv4(tuple.destination)}`;
  if (protocol === 'esp') return ends;
  if (protocol === 'icmp') {
    const { destinationPort: kind, sourcePort: id } = tuple;
    return `${ends} type=${kind >> 8} code=${kind & 255} id=${id}`;
  }
  return `${ends} sport=${tuple.sourcePort} dport=${tuple.destinationPort}`;
}

/** One line of `conntrack -L`. */
export function connectionLine(row: ConntrackRow, now: number): string {
  const name = row.protocol === 'esp' ? 'unknown' : row.protocol;
  const seconds = Math.max(0, Math.floor((row.expiresAt - now) / 1_000_000));
  const state = row.state === undefined ? '' : `${row.state} `;
  return [
    `${name.padEnd(8)} ${protocolNumbers[row.protocol]} ${seconds} ${state}`,
    `${tupleText(row.protocol, row.original)} `,
    row.replied ? '' : '[UNREPLIED] ',
    `${tupleText(row.protocol, row.reply)} `,
    row.assured ? '[ASSURED] ' : '',
    `mark=${row.mark} use=1\n`,
  ].join('');
}

interface Request {
  readonly command: string | undefined;
  readonly filters: readonly ((row: ConntrackRow) => boolean)[];
}

function filterOf(name: string, value: string): ((row: ConntrackRow) => boolean) | undefined {
  const address =
    (tuple: 'original' | 'reply', side: 'source' | 'destination') => (row: ConntrackRow) =>
      formatIpv4(row[tuple][side]) === value;
  const translated = (row: ConntrackRow) => ({
    source: row.original.source !== row.reply.destination,
    destination: row.original.destination !== row.reply.source,
  });
  switch (name) {
    case 'proto':
      return (row) => row.protocol === value || String(protocolNumbers[row.protocol]) === value;
    case 'src':
    case 'orig-src':
      return address('original', 'source');
    case 'dst':
    case 'orig-dst':
      return address('original', 'destination');
    case 'reply-src':
      return address('reply', 'source');
    case 'reply-dst':
      return address('reply', 'destination');
    case 'sport':
    case 'orig-port-src':
      return (row) => row.original.sourcePort === Number(value);
    case 'dport':
    case 'orig-port-dst':
      return (row) => row.original.destinationPort === Number(value);
    case 'mark':
      return (row) => row.mark === Number(value);
    case 'src-nat':
      return (row) => translated(row).source;
    case 'dst-nat':
      return (row) => translated(row).destination;
    case 'any-nat':
      return (row) => translated(row).source || translated(row).destination;
    default:
      return undefined;
  }
}

function* failed(process: Process, message: string): Op<number> {
  yield* process.err(
    `${version}: ${message}\nTry \`conntrack -h' or 'conntrack --help' for more information.\n`,
  );
  return 2;
}

export const conntrack: Program = function* (process): Op<number> {
  const reader = new Getopt(process.argv.slice(1));
  let request: Request = { command: undefined, filters: [] };
  for (;;) {
    const reading = reader.next({ short, long });
    if (reading.kind === 'end') break;
    if (reading.kind === 'error')
      return yield* failed(
        process,
        `unknown option \`${/"(.*)"/.exec(reading.message)?.[1] ?? ''}'`,
      );
    if (reading.kind === 'word') {
      if (reading.text === 'conntrack') continue;
      return yield* failed(process, `Bad parameter \`${reading.text}'`);
    }
    const { name, value } = reading;
    if (name === 'version') {
      yield* process.out(`${version}\n`);
      return 0;
    }
    const filter = filterOf(name, value);
    if (filter) request = { ...request, filters: [...request.filters, filter] };
    else if (name === 'family') continue;
    else if (simulated.has(name)) request = { ...request, command: name };
    else {
      yield* process.err(`conntrack: not simulated here: --${name}\n`);
      return 1;
    }
  }
  return yield* run(process, request);
};

function* run(process: Process, { command, filters }: Request): Op<number> {
  if (command === undefined) {
    yield* process.err('conntrack: not simulated here: its help text; try conntrack -L\n');
    return 1;
  }
  if (!mayAdministerNetwork(process)) {
    yield* process.err(`${version}: Operation failed: Operation not permitted\n`);
    return 1;
  }
  const netfilter = process.kernel.netfilter(process.netns);
  const rows = netfilter.conntrack().filter((row) => filters.every((filter) => filter(row)));
  const now = process.sim.now();
  const lines = rows.map((row) => connectionLine(row, now)).join('');
  switch (command) {
    case 'dump':
      yield* process.out(lines);
      yield* process.err(`${version}: ${rows.length} flow entries have been shown.\n`);
      return 0;
    case 'count':
      yield* process.out(`${rows.length}\n`);
      return 0;
    case 'flush':
      netfilter.forgetConnections?.();
      yield* process.err(`${version}: connection tracking table has been emptied.\n`);
      return 0;
    default:
      netfilter.forgetConnections?.(rows.map((row) => row.id));
      yield* process.out(lines);
      yield* process.err(`${version}: ${rows.length} flow entries have been deleted.\n`);
      return rows.length > 0 ? 0 : 1;
  }
}
