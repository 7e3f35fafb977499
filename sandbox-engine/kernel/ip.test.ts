import { describe, expect, it } from 'vitest';
import { cidr, formatIpv4, type Ipv4, ip } from '../wire/index.ts';
import type { IcmpArrival, Kernel } from './kernel-api.ts';
import type { NetnsId } from './rows.ts';
import { bridge, container, mustLink, mustOk, ping, TestNetwork } from './testing.ts';

const from = (arrival: IcmpArrival | string): string =>
  typeof arrival === 'string'
    ? arrival
    : `${formatIpv4(arrival.from)} type ${arrival.type} code ${arrival.code}`;

/** Two hosts on a LAN; the first has a bridge with a container behind it. */
function twoHosts() {
  const net = new TestNetwork();
  const one = net.host('manager1', '192.168.56.10/24');
  const two = net.host('worker1', '192.168.56.11/24');
  const docker0 = bridge(one, 'docker0', '172.17.0.1/16');
  const inside = container(one, docker0, '172.17.0.2/16');
  mustOk(one.routeAdd(inside, { destination: cidr('0.0.0.0/0'), via: ip('172.17.0.1') }));
  mustOk(
    two.routeAdd(two.initNetns, { destination: cidr('172.17.0.0/16'), via: ip('192.168.56.10') }),
  );
  return { net, one, two, docker0, inside };
}

const routesOf = (kernel: Kernel, netns: NetnsId, table: 'main' | 'local'): string[] =>
  kernel.routes(netns, table).map((row) => {
    const source = row.source === undefined ? '' : ` src ${formatIpv4(row.source)}`;
    return `${row.type} ${formatIpv4(row.destination.base)}/${row.destination.prefixLength} dev ${
      row.link && kernel.link(row.link)?.name
    } scope ${row.scope}${source}`;
  });

describe('routes', () => {
  it('come and go with addresses', () => {
    const net = new TestNetwork();
    const host = net.host('manager1', '192.168.56.10/24');
    expect(routesOf(host, host.initNetns, 'main')).toEqual([
      'unicast 192.168.56.0/24 dev eth0 scope link src 192.168.56.10',
    ]);
    expect(routesOf(host, host.initNetns, 'local')).toEqual([
      'local 127.0.0.0/8 dev lo scope host src 127.0.0.1',
      'local 127.0.0.1/32 dev lo scope host src 127.0.0.1',
      'broadcast 127.255.255.255/32 dev lo scope link src 127.0.0.1',
      'local 192.168.56.10/32 dev eth0 scope host src 192.168.56.10',
      'broadcast 192.168.56.255/32 dev eth0 scope link src 192.168.56.10',
    ]);
    const eth0 = mustLink(host, host.initNetns, 'eth0').id;
    mustOk(host.addressAdd(eth0, ip('192.168.56.77'), 32));
    expect(routesOf(host, host.initNetns, 'main')).toHaveLength(1);
    mustOk(host.addressDelete(eth0, ip('192.168.56.77'), 32));
    mustOk(host.addressDelete(eth0, ip('192.168.56.10'), 24));
    expect(host.routes(host.initNetns)).toEqual([]);
    expect(host.routes(host.initNetns, 'local')).toHaveLength(3);
  });

  it('vanish when the device goes down, except that the address stays local', () => {
    const net = new TestNetwork();
    const host = net.host('manager1', '192.168.56.10/24');
    const eth0 = mustLink(host, host.initNetns, 'eth0').id;
    mustOk(
      host.routeAdd(host.initNetns, { destination: cidr('0.0.0.0/0'), via: ip('192.168.56.1') }),
    );
    mustOk(host.linkSet(eth0, { up: false }));
    expect(host.routes(host.initNetns)).toEqual([]);
    expect(host.isLocalAddress(host.initNetns, ip('192.168.56.10'))).toBe(true);
    mustOk(host.linkSet(eth0, { up: true }));
    expect(routesOf(host, host.initNetns, 'main')).toEqual([
      'unicast 192.168.56.0/24 dev eth0 scope link src 192.168.56.10',
    ]);
  });

  it('are refused when they cannot work', () => {
    const net = new TestNetwork();
    const host = net.host('manager1', '192.168.56.10/24');
    const add = (destination: string, via?: string) =>
      host.routeAdd(host.initNetns, {
        destination: cidr(destination),
        ...(via ? { via: ip(via) } : { link: mustLink(host, host.initNetns, 'eth0').id }),
      });
    expect(add('10.0.0.0/8', '10.1.1.1')).toEqual({ ok: false, error: 'ENETUNREACH' });
    expect(add('192.168.56.0/24')).toEqual({ ok: false, error: 'EEXIST' });
    expect(host.routeDelete(host.initNetns, { destination: cidr('10.0.0.0/8') })).toEqual({
      ok: false,
      error: 'ESRCH',
    });
  });
});

describe('forwarding', () => {
  it('takes a ping through a router, which lowers the TTL', () => {
    const { net, one, two, inside } = twoHosts();
    mustOk(one.sysctlSet(one.initNetns, 'net.ipv4.ip_forward', '1'));
    expect(net.run(ping(two, net.sim, two.initNetns, '172.17.0.2'))).toMatchObject({ ttl: 63 });
    expect(net.run(ping(one, net.sim, inside, '192.168.56.11'))).toMatchObject({ ttl: 63 });
  });

  it('does not happen while ip_forward is 0', () => {
    const { net, two } = twoHosts();
    expect(net.run(ping(two, net.sim, two.initNetns, '172.17.0.2'))).toBe('timeout');
  });

  it('answers with time exceeded where the TTL ends', () => {
    const { net, one, inside } = twoHosts();
    mustOk(one.sysctlSet(one.initNetns, 'net.ipv4.ip_forward', '1'));
    expect(from(net.run(ping(one, net.sim, inside, '192.168.56.11', { ttl: 1 })))).toBe(
      '172.17.0.1 type 11 code 0',
    );
  });

  it('answers with net unreachable, host unreachable or prohibited as the route says', () => {
    const { net, one, inside } = twoHosts();
    const add = (destination: string, type: 'unreachable' | 'prohibit' | 'blackhole') =>
      mustOk(one.routeAdd(one.initNetns, { destination: cidr(destination), type }));
    mustOk(one.sysctlSet(one.initNetns, 'net.ipv4.ip_forward', '1'));
    add('10.1.0.0/16', 'unreachable');
    add('10.2.0.0/16', 'prohibit');
    add('10.3.0.0/16', 'blackhole');
    const answers = ['10.9.9.9', '10.1.1.1', '10.2.1.1', '10.3.1.1'].map((to) =>
      from(net.run(ping(one, net.sim, inside, to))),
    );
    expect(answers).toEqual([
      '172.17.0.1 type 3 code 0',
      '172.17.0.1 type 3 code 1',
      '172.17.0.1 type 3 code 13',
      'timeout',
    ]);
  });

  it('says that a packet is too big, when it must not be fragmented', () => {
    const { net, one, inside } = twoHosts();
    mustOk(one.sysctlSet(one.initNetns, 'net.ipv4.ip_forward', '1'));
    mustOk(one.linkSet(mustLink(one, one.initNetns, 'eth0').id, { mtu: 1400 }));
    const big = { size: 1472, dontFragment: true };
    const answer = net.run(ping(one, net.sim, inside, '192.168.56.11', big));
    expect(answer).toMatchObject({ type: 3, code: 4, mtu: 1400 });
    expect(net.run(ping(one, net.sim, inside, '192.168.56.11', big))).toBe('EMSGSIZE');
    expect(net.run(ping(one, net.sim, inside, '192.168.56.11', { size: 1472 }))).toMatchObject({
      type: 0,
    });
  });

  it('tells a sender that could have gone to the next hop itself', () => {
    const net = new TestNetwork();
    const one = net.host('manager1', '192.168.56.10/24');
    const two = net.host('worker1', '192.168.56.11/24');
    net.host('worker2', '192.168.56.12/24');
    mustOk(two.sysctlSet(two.initNetns, 'net.ipv4.ip_forward', '1'));
    mustOk(
      one.routeAdd(one.initNetns, {
        destination: cidr('192.168.56.12/32'),
        via: ip('192.168.56.11'),
      }),
    );
    const answer = net.run(ping(one, net.sim, one.initNetns, '192.168.56.12'));
    expect(answer).toMatchObject({ type: 5, code: 1, gateway: ip('192.168.56.12') });
  });
});

describe('sending', () => {
  it('fails at once without a route', () => {
    const net = new TestNetwork();
    const host = net.host('manager1', '192.168.56.10/24');
    expect(net.run(ping(host, net.sim, host.initNetns, '8.8.8.8'))).toBe('ENETUNREACH');
  });

  it('gives up on a next hop that does not answer ARP after three seconds', () => {
    const net = new TestNetwork();
    const host = net.host('manager1', '192.168.56.10/24');
    const answer = net.run(ping(host, net.sim, host.initNetns, '192.168.56.99'));
    expect(from(answer)).toBe('192.168.56.10 type 3 code 1');
    expect(Math.round(net.sim.now() / 1e6)).toBe(3);
    expect(host.neighbours(host.initNetns)).toMatchObject([
      { address: ip('192.168.56.99'), state: 'FAILED', mac: undefined },
    ]);
  });

  it('reaches every own address over lo', () => {
    const net = new TestNetwork();
    const host = net.host('manager1', '192.168.56.10/24');
    for (const own of ['127.0.0.1', '127.0.0.11', '192.168.56.10'])
      expect(net.run(ping(host, net.sim, host.initNetns, own))).toMatchObject({
        from: ip(own),
        type: 0,
        ttl: 64,
      });
  });

  it('does not get out by a cable that is pulled', () => {
    const net = new TestNetwork();
    const one = net.host('manager1', '192.168.56.10/24');
    net.host('worker1', '192.168.56.11/24');
    expect(net.run(ping(one, net.sim, one.initNetns, '192.168.56.11'))).toMatchObject({ type: 0 });
    const eth0 = mustLink(one, one.initNetns, 'eth0').id;
    mustOk(one.linkSet(eth0, { segment: null }));
    expect(one.linkState(eth0)).toEqual({ carrier: false, operational: 'DOWN' });
    expect(net.run(ping(one, net.sim, one.initNetns, '192.168.56.11', { wait: 2000 }))).toBe(
      'timeout',
    );
    mustOk(one.linkSet(eth0, { segment: 'lan' }));
    expect(net.run(ping(one, net.sim, one.initNetns, '192.168.56.11'))).toMatchObject({ type: 0 });
  });
});

describe('neighbours', () => {
  it('grow stale, and are checked when they are used again', () => {
    const net = new TestNetwork();
    const one = net.host('manager1', '192.168.56.10/24');
    net.host('worker1', '192.168.56.11/24');
    const state = () => one.neighbours(one.initNetns)[0]?.state;
    const seen: (string | undefined)[] = [];
    net.run(ping(one, net.sim, one.initNetns, '192.168.56.11'));
    seen.push(state());
    net.advance(60);
    seen.push(state());
    net.run(ping(one, net.sim, one.initNetns, '192.168.56.11'));
    seen.push(state());
    net.advance(6);
    seen.push(state());
    expect(seen).toEqual(['REACHABLE', 'STALE', 'DELAY', 'REACHABLE']);
  });

  it('follow a gratuitous ARP', () => {
    const net = new TestNetwork();
    const one = net.host('manager1', '192.168.56.10/24');
    const two = net.host('worker1', '192.168.56.11/24');
    net.run(ping(one, net.sim, one.initNetns, '192.168.56.11'));
    const eth0 = mustLink(two, two.initNetns, 'eth0').id;
    const mac = mustOk(two.linkSet(eth0, { mac: '02:56:00:00:00:99' as never })).mac;
    two.announce(eth0, ip('192.168.56.11'));
    net.advance(1);
    expect(one.neighbours(one.initNetns)).toMatchObject([{ mac, state: 'STALE' }]);
  });
});

describe('source addresses', () => {
  it('come from the route, or from the device of the way out', () => {
    const { one } = twoHosts();
    const source = (to: string): Ipv4 => mustOk(one.routeLookup(one.initNetns, ip(to))).source;
    expect(
      [source('192.168.56.11'), source('172.17.0.2'), source('127.0.0.1')].map(formatIpv4),
    ).toEqual(['192.168.56.10', '172.17.0.1', '127.0.0.1']);
  });
});
