// proxy_pass: a request goes on to the servers of an upstream in turn, and their answer comes back under nginx's headers.
//
// Mirrors: ngx_http_proxy_module, ngx_http_upstream_round_robin. Differs: a server that failed is asked again the next time.
import type { SocketId } from '../../kernel/index.ts';
import {
  connectTcp,
  type HttpHeaders,
  HttpParser,
  type HttpResponse,
  header,
  type Process,
  receiveSome,
  sendAll,
  strerror,
  writeRequest,
} from '../../os/index.ts';
import { micros, type Op, seconds } from '../../sim/index.ts';
import { formatIpv4, type Ipv4 } from '../../wire/index.ts';
import { bytes, type HttpAnswer } from '../http-server.ts';
import { commonHeaders, connectionHeader, errorPage } from './answers.ts';
import type { Location, ProxyPass } from './config.ts';
import { type Exchange, logError, type Worker } from './exchange.ts';

const connectTimeout = seconds(60);
const errnoNumbers: Readonly<Record<string, number>> = {
  ECONNREFUSED: 111,
  EHOSTUNREACH: 113,
  ENETUNREACH: 101,
  ECONNRESET: 104,
  ETIMEDOUT: 110,
};

export function* proxy(
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
