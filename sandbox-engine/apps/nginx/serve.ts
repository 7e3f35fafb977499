// What an nginx worker does with one request: files, redirects, proxying, error pages, the access log.
//
// Mirrors: ngx_http_static_module, ngx_http_index_module, ngx_http_proxy_module, ngx_http_special_response.
import type { SocketId } from '../../kernel/index.ts';
import {
  connectTcp,
  type HttpHeaders,
  HttpParser,
  type HttpRequest,
  type HttpResponse,
  header,
  type Process,
  reasonPhrases,
  receiveSome,
  sendAll,
  strerror,
  writeRequest,
} from '../../os/index.ts';
import { micros, millis, type Op, seconds, sleep } from '../../sim/index.ts';
import { formatIpv4, type Ipv4 } from '../../wire/index.ts';
import { bytes, type HttpAnswer, httpDate, keepsAlive, nowMillis, pathOf } from '../http-server.ts';
import type { Peer } from '../tcp-server.ts';
import type { Location, NginxConfig, ProxyPass, Server } from './config.ts';
import { accessTime, type NginxLog } from './log.ts';

export const nginxVersion = 'nginx/1.30.6';

/** What a worker knows. */
export interface Worker {
  readonly process: Process;
  readonly config: NginxConfig;
  readonly errors: NginxLog;
  readonly access: NginxLog;
  /** The addresses of each upstream, as they were when the configuration was read; turned by round robin. */
  readonly upstreams: ReadonlyMap<string, { addresses: readonly Ipv4[]; next: number }>;
  /** Counts connections. */
  connections: number;
  /** Requests that are being answered. */
  active: number;
}

interface Exchange {
  readonly worker: Worker;
  readonly server: Server;
  readonly peer: Peer;
  readonly connection: number;
  readonly request: HttpRequest;
}

/** One connection's requests. */
export function answerer(
  worker: Worker,
  port: number,
  peer: Peer,
): (request: HttpRequest) => Op<HttpAnswer> {
  worker.connections += 1;
  const connection = worker.connections;
  return function* (request) {
    const server = serverFor(worker.config, port, header(request, 'host') ?? '');
    const exchange = { worker, server, peer, connection, request };
    yield* sleep(worker.process.sim, micros(200));
    worker.active += 1;
    try {
      const answer = yield* respond(exchange);
      logAccess(exchange, answer);
      return answer;
    } finally {
      worker.active -= 1;
    }
  };
}

/** What is no HTTP at all. */
export function malformed(worker: Worker, peer: Peer): HttpAnswer {
  const answer = { ...errorPage(worker, 400, false), close: true };
  const client = formatIpv4(peer.address);
  worker.access.line(
    `${client} - - [${accessTime(worker.process)}] "" 400 ${bytes(answer.body)} "-" "-"`,
  );
  return answer;
}

function serverFor(config: NginxConfig, port: number, host: string): Server {
  const candidates = config.servers.filter((server) => server.ports.includes(port));
  const name = host.split(':')[0] ?? '';
  const found = candidates.find((server) => server.names.includes(name)) ?? candidates[0];
  return found ?? { ports: [port], names: [], locations: [] };
}

function locationFor(server: Server, path: string): Location | undefined {
  const exact = server.locations.find((l) => l.modifier === '=' && l.path === path);
  if (exact) return exact;
  return server.locations
    .filter((l) => l.modifier !== '=' && path.startsWith(l.path))
    .sort((a, b) => b.path.length - a.path.length)[0];
}

function* respond(exchange: Exchange): Op<HttpAnswer> {
  const { worker, server, request } = exchange;
  const alive = keepsAlive(request);
  const path = pathOf(request.target);
  if (path === undefined) return errorPage(worker, 400, false);
  const location = locationFor(server, path);
  if (!location) return errorPage(worker, 404, alive);
  if (location.returns) return returned(worker, location.returns, alive);
  if (location.proxyPass) return yield* proxy(exchange, location, location.proxyPass, alive);
  if (request.method !== 'GET' && request.method !== 'HEAD') return errorPage(worker, 405, alive);
  return staticFile(exchange, location, path, alive);
}

const commonHeaders = (worker: Worker): HttpHeaders => [
  ['Server', nginxVersion],
  ['Date', httpDate(nowMillis(worker.process.sim))],
];
const connectionHeader = (alive: boolean): HttpHeaders => [
  ['Connection', alive ? 'keep-alive' : 'close'],
];

/** Statuses that nginx has words of its own for. */
const ownPhrases: Readonly<Record<number, string>> = {
  302: 'Moved Temporarily',
  405: 'Not Allowed',
  408: 'Request Time-out',
  503: 'Service Temporarily Unavailable',
  504: 'Gateway Time-out',
};

/** Mirrors: ngx_http_error_404_page and its like. */
function errorPage(
  worker: Worker,
  status: number,
  alive: boolean,
  extra: HttpHeaders = [],
): HttpAnswer {
  const reason = ownPhrases[status] ?? reasonPhrases[status] ?? '';
  const title = `${status} ${reason}`;
  const body = `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>${nginxVersion}</center>\r\n</body>\r\n</html>\r\n`;
  return {
    status,
    reason,
    headers: [
      ...commonHeaders(worker),
      ['Content-Type', 'text/html'],
      ['Content-Length', bytes(body)],
      ...extra,
      ...connectionHeader(alive),
    ],
    body,
    close: !alive,
  };
}

function returned(
  worker: Worker,
  returns: { readonly status: number; readonly text: string },
  alive: boolean,
): HttpAnswer {
  const { status, text } = returns;
  if (status >= 300 && status < 400 && text !== '')
    return errorPage(worker, status, alive, [['Location', text]]);
  if (text === '' && status >= 400) return errorPage(worker, status, alive);
  return {
    status,
    headers: [
      ...commonHeaders(worker),
      ['Content-Type', worker.config.defaultType],
      ['Content-Length', bytes(text)],
      ...connectionHeader(alive),
    ],
    body: text,
    close: !alive,
  };
}

// ---- files -----------------------------------------------------------------------------------------

function staticFile(
  exchange: Exchange,
  location: Location,
  path: string,
  alive: boolean,
): HttpAnswer {
  const { worker, request } = exchange;
  const { fs } = worker.process;
  const candidates = path.endsWith('/') ? location.index.map((name) => `${path}${name}`) : [path];
  const file = candidates.map((name) => `${location.root}${name}`).find((name) => fs.exists(name));
  if (!file) return missing(exchange, location, path, candidates[0] ?? path, alive);
  const stat = fs.stat(file);
  if (stat.ok && stat.value.type === 'directory') {
    const host = header(request, 'host') ?? '';
    return errorPage(worker, 301, alive, [['Location', `http://${host}${path}/`]]);
  }
  const text = fs.read(file);
  if (!stat.ok || !text.ok) {
    logError(exchange, `open() "${file}" failed (13: Permission denied)`);
    return errorPage(worker, 403, alive);
  }
  return fileAnswer(exchange, file, text.value, stat.value.modifiedMillis, alive);
}

function fileAnswer(
  { worker, request }: Exchange,
  file: string,
  text: string,
  modifiedMillis: number,
  alive: boolean,
): HttpAnswer {
  const extension = file.slice(file.lastIndexOf('.') + 1).toLowerCase();
  const length = bytes(text);
  const modified = httpDate(modifiedMillis);
  const etag = `"${Math.floor(modifiedMillis / 1_000).toString(16)}-${Number(length).toString(16)}"`;
  const known =
    header(request, 'if-none-match') === etag ||
    (header(request, 'if-none-match') === undefined &&
      header(request, 'if-modified-since') === modified);
  const validators: HttpHeaders = [
    ['Last-Modified', modified],
    ...connectionHeader(alive),
    ['ETag', etag],
  ];
  if (known) {
    const headers = [...commonHeaders(worker), ...validators];
    return { status: 304, headers, body: '', close: !alive };
  }
  const type = worker.config.types.get(extension) ?? worker.config.defaultType;
  return {
    status: 200,
    headers: [
      ...commonHeaders(worker),
      ['Content-Type', type],
      ['Content-Length', length],
      ...validators,
      ['Accept-Ranges', 'bytes'],
    ],
    body: text,
    close: !alive,
    file: true,
  };
}

function missing(
  exchange: Exchange,
  location: Location,
  path: string,
  tried: string,
  alive: boolean,
): HttpAnswer {
  const { worker } = exchange;
  const directory = `${location.root}${path}`;
  if (path.endsWith('/') && worker.process.fs.exists(directory)) {
    logError(exchange, `directory index of "${directory}" is forbidden`);
    return errorPage(worker, 403, alive);
  }
  logError(exchange, `open() "${location.root}${tried}" failed (2: No such file or directory)`);
  return errorPage(worker, 404, alive);
}

// ---- proxying --------------------------------------------------------------------------------------

const connectTimeout = seconds(60);
const errnoNumbers: Readonly<Record<string, number>> = {
  ECONNREFUSED: 111,
  EHOSTUNREACH: 113,
  ENETUNREACH: 101,
  ECONNRESET: 104,
  ETIMEDOUT: 110,
};

function* proxy(
  exchange: Exchange,
  location: Location,
  pass: ProxyPass,
  alive: boolean,
): Op<HttpAnswer> {
  const { worker, request } = exchange;
  const upstream = worker.upstreams.get(upstreamKey(pass));
  const count = upstream?.addresses.length ?? 0;
  const target =
    pass.uri === '' ? request.target : pass.uri + request.target.slice(location.path.length);
  for (let tried = 0; upstream && tried < count; tried += 1) {
    const address = upstream.addresses[upstream.next % count] as Ipv4;
    upstream.next += 1;
    const answer = yield* ask(exchange, pass, address, target);
    if (answer) return relayed(worker, answer, alive);
  }
  return errorPage(worker, 502, alive);
}

export const upstreamKey = (pass: ProxyPass): string => `${pass.host}:${pass.port}`;

/** Asks one upstream server; undefined when it does not answer. */
function* ask(
  exchange: Exchange,
  pass: ProxyPass,
  address: Ipv4,
  target: string,
): Op<HttpResponse | undefined> {
  const { worker, request } = exchange;
  const { process } = worker;
  const url = `http://${formatIpv4(address)}:${pass.port}${target}`;
  const until = micros(process.sim.now() + connectTimeout);
  const connected = yield* connectTcp(process, { to: address, port: pass.port, until });
  if (!connected.ok) {
    const { error } = connected;
    const why =
      error === 'EAGAIN'
        ? 'upstream timed out (110: Operation timed out)'
        : `connect() failed (${errnoNumbers[error] ?? 0}: ${strerror(error)})`;
    logError(exchange, `${why} while connecting to upstream`, url);
    return undefined;
  }
  const socket = connected.value;
  try {
    const kept = request.headers.filter(
      ([name]) => !/^(?:host|connection|keep-alive|upgrade)$/i.test(name),
    );
    const headers: HttpHeaders = [
      ['Host', pass.port === 80 ? pass.host : `${pass.host}:${pass.port}`],
      ['Connection', 'close'],
      ...kept,
    ];
    yield* sendAll(process, socket, writeRequest({ ...request, target, headers }), until);
    const answer = yield* readAnswer(process, socket, request.method === 'HEAD');
    if (!answer) {
      logError(
        exchange,
        'upstream prematurely closed connection while reading response header from upstream',
        url,
      );
    }
    return answer;
  } finally {
    process.kernel.sockets.close(socket);
  }
}

function* readAnswer(
  process: Process,
  socket: SocketId,
  headOnly: boolean,
): Op<HttpResponse | undefined> {
  const parser = new HttpParser('response');
  parser.expectNoBody = headOnly;
  const until = micros(process.sim.now() + connectTimeout);
  for (;;) {
    const answer = parser.response();
    if (answer) return answer;
    if (parser.bad) return undefined;
    const text = yield* receiveSome(process, socket, until);
    if (!text.ok && text.error === 'EINTR') continue;
    if (!text.ok) return undefined;
    if (text.value === null) {
      parser.end();
      return parser.response();
    }
    parser.push(text.value);
  }
}

/** An upstream's answer with nginx's own headers in front. */
function relayed(worker: Worker, response: HttpResponse, alive: boolean): HttpAnswer {
  const own =
    /^(?:server|date|connection|keep-alive|transfer-encoding|content-length|content-type)$/i;
  const type = header(response, 'content-type');
  return {
    status: response.status,
    headers: [
      ...commonHeaders(worker),
      ...(type === undefined ? [] : ([['Content-Type', type]] as HttpHeaders)),
      ['Content-Length', bytes(response.body)],
      ...connectionHeader(alive),
      ...response.headers.filter(([name]) => !own.test(name)),
    ],
    body: response.body,
    close: !alive,
  };
}

// ---- logs ------------------------------------------------------------------------------------------

function logError(exchange: Exchange, text: string, upstream?: string): void {
  const { worker, server, peer, connection, request } = exchange;
  const host = header(request, 'host');
  worker.errors.message(
    worker.process,
    'error',
    `*${connection} ${text}, client: ${formatIpv4(peer.address)}, server: ${server.names[0] ?? ''}, request: "${request.method} ${request.target} ${request.version}"${upstream ? `, upstream: "${upstream}"` : ''}${host ? `, host: "${host}"` : ''}`,
  );
}

function logAccess({ worker, peer, request }: Exchange, answer: HttpAnswer): void {
  const body = request.method === 'HEAD' ? '0' : bytes(answer.body);
  const referer = header(request, 'referer') ?? '-';
  const agent = header(request, 'user-agent') ?? '-';
  worker.access.line(
    `${formatIpv4(peer.address)} - - [${accessTime(worker.process)}] "${request.method} ${request.target} ${request.version}" ${answer.status} ${body} "${referer}" "${agent}"`,
  );
}

/** Patience with a client that has not asked yet. */
export const clientTimeout = (config: NginxConfig) => millis(config.keepAlive * 1_000);
