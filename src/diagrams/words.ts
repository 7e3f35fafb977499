// The words of drawings and of their text twins.
import type { ChangesView, LanView } from '../../sandbox-engine/protocol/index.ts';
import type { Language } from '../i18n/index.ts';

export interface DiagramWords {
  readonly hostNamespace: string;
  readonly container: (image: string, state: string) => string;
  readonly namespaceKind: Readonly<
    Record<'host' | 'container' | 'overlay' | 'ingress' | 'loadbalancer', string>
  >;
  readonly namespaceShort: Readonly<
    Record<'host' | 'container' | 'overlay' | 'ingress' | 'loadbalancer', string>
  >;
  readonly lan: string;
  readonly internet: string;
  readonly role: Readonly<Record<'leader' | 'manager' | 'worker' | 'gateway' | 'none', string>>;
  readonly hostSummary: (host: string, networks: number, containers: number) => string;
  readonly lanSummary: (hosts: number, containers: number) => string;
  readonly networks: string;
  readonly network: (driver: string, subnet: string, gateway: string, bridge: string) => string;
  readonly devices: (where: string) => string;
  readonly device: (name: string, addresses: string, down: boolean) => string;
  readonly joinedTo: (what: string) => string;
  readonly vxlan: (vni: number, peers: number) => string;
  readonly peer: (mac: string, node: string, address: string) => string;
  readonly ports: string;
  readonly port: (port: number, protocol: string, container: string, to: string) => string;
  readonly noContainers: string;
  /** `state`: when it does not run. */
  readonly containerAt: (name: string, image: string, addresses: string, state: string) => string;
  readonly change: Readonly<Record<'added' | 'removed' | 'changed', string>>;
  readonly changeKind: Readonly<Record<ChangeKind, string>>;
  readonly moreChanges: (n: number) => string;
}

type ChangeKind = ChangesView['entries'][number]['kind'];

const zh: DiagramWords = {
  hostNamespace: '主机自己的网络命名空间',
  container: (image, state) => `容器 · ${image}${state === 'running' ? '' : ` · ${state}`}`,
  namespaceKind: {
    host: '主机',
    container: '容器',
    overlay: '覆盖网络的命名空间',
    ingress: '入口网络的命名空间',
    loadbalancer: '负载均衡的命名空间',
  },
  namespaceShort: {
    host: '主机',
    container: '容器',
    overlay: '覆盖网络',
    ingress: '入口',
    loadbalancer: '负载均衡',
  },
  lan: '局域网',
  internet: '互联网',
  role: {
    leader: '管理节点（Leader）',
    manager: '管理节点',
    worker: '工作节点',
    gateway: '网关',
    none: '',
  },
  hostSummary: (host, networks, containers) =>
    `${host} 上有 ${networks} 个 Docker 网络，${containers} 个容器`,
  lanSummary: (hosts, containers) => `${hosts} 台主机在同一个局域网里，共 ${containers} 个容器`,
  networks: 'Docker 网络',
  network: (driver, subnet, gateway, bridge) =>
    [
      `驱动 ${driver}`,
      subnet && `网段 ${subnet}`,
      gateway && `网关 ${gateway}`,
      bridge && `网桥 ${bridge}`,
    ]
      .filter(Boolean)
      .join('，'),
  devices: (where) => `${where}里的接口`,
  device: (name, addresses, down) =>
    `${name}${addresses ? `：${addresses}` : '：没有地址'}${down ? '（未启用）' : ''}`,
  joinedTo: (what) => `连到 ${what}`,
  vxlan: (vni, peers) => `VNI ${vni}，${peers} 个远端`,
  peer: (mac, node, address) => `${address ? `${address}，` : ''}${mac} 在节点 ${node} 上`,
  ports: '发布的端口',
  port: (port, protocol, container, to) => `${port}/${protocol} → 容器 ${container} 的 ${to}`,
  noContainers: '没有容器',
  containerAt: (name, image, addresses, state) =>
    `容器 ${name}（${[image, state].filter(Boolean).join('，')}）${addresses ? `：${addresses}` : ''}`,
  change: { added: '多了', removed: '少了', changed: '变了' },
  moreChanges: (n) => `其余 ${n} 项`,
  changeKind: {
    namespace: '命名空间',
    interface: '接口',
    address: '地址',
    route: '路由',
    neighbour: '邻居',
    fdb: '转发表',
    rule: '规则',
    chain: '链',
    socket: '套接字',
    container: '容器',
    network: '网络',
    image: '镜像',
    file: '文件',
    sysctl: '内核参数',
    name: '名字',
  },
};

const en: DiagramWords = {
  hostNamespace: 'the host’s own network namespace',
  container: (image, state) => `container · ${image}${state === 'running' ? '' : ` · ${state}`}`,
  namespaceKind: {
    host: 'host',
    container: 'container',
    overlay: 'namespace of an overlay network',
    ingress: 'namespace of the ingress network',
    loadbalancer: 'namespace of a load balancer',
  },
  namespaceShort: {
    host: 'host',
    container: 'container',
    overlay: 'overlay',
    ingress: 'ingress',
    loadbalancer: 'load balancer',
  },
  lan: 'LAN',
  internet: 'internet',
  role: {
    leader: 'manager (leader)',
    manager: 'manager',
    worker: 'worker',
    gateway: 'gateway',
    none: '',
  },
  hostSummary: (host, networks, containers) =>
    `${host} has ${networks} Docker networks and ${containers} container${containers === 1 ? '' : 's'}`,
  lanSummary: (hosts, containers) =>
    `${hosts} hosts on one LAN, with ${containers} container${containers === 1 ? '' : 's'} in all`,
  networks: 'Docker networks',
  network: (driver, subnet, gateway, bridge) =>
    [
      `driver ${driver}`,
      subnet && `subnet ${subnet}`,
      gateway && `gateway ${gateway}`,
      bridge && `bridge ${bridge}`,
    ]
      .filter(Boolean)
      .join(', '),
  devices: (where) => `Interfaces in ${where}`,
  device: (name, addresses, down) =>
    `${name}: ${addresses || 'no address'}${down ? ' (down)' : ''}`,
  joinedTo: (what) => `joined to ${what}`,
  vxlan: (vni, peers) => `VNI ${vni}, ${peers} remote`,
  peer: (mac, node, address) => `${address ? `${address}, ` : ''}${mac} is on node ${node}`,
  ports: 'Published ports',
  port: (port, protocol, container, to) =>
    `${port}/${protocol} → container ${container}, port ${to}`,
  noContainers: 'no containers',
  containerAt: (name, image, addresses, state) =>
    `container ${name} (${[image, state].filter(Boolean).join(', ')})${addresses ? `: ${addresses}` : ''}`,
  change: { added: 'new', removed: 'gone', changed: 'changed' },
  moreChanges: (n) => `${n} more`,
  changeKind: {
    namespace: 'namespace',
    interface: 'interface',
    address: 'address',
    route: 'route',
    neighbour: 'neighbour',
    fdb: 'forwarding entry',
    rule: 'rule',
    chain: 'chain',
    socket: 'socket',
    container: 'container',
    network: 'network',
    image: 'image',
    file: 'file',
    sysctl: 'kernel parameter',
    name: 'name',
  },
};

export const diagramWords: Readonly<Record<Language, DiagramWords>> = { zh, en };

/** An image without the digest that a task's container has. */
export const bareImage = (image: string): string => image.replace(/@sha256:[0-9a-f]+$/, '');

/** A container in words; of one whose machine is off it is not known what it would be. */
export function containerText(
  { name, image, state, addresses }: LanView['hosts'][number]['containers'][number],
  off: boolean,
  language: Language,
): string {
  const shown = off || state === 'running' ? '' : state;
  return diagramWords[language].containerAt(name, bareImage(image), addresses.join(', '), shown);
}
