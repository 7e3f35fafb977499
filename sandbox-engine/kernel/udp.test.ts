import { describe, expect, it } from 'vitest';
import { micros, millis, type Op } from '../sim/index.ts';
import { cidr, formatIpv4, ip } from '../wire/index.ts';
import type { Kernel } from './kernel-api.ts';
import type { SocketId } from './rows.ts';
import { mustLink, mustOk, TestNetwork } from './testing.ts';

function* receive(kernel: Kernel, net: TestNetwork, socket: SocketId): Op<string> {
  const until = micros(net.sim.now() + millis(1000));
  for (;;) {
    const got = kernel.sockets.udpReceive(socket);
    if (got && 'error' in got) return `${got.error} from ${formatIpv4(got.from)}`;
    if (got?.payload.kind === 'text')
      return `${got.payload.text} from ${formatIpv4(got.from)}:${got.fromPort}`;
    if (net.sim.now() >= until) return 'nothing';
    yield { keys: [kernel.sockets.key(socket)], until };
  }
}

function twoHosts() {
  const net = new TestNetwork();
  const one = net.host('manager1', '192.168.56.10/24');
  const two = net.host('worker1', '192.168.56.11/24');
  return { net, one, two };
}

describe('udp', () => {
  it('delivers a datagram and its answer', () => {
    const { net, one, two } = twoHosts();
    const server = mustOk(two.sockets.udpBind(two.initNetns, { port: 53 }));
    const client = mustOk(one.sockets.udpBind(one.initNetns, {}));
    const port = one.sockets.get(client)?.localPort ?? 0;
    one.sockets.udpSend(client, ip('192.168.56.11'), 53, { kind: 'text', text: 'question' });
    expect(net.run(receive(two, net, server))).toBe(`question from 192.168.56.10:${port}`);
    two.sockets.udpSend(server, ip('192.168.56.10'), port, { kind: 'text', text: 'answer' });
    expect(net.run(receive(one, net, client))).toBe('answer from 192.168.56.11:53');
  });

  it('is refused where nobody listens', () => {
    const { net, one } = twoHosts();
    const client = mustOk(one.sockets.udpBind(one.initNetns, {}));
    one.sockets.udpSend(client, ip('192.168.56.11'), 53, { kind: 'text', text: 'question' });
    expect(net.run(receive(one, net, client))).toBe('ECONNREFUSED from 192.168.56.11');
  });

  it('keeps one flow through a question, its answer and nothing else', () => {
    const { net, one, two } = twoHosts();
    const server = mustOk(two.sockets.udpBind(two.initNetns, { port: 53 }));
    const client = mustOk(one.sockets.udpBind(one.initNetns, {}));
    const port = one.sockets.get(client)?.localPort ?? 0;
    const send = () =>
      one.sockets.udpSend(client, ip('192.168.56.11'), 53, { kind: 'text', text: 'q' });
    send();
    net.run(receive(two, net, server));
    two.sockets.udpSend(server, ip('192.168.56.10'), port, { kind: 'text', text: 'a' });
    net.run(receive(one, net, client));
    const hops = net.world.trace.since(0);
    expect(new Set(hops.map((hop) => hop.flow)).size).toBe(1);
    const [from, to] = [ip('192.168.56.10'), ip('192.168.56.11')];
    const [fromMac, toMac] = ['02:56:00:00:00:10', '02:56:00:00:00:11'];
    const lan = { kind: 'route', type: 'unicast', destination: cidr('192.168.56.0/24') };
    const own = { kind: 'route', type: 'local', via: undefined, device: 'lo' };
    const out = { ...lan, via: undefined, device: 'eth0' };
    const socket = { kind: 'socket', protocol: 'udp', program: undefined };
    expect(hops.map(({ host, stage, decision }) => [host, stage, decision])).toEqual([
      ['manager1', 'route', out],
      ['manager1', 'neighbour', { kind: 'arp-request', device: 'eth0', address: to }],
      ['manager1', 'neighbour', { kind: 'neighbour', address: to, mac: toMac, state: 'REACHABLE' }],
      ['manager1', 'egress', { kind: 'to-lan', device: 'eth0', mac: toMac }],
      ['worker1', 'ingress', { kind: 'received', device: 'eth0' }],
      ['worker1', 'route', { ...own, destination: cidr('192.168.56.11/32') }],
      ['worker1', 'socket', { ...socket, port: 53 }],
      ['worker1', 'route', out],
      ['worker1', 'neighbour', { kind: 'neighbour', address: from, mac: fromMac, state: 'STALE' }],
      ['worker1', 'egress', { kind: 'to-lan', device: 'eth0', mac: fromMac }],
      ['manager1', 'ingress', { kind: 'received', device: 'eth0' }],
      ['manager1', 'route', { ...own, destination: cidr('192.168.56.10/32') }],
      ['manager1', 'socket', { ...socket, port }],
    ]);
  });
});

describe('captures', () => {
  it('show the frames of one link, or of all links of a namespace', () => {
    const { net, one } = twoHosts();
    const eth0 = mustLink(one, one.initNetns, 'eth0').id;
    const captures = [
      one.sockets.capture(one.initNetns, eth0),
      one.sockets.capture(one.initNetns, 'any'),
    ];
    const client = mustOk(one.sockets.udpBind(one.initNetns, {}));
    one.sockets.udpSend(client, ip('192.168.56.11'), 9, { kind: 'text', text: 'x' });
    one.sockets.udpSend(client, ip('127.0.0.1'), 9, { kind: 'text', text: 'x' });
    net.advance(1);
    const seen = captures.map((capture) =>
      one.sockets.captured(capture).map(({ link, direction, frame }) => {
        const { payload } = frame;
        const what = payload.kind === 'arp' ? payload.operation : payload.transport.protocol;
        return `${link.name} ${direction} ${what}`;
      }),
    );
    const overEth0 = ['eth0 out request', 'eth0 in reply', 'eth0 out udp', 'eth0 in icmp'];
    expect(seen[0]).toEqual(overEth0);
    expect(seen[1]?.filter((line) => line.startsWith('eth0'))).toEqual(overEth0);
    expect(seen[1]?.filter((line) => line.startsWith('lo'))).toEqual(['lo in udp', 'lo in icmp']);
  });
});
