// Rules, NAT and connection tracking of one namespace, with packets put through the hooks as IP processing does.
import { describe, expect, test } from 'vitest';
import { Sim, seconds } from '../../sim/index.ts';
import { must } from '../../std/index.ts';
import { formatIpv4, type Ipv4Packet, ip, type Transport } from '../../wire/index.ts';
import type { LinkRow, NetnsId } from '../rows.ts';
import type { HookName, Netfilter, TableName, Tuple } from './api.ts';
import type { PacketContext, PacketFilter } from './hook.ts';
import { createNetfilter } from './netfilter.ts';
import { parseRule } from './rule-text.ts';

const hostAddress = ip('192.168.56.10');
const container = ip('172.17.0.2');
const client = ip('192.168.56.1');
const local = new Set([hostAddress, ip('172.17.0.1'), ip('127.0.0.1')]);

const link = (name: string): LinkRow => ({ name, mtu: 1500 }) as LinkRow;
const eth0 = link('eth0');
const docker0 = link('docker0');

function world() {
  const sim = new Sim({ seed: 1, epochMillis: 0 });
  const store = createNetfilter(sim);
  const trace: string[] = [];
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
    trace: (_, stage, decision) => trace.push(`${stage}: ${decision}`),
  });
  return { sim, store, filter, trace };
}

function rules(filter: Netfilter, text: string): void {
  let table: TableName = 'filter';
  for (const line of text
    .trim()
    .split('\n')
    .map((l) => l.trim())) {
    if (line === '') continue;
    if (line.startsWith('*')) table = line.slice(1) as TableName;
    else if (line.startsWith('-N')) expect(filter.newChain(table, line.slice(3)).ok).toBe(true);
    else {
      const [, chain = '', rest = ''] = must(/^-A (\S+) ?(.*)$/.exec(line), line);
      const spec = parseRule(rest);
      if (!spec.ok) throw new Error(`${rest}: ${spec.error}`);
      expect(filter.append(table, chain, spec.value), line).toMatchObject({ ok: true });
    }
  }
}

type Segment = Partial<Extract<Transport, { protocol: 'tcp' }>>;
function tcp(from: [number, number], to: [number, number], flags: Segment): Ipv4Packet {
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
const packet = (source: number, destination: number, transport: Transport): Ipv4Packet => ({
  kind: 'ipv4',
  id: 1,
  source: source as Ipv4Packet['source'],
  destination: destination as Ipv4Packet['source'],
  ttl: 64,
  dontFragment: true,
  transport,
});
const udp = (from: [number, number], to: [number, number]): Ipv4Packet =>
  packet(from[0], to[0], {
    protocol: 'udp',
    sourcePort: from[1],
    destinationPort: to[1],
    payload: { kind: 'text', text: 'hi' },
  });
const echo = (source: number, destination: number, type: 8 | 0, identifier: number) =>
  packet(source, destination, {
    protocol: 'icmp',
    type,
    code: 0,
    identifier,
    sequence: 1,
    size: 56,
  });

const context = (given: Ipv4Packet, inLink?: LinkRow, outLink?: LinkRow): PacketContext => ({
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

const ends = ({ source, destination, transport }: Ipv4Packet): string =>
  'sourcePort' in transport
    ? `${formatIpv4(source)}:${transport.sourcePort} > ${formatIpv4(destination)}:${transport.destinationPort}`
    : `${formatIpv4(source)} > ${formatIpv4(destination)}`;

/** Puts a packet through hooks; answers where it ended or how it came out. */
function pass(filter: PacketFilter, c: PacketContext, ...hooks: HookName[]): string {
  for (const hook of hooks) {
    const verdict = filter.hook(hook, c);
    if (verdict.action !== 'accept') return `${hook} ${verdict.action}`;
    if (hook === 'INPUT' || hook === 'POSTROUTING') filter.confirm?.(c);
  }
  return ends(c.packet);
}
const forward = ['PREROUTING', 'FORWARD', 'POSTROUTING'] as const;

const tupleText = (t: Tuple): string =>
  `${formatIpv4(t.source)}:${t.sourcePort}>${formatIpv4(t.destination)}:${t.destinationPort}`;
const tracked = (filter: Netfilter): string[] =>
  filter
    .conntrack()
    .map(
      (row) =>
        `${row.protocol} ${row.state ?? ''} ${tupleText(row.original)} ${tupleText(row.reply)}`,
    );

const publish = `
  *nat
  -N DOCKER
  -A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
  -A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
  -A DOCKER -i docker0 -j RETURN
  -A DOCKER ! -i docker0 -p tcp -m tcp --dport 8000 -j DNAT --to-destination 172.17.0.2:80
`;

describe('network address translation', () => {
  test('a published port is translated on the way in and back, and the rule is named', () => {
    const { filter, trace } = world();
    rules(filter, publish);
    const syn = tcp([client, 4000], [hostAddress, 8000], { syn: true });
    expect(pass(filter, context(syn, eth0, docker0), ...forward)).toBe(
      '192.168.56.1:4000 > 172.17.0.2:80',
    );
    expect(trace).toEqual(['prerouting: nat DOCKER rule 2: DNAT to 172.17.0.2:80']);
    const answer = tcp([container, 80], [client, 4000], { syn: true, ack: true });
    expect(pass(filter, context(answer, docker0, eth0), ...forward)).toBe(
      '192.168.56.10:8000 > 192.168.56.1:4000',
    );
    const ack = tcp([client, 4000], [hostAddress, 8000], { ack: true });
    expect(pass(filter, context(ack, eth0, docker0), ...forward)).toBe(
      '192.168.56.1:4000 > 172.17.0.2:80',
    );
    expect(tracked(filter)).toEqual([
      'tcp ESTABLISHED 192.168.56.1:4000>192.168.56.10:8000 172.17.0.2:80>192.168.56.1:4000',
    ]);
    const rule = must(filter.rules('nat', 'DOCKER')[1], 'the rule');
    expect(filter.counters(rule.id)).toEqual({ packets: 1, bytes: 60 });
  });

  test('masquerade takes another port when two containers use the same one to the same place', () => {
    const { filter } = world();
    rules(filter, publish);
    const out = (from: number) => context(udp([from, 5000], [ip('8.8.8.8'), 53]), docker0, eth0);
    expect(pass(filter, out(container), ...forward)).toBe('192.168.56.10:5000 > 8.8.8.8:53');
    const second = pass(filter, out(ip('172.17.0.3')), ...forward);
    expect(second).toMatch(/^192\.168\.56\.10:\d+ > 8\.8\.8\.8:53$/);
    expect(second).not.toBe('192.168.56.10:5000 > 8.8.8.8:53');
    const port = Number(/:(\d+) >/.exec(second)?.[1]);
    const back = context(udp([ip('8.8.8.8'), 53], [hostAddress, port]), eth0, docker0);
    expect(pass(filter, back, ...forward)).toBe('8.8.8.8:53 > 172.17.0.3:5000');
  });

  test('pings of two containers with one identifier are told apart', () => {
    const { filter } = world();
    rules(filter, publish);
    const out = context(echo(container, client, 8, 7), docker0, eth0);
    const other = context(echo(ip('172.17.0.3'), client, 8, 7), docker0, eth0);
    pass(filter, out, ...forward);
    pass(filter, other, ...forward);
    const id = (p: Ipv4Packet) => (p.transport.protocol === 'icmp' ? p.transport.identifier : -1);
    expect(id(out.packet)).toBe(7);
    expect(id(other.packet)).not.toBe(7);
    const back = context(echo(client, hostAddress, 0, id(other.packet)), eth0, docker0);
    expect(pass(filter, back, ...forward)).toBe('192.168.56.1 > 172.17.0.3');
    expect(id(back.packet)).toBe(7);
  });

  test('an error about a translated packet is RELATED and reaches its sender with the addresses that it knows', () => {
    const { filter } = world();
    rules(filter, publish);
    pass(filter, context(udp([container, 5000], [ip('8.8.8.8'), 99]), docker0, eth0), ...forward);
    const quoted = udp([hostAddress, 5000], [ip('8.8.8.8'), 99]);
    const error = { protocol: 'icmp', type: 3, code: 3, identifier: 0, sequence: 0 } as const;
    const c = context(
      packet(ip('8.8.8.8'), hostAddress, { ...error, size: 36, quoted }),
      eth0,
      docker0,
    );
    rules(
      filter,
      '*filter\n-A FORWARD -m conntrack --ctstate RELATED -j ACCEPT\n-A FORWARD -j DROP',
    );
    expect(pass(filter, c, ...forward)).toBe('8.8.8.8 > 172.17.0.2');
    const inner = c.packet.transport.protocol === 'icmp' ? c.packet.transport.quoted : undefined;
    expect(ends(must(inner, 'the quoted packet'))).toBe('172.17.0.2:5000 > 8.8.8.8:99');
  });

  test('the answer to a rejected packet comes from the address that was asked', () => {
    const { filter } = world();
    rules(filter, `${publish}\n*filter\n-A FORWARD -j REJECT`);
    const c = context(tcp([client, 4000], [hostAddress, 8000], { syn: true }), eth0, docker0);
    expect(pass(filter, c, ...forward)).toBe('FORWARD reject');
    const error = { protocol: 'icmp', type: 3, code: 3, identifier: 0, sequence: 0 } as const;
    const answer = packet(hostAddress, client, { ...error, size: 36, quoted: c.packet });
    const back = context(answer, undefined, eth0);
    pass(filter, back, 'OUTPUT', 'POSTROUTING');
    const { transport } = back.packet;
    expect(ends(must(transport.protocol === 'icmp' ? transport.quoted : undefined, 'it'))).toBe(
      '192.168.56.1:4000 > 192.168.56.10:8000',
    );
  });

  test('the embedded DNS: port 53 of 127.0.0.11 leads to another port, and back through lo', () => {
    const { filter } = world();
    rules(
      filter,
      `*nat
      -N DOCKER_OUTPUT
      -N DOCKER_POSTROUTING
      -A OUTPUT -d 127.0.0.11/32 -j DOCKER_OUTPUT
      -A POSTROUTING -d 127.0.0.11/32 -j DOCKER_POSTROUTING
      -A DOCKER_OUTPUT -d 127.0.0.11/32 -p udp -m udp --dport 53 -j DNAT --to-destination 127.0.0.11:40000
      -A DOCKER_POSTROUTING -s 127.0.0.11/32 -p udp -m udp --sport 40000 -j SNAT --to-source :53`,
    );
    const lo = link('lo');
    const dns = ip('127.0.0.11');
    const query = context(udp([ip('127.0.0.1'), 3333], [dns, 53]), undefined, lo);
    expect(pass(filter, query, 'OUTPUT', 'POSTROUTING')).toBe('127.0.0.1:3333 > 127.0.0.11:40000');
    const arrived = { ...query, inLink: lo, outLink: undefined };
    expect(pass(filter, arrived, 'PREROUTING', 'INPUT')).toBe('127.0.0.1:3333 > 127.0.0.11:40000');
    const reply = context(udp([dns, 40_000], [ip('127.0.0.1'), 3333]), undefined, lo);
    pass(filter, reply, 'OUTPUT', 'POSTROUTING');
    const back = { ...reply, inLink: lo, outLink: undefined };
    expect(pass(filter, back, 'PREROUTING', 'INPUT')).toBe('127.0.0.11:53 > 127.0.0.1:3333');
  });

  test('REDIRECT leads to the host itself', () => {
    const { filter } = world();
    rules(filter, '*nat\n-A PREROUTING -p tcp -m tcp --dport 8080 -j REDIRECT --to-ports 80');
    const c = context(tcp([client, 4000], [ip('10.0.0.7'), 8080], { syn: true }), eth0);
    expect(pass(filter, c, 'PREROUTING')).toBe('192.168.56.1:4000 > 192.168.56.10:80');
  });

  test('IPVS: the answer is expected from the server, and the source translated back for it', () => {
    const { filter } = world();
    rules(
      filter,
      '*nat\n-A POSTROUTING -d 10.0.0.0/24 -m ipvs --ipvs -j SNAT --to-source 10.0.0.2',
    );
    const c = context(tcp([client, 4000], [ip('10.0.0.6'), 80], { syn: true }), eth0);
    pass(filter, c, 'PREROUTING', 'INPUT');
    const fresh = context(tcp([client, 4001], [ip('10.0.0.6'), 80], { syn: true }), eth0);
    pass(filter, fresh, 'PREROUTING');
    filter.hook('INPUT', fresh);
    filter.expectReplyFrom?.(fresh, ip('10.0.0.9'), 80);
    fresh.packet = { ...fresh.packet, destination: ip('10.0.0.9') };
    fresh.ipvs = true;
    fresh.outLink = eth0;
    expect(pass(filter, fresh, 'OUTPUT', 'POSTROUTING')).toBe('10.0.0.2:4001 > 10.0.0.9:80');
    const answer = tcp([ip('10.0.0.9'), 80], [ip('10.0.0.2'), 4001], { syn: true, ack: true });
    expect(pass(filter, context(answer, eth0), 'PREROUTING')).toBe(
      '10.0.0.9:80 > 192.168.56.1:4001',
    );
  });
});

describe('the filter', () => {
  test('established connections pass where new ones are dropped', () => {
    const { filter } = world();
    rules(
      filter,
      `*filter
      -A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
      -A INPUT -j DROP`,
    );
    const strange = context(tcp([client, 1], [hostAddress, 22], { syn: true }), eth0);
    expect(pass(filter, strange, 'PREROUTING', 'INPUT')).toBe('INPUT drop');
    pass(
      filter,
      context(tcp([hostAddress, 5000], [client, 80], { syn: true }), undefined, eth0),
      'OUTPUT',
      'POSTROUTING',
    );
    const answer = context(tcp([client, 80], [hostAddress, 5000], { syn: true, ack: true }), eth0);
    expect(pass(filter, answer, 'PREROUTING', 'INPUT')).toBe(
      '192.168.56.1:80 > 192.168.56.10:5000',
    );
    const out = context(tcp([client, 80], [hostAddress, 5001], { syn: true, ack: true }), eth0);
    expect(pass(filter, out, 'PREROUTING', 'INPUT')).toBe('INPUT drop');
  });

  test('RETURN, goto and policies', () => {
    const { filter, trace } = world();
    rules(
      filter,
      `*filter
      -N A
      -N B
      -A FORWARD -i eth0 -j A
      -A FORWARD -j ACCEPT
      -A A -g B
      -A A -j DROP
      -A B -p udp -j RETURN`,
    );
    filter.setPolicy('filter', 'FORWARD', 'DROP');
    const c = () => context(udp([client, 1], [container, 2]), eth0, docker0);
    expect(pass(filter, c(), 'FORWARD')).toBe('192.168.56.1:1 > 172.17.0.2:2');
    filter.delete('filter', 'FORWARD', 1);
    expect(pass(filter, c(), 'FORWARD')).toBe('FORWARD drop');
    expect(trace).toEqual([
      'forward: filter FORWARD rule 2: ACCEPT',
      'forward: filter FORWARD policy: DROP',
    ]);
    expect(filter.counters('h/init/filter/FORWARD')).toEqual({ packets: 1, bytes: 30 });
  });

  test('raw comes before tracking, mangle before nat, nat before filter on OUTPUT', () => {
    const { filter, trace } = world();
    rules(
      filter,
      `*raw
      -A OUTPUT -m conntrack --ctstate INVALID -j LOG
      *mangle
      -A OUTPUT -m conntrack --ctstate NEW -j MARK --set-mark 5
      *nat
      -A OUTPUT -p udp -m mark --mark 5 -j DNAT --to-destination 10.0.0.1
      *filter
      -A OUTPUT -d 10.0.0.1/32 -j DROP`,
    );
    const c = context(udp([hostAddress, 1], [client, 2]), undefined, eth0);
    expect(pass(filter, c, 'OUTPUT')).toBe('OUTPUT drop');
    expect(trace).toEqual([
      'output: raw OUTPUT rule 1: LOG',
      'output: mangle OUTPUT rule 1: MARK set 0x5',
      'output: nat OUTPUT rule 1: DNAT to 10.0.0.1',
      'output: filter OUTPUT rule 1: DROP',
    ]);
  });

  test('TCPMSS makes the segments of a SYN smaller, never larger', () => {
    const { filter } = world();
    rules(
      filter,
      '*mangle\n-A FORWARD -p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS --set-mss 1400',
    );
    const mss = (given: number) => {
      const c = context(tcp([client, 1], [container, 2], { syn: true, mss: given }), eth0, docker0);
      pass(filter, c, 'FORWARD');
      return c.packet.transport.protocol === 'tcp' ? c.packet.transport.mss : undefined;
    };
    expect([mss(1460), mss(1300)]).toEqual([1400, 1300]);
  });
});

describe('connection tracking', () => {
  const ct = '*nat\n-A PREROUTING -j ACCEPT';
  const through = (filter: PacketFilter, p: Ipv4Packet) =>
    pass(filter, context(p, eth0, docker0), ...forward);

  test('nothing is tracked before a rule needs it', () => {
    const { filter } = world();
    through(filter, udp([client, 1], [container, 2]));
    expect(tracked(filter)).toEqual([]);
  });

  test('a TCP connection from SYN to TIME_WAIT, and its timeouts', () => {
    const { filter, sim } = world();
    rules(filter, ct);
    const there = (flags: Segment) => through(filter, tcp([client, 1], [container, 80], flags));
    const back = (flags: Segment) => through(filter, tcp([container, 80], [client, 1], flags));
    const seen: string[] = [];
    const look = () => {
      const row = must(filter.conntrack()[0], 'the connection');
      const left = (row.expiresAt - sim.now()) / 1_000_000;
      seen.push(
        `${row.state} ${left}${row.replied ? '' : ' UNREPLIED'}${row.assured ? ' ASSURED' : ''}`,
      );
    };
    there({ syn: true });
    look();
    back({ syn: true, ack: true });
    look();
    there({ ack: true });
    look();
    there({ fin: true, ack: true });
    look();
    back({ ack: true });
    look();
    back({ fin: true, ack: true });
    look();
    there({ ack: true });
    look();
    sim.advanceTo(seconds(121));
    expect(tracked(filter)).toEqual([]);
    expect(seen).toEqual([
      'SYN_SENT 120 UNREPLIED',
      'SYN_RECV 60',
      'ESTABLISHED 432000 ASSURED',
      'FIN_WAIT 120 ASSURED',
      'CLOSE_WAIT 60 ASSURED',
      'LAST_ACK 30 ASSURED',
      'TIME_WAIT 120 ASSURED',
    ]);
  });

  test('a refused connection leaves nothing behind', () => {
    const { filter } = world();
    rules(filter, ct);
    through(filter, tcp([client, 1], [container, 80], { syn: true }));
    through(filter, tcp([container, 80], [client, 1], { rst: true, ack: true }));
    expect(tracked(filter)).toEqual([]);
  });

  test('UDP: 30 seconds, 120 for a stream', () => {
    const { filter, sim } = world();
    rules(filter, ct);
    const left = () => (must(filter.conntrack()[0], 'row').expiresAt - sim.now()) / 1_000_000;
    through(filter, udp([client, 1], [container, 53]));
    through(filter, udp([container, 53], [client, 1]));
    expect(left()).toBe(30);
    sim.advanceTo(seconds(3));
    through(filter, udp([client, 1], [container, 53]));
    expect(left()).toBe(120);
  });
});

describe('tables', () => {
  test('they come into being with their first use, and are listed newest first', () => {
    const { filter } = world();
    expect(filter.tables?.()).toEqual([]);
    filter.use?.('filter');
    filter.find('mangle', 'OUTPUT', { matches: [] });
    rules(filter, '*raw\n-A PREROUTING -j DROP');
    expect(filter.tables?.()).toEqual(['raw', 'mangle', 'filter']);
    expect(filter.chains('raw').map((c) => c.name)).toEqual(['PREROUTING', 'OUTPUT']);
  });

  test('what the kernel refuses', () => {
    const { filter } = world();
    const append = (table: TableName, chain: string, text: string) => {
      const rule = parseRule(text);
      const done = rule.ok ? filter.append(table, chain, rule.value) : rule;
      return done.ok ? 'ok' : done.error;
    };
    rules(
      filter,
      '*filter\n-N A\n-N B\n-A A -j B\n-A FORWARD -j A\n*nat\n-N N\n-A N -p tcp -j DNAT --to-destination 1.2.3.4',
    );
    expect([
      append('filter', 'NOPE', '-j ACCEPT'),
      append('filter', 'FORWARD', '-j NOPE'),
      append('filter', 'B', '-j A'),
      append('filter', 'FORWARD', '-j MASQUERADE'),
      append('nat', 'PREROUTING', '-j MASQUERADE'),
      append('nat', 'POSTROUTING', '-j N'),
      append('nat', 'OUTPUT', '-j N'),
      append('filter', 'INPUT', '-j REJECT --reject-with tcp-reset'),
      filter.deleteChain('filter', 'B'),
      filter.deleteChain('filter', 'A'),
      filter.deleteChain('filter', 'INPUT'),
      filter.newChain('filter', 'A'),
    ]).toEqual([
      'ENOENT',
      'ENOENT',
      'ELOOP',
      'EINVAL',
      'EINVAL',
      'EINVAL',
      'ok',
      'EINVAL',
      { ok: false, error: 'EMLINK' },
      { ok: false, error: 'EMLINK' },
      { ok: false, error: 'EINVAL' },
      { ok: false, error: 'EEXIST' },
    ]);
  });

  test('the namespace goes with all its rows', () => {
    const { filter, store } = world();
    rules(filter, publish);
    pass(filter, context(udp([container, 1], [client, 2]), docker0, eth0), ...forward);
    filter.dispose?.();
    expect([store.chains.size, store.rules.size, store.conntrack.size]).toEqual([0, 0, 0]);
  });
});
