// `ipvsadm`: virtual services, their servers and connections. Services are set up by Docker; here they are only listed.
//
// Mirrors: ipvsadm 1.31. Differs: -A, -E, -D, -a, -e, -d, -Z, -C and daemons are not simulated.
import type {
  IpvsConnection,
  IpvsServer,
  IpvsService,
  IpvsStatistics,
} from '../../kernel/index.ts';
import type { Process } from '../../os/index.ts';
import type { Op } from '../../sim/index.ts';
import { formatIpv4 } from '../../wire/index.ts';
import { getopt, type LongOption, optionErrorText } from '../common/getopt.ts';
import { mayAdministerNetwork } from '../common/privilege.ts';

const longs: readonly LongOption[] = [
  { name: 'list', short: 'L' },
  { name: 'numeric', short: 'n' },
  { name: 'connection', short: 'c' },
  { name: 'save', short: 'S' },
  { name: 'stats', short: '1' },
  { name: 'rate', short: '2' },
  { name: 'sort', short: '3' },
  { name: 'exact', short: '4' },
  { name: 'timeout', short: '5' },
  { name: 'help', short: 'h' },
  { name: 'version', short: 'v' },
  { name: 'zero', short: 'Z' },
  { name: 'clear', short: 'C' },
];

const header = `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn
`;

const endpoint = (server: IpvsServer): string => `${formatIpv4(server.address)}:${server.port}`;

function serviceText(service: IpvsService): string {
  const { match, scheduler } = service;
  if ('fwmark' in match) return `FWM  ${match.fwmark} ${scheduler}`;
  return `${match.protocol.toUpperCase()}  ${formatIpv4(match.address)}:${match.port} ${scheduler}`;
}

/** In order of address, as ipvsadm sorts them. */
const sortedServers = (service: IpvsService): readonly IpvsServer[] =>
  [...service.servers].sort((a, b) => a.address - b.address || a.port - b.port);

function sortedServices(services: readonly IpvsService[]): readonly IpvsService[] {
  const rank = (row: IpvsService): number =>
    'fwmark' in row.match ? 1e12 + row.match.fwmark : row.match.address;
  return [...services].sort((a, b) => rank(a) - rank(b));
}

function list(services: readonly IpvsService[]): string {
  const blocks = sortedServices(services).map((service) => {
    const servers = sortedServers(service).map(
      (server) =>
        `  -> ${endpoint(server).padEnd(28)} ${server.forwarding.padEnd(7)} ${`${server.weight}`.padEnd(6)} ${`${server.activeConnections}`.padEnd(10)} ${`${server.inactiveConnections}`.padEnd(10)}\n`,
    );
    return `${serviceText(service)}\n${servers.join('')}`;
  });
  return `${header}${blocks.join('')}`;
}

function save(services: readonly IpvsService[]): string {
  const forwarding: Readonly<Record<IpvsServer['forwarding'], string>> = {
    Masq: '-m',
    Route: '-g',
    Local: '-l',
  };
  const blocks = sortedServices(services).map((service) => {
    const { match } = service;
    const which =
      'fwmark' in match
        ? `-f ${match.fwmark}`
        : `-${match.protocol === 'tcp' ? 't' : 'u'} ${formatIpv4(match.address)}:${match.port}`;
    const servers = sortedServers(service).map(
      (server) =>
        `-a ${which} -r ${endpoint(server)} ${forwarding[server.forwarding]} -w ${server.weight}\n`,
    );
    return `-A ${which} -s ${service.scheduler}\n${servers.join('')}`;
  });
  return blocks.join('');
}

function connections(process: Process, rows: readonly IpvsConnection[]): string {
  const now = process.sim.now();
  const two = (n: number): string => `${n}`.padStart(2, '0');
  const lines = rows.map((row) => {
    const left = Math.max(0, Math.floor((row.expiresAt - now) / 1_000_000));
    const expire = `${two(Math.floor(left / 60))}:${two(left % 60)}`;
    const ends = [
      `${formatIpv4(row.client)}:${row.clientPort}`,
      `${formatIpv4(row.virtual)}:${row.virtualPort}`,
      `${formatIpv4(row.server)}:${row.serverPort}`,
    ];
    const [source = '', virtual = '', server = ''] = ends;
    return `${row.protocol.toUpperCase().padEnd(3)} ${expire}  ${row.state.padEnd(11)} ${source.padEnd(18)} ${virtual.padEnd(18)} ${server}\n`;
  });
  return `IPVS connection entries\npro expire state       source             virtual            destination\n${lines.join('')}`;
}

const statisticsHeader = `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port               Conns   InPkts  OutPkts  InBytes OutBytes
  -> RemoteAddress:Port
`;
const ratesHeader = statisticsHeader.replace(
  '  Conns   InPkts  OutPkts  InBytes OutBytes',
  '    CPS    InPPS   OutPPS    InBPS   OutBPS',
);

/** Totals (--stats) or per second (--rate). */
function numbers(services: readonly IpvsService[], rates: boolean): string {
  const line = (name: string, statistics: IpvsStatistics): string => {
    const {
      connections: c,
      packetsIn,
      packetsOut,
      bytesIn,
      bytesOut,
    } = rates ? statistics.rates : statistics;
    const cells = [c, packetsIn, packetsOut, bytesIn, bytesOut];
    return `${name.padEnd(33)}${cells.map((n) => ` ${`${n}`.padStart(8)}`).join('')}\n`;
  };
  const blocks = sortedServices(services).map((service) => {
    const name = serviceText(service).replace(/ \w+$/, '');
    const servers = sortedServers(service).map((s) => line(`  -> ${endpoint(s)}`, s.statistics));
    return `${line(name, service.statistics)}${servers.join('')}`;
  });
  return `${rates ? ratesHeader : statisticsHeader}${blocks.join('')}`;
}

export function* ipvsadm(process: Process): Op<number> {
  // `-l` is `-L`.
  const parsed = getopt(process.argv.slice(1), 'LlncSZCAEDRadeut:u:f:s:p:r:gimw:hv12345', longs);
  if ('error' in parsed) {
    yield* process.err(optionErrorText('ipvsadm', parsed));
    return 2;
  }
  const names = new Set(parsed.options.map((o) => o.name));
  if (names.has('v')) {
    yield* process.out('ipvsadm v1.31 2019/12/24 (compiled with popt and IPVS v1.2.1)\n');
    return 0;
  }
  const changing = ['A', 'E', 'D', 'a', 'd', 'e', 'Z', 'C', 'R'].find((name) => names.has(name));
  if (changing !== undefined) {
    yield* process.err(`ipvsadm: not simulated here: -${changing}\n`);
    return 1;
  }
  if (!mayAdministerNetwork(process)) {
    yield* process.err("Can't initialize ipvs: Permission denied (you must be root)\n");
    return 255;
  }
  const table = process.kernel.ipvsTable(process.netns);
  const services = table.services();
  if (names.has('c')) yield* process.out(connections(process, table.connections()));
  else if (names.has('S')) yield* process.out(save(services));
  else if (names.has('1') || names.has('2')) yield* process.out(numbers(services, names.has('2')));
  else yield* process.out(list(services));
  return 0;
}
