// One URL: connection, request, answer, redirects.
import type { SocketId } from '../../kernel/index.ts';
import { type HttpHeaders, header, type Process, writeRequest } from '../../os/index.ts';
import { type Micros, micros, type Op, seconds, sleep } from '../../sim/index.ts';
import { utf8Length } from '../../wire/index.ts';
import { exchange, type HttpHead, type HttpOutcome } from '../common/http-client.ts';
import { base64, parseUrl, resolveUrl, type Url } from '../common/url.ts';
import { type ConnectionContext, openConnection } from './connect.ts';
import type { CurlOptions } from './options.ts';
import { meterHeader, meterLine, type TransferReport } from './progress.ts';

/** Where the body goes. */
export interface Sink {
  readonly write: (text: string) => Op<void>;
  /** Is the meter shown? */
  readonly meter: boolean;
  /** Is the sink a terminal? Then -v does not mention the bytes. */
  readonly terminal: boolean;
}

export interface Failure {
  readonly code: number;
  readonly text: string;
}

const redirectCodes = new Set([301, 302, 303, 307, 308]);

/** What curl spends on an answer before it closes the connection: in the recordings a server's FIN comes first (068:40). */
const closingTime = micros(1_000);

export class Transfer {
  readonly #context: ConnectionContext;
  readonly #process: Process;
  readonly #options: CurlOptions;
  readonly #sink: Sink;
  readonly #startedAt: number;
  readonly #until: Micros | undefined;
  readonly report: TransferReport;
  /** To be closed, once curl comes to it. */
  #done: SocketId | undefined;

  constructor(context: ConnectionContext, sink: Sink, url: string, number: number) {
    this.#context = context;
    this.#process = context.process;
    this.#options = context.options;
    this.#sink = sink;
    this.#startedAt = context.process.sim.now();
    const { maxTime } = this.#options;
    this.#until = maxTime === undefined ? undefined : micros(this.#startedAt + seconds(maxTime));
    this.report = {
      url,
      method: this.#method(),
      status: 0,
      exitCode: 0,
      errorText: '',
      nameLookup: 0,
      connect: 0,
      startTransfer: 0,
      redirect: 0,
      total: 0,
      downloaded: 0,
      uploaded: 0,
      headerSize: 0,
      requestSize: 0,
      remote: undefined,
      remotePort: 0,
      local: undefined,
      localPort: 0,
      connects: 0,
      redirects: 0,
      contentType: '',
      redirectUrl: '',
      version: '0',
      scheme: 'http',
      file: '',
      number,
    };
  }

  /** Undefined: all went well. */
  *run(): Op<Failure | undefined> {
    const { report } = this;
    if (this.#sink.meter) yield* this.#process.err(`${meterHeader}${meterLine(0, undefined, 0)}`);
    let failure = yield* this.#fetch(report.url);
    while (!failure && this.#options.follow && report.redirectUrl !== '') {
      if (report.redirects >= this.#options.maxRedirects) {
        failure = { code: 47, text: `Maximum (${this.#options.maxRedirects}) redirects followed` };
        break;
      }
      report.redirects += 1;
      report.redirect = this.#elapsed();
      report.url = report.redirectUrl;
      failure = yield* this.#fetch(report.redirectUrl);
    }
    report.total = this.#elapsed();
    if (this.#sink.meter) {
      yield* this.#process.err(
        `${meterLine(report.downloaded, failure ? undefined : report.downloaded, report.total)}\n`,
      );
    }
    report.exitCode = failure?.code ?? 0;
    report.errorText = failure?.text ?? '';
    return failure;
  }

  #elapsed(): number {
    return (this.#process.sim.now() - this.#startedAt) / 1_000_000;
  }

  #method(): string {
    if (this.#options.method !== undefined) return this.#options.method;
    if (this.#options.headOnly) return 'HEAD';
    return this.#options.data.length > 0 && !this.#options.dataInUrl ? 'POST' : 'GET';
  }

  *#fetch(text: string): Op<Failure | undefined> {
    const { report } = this;
    report.redirectUrl = '';
    const url = parseUrl(text);
    const old = this.#context.version.startsWith('7.');
    if (!url)
      return {
        code: 3,
        text: old
          ? 'URL using bad/illegal format or missing URL'
          : 'URL rejected: No host part in the URL',
      };
    if (url.scheme !== 'http' && url.scheme !== 'https')
      return {
        code: 1,
        text: `Protocol "${url.scheme}" not supported${old ? ' or disabled in libcurl' : ''}`,
      };
    report.scheme = url.scheme;
    const opened = yield* openConnection(this.#context, url, this.#startedAt, this.#until, () => {
      report.nameLookup = this.#elapsed();
    });
    if ('code' in opened) return opened;
    const { connection } = opened;
    let kept = false;
    try {
      if (url.scheme === 'https')
        return { code: 35, text: 'TLS connect error: TLS is not simulated here' };
      this.#noteConnection(connection.socket, opened.reused);
      const outcome = yield* this.#ask(url, connection);
      kept = outcome.kind === 'complete' && outcome.keepAlive;
      const failure = this.#failureOf(outcome);
      if (kept) this.#context.idle.set(`${url.host.toLowerCase()}:${url.port}`, connection);
      yield* this.#sayGoodbye(url, kept);
      if (!kept && !failure) {
        this.close();
        this.#done = connection.socket;
      }
      return failure;
    } finally {
      if (!kept && this.#done !== connection.socket)
        this.#process.kernel.sockets.close(connection.socket);
    }
  }

  /** After the last of it: closes a connection that is not kept. */
  *leave(): Op<void> {
    if (this.#done !== undefined) yield* sleep(this.#process.sim, closingTime);
    this.close();
  }

  close(): void {
    if (this.#done !== undefined) this.#process.kernel.sockets.close(this.#done);
    this.#done = undefined;
  }

  #noteConnection(
    socket: Parameters<Process['kernel']['sockets']['get']>[0],
    reused: boolean,
  ): void {
    const row = this.#process.kernel.sockets.get(socket);
    const { report } = this;
    if (!reused) report.connects += 1;
    report.connect = this.#elapsed();
    report.remote = row?.remoteAddress;
    report.remotePort = row?.remotePort ?? 0;
    report.local = row?.localAddress;
    report.localPort = row?.localPort ?? 0;
  }

  *#sayGoodbye(url: Url, kept: boolean): Op<void> {
    const old = this.#context.version.startsWith('7.');
    const place = old ? url.host : `${url.host}:${url.port}`;
    if (kept) yield* this.#context.info(`Connection #0 to host ${place} left intact`);
    else yield* this.#context.info(old ? 'Closing connection 0' : 'shutting down connection #0');
  }

  // ---- request --------------------------------------------------------------------------

  #request(url: Url): string {
    const { options } = this.#context;
    const data = options.data.join('&');
    const query =
      options.dataInUrl && data !== '' ? `${url.target.includes('?') ? '&' : '?'}${data}` : '';
    const body = options.dataInUrl ? '' : data;
    const given = options.headers.map((line): readonly [string, string] => {
      const colon = line.indexOf(':');
      return colon < 0
        ? [line.replace(/;$/, ''), '']
        : [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
    });
    const isGiven = (name: string): boolean =>
      options.headers.some((line) => line.toLowerCase().startsWith(`${name.toLowerCase()}:`));
    const credentials = options.user ?? url.user;
    const standard: readonly (readonly [string, string])[] = [
      ['Host', url.authority],
      ...(credentials === undefined
        ? []
        : [['Authorization', `Basic ${base64(credentials)}`] as const]),
      ['User-Agent', options.userAgent ?? `curl/${this.#context.version}`],
      ['Accept', '*/*'],
    ];
    const ofBody: readonly (readonly [string, string])[] =
      body === ''
        ? []
        : [
            ['Content-Length', `${utf8Length(body)}`],
            ['Content-Type', 'application/x-www-form-urlencoded'],
          ];
    const headers: HttpHeaders = [
      ...standard.filter(([name]) => (name === 'Host' ? !isGiven(name) : !isGiven(name))),
      // `-H 'Name:'` takes a header out.
      ...given.filter(([, value], i) => value !== '' || (options.headers[i] ?? '').endsWith(';')),
      ...ofBody.filter(([name]) => !isGiven(name)),
    ];
    const hostFirst = [...headers].sort(
      (a, b) => Number(b[0] === 'Host') - Number(a[0] === 'Host'),
    );
    this.report.uploaded = utf8Length(body);
    return writeRequest({
      method: this.#method(),
      target: `${url.target}${query}`,
      version: options.http10 ? 'HTTP/1.0' : 'HTTP/1.1',
      headers: hostFirst,
      body,
    });
  }

  *#ask(url: Url, connection: Parameters<typeof exchange>[1]): Op<HttpOutcome> {
    const { report } = this;
    const old = this.#context.version.startsWith('7.');
    const request = this.#request(url);
    report.requestSize += utf8Length(request);
    if (!old) yield* this.#context.info('using HTTP/1.x');
    yield* this.#trace('>', request.slice(0, request.indexOf('\r\n\r\n') + 4));
    if (!old) yield* this.#context.info('Request completely sent off');
    return yield* exchange(this.#process, connection, request, {
      ...(this.#until !== undefined && { until: this.#until }),
      bodyless: this.#method() === 'HEAD',
      onHead: (head) => this.#takeHead(url, head),
      onBody: (text) => this.#takeBody(text),
    });
  }

  /** The lines of a head, each with its sign. */
  *#trace(sign: string, text: string): Op<void> {
    if (!this.#options.verbose) return;
    const lines = text.replace(/\r\n$/, '').split('\r\n');
    yield* this.#process.err(lines.map((line) => `${sign} ${line}\r\n`).join(''));
  }

  // ---- answer ---------------------------------------------------------------------------

  *#takeHead(url: Url, head: HttpHead): Op<void> {
    const { report } = this;
    report.startTransfer = this.#elapsed();
    report.status = head.status;
    report.version = head.version
      .replace('HTTP/', '')
      .replace(/\.0$/, head.version === 'HTTP/1.0' ? '.0' : '');
    report.headerSize += utf8Length(head.text);
    report.contentType = header(head, 'content-type') ?? '';
    const location = header(head, 'location');
    report.redirectUrl =
      redirectCodes.has(head.status) && location !== undefined ? resolveUrl(url, location) : '';
    yield* this.#trace('<', head.text);
    if (this.#options.include || this.#options.headOnly) yield* this.#sink.write(head.text);
    if (this.#options.dumpHeader !== undefined)
      yield* this.#dumpHeader(this.#options.dumpHeader, head.text);
  }

  *#dumpHeader(file: string, text: string): Op<void> {
    if (file === '-') yield* this.#process.out(text);
    else {
      const { fs, cwd } = this.#process;
      fs.write(fs.resolve(cwd, file), text, { append: this.report.redirects > 0 });
    }
  }

  *#takeBody(text: string): Op<void> {
    const { report } = this;
    const bytes = utf8Length(text);
    if (this.#options.verbose && !this.#sink.terminal)
      yield* this.#process.err(`{ [${bytes} bytes data]\n`);
    const hidden =
      (this.#options.fail && report.status >= 400) ||
      (this.#options.follow && report.redirectUrl !== '');
    if (hidden) return;
    report.downloaded += bytes;
    yield* this.#sink.write(text);
  }

  #failureOf(outcome: HttpOutcome): Failure | undefined {
    const { report } = this;
    const spent = Math.floor((this.#process.sim.now() - this.#startedAt) / 1000);
    switch (outcome.kind) {
      case 'complete':
        return this.#options.fail && outcome.head.status >= 400
          ? { code: 22, text: `The requested URL returned error: ${outcome.head.status}` }
          : undefined;
      case 'empty':
        return { code: 52, text: 'Empty reply from server' };
      case 'not_http':
        return { code: 1, text: 'Received HTTP/0.9 when not allowed' };
      case 'short':
        return {
          code: 18,
          text: this.#context.version.startsWith('7.')
            ? `transfer closed with ${outcome.missing} bytes remaining to read`
            : `end of response with ${outcome.missing} bytes missing`,
        };
      case 'error': {
        if (outcome.error !== 'EAGAIN')
          return outcome.sending
            ? { code: 55, text: 'Send failure: Connection reset by peer' }
            : { code: 56, text: 'Recv failure: Connection reset by peer' };
        return {
          code: 28,
          text: `Operation timed out after ${spent} milliseconds with ${report.downloaded} bytes received`,
        };
      }
    }
  }
}
