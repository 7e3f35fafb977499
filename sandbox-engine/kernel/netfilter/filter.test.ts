// What the tables let pass, drop and change, in which order.
import { describe, expect, test } from 'vitest';
import { ip } from '../../wire/index.ts';
import {
  client,
  container,
  context,
  docker0,
  eth0,
  hostAddress,
  pass,
  rules,
  tcp,
  udp,
  world,
} from './testing.ts';

describe('the filter', () => {
  test('established connections pass where new ones are dropped', () => {
    const { filter } = world();
    rules(
      filter,
      `*filter
      -A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
      -A INPUT -j DROP`,
    );
    const strange = context(tcp([client, 1], [hostAddress, 22], { syn: true }), eth0);
    expect(pass(filter, strange, 'PREROUTING', 'INPUT')).toBe('INPUT drop');
    pass(
      filter,
      context(tcp([hostAddress, 5000], [client, 80], { syn: true }), undefined, eth0),
      'OUTPUT',
      'POSTROUTING',
    );
    const answer = context(tcp([client, 80], [hostAddress, 5000], { syn: true, ack: true }), eth0);
    expect(pass(filter, answer, 'PREROUTING', 'INPUT')).toBe(
      '192.168.56.1:80 > 192.168.56.10:5000',
    );
    const out = context(tcp([client, 80], [hostAddress, 5001], { syn: true, ack: true }), eth0);
    expect(pass(filter, out, 'PREROUTING', 'INPUT')).toBe('INPUT drop');
  });

  test('RETURN, goto and policies', () => {
    const { filter, trace } = world();
    rules(
      filter,
      `*filter
      -N A
      -N B
      -A FORWARD -i eth0 -j A
      -A FORWARD -j ACCEPT
      -A A -g B
      -A A -j DROP
      -A B -p udp -j RETURN`,
    );
    filter.setPolicy('filter', 'FORWARD', 'DROP');
    const c = () => context(udp([client, 1], [container, 2]), eth0, docker0);
    expect(pass(filter, c(), 'FORWARD')).toBe('192.168.56.1:1 > 172.17.0.2:2');
    filter.delete('filter', 'FORWARD', 1);
    expect(pass(filter, c(), 'FORWARD')).toBe('FORWARD drop');
    expect(trace).toEqual([
      {
        stage: 'forward',
        kind: 'rule',
        table: 'filter',
        chain: 'FORWARD',
        number: 2,
        effect: { name: 'ACCEPT' },
      },
      { stage: 'forward', kind: 'policy-drop', table: 'filter', chain: 'FORWARD' },
    ]);
    expect(filter.counters('h/init/filter/FORWARD')).toEqual({ packets: 1, bytes: 30 });
  });

  test('raw comes before tracking, mangle before nat, nat before filter on OUTPUT', () => {
    const { filter, trace } = world();
    rules(
      filter,
      `*raw
      -A OUTPUT -m conntrack --ctstate INVALID -j LOG
      *mangle
      -A OUTPUT -m conntrack --ctstate NEW -j MARK --set-mark 5
      *nat
      -A OUTPUT -p udp -m mark --mark 5 -j DNAT --to-destination 10.0.0.1
      *filter
      -A OUTPUT -d 10.0.0.1/32 -j DROP`,
    );
    const c = context(udp([hostAddress, 1], [client, 2]), undefined, eth0);
    expect(pass(filter, c, 'OUTPUT')).toBe('OUTPUT drop');
    expect(trace).toEqual([
      {
        stage: 'output',
        kind: 'rule',
        table: 'raw',
        chain: 'OUTPUT',
        number: 1,
        effect: { name: 'LOG' },
      },
      {
        stage: 'output',
        kind: 'rule',
        table: 'mangle',
        chain: 'OUTPUT',
        number: 1,
        effect: { name: 'MARK', value: 5, mask: 0xffff_ffff },
      },
      {
        stage: 'output',
        kind: 'rule',
        table: 'nat',
        chain: 'OUTPUT',
        number: 1,
        effect: { name: 'DNAT', address: ip('10.0.0.1') },
      },
      {
        stage: 'output',
        kind: 'rule',
        table: 'filter',
        chain: 'OUTPUT',
        number: 1,
        effect: { name: 'DROP' },
      },
    ]);
  });

  test('TCPMSS makes the segments of a SYN smaller, never larger', () => {
    const { filter } = world();
    rules(
      filter,
      '*mangle\n-A FORWARD -p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS --set-mss 1400',
    );
    const mss = (given: number) => {
      const c = context(tcp([client, 1], [container, 2], { syn: true, mss: given }), eth0, docker0);
      pass(filter, c, 'FORWARD');
      return c.packet.transport.protocol === 'tcp' ? c.packet.transport.mss : undefined;
    };
    expect([mss(1460), mss(1300)]).toEqual([1400, 1300]);
  });
});
