// What the live parts of a page say. A page carries its own language's texts as JSON, so `{n}` stands for a number and
// functions are left out. `fill` (fill.ts) puts the values in.

export interface IslandStrings {
  readonly run: string;
  readonly runAgain: string;
  readonly running: string;
  readonly starting: string;
  readonly stop: string;
  readonly copied: string;
  readonly live: string;
  readonly sample: string;
  readonly noOutput: string;
  readonly exit: string;
  readonly checkHolds: string;
  readonly checkFails: string;
  readonly checkWaits: string;
  readonly finished: string;
  readonly runBefore: string;
  readonly missingBefore: string;
  readonly missingValue: string;
  readonly terminalBusy: string;
  readonly foldMore: string;
  readonly foldLess: string;
  readonly linesLeftOut: string;
  readonly terminalOf: string;
  readonly terminalInput: string;
  readonly terminalTooMuch: string;
  readonly benchOpen: string;
  readonly newShellTitle: string;
  readonly newShellOpen: string;
  readonly newShellOn: string;
  readonly newShellIn: string;
  readonly newShellWhere: string;
  readonly findNone: string;
  readonly pasteRefused: string;
  readonly copiedSelection: string;
  readonly commandEnded: string;
  readonly transcriptEntry: string;
  readonly benchClose: string;
  readonly benchFull: string;
  readonly shared: string;
  readonly shareCopy: string;
  readonly sharedAsFile: string;
  readonly shareOffer: string;
  readonly shareLoad: string;
  readonly sessions: string;
  readonly sessionsWhere: string;
  readonly sessionsElsewhere: string;
  readonly loadFailed: string;
  readonly sessionKept: string;
  readonly sessionGoOn: string;
  readonly sessionFresh: string;
  readonly sessionUnsaved: string;
  readonly sessionSaveFile: string;
  readonly sessionOpenFile: string;
  readonly sessionPrevious: string;
  readonly sessionPreviousFile: string;
  readonly refusedDamaged: string;
  readonly refusedForeign: string;
  readonly refusedNewer: string;
  readonly refusedOtherLab: string;
  readonly refusedGoThere: string;
  readonly refusedTooLarge: string;
  readonly refusedBadInput: string;
  readonly wentBack: string;
  readonly crashed: string;
  readonly crashedHint: string;
  readonly bug: string;
  readonly bugCopy: string;
  readonly doOpen: string;
  readonly doDone: string;
  readonly doWaits: string;
  readonly predictWaits: string;
  readonly predictElsewhere: string;
  readonly predictRight: string;
  readonly predictWrong: string;
  readonly predictPicked: string;
  readonly tryHolds: string;
  readonly tryFails: string;
  readonly tryShowing: string;
  readonly changesNone: string;
  /** Of any command: {terminal}, {command}. */
  readonly changesOf: string;
  /** Of what was typed: {terminal}. */
  readonly changesTyped: string;
  readonly changesNothing: string;
  readonly changesNoCommand: string;
  readonly changesWait: string;
  readonly powerOff: string;
  readonly powerOn: string;
  readonly unplug: string;
  readonly plug: string;
  /** What was done to {host}. */
  readonly machineDid: string;
  readonly machineOn: string;
  readonly machineOff: string;
  readonly machineBooting: string;
  readonly machineUnplugged: string;
  /** As the managers list it: {state}, in docker's own word. */
  readonly machineNode: string;
  readonly machineNow: string;
  readonly added: string;
  readonly removed: string;
  readonly changed: string;
  readonly diagramLive: string;
  readonly diagramDrawing: string;
  readonly diagramFailed: string;
  readonly followNothing: string;
  readonly packetNone: string;
  readonly packetElsewhere: string;
  readonly packetStep: string;
  readonly browserLoading: string;
  readonly browserServed: string;
  readonly browserEntered: string;
  readonly browserFailed: string;
  readonly close: string;
}

const zh: IslandStrings = {
  run: '运行',
  runAgain: '再运行一次',
  running: '运行中',
  starting: '正在启动四台主机……',
  stop: '停止 (Ctrl-C)',
  copied: '已复制',
  live: '你的输出',
  sample: '示例（生成本页时运行所得）',
  noOutput: '没有输出',
  exit: '退出码 {n}',
  checkHolds: '状态符合预期',
  checkFails: '状态还不符合：{found}',
  checkWaits: '等待状态就绪……',
  finished: '第 {step} 步结束，退出码 {n}，{lines} 行输出。',
  runBefore: '运行前面的所有步骤',
  missingBefore: '前面还有 {n} 步没有运行。',
  missingValue: '这条命令需要 {name}，现在还没有：先运行前面的步骤。',
  terminalBusy: '{host} 的终端里还有命令在运行。等它结束，或者停止它。',
  foldMore: '展开全部 {n} 行',
  foldLess: '收起',
  linesLeftOut: '……这里只显示前 {shown} 行，共 {n} 行；其余的在终端里。',
  terminalOf: '{host} 的终端',
  terminalInput: '{host} 的终端输入（先按 Esc 再按 Tab 可以离开）',
  terminalTooMuch: '一次粘贴的内容太长（{n} 个字符），没有输入。上限是 {max} 个字符。',
  benchOpen: '打开终端、控制台、浏览器',
  newShellTitle: '再开一个 shell',
  newShellOpen: '打开',
  newShellOn: '{host} 上的 shell',
  newShellIn: '容器 {container} 里的 shell',
  newShellWhere: '开在哪里？',
  findNone: '没有找到',
  pasteRefused: '浏览器没有允许读取剪贴板。长按终端也能粘贴。',
  copiedSelection: '选中的文字已复制。',
  commandEnded: '{terminal}：退出码 {n}。',
  transcriptEntry: '{terminal}，退出码 {n}',
  benchClose: '收起',
  benchFull: '全屏',
  shared: '链接已复制：打开它的人会看到同样的状态。',
  shareCopy: '复制链接',
  sharedAsFile: '内容太长，放不进链接，已存成文件。把文件发给对方，用“会话……”打开它。',
  shareOffer: '这里带着一份做到一半的实验（{n} 条命令）。恢复它，你自己的进度会先存到一边。',
  shareLoad: '恢复那个状态',
  sessions: '会话',
  sessionsWhere: '做到哪里，都自动存在这台设备上，重新打开页面会接着做。也可以用链接或文件带走。',
  sessionsElsewhere:
    '这个实验在另一个标签页里开着，进度由那一页保存；这一页的不会自动保存，可以存成文件。',
  loadFailed: '这一部分没能加载。请检查网络，然后再按一次。',
  sessionKept: '上次做到一半（{n} 条命令，{when}）。运行任何一步，都会先回到那里。',
  sessionGoOn: '接着做',
  sessionFresh: '从头开始',
  sessionUnsaved: '进度没有存下来（{reason}）。这一页关掉之前，可以把它存成文件。',
  sessionSaveFile: '存成文件',
  sessionOpenFile: '打开文件',
  sessionPrevious: '换回之前存到一边的会话（{n} 条命令）',
  sessionPreviousFile: '把它存成文件',
  refusedDamaged: '没有恢复：内容残缺，或者被改动过（{detail}）。你自己的进度没有动。',
  refusedForeign: '没有恢复：这不是 Overnet 的会话。你自己的进度没有动。',
  refusedNewer: '没有恢复：它来自更新的版本（{detail}），请先刷新页面。你自己的进度没有动。',
  refusedOtherLab: '没有恢复：它属于另一个实验（{detail}）。你自己的进度没有动。',
  refusedGoThere: '到那个实验去打开',
  refusedTooLarge: '没有恢复：内容太大（{detail}）。你自己的进度没有动。',
  refusedBadInput: '没有恢复：第 {detail} 条操作看不懂。你自己的进度没有动。',
  wentBack: '已回到之前的状态。',
  crashed: '模拟器停了。页面还在，可以重新启动它。',
  crashedHint: '重新启动',
  bug: '模拟器自己出错了。其他终端还能用。把下面的记录附在问题报告里，就能重现。',
  bugCopy: '复制记录',
  doOpen: '还没做',
  doDone: '做到了',
  doWaits: '做了，等状态跟上……',
  predictWaits: '还不能判断：题目说的情形还没有出现，请稍等。',
  predictElsewhere:
    '没法判断：现在的情形和题目说的不一样。撤销自己的改动，或者重新开始这一课，再答一次。',
  predictRight: '猜对了。',
  predictWrong: '和实际不一样。',
  predictPicked: '记下了。运行下面的命令，看看对不对。',
  tryHolds: '做到了。',
  tryFails: '还没有：{found}',
  tryShowing: '正在终端里做……',
  changesOf: '{terminal}：{command}',
  changesTyped: '{terminal}：终端里输入的命令',
  changesNothing: '接口、地址、路由、规则和文件都没有变。',
  changesNoCommand: '还没有运行过命令。',
  changesNone: '这一步没有改变接口、地址、路由、规则或文件。',
  changesWait: '运行这一步之后，这里列出你的世界里的变化。',
  powerOff: '断电',
  powerOn: '开机',
  unplug: '拔网线',
  plug: '插网线',
  machineDid: '{host}：{action}',
  machineOn: '开着',
  machineOff: '已断电',
  machineBooting: '正在开机',
  machineUnplugged: '网线已拔',
  machineNode: '集群里显示 {state}',
  machineNow: '{host}：{state}',
  added: '多了',
  removed: '少了',
  changed: '变了',
  diagramLive: '现在的状态',
  diagramDrawing: '正在画……',
  diagramFailed: '这张图没有画出来；文字版在下面。',
  followNothing: '全部',
  packetNone: '还没有程序发出过数据包。运行一条 curl 或 ping 再来看。',
  packetElsewhere: '最近的数据包没有经过这里。',
  packetStep: '第 {n} 站，共 {of} 站：',
  browserLoading: '正在访问……',
  browserServed: '由 {host} 上的容器 {container} 应答',
  browserEntered: '请求到达 {host}',
  browserFailed: '打不开这个页面：{reason}',
  close: '关闭',
};

const en: IslandStrings = {
  run: 'Run',
  runAgain: 'Run again',
  running: 'Running',
  starting: 'Starting the four hosts…',
  stop: 'Stop (Ctrl-C)',
  copied: 'Copied',
  live: 'Your output',
  sample: 'Sample (made when this page was built)',
  noOutput: 'No output',
  exit: 'exit status {n}',
  checkHolds: 'the state is as it should be',
  checkFails: 'the state is not there yet: {found}',
  checkWaits: 'waiting for the state…',
  finished: 'Step {step} has ended: exit status {n}, {lines} lines of output.',
  runBefore: 'Run all before this',
  missingBefore: '{n} earlier steps have not been run.',
  missingValue: 'This command needs {name}, which is not there yet: run the earlier steps first.',
  terminalBusy:
    'A command is still running in the terminal of {host}. Wait for its end, or stop it.',
  foldMore: 'Show all {n} lines',
  foldLess: 'Show fewer',
  linesLeftOut: '… the first {shown} of {n} lines; the rest is in the terminal.',
  terminalOf: 'Terminal of {host}',
  terminalInput: 'Input of the terminal of {host} (Escape, then Tab leaves it)',
  terminalTooMuch:
    'The pasted text is too long ({n} characters) and was not typed. The limit is {max} characters.',
  benchOpen: 'Terminals, console, browser',
  newShellTitle: 'Another shell',
  newShellOpen: 'Open',
  newShellOn: 'A shell on {host}',
  newShellIn: 'A shell in the container {container}',
  newShellWhere: 'Where?',
  findNone: 'not found',
  pasteRefused:
    'The browser did not let the clipboard be read. A long press on the terminal pastes too.',
  copiedSelection: 'The selected text is copied.',
  commandEnded: '{terminal}: exit status {n}.',
  transcriptEntry: '{terminal}, exit status {n}',
  benchClose: 'Close',
  benchFull: 'Full height',
  shared: 'The link is copied: whoever opens it comes to the same state.',
  shareCopy: 'Copy a link',
  sharedAsFile:
    'Too much for a link, so it was saved as a file. Whoever gets the file opens it under “Sessions…”.',
  shareOffer:
    'Here is a lab that somebody is in the middle of ({n} commands). Your own progress is put aside if you restore it.',
  shareLoad: 'Restore that state',
  sessions: 'Sessions',
  sessionsWhere:
    'How far you have come is kept on this device, and goes on when you open the page again. A link or a file takes it elsewhere.',
  sessionsElsewhere:
    'This lab is open in another tab, which keeps its session. What you do in this one is not kept by itself; it can be saved as a file.',
  loadFailed: 'This part could not be loaded. Check the connection, then press again.',
  sessionKept:
    'You were in the middle of this lab ({n} commands, {when}). Any Run first comes back to there.',
  sessionGoOn: 'Go on',
  sessionFresh: 'Start afresh',
  sessionUnsaved:
    'Your progress could not be kept ({reason}). Until this page is closed it can be saved as a file.',
  sessionSaveFile: 'Save as a file',
  sessionOpenFile: 'Open a file',
  sessionPrevious: 'Back to the session that was put aside ({n} commands)',
  sessionPreviousFile: 'Save that one as a file',
  refusedDamaged:
    'Not restored: it is damaged or has been changed ({detail}). Your own progress is as it was.',
  refusedForeign: 'Not restored: this is no session of Overnet. Your own progress is as it was.',
  refusedNewer:
    'Not restored: it comes from a later version ({detail}); reload this page first. Your own progress is as it was.',
  refusedOtherLab:
    'Not restored: it belongs to another lab ({detail}). Your own progress is as it was.',
  refusedGoThere: 'Open it there',
  refusedTooLarge: 'Not restored: it is too large ({detail}). Your own progress is as it was.',
  refusedBadInput:
    'Not restored: its input number {detail} makes no sense. Your own progress is as it was.',
  wentBack: 'Back in the earlier state.',
  crashed: 'The simulator has stopped. The page is still here; the simulator can be started again.',
  crashedHint: 'Start it again',
  bug: 'The simulator itself failed. The other terminals go on. With this record in a report it can be seen again.',
  bugCopy: 'Copy the record',
  doOpen: 'Not done yet',
  doDone: 'Done',
  doWaits: 'Done; the state is catching up…',
  predictWaits:
    'Not to be judged yet: what the question is about has not come to be. Wait a little.',
  predictElsewhere:
    'Not to be judged: things are not as the question says. Undo your own changes, or start the lab anew, and answer again.',
  predictRight: 'You were right.',
  predictWrong: 'It is not so.',
  predictPicked: 'Noted. Run the command below and see.',
  tryHolds: 'Done.',
  tryFails: 'Not yet: {found}',
  tryShowing: 'Doing it in the terminal…',
  changesOf: '{terminal}: {command}',
  changesTyped: '{terminal}: the line typed in the terminal',
  changesNothing: 'No interface, address, route, rule or file changed.',
  changesNoCommand: 'No command has been run yet.',
  changesNone: 'This step changed no interface, address, route, rule or file.',
  changesWait: 'After this step has run, what it changed in your world is listed here.',
  powerOff: 'Power off',
  powerOn: 'Power on',
  unplug: 'Pull the cable',
  plug: 'Plug it in',
  machineDid: '{host}: {action}',
  machineOn: 'on',
  machineOff: 'powered off',
  machineBooting: 'booting',
  machineUnplugged: 'cable pulled',
  machineNode: '{state} to the swarm',
  machineNow: '{host}: {state}',
  added: 'new',
  removed: 'gone',
  changed: 'changed',
  diagramLive: 'The state now',
  diagramDrawing: 'Drawing…',
  diagramFailed: 'The drawing failed; it stands in words below.',
  followNothing: 'everything',
  packetNone: 'No program has sent a packet yet. Run a curl or a ping, then come back.',
  packetElsewhere: 'The last packet did not come through here.',
  packetStep: 'Stage {n} of {of}: ',
  browserLoading: 'Loading…',
  browserServed: 'answered by the container {container} on {host}',
  browserEntered: 'the request came to {host}',
  browserFailed: 'This page cannot be opened: {reason}',
  close: 'Close',
};

export const islandStrings = { zh, en } as const;
