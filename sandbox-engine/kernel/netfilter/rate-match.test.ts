import { expect, test } from 'vitest';
import { micros } from '../../sim/index.ts';
import { client, context, docker0, eth0, hostAddress, pass, rules, udp, world } from './testing.ts';

test('limit lets a burst through, and then as much as time allows', () => {
  const { filter, sim } = world();
  rules(
    filter,
    `*filter
    -A INPUT -p udp -m limit --limit 2/s --limit-burst 3 -j ACCEPT
    -A INPUT -j DROP`,
  );
  const sent = (count: number): string =>
    Array.from({ length: count }, () =>
      pass(filter, context(udp([client, 1], [hostAddress, 2]), eth0, docker0), 'INPUT').endsWith(
        'drop',
      )
        ? '-'
        : '+',
    ).join('');
  const wait = (seconds: number) => sim.runUntil(micros(sim.now() + seconds * 1_000_000));
  expect(sent(5)).toBe('+++--');
  wait(0.5);
  expect(sent(2)).toBe('+-');
  wait(60);
  expect(sent(4)).toBe('+++-');
});
