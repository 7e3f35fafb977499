// `ss` of iproute2: sockets.
//
// Differs: TCP and UDP only; of filters `sport`, `dport`, `src`, `dst` and `state` with `=`, `or`, `and`.
import type { SocketRow } from '../../kernel/index.ts';
import { type Process, strerror } from '../../os/index.ts';
import type { Op } from '../../sim/index.ts';
import { parseIpv4 } from '../../wire/index.ts';
import { getopt, type LongOption, optionErrorText } from '../common/getopt.ts';
import { netnsDirectory, netnsOfFile } from '../common/namespaces.ts';
import {
  formatPort,
  isAny,
  isInet6,
  mappedAddress,
  portOfService,
  socketOwner,
} from '../common/socket-list.ts';
import { renderTable } from './columns.ts';

const longs: readonly LongOption[] = [
  { name: 'numeric', short: 'n' },
  { name: 'resolve', short: 'r' },
  { name: 'all', short: 'a' },
  { name: 'listening', short: 'l' },
  { name: 'options', short: 'o' },
  { name: 'extended', short: 'e' },
  { name: 'memory', short: 'm' },
  { name: 'processes', short: 'p' },
  { name: 'info', short: 'i' },
  { name: 'summary', short: 's' },
  { name: 'ipv4', short: '4' },
  { name: 'ipv6', short: '6' },
  { name: 'tcp', short: 't' },
  { name: 'udp', short: 'u' },
  { name: 'raw', short: 'w' },
  { name: 'unix', short: 'x' },
  { name: 'no-header', short: 'H' },
  { name: 'oneline', short: 'O' },
  { name: 'net', short: 'N' },
  { name: 'version', short: 'V' },
  { name: 'help', short: 'h' },
];

const stateNames: Readonly<Record<SocketRow['state'], string>> = {
  LISTEN: 'LISTEN',
  SYN_SENT: 'SYN-SENT',
  SYN_RECV: 'SYN-RECV',
  ESTABLISHED: 'ESTAB',
  FIN_WAIT1: 'FIN-WAIT-1',
  FIN_WAIT2: 'FIN-WAIT-2',
  CLOSE_WAIT: 'CLOSE-WAIT',
  LAST_ACK: 'LAST-ACK',
  CLOSING: 'CLOSING',
  TIME_WAIT: 'TIME-WAIT',
  CLOSED: 'CLOSED',
  UNCONN: 'UNCONN',
};

type Test = (row: SocketRow) => boolean;

interface Request {
  readonly has: (option: string) => boolean;
  readonly filter: Test;
}

/** An unconnected UDP socket counts as closed; one that has spoken to one peer only does not. */
const isListening = (row: SocketRow): boolean => row.state === 'LISTEN' || row.state === 'UNCONN';
const isPassing = (row: SocketRow): boolean =>
  row.state === 'TIME_WAIT' || row.state === 'SYN_RECV' || row.state === 'CLOSED';

function stateTest(name: string): Test | undefined {
  const wanted = name.toLowerCase();
  if (wanted === 'all') return () => true;
  if (wanted === 'connected') return (row) => !isListening(row);
  if (wanted === 'synchronized') return (row) => !isListening(row) && row.state !== 'SYN_SENT';
  const aliases: Readonly<Record<string, string>> = {
    established: 'estab',
    listening: 'listen',
    closed: 'unconn',
  };
  const text = aliases[wanted] ?? wanted;
  if (!Object.values(stateNames).some((known) => known.toLowerCase() === text)) return undefined;
  return (row) => stateNames[row.state].toLowerCase() === text;
}

/** `sport = :80`, `dst 10.0.0.1`, joined by `or`, `and`; parentheses are read but bind nothing. */
function addressTest(words: readonly string[]): Test | undefined {
  const text = words
    .join(' ')
    .replace(/[()\\]/g, ' ')
    .trim();
  if (text === '') return () => true;
  const alternatives = text
    .split(/\s+or\s+/)
    .map((part) =>
      part.split(/\s+(?:and\s+)?(?=sport|dport|src|dst)/).map((term) => termTest(term.trim())),
    );
  if (alternatives.flat().includes(undefined)) return undefined;
  return (row) => alternatives.some((terms) => terms.every((term) => term?.(row)));
}

function termTest(term: string): Test | undefined {
  const match = /^(sport|dport|src|dst)\s*(?:=|==|eq)?\s*(\S*)$/.exec(term);
  if (!match) return undefined;
  const [, key = '', value = ''] = match;
  const [address = '', service = ''] = value.includes(':')
    ? value.split(':')
    : key.endsWith('port')
      ? ['', value]
      : [value, ''];
  const local = key === 'sport' || key === 'src';
  const wantedAddress = address === '' ? undefined : parseIpv4(address);
  const wantedPort =
    service === '' ? undefined : (portOfService(service, 'tcp') ?? Number(service));
  return (row) =>
    (wantedAddress === undefined ||
      wantedAddress === (local ? row.localAddress : row.remoteAddress)) &&
    (wantedPort === undefined || wantedPort === (local ? row.localPort : row.remotePort));
}

function parseFilter(words: readonly string[], has: (option: string) => boolean): Test | undefined {
  const rest = [...words];
  const states: Test[] = [];
  while (rest[0] === 'state' || rest[0] === 'exclude') {
    const [kind, name = ''] = rest.splice(0, 2);
    const test = stateTest(name);
    if (!test) return undefined;
    states.push(kind === 'state' ? test : (row) => !test(row));
  }
  const addresses = addressTest(rest);
  if (!addresses) return undefined;
  const byOptions: Test = (row) =>
    has('a') || (has('l') ? isListening(row) : !isListening(row) && !isPassing(row));
  const byState: Test = states.length > 0 ? (row) => states.some((test) => test(row)) : byOptions;
  return (row) => byState(row) && addresses(row);
}

// ---- rows ---------------------------------------------------------------------------------------

function addressCells(
  row: SocketRow,
  side: 'local' | 'remote',
  numeric: boolean,
): [string, string] {
  const address = side === 'local' ? row.localAddress : row.remoteAddress;
  const port = side === 'local' ? row.localPort : row.remotePort;
  const portText = formatPort(port, row.protocol, numeric);
  if (!isAny(address)) {
    const text = mappedAddress(address, isInet6(row));
    return [isInet6(row) ? `[${text}]:` : `${text}:`, portText];
  }
  if (row.family === 'any') return ['*:', portText];
  return [row.family === 'ipv6' ? '[::]:' : '0.0.0.0:', portText];
}

function tableRow(process: Process, row: SocketRow, has: (option: string) => boolean): string[] {
  const owner = has('p') ? socketOwner(process, row) : undefined;
  return [
    row.protocol,
    stateNames[row.state],
    '0',
    row.state === 'LISTEN' ? `${row.backlog}` : '0',
    ...addressCells(row, 'local', has('n')),
    ...addressCells(row, 'remote', has('n')),
    owner ? ` users:(("${owner.program}",pid=${owner.pid},fd=${owner.fd}))` : '',
  ];
}

function chosenRows(
  process: Process,
  netns: Process['netns'],
  request: Request,
): readonly SocketRow[] {
  const { has, filter } = request;
  const both = !has('t') && !has('u');
  const inet6 = has('6') && !has('4');
  const inet = has('4') && !has('6');
  const rows = process.kernel.sockets
    .list(netns)
    .filter(
      (row) =>
        row.protocol !== 'icmp' &&
        (both || has(row.protocol === 'tcp' ? 't' : 'u')) &&
        (!inet || !isInet6(row)) &&
        (!inet6 || isInet6(row)) &&
        filter(row),
    );
  const rank = (row: SocketRow): number =>
    (row.protocol === 'udp' ? 0 : 2) + (isInet6(row) ? 1 : 0);
  return [...rows].sort((a, b) => rank(a) - rank(b));
}

function summary(process: Process): string {
  const rows = process.kernel.sockets.list(process.netns);
  const tcp = rows.filter((row) => row.protocol === 'tcp');
  const count = (test: Test): number => tcp.filter(test).length;
  const line = (name: string, list: readonly SocketRow[]): string =>
    `${name.padEnd(4)}  ${`${list.length}`.padEnd(9)} ${`${list.filter((r) => !isInet6(r)).length}`.padEnd(9)} ${`${list.filter(isInet6).length}`.padEnd(9)}\n`;
  const udp = rows.filter((row) => row.protocol === 'udp');
  return `Total: ${rows.length}
TCP:   ${tcp.length} (estab ${count((r) => r.state === 'ESTABLISHED')}, closed ${count((r) => r.state === 'CLOSED' || r.state === 'TIME_WAIT')}, orphaned 0, timewait ${count((r) => r.state === 'TIME_WAIT')})

Transport Total     IP        IPv6
${line('RAW', [])}${line('UDP', udp)}${line('TCP', tcp)}${line('INET', [...tcp, ...udp])}${line('FRAG', [])}
`;
}

const usage = `Usage: ss [ OPTIONS ]
       ss [ OPTIONS ] [ FILTER ]
   -h, --help          this message
   -V, --version       output version information
   -n, --numeric       don't resolve service names
   -r, --resolve       resolve host names
   -a, --all           display all sockets
   -l, --listening     display listening sockets
   -p, --processes     show process using socket
   -s, --summary       show socket usage summary
   -N, --net           switch to the specified network namespace name
   -4, --ipv4          display only IP version 4 sockets
   -6, --ipv6          display only IP version 6 sockets
   -t, --tcp           display only TCP sockets
   -u, --udp           display only UDP sockets
   -H, --no-header     Suppress header line
   -O, --oneline       socket's data printed on a single line
`;

export function* ss(process: Process): Op<number> {
  const parsed = getopt(process.argv.slice(1), 'nralBoempisZ46tuwxSMdHOQKEN:hVD:A:f:0T', longs);
  if ('error' in parsed) {
    yield* process.err(`${optionErrorText('ss', parsed)}${usage}`);
    return 255;
  }
  const names = new Set(parsed.options.map((o) => o.name));
  const has = (option: string): boolean => names.has(option);
  if (has('h')) {
    yield* process.out(usage);
    return 0;
  }
  if (has('V')) {
    yield* process.out('ss utility, iproute2-6.17.0\n');
    return 0;
  }
  if (has('s')) {
    yield* process.out(summary(process));
    return 0;
  }
  const refused = ['x', 'w', 'K', 'E', '0', 'A', 'f', 'D', 'S', 'M', 'd'].find(has);
  if (refused !== undefined) {
    yield* process.err(`ss: not simulated here: -${refused}\n`);
    return 1;
  }
  const filter = parseFilter(parsed.operands, has);
  if (!filter) {
    yield* process.err(`ss: not simulated here: filter ${parsed.operands.join(' ')}\n`);
    return 1;
  }
  let { netns } = process;
  const name = parsed.options.find((o) => o.name === 'N')?.value;
  if (name !== undefined) {
    const named = netnsOfFile(process.fs, `${netnsDirectory}/${name}`);
    if (!named.ok) {
      yield* process.err(`Cannot open network namespace "${name}": ${strerror(named.error)}\n`);
      return 1;
    }
    netns = named.value;
  }
  const rows = chosenRows(process, netns, { has, filter });
  yield* process.out(
    renderTable(
      rows.map((row) => tableRow(process, row, has)),
      {
        header: !has('H'),
        netid: has('t') === has('u'),
        processes: has('p'),
        screen: process.isTty(1) ? process.tty?.columns : undefined,
      },
    ),
  );
  return 0;
}
