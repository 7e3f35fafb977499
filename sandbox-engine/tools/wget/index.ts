// `wget`: downloads into files, and tells at length how.
//
// Mirrors: GNU wget 1.25 and 1.21 (http.c, connect.c, retr.c) in the C locale. Differs: HTTP only; no recursion, proxies,
// cookies, continued downloads or configuration files.
import {
  connectTcp,
  type HttpHeaders,
  header,
  lookupIpv4,
  type Process,
  type Program,
  type SocketError,
  socketOwner,
  strerror,
  writeRequest,
} from '../../os/index.ts';
import { micros, type Op, seconds, sleep } from '../../sim/index.ts';
import { civilTime } from '../../std/index.ts';
import { formatIpv4, type Ipv4, utf8Length } from '../../wire/index.ts';
import { exchange, type HttpHead, type HttpOutcome, openHttp } from '../common/http-client.ts';
import { base64, parseUrl, resolveUrl, type Url } from '../common/url.ts';
import { type Options, parse } from './options.ts';
import { bar, dots, rateText, sizeInBrackets } from './progress.ts';

/** Exit codes of wget(1). */
const exits = { ok: 0, parse: 2, file: 3, network: 4, server: 8 } as const;

/** How one try ended: with an exit code, with another URL to go to, or so that it is worth another try. */
type Ending = { readonly status: number } | { readonly next: Url } | { readonly again: string };

const redirects = new Set([301, 302, 303, 307, 308]);

class Download {
  readonly #process: Process;
  readonly #options: Options;
  #url: Url;
  #text: string;
  /** Where the body goes; undefined when it is thrown away. */
  #target: string | undefined;
  #startedAt = 0;
  received = 0;

  constructor(process: Process, options: Options, text: string, url: Url) {
    this.#process = process;
    this.#options = options;
    this.#text = text;
    this.#url = url;
  }

  *run(): Op<number> {
    let hops = 0;
    for (let attempt = 1; ; attempt += 1) {
      yield* this.#say(
        `--${this.#now()}--${attempt > 1 ? `  (try:${`${attempt}`.padStart(2)})` : ''}  ${this.#text}\n`,
      );
      const ending = yield* this.#try();
      if ('status' in ending) return ending.status;
      if ('next' in ending) {
        hops += 1;
        if (hops > this.#options.redirections) {
          yield* this.#say(`${this.#options.redirections} redirections exceeded.\n`);
          return exits.server;
        }
        this.#url = ending.next;
        this.#text = `${ending.next.scheme}://${ending.next.authority}${ending.next.target}`;
        attempt = 0;
        continue;
      }
      const { tries } = this.#options;
      yield* this.#say(ending.again);
      if (tries > 0 && attempt >= tries) {
        yield* this.#say('Giving up.\n\n');
        return exits.network;
      }
      yield* this.#say('Retrying.\n\n');
      yield* sleep(this.#process.sim, seconds(Math.min(attempt, 10)));
    }
  }

  *#try(): Op<Ending> {
    const process = this.#process;
    const address = yield* this.#resolve();
    if (address === undefined) return { status: exits.network };
    const { connectTimeout } = this.#options;
    yield* this.#say(`Connecting to ${this.#place(address)}... `);
    const connected = yield* connectTcp(process, {
      to: address,
      port: this.#url.port,
      owner: socketOwner(process, 3),
      ...(connectTimeout > 0 && {
        until: micros(process.sim.now() + seconds(connectTimeout)),
      }),
    });
    if (!connected.ok) {
      const { error } = connected;
      const why = error === 'EAGAIN' ? strerror('ETIMEDOUT') : strerror(error);
      const failed = `failed: ${why}.\n`;
      if (this.#isWorthRetrying(error)) return { again: failed };
      yield* this.#say(failed);
      return { status: exits.network };
    }
    try {
      yield* this.#say('connected.\nHTTP request sent, awaiting response... ');
      this.received = 0;
      const outcome = yield* exchange(process, openHttp(connected.value), this.#request(), {
        until: micros(process.sim.now() + seconds(this.#options.readTimeout)),
        bodyless: this.#options.spider,
        onHead: (head) => this.#takeHead(head),
        onBody: (text) => this.#takeBody(text),
      });
      return yield* this.#finish(outcome);
    } finally {
      process.kernel.sockets.close(connected.value);
    }
  }

  #isWorthRetrying(error: SocketError): boolean {
    return error === 'EAGAIN' || error === 'ETIMEDOUT' || this.#options.retryRefused;
  }

  *#resolve(): Op<Ipv4 | undefined> {
    const { host } = this.#url;
    const numeric = /^\d+(\.\d+){3}$/.test(host);
    if (!numeric) yield* this.#say(`Resolving ${host} (${host})... `);
    const found = yield* lookupIpv4(this.#process, host);
    const addresses = found.ok ? found.value : [];
    if (addresses.length === 0) {
      if (!numeric) yield* this.#say('failed: Name or service not known.\n');
      yield* this.#complain(`wget: unable to resolve host address '${host}'\n`);
      return undefined;
    }
    const shown = addresses.slice(0, 3).map(formatIpv4).join(', ');
    if (!numeric) yield* this.#say(`${shown}${addresses.length > 3 ? ', ...' : ''}\n`);
    return addresses[0];
  }

  /** `www.docker.com (www.docker.com)|203.0.113.10|:80`. */
  #place(address: Ipv4): string {
    const { host, port } = this.#url;
    const text = formatIpv4(address);
    return host === text ? `${text}:${port}` : `${host} (${host})|${text}|:${port}`;
  }

  #request(): string {
    const { agent, headers, method, body, spider } = this.#options;
    const { authority, target, user } = this.#url;
    const given = new Set(headers.map(([name]) => name.toLowerCase()));
    const own: HttpHeaders = [
      ['Host', authority],
      ['User-Agent', agent],
      ['Accept', '*/*'],
      ['Accept-Encoding', 'identity'],
      ...(user === undefined ? [] : [['Authorization', `Basic ${base64(user)}`] as const]),
      ['Connection', 'Keep-Alive'],
      ...(body === undefined
        ? []
        : [
            ['Content-Type', 'application/x-www-form-urlencoded'] as const,
            ['Content-Length', `${utf8Length(body)}`] as const,
          ]),
    ];
    return writeRequest({
      method: method ?? (spider ? 'HEAD' : 'GET'),
      target,
      version: 'HTTP/1.1',
      headers: [...own.filter(([name]) => !given.has(name.toLowerCase())), ...headers],
      body: body ?? '',
    });
  }

  *#takeHead(head: HttpHead): Op<void> {
    const { showResponse, spider, errorBodies } = this.#options;
    const lines = head.text.trimEnd().split(/\r?\n/);
    yield* this.#say(
      showResponse
        ? `\n${lines.map((line) => `  ${line}\n`).join('')}`
        : `${head.status} ${head.reason}\n`,
    );
    this.#startedAt = this.#process.sim.now();
    this.#target = undefined;
    if (redirects.has(head.status) || (head.status >= 400 && !errorBodies)) return;
    yield* this.#say(`Length: ${this.#length(head)}\n`);
    if (spider) return;
    this.#target = this.#chooseTarget();
    if (this.#target !== '-') {
      const { fs, cwd } = this.#process;
      fs.write(fs.resolve(cwd, this.#target), '');
    }
    yield* this.#say(`Saving to: '${this.#target === '-' ? 'STDOUT' : this.#target}'\n`);
  }

  #length(head: HttpHead): string {
    const type = header(head, 'content-type')?.replace(/;.*$/, '').trim();
    const { length } = head;
    const size = length === undefined ? 'unspecified' : `${length}${sizeInBrackets(length)}`;
    return type ? `${size} [${type}]` : size;
  }

  /** The name in the URL; with a number behind it where that exists. */
  #chooseTarget(): string {
    const { output, directory } = this.#options;
    if (output !== undefined) return output;
    const { fs, cwd } = this.#process;
    const name = this.#fileName();
    const path = directory === '.' ? name : `${directory.replace(/\/$/, '')}/${name}`;
    const exists = (candidate: string): boolean => fs.stat(fs.resolve(cwd, candidate)).ok;
    if (directory !== '.') fs.mkdir(fs.resolve(cwd, directory), { parents: true });
    if (!exists(path)) return path;
    for (let number = 1; ; number += 1)
      if (!exists(`${path}.${number}`)) return `${path}.${number}`;
  }

  #fileName(): string {
    const [path = '', query] = this.#url.target.split('?');
    const name = path.slice(path.lastIndexOf('/') + 1) || 'index.html';
    return query === undefined ? name : `${name}?${query}`;
  }

  /** -nc: the file that is there already. */
  get existing(): string | undefined {
    const { fs, cwd } = this.#process;
    const name = this.#options.output ?? this.#fileName();
    return this.#options.keepExisting && name !== '-' && fs.stat(fs.resolve(cwd, name)).ok
      ? name
      : undefined;
  }

  *#takeBody(text: string): Op<void> {
    if (this.#target === undefined) return;
    this.received += utf8Length(text);
    const { fs, cwd } = this.#process;
    if (this.#target === '-') yield* this.#process.out(text);
    else fs.write(fs.resolve(cwd, this.#target), text, { append: true });
  }

  *#finish(outcome: HttpOutcome): Op<Ending> {
    switch (outcome.kind) {
      case 'empty':
        return { again: 'No data received.\n' };
      case 'not_http':
        yield* this.#say('200 No headers, assuming HTTP/0.9\n');
        return { status: exits.server };
      case 'error': {
        const { error } = outcome;
        return {
          again: `Read error (${error === 'EAGAIN' ? strerror('ETIMEDOUT') : strerror(error)}) in headers.\n`,
        };
      }
      case 'short':
        return {
          again: `\n${this.#now()} - Connection closed at byte ${this.received}. `,
        };
    }
    const { head } = outcome;
    const location = redirects.has(head.status) ? header(head, 'location') : undefined;
    if (location !== undefined) return yield* this.#follow(location);
    if (head.status >= 400) {
      yield* this.#complain(`${this.#now()} ERROR ${head.status}: ${head.reason}.\n`);
      yield* this.#say(this.#options.spider ? '' : '\n');
      if (this.#options.spider)
        yield* this.#say('Remote file does not exist -- broken link!!!\n\n');
      return { status: exits.server };
    }
    if (this.#options.spider) yield* this.#say('Remote file exists.\n\n');
    else yield* this.#report(head.length);
    return { status: exits.ok };
  }

  *#follow(location: string): Op<Ending> {
    yield* this.#say(`Location: ${location} [following]\n`);
    const next = parseUrl(resolveUrl(this.#url, location));
    if (next?.scheme === 'http') return { next };
    yield* this.#complain(`${location}: not simulated here.\n`);
    return { status: exits.parse };
  }

  *#report(total: number | undefined): Op<void> {
    const process = this.#process;
    const took = (process.sim.now() - this.#startedAt) / 1_000_000;
    const target = this.#target ?? '-';
    const sizes = total === undefined ? `${this.received}` : `${this.received}/${total}`;
    if (this.#options.verbosity === 'brief') {
      yield* process.err(`${this.#now()} URL:${this.#text} [${sizes}] -> "${target}" [1]\n`);
      return;
    }
    const name = target === '-' ? '-' : (target.split('/').at(-1) ?? '');
    yield* this.#say(
      process.isTty(2)
        ? `\n${bar(name, this.received, total, took, process.tty?.columns ?? 80)}`
        : dots(this.received, total, took),
    );
    const where = target === '-' ? 'written to stdout' : `'${target}' saved`;
    yield* this.#say(`${this.#now()} (${rateText(this.received, took)}) - ${where} [${sizes}]\n\n`);
  }

  *#say(text: string): Op<void> {
    if (this.#options.verbosity === 'full' && text !== '') yield* this.#process.err(text);
  }

  /** What -nv does not silence. */
  *#complain(text: string): Op<void> {
    if (this.#options.verbosity !== 'quiet') yield* this.#process.err(text);
  }

  #now(): string {
    return timeText(this.#process);
  }
}

/** `2026-11-22 00:09:36`. */
function timeText({ sim }: Process): string {
  const { year, month, day, hour, minute, second } = civilTime(
    sim.epochMillis + Math.floor(sim.now() / 1000),
  );
  const two = (n: number): string => `${n}`.padStart(2, '0');
  return `${year}-${two(month)}-${two(day)} ${two(hour)}:${two(minute)}:${two(second)}`;
}

function* retrieve(process: Process, options: Options): Op<number> {
  const startedAt = process.sim.now();
  const { fs, cwd } = process;
  // -O names one file for all that is retrieved; it is there even if nothing is.
  if (options.output !== undefined && options.output !== '-') {
    const opened = fs.write(fs.resolve(cwd, options.output), '');
    if (!opened.ok) {
      yield* process.err(`${options.output}: ${strerror(opened.error)}\n`);
      return exits.file;
    }
  }
  let worst: number = exits.ok;
  let files = 0;
  let bytes = 0;
  for (const given of options.urls) {
    const url = parseUrl(given);
    const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(given) ? given : `http://${given}`;
    if (url?.scheme !== 'http') {
      yield* process.err(
        url?.scheme === 'https'
          ? 'wget: not simulated here: https\n'
          : `${given}: Unsupported scheme.\n`,
      );
      worst = exits.parse;
      continue;
    }
    const shown = url.target === '/' && !text.endsWith('/') ? `${text}/` : text;
    const download = new Download(process, options, shown, url);
    if (options.output === undefined && download.existing !== undefined) {
      if (options.verbosity === 'full')
        yield* process.err(
          `File '${download.existing}' already there; not retrieving.\n${options.urls.length > 1 ? '' : '\n'}`,
        );
      continue;
    }
    const status = yield* download.run();
    if (status === exits.ok) files += 1;
    else if (worst === exits.ok || status < worst) worst = status;
    bytes += download.received;
  }
  if (options.urls.length > 1 && files > 0 && options.verbosity === 'full') {
    const took = (process.sim.now() - startedAt) / 1_000_000;
    yield* process.err(
      `FINISHED --${timeText(process)}--\nTotal wall clock time: ${Number(took.toPrecision(2))}s\nDownloaded: ${files} files, ${bytes} in 0s (${rateText(bytes, 0)})\n`,
    );
  }
  return worst;
}

export const wgetProgram = (version: string): Program =>
  function* wget(process: Process): Op<number> {
    const options = parse(process.argv.slice(1), version);
    if ('urls' in options) return yield* retrieve(process, options);
    if (options.out) yield* process.out(options.out);
    if (options.err) yield* process.err(options.err);
    return options.status;
  };
