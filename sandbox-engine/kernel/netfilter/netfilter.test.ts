// Rules, NAT and connection tracking of one namespace, with packets put through the hooks as IP processing does.
import { describe, expect, test } from 'vitest';
import { seconds } from '../../sim/index.ts';
import { must } from '../../std/index.ts';
import type { Ipv4Packet } from '../../wire/index.ts';
import type { TableName } from './api.ts';
import type { PacketFilter } from './hook.ts';
import { parseRule } from './rule-text.ts';
import {
  client,
  container,
  context,
  docker0,
  eth0,
  forward,
  pass,
  publish,
  rules,
  tcp,
  tracked,
  udp,
  world,
} from './testing.ts';

describe('connection tracking', () => {
  const ct = '*nat\n-A PREROUTING -j ACCEPT';
  const through = (filter: PacketFilter, p: Ipv4Packet) =>
    pass(filter, context(p, eth0, docker0), ...forward);

  test('nothing is tracked before a rule needs it', () => {
    const { filter } = world();
    through(filter, udp([client, 1], [container, 2]));
    expect(tracked(filter)).toEqual([]);
  });

  test('a TCP connection from SYN to TIME_WAIT, and its timeouts', () => {
    const { filter, sim } = world();
    rules(filter, ct);
    const there = (flags: Segment) => through(filter, tcp([client, 1], [container, 80], flags));
    const back = (flags: Segment) => through(filter, tcp([container, 80], [client, 1], flags));
    const seen: string[] = [];
    const look = () => {
      const row = must(filter.conntrack()[0], 'the connection');
      const left = (row.expiresAt - sim.now()) / 1_000_000;
      seen.push(
        `${row.state} ${left}${row.replied ? '' : ' UNREPLIED'}${row.assured ? ' ASSURED' : ''}`,
      );
    };
    there({ syn: true });
    look();
    back({ syn: true, ack: true });
    look();
    there({ ack: true });
    look();
    there({ fin: true, ack: true });
    look();
    back({ ack: true });
    look();
    back({ fin: true, ack: true });
    look();
    there({ ack: true });
    look();
    sim.advanceTo(seconds(121));
    expect(tracked(filter)).toEqual([]);
    expect(seen).toEqual([
      'SYN_SENT 120 UNREPLIED',
      'SYN_RECV 60',
      'ESTABLISHED 432000 ASSURED',
      'FIN_WAIT 120 ASSURED',
      'CLOSE_WAIT 60 ASSURED',
      'LAST_ACK 30 ASSURED',
      'TIME_WAIT 120 ASSURED',
    ]);
  });

  test('a refused connection leaves nothing behind', () => {
    const { filter } = world();
    rules(filter, ct);
    through(filter, tcp([client, 1], [container, 80], { syn: true }));
    through(filter, tcp([container, 80], [client, 1], { rst: true, ack: true }));
    expect(tracked(filter)).toEqual([]);
  });

  test('UDP: 30 seconds, 120 for a stream', () => {
    const { filter, sim } = world();
    rules(filter, ct);
    const left = () => (must(filter.conntrack()[0], 'row').expiresAt - sim.now()) / 1_000_000;
    through(filter, udp([client, 1], [container, 53]));
    through(filter, udp([container, 53], [client, 1]));
    expect(left()).toBe(30);
    sim.advanceTo(seconds(3));
    through(filter, udp([client, 1], [container, 53]));
    expect(left()).toBe(120);
  });
});

describe('tables', () => {
  test('they come into being with their first use, and are listed newest first', () => {
    const { filter } = world();
    expect(filter.tables?.()).toEqual([]);
    filter.use?.('filter');
    filter.find('mangle', 'OUTPUT', { matches: [] });
    rules(filter, '*raw\n-A PREROUTING -j DROP');
    expect(filter.tables?.()).toEqual(['raw', 'mangle', 'filter']);
    expect(filter.chains('raw').map((c) => c.name)).toEqual(['PREROUTING', 'OUTPUT']);
  });

  test('what the kernel refuses', () => {
    const { filter } = world();
    const append = (table: TableName, chain: string, text: string) => {
      const rule = parseRule(text);
      const done = rule.ok ? filter.append(table, chain, rule.value) : rule;
      return done.ok ? 'ok' : done.error;
    };
    rules(
      filter,
      '*filter\n-N A\n-N B\n-A A -j B\n-A FORWARD -j A\n*nat\n-N N\n-A N -p tcp -j DNAT --to-destination 1.2.3.4',
    );
    expect([
      append('filter', 'NOPE', '-j ACCEPT'),
      append('filter', 'FORWARD', '-j NOPE'),
      append('filter', 'B', '-j A'),
      append('filter', 'FORWARD', '-j MASQUERADE'),
      append('nat', 'PREROUTING', '-j MASQUERADE'),
      append('nat', 'POSTROUTING', '-j N'),
      append('nat', 'OUTPUT', '-j N'),
      append('filter', 'INPUT', '-j REJECT --reject-with tcp-reset'),
      filter.deleteChain('filter', 'B'),
      filter.deleteChain('filter', 'A'),
      filter.deleteChain('filter', 'INPUT'),
      filter.newChain('filter', 'A'),
    ]).toEqual([
      'ENOENT',
      'ENOENT',
      'ELOOP',
      'EINVAL',
      'EINVAL',
      'EINVAL',
      'ok',
      'EINVAL',
      { ok: false, error: 'EMLINK' },
      { ok: false, error: 'EMLINK' },
      { ok: false, error: 'EINVAL' },
      { ok: false, error: 'EEXIST' },
    ]);
  });

  test('the namespace goes with all its rows', () => {
    const { filter, store } = world();
    rules(filter, publish);
    pass(filter, context(udp([container, 1], [client, 2]), docker0, eth0), ...forward);
    filter.dispose?.();
    expect([store.chains.size, store.rules.size, store.conntrack.size]).toEqual([0, 0, 0]);
  });
});
