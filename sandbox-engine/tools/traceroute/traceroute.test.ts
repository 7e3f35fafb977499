import { expect, test } from 'vitest';
import { cidr } from '../../wire/index.ts';
import { ToolsLab } from '../testing.ts';

const timeless = (text: string): string => text.replace(/\d+\.\d{3} ms/g, 'T ms');

/** 10.7.0.1 lies behind the gateway; 10.8.0.0/16 is dropped there. */
function routedLab(): ToolsLab {
  const lab = new ToolsLab();
  const gateway = lab.machine('gateway', '192.168.56.1/24', '02:56:00:00:00:01');
  const far = lab.machine('far', '192.168.56.7/24', '02:56:00:00:00:07');
  gateway.sysctlSet(gateway.initNetns, 'net.ipv4.ip_forward', '1');
  const lo = far.linkByName(far.initNetns, 'lo');
  if (lo) lab.give(far, lo, '10.7.0.1/32');
  gateway.routeAdd(gateway.initNetns, {
    destination: cidr('10.7.0.0/16'),
    via: cidr('192.168.56.7').base,
  });
  gateway.routeAdd(gateway.initNetns, { destination: cidr('10.8.0.0/16'), type: 'blackhole' });
  lab.serveDns(gateway, {});
  return lab;
}

test('each hop says that it is one', () => {
  const lab = routedLab();
  expect(
    timeless(lab.out('traceroute -n 10.7.0.1')),
  ).toBe(`traceroute to 10.7.0.1 (10.7.0.1), 30 hops max, 60 byte packets
 1  192.168.56.1  T ms  T ms  T ms
 2  10.7.0.1  T ms  T ms  T ms
`);
  expect(
    timeless(lab.out('traceroute -I 10.7.0.1')),
  ).toBe(`traceroute to 10.7.0.1 (10.7.0.1), 30 hops max, 60 byte packets
 1  192.168.56.1 (192.168.56.1)  T ms  T ms  T ms
 2  10.7.0.1 (10.7.0.1)  T ms  T ms  T ms
`);
  expect(
    timeless(lab.out('busybox:traceroute -n 10.7.0.1')),
  ).toBe(`traceroute to 10.7.0.1 (10.7.0.1), 30 hops max, 46 byte packets
 1  192.168.56.1  T ms  T ms  T ms
 2  10.7.0.1  T ms  T ms  T ms
`);
});

test('silence is stars', () => {
  expect(
    timeless(routedLab().out('traceroute -n -w 1 -m 3 10.8.0.1')),
  ).toBe(`traceroute to 10.8.0.1 (10.8.0.1), 3 hops max, 60 byte packets
 1  * * *
 2  * * *
 3  * * *
`);
});

test('arp, route and ifconfig show the same tables in their old ways', () => {
  const lab = routedLab();
  lab.out('ping -c 1 192.168.56.1');
  expect(
    lab.out('arp -n'),
  ).toBe(`Address                  HWtype  HWaddress           Flags Mask            Iface
192.168.56.1             ether   02:56:00:00:00:01   C                     eth0
`);
  expect(lab.out('busybox:arp -an')).toBe(
    '? (192.168.56.1) at 02:56:00:00:00:01 [ether]  on eth0\n',
  );
  expect(lab.out('route -n')).toBe(`Kernel IP routing table
Destination     Gateway         Genmask         Flags Metric Ref    Use Iface
0.0.0.0         192.168.56.1    0.0.0.0         UG    0      0        0 eth0
192.168.56.0    0.0.0.0         255.255.255.0   U     0      0        0 eth0
`);
  expect(lab.out('ifconfig lo')).toMatch(
    /^lo: flags=73<UP,LOOPBACK,RUNNING> {2}mtu 65536\n {8}inet 127\.0\.0\.1 {2}netmask 255\.0\.0\.0\n/,
  );
});

test('sysctl reads and writes; hostname looks its own name up', () => {
  const lab = routedLab();
  expect(lab.out('sysctl net.ipv4.ip_forward')).toBe('net.ipv4.ip_forward = 0\n');
  expect(lab.out('sysctl -w net.ipv4.ip_forward=1')).toBe('net.ipv4.ip_forward = 1\n');
  expect(lab.out('sysctl -n net/ipv4/ip_forward')).toBe('1\n');
  expect(lab.run('sysctl nosuch.key')).toEqual({
    stdout: '',
    stderr: 'sysctl: cannot stat /proc/sys/nosuch/key: No such file or directory\n',
    exit: 1,
  });
  expect(lab.out('hostname -i')).toBe('192.168.56.10\n');
  expect(lab.out('hostname -I')).toBe('192.168.56.10 \n');
});

test('ipvsadm without services prints its header', () => {
  expect(new ToolsLab().out('ipvsadm -Ln')).toBe(`IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn
`);
});
