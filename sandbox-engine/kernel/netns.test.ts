import { describe, expect, it } from 'vitest';
import { formatIpv4, ip } from '../wire/index.ts';
import { createKernel } from './kernel.ts';
import { passThroughFilter } from './netfilter/hook.ts';
import { bridge, container, give, mustLink, mustOk, ping, TestNetwork } from './testing.ts';

describe('namespaces', () => {
  it('start with a lo that is down, and gets its address when it comes up', () => {
    const net = new TestNetwork();
    const host = net.host('manager1', '192.168.56.10/24');
    const netns = host.netnsAdd();
    const lo = mustLink(host, netns, 'lo');
    expect(lo).toMatchObject({ ifindex: 1, up: false, mtu: 65_536 });
    expect(host.ipv6Addresses(lo.id)).toEqual([]);
    mustOk(host.linkSet(lo.id, { up: true }));
    expect(host.addresses({ netns }).map((row) => formatIpv4(row.address))).toEqual(['127.0.0.1']);
    expect(host.ipv6Addresses(lo.id).map((each) => each.address)).toEqual(['::1']);
  });

  it('inherit forwarding from the host, but nothing that the host set for itself alone', () => {
    const net = new TestNetwork();
    const host = net.host('manager1', '192.168.56.10/24');
    mustOk(host.sysctlSet(host.initNetns, 'net.ipv4.ip_forward', '1'));
    mustOk(host.sysctlSet(host.initNetns, 'net.ipv4.tcp_syn_retries', '2'));
    const netns = host.netnsAdd();
    expect(host.sysctl(netns, 'net.ipv4.ip_forward')).toBe('1');
    expect(host.sysctl(netns, 'net.ipv4.tcp_syn_retries')).toBe('6');
    expect(host.sysctlSet(netns, 'net.ipv4.nosuch', '1')).toEqual({ ok: false, error: 'ENOENT' });
  });

  it('take devices in with their number where that is free', () => {
    const net = new TestNetwork();
    const host = net.host('manager1', '192.168.56.10/24');
    const netns = host.netnsAdd();
    const one = mustOk(host.linkAdd(host.initNetns, { name: 'd1', kind: 'dummy', ifindex: 9 }));
    mustOk(host.linkAdd(netns, { name: 'x', kind: 'dummy', ifindex: 2 }));
    give(host, one.id, '10.0.0.1/24');
    mustOk(host.linkSet(one.id, { up: true }));
    const moved = mustOk(host.linkSet(one.id, { netns, name: 'eth0' }));
    expect(moved).toMatchObject({ name: 'eth0', ifindex: 9, up: false });
    expect(host.addresses({ link: one.id })).toEqual([]);
    const two = mustOk(host.linkAdd(host.initNetns, { name: 'd2', kind: 'dummy', ifindex: 2000 }));
    mustOk(host.linkAdd(netns, { name: 'y', kind: 'dummy', ifindex: 2000 }));
    expect(mustOk(host.linkSet(two.id, { netns })).ifindex).not.toBe(2000);
    expect(host.linkSet(one.id, { name: 'x' })).toEqual({ ok: false, error: 'EEXIST' });
  });

  it('know each other by numbers that are given again', () => {
    const net = new TestNetwork();
    const host = net.host('manager1', '192.168.56.10/24');
    const docker0 = bridge(host, 'docker0', '172.17.0.1/16');
    const [a, b] = [
      container(host, docker0, '172.17.0.2/16'),
      container(host, docker0, '172.17.0.3/16'),
    ];
    expect([a, b].map((each) => host.peerNetnsId(host.initNetns, each))).toEqual([0, 1]);
    expect(host.peerNetnsId(a, host.initNetns)).toBe(0);
    host.netnsDelete(a);
    const c = container(host, docker0, '172.17.0.4/16');
    expect(host.peerNetnsId(host.initNetns, c)).toBe(0);
  });

  it('take everything with them when they go', () => {
    const net = new TestNetwork();
    const host = net.host('manager1', '192.168.56.10/24');
    const docker0 = bridge(host, 'docker0', '172.17.0.1/16');
    const rows = () => [
      net.world.links.size,
      net.world.addresses.size,
      net.world.routes.size,
      net.world.sockets.size,
      net.world.neighbours.size,
    ];
    const before = rows();
    const a = container(host, docker0, '172.17.0.2/16');
    mustOk(host.sockets.tcpListen(a, { port: 80 }));
    net.run(ping(host, net.sim, a, '172.17.0.1'));
    host.netnsDelete(a);
    mustOk(host.linkSet(docker0.id, { up: false }));
    mustOk(host.linkSet(docker0.id, { up: true }));
    expect(rows()).toEqual(before);
    expect(net.world.fdb.size).toBe(0);
  });
});

describe('a host', () => {
  it('can lose its power and boot again', () => {
    const net = new TestNetwork();
    const one = net.host('manager1', '192.168.56.10/24');
    const two = net.host('worker1', '192.168.56.11/24');
    container(two, bridge(two, 'docker0', '172.17.0.1/16'), '172.17.0.2/16');
    two.halt();
    expect(net.world.links.all().map((row) => row.name)).toEqual(['lo', 'eth0']);
    const alone = net.run(ping(one, net.sim, one.initNetns, '192.168.56.11'));
    expect(alone).toMatchObject({ type: 3, code: 1 });
    net.host('worker1', '192.168.56.11/24');
    expect(net.run(ping(one, net.sim, one.initNetns, '192.168.56.11'))).toMatchObject({ type: 0 });
  });

  it('gives itself link-local IPv6 addresses on devices with a carrier', () => {
    const net = new TestNetwork();
    const host = net.host('manager1', '192.168.56.10/24');
    const eth0 = mustLink(host, host.initNetns, 'eth0');
    expect(host.ipv6Addresses(eth0.id)).toEqual([
      { address: 'fe80::56:ff:fe00:10', prefixLength: 64, scope: 'link', protocol: 'kernel_ll' },
    ]);
    const docker0 = bridge(host, 'docker0', '172.17.0.1/16');
    expect(host.ipv6Addresses(docker0.id)).toEqual([]);
  });

  it('may have no uplink', () => {
    const net = new TestNetwork();
    const host = createKernel(net.world, { host: 'alone', filter: passThroughFilter });
    expect(host.links(host.initNetns).map((row) => row.name)).toEqual(['lo']);
    expect(net.run(ping(host, net.sim, host.initNetns, '127.0.0.1'))).toMatchObject({ type: 0 });
    expect(host.routeLookup(host.initNetns, ip('8.8.8.8'))).toEqual({
      ok: false,
      error: 'ENETUNREACH',
    });
  });
});
