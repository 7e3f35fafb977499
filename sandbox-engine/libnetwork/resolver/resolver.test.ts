// The embedded DNS server, asked from inside containers (golden 067, 070).
import { describe, expect, test } from 'vitest';
import type { NetnsId, SocketId } from '../../kernel/index.ts';
import type { Op } from '../../sim/index.ts';
import { must } from '../../std/index.ts';
import { type DnsPayload, dnsFromText, dnsToText, formatIpv4, ip } from '../../wire/index.ts';
import {
  containerSpec,
  iptables,
  MemoryFiles,
  run,
  type TestHost,
  testHost,
  value,
} from '../testing.ts';

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
