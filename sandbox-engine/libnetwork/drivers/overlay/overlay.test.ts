// Swarm networks on a node: namespaces, interface numbers, peers (golden 003, 072).
import { describe, expect, test } from 'vitest';
import type { NetnsId } from '../../../kernel/index.ts';
import { must } from '../../../std/index.ts';
import { ip, macOfIpv4 } from '../../../wire/index.ts';
import type { SwarmNetworkSpec } from '../../api.ts';
import {
  containerSpec,
  interfaces,
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
