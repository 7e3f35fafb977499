// Networks and sandboxes of one host, against what was recorded (golden 070).
import { describe, expect, test } from 'vitest';
import { must } from '../std/index.ts';
import type { EndpointSettings, NetworkSpec } from './api.ts';
import { createNetworkController } from './controller.ts';
import {
  containerSpec,
  interfaces,
  iptables,
  MemoryFiles,
  routes,
  type TestHost,
  testHost,
  value,
} from './testing.ts';

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

describe('a sandbox that is built step by step', () => {
  test('has its interfaces one by one, and is the same in the end', () => {
    const [slow, atOnce] = [testHost(), testHost()];
    for (const host of [slow, atOnce]) {
      create(host, 'n1');
      create(host, 'n2');
    }
    const building = slow.controller.buildSandbox(containerSpec('web', ['n2', 'n1']));
    const seen: string[] = [];
    let progress = building.next();
    while (!progress.done) {
      const sandbox = slow.controller.sandboxOf(containerSpec('web', []).containerId);
      const names = sandbox ? slow.controller.endpointsOf(sandbox.id) : [];
      seen.push(`${progress.value.step} ${names.map(({ networkName }) => networkName).join()}`);
      progress = building.next();
    }
    expect(seen).toEqual(['interface ', 'rules n1', 'interface n1', 'rules n1,n2']);
    const built = value(progress.value);
    const made = start(atOnce, 'web', ['n2', 'n1']);
    expect(routes(slow, built.netns)).toBe(routes(atOnce, made.netns));
  });

  test('is a failure when it is deleted meanwhile, and leaves nothing', () => {
    const host = testHost();
    const { networkId } = create(host, 'n1');
    const building = host.controller.buildSandbox(containerSpec('web', ['n1']));
    building.next();
    building.next();
    const sandbox = host.controller.sandboxOf(containerSpec('web', []).containerId);
    host.controller.deleteSandbox(must(sandbox, 'the sandbox').id);
    const progress = building.next();
    expect(progress.done && !progress.value.ok).toBe(true);
    expect(host.controller.endpoints(networkId)).toEqual([]);
    expect(host.netnsFiles.size).toBe(0);
  });
});
