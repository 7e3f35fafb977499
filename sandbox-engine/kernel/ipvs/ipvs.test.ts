import { describe, expect, it } from 'vitest';
import type { Op } from '../../sim/index.ts';
import { formatIpv4, ip } from '../../wire/index.ts';
import type { Kernel } from '../kernel-api.ts';
import type { IpvsMatch, IpvsServerRow } from '../rows.ts';
import {
  connect,
  give,
  mustLink,
  mustOk,
  readAll,
  serve,
  TestNetwork,
  writeAll,
} from '../testing.ts';

const virtual = ip('192.168.56.50');
const web: IpvsMatch = { protocol: 'tcp', address: virtual, port: 80 };

const server = (address: string, port: number, weight = 1): IpvsServerRow => ({
  address: ip(address),
  port,
  weight,
  forwarding: 'Masq',
});

/** A client in a network of its own behind the director (10.1.0.1), which balances over two servers on the LAN. */
function balanced() {
  const net = new TestNetwork('netfilter');
  const director = net.host('director', '192.168.56.10/24');
  const eth0 = mustLink(director, director.initNetns, 'eth0').id;
  give(director, eth0, '192.168.56.50/32');
  const pair = mustOk(
    director.linkAdd(director.initNetns, {
      name: 'out',
      kind: 'veth',
      peer: { name: 'eth0', netns: director.netnsAdd() },
    }),
  );
  give(director, pair.id, '10.1.0.1/24');
  mustOk(director.linkSet(pair.id, { up: true }));
  const client = director.netnsList()[1] ?? director.initNetns;
  const inside = mustLink(director, client, 'eth0').id;
  give(director, inside, '10.1.0.2/24');
  mustOk(director.linkSet(inside, { up: true }));
  mustOk(
    director.routeAdd(client, {
      destination: { base: ip('0.0.0.0'), prefixLength: 0 },
      via: ip('10.1.0.1'),
      link: inside,
    }),
  );
  mustOk(director.sysctlSet(director.initNetns, 'net.ipv4.ip_forward', '1'));
  mustOk(director.sysctlSet(director.initNetns, 'net.ipv4.vs.conntrack', '1'));
  const servers = ['one', 'two'].map((name, n) => {
    const kernel = net.host(name, `192.168.56.2${n}/24`);
    mustOk(
      kernel.routeAdd(kernel.initNetns, {
        destination: { base: ip('10.1.0.0'), prefixLength: 24 },
        via: ip('192.168.56.10'),
      }),
    );
    net.sim.spawn(
      name,
      serve(kernel, kernel.initNetns, 8080, () => name),
    );
    return kernel;
  });
  const ipvs = director.ipvsTable(director.initNetns);
  return { net, director, client, servers, ipvs };
}

function* ask(kernel: Kernel, netns: Parameters<typeof connect>[1], port = 80): Op<string> {
  const socket = yield* connect(kernel, netns, '192.168.56.50', port);
  if (!socket.ok) return socket.error;
  yield* writeAll(kernel, socket.value, '?');
  const text = yield* readAll(kernel, socket.value);
  kernel.sockets.close(socket.value);
  return text;
}

describe('an address with a port', () => {
  it('is balanced in turns, the newest server first, and states are followed', () => {
    const { net, director, client, ipvs } = balanced();
    mustOk(ipvs.addService(web, 'rr'));
    mustOk(ipvs.addServer(web, server('192.168.56.20', 8080)));
    mustOk(ipvs.addServer(web, server('192.168.56.21', 8080)));
    const answers = [1, 2, 3].map(() => net.run(ask(director, client)));
    expect(answers).toEqual(['two', 'one', 'two']);
    net.advance(1);
    expect(
      ipvs
        .connections()
        .map(({ state, server: to, serverPort }) => [state, formatIpv4(to), serverPort]),
    ).toEqual([
      ['TIME_WAIT', '192.168.56.21', 8080],
      ['TIME_WAIT', '192.168.56.20', 8080],
      ['TIME_WAIT', '192.168.56.21', 8080],
    ]);
    const open = net.run(connect(director, client, '192.168.56.50', 80));
    expect(open.ok).toBe(true);
    expect(
      ipvs.service(web)?.servers.map((row) => [row.activeConnections, row.inactiveConnections]),
    ).toEqual([
      [1, 1],
      [0, 2],
    ]);
    net.advance(121);
    expect(ipvs.connections().map(({ state }) => state)).toEqual(['ESTABLISHED']);
    net.advance(800);
    expect(ipvs.connections()).toEqual([]);
  });

  it('gives nothing to servers with weight 0, and refuses when there are no others', () => {
    const { net, director, client, ipvs } = balanced();
    mustOk(ipvs.addService(web, 'rr'));
    mustOk(ipvs.addServer(web, server('192.168.56.20', 8080)));
    mustOk(ipvs.addServer(web, server('192.168.56.21', 8080)));
    mustOk(ipvs.changeServer(web, server('192.168.56.21', 8080, 0)));
    expect([1, 2].map(() => net.run(ask(director, client)))).toEqual(['one', 'one']);
    mustOk(ipvs.changeServer(web, server('192.168.56.20', 8080, 0)));
    expect(net.run(ask(director, client))).toBe('ECONNREFUSED');
    mustOk(ipvs.removeService(web));
    expect(net.run(ask(director, client))).toBe('ECONNREFUSED');
    expect(net.world.ipvs.all()).toEqual([]);
  });

  it('keeps connections with a server of weight 0, and drops those of one that is removed', () => {
    const { net, director, client, ipvs } = balanced();
    mustOk(director.sysctlSet(director.initNetns, 'net.ipv4.vs.expire_nodest_conn', '1'));
    mustOk(ipvs.addService(web, 'rr'));
    mustOk(ipvs.addServer(web, server('192.168.56.20', 8080)));
    const open = net.run(connect(director, client, '192.168.56.50', 80));
    if (!open.ok) throw new Error(open.error);
    mustOk(ipvs.changeServer(web, server('192.168.56.20', 8080, 0)));
    net.run(writeAll(director, open.value, '?'));
    expect(net.run(readAll(director, open.value))).toBe('one');
    mustOk(ipvs.removeServer(web, { address: ip('192.168.56.20'), port: 8080 }));
    expect(ipvs.connections()).toEqual([]);
  });

  it('prefers heavy or idle servers, as the scheduler says', () => {
    const { net, director, client, ipvs } = balanced();
    mustOk(ipvs.addService(web, 'wrr'));
    mustOk(ipvs.addServer(web, server('192.168.56.20', 8080, 3)));
    mustOk(ipvs.addServer(web, server('192.168.56.21', 8080, 1)));
    const turns = (count: number) =>
      Array.from({ length: count }, () => net.run(ask(director, client))).sort();
    expect(turns(4)).toEqual(['one', 'one', 'one', 'two']);
    mustOk(ipvs.changeService(web, 'wlc'));
    expect(turns(8).filter((name) => name === 'one').length).toBeGreaterThan(4);
    expect(ipvs.addService(web, 'rr')).toEqual({ ok: false, error: 'EEXIST' });
    expect(ipvs.changeService(web, 'dh')).toEqual({ ok: false, error: 'ENOENT' });
  });
});

describe('UDP', () => {
  const dns: IpvsMatch = { protocol: 'udp', address: virtual, port: 53 };

  it('is balanced, and an unreachable port is told of as the virtual one', () => {
    const { net, director, client, servers, ipvs } = balanced();
    mustOk(ipvs.addService(dns, 'rr'));
    mustOk(ipvs.addServer(dns, server('192.168.56.20', 5353)));
    const [one] = servers;
    if (!one) throw new Error('no server');
    const bound = mustOk(one.sockets.udpBind(one.initNetns, { port: 5353 }));
    const asking = mustOk(director.sockets.udpBind(client, {}));
    const text = (words: string) => ({ kind: 'text', text: words }) as const;
    mustOk(director.sockets.udpSend(asking, virtual, 53, text('who?')));
    net.advance(1);
    const asked = one.sockets.udpReceive(bound);
    if (!asked || 'error' in asked) throw new Error('nothing came');
    expect([formatIpv4(asked.from), asked.payload]).toEqual(['10.1.0.2', text('who?')]);
    mustOk(one.sockets.udpSend(bound, asked.from, asked.fromPort, text('me')));
    net.advance(1);
    expect(director.sockets.udpReceive(asking)).toMatchObject({
      from: virtual,
      fromPort: 53,
      payload: text('me'),
    });
    expect(ipvs.connections()).toMatchObject([{ state: 'UDP', serverPort: 5353 }]);
    one.sockets.close(bound);
    mustOk(director.sockets.udpSend(asking, virtual, 53, text('still there?')));
    net.advance(1);
    expect(director.sockets.udpReceive(asking)).toMatchObject({
      error: 'ECONNREFUSED',
      to: virtual,
      toPort: 53,
    });
  });
});

describe('direct routing', () => {
  it('leaves the packet as it is, and the server answers itself', () => {
    const { net, director, servers, ipvs } = balanced();
    const [one] = servers;
    if (!one) throw new Error('no server');
    give(one, mustLink(one, one.initNetns, 'lo').id, '192.168.56.50/32');
    net.sim.spawn(
      'direct',
      serve(one, one.initNetns, 80, () => 'directly'),
    );
    mustOk(ipvs.addService(web, 'rr'));
    mustOk(ipvs.addServer(web, { ...server('192.168.56.20', 80), forwarding: 'Route' }));
    // Why: the server, too, would answer ARP for the virtual address (arp_ignore is 0).
    const other = net.host('other', '192.168.56.30/24');
    const { mac } = mustLink(director, director.initNetns, 'eth0');
    mustOk(other.neighbourAdd(mustLink(other, other.initNetns, 'eth0').id, virtual, mac));
    expect(net.run(ask(other, other.initNetns))).toBe('directly');
    net.advance(1);
    expect(ipvs.connections()).toMatchObject([{ state: 'FIN_WAIT' }]);
  });
});

describe('traces', () => {
  it('name the service and the server', () => {
    const { net, director, client, ipvs } = balanced();
    mustOk(ipvs.addService(web, 'rr'));
    mustOk(ipvs.addServer(web, server('192.168.56.20', 8080)));
    net.run(ask(director, client));
    const hops = net.world.trace.since(0).filter(({ stage }) => stage === 'ipvs');
    expect(hops[0]).toMatchObject({
      decision: {
        kind: 'ipvs',
        service: web,
        scheduler: 'rr',
        outcome: { kind: 'new', server: ip('192.168.56.20'), port: 8080, forwarding: 'Masq' },
      },
      cause: { collection: 'ipvs', id: 'director/init/ipvs/TCP 192.168.56.50:80' },
    });
    expect(hops[1]?.decision).toEqual({
      kind: 'ipvs',
      service: web,
      scheduler: 'rr',
      outcome: { kind: 'answer', server: ip('192.168.56.20') },
    });
  });
});
