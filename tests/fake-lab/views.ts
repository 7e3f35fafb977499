// Made-up views, alike enough to be drawn.
import type {
  ChangesView,
  HostView,
  LanView,
  ViewName,
} from '../../sandbox-engine/protocol/index.ts';

const device = (id: string, name: string, kind: string, network: string, addresses: string[]) => ({
  id,
  index: 1,
  name,
  kind,
  mac: '02:42:ac:13:00:02',
  mtu: 1500,
  up: true,
  addresses,
  network,
});

export const hostView = (host: string): HostView => ({
  host,
  namespaces: [
    {
      id: 'init',
      kind: 'host',
      name: 'host',
      routes: [],
      devices: [
        device('lo', 'lo', 'loopback', '', ['127.0.0.1/8']),
        device('eth0', 'eth0', 'ether', '', ['192.168.56.10/24']),
        device('docker0', 'docker0', 'bridge', 'bridge', ['172.17.0.1/16']),
        device('gw', 'docker_gwbridge', 'bridge', 'docker_gwbridge', ['172.18.0.1/16']),
        device('br', 'br-b4e8610bb506', 'bridge', 'br', ['172.19.0.1/16']),
        device('vethA', 'veth91c57e7', 'veth', 'br', []),
        device('vethB', 'vethe607ff9', 'veth', 'br', []),
        device('vethG', 'vethd4aa0ee', 'veth', 'docker_gwbridge', []),
      ],
    },
    {
      id: 'ns1',
      kind: 'container',
      name: 'c1',
      container: { id: 'abc', image: 'alpine', state: 'running' },
      routes: [],
      devices: [device('c1eth0', 'eth0', 'veth', 'br', ['172.19.0.2/16'])],
    },
    {
      id: 'ns2',
      kind: 'container',
      name: 'web1',
      container: { id: 'abd', image: 'nginx:alpine', state: 'running' },
      routes: [],
      devices: [device('c2eth0', 'eth0', 'veth', 'br', ['172.19.0.3/16'])],
    },
    {
      id: 'ns3',
      kind: 'ingress',
      name: 'ingress_sbox',
      routes: [],
      devices: [
        device('i0', 'eth0', 'veth', 'ingress', ['10.0.0.2/24']),
        device('i1', 'eth1', 'veth', 'docker_gwbridge', ['172.18.0.2/16']),
      ],
    },
    {
      id: 'ns4',
      kind: 'overlay',
      name: '1-szrudxvyyr',
      routes: [],
      devices: [
        device('o0', 'br0', 'bridge', 'ingress', ['10.0.0.1/24']),
        device('o1', 'vxlan0', 'vxlan', 'ingress', []),
        device('o2', 'veth0', 'veth', 'ingress', []),
      ],
    },
  ],
  wires: [
    { from: 'c1eth0', to: 'vethA', kind: 'veth' },
    { from: 'vethA', to: 'br', kind: 'port' },
    { from: 'c2eth0', to: 'vethB', kind: 'veth' },
    { from: 'vethB', to: 'br', kind: 'port' },
    { from: 'i1', to: 'vethG', kind: 'veth' },
    { from: 'vethG', to: 'gw', kind: 'port' },
    { from: 'i0', to: 'o2', kind: 'veth' },
    { from: 'o2', to: 'o0', kind: 'port' },
    { from: 'o1', to: 'o0', kind: 'port' },
  ],
  networks: [
    { id: 'n1', name: 'bridge', driver: 'bridge', scope: 'local', subnet: '172.17.0.0/16' },
    { id: 'n2', name: 'br', driver: 'bridge', scope: 'local', subnet: '172.19.0.0/16' },
    { id: 'n3', name: 'ingress', driver: 'overlay', scope: 'swarm', subnet: '10.0.0.0/24' },
  ],
  publishedPorts: [
    { port: 8000, protocol: 'tcp', to: '172.19.0.3', toPort: 80, container: 'web1' },
  ],
});

const lanView: LanView = {
  hosts: [
    ...['manager1', 'worker1', 'worker2', 'worker3'].map((name, i) => ({
      name,
      address: `192.168.56.${10 + i}`,
      role: i === 0 ? ('leader' as const) : ('worker' as const),
      containers:
        i === 0
          ? [{ name: 'c1', image: 'alpine', state: 'running', addresses: ['172.19.0.2/16'] }]
          : [],
      networks: [],
    })),
    { name: 'gateway', address: '192.168.56.1', role: 'gateway', containers: [], networks: [] },
  ],
  subnet: '192.168.56.0/24',
  internet: [{ name: 'www.docker.com', address: '203.0.113.10' }],
};

const changes: ChangesView = {
  command: 'docker network create -d bridge br',
  terminal: 'manager1',
  entries: [
    {
      host: 'manager1',
      namespace: 'host',
      kind: 'interface',
      change: 'added',
      text: 'br-b4e8610bb506',
    },
    {
      host: 'manager1',
      namespace: 'host',
      kind: 'rule',
      change: 'removed',
      text: '-A DOCKER -j X',
    },
  ],
};

export function viewOf(name: ViewName, host: string, networks: readonly string[]): unknown {
  if (name === 'values') return { 'c1.ip': '172.19.0.2' };
  if (name === 'lan') return lanView;
  if (name === 'changes') return changes;
  if (name === 'host') {
    const view = hostView(host);
    return {
      ...view,
      networks: view.networks.filter(({ name: n }) => n !== 'br' || networks.includes(n)),
    };
  }
  return {};
}
