import { describe, expect, it } from 'vitest';
import { formatIpv4 } from '../wire/index.ts';
import { bridge, container, ping, TestNetwork } from './testing.ts';

describe('bridge', () => {
  it('carries a ping between two namespaces', () => {
    const net = new TestNetwork();
    const host = net.host('manager1', '192.168.56.10/24');
    const docker0 = bridge(host, 'docker0', '172.17.0.1/16');
    const a = container(host, docker0, '172.17.0.2/16');
    container(host, docker0, '172.17.0.3/16');
    const reply = net.run(ping(host, net.sim, a, '172.17.0.3'));
    expect(reply).toMatchObject({ type: 0, sequence: 1, ttl: 64, size: 56 });
    expect(host.neighbours(a).map((row) => `${formatIpv4(row.address)} ${row.state}`)).toEqual([
      '172.17.0.3 REACHABLE',
    ]);
  });
});
