import { expect, test } from 'vitest';
import type { Kernel } from './kernel-api.ts';
import type { NetnsId } from './rows.ts';
import { give, mustLink, mustOk, ping, TestNetwork } from './testing.ts';

/** A namespace with an eth0 on the host's uplink. */
function station(kernel: Kernel, kind: 'macvlan' | 'ipvlan', address: string): NetnsId {
  const netns = kernel.netnsAdd();
  const lower = mustLink(kernel, kernel.initNetns, 'eth0').id;
  const made = mustOk(kernel.linkAdd(kernel.initNetns, { name: 'tmp', kind, lower }));
  mustOk(kernel.linkSet(made.id, { netns, name: 'eth0' }));
  give(kernel, made.id, address);
  mustOk(kernel.linkSet(made.id, { up: true }));
  return netns;
}

test.each(['macvlan', 'ipvlan'] as const)('a %s is a station of the LAN', (kind) => {
  const net = new TestNetwork();
  const host = net.host('manager1', '192.168.56.10/24');
  const other = net.host('worker1', '192.168.56.11/24');
  const a = station(host, kind, '192.168.56.128/24');
  const b = station(host, kind, '192.168.56.129/24');
  const reaches = (kernel: Kernel, from: NetnsId, to: string) => {
    const answer = net.run(ping(kernel, net.sim, from, to));
    return typeof answer === 'object' && answer.type === 0;
  };
  expect(reaches(host, a, '192.168.56.129')).toBe(true);
  expect(reaches(host, b, '192.168.56.11')).toBe(true);
  expect(reaches(other, other.initNetns, '192.168.56.128')).toBe(true);
  // The host and what shares its uplink do not hear each other.
  expect(reaches(host, a, '192.168.56.10')).toBe(false);
  expect(reaches(host, host.initNetns, '192.168.56.128')).toBe(false);
  expect(reaches(host, host.initNetns, '192.168.56.11')).toBe(true);
});

test('the two kinds do not share one device, and go with it', () => {
  const net = new TestNetwork();
  const host = net.host('manager1', '192.168.56.10/24');
  const lower = mustLink(host, host.initNetns, 'eth0');
  const add = (name: string, kind: 'macvlan' | 'ipvlan', on: typeof lower) =>
    host.linkAdd(host.initNetns, { name, kind, lower: on.id });
  const mac = mustOk(add('m0', 'macvlan', lower));
  expect(mac.mac).not.toBe(lower.mac);
  expect(add('i0', 'ipvlan', lower)).toMatchObject({ ok: false, error: 'EBUSY' });
  mustOk(host.linkDelete(mac.id));
  expect(mustOk(add('i0', 'ipvlan', lower)).mac).toBe(lower.mac);
  const dummy = mustOk(host.linkAdd(host.initNetns, { name: 'd0', kind: 'dummy' }));
  mustOk(host.linkSet(dummy.id, { up: true }));
  const upper = mustOk(add('m1', 'macvlan', dummy));
  mustOk(host.linkSet(upper.id, { up: true }));
  expect(host.linkState(upper.id)).toEqual({ carrier: true, operational: 'UNKNOWN' });
  mustOk(host.linkSet(dummy.id, { up: false }));
  expect(host.linkState(upper.id)).toEqual({ carrier: false, operational: 'LOWERLAYERDOWN' });
  mustOk(host.linkDelete(dummy.id));
  expect(host.link(upper.id)).toBeUndefined();
});
