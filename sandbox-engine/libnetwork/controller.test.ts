// Networks and sandboxes of one host, against what was recorded (golden 070, 071, 032).
import { describe, expect, test } from 'vitest';
import { must } from '../std/index.ts';
import type { EndpointSettings, NetworkSpec } from './api.ts';
import { createNetworkController } from './controller.ts';
import {
  containerSpec,
  interfaces,
  iptables,
  MemoryFiles,
  message,
  routes,
  type TestHost,
  testHost,
  value,
} from './testing.ts';
import { validateEndpointSettings } from './validate.ts';

const create = (host: TestHost, name: string, spec: Partial<NetworkSpec> = {}) =>
  value(host.controller.createNetwork({ name, ...spec }));
const start = (host: TestHost, ...args: Parameters<typeof containerSpec>) =>
  value(host.controller.createSandbox(containerSpec(...args)));
const subnet = (text: string): Partial<NetworkSpec> => ({ ipam: { config: [{ subnet: text }] } });

describe('a fresh daemon', () => {
  test('has docker0 as interface 3, without carrier', () => {
    const host = testHost();
    const { kernel } = host;
    const docker0 = must(kernel.linkByName(kernel.initNetns, 'docker0'), 'docker0');
    expect(docker0.ifindex).toBe(3);
    expect(kernel.linkState(docker0.id).carrier).toBe(false);
    expect(routes(host, kernel.initNetns)).toBe(
      `172.17.0.0/16 dev docker0
192.168.56.0/24 dev eth0
default via 192.168.56.1 dev eth0`,
    );
  });

  test('has the rules of 28.5', () => {
    const host = testHost();
    expect(iptables(host, 'filter')).toBe(`-P INPUT ACCEPT
-P FORWARD ACCEPT
-P OUTPUT ACCEPT
-N DOCKER
-N DOCKER-BRIDGE
-N DOCKER-CT
-N DOCKER-FORWARD
-N DOCKER-ISOLATION-STAGE-1
-N DOCKER-ISOLATION-STAGE-2
-N DOCKER-USER
-A FORWARD -j DOCKER-USER
-A FORWARD -j DOCKER-FORWARD
-A DOCKER ! -i docker0 -o docker0 -j DROP
-A DOCKER-BRIDGE -o docker0 -j DOCKER
-A DOCKER-CT -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A DOCKER-FORWARD -j DOCKER-CT
-A DOCKER-FORWARD -j DOCKER-ISOLATION-STAGE-1
-A DOCKER-FORWARD -j DOCKER-BRIDGE
-A DOCKER-FORWARD -i docker0 -j ACCEPT
-A DOCKER-ISOLATION-STAGE-1 -i docker0 ! -o docker0 -j DOCKER-ISOLATION-STAGE-2
-A DOCKER-ISOLATION-STAGE-2 -o docker0 -j DROP`);
    expect(iptables(host, 'nat')).toBe(`-P PREROUTING ACCEPT
-P INPUT ACCEPT
-P OUTPUT ACCEPT
-P POSTROUTING ACCEPT
-N DOCKER
-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
-A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER
-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
-A DOCKER -i docker0 -j RETURN`);
  });
});

describe('rules of networks (070:43-66)', () => {
  test('user, internal, without icc, without masquerade, with a name of its own', () => {
    const host = testHost();
    const before = iptables(host, 'filter');
    const names = new Map<string, string>();
    for (const [name, spec] of [
      ['n1', {}],
      ['n2', subnet('10.50.0.0/24')],
      ['n3', { internal: true }],
      ['noicc', { options: { 'com.docker.network.bridge.enable_icc': 'false' } }],
      ['nomasq', { options: { 'com.docker.network.bridge.enable_ip_masquerade': 'false' } }],
      [
        'nm',
        {
          options: { 'com.docker.network.bridge.name': 'mybr0' },
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
        },
      ],
    ] as const)
      names.set(create(host, name, spec).bridge ?? '', name);
    const readable = (text: string): string =>
      text.replace(/br-[0-9a-f]{12}/g, (bridge) => `<${names.get(bridge)}>`);
    expect(readable(iptables(host, 'filter'))).toBe(`-P INPUT ACCEPT
-P FORWARD ACCEPT
-P OUTPUT ACCEPT
-N DOCKER
-N DOCKER-BRIDGE
-N DOCKER-CT
-N DOCKER-FORWARD
-N DOCKER-ISOLATION-STAGE-1
-N DOCKER-ISOLATION-STAGE-2
-N DOCKER-USER
-A FORWARD -j DOCKER-USER
-A FORWARD -j DOCKER-FORWARD
-A DOCKER ! -i docker0 -o docker0 -j DROP
-A DOCKER ! -i <n1> -o <n1> -j DROP
-A DOCKER ! -i <n2> -o <n2> -j DROP
-A DOCKER ! -i <noicc> -o <noicc> -j DROP
-A DOCKER ! -i <nomasq> -o <nomasq> -j DROP
-A DOCKER ! -i mybr0 -o mybr0 -j DROP
-A DOCKER-BRIDGE -o docker0 -j DOCKER
-A DOCKER-BRIDGE -o <n1> -j DOCKER
-A DOCKER-BRIDGE -o <n2> -j DOCKER
-A DOCKER-BRIDGE -o <noicc> -j DOCKER
-A DOCKER-BRIDGE -o <nomasq> -j DOCKER
-A DOCKER-BRIDGE -o mybr0 -j DOCKER
-A DOCKER-CT -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A DOCKER-CT -o <n1> -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A DOCKER-CT -o <n2> -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A DOCKER-CT -o <noicc> -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A DOCKER-CT -o <nomasq> -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A DOCKER-CT -o mybr0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A DOCKER-FORWARD -j DOCKER-CT
-A DOCKER-FORWARD -j DOCKER-ISOLATION-STAGE-1
-A DOCKER-FORWARD -j DOCKER-BRIDGE
-A DOCKER-FORWARD -i docker0 -j ACCEPT
-A DOCKER-FORWARD -i <n1> -j ACCEPT
-A DOCKER-FORWARD -i <n2> -j ACCEPT
-A DOCKER-FORWARD -i <n3> -o <n3> -j ACCEPT
-A DOCKER-FORWARD -i <noicc> -o <noicc> -j DROP
-A DOCKER-FORWARD -i <noicc> ! -o <noicc> -j ACCEPT
-A DOCKER-FORWARD -i <nomasq> -j ACCEPT
-A DOCKER-FORWARD -i mybr0 -j ACCEPT
-A DOCKER-ISOLATION-STAGE-1 ! -s 172.19.0.0/16 -o <n3> -j DROP
-A DOCKER-ISOLATION-STAGE-1 ! -d 172.19.0.0/16 -i <n3> -j DROP
-A DOCKER-ISOLATION-STAGE-1 -i docker0 ! -o docker0 -j DOCKER-ISOLATION-STAGE-2
-A DOCKER-ISOLATION-STAGE-1 -i <n1> ! -o <n1> -j DOCKER-ISOLATION-STAGE-2
-A DOCKER-ISOLATION-STAGE-1 -i <n2> ! -o <n2> -j DOCKER-ISOLATION-STAGE-2
-A DOCKER-ISOLATION-STAGE-1 -i <noicc> ! -o <noicc> -j DOCKER-ISOLATION-STAGE-2
-A DOCKER-ISOLATION-STAGE-1 -i <nomasq> ! -o <nomasq> -j DOCKER-ISOLATION-STAGE-2
-A DOCKER-ISOLATION-STAGE-1 -i mybr0 ! -o mybr0 -j DOCKER-ISOLATION-STAGE-2
-A DOCKER-ISOLATION-STAGE-2 -o mybr0 -j DROP
-A DOCKER-ISOLATION-STAGE-2 -o <nomasq> -j DROP
-A DOCKER-ISOLATION-STAGE-2 -o <noicc> -j DROP
-A DOCKER-ISOLATION-STAGE-2 -o <n2> -j DROP
-A DOCKER-ISOLATION-STAGE-2 -o <n1> -j DROP
-A DOCKER-ISOLATION-STAGE-2 -o docker0 -j DROP`);
    expect(readable(iptables(host, 'nat'))).toBe(`-P PREROUTING ACCEPT
-P INPUT ACCEPT
-P OUTPUT ACCEPT
-P POSTROUTING ACCEPT
-N DOCKER
-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
-A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER
-A POSTROUTING -s 10.60.0.0/16 ! -o mybr0 -j MASQUERADE
-A POSTROUTING -s 172.20.0.0/16 ! -o <noicc> -j MASQUERADE
-A POSTROUTING -s 10.50.0.0/24 ! -o <n2> -j MASQUERADE
-A POSTROUTING -s 172.18.0.0/16 ! -o <n1> -j MASQUERADE
-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
-A DOCKER -i mybr0 -j RETURN
-A DOCKER -i <noicc> -j RETURN
-A DOCKER -i <n2> -j RETURN
-A DOCKER -i <n1> -j RETURN
-A DOCKER -i docker0 -j RETURN`);
    for (const name of names.values())
      value(host.controller.removeNetwork(value(host.controller.find(name)).networkId));
    expect(iptables(host, 'filter')).toBe(before);
  });
});

describe('containers on several networks (070:1-35)', () => {
  function several(): TestHost {
    const host = testHost();
    create(host, 'n1');
    create(host, 'n2', subnet('10.50.0.0/24'));
    create(host, 'n3', { internal: true });
    return host;
  }
  const view = (host: TestHost, name: string): string => {
    const { containerId } = containerSpec(name, []);
    const { netns } = must(host.controller.sandboxOf(containerId), name);
    return `${interfaces(host, netns)}\n${routes(host, netns)}`;
  };
  const connect = (host: TestHost, sandbox: string, settings: EndpointSettings) =>
    value(host.controller.connect(sandbox, settings));

  test('interfaces are numbered in order of connection, and the default route goes to the best gateway', () => {
    const host = several();
    const fs = new MemoryFiles();
    const ca = start(host, 'ca', ['n1'], { fs });
    start(host, 'cb', ['n1']);
    start(host, 'cd', ['bridge']);
    start(host, 'ce', ['n3']);
    for (const network of ['n2', 'n3', 'bridge']) connect(host, ca.id, { network });
    expect(view(host, 'ca')).toBe(`2: eth0 mtu 1500 172.18.0.2/16
3: eth1 mtu 1500 10.50.0.2/24
4: eth2 mtu 1500 172.19.0.3/16
5: eth3 mtu 1500 172.17.0.3/16
10.50.0.0/24 dev eth1
172.17.0.0/16 dev eth3
172.18.0.0/16 dev eth0
172.19.0.0/16 dev eth2
default via 172.17.0.1 dev eth3`);
    expect(fs.files.get('/etc/hosts')).toBe(`127.0.0.1\tlocalhost
::1\tlocalhost ip6-localhost ip6-loopback
fe00::\tip6-localnet
ff00::\tip6-mcastprefix
ff02::1\tip6-allnodes
ff02::2\tip6-allrouters
172.18.0.2\t636100000000
10.50.0.2\t636100000000
172.19.0.3\t636100000000
172.17.0.3\t636100000000
`);
    value(host.controller.disconnect(ca.id, value(host.controller.find('n1')).networkId, false));
    connect(host, ca.id, { network: 'n1' });
    expect(interfaces(host, ca.netns)).toBe(`3: eth1 mtu 1500 10.50.0.2/24
4: eth2 mtu 1500 172.19.0.3/16
5: eth3 mtu 1500 172.17.0.3/16
6: eth0 mtu 1500 172.18.0.2/16`);
    const { kernel } = host;
    const outside = host.controller
      .endpointsOf(ca.id)
      .map(({ hostLink }) => hostLink && kernel.link(hostLink)?.ifindex);
    // 14 went to the old eth0 when Docker moved it to the host to delete it (070:16).
    expect(outside).toEqual([11, 12, 13, 15]);
  });

  test('a restart numbers anew: internal networks first, then by name; numbers of the host have gaps', () => {
    const host = several();
    for (const [name, network] of [
      ['ca', 'n1'],
      ['cb', 'n1'],
      ['cd', 'bridge'],
      ['ce', 'n3'],
    ] as const)
      start(host, name, [network]);
    const { containerId } = containerSpec('ca', []);
    const ca = must(host.controller.sandboxOf(containerId), 'ca');
    for (const network of ['n2', 'n3', 'bridge']) connect(host, ca.id, { network });
    value(host.controller.disconnect(ca.id, value(host.controller.find('n1')).networkId, false));
    connect(host, ca.id, { network: 'n1' });
    host.controller.deleteSandbox(ca.id);
    const again = start(host, 'ca', ['n1', 'n2', 'n3', 'bridge']);
    expect(view(host, 'ca')).toBe(`2: eth0 mtu 1500 172.19.0.3/16
3: eth1 mtu 1500 172.17.0.3/16
4: eth2 mtu 1500 172.18.0.2/16
5: eth3 mtu 1500 10.50.0.2/24
10.50.0.0/24 dev eth3
172.17.0.0/16 dev eth1
172.18.0.0/16 dev eth2
172.19.0.0/16 dev eth0
default via 172.17.0.1 dev eth1`);
    const outside = host.controller
      .endpointsOf(again.id)
      .map(({ hostLink }) => hostLink && host.kernel.link(hostLink)?.ifindex);
    expect(outside).toEqual([20, 21, 22, 23]);
  });

  test('gw-priority decides over the name', () => {
    const host = several();
    start(host, 'm2', ['n2', 'n1']);
    expect(view(host, 'm2')).toBe(`2: eth0 mtu 1500 172.18.0.2/16
3: eth1 mtu 1500 10.50.0.2/24
10.50.0.0/24 dev eth1
172.18.0.0/16 dev eth0
default via 172.18.0.1 dev eth0`);
    start(host, 'm3', ['n1', { network: 'n2', gatewayPriority: 10 }]);
    expect(view(host, 'm3')).toContain('default via 10.50.0.1 dev eth1');
  });

  test('a container on internal networks alone has no default route', () => {
    const host = several();
    start(host, 'ce', ['n3']);
    expect(view(host, 'ce')).toBe(`2: eth0 mtu 1500 172.19.0.2/16
172.19.0.0/16 dev eth0`);
  });

  test('direct access to addresses is dropped, except on internal networks (070:51)', () => {
    const host = several();
    start(host, 'ca', ['n1', 'n3']);
    const bridge = value(host.controller.find('n1')).bridge;
    expect(iptables(host, 'raw')).toBe(`-P PREROUTING ACCEPT
-P OUTPUT ACCEPT
-A PREROUTING -d 172.18.0.2/32 ! -i ${bridge} -j DROP`);
  });
});

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

describe('a daemon that starts again', () => {
  test('forgets its sandboxes and puts back what is missing of bridges and rules', () => {
    const host = testHost();
    const n1 = create(host, 'n1');
    const fresh = iptables(host, 'filter');
    start(host, 'ca', ['n1']);
    host.controller.shutdown();
    const filter = host.kernel.netfilter(host.kernel.initNetns);
    for (const table of ['filter', 'nat', 'raw'] as const) filter.flush(table);
    createNetworkController({
      sim: host.sim,
      kernel: host.kernel,
      host: 'h0',
      rows: host.rows,
      readHostFile: () => undefined,
    });
    expect(iptables(host, 'filter')).toBe(fresh);
    expect(host.rows.endpoints.size).toBe(0);
    expect(host.netnsFiles.size).toBe(0);
    expect(host.kernel.linkByName(host.kernel.initNetns, n1.bridge ?? '')).toBeDefined();
  });
});
