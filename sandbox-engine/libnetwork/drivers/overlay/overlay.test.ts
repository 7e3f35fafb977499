// Swarm networks on a node: namespaces, interface numbers, peers (golden 003, 072).
import { describe, expect, test } from 'vitest';
import type { NetnsId } from '../../../kernel/index.ts';
import { must } from '../../../std/index.ts';
import { formatIpv4, ip, macOfIpv4, transportLength } from '../../../wire/index.ts';
import type { SwarmNetworkSpec } from '../../api.ts';
import {
  allRules,
  containerSpec,
  interfaces,
  iptables,
  message,
  routes,
  run,
  type TestHost,
  testHost,
  testHosts,
  value,
} from '../../testing.ts';

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
    host.controller.setEncryptionKeys([{ key: '00'.repeat(16), tag: 1 }]);
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

  test('have a bridge for each subnet that is used, and routes to the others (084:71-72)', () => {
    const host = testHost();
    const subnets = [
      { subnet: '10.50.0.0/24', gateway: '10.50.0.254', vni: 4097 },
      { subnet: '10.51.0.0/24', gateway: '10.51.0.128', vni: 4098 },
    ];
    const network = value(host.controller.addSwarmNetwork(overlay('10.50.0.4', { subnets })));
    const task = value(
      host.controller.createSandbox(
        containerSpec('t', [{ network: 'ov', allocatedAddress: '10.50.0.3/24' }]),
      ),
    );
    expect(routes(host, task.netns)).toBe(`10.50.0.0/24 dev eth0
10.51.0.0/24 via 10.50.0.254 dev eth0
172.18.0.0/16 dev eth1
default via 172.18.0.1 dev eth1`);
    const namespace = named(host, '1-z9943kt4wr');
    const first = interfaces(host, namespace);
    expect(first).not.toContain('br1');
    const address = ip('10.51.0.129');
    host.controller.addPeer(network.networkId, {
      address,
      mac: macOfIpv4(address),
      node: ip('192.168.56.11'),
    });
    expect(interfaces(host, namespace)).toContain('br1 mtu 1450 10.51.0.128/24');
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

  test('encrypt what goes between nodes (003:38-40)', () => {
    const [a, b] = testHosts(2) as [TestHost, TestHost];
    const nodes = [
      { host: a, lb: '10.0.1.4', task: '10.0.1.2', node: '192.168.56.10' },
      { host: b, lb: '10.0.1.5', task: '10.0.1.3', node: '192.168.56.11' },
    ];
    const keys = [
      { key: '0d31317de17b7028021e896a4867cb54', tag: 61361 },
      { key: 'c6f5d442626bc1fbe7316988afb24c98', tag: 61360 },
      { key: '1ad21da49d5aeb1dcf82709e6ce9fb7f', tag: 61362 },
    ];
    const tasks = nodes.map(({ host, lb, task }, n) => {
      host.controller.setEncryptionKeys(keys);
      value(host.controller.addSwarmNetwork(overlay(lb, { options: { encrypted: '' } })));
      const settings = { network: 'ov', allocatedAddress: `${task}/24` };
      return value(host.controller.createSandbox(containerSpec(`t${n}`, [settings])));
    });
    const peers = (other: (typeof nodes)[number]) =>
      [other.lb, other.task].map((address) => ({
        address: ip(address),
        mac: macOfIpv4(ip(address)),
        node: ip(other.node),
      }));
    for (const { host } of nodes)
      for (const other of nodes)
        if (other.host !== host)
          for (const peer of peers(other))
            host.controller.addPeer('z9943kt4wr7313rhzij312yh1', peer);
    const xfrm = a.kernel.xfrmTable(a.kernel.initNetns);
    const hex = (n: number): string => `0x${n.toString(16).padStart(8, '0')}`;
    const states = () =>
      xfrm
        .states()
        .map(({ source, destination, spi, key, outputSequence }) =>
          [formatIpv4(source), formatIpv4(destination), hex(spi), key, outputSequence].join(' '),
        );
    expect(states()).toEqual([
      '192.168.56.11 192.168.56.10 0x9add3483 0x1ad21da49d5aeb1dcf82709e6ce9fb7f9add3483 0',
      '192.168.56.11 192.168.56.10 0xdd696015 0xc6f5d442626bc1fbe7316988afb24c98dd696015 0',
      '192.168.56.10 192.168.56.11 0x0ce30a32 0x0d31317de17b7028021e896a4867cb540ce30a32 0',
      '192.168.56.11 192.168.56.10 0x616a5762 0x0d31317de17b7028021e896a4867cb54616a5762 0',
    ]);
    const program =
      '7,32 0 0 4294963252,7 0 0 0,64 0 0 4,116 0 0 8,21 1 0 4097,6 0 0 0,6 0 0 4294967295';
    expect(iptables(a, 'mangle')).toContain(
      `-A OUTPUT -p udp -m udp --dport 4789 -m bpf --bytecode "${program}" -j MARK --set-xmark 0xd0c4e3/0xffffffff`,
    );
    expect(iptables(a, 'filter')).toContain(
      `-A INPUT -p udp -m policy --dir in --pol none -m udp --dport 4789 -m bpf --bytecode "${program}" -j DROP`,
    );
    const { sockets } = a.kernel;
    const eth0 = must(a.kernel.linkByName(a.kernel.initNetns, 'eth0'), 'eth0');
    const capture = sockets.capture(a.kernel.initNetns, eth0.id);
    const ping = sockets.icmpOpen(must(tasks[0], 'task').netns);
    sockets.icmpSend(ping, ip('10.0.1.3'), { sequence: 1, size: 56 });
    run(a, 1);
    expect(sockets.icmpReceive(ping)).toMatchObject({ type: 0, sequence: 1, ttl: 64 });
    const sent = sockets.captured(capture).flatMap(({ frame: { payload } }) => {
      const esp = payload.kind === 'ipv4' && payload.transport.protocol === 'esp';
      return esp ? [`${hex(payload.transport.spi)} ${transportLength(payload.transport)}`] : [];
    });
    expect(sent).toEqual(['0x0ce30a32 140', '0x616a5762 140']);
    expect(states()[2]).toBe(
      '192.168.56.10 192.168.56.11 0x0ce30a32 0x0d31317de17b7028021e896a4867cb540ce30a32 1',
    );
    for (const peer of peers(must(nodes[1], 'node')))
      a.controller.removePeer('z9943kt4wr7313rhzij312yh1', peer);
    // Why: as in the recordings, associations outlive the endpoints (003:182).
    expect(states()).toHaveLength(4);
    a.controller.deleteSandbox(must(tasks[0], 'task').id);
    a.controller.removeSwarmNetwork('z9943kt4wr7313rhzij312yh1');
    expect(allRules(a)).not.toContain('4789');
    a.controller.setEncryptionKeys([{ key: '00'.repeat(16), tag: 1 }]);
    expect([xfrm.states(), xfrm.policies()]).toEqual([[], []]);
  });
});
