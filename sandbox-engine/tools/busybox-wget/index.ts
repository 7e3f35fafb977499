// The `wget` applet of BusyBox.
//
// Mirrors: networking/wget.c of BusyBox 1.38. Differs: HTTP only, no proxies, no continuing of downloads.
import {
  connectTcp,
  type HttpHeaders,
  header,
  lookupIpv4,
  type Process,
  strerror,
  writeRequest,
} from '../../os/index.ts';
import { type Micros, micros, type Op, seconds } from '../../sim/index.ts';
import { formatIpv4, utf8Length } from '../../wire/index.ts';
import { busyboxUsage } from '../common/busybox.ts';
import { getopt, type LongOption, optionErrorText } from '../common/getopt.ts';
import { exchange, type HttpHead, type HttpOutcome, openHttp } from '../common/http-client.ts';
import { base64, parseUrl, resolveUrl, type Url } from '../common/url.ts';

const usage = busyboxUsage(
  'wget',
  '[-cqS] [--spider] [-O FILE] [-o LOGFILE] [--header STR]\n\t[--post-data STR | --post-file FILE] [-Y on/off]\n\t[--no-check-certificate] [-P DIR] [-U AGENT] [-T SEC] URL...',
  `Retrieve files via HTTP or FTP

	--spider	Only check URL existence: $? is 0 if exists
	--header STR	Add STR (of form 'header: value') to headers
	--post-data STR	Send STR using POST method
	--post-file FILE	Send FILE using POST method
	--no-check-certificate	Don't validate the server's certificate
	-c		Continue retrieval of aborted transfer
	-q		Quiet
	-P DIR		Save to DIR (default .)
	-S    		Show server response
	-T SEC		Network read timeout is SEC seconds
	-O FILE		Save to FILE ('-' for stdout)
	-o LOGFILE	Log messages to FILE
	-U STR		Use STR for User-Agent header
	-Y on/off	Use proxy`,
);

const longs: readonly LongOption[] = [
  { name: 'continue', short: 'c' },
  { name: 'quiet', short: 'q' },
  { name: 'server-response', short: 'S' },
  { name: 'output-document', short: 'O' },
  { name: 'output-file', short: 'o' },
  { name: 'directory-prefix', short: 'P' },
  { name: 'user-agent', short: 'U' },
  { name: 'timeout', short: 'T' },
  { name: 'tries', short: 't' },
  { name: 'proxy', short: 'Y' },
  { name: 'header', short: 'H' },
  { name: 'post-data', short: 'D' },
  { name: 'spider', short: 's' },
  { name: 'no-check-certificate', short: 'k' },
  { name: 'no-verbose', short: 'n' },
];

interface Options {
  output: string | undefined;
  directory: string;
  quiet: boolean;
  showResponse: boolean;
  spider: boolean;
  agent: string;
  timeout: number;
  headers: HttpHeaders;
  postData: string | undefined;
  readonly urls: readonly string[];
}

function parse(args: readonly string[]): Options | string {
  const parsed = getopt(args, 'cqSO:o:P:U:T:t:Y:H:D:skn:', longs);
  if ('error' in parsed) return `${optionErrorText('wget', parsed)}${usage}`;
  const options: Options = {
    output: undefined,
    directory: '',
    quiet: false,
    showResponse: false,
    spider: false,
    agent: 'Wget',
    timeout: 900,
    headers: [],
    postData: undefined,
    urls: parsed.operands,
  };
  for (const { name, value } of parsed.options) {
    if (name === 'O') options.output = value;
    if (name === 'P') options.directory = `${value}/`;
    if (name === 'q') options.quiet = true;
    if (name === 'S') options.showResponse = true;
    if (name === 's') options.spider = true;
    if (name === 'U') options.agent = value;
    if (name === 'T') options.timeout = Number(value);
    if (name === 'D') options.postData = value;
    if (name === 'H') {
      const colon = value.indexOf(':');
      options.headers = [
        ...options.headers,
        [value.slice(0, colon).trim(), value.slice(colon + 1).trim()],
      ];
    }
  }
  return options.urls.length === 0 ? usage : options;
}

/** What ends the applet: an error text without `wget: `. */
type Refusal = { readonly refusal: string };

class Download {
  readonly #process: Process;
  readonly #options: Options;
  #url: Url;
  #received = 0;
  #file = '-';

  constructor(process: Process, options: Options, url: Url) {
    this.#process = process;
    this.#options = options;
    this.#url = url;
  }

  *run(): Op<Refusal | undefined> {
    for (let hop = 0; hop < 6; hop += 1) {
      const outcome = yield* this.#fetch();
      if ('refusal' in outcome) return outcome;
      const location = this.#redirection(outcome);
      if (location === undefined) return yield* this.#finish(outcome);
      const next = parseUrl(resolveUrl(this.#url, location));
      if (!next) return { refusal: `bad address '${location}'` };
      this.#url = next;
    }
    return { refusal: 'too many redirections' };
  }

  #redirection(outcome: HttpOutcome): string | undefined {
    if (outcome.kind !== 'complete') return undefined;
    const { status } = outcome.head;
    return [301, 302, 303, 307, 308].includes(status)
      ? header(outcome.head, 'location')
      : undefined;
  }

  *#say(text: string): Op<void> {
    if (!this.#options.quiet) yield* this.#process.err(text);
  }

  *#fetch(): Op<HttpOutcome | Refusal> {
    const process = this.#process;
    const url = this.#url;
    if (url.scheme !== 'http') return { refusal: `not simulated here: ${url.scheme}` };
    const found = yield* lookupIpv4(process, url.host);
    const [address] = found.ok ? found.value : [];
    if (address === undefined) return { refusal: `bad address '${url.host}'` };
    yield* this.#say(`Connecting to ${url.authority} (${formatIpv4(address)}:${url.port})\n`);
    const until = this.#deadline();
    const connected = yield* connectTcp(process, { to: address, port: url.port, until });
    if (!connected.ok) {
      if (connected.error === 'EAGAIN') return { refusal: 'download timed out' };
      return {
        refusal: `can't connect to remote host (${formatIpv4(address)}): ${strerror(connected.error)}`,
      };
    }
    try {
      return yield* exchange(process, openHttp(connected.value), this.#request(), {
        until: this.#deadline(),
        bodyless: this.#options.spider,
        onHead: (head) => this.#takeHead(head),
        onBody: (text) => this.#takeBody(text),
      });
    } finally {
      process.kernel.sockets.close(connected.value);
    }
  }

  #deadline(): Micros {
    return micros(this.#process.sim.now() + seconds(this.#options.timeout));
  }

  #request(): string {
    const { agent, headers, postData, spider } = this.#options;
    const { authority, target, user } = this.#url;
    const given = (name: string): boolean =>
      headers.some(([n]) => n.toLowerCase() === name.toLowerCase());
    return writeRequest({
      method: postData !== undefined ? 'POST' : spider ? 'HEAD' : 'GET',
      target,
      version: 'HTTP/1.1',
      headers: [
        ...(given('Host') ? [] : [['Host', authority] as const]),
        ...(given('User-Agent') ? [] : [['User-Agent', agent] as const]),
        ['Connection', 'close'],
        ...(user === undefined ? [] : [['Authorization', `Basic ${base64(user)}`] as const]),
        ...headers,
        ...(postData === undefined
          ? []
          : [
              ['Content-Type', 'application/x-www-form-urlencoded'] as const,
              ['Content-Length', `${utf8Length(postData)}`] as const,
            ]),
      ],
      body: postData ?? '',
    });
  }

  *#takeHead(head: HttpHead): Op<void> {
    const lines = head.text.trimEnd().split(/\r?\n/);
    if (this.#options.showResponse)
      yield* this.#process.err(lines.map((line) => `  ${line}\n`).join(''));
    this.#received = 0;
    if (head.status >= 300 || this.#options.spider) return;
    const path = this.#url.target.replace(/[?].*$/, '');
    const name =
      this.#options.output ??
      `${this.#options.directory}${path.slice(path.lastIndexOf('/') + 1) || 'index.html'}`;
    this.#file = name;
    if (name === '-') yield* this.#say('writing to stdout\n');
    else {
      const { fs, cwd } = this.#process;
      fs.write(fs.resolve(cwd, name), '');
      yield* this.#say(`saving to '${name}'\n`);
    }
  }

  *#takeBody(text: string): Op<void> {
    if (this.#file === '-' && this.#options.output !== '-') return;
    this.#received += utf8Length(text);
    const { fs, cwd } = this.#process;
    if (this.#file === '-') yield* this.#process.out(text);
    else fs.write(fs.resolve(cwd, this.#file), text, { append: true });
  }

  /** The bar of a finished download, on 80 columns. */
  #bar(): string {
    const name = (this.#file.split('/').at(-1) ?? '').slice(0, 20).padEnd(20);
    return `${name} 100% |${'*'.repeat(32)}| ${`${this.#received}`.padStart(5)}  0:00:00 ETA\n`;
  }

  *#finish(outcome: HttpOutcome): Op<Refusal | undefined> {
    switch (outcome.kind) {
      case 'error':
        return {
          refusal:
            outcome.error === 'EAGAIN'
              ? 'download timed out'
              : `error getting response: ${strerror(outcome.error)}`,
        };
      case 'empty':
        return { refusal: 'error getting response' };
      case 'not_http':
        return { refusal: 'bad response from server' };
      case 'short':
        return { refusal: 'connection closed prematurely' };
    }
    const { head } = outcome;
    if (head.status >= 400 || head.status < 200)
      return { refusal: `server returned error: ${head.version} ${head.status} ${head.reason}` };
    if (this.#options.spider) yield* this.#say('remote file exists\n');
    else {
      yield* this.#say(this.#bar());
      yield* this.#say(this.#file === '-' ? 'written to stdout\n' : `'${this.#file}' saved\n`);
    }
    return undefined;
  }
}

export function* busyboxWget(process: Process): Op<number> {
  const options = parse(process.argv.slice(1));
  if (typeof options === 'string') {
    yield* process.err(options);
    return 1;
  }
  for (const text of options.urls) {
    const url = parseUrl(text);
    const refusal = url
      ? yield* new Download(process, options, url).run()
      : { refusal: `bad address '${text}'` };
    if (refusal) {
      yield* process.err(`wget: ${refusal.refusal}\n`);
      return 1;
    }
  }
  return 0;
}
