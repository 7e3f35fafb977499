import { describe, expect, it } from 'vitest';
import { formatIpv4, ip } from '../wire/index.ts';
import type { Kernel } from './kernel-api.ts';
import type { NetnsId } from './rows.ts';
import { bridge, container, mustLink, mustOk, ping, TestNetwork } from './testing.ts';

const neighbours = (kernel: Kernel, netns: NetnsId): string[] =>
  kernel.neighbours(netns).map((row) => `${formatIpv4(row.address)} ${row.state}`);

/** `bridge fdb show`, with `dev` names and without addresses that are random here. */
const learned = (kernel: Kernel, netns: NetnsId): string[] =>
  kernel
    .fdb(netns)
    .filter((row) => !row.permanent)
    .map((row) => `${row.mac} dev ${kernel.link(row.link)?.name}`);

describe('bridge', () => {
  it('carries a ping between two namespaces', () => {
    const net = new TestNetwork();
    const host = net.host('manager1', '192.168.56.10/24');
    const docker0 = bridge(host, 'docker0', '172.17.0.1/16');
    const a = container(host, docker0, '172.17.0.2/16');
    container(host, docker0, '172.17.0.3/16');
    const reply = net.run(ping(host, net.sim, a, '172.17.0.3'));
    expect(reply).toMatchObject({ type: 0, sequence: 1, ttl: 64, size: 56 });
    expect(neighbours(host, a)).toEqual(['172.17.0.3 REACHABLE']);
  });

  it('answers for the host itself', () => {
    const net = new TestNetwork();
    const host = net.host('manager1', '192.168.56.10/24');
    const a = container(host, bridge(host, 'docker0', '172.17.0.1/16'), '172.17.0.2/16');
    expect(net.run(ping(host, net.sim, a, '172.17.0.1'))).toMatchObject({ type: 0, ttl: 64 });
    expect(net.run(ping(host, net.sim, host.initNetns, '172.17.0.2'))).toMatchObject({ type: 0 });
  });

  it('takes about as long as on a real machine', () => {
    const net = new TestNetwork();
    const host = net.host('manager1', '192.168.56.10/24');
    const docker0 = bridge(host, 'docker0', '172.17.0.1/16');
    const a = container(host, docker0, '172.17.0.2/16');
    container(host, docker0, '172.17.0.3/16');
    net.run(ping(host, net.sim, a, '172.17.0.3'));
    const before = net.sim.now();
    net.run(ping(host, net.sim, a, '172.17.0.3'));
    expect(net.sim.now() - before).toBeGreaterThan(50);
    expect(net.sim.now() - before).toBeLessThan(300);
  });

  it('writes nothing into the journal for packets that teach it nothing', () => {
    const net = new TestNetwork();
    const host = net.host('manager1', '192.168.56.10/24');
    const docker0 = bridge(host, 'docker0', '172.17.0.1/16');
    const a = container(host, docker0, '172.17.0.2/16');
    container(host, docker0, '172.17.0.3/16');
    net.run(ping(host, net.sim, a, '172.17.0.3'));
    net.advance(10);
    const before = net.sim.journal.revision;
    for (let i = 0; i < 10; i += 1) net.run(ping(host, net.sim, a, '172.17.0.3'));
    expect(net.sim.journal.changesSince(before)).toEqual([]);
  });

  it('learns where addresses are, and forgets after 300 seconds', () => {
    const net = new TestNetwork();
    const host = net.host('manager1', '192.168.56.10/24');
    const docker0 = bridge(host, 'docker0', '172.17.0.1/16');
    const a = container(host, docker0, '172.17.0.2/16');
    const inside = mustLink(host, a, 'eth0');
    host.announce(inside.id, ip('172.17.0.2'));
    net.advance(1);
    expect(learned(host, host.initNetns)).toEqual([`${inside.mac} dev veth2`]);
    net.advance(298);
    expect(learned(host, host.initNetns)).toHaveLength(1);
    net.advance(2);
    expect(learned(host, host.initNetns)).toEqual([]);
  });

  it('has a carrier while a port has one', () => {
    const net = new TestNetwork();
    const host = net.host('manager1', '192.168.56.10/24');
    const docker0 = bridge(host, 'docker0', '172.17.0.1/16');
    expect(host.linkState(docker0.id)).toEqual({ carrier: false, operational: 'DOWN' });
    const a = container(host, docker0, '172.17.0.2/16');
    expect(host.linkState(docker0.id)).toEqual({ carrier: true, operational: 'UP' });
    mustOk(host.linkSet(mustLink(host, a, 'eth0').id, { up: false }));
    expect(host.linkState(mustLink(host, host.initNetns, 'veth2').id)).toEqual({
      carrier: false,
      operational: 'LOWERLAYERDOWN',
    });
    expect(host.linkState(docker0.id)).toEqual({ carrier: false, operational: 'DOWN' });
  });

  it('follows the lowest address and the smallest MTU of its ports unless they are fixed', () => {
    const net = new TestNetwork();
    const host = net.host('manager1', '192.168.56.10/24');
    const br0 = mustOk(host.linkAdd(host.initNetns, { name: 'br0', kind: 'bridge' }));
    const ports = ['p1', 'p2'].map((name) =>
      mustOk(host.linkAdd(host.initNetns, { name, kind: 'dummy', mtu: 1450 })),
    );
    for (const port of ports) mustOk(host.linkSet(port.id, { master: br0.id, up: true }));
    const lowest = ports.map((port) => port.mac).sort()[0];
    expect(host.link(br0.id)).toMatchObject({ mac: lowest, mtu: 1450 });
  });

  it('lists what the kernel itself keeps in the FDB', () => {
    const net = new TestNetwork();
    const host = net.host('manager1', '192.168.56.10/24');
    const docker0 = bridge(host, 'docker0', '172.17.0.1/16');
    container(host, docker0, '172.17.0.2/16');
    const veth = mustLink(host, host.initNetns, 'veth2');
    const rows = host.fdb(host.initNetns).map((row) => {
      const vlan = row.vlan === undefined ? '' : ` vlan ${row.vlan}`;
      return `${row.mac} dev ${host.link(row.link)?.name}${vlan} ${row.table}`;
    });
    expect(rows).toEqual([
      '33:33:00:00:00:01 dev eth0 self',
      '01:00:5e:00:00:01 dev eth0 self',
      '33:33:ff:00:00:10 dev eth0 self',
      '33:33:00:00:00:01 dev docker0 self',
      '01:00:5e:00:00:6a dev docker0 self',
      '33:33:00:00:00:6a dev docker0 self',
      '01:00:5e:00:00:01 dev docker0 self',
      '33:33:ff:00:00:01 dev docker0 self',
      `${docker0.mac} dev docker0 vlan 1 bridge`,
      `${docker0.mac} dev docker0 bridge`,
      `${veth.mac} dev veth2 vlan 1 bridge`,
      `${veth.mac} dev veth2 bridge`,
      '33:33:00:00:00:01 dev veth2 self',
      '01:00:5e:00:00:01 dev veth2 self',
      `33:33:ff:${veth.mac.slice(9)} dev veth2 self`,
    ]);
  });
});
