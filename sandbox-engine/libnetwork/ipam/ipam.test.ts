// Pools and addresses as they are given out (golden 071, 032).
import { describe, expect, test } from 'vitest';
import { must } from '../../std/index.ts';
import type { NetworkSpec } from '../api.ts';
import { containerSpec, interfaces, message, type TestHost, testHost, value } from '../testing.ts';

const create = (host: TestHost, name: string, spec: Partial<NetworkSpec> = {}) =>
  value(host.controller.createNetwork({ name, ...spec }));
const start = (host: TestHost, ...args: Parameters<typeof containerSpec>) =>
  value(host.controller.createSandbox(containerSpec(...args)));
const subnet = (text: string): Partial<NetworkSpec> => ({ ipam: { config: [{ subnet: text }] } });

describe('addresses and pools (071)', () => {
  test('default pools in order, freed ones first, those of the host left out', () => {
    const host = testHost();
    const got = (name: string): string => create(host, name).subnets[0]?.subnet ?? '';
    const remove = (name: string): void =>
      value(host.controller.removeNetwork(value(host.controller.find(name)).networkId));
    create(host, 'docker_gwbridge');
    expect(['s1', 's2', 's3', 's4', 's5'].map(got)).toEqual([
      '172.19.0.0/16',
      '172.20.0.0/16',
      '172.21.0.0/16',
      '172.22.0.0/16',
      '172.23.0.0/16',
    ]);
    remove('s2');
    expect(['s6', 's7'].map(got)).toEqual(['172.20.0.0/16', '172.24.0.0/16']);
    remove('s1');
    remove('s6');
    expect(got('s8')).toBe('172.19.0.0/16');
    create(host, 'x1', subnet('172.30.0.0/16'));
    create(host, 'x2', subnet('172.25.0.0/24'));
    const rest: string[] = [];
    for (let n = 20; ; n += 1) {
      const made = host.controller.createNetwork({ name: `t${n}` });
      if (made.ok) rest.push(made.value.subnets[0]?.subnet ?? '');
      else {
        expect(message(made)).toBe('all predefined address pools have been fully subnetted');
        break;
      }
    }
    expect(rest).toEqual(
      '172.20 172.26 172.27 172.28 172.29 172.31'
        .split(' ')
        .map((net) => `${net}.0.0/16`)
        .concat(
          [0, 16, 32, 64, 80, 96, 112, 128, 144, 160, 176, 192, 208, 224, 240].map(
            (n) => `192.168.${n}.0/20`,
          ),
        ),
    );
  });

  test('the lowest free address, given back when the container stops', () => {
    const host = testHost();
    create(host, 's3');
    const run = (name: string): string => {
      const { id } = start(host, name, ['s3']);
      return `${(host.controller.endpointsOf(id)[0]?.address ?? 0) & 255}`;
    };
    expect(['a1', 'a2', 'a3', 'a4'].map(run)).toEqual(['2', '3', '4', '5']);
    const stop = (name: string): void => {
      const { containerId } = containerSpec(name, []);
      host.controller.deleteSandbox(must(host.controller.sandboxOf(containerId), name).id);
    };
    stop('a2');
    expect(run('a5')).toBe('3');
    expect(run('a6')).toBe('6');
    stop('a3');
    expect(run('a7')).toBe('4');
    expect(run('a3')).toBe('7');
  });

  test('ranges, auxiliary addresses and small subnets', () => {
    const host = testHost();
    create(host, 'nm', {
      ipam: {
        config: [
          {
            subnet: '10.60.0.0/16',
            ipRange: '10.60.5.0/24',
            gateway: '10.60.0.254',
            auxAddresses: { h: '10.60.5.0', r: '10.60.5.1' },
          },
        ],
      },
    });
    create(host, 's31', subnet('10.7.0.0/31'));
    const s30 = create(host, 's30', subnet('10.7.1.0/30'));
    const address = (name: string, network: string): string =>
      interfaces(host, start(host, name, [network]).netns);
    expect(address('n1', 'nm')).toBe('2: eth0 mtu 1500 10.60.5.2/16');
    expect(address('n2', 's31')).toBe('2: eth0 mtu 1500 10.7.0.1/31');
    expect(address('n3', 's30')).toBe('2: eth0 mtu 1500 10.7.1.2/30');
    expect(message(host.controller.createSandbox(containerSpec('n4', ['s30'])))).toBe(
      `no available IPv4 addresses on this network's address pools: s30 (${s30.networkId})`,
    );
    expect(host.netnsFiles.size).toBe(3);
  });
});
