// The words of the drawings of a swarm: of the whole, of attachments, requests, directions and placement.
import type {
  Cut,
  DiagramName,
  PlacedTaskView,
  ViewParameters,
} from '../../sandbox-engine/protocol/index.ts';
import type { Language } from '../i18n/index.ts';

type Verdict = PlacedTaskView['verdicts'][number];

export interface SwarmWords {
  readonly title: Readonly<Record<DiagramName, (parameters: ViewParameters) => string>>;
  readonly nodeState: Readonly<Record<'unknown' | 'down' | 'ready' | 'disconnected', string>>;
  readonly availability: Readonly<Record<'active' | 'pause' | 'drain', string>>;
  readonly cut: Readonly<Record<Cut, string>>;
  /** States of tasks, where the page has words of its own for them; else as `docker service ps` prints them. */
  readonly taskState: Readonly<Record<string, string>>;
  /** What a task of a machine without power was when it was last heard of. */
  readonly lastReported: (state: string) => string;
  readonly noSwarm: string;
  readonly noTasks: string;
  readonly services: string;
  readonly overlays: string;
  readonly running: (running: number, desired: number) => string;
  readonly everyNode: (port: number, target: number, protocol: string) => string;
  readonly thisHost: (port: number, target: number) => string;
  readonly vip: string;
  readonly subnet: (subnet: string, vni: number | undefined, encrypted: boolean) => string;
  readonly encrypted: string;
  readonly onHosts: (hosts: string) => string;
  readonly networksHere: (names: string) => string;
  readonly swarmSummary: (n: {
    hosts: number;
    down: number;
    services: number;
    tasks: number;
  }) => string;
  readonly notHere: (network: string, host: string) => string;
  readonly attachmentsSummary: (host: string, network: string, containers: number) => string;
  readonly pair: (device: string, index: number, peer: string, peerIndex: number) => string;
  readonly balancer: string;
  readonly noContainersHere: string;
  /** Two lines: that there is none (to that port), and what makes one. */
  readonly noRequest: (port: string | undefined) => readonly [string, string];
  readonly client: string;
  readonly process: string;
  readonly there: string;
  readonly back: string;
  readonly from: string;
  readonly to: string;
  /** A rule's counter. */
  readonly matched: (packets: number) => string;
  readonly tunnel: (vni: string, source: string, destination: string) => string;
  readonly esp: (spi: string) => string;
  readonly within: (namespace: string) => string;
  readonly lost: (why: string) => string;
  readonly requestSummary: (
    source: string,
    destination: string,
    hosts: string,
    translations: number,
  ) => string;
  readonly kernelAnswers: string;
  readonly directions: Readonly<Record<'inbound' | 'eastWest' | 'northSouth', string>>;
  readonly noTaskRuns: (service: string) => string;
  readonly notPublished: string;
  readonly noOverlay: string;
  readonly noPeers: string;
  readonly noGateway: string;
  readonly anyNode: string;
  readonly directionsSummary: (task: string, host: string, directions: number) => string;
  readonly internet: string;
  readonly noService: (service: string) => string;
  readonly refusal: Readonly<Record<NonNullable<Verdict['refusedBy']>, string>>;
  readonly spreadOut: string;
  readonly ranking: (ofService: number, all: number) => string;
  readonly failures: (n: number) => string;
  readonly drawn: (ties: number) => string;
  readonly onlyOne: string;
  readonly fewest: string;
  readonly assigned: string;
  readonly pending: string;
  readonly noneFits: (refusals: readonly string[]) => string;
  readonly refusedOn: (refusal: string, nodes: number) => string;
  /** What docker itself says of it. */
  readonly reported: (error: string) => string;
  readonly constraints: string;
  readonly spread: string;
  readonly maxReplicas: (n: number) => string;
  readonly placementSummary: (
    service: string,
    tasks: number,
    hosts: number,
    pending: number,
  ) => string;
}

const zh: SwarmWords = {
  title: {
    lan: () => '四台主机和它们的局域网',
    host: ({ host = '' }) => `${host} 的网络`,
    swarm: () => '整个集群',
    attachments: ({ host = '', network = '', gateway }) =>
      gateway === undefined
        ? `${host} 上接在 ${network} 的容器`
        : `${host} 上的 ${network} 和 docker_gwbridge`,
    request: ({ port }) =>
      port === undefined ? '最近一次请求' : `最近一次访问端口 ${port} 的请求`,
    directions: ({ service = '' }) => `${service} 的三个流量方向`,
    placement: ({ service = '' }) => `${service} 的任务放在了哪里，为什么`,
  },
  nodeState: { unknown: '未知', down: '失联 (Down)', ready: '就绪 (Ready)', disconnected: '断开' },
  availability: { active: '', pause: '暂停接收任务 (Pause)', drain: '已排空 (Drain)' },
  cut: { off: '已断电', booting: '正在开机', unplugged: '网线已拔', down: 'eth0 未启用' },
  taskState: {
    new: '新建 (New)',
    pending: '等待 (Pending)',
    assigned: '已分配 (Assigned)',
    accepted: '已接受 (Accepted)',
    preparing: '准备中 (Preparing)',
    ready: '就绪 (Ready)',
    starting: '启动中 (Starting)',
    running: '运行中',
    complete: '已完成 (Complete)',
    shutdown: '已停止 (Shutdown)',
    failed: '失败 (Failed)',
    rejected: '被拒绝 (Rejected)',
    remove: '删除中 (Remove)',
    orphaned: '失去联系 (Orphaned)',
  },
  lastReported: (state) => `最后上报：${state}`,
  noSwarm: '不在集群里',
  noTasks: '没有任务',
  services: '服务',
  overlays: '覆盖网络',
  running: (running, desired) => `${running}/${desired} 个任务在运行`,
  everyNode: (port, target, protocol) => `每个节点的 ${port}/${protocol} → 任务的 ${target}`,
  thisHost: (port, target) => `本机 ${port} → ${target}`,
  vip: 'VIP',
  subnet: (subnet, vni, encrypted) =>
    [subnet, vni === undefined ? '' : `VXLAN ${vni}`, encrypted ? '加密' : '']
      .filter(Boolean)
      .join(' · '),
  encrypted: '加密',
  onHosts: (hosts) => (hosts ? `现在在 ${hosts} 上` : '现在没有节点在用'),
  networksHere: (names) => `这里有的网络：${names}`,
  swarmSummary: ({ hosts, down, services, tasks }) =>
    `${hosts} 台主机${down > 0 ? `（${down} 台失联）` : ''}，${services} 个服务，${tasks} 个任务`,
  notHere: (network, host) => `${host} 上现在没有 ${network}`,
  attachmentsSummary: (host, network, containers) =>
    `${host} 上有 ${containers} 个容器接在 ${network} 上`,
  pair: (device, index, peer, peerIndex) => `${device}（${index} 号）接 ${peer}（${peerIndex} 号）`,
  balancer: '负载均衡',
  noContainersHere: '这里没有接着的容器',
  noRequest: (port) =>
    port === undefined
      ? ['还没有程序发出过数据包。', '运行这一节里的 curl 或 ping，它走的路就画在这里。']
      : [
          `还没有人访问过端口 ${port}。`,
          '运行这一节里的 curl，或者在浏览器里打开它，它走的路就画在这里。',
        ],
  client: '客户端',
  process: '进程',
  there: '去程',
  back: '回程',
  from: '源',
  to: '目的',
  matched: (packets) => `这条规则共匹配 ${packets} 个包`,
  tunnel: (vni, source, destination) => `VXLAN ${vni}：${source} → ${destination}`,
  esp: (spi) => `ESP 加密，SPI ${spi}`,
  within: (namespace) => `经 ${namespace} 的 br0`,
  lost: (why) => `到此为止：${why}`,
  requestSummary: (source, destination, hosts, translations) =>
    `从 ${source} 到 ${destination}，经过 ${hosts}，去程改写 ${translations} 次`,
  kernelAnswers: '内核应答',
  directions: {
    inbound: '入方向：ingress',
    eastWest: '东西向：覆盖网络',
    northSouth: '南北向：网桥 + NAT',
  },
  noTaskRuns: (service) => `${service} 现在没有在运行的任务`,
  notPublished: '这个服务没有发布端口，外面进不来',
  noOverlay: '任务不在任何自建的覆盖网络上',
  noPeers: '没有别的任务',
  noGateway: '任务没有接 docker_gwbridge，出不去',
  anyNode: '任意节点',
  directionsSummary: (task, host, directions) =>
    `${host} 上的任务 ${task} 有 ${directions} 个方向的通路`,
  internet: '互联网',
  noService: (service) => `没有名为 ${service} 的服务`,
  refusal: {
    ready: '不接收新任务',
    resources: '资源不够',
    plugins: '缺插件',
    constraints: '不满足约束',
    platform: '平台不符',
    hostPorts: '主机端口已被占用',
    maxReplicas: '已到每节点上限',
  },
  spreadOut: '分散偏好：别处更少',
  ranking: (ofService, all) => `本服务 ${ofService} 个，共 ${all} 个`,
  failures: (n) => `近期失败 ${n} 次`,
  drawn: (ties) => `${ties} 个节点并列，抽签`,
  onlyOne: '只有它可以',
  fewest: '任务最少',
  assigned: '放在这里',
  pending: '没有放置',
  noneFits: (refusals) => `没有合适的节点：${refusals.join('，')}`,
  refusedOn: (refusal, nodes) => `${nodes} 个${refusal}`,
  reported: (error) => `docker service ps 里写着 “${error}”`,
  constraints: '约束',
  spread: '分散',
  maxReplicas: (n) => `每节点最多 ${n} 个`,
  placementSummary: (service, tasks, hosts, pending) =>
    `${service} 的 ${tasks} 个任务分布在 ${hosts} 台主机上${pending > 0 ? `，${pending} 个没有放置` : ''}`,
};

const plural = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;

const en: SwarmWords = {
  title: {
    lan: () => 'The four hosts and their LAN',
    host: ({ host = '' }) => `The networking of ${host}`,
    swarm: () => 'The whole swarm',
    attachments: ({ host = '', network = '', gateway }) =>
      gateway === undefined
        ? `The containers of ${host} on ${network}`
        : `${network} and docker_gwbridge on ${host}`,
    request: ({ port }) =>
      port === undefined ? 'The last request' : `The last request to port ${port}`,
    directions: ({ service = '' }) => `The three directions of traffic of ${service}`,
    placement: ({ service = '' }) => `Where the tasks of ${service} went, and why`,
  },
  nodeState: { unknown: 'Unknown', down: 'Down', ready: 'Ready', disconnected: 'Disconnected' },
  availability: { active: '', pause: 'Pause', drain: 'Drain' },
  cut: { off: 'powered off', booting: 'booting', unplugged: 'cable pulled', down: 'eth0 down' },
  taskState: {},
  lastReported: (state) => `last reported ${state}`,
  noSwarm: 'in no swarm',
  noTasks: 'no tasks',
  services: 'Services',
  overlays: 'Overlay networks',
  running: (running, desired) => `${running}/${desired} tasks running`,
  everyNode: (port, target, protocol) => `${port}/${protocol} of every node → ${target} of a task`,
  thisHost: (port, target) => `this host’s ${port} → ${target}`,
  vip: 'VIP',
  subnet: (subnet, vni, encrypted) =>
    [subnet, vni === undefined ? '' : `VXLAN ${vni}`, encrypted ? 'encrypted' : '']
      .filter(Boolean)
      .join(' · '),
  encrypted: 'encrypted',
  onHosts: (hosts) => (hosts ? `now on ${hosts}` : 'on no node now'),
  networksHere: (names) => `networks here: ${names}`,
  swarmSummary: ({ hosts, down, services, tasks }) =>
    `${plural(hosts, 'host')}${down > 0 ? ` (${down} down)` : ''}, ${plural(services, 'service')}, ${plural(tasks, 'task')}`,
  notHere: (network, host) => `${host} does not have ${network} now`,
  attachmentsSummary: (host, network, containers) =>
    `${plural(containers, 'container')} of ${host} on ${network}`,
  pair: (device, index, peer, peerIndex) =>
    `${device} (number ${index}) joined to ${peer} (number ${peerIndex})`,
  balancer: 'load balancer',
  noContainersHere: 'no container is joined here',
  noRequest: (port) =>
    port === undefined
      ? [
          'No program has sent a packet yet.',
          'Run the curl or ping of this section: its way is drawn here.',
        ]
      : [
          `Nobody has been to port ${port} yet.`,
          'Run the curl of this section or open it in the browser: the way is drawn here.',
        ],
  client: 'client',
  process: 'process',
  there: 'There',
  back: 'And back',
  from: 'from',
  to: 'to',
  matched: (packets) => `matched ${packets} packet${packets === 1 ? '' : 's'} so far`,
  tunnel: (vni, source, destination) => `VXLAN ${vni}: ${source} → ${destination}`,
  esp: (spi) => `encrypted by ESP, SPI ${spi}`,
  within: (namespace) => `through br0 of ${namespace}`,
  lost: (why) => `ends here: ${why}`,
  requestSummary: (source, destination, hosts, translations) =>
    `From ${source} to ${destination} by way of ${hosts}; addresses translated ${plural(translations, 'time')} on the way there`,
  kernelAnswers: 'the kernel answers',
  directions: {
    inbound: 'Inbound: ingress',
    eastWest: 'East–west: overlay',
    northSouth: 'North–south: bridge + NAT',
  },
  noTaskRuns: (service) => `No task of ${service} runs now`,
  notPublished: 'The service publishes no port: nothing comes in',
  noOverlay: 'The task is on no overlay of its own',
  noPeers: 'no other tasks',
  noGateway: 'The task is not on docker_gwbridge: nothing goes out',
  anyNode: 'any node',
  directionsSummary: (task, host, directions) =>
    `The task ${task} on ${host} has ways in ${plural(directions, 'direction')}`,
  internet: 'internet',
  noService: (service) => `There is no service ${service}`,
  refusal: {
    ready: 'takes no new tasks',
    resources: 'not enough resources',
    plugins: 'plugin missing',
    constraints: 'constraint not met',
    platform: 'other platform',
    hostPorts: 'host port taken',
    maxReplicas: 'at the maximum per node',
  },
  spreadOut: 'spread: fewer elsewhere',
  ranking: (ofService, all) => `${ofService} of it, ${all} in all`,
  failures: (n) => `${plural(n, 'recent failure')}`,
  drawn: (ties) => `tie of ${ties}, drawn by lot`,
  onlyOne: 'the only one that may',
  fewest: 'fewest tasks',
  assigned: 'placed here',
  pending: 'not placed',
  noneFits: (refusals) => `no node fits: ${refusals.join(', ')}`,
  refusedOn: (refusal, nodes) => `${refusal} (${nodes})`,
  reported: (error) => `docker service ps says “${error}”`,
  constraints: 'constraint',
  spread: 'spread',
  maxReplicas: (n) => `at most ${n} per node`,
  placementSummary: (service, tasks, hosts, pending) =>
    `${plural(tasks, 'task')} of ${service} on ${plural(hosts, 'host')}${pending > 0 ? `, ${pending} not placed` : ''}`,
};

export const swarmWords: Readonly<Record<Language, SwarmWords>> = { zh, en };
