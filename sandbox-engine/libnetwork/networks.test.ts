// What `network create`, `connect` and `rm` refuse (golden 032).
import { describe, expect, test } from 'vitest';
import type { EndpointSettings, NetworkSpec } from './api.ts';
import { containerSpec, message, type TestHost, testHost, value } from './testing.ts';
import { validateEndpointSettings } from './validate.ts';

const create = (host: TestHost, name: string, spec: Partial<NetworkSpec> = {}) =>
  value(host.controller.createNetwork({ name, ...spec }));
const start = (host: TestHost, ...args: Parameters<typeof containerSpec>) =>
  value(host.controller.createSandbox(containerSpec(...args)));
const subnet = (text: string): Partial<NetworkSpec> => ({ ipam: { config: [{ subnet: text }] } });

describe('what is refused, and how (032)', () => {
  const refusal = (host: TestHost, name: string, spec: Partial<NetworkSpec> = {}): string =>
    message(host.controller.createNetwork({ name, ...spec }));
  const option = (key: string, text: string): Partial<NetworkSpec> => ({
    options: { [`com.docker.network.bridge.${key}`]: text },
  });

  test('names, drivers and options', () => {
    const host = testHost();
    create(host, 'br');
    expect([
      refusal(host, 'none'),
      refusal(host, 'default'),
      refusal(host, ''),
      refusal(host, 'br'),
      refusal(host, 'n1', { driver: 'nosuchdriver' }),
      refusal(host, 'h2', { driver: 'host' }),
      refusal(host, 'n2', { driver: 'null' }),
      refusal(host, 'o2', option('name', 'thisnameistoolongforlinux')),
      refusal(host, 'o3', option('enable_icc', 'maybe')),
      refusal(host, 'i1', { ipam: { driver: 'nosuch', config: [] } }),
      refusal(host, 'i3', { ingress: true }),
      refusal(host, 'w1', { driver: 'overlay' }),
    ]).toEqual([
      'operation is not permitted on predefined none network',
      'operation is not permitted on predefined default network',
      'invalid name: name is empty',
      'network with name br already exists',
      'plugin "nosuchdriver" not found',
      'only one instance of "host" network is allowed',
      'only one instance of "null" network is allowed',
      'numerical result out of range',
      'failed to parse com.docker.network.bridge.enable_icc value: maybe (strconv.ParseBool: parsing "maybe": invalid syntax)',
      'plugin "nosuch" not found',
      'Ingress network can only be global scope network',
      'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again.',
    ]);
  });

  test('subnets', () => {
    const host = testHost();
    create(host, 's1', subnet('10.5.0.0/24'));
    const pool = 'invalid pool request: Pool overlaps with other one on this address space';
    const notation = (text: string): string =>
      `invalid network config:\ninvalid subnet ${text}: invalid CIDR block notation`;
    for (const taken of ['10.5.0.0/24', '10.5.0.128/25', '10.5.0.0/16', '172.17.0.0/16'])
      expect(refusal(host, 's2', subnet(taken))).toBe(pool);
    for (const text of ['notasubnet', '10.6.0.0', '10.6.0.0/33', '10.6.0.300/24'])
      expect(refusal(host, 's2', subnet(text))).toBe(notation(text));
    expect(refusal(host, 's3', subnet('10.6.0.5/24'))).toBe(
      'invalid network config:\ninvalid subnet 10.6.0.5/24: it should be 10.6.0.0/24',
    );
    const two = { ipam: { config: [{ subnet: '10.7.0.0/24' }, { subnet: '10.8.0.0/24' }] } };
    expect(refusal(host, 's2', two)).toBe("bridge driver doesn't support multiple subnets");
  });

  test('endpoints', () => {
    const host = testHost();
    create(host, 's1', subnet('10.5.0.0/24'));
    const c1 = start(host, 'c1', ['bridge']);
    const connect = (network: string, settings: Partial<EndpointSettings> = {}): string =>
      message(host.controller.connect(c1.id, { network, ...settings }));
    const check = (network: string, settings: Partial<EndpointSettings>): string =>
      message(validateEndpointSettings(network, value(host.controller.find(network)), settings));
    expect(connect('bridge')).toBe('endpoint with name c1 already exists in network bridge');
    for (const address of ['10.5.0.1', '10.5.0.0'])
      expect(connect('s1', { address })).toBe('Address already in use');
    expect(check('bridge', { address: '10.5.0.10' })).toBe(`invalid endpoint settings:
* user specified IP address is supported on user defined networks only
* user specified IP address is supported only when connecting to networks with user configured subnets`);
    expect(check('s1', { address: '10.99.0.10' })).toBe(`invalid endpoint settings:
no configured subnet or ip-range contain the IP address 10.99.0.10`);
    expect(check('s1', { address: 'bad' })).toBe(`invalid endpoint settings:
* invalid IPv4 address: bad
* no configured subnet or ip-range contain the IP address bad`);
    expect(check('s1', { address6: '::1' })).toBe(`invalid endpoint settings:
user specified IP address is supported only when connecting to networks with user configured subnets`);
    expect(check('bridge', { aliases: ['x'] })).toBe(`invalid endpoint settings:
network-scoped alias is supported only for containers in user defined networks`);
    expect(connect('s1', { address: '10.5.0.10' })).toBe('no failure');
    const s1 = value(host.controller.find('s1'));
    const [endpoint] = host.controller.endpoints(s1.networkId);
    expect(message(host.controller.removeNetwork(s1.networkId))).toBe(
      `error while removing network: network s1 has active endpoints (name:"c1" id:"${endpoint?.endpointId.slice(0, 12)}")`,
    );
    for (const name of ['bridge', 'host', 'none']) {
      const { networkId } = value(host.controller.find(name));
      expect(message(host.controller.removeNetwork(networkId))).toBe(
        `${name} is a pre-defined network and cannot be removed`,
      );
    }
    expect(message(host.controller.find('nosuch'))).toBe('network nosuch not found');
  });
});
