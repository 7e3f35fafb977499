import { describe, expect, test } from 'vitest';
import { createKernel, createNetworkWorld } from '../kernel/index.ts';
import { Sim } from '../sim/index.ts';
import { must, type Result } from '../std/index.ts';
import { parseIpv4 } from '../wire/index.ts';
import type { VirtualEntry } from './api.ts';
import { deviceDirectories, procNet } from './net-files.ts';

function unwrap<T>(result: Result<T, unknown>): T {
  if (!result.ok) throw new Error(String(result.error));
  return result.value;
}

/** The text of a computed file, found by its path. */
function textOf(entries: ReadonlyMap<string, VirtualEntry>, path: string): string {
  const [name = '', ...rest] = path.split('/');
  const entry = must(entries.get(name), name);
  if (entry.type === 'directory') return textOf(entry.entries(), rest.join('/'));
  return entry.type === 'file' ? entry.text() : entry.type === 'symlink' ? entry.target : '';
}

function bridged() {
  const sim = new Sim({ seed: 1, epochMillis: 0 });
  const kernel = createKernel(createNetworkWorld(sim), { host: 'manager1' });
  const netns = kernel.initNetns;
  const bridge = unwrap(kernel.linkAdd(netns, { name: 'br0', kind: 'bridge' }));
  const port = unwrap(
    kernel.linkAdd(netns, { name: 'veth0', kind: 'veth', peer: { name: 'eth9' } }),
  );
  unwrap(kernel.linkSet(port.id, { master: bridge.id, up: true }));
  unwrap(kernel.linkSet(bridge.id, { up: true }));
  unwrap(kernel.addressAdd(bridge.id, must(parseIpv4('10.1.2.1'), 'address'), 24));
  return { kernel, netns };
}

describe('/sys/class/net', () => {
  test('tells which device is the other end of a veth', () => {
    const { kernel, netns } = bridged();
    const here = deviceDirectories(kernel, netns);
    expect(textOf(here, 'veth0/iflink')).toBe(textOf(here, 'eth9/ifindex'));
    expect(textOf(here, 'eth9/iflink')).toBe(textOf(here, 'veth0/ifindex'));
    expect(textOf(here, 'lo/iflink')).toBe('1\n');
  });

  test('tells bridges and their ports', () => {
    const { kernel, netns } = bridged();
    const here = deviceDirectories(kernel, netns);
    expect(textOf(here, 'veth0/master')).toBe('../br0');
    expect(textOf(here, 'br0/brif/veth0')).toBe('../../veth0/brport');
    expect(textOf(here, 'br0/bridge/stp_state')).toBe('0\n');
    expect(textOf(here, 'br0/flags')).toBe('0x1003\n');
  });
});

describe('/proc/net', () => {
  test('route', () => {
    const { kernel, netns } = bridged();
    expect(textOf(procNet(kernel, netns), 'route').split('\n')[1]?.trimEnd()).toBe(
      'br0\t0002010A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0',
    );
  });

  test('tcp', () => {
    const { kernel, netns } = bridged();
    unwrap(kernel.sockets.tcpListen(netns, { port: 80, family: 'ipv4' }));
    expect(textOf(procNet(kernel, netns), 'tcp')).toContain(': 00000000:0050 00000000:0000 0A ');
  });
});
