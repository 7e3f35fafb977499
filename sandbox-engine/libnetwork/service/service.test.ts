// Services on a node: rules, virtual addresses, servers, names and the mesh, as recorded (golden 002, 003, 066, 068).
import { describe, expect, test } from 'vitest';
import { formatIpv4 } from '../../wire/index.ts';
import type { ServiceBinding } from '../api.ts';
import { containerSpec, iptables, run, type TestHost, value } from '../testing.ts';
import {
  fetch,
  ingressId,
  named,
  networkSpec,
  overlayId,
  startTask,
  sync,
  type TestTask,
  testSwarm,
} from './testing.ts';

const pets: ServiceBinding = {
  serviceId: 'e06nabavxa2vkh55awamvyfu0',
  serviceName: 'pets',
  aliases: [],
  ports: [{ protocol: 'tcp', targetPort: 80, publishedPort: 5000 }],
};

/** Three nodes; the first two have a task each, on ingress and ov. */
function world(): { hosts: TestHost[]; tasks: TestTask[] } {
  const hosts = testSwarm(3);
  const [a, b] = hosts as [TestHost, TestHost, TestHost];
  value(a.controller.addSwarmNetwork(networkSpec('ov', '10.0.1.5')));
  value(b.controller.addSwarmNetwork(networkSpec('ov', '10.0.1.6')));
  const tasks = [
    startTask(a, {
      name: 'pets.1.aaa',
      addresses: { ingress: '10.0.0.7', ov: '10.0.1.3' },
      service: pets,
    }),
    startTask(b, {
      name: 'pets.2.bbb',
      addresses: { ingress: '10.0.0.8', ov: '10.0.1.4' },
      service: pets,
    }),
  ];
  sync(hosts);
  return { hosts, tasks };
}

const services = ({ kernel }: TestHost, netns: ReturnType<typeof named>): string[] =>
  kernel
    .ipvsTable(netns)
    .services()
    .flatMap(({ match, scheduler, servers }) => [
      `${'fwmark' in match ? `FWM ${match.fwmark}` : 'address'} ${scheduler}`,
      ...servers.map(
        ({ address, port, weight, activeConnections, inactiveConnections }) =>
          `${formatIpv4(address)}:${port} ${weight} ${activeConnections} ${inactiveConnections}`,
      ),
    ]);

const words = (host: TestHost, netns: ReturnType<typeof named>, port: number, to: string) =>
  Array.from({ length: 4 }, () => fetch(host, netns, to, port));

describe('a service on an overlay network', () => {
  test('is reached by its virtual address in turns, from a container of either node', () => {
    const { hosts, tasks } = world();
    const [a] = hosts as [TestHost];
    const from = tasks[0]?.sandbox.netns ?? a.kernel.initNetns;
    expect(words(a, from, 80, '10.0.1.2')).toEqual([
      'pets.2.bbb',
      'pets.1.aaa',
      'pets.2.bbb',
      'pets.1.aaa',
    ]);
    expect(services(a, named(a, 'lb_z9943kt4w'))).toEqual([
      'FWM 257 rr',
      '10.0.1.3:0 1 0 2',
      '10.0.1.4:0 1 0 2',
    ]);
    expect(iptables(a, 'mangle', named(a, 'lb_z9943kt4w'))).toContain(
      '-A INPUT -d 10.0.1.2/32 -j MARK --set-xmark 0x101/0xffffffff',
    );
    expect(iptables(a, 'nat', named(a, 'lb_z9943kt4w'))).toContain(
      '-A POSTROUTING -d 10.0.1.0/24 -m ipvs --ipvs -j SNAT --to-source 10.0.1.5',
    );
  });
});

describe('a published service', () => {
  test('is reached on every node', () => {
    const { hosts } = world();
    const [a, , c] = hosts as [TestHost, TestHost, TestHost];
    expect(words(c, c.kernel.initNetns, 5000, '127.0.0.1')).toEqual([
      'pets.2.bbb',
      'pets.1.aaa',
      'pets.2.bbb',
      'pets.1.aaa',
    ]);
    expect(words(c, c.kernel.initNetns, 5000, '192.168.56.11').sort()).toEqual([
      'pets.1.aaa',
      'pets.1.aaa',
      'pets.2.bbb',
      'pets.2.bbb',
    ]);
    expect(words(c, c.kernel.initNetns, 5000, '192.168.56.10').sort()).toEqual([
      'pets.1.aaa',
      'pets.1.aaa',
      'pets.2.bbb',
      'pets.2.bbb',
    ]);
    expect(services(c, named(c, 'ingress_sbox'))).toEqual([
      'FWM 256 rr',
      '10.0.0.7:0 1 0 2',
      '10.0.0.8:0 1 0 2',
    ]);
    const connections = c.kernel.ipvsTable(named(c, 'ingress_sbox')).connections();
    expect(
      connections.map(({ state, client, virtual, virtualPort, server, serverPort }) =>
        [
          state,
          formatIpv4(client),
          `${formatIpv4(virtual)}:${virtualPort}`,
          `${formatIpv4(server)}:${serverPort}`,
        ].join(' '),
      ),
    ).toEqual([
      'TIME_WAIT 172.18.0.1 172.18.0.2:5000 10.0.0.8:5000',
      'TIME_WAIT 172.18.0.1 172.18.0.2:5000 10.0.0.7:5000',
      'TIME_WAIT 172.18.0.1 172.18.0.2:5000 10.0.0.8:5000',
      'TIME_WAIT 172.18.0.1 172.18.0.2:5000 10.0.0.7:5000',
    ]);
    expect(a.controller.loadBalancers(ingressId).map(({ fwmark }) => fwmark)).toEqual([256]);
  });

  test('has the rules of the recordings', () => {
    const { hosts, tasks } = world();
    const [a, , c] = hosts as [TestHost, TestHost, TestHost];
    expect(iptables(c, 'mangle', named(c, 'ingress_sbox'))).toBe(`-P PREROUTING ACCEPT
-P INPUT ACCEPT
-P FORWARD ACCEPT
-P OUTPUT ACCEPT
-P POSTROUTING ACCEPT
-A PREROUTING -p tcp -m tcp --dport 5000 -j MARK --set-xmark 0x100/0xffffffff
-A INPUT -d 10.0.0.6/32 -j MARK --set-xmark 0x100/0xffffffff`);
    expect(iptables(c, 'nat', named(c, 'ingress_sbox'))).toContain(
      '-A POSTROUTING -d 10.0.0.0/24 -m ipvs --ipvs -j SNAT --to-source 10.0.0.4',
    );
    expect(iptables(c, 'nat')).toBe(`-P PREROUTING ACCEPT
-P INPUT ACCEPT
-P OUTPUT ACCEPT
-P POSTROUTING ACCEPT
-N DOCKER
-N DOCKER-INGRESS
-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER-INGRESS
-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
-A OUTPUT -m addrtype --dst-type LOCAL -j DOCKER-INGRESS
-A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER
-A POSTROUTING -o docker_gwbridge -m addrtype --src-type LOCAL -j MASQUERADE
-A POSTROUTING -s 172.18.0.0/16 ! -o docker_gwbridge -j MASQUERADE
-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
-A DOCKER -i docker_gwbridge -j RETURN
-A DOCKER -i docker0 -j RETURN
-A DOCKER-INGRESS -p tcp -m tcp --dport 5000 -j DNAT --to-destination 172.18.0.2:5000
-A DOCKER-INGRESS -j RETURN`);
    const filter = iptables(c, 'filter');
    expect(filter).toContain(`-A DOCKER-FORWARD -j DOCKER-INGRESS
-A DOCKER-FORWARD -j DOCKER-CT
`);
    expect(filter).toContain(`-A DOCKER-INGRESS -p tcp -m tcp --dport 5000 -j ACCEPT
-A DOCKER-INGRESS -p tcp -m tcp --sport 5000 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A DOCKER-INGRESS -j RETURN
`);
    const task = tasks[0]?.sandbox.netns ?? a.kernel.initNetns;
    expect(iptables(a, 'filter', task)).toBe(`-P INPUT ACCEPT
-P FORWARD ACCEPT
-P OUTPUT ACCEPT
-A INPUT -d 10.0.0.7/32 -p tcp -m tcp --dport 80 -m conntrack --ctstate NEW,ESTABLISHED -j ACCEPT
-A INPUT -d 10.0.0.7/32 -p sctp -j DROP
-A INPUT -d 10.0.0.7/32 -p udp -j DROP
-A INPUT -d 10.0.0.7/32 -p tcp -j DROP
-A OUTPUT -s 10.0.0.7/32 -p tcp -m tcp --sport 80 -m conntrack --ctstate ESTABLISHED -j ACCEPT
-A OUTPUT -s 10.0.0.7/32 -p sctp -j DROP
-A OUTPUT -s 10.0.0.7/32 -p udp -j DROP
-A OUTPUT -s 10.0.0.7/32 -p tcp -j DROP`);
    expect(iptables(a, 'nat', task)).toContain(
      '-A PREROUTING -d 10.0.0.7/32 -p tcp -m tcp --dport 5000 -j REDIRECT --to-ports 80',
    );
    const listening = c.kernel.sockets
      .list(c.kernel.initNetns)
      .filter(({ protocol }) => protocol === 'tcp')
      .map(({ localPort, family }) => `${family} ${localPort}`);
    expect(listening).toContain('any 5000');
  });

  test('refuses connections while all tasks are being stopped', () => {
    const { hosts, tasks } = world();
    const [, , c] = hosts as [TestHost, TestHost, TestHost];
    for (const { host, sandbox } of tasks) host.controller.disableService(sandbox.id);
    sync(hosts);
    expect(services(c, named(c, 'ingress_sbox'))).toEqual([
      'FWM 256 rr',
      '10.0.0.7:0 0 0 0',
      '10.0.0.8:0 0 0 0',
    ]);
    expect(fetch(c, c.kernel.initNetns, '127.0.0.1', 5000)).toBe('ECONNREFUSED');
    expect(fetch(c, c.kernel.initNetns, '192.168.56.10', 5000)).toBe('ECONNREFUSED');
  });

  test('leaves nothing behind but chains, jumps and the SNAT rule', () => {
    const { hosts, tasks } = world();
    const [a, , c] = hosts as [TestHost, TestHost, TestHost];
    for (const { host, sandbox } of tasks) {
      host.controller.disableService(sandbox.id);
      host.controller.deleteSandbox(sandbox.id);
    }
    sync(hosts);
    const sandbox = named(c, 'ingress_sbox');
    expect(services(c, sandbox)).toEqual([]);
    expect(iptables(c, 'mangle', sandbox)).not.toContain('MARK');
    expect(iptables(c, 'nat').split('\n').slice(-1)).toEqual(['-A DOCKER-INGRESS -j RETURN']);
    expect(iptables(c, 'filter')).not.toContain('5000');
    expect(c.kernel.isLocalAddress(sandbox, 0x0a000006 as never)).toBe(false);
    expect(c.kernel.sockets.list(c.kernel.initNetns).map(({ localPort }) => localPort)).toEqual([
      4789,
    ]);
    expect(c.rows.loadBalancers.all()).toEqual([]);
    expect(c.rows.serviceEndpoints.all()).toEqual([]);
    expect(c.rows.names.all()).toEqual([]);
    expect(fetch(c, c.kernel.initNetns, '127.0.0.1', 5000)).toBe('ECONNREFUSED');
    a.controller.removeSwarmNetwork(overlayId);
    for (const host of hosts) host.controller.removeSwarmNetwork(ingressId);
    run(c, 1);
    expect([...c.netnsFiles.keys(), ...a.netnsFiles.keys()]).toEqual([]);
  });

  test('cannot be balanced over its new ports while a task with the old ones is left (066:66-89)', () => {
    const { hosts, tasks } = world();
    const [a, b, c] = hosts as [TestHost, TestHost, TestHost];
    const stop = ({ host, sandbox }: TestTask) => {
      host.controller.disableService(sandbox.id);
      host.controller.deleteSandbox(sandbox.id);
      sync(hosts);
    };
    const moved = { ...pets, ports: [{ ...pets.ports[0], publishedPort: 5001 }, ...pets.ports] };
    const start = (host: TestHost, name: string, address: string) => {
      const task = { name, addresses: { ingress: address }, service: moved as ServiceBinding };
      startTask(host, task);
      sync(hosts);
    };
    const [first, second] = tasks as [TestTask, TestTask];
    stop(second);
    start(b, 'pets.2.new', '10.0.0.9');
    expect(services(c, named(c, 'ingress_sbox'))).toEqual(['FWM 256 rr', '10.0.0.7:0 1 0 0']);
    expect(fetch(c, c.kernel.initNetns, '127.0.0.1', 5000)).toBe('pets.1.aaa');
    expect(fetch(c, c.kernel.initNetns, '127.0.0.1', 5001)).toBe('ECONNREFUSED');
    stop(first);
    expect(services(c, named(c, 'ingress_sbox'))).toEqual([]);
    expect(fetch(c, c.kernel.initNetns, '127.0.0.1', 5000)).toBe('ECONNREFUSED');
    start(a, 'pets.1.new', '10.0.0.10');
    expect(services(c, named(c, 'ingress_sbox'))).toEqual(['FWM 257 rr', '10.0.0.10:0 1 0 0']);
    expect(fetch(c, c.kernel.initNetns, '127.0.0.1', 5001)).toBe('pets.1.new');
    expect(iptables(c, 'nat').split('\n').slice(-3)).toEqual([
      '-A DOCKER-INGRESS -p tcp -m tcp --dport 5000 -j DNAT --to-destination 172.18.0.2:5000',
      '-A DOCKER-INGRESS -p tcp -m tcp --dport 5001 -j DNAT --to-destination 172.18.0.2:5001',
      '-A DOCKER-INGRESS -j RETURN',
    ]);
  });

  test('shares a thousand connections evenly', () => {
    const { hosts } = world();
    const [, , c] = hosts as [TestHost, TestHost, TestHost];
    const { sockets } = c.kernel;
    const init = c.kernel.initNetns;
    const answers = new Map<string, number>();
    for (let n = 0; n < 1000; n += 1) {
      const socket = sockets.tcpConnect(init, { to: 0x7f000001 as never, port: 5000 });
      if (!socket.ok) throw new Error(socket.error);
      c.sim.runUntil((c.sim.now() + 20_000) as never);
      const got = sockets.receive(socket.value);
      const text = got && 'text' in got ? got.text : sockets.connection(socket.value);
      answers.set(text, (answers.get(text) ?? 0) + 1);
      sockets.close(socket.value);
    }
    expect(Object.fromEntries(answers)).toEqual({ 'pets.1.aaa': 500, 'pets.2.bbb': 500 });
  }, 20_000);
});

describe('a task that begins to serve', () => {
  test('is in the list of its own node before the others are told of it (068:15-24)', () => {
    const hosts = testSwarm(2);
    const [a, b] = hosts as [TestHost, TestHost];
    const told: string[] = [];
    const spec = containerSpec('pets.1.aaa', [
      {
        network: 'ingress',
        allocatedAddress: '10.0.0.7/24',
        service: { ...pets, virtualIp: '10.0.0.6' },
      },
    ]);
    const sandbox = value(a.controller.createSandbox(spec));
    a.controller.enableService(sandbox.id);
    const own = () => a.controller.serviceEndpoints(ingressId);
    told.push(`${own().length} ${own().filter(({ announced }) => announced).length}`);
    a.controller.announceService(sandbox.id);
    told.push(`${own().length} ${own().filter(({ announced }) => announced).length}`);
    expect(told).toEqual(['1 0', '1 1']);
    sync(hosts);
    expect(b.controller.serviceEndpoints(ingressId).map(({ announced }) => announced)).toEqual([
      true,
    ]);
  });
});
