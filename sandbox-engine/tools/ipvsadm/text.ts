// Lists of ipvsadm. Mirrors: ipvsadm 1.31 ipvsadm.c (print_title, print_service_entry, print_largenum, list_conn).
import type {
  IpvsConnection,
  IpvsServer,
  IpvsService,
  IpvsStatistics,
} from '../../kernel/index.ts';
import { formatIpv4, type Ipv4 } from '../../wire/index.ts';
import { formatPort } from '../common/socket-list.ts';

export type Format = 'plain' | 'rules' | 'stats' | 'rate' | 'thresholds' | 'persistent-conn';

export interface Look {
  readonly format: Format;
  readonly numeric: boolean;
  /** Numbers are not shortened to K, M, G. */
  readonly exact: boolean;
}

export const version = 'ipvsadm v1.31 2019/12/24 (compiled with popt and IPVS v1.2.1)\n';
export const banner = 'IP Virtual Server version 1.2.1 (size=4096)\n';

const columns = (...titles: readonly string[]): string =>
  `${'Prot LocalAddress:Port'.padEnd(33)} ${titles.map((title) => title.padStart(8)).join(' ')}\n`;

const wide = (...titles: readonly (readonly [string, number])[]): string =>
  `${'Prot LocalAddress:Port'.padEnd(33)} ${titles.map(([title, width]) => title.padEnd(width)).join(' ')}\n`;

const remote = '  -> RemoteAddress:Port\n';

export function title(format: Format): string {
  switch (format) {
    case 'rules':
      return '';
    case 'stats':
      return columns('Conns', 'InPkts', 'OutPkts', 'InBytes', 'OutBytes') + remote;
    case 'rate':
      return columns('CPS', 'InPPS', 'OutPPS', 'InBPS', 'OutBPS') + remote;
    case 'thresholds':
      return (
        wide(['Uthreshold', 10], ['Lthreshold', 10], ['ActiveConn', 10], ['InActConn', 10]) + remote
      );
    case 'persistent-conn':
      return (
        wide(['Weight', 9], ['PersistConn', 11], ['ActiveConn', 10], ['InActConn', 10]) + remote
      );
    case 'plain':
      return `Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn
`;
  }
}

const place = (address: Ipv4, port: number, protocol: string, { numeric }: Look): string =>
  `${formatIpv4(address)}:${port === 0 ? 0 : formatPort(port, protocol, numeric)}`;

function serviceName({ match }: IpvsService, look: Look): string {
  const rules = look.format === 'rules';
  if ('fwmark' in match) return rules ? `-f ${match.fwmark}` : `FWM  ${match.fwmark}`;
  const { protocol, address, port } = match;
  const where = place(address, port, protocol, look);
  if (rules) return `${protocol === 'tcp' ? '-t' : '-u'} ${where}`;
  return `${protocol.toUpperCase()}  ${where}`;
}

export function serviceText(service: IpvsService, look: Look): string {
  const name = serviceName(service, look);
  const { scheduler, statistics } = service;
  const head = (): string => {
    switch (look.format) {
      case 'rules':
        return `-A ${name} -s ${scheduler}`;
      case 'stats':
      case 'rate':
        return `${name.padEnd(33)}${numbers(statistics, look)}`;
      default:
        return `${name} ${scheduler}`;
    }
  };
  const { match } = service;
  const protocol = 'protocol' in match ? match.protocol : 'tcp';
  const servers = service.servers.map((server) =>
    serverText(server, place(server.address, server.port, protocol, look), name, look),
  );
  return `${[head(), ...servers].join('\n')}\n`;
}

const forwardingSwitch: Readonly<Record<IpvsServer['forwarding'], string>> = {
  Masq: '-m',
  Route: '-g',
  Local: '-l',
};

function serverText(server: IpvsServer, where: string, service: string, look: Look): string {
  const { weight, forwarding, activeConnections, inactiveConnections, statistics } = server;
  const cells = (...values: readonly (readonly [string | number, number])[]): string =>
    `  -> ${where.padEnd(28)} ${values.map(([value, width]) => `${value}`.padEnd(width)).join(' ')}`;
  const active = [activeConnections, 10] as const;
  const inactive = [inactiveConnections, 10] as const;
  switch (look.format) {
    case 'rules':
      return `-a ${service} -r ${where} ${forwardingSwitch[forwarding]} -w ${weight}`;
    case 'stats':
    case 'rate':
      return `  -> ${where.padEnd(28)}${numbers(statistics, look)}`;
    case 'thresholds':
      return cells([0, 10], [0, 10], active, inactive);
    case 'persistent-conn':
      return cells([weight, 9], [0, 11], active, inactive);
    case 'plain':
      return cells([forwarding, 7], [weight, 6], active, inactive);
  }
}

function numbers(statistics: IpvsStatistics, { format, exact }: Look): string {
  const of = format === 'rate' ? statistics.rates : statistics;
  return [of.connections, of.packetsIn, of.packetsOut, of.bytesIn, of.bytesOut]
    .map((value) => largeNumber(Math.round(value), exact))
    .join('');
}

/** Nine places; from 100 million on in thousands, millions … */
function largeNumber(value: number, exact: boolean): string {
  const text = `${value}`;
  if (exact) return text.padStart(text.length <= 8 ? 9 : text.length + 1);
  const units = [
    [1e8, 1, ''],
    [1e9, 1e3, 'K'],
    [1e11, 1e6, 'M'],
    [1e14, 1e9, 'G'],
  ] as const;
  const [, divisor, letter] = units.find(([below]) => value < below) ?? [0, 1e12, 'T'];
  const short = `${Math.floor(value / divisor)}`;
  return letter === '' ? short.padStart(9) : `${short.padStart(8)}${letter}`;
}

/** `now`: simulated time, µs. */
export function connectionsText(
  connections: readonly IpvsConnection[],
  now: number,
  look: Look,
): string {
  const two = (n: number): string => `${n}`.padStart(2, '0');
  const lines = connections.map((row) => {
    const left = Math.max(0, Math.floor((row.expiresAt - now) / 1_000_000));
    const { protocol } = row;
    const client = place(row.client, row.clientPort, protocol, look);
    const virtual = place(row.virtual, row.virtualPort, protocol, look);
    const server = place(row.server, row.serverPort, protocol, look);
    const expire = `${two(Math.floor(left / 60))}:${two(left % 60)}`;
    return `${protocol.toUpperCase().padEnd(3)} ${expire}  ${row.state.padEnd(11)} ${client.padEnd(18)} ${virtual.padEnd(18)} ${server}\n`;
  });
  const head = 'pro expire state       source             virtual            destination\n';
  return `IPVS connection entries\n${head}${lines.join('')}`;
}

export const usage = `${version}Usage:
  ipvsadm -A|E virtual-service [-s scheduler] [-p [timeout]] [-M netmask] [--pe persistence_engine] [-b sched-flags]
  ipvsadm -D virtual-service
  ipvsadm -C
  ipvsadm -R
  ipvsadm -S [-n]
  ipvsadm -a|e virtual-service -r server-address [options]
  ipvsadm -d virtual-service -r server-address
  ipvsadm -L|l [virtual-service] [options]
  ipvsadm -Z [virtual-service]
  ipvsadm --set tcp tcpfin udp
  ipvsadm --start-daemon {master|backup} [daemon-options]
  ipvsadm --stop-daemon {master|backup}
  ipvsadm -h
`;
