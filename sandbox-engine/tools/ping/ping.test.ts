import { expect, test } from 'vitest';
import { ToolsLab } from '../testing.ts';

/** The times differ from packet to packet; everything else is fixed. */
const timeless = (text: string): string =>
  text.replace(/time=[\d.]+ ms/g, 'time=T ms').replace(/= [\d./]+ ms/g, '= T ms');

test('echo replies line by line, with names where the resolver has them', () => {
  const lab = new ToolsLab();
  lab.machine('worker1', '192.168.56.11/24', '02:56:00:00:00:11');
  expect(
    timeless(lab.out('ping -c 2 worker1')),
  ).toBe(`PING worker1 (192.168.56.11) 56(84) bytes of data.
64 bytes from worker1 (192.168.56.11): icmp_seq=1 ttl=64 time=T ms
64 bytes from worker1 (192.168.56.11): icmp_seq=2 ttl=64 time=T ms

--- worker1 ping statistics ---
2 packets transmitted, 2 received, 0% packet loss, time 1000ms
rtt min/avg/max/mdev = T ms
`);
  expect(
    timeless(lab.out('busybox:ping -c 2 192.168.56.11')),
  ).toBe(`PING 192.168.56.11 (192.168.56.11): 56 data bytes
64 bytes from 192.168.56.11: seq=0 ttl=64 time=T ms
64 bytes from 192.168.56.11: seq=1 ttl=64 time=T ms

--- 192.168.56.11 ping statistics ---
2 packets transmitted, 2 packets received, 0% packet loss
round-trip min/avg/max = T ms
`);
});

test('nobody there: unreachable after three seconds, or loss when it may not wait so long', () => {
  const lab = new ToolsLab();
  expect(lab.run('ping -c 1 192.168.56.77')).toEqual({
    stdout: `PING 192.168.56.77 (192.168.56.77) 56(84) bytes of data.
From 192.168.56.10 icmp_seq=1 Destination Host Unreachable

--- 192.168.56.77 ping statistics ---
1 packets transmitted, 0 received, +1 errors, 100% packet loss, time 0ms

`,
    stderr: '',
    exit: 1,
  });
  expect(
    lab.run('ping -c 2 -W 1 192.168.56.78').stdout,
  ).toBe(`PING 192.168.56.78 (192.168.56.78) 56(84) bytes of data.

--- 192.168.56.78 ping statistics ---
2 packets transmitted, 0 received, 100% packet loss, time 1000ms

`);
  expect(lab.run('busybox:ping -c 1 -W 1 192.168.56.79')).toEqual({
    stdout: `PING 192.168.56.79 (192.168.56.79): 56 data bytes

--- 192.168.56.79 ping statistics ---
1 packets transmitted, 0 packets received, 100% packet loss
`,
    stderr: '',
    exit: 1,
  });
});

test('names that do not resolve, and no way out', () => {
  const lab = new ToolsLab();
  const gateway = lab.machine('gateway', '192.168.56.1/24', '02:56:00:00:00:01');
  lab.serveDns(gateway, {});
  expect(lab.run('ping -c 1 nosuch')).toEqual({
    stdout: '',
    stderr: 'ping: nosuch: Name or service not known\n',
    exit: 2,
  });
  expect(lab.run('busybox:ping -c 1 nosuch').stderr).toBe("ping: bad address 'nosuch'\n");
  lab.out('ip route del default');
  expect(lab.run('ping -c 1 8.8.8.8')).toEqual({
    stdout: '',
    stderr: 'ping: connect: Network is unreachable\n',
    exit: 2,
  });
  expect(lab.run('busybox:ping -c 1 8.8.8.8')).toEqual({
    stdout: 'PING 8.8.8.8 (8.8.8.8): 56 data bytes\n',
    stderr: 'ping: sendto: Network is unreachable\n',
    exit: 1,
  });
});

test('refuses what it does not understand', () => {
  const lab = new ToolsLab();
  expect(lab.run('ping').stderr).toBe('ping: usage error: Destination address required\n');
  expect(lab.run('ping -c 0 x')).toEqual({
    stdout: '',
    stderr: "ping: invalid argument: '0': out of range: 1 <= value <= 2147483647\n",
    exit: 1,
  });
  expect(lab.run('ping -Z x').stderr).toMatch(/^ping: invalid option -- 'Z'\n\nUsage\n/);
});
