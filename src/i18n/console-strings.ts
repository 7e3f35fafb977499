// What the console says. Loaded with it, so that a page that nobody opens it on does not carry these texts.

export interface ConsoleStrings {
  readonly title: string;
  readonly swarm: string;
  readonly open: string;
  readonly opening: string;
  readonly sample: string;
  readonly live: string;
  readonly asks: string;
  readonly pages: Readonly<Record<'services' | 'nodes' | 'networks' | 'tasks' | 'stacks', string>>;
  readonly none: Readonly<Record<'services' | 'nodes' | 'networks' | 'tasks' | 'stacks', string>>;
  readonly name: string;
  readonly mode: string;
  readonly replicas: string;
  readonly image: string;
  readonly ports: string;
  readonly role: string;
  readonly status: string;
  readonly availability: string;
  readonly managerStatus: string;
  readonly driver: string;
  readonly scope: string;
  readonly subnet: string;
  readonly task: string;
  readonly node: string;
  readonly state: string;
  readonly desired: string;
  readonly container: string;
  readonly address: string;
  readonly error: string;
  readonly stack: string;
  readonly servicesInStack: string;
  readonly endpoint: string;
  readonly endpointHint: string;
  readonly noEndpoint: string;
  readonly networksOf: string;
  readonly details: string;
  readonly configure: string;
  readonly scheduling: string;
  readonly scale: string;
  readonly scaleHint: string;
  readonly globalHint: string;
  readonly save: string;
  readonly cancel: string;
  readonly saving: string;
  readonly inspectResource: string;
  readonly containers: string;
  readonly noContainers: string;
  readonly logs: string;
  readonly logsLoading: string;
  readonly logsAgain: string;
  readonly noLogs: string;
  readonly remove: string;
  readonly removeAsk: string;
  readonly removeYes: string;
  readonly back: string;
  readonly gone: string;
  readonly equals: string;
  readonly equalsSave: string;
  readonly equalsDone: string;
  readonly copy: string;
  readonly copied: string;
  readonly done: string;
  readonly failed: string;
  readonly wentBack: string;
  readonly modes: Readonly<Record<string, string>>;
  readonly roles: Readonly<Record<string, string>>;
  readonly availabilities: Readonly<Record<string, string>>;
  readonly states: Readonly<Record<string, string>>;
  readonly internal: string;
  readonly attachable: string;
  readonly encrypted: string;
  readonly openIn: string;
}

const zh: ConsoleStrings = {
  title: '控制台',
  swarm: 'Swarm',
  open: '打开控制台',
  opening: '正在打开控制台……',
  sample: '示例（生成本页时的状态）',
  live: '现在的状态',
  asks: '询问的管理节点',
  pages: { services: '服务', nodes: '节点', networks: '网络', tasks: '任务', stacks: '栈' },
  none: {
    services: '还没有服务。',
    nodes: '没有节点。',
    networks: '没有网络。',
    tasks: '没有任务。',
    stacks: '没有栈。用 docker stack deploy 部署之后会列在这里。',
  },
  name: '名称',
  mode: '模式',
  replicas: '副本',
  image: '镜像',
  ports: '发布的端口',
  role: '角色',
  status: '状态',
  availability: '可用性',
  managerStatus: '管理状态',
  driver: '驱动',
  scope: '范围',
  subnet: '子网',
  task: '任务',
  node: '节点',
  state: '状态',
  desired: '期望状态',
  container: '容器',
  address: '地址',
  error: '错误',
  stack: '栈',
  servicesInStack: '服务',
  endpoint: '发布的端点',
  endpointHint: '在集群之外的浏览器里打开',
  noEndpoint: '没有发布端口',
  networksOf: '所在网络',
  details: '详情',
  configure: '配置',
  scheduling: '调度',
  scale: '副本数',
  scaleHint: '要同时运行多少个任务',
  globalHint: '全局服务在每个节点上各运行一个任务，没有副本数。',
  save: '保存',
  cancel: '取消',
  saving: '正在保存……',
  inspectResource: '查看资源',
  containers: '容器',
  noContainers: '还没有容器。',
  logs: '日志',
  logsLoading: '正在读取日志……',
  logsAgain: '重新读取',
  noLogs: '日志是空的。',
  remove: '删除',
  removeAsk: '删除服务 {name}，它的任务也都会停下？',
  removeYes: '确定删除',
  back: '返回列表',
  gone: '这个服务已经不在了。',
  equals: '相当于命令',
  equalsSave: '保存相当于命令',
  equalsDone: '相当于运行了',
  copy: '复制命令',
  copied: '已复制',
  done: '完成。',
  failed: '没有成功：',
  wentBack: '世界回到了之前的状态，这个操作没有完成。',
  modes: {
    replicated: '副本',
    global: '全局',
    'replicated-job': '副本作业',
    'global-job': '全局作业',
  },
  roles: { manager: '管理节点', worker: '工作节点' },
  availabilities: { active: '可用', pause: '暂停', drain: '排空' },
  states: {
    new: '新建',
    allocated: '已分配',
    pending: '等待中',
    assigned: '已指派',
    accepted: '已接受',
    preparing: '准备中',
    ready: '就绪',
    starting: '启动中',
    running: '运行中',
    complete: '已完成',
    shutdown: '已停止',
    failed: '失败',
    rejected: '被拒绝',
    remove: '移除中',
    orphaned: '失联',
    down: '离线',
    disconnected: '断开',
    unknown: '未知',
  },
  internal: '内部',
  attachable: '可附加',
  encrypted: '加密',
  openIn: '打开 {url}',
};

const en: ConsoleStrings = {
  title: 'Console',
  swarm: 'Swarm',
  open: 'Open the console',
  opening: 'Opening the console…',
  sample: 'Sample (the state when this page was built)',
  live: 'The state now',
  asks: 'Manager that is asked',
  pages: {
    services: 'Services',
    nodes: 'Nodes',
    networks: 'Networks',
    tasks: 'Tasks',
    stacks: 'Stacks',
  },
  none: {
    services: 'There is no service yet.',
    nodes: 'There is no node.',
    networks: 'There is no network.',
    tasks: 'There is no task.',
    stacks: 'There is no stack. What docker stack deploy makes is listed here.',
  },
  name: 'Name',
  mode: 'Mode',
  replicas: 'Replicas',
  image: 'Image',
  ports: 'Published ports',
  role: 'Role',
  status: 'Status',
  availability: 'Availability',
  managerStatus: 'Manager status',
  driver: 'Driver',
  scope: 'Scope',
  subnet: 'Subnet',
  task: 'Task',
  node: 'Node',
  state: 'State',
  desired: 'Desired state',
  container: 'Container',
  address: 'Address',
  error: 'Error',
  stack: 'Stack',
  servicesInStack: 'Services',
  endpoint: 'Published endpoint',
  endpointHint: 'Opens in the browser outside the swarm',
  noEndpoint: 'No port is published',
  networksOf: 'Networks',
  details: 'Details',
  configure: 'Configure',
  scheduling: 'Scheduling',
  scale: 'Scale',
  scaleHint: 'How many tasks are to run',
  globalHint: 'A global service runs one task on every node: there is no number to choose.',
  save: 'Save',
  cancel: 'Cancel',
  saving: 'Saving…',
  inspectResource: 'Inspect resource',
  containers: 'Containers',
  noContainers: 'There is no container yet.',
  logs: 'Logs',
  logsLoading: 'Reading the logs…',
  logsAgain: 'Read again',
  noLogs: 'The log is empty.',
  remove: 'Remove',
  removeAsk: 'Remove the service {name}, and stop its tasks?',
  removeYes: 'Yes, remove it',
  back: 'Back to the list',
  gone: 'This service is gone.',
  equals: 'Equals the command',
  equalsSave: 'Save equals the command',
  equalsDone: 'This was the same as',
  copy: 'Copy the command',
  copied: 'Copied',
  done: 'Done.',
  failed: 'It failed:',
  wentBack: 'The world went back to an earlier state before this was done.',
  modes: {
    replicated: 'replicated',
    global: 'global',
    'replicated-job': 'replicated job',
    'global-job': 'global job',
  },
  roles: { manager: 'manager', worker: 'worker' },
  availabilities: { active: 'active', pause: 'pause', drain: 'drain' },
  states: {
    new: 'new',
    allocated: 'allocated',
    pending: 'pending',
    assigned: 'assigned',
    accepted: 'accepted',
    preparing: 'preparing',
    ready: 'ready',
    starting: 'starting',
    running: 'running',
    complete: 'complete',
    shutdown: 'shut down',
    failed: 'failed',
    rejected: 'rejected',
    remove: 'being removed',
    orphaned: 'orphaned',
    down: 'down',
    disconnected: 'disconnected',
    unknown: 'unknown',
  },
  internal: 'internal',
  attachable: 'attachable',
  encrypted: 'encrypted',
  openIn: 'Open {url}',
};

export const consoleStrings = { zh, en } as const;
