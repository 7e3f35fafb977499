// /sys/class/net and /proc/net: a network namespace as files, for those who have no ip and no ss at hand.
//
// Mirrors: net/core/net-sysfs.c, net-procfs.c, fib_trie.c, arp.c, tcp_ipv4.c. Differs: devices are directories rather than
// links into /sys/devices, and all of it is read-only.
import type { Kernel, LinkRow, NetnsId, RouteRow, SocketRow } from '../kernel/index.ts';
import { anyIpv4, formatIpv4, type Ipv4 } from '../wire/index.ts';
import type { VirtualEntry } from './api.ts';

type Entries = ReadonlyMap<string, VirtualEntry>;
type Texts = Readonly<Record<string, string | number>>;

/** Files of one line each; each read looks again. */
function lines(read: () => Texts): Entries {
  const entries = new Map<string, VirtualEntry>();
  for (const name of Object.keys(read()).sort())
    entries.set(name, { type: 'file', text: () => `${read()[name] ?? ''}\n`, sizeless: true });
  return entries;
}

const directory = (entries: () => Entries): VirtualEntry => ({ type: 'directory', entries });

// ---- /sys/class/net ---------------------------------------------------------------------------

/** /sys/class/net as one namespace has it. */
export const deviceDirectories = (kernel: Kernel, netns: NetnsId): Entries =>
  new Map(
    kernel.links(netns).map((link) => [link.name, directory(() => deviceFiles(kernel, link.id))]),
  );

function deviceFiles(kernel: Kernel, id: LinkRow['id']): Entries {
  const link = kernel.link(id);
  if (!link) return new Map();
  const entries = new Map<string, VirtualEntry>(lines(() => attributes(kernel, id)));
  entries.set(
    'statistics',
    directory(() => lines(() => statistics(kernel, link))),
  );
  const ports = kernel.links(link.netns).filter(({ master }) => master === link.id);
  if (link.kind === 'bridge') {
    entries.set(
      'bridge',
      directory(() => lines(() => bridgeAttributes(link))),
    );
    entries.set(
      'brif',
      directory(() => new Map(ports.map(({ name }) => [name, toDevice(`${name}/brport`)]))),
    );
  }
  const master = link.master === undefined ? undefined : kernel.link(link.master);
  if (!master) return entries;
  entries.set('master', { type: 'symlink', target: `../${master.name}` });
  entries.set(
    'brport',
    directory(() => lines(() => portAttributes(link))),
  );
  return entries;
}

/** From one level below a device's directory. */
const toDevice = (name: string): VirtualEntry => ({ type: 'symlink', target: `../../${name}` });

const deviceTypes: Readonly<Partial<Record<LinkRow['kind'], string>>> = {
  bridge: 'bridge',
  vxlan: 'vxlan',
};

function attributes(kernel: Kernel, id: LinkRow['id']): Texts {
  const link = kernel.link(id);
  if (!link) return {};
  const state = kernel.linkState(id);
  const loopback = link.kind === 'loopback';
  const other = link.peer ?? link.lower;
  const peer = other === undefined ? undefined : kernel.link(other);
  const deviceType = deviceTypes[link.kind];
  return {
    addr_len: 6,
    address: link.mac,
    broadcast: loopback ? '00:00:00:00:00:00' : 'ff:ff:ff:ff:ff:ff',
    carrier: state.carrier ? 1 : 0,
    dev_id: '0x0',
    dev_port: 0,
    dormant: 0,
    flags: `0x${deviceFlags(link).toString(16)}`,
    group: 0,
    ifalias: link.alias ?? '',
    ifindex: link.ifindex,
    iflink: peer?.ifindex ?? link.ifindex,
    link_mode: 0,
    mtu: link.mtu,
    netdev_group: 0,
    operstate: state.operational.toLowerCase(),
    proto_down: 0,
    ...(link.kind === 'veth' && { duplex: 'full', speed: 10_000 }),
    tx_queue_len: link.queueLength ?? (loopback || link.kind === 'ether' ? 1000 : 0),
    type: loopback ? 772 : 1,
    uevent: `${deviceType ? `DEVTYPE=${deviceType}\n` : ''}INTERFACE=${link.name}\nIFINDEX=${link.ifindex}`,
  };
}

/** IFF_UP, IFF_BROADCAST, IFF_LOOPBACK, IFF_NOARP, IFF_MULTICAST. */
function deviceFlags(link: LinkRow): number {
  const up = link.up ? 0x1 : 0;
  if (link.kind === 'loopback') return up | 0x8;
  return up | 0x2 | (link.kind === 'dummy' ? 0x80 : 0x1000);
}

/** Counters that stay at nothing here. */
const quiet =
  `collisions multicast rx_compressed rx_crc_errors rx_dropped rx_errors rx_fifo_errors rx_frame_errors
rx_length_errors rx_missed_errors rx_nohandler rx_over_errors tx_aborted_errors tx_carrier_errors tx_compressed
tx_dropped tx_errors tx_fifo_errors tx_heartbeat_errors tx_window_errors`.split(/\s+/);

function statistics(kernel: Kernel, link: LinkRow): Texts {
  const counters = kernel.linkCounters(link.id);
  return {
    ...Object.fromEntries(quiet.map((name) => [name, 0])),
    rx_bytes: counters.rxBytes,
    rx_packets: counters.rxPackets,
    tx_bytes: counters.txBytes,
    tx_packets: counters.txPackets,
  };
}

function bridgeAttributes(link: LinkRow): Texts {
  const id = `8000.${link.mac.replaceAll(':', '')}`;
  return {
    ageing_time: 30_000,
    bridge_id: id,
    default_pvid: link.defaultPvid ?? 1,
    forward_delay: 1500,
    group_fwd_mask: '0x0',
    hello_time: 200,
    max_age: 2000,
    multicast_snooping: 1,
    priority: 32_768,
    root_id: id,
    root_path_cost: 0,
    root_port: 0,
    stp_state: 0,
    vlan_filtering: 0,
  };
}

const portAttributes = (link: LinkRow): Texts => ({
  hairpin_mode: link.hairpin ? 1 : 0,
  learning: 1,
  path_cost: 2,
  port_no: `0x${(link.portNumber ?? 1).toString(16)}`,
  priority: 32,
  state: link.up ? 3 : 0,
  unicast_flood: 1,
});

// ---- /proc/net ----------------------------------------------------------------------------------

/** /proc/PID/net of a process in that namespace. */
export function procNet(kernel: Kernel, netns: NetnsId): Entries {
  const tables: Readonly<Record<string, () => string>> = {
    arp: () => arpTable(kernel, netns),
    dev: () => deviceTable(kernel, netns),
    route: () => routeTable(kernel, netns),
    tcp: () => socketTable(kernel, netns, 'tcp'),
    udp: () => socketTable(kernel, netns, 'udp'),
  };
  return new Map(
    Object.entries(tables).map(([name, text]) => [name, { type: 'file', text, sizeless: true }]),
  );
}

const right = (value: number, width: number): string => `${value}`.padStart(width);

function deviceTable(kernel: Kernel, netns: NetnsId): string {
  const header = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
`;
  const rows = kernel.links(netns).map((link) => {
    const { rxBytes, rxPackets, txBytes, txPackets } = kernel.linkCounters(link.id);
    return `${link.name.padStart(6)}: ${right(rxBytes, 7)} ${right(rxPackets, 7)}    0    0    0     0          0         0 ${right(txBytes, 8)} ${right(txPackets, 7)}    0    0    0     0       0          0\n`;
  });
  return header + rows.join('');
}

/** An address as the kernel prints the number: on a little-endian machine from behind. */
function hexAddress(address: Ipv4): string {
  const octets = formatIpv4(address).split('.').reverse();
  return octets.map((octet) => hex(Number(octet), 2)).join('');
}

const hex = (value: number, width: number): string =>
  value.toString(16).toUpperCase().padStart(width, '0');

/** RTF_UP, RTF_GATEWAY, RTF_HOST, RTF_REJECT. */
function routeFlags(route: RouteRow): number {
  const refused = route.type === 'unreachable' || route.type === 'prohibit' ? 0x200 : 0;
  const gateway = route.via === undefined ? 0 : 0x2;
  return 0x1 | gateway | (route.destination.prefixLength === 32 ? 0x4 : 0) | refused;
}

function routeTable(kernel: Kernel, netns: NetnsId): string {
  const header =
    'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT';
  const rows = kernel.routes(netns).map((route) => {
    const { base, prefixLength } = route.destination;
    const mask = (prefixLength === 0 ? 0 : (-1 << (32 - prefixLength)) >>> 0) as Ipv4;
    const device = route.link === undefined ? '*' : (kernel.link(route.link)?.name ?? '*');
    return `${device}\t${hexAddress(base)}\t${hexAddress(route.via ?? anyIpv4)}\t${hex(routeFlags(route), 4)}\t0\t0\t${route.metric}\t${hexAddress(mask)}\t0\t0\t0`;
  });
  return [header, ...rows].map((line) => `${line.padEnd(127)}\n`).join('');
}

function arpTable(kernel: Kernel, netns: NetnsId): string {
  const header = 'IP address       HW type     Flags       HW address            Mask     Device\n';
  const rows = kernel.neighbours(netns).map((row) => {
    const known = row.mac !== undefined && row.state !== 'INCOMPLETE' && row.state !== 'FAILED';
    const flags = !known ? 0 : row.state === 'PERMANENT' ? 6 : 2;
    const mac = known ? (row.mac ?? '') : '00:00:00:00:00:00';
    return `${formatIpv4(row.address).padEnd(16)} 0x${'1'.padEnd(10)}0x${`${flags}`.padEnd(10)}${mac.padEnd(17)}     *        ${kernel.link(row.link)?.name ?? ''}\n`;
  });
  return header + rows.join('');
}

const socketStates: Readonly<Record<SocketRow['state'], number>> = {
  ESTABLISHED: 1,
  SYN_SENT: 2,
  SYN_RECV: 3,
  FIN_WAIT1: 4,
  FIN_WAIT2: 5,
  TIME_WAIT: 6,
  CLOSED: 7,
  UNCONN: 7,
  CLOSE_WAIT: 8,
  LAST_ACK: 9,
  LISTEN: 10,
  CLOSING: 11,
};

function socketTable(kernel: Kernel, netns: NetnsId, protocol: 'tcp' | 'udp'): string {
  const header =
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';
  const rows = kernel.sockets
    .list(netns)
    .filter((row) => row.protocol === protocol && row.family === 'ipv4')
    .map((row, slot) => {
      const local = `${hexAddress(row.localAddress)}:${hex(row.localPort, 4)}`;
      const remote = `${hexAddress(row.remoteAddress)}:${hex(row.remotePort, 4)}`;
      const queues = `${hex(row.sendQueue ?? 0, 8)}:${hex(row.receiveQueue ?? 0, 8)}`;
      const inode = 10_000 + Number(/\d+$/.exec(row.id)?.[0] ?? 0);
      return `${right(slot, 4)}: ${local} ${remote} ${hex(socketStates[row.state], 2)} ${queues} 00:00000000 00000000     0        0 ${inode} 1 0000000000000000 100 0 0 10 0`;
    });
  return [header, ...rows].map((line) => `${line.padEnd(149)}\n`).join('');
}
