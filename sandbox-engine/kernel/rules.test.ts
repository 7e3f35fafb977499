// The stack together with netfilter: what Docker's rules do to real traffic.
import { describe, expect, it } from 'vitest';
import type { Op } from '../sim/index.ts';
import { cidr, formatIpv4, ip } from '../wire/index.ts';
import type { Kernel } from './kernel-api.ts';
import type { LinkRow, NetnsId } from './rows.ts';
import {
  bridge,
  connect,
  container,
  mustLink,
  mustOk,
  ping,
  readAll,
  rule,
  serve,
  TestNetwork,
  writeAll,
} from './testing.ts';

function* ask(kernel: Kernel, netns: NetnsId, to: string, port: number): Op<string> {
  const socket = yield* connect(kernel, netns, to, port);
  if (!socket.ok) return socket.error;
  yield* writeAll(kernel, socket.value, 'GET');
  const answer = yield* readAll(kernel, socket.value);
  kernel.sockets.close(socket.value);
  return answer;
}

/** A server that says who asked. */
function* who(kernel: Kernel, netns: NetnsId, port: number): Op<never> {
  const listener = mustOk(kernel.sockets.tcpListen(netns, { port }));
  for (;;) {
    const socket = kernel.sockets.tcpAccept(listener);
    if (!socket) {
      yield { keys: [kernel.sockets.key(listener)] };
      continue;
    }
    const peer = kernel.sockets.get(socket)?.remoteAddress;
    kernel.sockets.send(socket, `you are ${peer === undefined ? '?' : formatIpv4(peer)}`);
    kernel.sockets.shutdown(socket);
    yield* readAll(kernel, socket);
    kernel.sockets.close(socket);
  }
}

/** Two hosts; on the first a container behind docker0, with a default route, masqueraded. */
function published() {
  const net = new TestNetwork('netfilter');
  const one = net.host('manager1', '192.168.56.10/24');
  const two = net.host('worker1', '192.168.56.11/24');
  const docker0 = bridge(one, 'docker0', '172.17.0.1/16');
  mustOk(one.sysctlSet(one.initNetns, 'net.ipv4.ip_forward', '1'));
  const inside = member(one, docker0, '172.17.0.2/16');
  const add = (table: 'nat' | 'filter' | 'mangle', chain: string, text: string) =>
    rule(one, one.initNetns, table, chain, text);
  add(
    'nat',
    'DOCKER',
    '! -i docker0 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80',
  );
  add('nat', 'PREROUTING', '-m addrtype --dst-type LOCAL -j DOCKER');
  add('nat', 'OUTPUT', '! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER');
  add('nat', 'POSTROUTING', '-s 172.17.0.0/16 ! -o docker0 -j MASQUERADE');
  net.sim.spawn('web', who(one, inside, 80));
  return { net, one, two, docker0, inside, add };
}

function member(kernel: Kernel, on: LinkRow, address: string): NetnsId {
  const netns = container(kernel, on, address);
  const gateway = kernel.addresses({ link: on.id })[0]?.address;
  if (gateway !== undefined)
    mustOk(kernel.routeAdd(netns, { destination: cidr('0.0.0.0/0'), via: gateway }));
  return netns;
}

describe('the stack under rules', () => {
  it('reaches a published port from another host, and from the host itself', () => {
    const { net, one, two } = published();
    expect(net.run(ask(two, two.initNetns, '192.168.56.10', 8080))).toBe('you are 192.168.56.11');
    expect(net.run(ask(one, one.initNetns, '192.168.56.10', 8080))).toBe('you are 192.168.56.10');
  });

  it('hides containers behind the host', () => {
    const { net, one, two, inside } = published();
    net.sim.spawn('web', who(two, two.initNetns, 80));
    expect(net.run(ask(one, inside, '192.168.56.11', 80))).toBe('you are 192.168.56.10');
    expect(net.run(ping(one, net.sim, inside, '192.168.56.11'))).toMatchObject({
      type: 0,
      ttl: 63,
    });
  });

  it('turns errors about translated packets back', () => {
    const { net, one, inside } = published();
    const answer = net.run(ping(one, net.sim, inside, '192.168.56.99'));
    expect(answer).toMatchObject({ type: 3, code: 1 });
  });

  it('reaches an address of another namespace from 127.0.0.1 where route_localnet is on', () => {
    const { net, one, add } = published();
    add('nat', 'INGRESS', '-p tcp -m tcp --dport 9000 -j DNAT --to-destination 172.17.0.2:80');
    add('nat', 'OUTPUT', '-m addrtype --dst-type LOCAL -j INGRESS');
    add('nat', 'POSTROUTING', '-o docker0 -m addrtype --src-type LOCAL -j MASQUERADE');
    mustOk(one.sysctlSet(one.initNetns, 'net.ipv4.conf.docker0.route_localnet', '1'));
    expect(net.run(ask(one, one.initNetns, '127.0.0.1', 9000))).toBe('you are 172.17.0.1');
  });

  it('is refused or ignored as rules say', () => {
    const { net, one, two, add } = published();
    add('filter', 'INPUT', '-p tcp -m tcp --dport 81 -j REJECT --reject-with tcp-reset');
    add(
      'filter',
      'INPUT',
      '-p tcp -m tcp --dport 82 -j REJECT --reject-with icmp-port-unreachable',
    );
    add('filter', 'INPUT', '-p tcp -m tcp --dport 83 -j REJECT --reject-with icmp-host-prohibited');
    add('filter', 'INPUT', '-p icmp -j DROP');
    const outcome = (port: number): string =>
      net.run(ask(two, two.initNetns, '192.168.56.10', port));
    expect([81, 82, 83].map(outcome)).toEqual(['ECONNREFUSED', 'ECONNREFUSED', 'EHOSTUNREACH']);
    expect(net.run(ping(two, net.sim, two.initNetns, '192.168.56.10'))).toBe('timeout');
    add('filter', 'OUTPUT', '-d 192.168.56.11/32 -p icmp -j DROP');
    expect(net.run(ping(one, net.sim, one.initNetns, '192.168.56.11'))).toBe('EPERM');
  });

  it('passes bridged packets by, until br_netfilter is loaded', () => {
    const { net, one, docker0, inside, add } = published();
    member(one, docker0, '172.17.0.3/16');
    add('filter', 'FORWARD', '-i docker0 -o docker0 -j DROP');
    expect(net.run(ping(one, net.sim, inside, '172.17.0.3'))).toMatchObject({ type: 0 });
    mustOk(one.sysctlSet(one.initNetns, 'net.bridge.bridge-nf-call-iptables', '1'));
    expect(net.run(ping(one, net.sim, inside, '172.17.0.3'))).toBe('timeout');
    expect(net.run(ping(one, net.sim, inside, '172.17.0.1'))).toMatchObject({ type: 0 });
  });

  it('redirects a port of its own', () => {
    const { net, one, two, inside } = published();
    rule(
      one,
      inside,
      'nat',
      'PREROUTING',
      '-d 172.17.0.2/32 -p tcp -m tcp --dport 5000 -j REDIRECT --to-ports 80',
    );
    mustOk(
      two.routeAdd(two.initNetns, { destination: cidr('172.17.0.0/16'), via: ip('192.168.56.10') }),
    );
    expect(net.run(ask(two, two.initNetns, '172.17.0.2', 5000))).toBe('you are 192.168.56.11');
  });

  it('lets IPVS choose a server for a virtual address, and hides the choice', () => {
    const { net, one, docker0, inside } = published();
    const balancer = member(one, docker0, '172.17.0.9/16');
    const eth0 = mustLink(one, balancer, 'eth0').id;
    mustOk(one.addressAdd(eth0, ip('172.17.0.100'), 32));
    rule(
      one,
      balancer,
      'mangle',
      'INPUT',
      '-d 172.17.0.100/32 -j MARK --set-xmark 0x100/0xffffffff',
    );
    rule(
      one,
      balancer,
      'nat',
      'POSTROUTING',
      '-d 172.17.0.0/16 -m ipvs --ipvs -j SNAT --to-source 172.17.0.9',
    );
    const client = member(one, docker0, '172.17.0.7/16');
    mustOk(one.sysctlSet(balancer, 'net.ipv4.vs.conntrack', '1'));
    const ipvs = one.ipvsTable(balancer);
    const match = { fwmark: 0x100 };
    mustOk(ipvs.addService(match, 'rr'));
    const server = { address: ip('172.17.0.2'), port: 0, weight: 1, forwarding: 'Masq' } as const;
    mustOk(ipvs.addServer(match, server));
    expect(net.run(ask(one, client, '172.17.0.100', 80))).toBe('you are 172.17.0.9');
    expect(one.netfilter(inside)).toBeDefined();
  });
});

describe('traces under rules', () => {
  it('follow one exchange through translation', () => {
    const { net, one, two } = published();
    net.sim.spawn(
      'x',
      serve(two, two.initNetns, 1, () => ''),
    );
    net.run(ask(two, two.initNetns, '192.168.56.10', 8080));
    const flows = new Set(net.world.trace.since(0).map((hop) => hop.flow));
    expect(flows.size).toBe(1);
    expect(one.host).toBe('manager1');
  });
});
