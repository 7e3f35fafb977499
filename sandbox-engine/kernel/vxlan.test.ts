import { describe, expect, it } from 'vitest';
import { formatIpv4, ip, macOfIpv4, transportLength } from '../wire/index.ts';
import type { Kernel } from './kernel-api.ts';
import type { XfrmHooks } from './netfilter/hook.ts';
import type { NetnsId } from './rows.ts';
import { give, mustLink, mustOk, ping, TestNetwork } from './testing.ts';

/** An overlay as libnetwork builds it: a namespace with br0 and vxlan0, and one with eth0 in it. */
function overlay(kernel: Kernel, address: string): { overlay: NetnsId; inside: NetnsId } {
  const init = kernel.initNetns;
  const ns = kernel.netnsAdd();
  const inside = kernel.netnsAdd();
  for (const each of [ns, inside])
    mustOk(kernel.sysctlSet(each, 'net.ipv6.conf.all.disable_ipv6', '1'));
  mustOk(kernel.linkSet(mustLink(kernel, inside, 'lo').id, { up: true }));
  const br0 = mustOk(kernel.linkAdd(ns, { name: 'br0', kind: 'bridge' })).id;
  give(kernel, br0, '10.0.1.1/24');
  mustOk(kernel.linkSet(br0, { up: true, defaultPvid: 0 }));
  const vxlan = mustOk(
    kernel.linkAdd(init, {
      name: 'vx-001001-abcde',
      kind: 'vxlan',
      mtu: 1450,
      vxlan: { vni: 4097, port: 4789, proxy: true, l2miss: true, l3miss: true },
    }),
  ).id;
  mustOk(kernel.linkSet(vxlan, { netns: ns, name: 'vxlan0' }));
  mustOk(kernel.linkSet(vxlan, { master: br0, up: true }));
  const mac = macOfIpv4(ip(address));
  const veth = mustOk(
    kernel.linkAdd(init, {
      name: 'veth1234567',
      kind: 'veth',
      mtu: 1450,
      peer: { name: 'veth7654321', mac, mtu: 1450 },
    }),
  );
  mustOk(kernel.linkSet(veth.id, { netns: ns, name: 'veth0' }));
  mustOk(kernel.linkSet(veth.id, { master: br0, up: true }));
  const eth0 = mustLink(kernel, init, 'veth7654321').id;
  mustOk(kernel.linkSet(eth0, { netns: inside, name: 'eth0' }));
  give(kernel, eth0, `${address}/24`);
  mustOk(kernel.linkSet(eth0, { up: true }));
  return { overlay: ns, inside };
}

function knows(kernel: Kernel, netns: NetnsId, address: string, node: string): void {
  const vxlan0 = mustLink(kernel, netns, 'vxlan0').id;
  const mac = macOfIpv4(ip(address));
  mustOk(kernel.neighbourAdd(vxlan0, ip(address), mac));
  mustOk(kernel.fdbAdd(vxlan0, mac, { remote: ip(node), permanent: true }));
}

function twoNodes() {
  const net = new TestNetwork();
  const one = net.host('manager1', '192.168.56.10/24');
  const two = net.host('worker1', '192.168.56.11/24');
  const a = overlay(one, '10.0.1.3');
  const b = overlay(two, '10.0.1.4');
  knows(one, a.overlay, '10.0.1.4', '192.168.56.11');
  knows(two, b.overlay, '10.0.1.3', '192.168.56.10');
  return { net, one, two, a, b };
}

describe('vxlan', () => {
  it('carries a ping between two nodes, over UDP 4789 of the hosts', () => {
    const { net, one, a } = twoNodes();
    const capture = one.sockets.capture(one.initNetns, mustLink(one, one.initNetns, 'eth0').id);
    expect(net.run(ping(one, net.sim, a.inside, '10.0.1.4'))).toMatchObject({ type: 0, ttl: 64 });
    const seen = one.sockets.captured(capture).flatMap(({ direction, frame: { payload } }) => {
      if (payload.kind !== 'ipv4' || payload.transport.protocol !== 'udp') return [];
      const { transport: udp, source, destination } = payload;
      const inner = udp.payload.kind === 'vxlan' ? udp.payload : undefined;
      return [
        `${direction} ${formatIpv4(source)} > ${formatIpv4(destination)}.${udp.destinationPort} vni ${inner?.vni} ${inner?.frame.source}`,
      ];
    });
    expect(seen).toEqual([
      'out 192.168.56.10 > 192.168.56.11.4789 vni 4097 02:42:0a:00:01:03',
      'in 192.168.56.11 > 192.168.56.10.4789 vni 4097 02:42:0a:00:01:04',
    ]);
  });

  it('answers ARP itself, so that no broadcast leaves the node', () => {
    const { net, one, two, a } = twoNodes();
    const capture = two.sockets.capture(two.initNetns, 'any');
    expect(net.run(ping(one, net.sim, a.inside, '10.0.1.99'))).toMatchObject({ type: 3, code: 1 });
    expect(two.sockets.captured(capture)).toEqual([]);
    net.run(ping(one, net.sim, a.inside, '10.0.1.4'));
    expect(one.neighbours(a.inside)).toMatchObject([
      { address: ip('10.0.1.99'), state: 'FAILED' },
      { address: ip('10.0.1.4'), mac: '02:42:0a:00:01:04', state: 'REACHABLE' },
    ]);
  });

  it('keeps the packet on the node that its FDB names', () => {
    const { net, one, a } = twoNodes();
    const vxlan0 = mustLink(one, a.overlay, 'vxlan0').id;
    const mac = macOfIpv4(ip('10.0.1.4'));
    mustOk(one.fdbDelete(vxlan0, mac, { remote: ip('192.168.56.11') }));
    expect(net.run(ping(one, net.sim, a.inside, '10.0.1.4', { wait: 500 }))).toBe('timeout');
    expect(net.world.trace.since(0).at(-1)?.decision).toEqual({
      kind: 'lost',
      loss: { kind: 'no-fdb-entry', device: 'vxlan0', mac: '02:42:0a:00:01:04' },
    });
    mustOk(one.fdbAdd(vxlan0, mac, { remote: ip('192.168.56.11') }));
    expect(net.run(ping(one, net.sim, a.inside, '10.0.1.4'))).toMatchObject({ type: 0 });
  });

  it('numbers devices and namespaces as Linux does', () => {
    const { one, a } = twoNodes();
    const list = (netns: NetnsId): string[] =>
      one.links(netns).map((row) => `${row.ifindex}: ${row.name}`);
    expect([one.initNetns, a.overlay, a.inside].map(list)).toEqual([
      ['1: lo', '2: eth0'],
      ['1: lo', '2: br0', '3: vxlan0', '5: veth0'],
      ['1: lo', '4: eth0'],
    ]);
    expect([
      one.peerNetnsId(one.initNetns, a.overlay),
      one.peerNetnsId(one.initNetns, a.inside),
      one.peerNetnsId(a.overlay, one.initNetns),
      one.peerNetnsId(a.overlay, a.inside),
      one.peerNetnsId(a.inside, a.overlay),
    ]).toEqual([0, 1, 0, 1, 0]);
  });

  it('shows its socket and entries, and takes them away when it is deleted', () => {
    const { one, a } = twoNodes();
    const sockets = (): string[] =>
      one.sockets.list(one.initNetns).map((row) => `${row.state} ${row.localPort}`);
    expect(sockets()).toEqual(['UNCONN 4789']);
    expect(
      one
        .fdb(a.overlay)
        .filter((row) => one.link(row.link)?.name === 'vxlan0')
        .map((row) => `${row.table} ${row.remote === undefined ? '' : formatIpv4(row.remote)}`),
    ).toEqual(['bridge ', 'self 192.168.56.11']);
    one.netnsDelete(a.overlay);
    expect(sockets()).toEqual([]);
    expect(one.links(a.inside).map((row) => row.name)).toEqual(['lo']);
  });
});

describe('xfrm', () => {
  /** Encrypts VXLAN to the peer, and decrypts what comes as ESP. */
  const hooks: XfrmHooks = {
    output: ({ packet }) => {
      const { transport } = packet;
      if (transport.protocol !== 'udp' || transport.destinationPort !== 4789) return packet;
      const esp = { protocol: 'esp', spi: 0x100, sequence: 1, inner: transport } as const;
      return { ...packet, transport: esp };
    },
    input: ({ packet }) =>
      packet.transport.protocol === 'esp'
        ? { ...packet, transport: packet.transport.inner }
        : undefined,
  };

  it('hides the overlay from the LAN', () => {
    const { net, one, two, a } = twoNodes();
    for (const kernel of [one, two]) kernel.setXfrm(kernel.initNetns, hooks);
    const capture = one.sockets.capture(one.initNetns, mustLink(one, one.initNetns, 'eth0').id);
    expect(net.run(ping(one, net.sim, a.inside, '10.0.1.4'))).toMatchObject({ type: 0, ttl: 64 });
    const lengths = one.sockets
      .captured(capture)
      .flatMap(({ frame: { payload } }) =>
        payload.kind === 'ipv4'
          ? [`${payload.transport.protocol} ${transportLength(payload.transport)}`]
          : [],
      );
    expect(lengths).toEqual(['esp 140', 'esp 140']);
  });
});

describe('looking back', () => {
  it('shows the devices, entries and routes of then', () => {
    const { net, one, a } = twoNodes();
    const look = () => [
      one.links(a.overlay).map((row) => `${row.name} ${one.linkState(row.id).operational}`),
      one.fdb(a.overlay).length,
      one.neighbours(a.overlay).length,
      one.routes(a.overlay, 'all').length,
    ];
    const then = look();
    const revision = net.sim.journal.revision;
    one.netnsDelete(a.overlay);
    expect(look()).toEqual([[], 0, 0, 0]);
    expect(net.sim.journal.at(revision, look)).toEqual(then);
  });
});
