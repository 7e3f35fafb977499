// What the bench's own controls say: they stand in the page, so these texts are not carried as data.
export interface BenchStrings {
  readonly bench: string;
  readonly width: string;
  readonly open: string;
  readonly tabs: string;
  readonly panes: Readonly<Record<'console' | 'browser', string>>;
  /** The tools' names, and of each a part that fits below its icon. */
  readonly newShell: string;
  readonly split: string;
  readonly splitHeight: string;
  readonly find: string;
  readonly tools: Readonly<Record<'newShell' | 'split' | 'find', string>>;
  readonly findNext: string;
  readonly findBefore: string;
  readonly start: string;
  readonly keyRow: string;
  readonly keyLeft: string;
  readonly keyUp: string;
  readonly keyDown: string;
  readonly keyRight: string;
  readonly paste: string;
  readonly transcript: string;
  readonly latestChanges: string;
  readonly latestChangesNone: string;
  readonly machines: string;
  readonly machinesNote: string;
  readonly undo: string;
  readonly reset: string;
  readonly share: string;
  readonly sessions: string;
  readonly pace: string;
  readonly paceReal: string;
  readonly paceFast: string;
}

const zh: BenchStrings = {
  bench: '实验台',
  width: '实验台的宽度',
  open: '打开终端、控制台、浏览器',
  tabs: '各台主机的终端、控制台和浏览器',
  panes: { console: '控制台', browser: '浏览器' },
  newShell: '新开一个 shell（主机上，或容器里）',
  split: '分屏：上下两个终端',
  splitHeight: '上面那个终端的高度',
  find: '在终端里查找',
  tools: { newShell: '新开', split: '分屏', find: '查找' },
  findNext: '下一个',
  findBefore: '上一个',
  start: '点一下“运行”，或者点这里，四台主机就在这个页面里启动。',
  keyRow: '手机键盘上没有的键',
  keyLeft: '向左',
  keyUp: '向上',
  keyDown: '向下',
  keyRight: '向右',
  paste: '粘贴',
  transcript: '命令和输出（文字版）',
  latestChanges: '上一条命令的变化',
  latestChangesNone: '还没有运行过命令。',
  machines: '电源和网线',
  machinesNote: '断电就是拔掉电源：什么都来不及保存，也没有人收到通知。集群要过十几秒才发现。',
  undo: '撤销上一条命令',
  reset: '从头再来',
  share: '分享现在的状态',
  sessions: '会话……',
  pace: '等待的快慢',
  paceReal: '真实时间',
  paceFast: '等待快 8 倍',
};

const en: BenchStrings = {
  bench: 'Bench',
  width: 'Width of the bench',
  open: 'Terminals, console, browser',
  tabs: 'Terminals of the hosts, console and browser',
  panes: { console: 'Console', browser: 'Browser' },
  newShell: 'New shell, on a host or in a container',
  split: 'Split: two terminals, one above the other',
  splitHeight: 'Height of the upper terminal',
  find: 'Find in the terminal',
  tools: { newShell: 'New', split: 'Split', find: 'Find' },
  findNext: 'Next',
  findBefore: 'Previous',
  start: 'Press Run, or press here, and the four hosts start in this page.',
  keyRow: 'Keys that a phone does not have',
  keyLeft: 'Left',
  keyUp: 'Up',
  keyDown: 'Down',
  keyRight: 'Right',
  paste: 'Paste',
  transcript: 'Commands and outputs as text',
  latestChanges: 'Last changes below',
  latestChangesNone: 'No command has been run yet.',
  machines: 'Power and cables',
  machinesNote:
    'To power off is to pull the plug: nothing is saved and nobody is told. The swarm finds out some ten seconds later.',
  undo: 'Undo the last command',
  reset: 'Start again',
  share: 'Share this state',
  sessions: 'Sessions…',
  pace: 'Waiting',
  paceReal: 'real time',
  paceFast: 'waits 8 times faster',
};

export const benchStrings = { zh, en } as const;
