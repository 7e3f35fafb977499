// Packets through what libnetwork builds: the embedded DNS server, published ports, overlay networks.
import { describe, expect, test } from 'vitest';
import type { NetnsId, SocketId } from '../kernel/index.ts';
import type { Op } from '../sim/index.ts';
import { must } from '../std/index.ts';
import {
  type DnsPayload,
  dnsFromText,
  dnsToText,
  formatIpv4,
  type Ipv4,
  ip,
  macOfIpv4,
} from '../wire/index.ts';
import type { SwarmNetworkSpec } from './api.ts';
import {
  containerSpec,
  interfaces,
  iptables,
  MemoryFiles,
  message,
  routes,
  run,
  type TestHost,
  testHost,
  testHosts,
  value,
} from './testing.ts';

const query = (name: string, type = 'A'): DnsPayload => ({
  kind: 'dns',
  id: 77,
  response: false,
  rcode: 'NOERROR',
  recursionDesired: true,
  recursionAvailable: false,
  authoritative: false,
  question: { name, type },
  answers: [],
});

const line = (answer: DnsPayload | undefined): string =>
  answer
    ? [
        answer.rcode,
        answer.recursionAvailable ? 'ra' : '-',
        ...answer.answers.map(({ name, type, ttl, data }) => `${name} ${ttl} ${type} ${data}`),
      ].join(' ')
    : 'no answer';

/** Asks 127.0.0.11 from a namespace, as a program there would. */
function ask(host: TestHost, netns: NetnsId, name: string, type = 'A'): string {
  const { sockets } = host.kernel;
  const socket = sockets.udpBind(netns, {});
  if (!socket.ok) return socket.error;
  sockets.udpSend(socket.value, ip('127.0.0.11'), 53, query(name, type));
  run(host, 14);
  const datagram = sockets.udpReceive(socket.value);
  sockets.close(socket.value);
  if (!datagram || 'error' in datagram || datagram.payload.kind !== 'dns') return 'no answer';
  expect(formatIpv4(datagram.from)).toBe('127.0.0.11');
  expect(datagram.fromPort).toBe(53);
  return line(datagram.payload);
}

/** A server on the host that knows one name, in place of the router's. */
function outsideDns(host: TestHost): void {
  const { kernel, sim } = host;
  const { sockets } = kernel;
  const eth0 = must(kernel.linkByName(kernel.initNetns, 'eth0'), 'eth0');
  kernel.addressAdd(eth0.id, ip('192.168.56.1'), 32);
  const bound = sockets.udpBind(kernel.initNetns, { address: ip('192.168.56.1'), port: 53 });
  const socket = bound.ok ? bound.value : ('' as SocketId);
  sim.spawn(
    'dns',
    (function* (): Op<void> {
      for (;;) {
        const got = sockets.udpReceive(socket);
        if (!got) yield { keys: [sockets.key(socket)] };
        else if (!('error' in got) && got.payload.kind === 'dns') {
          const { question } = got.payload;
          const known = question.name === 'www.docker.com' && question.type === 'A';
          sockets.udpSend(socket, got.from, got.fromPort, {
            ...got.payload,
            response: true,
            recursionAvailable: true,
            rcode: known ? 'NOERROR' : 'NXDOMAIN',
            answers: known ? [{ ...question, ttl: 300, data: '203.0.113.10' }] : [],
          });
        }
      }
    })(),
  );
}

describe('the embedded DNS server', () => {
  function world() {
    const host = testHost();
    outsideDns(host);
    for (const name of ['n1', 'n2']) value(host.controller.createNetwork({ name }));
    value(host.controller.createNetwork({ name: 'n3', internal: true }));
    const start = (...args: Parameters<typeof containerSpec>) =>
      value(host.controller.createSandbox(containerSpec(...args)));
    return { host, start };
  }

  test('knows names, aliases, short ids and addresses of the networks of the asker', () => {
    const { host, start } = world();
    const ca = start('ca', ['n1', 'n2']);
    start('cb', [
      { network: 'n1', aliases: ['web', 'www'] },
      { network: 'n2', aliases: ['web'] },
    ]);
    start('cd', ['n2']);
    const other = start('ce', ['n3']);
    const asked = (name: string, type?: string): string => ask(host, ca.netns, name, type);
    expect(asked('cb')).toBe('NOERROR ra cb 600 A 172.18.0.3');
    expect(asked('CB')).toBe('NOERROR ra CB 600 A 172.18.0.3');
    expect(asked('www')).toBe('NOERROR ra www 600 A 172.18.0.3');
    expect(asked('cb.n2')).toBe('NOERROR ra cb.n2 600 A 172.19.0.3');
    expect(asked('www.n2')).toBe('NXDOMAIN ra');
    expect(asked('636200000000')).toBe('NOERROR ra 636200000000 600 A 172.18.0.3');
    expect(asked('cb', 'AAAA')).toBe('NOERROR ra');
    expect(asked('cb', 'MX')).toBe('NOERROR ra');
    expect(asked('cb', 'TXT')).toBe('NXDOMAIN ra');
    expect(asked('3.0.19.172.in-addr.arpa', 'PTR')).toBe(
      'NOERROR ra 3.0.19.172.in-addr.arpa 600 PTR cb.n2',
    );
    expect(asked('ce')).toBe('NXDOMAIN ra');
    expect(asked('www.docker.com')).toBe('NOERROR ra www.docker.com 300 A 203.0.113.10');
    expect(ask(host, other.netns, 'ce')).toBe('NOERROR ra ce 600 A 172.20.0.2');
    expect(ask(host, other.netns, 'www.docker.com')).toBe('SERVFAIL -');
    const { containerId } = containerSpec('cb', []);
    host.controller.rename(containerId, 'cbb');
    expect(asked('cb')).toBe('NXDOMAIN ra');
    expect(asked('cbb')).toBe('NOERROR ra cbb 600 A 172.18.0.3');
    expect(asked('web')).toBe('NOERROR ra web 600 A 172.18.0.3');
    host.controller.deleteSandbox(must(host.controller.sandboxOf(containerId), 'cb').id);
    expect(asked('web')).toBe('NXDOMAIN ra');
  });

  test('links are aliases of one container', () => {
    const { host, start } = world();
    start('cb', ['n1']);
    const cd = start('cd', ['bridge']);
    const connected = host.controller.connect(cd.id, {
      network: 'n1',
      links: [{ container: 'cb', alias: 'bee' }],
    });
    value(connected);
    expect(ask(host, cd.netns, 'bee')).toBe('NOERROR ra bee 600 A 172.18.0.2');
  });

  test('answers over TCP; what it does not know is SERVFAIL when the outside has no TCP', () => {
    const { host, start } = world();
    const ca = start('ca', ['n1']);
    const { sockets } = host.kernel;
    const over = (name: string, type: string): string => {
      const socket = sockets.tcpConnect(ca.netns, { to: ip('127.0.0.11'), port: 53 });
      if (!socket.ok) return socket.error;
      run(host, 1);
      sockets.send(socket.value, dnsToText(query(name, type)));
      run(host, 5);
      const received = sockets.receive(socket.value);
      sockets.close(socket.value);
      return line(received && 'text' in received ? dnsFromText(received.text) : undefined);
    };
    expect(over('ca', 'A')).toBe('NOERROR ra ca 600 A 172.18.0.2');
    expect(over('ca', 'ANY')).toBe('SERVFAIL -');
  });

  test('is found through four NAT rules and named in resolv.conf', () => {
    const { host, start } = world();
    const fs = new MemoryFiles();
    const ca = start('ca', ['n1'], {
      fs,
      dns: ['1.1.1.1'],
      dnsSearch: ['ex.com'],
      dnsOptions: ['ndots:2'],
    });
    const text = iptables(host, 'nat', ca.netns);
    const ports = [...text.matchAll(/127\.0\.0\.11:(\d+)/g)].map(([, port]) => port);
    expect(text).toBe(`-P PREROUTING ACCEPT
-P INPUT ACCEPT
-P OUTPUT ACCEPT
-P POSTROUTING ACCEPT
-N DOCKER_OUTPUT
-N DOCKER_POSTROUTING
-A OUTPUT -d 127.0.0.11/32 -j DOCKER_OUTPUT
-A POSTROUTING -d 127.0.0.11/32 -j DOCKER_POSTROUTING
-A DOCKER_OUTPUT -d 127.0.0.11/32 -p tcp -m tcp --dport 53 -j DNAT --to-destination 127.0.0.11:${ports[0]}
-A DOCKER_OUTPUT -d 127.0.0.11/32 -p udp -m udp --dport 53 -j DNAT --to-destination 127.0.0.11:${ports[1]}
-A DOCKER_POSTROUTING -s 127.0.0.11/32 -p tcp -m tcp --sport ${ports[0]} -j SNAT --to-source :53
-A DOCKER_POSTROUTING -s 127.0.0.11/32 -p udp -m udp --sport ${ports[1]} -j SNAT --to-source :53`);
    expect(fs.files.get('/etc/resolv.conf')).toBe(`# Generated by Docker Engine.
# This file can be edited; Docker Engine will not make further changes once it
# has been modified.

nameserver 127.0.0.11
search ex.com
options ndots:2

# Based on host file: '/etc/resolv.conf' (internal resolver)
# ExtServers: [1.1.1.1]
# Overrides: [nameservers search options]
# Option ndots from: override
`);
  });

  test('is not there on the default bridge', () => {
    const { host, start } = world();
    const fs = new MemoryFiles();
    const plain = start('plain', ['bridge'], { fs });
    expect(iptables(host, 'nat', plain.netns)).not.toContain('DOCKER_OUTPUT');
    expect(fs.files.get('/etc/resolv.conf')).toBe(`# Generated by Docker Engine.
# This file can be edited; Docker Engine will not make further changes once it
# has been modified.

nameserver 192.168.56.1

# Based on host file: '/etc/resolv.conf' (legacy)
# Overrides: []
`);
  });
});

describe('published ports', () => {
  /** A server that answers every connection with the same text. */
  function serve(host: TestHost, netns: NetnsId, port: number): void {
    const { sockets } = host.kernel;
    const listener = sockets.tcpListen(netns, { port });
    const socket = listener.ok ? listener.value : ('' as SocketId);
    host.sim.spawn(
      'server',
      (function* (): Op<void> {
        for (;;) {
          const client = sockets.tcpAccept(socket);
          if (client === undefined) yield { keys: [sockets.key(socket)] };
          else {
            sockets.send(
              client,
              `hello ${formatIpv4(must(sockets.get(client), 'client').remoteAddress)}`,
            );
            sockets.close(client);
          }
        }
      })(),
    );
  }

  function fetch(host: TestHost, netns: NetnsId, to: Ipv4, port: number): string {
    const { sockets } = host.kernel;
    const socket = sockets.tcpConnect(netns, { to, port });
    if (!socket.ok) return socket.error;
    run(host, 3);
    const state = sockets.connection(socket.value);
    const got = sockets.receive(socket.value);
    sockets.close(socket.value);
    return got && 'text' in got ? got.text : state;
  }

  const published = (host: string, port: string, containerPort = 80) => ({
    protocol: 'tcp' as const,
    containerPort,
    host: { ip: host, port },
  });

  test('are reached from outside by DNAT, from the host itself through docker-proxy', () => {
    const [host, other] = testHosts(2) as [TestHost, TestHost];
    const web = value(
      host.controller.createSandbox(
        containerSpec('web', ['bridge'], { ports: [published('', '8000')] }),
      ),
    );
    serve(host, web.netns, 80);
    const init = host.kernel.initNetns;
    expect(fetch(other, other.kernel.initNetns, ip('192.168.56.10'), 8000)).toBe(
      'hello 192.168.56.11',
    );
    expect(fetch(host, init, ip('127.0.0.1'), 8000)).toBe('hello 172.17.0.1');
    expect(fetch(host, web.netns, ip('192.168.56.10'), 8000)).toBe('hello 172.17.0.1');
    expect(fetch(other, other.kernel.initNetns, ip('192.168.56.10'), 8001)).toBe('ECONNREFUSED');
    expect([...host.proxies]).toEqual([
      '/usr/sbin/docker-proxy -proto tcp -host-ip 0.0.0.0 -host-port 8000 -container-ip 172.17.0.2 -container-port 80 -use-listen-fd',
      '/usr/sbin/docker-proxy -proto tcp -host-ip :: -host-port 8000 -container-ip 172.17.0.2 -container-port 80 -use-listen-fd',
    ]);
    expect(iptables(host, 'nat')).toContain(
      '-A DOCKER ! -i docker0 -p tcp -m tcp --dport 8000 -j DNAT --to-destination 172.17.0.2:80',
    );
    expect(iptables(host, 'filter')).toContain(
      '-N DOCKER-USER\n-A FORWARD -j DOCKER-USER\n-A FORWARD -j DOCKER-FORWARD\n-A DOCKER -d 172.17.0.2/32 ! -i docker0 -o docker0 -p tcp -m tcp --dport 80 -j ACCEPT',
    );
    const before = testHost();
    host.controller.deleteSandbox(web.id);
    expect(host.proxies.size).toBe(0);
    expect(iptables(host, 'nat')).toBe(iptables(before, 'nat'));
    expect(fetch(host, init, ip('127.0.0.1'), 8000)).toBe('ECONNREFUSED');
  });

  test('numbers: fixed, ranges, from 32768 up, and the words when there is none', () => {
    const host = testHost();
    const start = (name: string, ...ports: ReturnType<typeof published>[]) =>
      host.controller.createSandbox(containerSpec(name, ['bridge'], { ports }));
    const boundOf = (name: string): string => {
      const { containerId } = containerSpec(name, []);
      return (host.controller.sandboxOf(containerId)?.ports ?? [])
        .map(({ hostIp, hostPort, containerPort }) => `${hostIp}:${hostPort}->${containerPort}`)
        .join(' ');
    };
    value(start('w1', published('', '8000')));
    const w2 = start('w2', published('', '8000'));
    expect(message(w2)).toMatch(
      /^driver failed programming external connectivity on endpoint w2 \([0-9a-f]{64}\): Bind for :::8000 failed: port is already allocated$/,
    );
    host.kernel.sockets.tcpListen(host.kernel.initNetns, { port: 2377, family: 'any' });
    expect(message(start('w3', published('', '2377')))).toMatch(
      /: failed to bind host port for 0\.0\.0\.0:2377:172\.17\.0\.3:80\/tcp: address already in use$/,
    );
    expect(message(start('w4', published('1.2.3.4', '8002')))).toMatch(
      /: failed to bind host port for 1\.2\.3\.4:8002:172\.17\.0\.3:80\/tcp: cannot assign requested address$/,
    );
    value(start('rng', published('', '8010'), published('', '8011', 81)));
    expect(boundOf('rng')).toBe('0.0.0.0:8010->80 :::8010->80 0.0.0.0:8011->81 :::8011->81');
    value(start('rg2', published('', '8010-8030')));
    expect(boundOf('rg2')).toBe('0.0.0.0:8012->80 :::8012->80');
    value(start('lo', published('127.0.0.1', '8003')));
    expect(boundOf('lo')).toBe('127.0.0.1:8003->80');
    value(start('pub', published('', '')));
    value(start('pub2', published('', '0')));
    expect([boundOf('pub'), boundOf('pub2')]).toEqual([
      '0.0.0.0:32768->80 :::32768->80',
      '0.0.0.0:32769->80 :::32769->80',
    ]);
    const { containerId } = containerSpec('pub', []);
    host.controller.deleteSandbox(must(host.controller.sandboxOf(containerId), 'pub').id);
    value(start('pub3', published('', '')));
    expect(boundOf('pub3')).toBe('0.0.0.0:32770->80 :::32770->80');
  });

  test('follow the default route to another network', () => {
    const host = testHost();
    for (const name of ['n1', 'a0']) value(host.controller.createNetwork({ name }));
    const web = value(
      host.controller.createSandbox(
        containerSpec('web', ['n1'], { ports: [published('0.0.0.0', '8000')] }),
      ),
    );
    expect(iptables(host, 'nat')).toContain('--to-destination 172.18.0.2:80');
    value(host.controller.connect(web.id, { network: 'a0' }));
    expect(iptables(host, 'nat')).toContain('--to-destination 172.19.0.2:80');
    expect(iptables(host, 'nat')).not.toContain('--to-destination 172.18.0.2:80');
  });
});

describe('overlay networks', () => {
  const ingress = (address: string): SwarmNetworkSpec => ({
    networkId: 'szrudxvyyrm2aaaaaaaaaaaaa',
    name: 'ingress',
    createdAt: 0,
    subnets: [{ subnet: '10.0.0.0/24', gateway: '10.0.0.1', vni: 4096 }],
    ingress: true,
    internal: false,
    attachable: false,
    options: {},
    labels: null,
    loadBalancerAddress: `${address}/24`,
  });
  const overlay = (address: string, more: Partial<SwarmNetworkSpec> = {}): SwarmNetworkSpec => ({
    ...ingress(address),
    networkId: 'z9943kt4wr7313rhzij312yh1',
    name: 'ov',
    subnets: [{ subnet: '10.0.1.0/24', gateway: '10.0.1.1', vni: 4097 }],
    ingress: false,
    attachable: true,
    ...more,
  });
  const named = ({ netnsFiles }: TestHost, key: string): NetnsId =>
    must(netnsFiles.get(`/var/run/docker/netns/${key}`), key);

  test('have the interface numbers of a fresh node (003:43-50)', () => {
    const host = testHost();
    value(host.controller.addSwarmNetwork(ingress('10.0.0.2')));
    expect(interfaces(host, named(host, 'ingress_sbox'))).toBe(`5: eth0 mtu 1450 10.0.0.2/24
8: eth1 mtu 1500 172.18.0.2/16`);
    expect(routes(host, named(host, 'ingress_sbox'))).toBe(`10.0.0.0/24 dev eth0
172.18.0.0/16 dev eth1
default via 172.18.0.1 dev eth1`);
    expect(interfaces(host, named(host, '1-szrudxvyyr'))).toBe(`2: br0 mtu 1450 10.0.0.1/24
4: vxlan0 mtu 1450
6: veth0 mtu 1450`);
    value(host.controller.addSwarmNetwork(overlay('10.0.1.5', { options: { encrypted: '' } })));
    const task = value(
      host.controller.createSandbox(
        containerSpec('t', [{ network: 'ov', allocatedAddress: '10.0.1.3/24' }]),
      ),
    );
    expect(interfaces(host, task.netns)).toBe(`13: eth0 mtu 1424 10.0.1.3/24
15: eth1 mtu 1500 172.18.0.3/16`);
    expect(interfaces(host, named(host, '1-z9943kt4wr'))).toBe(`2: br0 mtu 1424 10.0.1.1/24
10: vxlan0 mtu 1424
12: veth0 mtu 1424
14: veth1 mtu 1424`);
    expect(interfaces(host, named(host, 'lb_z9943kt4w'))).toBe('11: eth0 mtu 1424 10.0.1.5/24');
    const gateways = value(host.controller.find('docker_gwbridge'));
    const { sandboxId } = task;
    expect(host.controller.endpoints(gateways.networkId).map(({ name }) => name)).toEqual([
      'gateway_ingress-sbox',
      `gateway_${sandboxId.slice(0, 12)}`,
    ]);
    expect(message(host.controller.removeNetwork(gateways.networkId))).toMatch(
      /^error while removing network: network docker_gwbridge has active endpoints \(name:"gateway_ingress-sbox" id:"[0-9a-f]{12}", /,
    );
    host.controller.deleteSandbox(task.id);
    host.controller.removeSwarmNetwork('z9943kt4wr7313rhzij312yh1');
    expect([...host.netnsFiles.keys()]).toEqual([
      '/var/run/docker/netns/ingress_sbox',
      '/var/run/docker/netns/1-szrudxvyyr',
    ]);
  });

  test('an internal one has no way out', () => {
    const host = testHost();
    value(host.controller.addSwarmNetwork(overlay('10.0.1.5', { internal: true })));
    const task = value(
      host.controller.createSandbox(
        containerSpec('t', [{ network: 'ov', allocatedAddress: '10.0.1.3/24' }]),
      ),
    );
    expect(routes(host, task.netns)).toBe('10.0.1.0/24 dev eth0');
  });

  test('carry packets between nodes by neighbour and FDB entries', () => {
    const [a, b] = testHosts(2) as [TestHost, TestHost];
    const nodes = [
      { host: a, lb: '10.0.1.4', task: '10.0.1.2', node: '192.168.56.10' },
      { host: b, lb: '10.0.1.5', task: '10.0.1.3', node: '192.168.56.11' },
    ];
    const tasks = nodes.map(({ host, lb, task }, n) => {
      value(host.controller.addSwarmNetwork(overlay(lb)));
      const settings = { network: 'ov', allocatedAddress: `${task}/24` };
      return value(host.controller.createSandbox(containerSpec(`t${n}`, [settings])));
    });
    for (const { host } of nodes)
      for (const other of nodes)
        if (other.host !== host)
          for (const address of [ip(other.lb), ip(other.task)])
            host.controller.addPeer('z9943kt4wr7313rhzij312yh1', {
              address,
              mac: macOfIpv4(address),
              node: ip(other.node),
            });
    const { sockets } = a.kernel;
    const from = must(tasks[0], 'task').netns;
    const ping = sockets.icmpOpen(from);
    sockets.icmpSend(ping, ip('10.0.1.3'), { sequence: 1, size: 56 });
    run(a, 2);
    expect(sockets.icmpReceive(ping)).toMatchObject({ type: 0, sequence: 1, ttl: 64 });
  });
});
