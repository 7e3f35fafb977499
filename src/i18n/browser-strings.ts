// What the browser pane says of the pages that came. Loaded with what it says it of.
import type { BrowseFailure } from '../../sandbox-engine/protocol/index.ts';

export interface BrowserStrings {
  readonly back: string;
  readonly refresh: string;
  readonly times: string;
  readonly runTimes: string;
  readonly took: string;
  readonly way: string;
  readonly servedBy: string;
  readonly headers: string;
  readonly sharesTitle: string;
  readonly sharesSummary: string;
  readonly container: string;
  readonly host: string;
  readonly count: string;
  readonly share: string;
  readonly hostItself: string;
  readonly unanswered: string;
  readonly wentBack: string;
  readonly causes: Readonly<Record<BrowseFailure['cause'], string>>;
}

const zh: BrowserStrings = {
  back: '后退',
  refresh: '刷新',
  times: '次数',
  runTimes: '连续访问',
  took: '用了 {n} 毫秒',
  way: '经过',
  servedBy: '应答的容器',
  headers: '响应头',
  sharesTitle: '各容器应答的次数',
  sharesSummary: '访问 {n} 次，得到 {answered} 次应答，来自 {containers} 个容器。',
  container: '容器',
  host: '主机',
  count: '次数',
  share: '比例',
  hostItself: '主机自己',
  unanswered: '没有应答',
  wentBack: '世界回到了之前的状态，这次访问没有结果。',
  causes: {
    'bad-address': '这不是浏览器认识的地址。写成 http://主机:端口/ 的样子。',
    'unknown-host': '没有这个名字：DNS 不知道它的地址。',
    refused: '那台主机回绝了：这个端口上没有程序在等连接。',
    'no-route': '到不了那里：没有路由，或者那台主机不应答。',
    'timed-out': '等不到应答：10 秒过去了。',
    closed: '连接建立了，可是没有得到应答就断了。',
    'not-http': '那边应答的不是 HTTP。',
  },
};

const en: BrowserStrings = {
  back: 'Back',
  refresh: 'Refresh',
  times: 'Times',
  runTimes: 'Load again and again',
  took: 'took {n} ms',
  way: 'by way of',
  servedBy: 'answered by the container',
  headers: 'Response headers',
  sharesTitle: 'Who answered how often',
  sharesSummary: '{n} requests, {answered} answers, from {containers} containers.',
  container: 'Container',
  host: 'Host',
  count: 'Answers',
  share: 'Share',
  hostItself: 'the host itself',
  unanswered: 'no answer',
  wentBack: 'The world went back to an earlier state before an answer came.',
  causes: {
    'bad-address': 'This browser does not understand that address. Write http://HOST:PORT/.',
    'unknown-host': 'There is no such name: the DNS knows no address for it.',
    refused: 'That host refused: no program waits for connections on this port.',
    'no-route': 'There is no way there: no route, or nobody at that address.',
    'timed-out': 'No answer came in 10 seconds.',
    closed: 'The connection was made, and closed without an answer.',
    'not-http': 'What answered does not speak HTTP.',
  },
};

export const browserStrings = { zh, en } as const;
