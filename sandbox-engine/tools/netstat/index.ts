// `netstat`: sockets, routes and devices in the old format.
//
// Mirrors: net-tools 2.10 and the BusyBox applet. Differs: TCP and UDP sockets only, no statistics (-s), no -c.
import type { RouteRow, SocketRow } from '../../kernel/index.ts';
import type { Process, Program } from '../../os/index.ts';
import type { Op } from '../../sim/index.ts';
import { formatIpv4, ipv4, netmask } from '../../wire/index.ts';
import { getopt, type LongOption, optionErrorText } from '../common/getopt.ts';
import { linkFlags } from '../common/links.ts';
import { orderedRoutes, routeFlags } from '../common/route-table.ts';
import { formatPort, isAny, isInet6, mappedAddress, socketOwner } from '../common/socket-list.ts';

const longs: readonly LongOption[] = [
  { name: 'route', short: 'r' },
  { name: 'interfaces', short: 'i' },
  { name: 'all', short: 'a' },
  { name: 'listening', short: 'l' },
  { name: 'numeric', short: 'n' },
  { name: 'programs', short: 'p' },
  { name: 'tcp', short: 't' },
  { name: 'udp', short: 'u' },
  { name: 'wide', short: 'W' },
  { name: 'extend', short: 'e' },
  { name: 'statistics', short: 's' },
  { name: 'version', short: 'V' },
  { name: 'help', short: 'h' },
];

type Has = (option: string) => boolean;

function endText(row: SocketRow, side: 'local' | 'remote', numeric: boolean): string {
  const address = side === 'local' ? row.localAddress : row.remoteAddress;
  const port = formatPort(side === 'local' ? row.localPort : row.remotePort, row.protocol, numeric);
  if (isAny(address)) return `${isInet6(row) ? '::' : '0.0.0.0'}:${port}`;
  // net-tools prints a mapped address as the IPv4 address that it is.
  return `${isInet6(row) ? mappedAddress(address, false) : formatIpv4(address)}:${port}`;
}

const stateName = (state: SocketRow['state']): string => (state === 'UNCONN' ? '' : state);

function socketLine(process: Process, row: SocketRow, has: Has): string {
  const owner = socketOwner(process, row);
  const program = has('p')
    ? (owner ? `${owner.pid}/${owner.program}` : '-').slice(0, 20).padEnd(20)
    : '';
  const protocol = `${row.protocol}${isInet6(row) ? '6' : ''}`;
  return `${protocol.padEnd(4)}       0      0 ${endText(row, 'local', has('n')).padEnd(23)} ${endText(row, 'remote', has('n')).padEnd(23)} ${stateName(row.state).padEnd(11)} ${program}\n`;
}

function sockets(process: Process, has: Has): string {
  const wanted = (row: SocketRow): boolean => {
    const listening = row.state === 'LISTEN' || row.state === 'UNCONN';
    return has('a') || (has('l') ? listening : !listening);
  };
  const both = !has('t') && !has('u');
  const rows = process.kernel.sockets
    .list(process.netns)
    .filter((row) => row.protocol !== 'icmp' && wanted(row))
    .filter((row) => both || has(row.protocol === 'tcp' ? 't' : 'u'));
  const rank = (row: SocketRow): number =>
    (row.protocol === 'tcp' ? 0 : 2) + (isInet6(row) ? 1 : 0);
  const which = has('a') ? 'servers and established' : has('l') ? 'only servers' : 'w/o servers';
  const header = `Proto Recv-Q Send-Q Local Address           Foreign Address         State       ${has('p') ? 'PID/Program name    ' : ''}`;
  const lines = [...rows]
    .sort((a, b) => rank(a) - rank(b))
    .map((row) => socketLine(process, row, has));
  return `Active Internet connections (${which})\n${header}\n${lines.join('')}`;
}

function routeLine(process: Process, route: RouteRow, numeric: boolean): string {
  const device = route.link === undefined ? '*' : (process.kernel.link(route.link)?.name ?? '?');
  const { base, prefixLength } = route.destination;
  const destination = prefixLength === 0 && !numeric ? 'default' : formatIpv4(base);
  const gateway = route.via === undefined ? '0.0.0.0' : formatIpv4(route.via);
  const mask = formatIpv4(ipv4(netmask(prefixLength)));
  return `${destination.padEnd(15)} ${gateway.padEnd(15)} ${mask.padEnd(15)} ${routeFlags(route).padEnd(6)}    0 0          0 ${device}\n`;
}

function interfaces(process: Process): string {
  const letters: Readonly<Record<string, string>> = {
    BROADCAST: 'B',
    LOOPBACK: 'L',
    MULTICAST: 'M',
    NOARP: 'O',
    LOWER_UP: 'R',
    UP: 'U',
  };
  const order = 'BLMORU';
  const lines = process.kernel
    .links(process.netns)
    .filter((link) => link.up)
    .map((link) => {
      const { rxPackets, txPackets } = process.kernel.linkCounters(link.id);
      const flags = linkFlags(process.kernel, link).map((flag) => letters[flag] ?? '');
      const text = [...order].filter((letter) => flags.includes(letter)).join('');
      const numbers = [rxPackets, 0, 0].map((n, i) => `${n}`.padStart(i === 0 ? 8 : 6)).join(' ');
      const sent = [txPackets, 0, 0, 0].map((n, i) => `${n}`.padStart(i === 0 ? 8 : 6)).join(' ');
      return `${link.name.padEnd(16)}${`${link.mtu}`.padStart(5)} ${numbers} ${'0'.padEnd(6)} ${sent} ${text}\n`;
    });
  return `Kernel Interface table\nIface             MTU    RX-OK RX-ERR RX-DRP RX-OVR    TX-OK TX-ERR TX-DRP TX-OVR Flg\n${lines.join('')}`;
}

export const netstatProgram = (flavour: 'net-tools' | 'busybox'): Program =>
  function* netstat(process: Process): Op<number> {
    const parsed = getopt(
      process.argv.slice(1),
      'ralntupeiWwxsvo46ghVcMFC',
      flavour === 'busybox' ? [] : longs,
    );
    if ('error' in parsed) {
      yield* process.err(optionErrorText('netstat', parsed));
      return flavour === 'busybox' ? 1 : 4;
    }
    const names = new Set(parsed.options.map((o) => o.name));
    const has: Has = (option) => names.has(option);
    const refused = ['x', 's', 'c', 'g', 'M'].find(
      (o) => has(o) && !has('t') && !has('u') && !has('r'),
    );
    if (has('V')) yield* process.out('net-tools 2.10\n');
    else if (has('r')) {
      const routes = orderedRoutes(process.kernel.routes(process.netns, 'main'));
      const lines = routes.map((route) => routeLine(process, route, has('n')));
      yield* process.out(
        `Kernel IP routing table\nDestination     Gateway         Genmask         Flags   MSS Window  irtt Iface\n${lines.join('')}`,
      );
    } else if (has('i')) yield* process.out(interfaces(process));
    else if (refused !== undefined) {
      yield* process.err(`netstat: not simulated here: -${refused}\n`);
      return 1;
    } else yield* process.out(sockets(process, has));
    return 0;
  };
