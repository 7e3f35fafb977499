// What the pages say around the labs' own prose. One type for both languages: a missing text does not compile.

export interface PageStrings {
  readonly siteName: string;
  readonly tagline: string;
  readonly homeTitle: string;
  readonly homeLead: string;
  readonly homeStart: string;
  readonly homePoints: readonly { readonly title: string; readonly text: string }[];
  readonly homePicture: string;
  readonly labs: string;
  readonly lab: (order: number) => string;
  readonly labsTitle: string;
  readonly labsLead: string;
  readonly labDone: string;
  readonly labStarted: string;
  /** For scripts: `{n}` and `{of}`. */
  readonly stepsDone: string;
  readonly labEnd: string;
  readonly labEndDone: (n: number) => string;
  readonly labEndNext: string;
  readonly labEndAll: string;
  readonly labEndOpen: string;
  readonly minutes: (n: number) => string;
  readonly stepCount: (n: number) => string;
  readonly goals: string;
  readonly contents: string;
  readonly onThisPage: string;
  readonly pager: string;
  readonly previous: string;
  readonly next: string;
  readonly editPage: string;
  readonly skip: string;
  readonly otherLanguage: string;
  readonly theme: string;
  readonly mainNavigation: string;
  readonly notFoundTitle: string;
  readonly notFoundText: string;
  readonly backHome: string;
  readonly footer: string;
  readonly sourceCode: string;
  readonly step: (n: number) => string;
  readonly run: string;
  readonly runToHere: string;
  readonly runToHereTitle: string;
  readonly copy: string;
  readonly edit: string;
  readonly editLabel: (n: number) => string;
  readonly sample: string;
  readonly sampleEmpty: string;
  readonly outputOf: (n: number) => string;
  readonly exitStatus: (n: number) => string;
  readonly inShellOf: string;
  readonly foldMore: (lines: number) => string;
  readonly foldLess: string;
  readonly marked: string;
  readonly doVia: Readonly<Record<'console' | 'browser', string>>;
  readonly doOpen: string;
  readonly doEquals: string;
  readonly doShow: string;
  readonly predict: string;
  readonly because: string;
  readonly changesTitle: (n: number, host?: string) => string;
  readonly changesNone: string;
  readonly diagramText: string;
  readonly diagramSample: string;
  readonly diagramTools: string;
  readonly zoomIn: string;
  readonly zoomOut: string;
  readonly zoomFit: string;
  readonly zoomKeys: string;
  readonly follow: string;
  readonly followAll: string;
  readonly packet: string;
  readonly packetPrevious: string;
  readonly packetNext: string;
  readonly packetStop: string;
  readonly save: string;
  readonly saveAs: (kind: string) => string;
  readonly browserAddress: string;
  readonly browserLoad: string;
  readonly browserTitle: string;
  readonly tryCheck: string;
  readonly tryTitle: string;
  readonly tryShow: string;
  readonly hint: string;
  readonly noteDiffers: string;
  readonly noteSimplified: string;
  readonly note: string;
  readonly summary: string;
  readonly noScript: string;
}

const zh: PageStrings = {
  siteName: 'Overnet',
  tagline: 'Docker Swarm 网络，动手学',
  homeTitle: '动手学 Docker 网络',
  homeLead:
    '四台主机和一个 Swarm 集群，就在这个页面里运行。每条命令都能点一下就执行，网络当时的样子随即画在旁边。不用安装，不用账号，不会到时间就关掉。',
  homeStart: '从实验 0 开始',
  homePoints: [
    {
      title: '是真的在走，不是录像',
      text: '容器、网桥、veth、路由、iptables 规则都由一台模拟的 Linux 逐包计算。改一条命令，结果就跟着变。',
    },
    {
      title: '看得见网络',
      text: '每一步之后，哪台主机上多了哪个接口、哪条规则，都画出来、列出来。',
    },
    {
      title: '可以弄坏它',
      text: '终端里什么都能输入。弄乱了，点一下就回到上一步，或者从头再来。',
    },
  ],
  homePicture: '实验开始时的世界：四台主机、它们的局域网和网关',
  labs: '实验',
  lab: (order) => `实验 ${order}`,
  labsTitle: '全部实验',
  labsLead: '按顺序做，每个十几分钟。每个实验都从一个全新的四节点集群开始。',
  labDone: '已完成',
  labStarted: '进行中',
  stepsDone: '共 {of} 步，完成了 {n} 步',
  labEnd: '这个实验做到哪里了',
  labEndDone: (n) => `这个实验的 ${n} 步都做完了。`,
  labEndNext: '接着做',
  labEndAll: '全部实验都做完了。',
  labEndOpen: '还没做的步骤：',
  minutes: (n) => `约 ${n} 分钟`,
  stepCount: (n) => `${n} 条命令`,
  goals: '做完之后，你能',
  contents: '目录',
  onThisPage: '本页内容',
  pager: '前后的实验',
  previous: '上一个',
  next: '下一个',
  editPage: '修改这一页',
  skip: '跳到正文',
  otherLanguage: 'English',
  theme: '切换明暗',
  mainNavigation: '主导航',
  notFoundTitle: '没有这个页面',
  notFoundText: '这个地址下什么也没有。也许链接旧了，也许少了一个字。',
  backHome: '回到首页',
  footer: '模拟的是 Docker Engine 28.5.2。没有模拟的部分，终端里会明说。',
  sourceCode: '源代码',
  step: (n) => `第 ${n} 步`,
  run: '运行',
  runToHere: '运行到这里',
  runToHereTitle: '先运行前面还没运行的步骤，再运行这一步',
  copy: '复制',
  edit: '改一改',
  editLabel: (n) => `第 ${n} 步的命令，可以修改，按 Enter 运行`,
  sample: '示例（生成本页时运行所得）',
  sampleEmpty: '没有输出',
  outputOf: (n) => `第 ${n} 步的输出`,
  exitStatus: (n) => `退出码 ${n}`,
  inShellOf: '在容器的 shell 里',
  foldMore: (lines) => `展开全部 ${lines} 行`,
  foldLess: '收起',
  marked: '正文提到的行',
  doVia: { console: '在控制台里做', browser: '在浏览器里做' },
  doOpen: '还没做',
  doEquals: '相当于命令',
  doShow: '做给我看',
  predict: '先猜一猜',
  because: '为什么',
  changesTitle: (n, host) => `第 ${n} 步之后，${host ? `${host} 的` : ''}下面变了什么`,
  changesNone: '没有变化',
  diagramText: '图的文字版',
  diagramSample: '示例（生成本页时的状态）',
  diagramTools: '图的工具',
  zoomIn: '放大',
  zoomOut: '缩小',
  zoomFit: '看全图',
  zoomKeys: '选中图后：+ 和 - 缩放，0 看全图，方向键移动；按住 Ctrl 滚轮也能缩放，拖动可以移动。',
  follow: '跟着',
  followAll: '全部',
  packet: '最近的数据包',
  packetPrevious: '上一站',
  packetNext: '下一站',
  packetStop: '不再跟着数据包',
  save: '保存',
  saveAs: (kind) => `保存为 ${kind}`,
  browserAddress: '地址',
  browserLoad: '访问',
  browserTitle: '集群之外的浏览器',
  tryCheck: '检查',
  tryTitle: '自己试试',
  tryShow: '做给我看',
  hint: '提示',
  noteDiffers: '和别处说的不一样',
  noteSimplified: '模拟中的简化',
  note: '说明',
  summary: '小结',
  noScript: '没有 JavaScript，命令不能在这里运行；文字、命令和示例输出都在。',
};

const en: PageStrings = {
  siteName: 'Overnet',
  tagline: 'Docker Swarm networking, hands on',
  homeTitle: 'Docker networking, learned by doing',
  homeLead:
    'Four hosts and a swarm run in this page. Every command runs at a click, and the network is drawn beside it as it is at that moment. Nothing to install, no account, no end of session.',
  homeStart: 'Start with lab 0',
  homePoints: [
    {
      title: 'It runs; it is no recording',
      text: 'Containers, bridges, veth pairs, routes and iptables rules are worked out packet by packet by a simulated Linux. Change a command and the result changes.',
    },
    {
      title: 'You can see the network',
      text: 'After each step, the interface or rule that appeared, and the host it appeared on, are drawn and listed.',
    },
    {
      title: 'You can break it',
      text: 'Type anything into a terminal. One click takes the last command back, or starts the world again.',
    },
  ],
  homePicture: 'The world at the start of a lab: four hosts, their LAN and the gateway',
  labs: 'Labs',
  lab: (order) => `Lab ${order}`,
  labsTitle: 'All labs',
  labsLead:
    'Take them in order; each is a quarter of an hour or so. Every lab starts with a fresh swarm of four nodes.',
  labDone: 'done',
  labStarted: 'begun',
  stepsDone: '{n} of {of} steps done',
  labEnd: 'How far you have come',
  labEndDone: (n) => `You have done all ${n} steps of this lab.`,
  labEndNext: 'Go on with',
  labEndAll: 'You have done all labs.',
  labEndOpen: 'Steps that are still open:',
  minutes: (n) => `about ${n} minutes`,
  stepCount: (n) => `${n} commands`,
  goals: 'At the end you can',
  contents: 'Contents',
  onThisPage: 'On this page',
  pager: 'Previous and next lab',
  previous: 'Previous',
  next: 'Next',
  editPage: 'Edit this page',
  skip: 'Skip to the text',
  otherLanguage: '中文',
  theme: 'Light or dark',
  mainNavigation: 'Main',
  notFoundTitle: 'No such page',
  notFoundText: 'There is nothing at this address. The link may be old, or a letter is missing.',
  backHome: 'Back to the start',
  footer:
    'Docker Engine 28.5.2 is what is simulated. Where something is not, the terminal says so.',
  sourceCode: 'Source code',
  step: (n) => `Step ${n}`,
  run: 'Run',
  runToHere: 'Run to here',
  runToHereTitle: 'Runs the earlier steps that have not been run, then this one',
  copy: 'Copy',
  edit: 'Edit',
  editLabel: (n) => `The command of step ${n}: change it, Enter runs it`,
  sample: 'Sample (made when this page was built)',
  sampleEmpty: 'No output',
  outputOf: (n) => `Output of step ${n}`,
  exitStatus: (n) => `exit status ${n}`,
  inShellOf: 'in the container’s shell',
  foldMore: (lines) => `Show all ${lines} lines`,
  foldLess: 'Show fewer',
  marked: 'line that the text speaks of',
  doVia: { console: 'In the console', browser: 'In the browser' },
  doOpen: 'Not done yet',
  doEquals: 'The same as',
  doShow: 'Show me',
  predict: 'Guess first',
  because: 'Why',
  changesTitle: (n, host) => `What step ${n} changed below${host ? ` on ${host}` : ''}`,
  changesNone: 'Nothing changed',
  diagramText: 'The drawing in words',
  diagramSample: 'Sample (the state when this page was built)',
  diagramTools: 'Tools of the drawing',
  zoomIn: 'Larger',
  zoomOut: 'Smaller',
  zoomFit: 'Whole',
  zoomKeys:
    'With the drawing selected: + and - zoom, 0 shows all of it, arrows move it; Ctrl and the wheel zoom too, dragging moves.',
  follow: 'Follow',
  followAll: 'everything',
  packet: 'Last packet',
  packetPrevious: 'Stage before',
  packetNext: 'Next stage',
  packetStop: 'Leave the packet',
  save: 'Save',
  saveAs: (kind) => `Save as ${kind}`,
  browserAddress: 'Address',
  browserLoad: 'Load',
  browserTitle: 'A browser outside the swarm',
  tryCheck: 'Check',
  tryTitle: 'On your own',
  tryShow: 'Show me',
  hint: 'A hint',
  noteDiffers: 'Different from what you may have read',
  noteSimplified: 'Simplified in the simulation',
  note: 'Note',
  summary: 'Summary',
  noScript:
    'Without JavaScript the commands cannot run here; the text, the commands and sample outputs are all on the page.',
};

export const pageStrings = { zh, en } as const;
