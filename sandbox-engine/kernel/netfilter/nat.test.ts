// Addresses translated on the way in and back.
import { describe, expect, test } from 'vitest';
import { must } from '../../std/index.ts';
import type { Ipv4Packet } from '../../wire/index.ts';
import { ip } from '../../wire/index.ts';
import {
  client,
  container,
  context,
  docker0,
  echo,
  ends,
  eth0,
  forward,
  hostAddress,
  link,
  packet,
  pass,
  publish,
  rules,
  tcp,
  tracked,
  udp,
  world,
} from './testing.ts';

describe('network address translation', () => {
  test('a published port is translated on the way in and back, and the rule is named', () => {
    const { filter, trace } = world();
    rules(filter, publish);
    const syn = tcp([client, 4000], [hostAddress, 8000], { syn: true });
    expect(pass(filter, context(syn, eth0, docker0), ...forward)).toBe(
      '192.168.56.1:4000 > 172.17.0.2:80',
    );
    expect(trace).toEqual([
      {
        stage: 'prerouting',
        kind: 'rule',
        table: 'nat',
        chain: 'DOCKER',
        number: 2,
        effect: { name: 'DNAT', address: container, port: 80 },
      },
    ]);
    const answer = tcp([container, 80], [client, 4000], { syn: true, ack: true });
    expect(pass(filter, context(answer, docker0, eth0), ...forward)).toBe(
      '192.168.56.10:8000 > 192.168.56.1:4000',
    );
    const ack = tcp([client, 4000], [hostAddress, 8000], { ack: true });
    expect(pass(filter, context(ack, eth0, docker0), ...forward)).toBe(
      '192.168.56.1:4000 > 172.17.0.2:80',
    );
    expect(tracked(filter)).toEqual([
      'tcp ESTABLISHED 192.168.56.1:4000>192.168.56.10:8000 172.17.0.2:80>192.168.56.1:4000',
    ]);
    const rule = must(filter.rules('nat', 'DOCKER')[1], 'the rule');
    expect(filter.counters(rule.id)).toEqual({ packets: 1, bytes: 60 });
  });

  test('masquerade takes another port when two containers use the same one to the same place', () => {
    const { filter } = world();
    rules(filter, publish);
    const out = (from: number) => context(udp([from, 5000], [ip('8.8.8.8'), 53]), docker0, eth0);
    expect(pass(filter, out(container), ...forward)).toBe('192.168.56.10:5000 > 8.8.8.8:53');
    const second = pass(filter, out(ip('172.17.0.3')), ...forward);
    expect(second).toMatch(/^192\.168\.56\.10:\d+ > 8\.8\.8\.8:53$/);
    expect(second).not.toBe('192.168.56.10:5000 > 8.8.8.8:53');
    const port = Number(/:(\d+) >/.exec(second)?.[1]);
    const back = context(udp([ip('8.8.8.8'), 53], [hostAddress, port]), eth0, docker0);
    expect(pass(filter, back, ...forward)).toBe('8.8.8.8:53 > 172.17.0.3:5000');
  });

  test('pings of two containers with one identifier are told apart', () => {
    const { filter } = world();
    rules(filter, publish);
    const out = context(echo(container, client, 8, 7), docker0, eth0);
    const other = context(echo(ip('172.17.0.3'), client, 8, 7), docker0, eth0);
    pass(filter, out, ...forward);
    pass(filter, other, ...forward);
    const id = (p: Ipv4Packet) => (p.transport.protocol === 'icmp' ? p.transport.identifier : -1);
    expect(id(out.packet)).toBe(7);
    expect(id(other.packet)).not.toBe(7);
    const back = context(echo(client, hostAddress, 0, id(other.packet)), eth0, docker0);
    expect(pass(filter, back, ...forward)).toBe('192.168.56.1 > 172.17.0.3');
    expect(id(back.packet)).toBe(7);
  });

  test('an error about a translated packet is RELATED and reaches its sender with the addresses that it knows', () => {
    const { filter } = world();
    rules(filter, publish);
    pass(filter, context(udp([container, 5000], [ip('8.8.8.8'), 99]), docker0, eth0), ...forward);
    const quoted = udp([hostAddress, 5000], [ip('8.8.8.8'), 99]);
    const error = { protocol: 'icmp', type: 3, code: 3, identifier: 0, sequence: 0 } as const;
    const c = context(
      packet(ip('8.8.8.8'), hostAddress, { ...error, size: 36, quoted }),
      eth0,
      docker0,
    );
    rules(
      filter,
      '*filter\n-A FORWARD -m conntrack --ctstate RELATED -j ACCEPT\n-A FORWARD -j DROP',
    );
    expect(pass(filter, c, ...forward)).toBe('8.8.8.8 > 172.17.0.2');
    const inner = c.packet.transport.protocol === 'icmp' ? c.packet.transport.quoted : undefined;
    expect(ends(must(inner, 'the quoted packet'))).toBe('172.17.0.2:5000 > 8.8.8.8:99');
  });

  test('the answer to a rejected packet comes from the address that was asked', () => {
    const { filter } = world();
    rules(filter, `${publish}\n*filter\n-A FORWARD -j REJECT`);
    const c = context(tcp([client, 4000], [hostAddress, 8000], { syn: true }), eth0, docker0);
    expect(pass(filter, c, ...forward)).toBe('FORWARD reject');
    const error = { protocol: 'icmp', type: 3, code: 3, identifier: 0, sequence: 0 } as const;
    const answer = packet(hostAddress, client, { ...error, size: 36, quoted: c.packet });
    const back = context(answer, undefined, eth0);
    pass(filter, back, 'OUTPUT', 'POSTROUTING');
    const { transport } = back.packet;
    expect(ends(must(transport.protocol === 'icmp' ? transport.quoted : undefined, 'it'))).toBe(
      '192.168.56.1:4000 > 192.168.56.10:8000',
    );
  });

  test('the embedded DNS: port 53 of 127.0.0.11 leads to another port, and back through lo', () => {
    const { filter } = world();
    rules(
      filter,
      `*nat
      -N DOCKER_OUTPUT
      -N DOCKER_POSTROUTING
      -A OUTPUT -d 127.0.0.11/32 -j DOCKER_OUTPUT
      -A POSTROUTING -d 127.0.0.11/32 -j DOCKER_POSTROUTING
      -A DOCKER_OUTPUT -d 127.0.0.11/32 -p udp -m udp --dport 53 -j DNAT --to-destination 127.0.0.11:40000
      -A DOCKER_POSTROUTING -s 127.0.0.11/32 -p udp -m udp --sport 40000 -j SNAT --to-source :53`,
    );
    const lo = link('lo');
    const dns = ip('127.0.0.11');
    const query = context(udp([ip('127.0.0.1'), 3333], [dns, 53]), undefined, lo);
    expect(pass(filter, query, 'OUTPUT', 'POSTROUTING')).toBe('127.0.0.1:3333 > 127.0.0.11:40000');
    const arrived = { ...query, inLink: lo, outLink: undefined };
    expect(pass(filter, arrived, 'PREROUTING', 'INPUT')).toBe('127.0.0.1:3333 > 127.0.0.11:40000');
    const reply = context(udp([dns, 40_000], [ip('127.0.0.1'), 3333]), undefined, lo);
    pass(filter, reply, 'OUTPUT', 'POSTROUTING');
    const back = { ...reply, inLink: lo, outLink: undefined };
    expect(pass(filter, back, 'PREROUTING', 'INPUT')).toBe('127.0.0.11:53 > 127.0.0.1:3333');
  });

  test('REDIRECT leads to the host itself', () => {
    const { filter } = world();
    rules(filter, '*nat\n-A PREROUTING -p tcp -m tcp --dport 8080 -j REDIRECT --to-ports 80');
    const c = context(tcp([client, 4000], [ip('10.0.0.7'), 8080], { syn: true }), eth0);
    expect(pass(filter, c, 'PREROUTING')).toBe('192.168.56.1:4000 > 192.168.56.10:80');
  });

  test('IPVS: the answer is expected from the server, and the source translated back for it', () => {
    const { filter } = world();
    rules(
      filter,
      '*nat\n-A POSTROUTING -d 10.0.0.0/24 -m ipvs --ipvs -j SNAT --to-source 10.0.0.2',
    );
    const c = context(tcp([client, 4000], [ip('10.0.0.6'), 80], { syn: true }), eth0);
    pass(filter, c, 'PREROUTING', 'INPUT');
    const fresh = context(tcp([client, 4001], [ip('10.0.0.6'), 80], { syn: true }), eth0);
    pass(filter, fresh, 'PREROUTING');
    filter.hook('INPUT', fresh);
    filter.expectReplyFrom?.(fresh, ip('10.0.0.9'), 80);
    fresh.packet = { ...fresh.packet, destination: ip('10.0.0.9') };
    fresh.ipvs = true;
    fresh.outLink = eth0;
    expect(pass(filter, fresh, 'OUTPUT', 'POSTROUTING')).toBe('10.0.0.2:4001 > 10.0.0.9:80');
    const answer = tcp([ip('10.0.0.9'), 80], [ip('10.0.0.2'), 4001], { syn: true, ack: true });
    expect(pass(filter, context(answer, eth0), 'PREROUTING')).toBe(
      '10.0.0.9:80 > 192.168.56.1:4001',
    );
  });
});
