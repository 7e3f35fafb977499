// For tests: a host with a container behind docker0, its packets, and rules as iptables-save prints them.
import { Sim } from '../../sim/index.ts';
import { must } from '../../std/index.ts';
import { formatIpv4, type Ipv4Packet, ip, type Transport } from '../../wire/index.ts';
import type { Decision } from '../decision.ts';
import type { HopStage } from '../kernel-api.ts';
import type { LinkRow, NetnsId } from '../rows.ts';
import type { HookName, Netfilter, TableName, Tuple } from './api.ts';
import type { PacketContext, PacketFilter } from './hook.ts';
import { createNetfilter } from './netfilter.ts';
import { parseRule } from './rule-text.ts';

export const hostAddress = ip('192.168.56.10');
export const container = ip('172.17.0.2');
export const client = ip('192.168.56.1');
export const local = new Set([hostAddress, ip('172.17.0.1'), ip('127.0.0.1')]);

export const link = (name: string): LinkRow => ({ name, mtu: 1500 }) as LinkRow;
export const eth0 = link('eth0');
export const docker0 = link('docker0');

export function world() {
  const sim = new Sim({ seed: 1, epochMillis: 0 });
  const store = createNetfilter(sim);
  const trace: (Decision & { readonly stage: HopStage })[] = [];
  const filter = store.factory({
    sim,
    host: 'h',
    netns: 'h/init' as NetnsId,
    addressType: (address) => (local.has(address) ? 'LOCAL' : 'UNICAST'),
    sourceAddress: (out) => (out === eth0 ? hostAddress : ip('172.17.0.1')),
    primaryAddress: () => hostAddress,
    mtu: (out) => out.mtu,
    sysctl: () => undefined,
    tracing: true,
    trace: (_, stage, decision) => trace.push({ stage, ...decision }),
  });
  return { sim, store, filter, trace };
}

function accepted(line: string, result: { readonly ok: boolean }): void {
  if (!result.ok) throw new Error(`not accepted: ${line}`);
}

/** Puts rules in, as iptables-save prints them. */
export function rules(filter: Netfilter, text: string): void {
  let table: TableName = 'filter';
  for (const line of text
    .trim()
    .split('\n')
    .map((l) => l.trim())) {
    if (line === '') continue;
    if (line.startsWith('*')) table = line.slice(1) as TableName;
    else if (line.startsWith('-N')) accepted(line, filter.newChain(table, line.slice(3)));
    else {
      const [, chain = '', rest = ''] = must(/^-A (\S+) ?(.*)$/.exec(line), line);
      const spec = parseRule(rest);
      if (!spec.ok) throw new Error(`${rest}: ${spec.error}`);
      accepted(line, filter.append(table, chain, spec.value));
    }
  }
}

type Segment = Partial<Extract<Transport, { protocol: 'tcp' }>>;
export function tcp(from: [number, number], to: [number, number], flags: Segment): Ipv4Packet {
  const none = { syn: false, ack: false, fin: false, rst: false, psh: false };
  const numbers = { sequence: 0, acknowledgment: 0, window: 1000, payload: '' };
  const [source, sourcePort] = from;
  const [destination, destinationPort] = to;
  return packet(source, destination, {
    protocol: 'tcp',
    sourcePort,
    destinationPort,
    ...numbers,
    ...none,
    ...flags,
  });
}
export const packet = (source: number, destination: number, transport: Transport): Ipv4Packet => ({
  kind: 'ipv4',
  id: 1,
  source: source as Ipv4Packet['source'],
  destination: destination as Ipv4Packet['source'],
  ttl: 64,
  dontFragment: true,
  transport,
});
export const udp = (from: [number, number], to: [number, number]): Ipv4Packet =>
  packet(from[0], to[0], {
    protocol: 'udp',
    sourcePort: from[1],
    destinationPort: to[1],
    payload: { kind: 'text', text: 'hi' },
  });
export const echo = (source: number, destination: number, type: 8 | 0, identifier: number) =>
  packet(source, destination, {
    protocol: 'icmp',
    type,
    code: 0,
    identifier,
    sequence: 1,
    size: 56,
  });

export const context = (given: Ipv4Packet, inLink?: LinkRow, outLink?: LinkRow): PacketContext => ({
  netns: 'h/init' as NetnsId,
  packet: given,
  inLink,
  outLink,
  mark: 0,
  conntrack: undefined,
  flow: 1,
  ipvs: false,
  decrypted: false,
});

export const ends = ({ source, destination, transport }: Ipv4Packet): string =>
  'sourcePort' in transport
    ? `${formatIpv4(source)}:${transport.sourcePort} > ${formatIpv4(destination)}:${transport.destinationPort}`
    : `${formatIpv4(source)} > ${formatIpv4(destination)}`;

/** Puts a packet through hooks; answers where it ended or how it came out. */
export function pass(filter: PacketFilter, c: PacketContext, ...hooks: HookName[]): string {
  for (const hook of hooks) {
    const verdict = filter.hook(hook, c);
    if (verdict.action !== 'accept') return `${hook} ${verdict.action}`;
    if (hook === 'INPUT' || hook === 'POSTROUTING') filter.confirm?.(c);
  }
  return ends(c.packet);
}
export const forward = ['PREROUTING', 'FORWARD', 'POSTROUTING'] as const;

export const tupleText = (t: Tuple): string =>
  `${formatIpv4(t.source)}:${t.sourcePort}>${formatIpv4(t.destination)}:${t.destinationPort}`;
export const tracked = (filter: Netfilter): string[] =>
  filter
    .conntrack()
    .map(
      (row) =>
        `${row.protocol} ${row.state ?? ''} ${tupleText(row.original)} ${tupleText(row.reply)}`,
    );

export const publish = `
  *nat
  -N DOCKER
  -A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
  -A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
  -A DOCKER -i docker0 -j RETURN
  -A DOCKER ! -i docker0 -p tcp -m tcp --dport 8000 -j DNAT --to-destination 172.17.0.2:80
`;
