// What an nginx worker does with the requests of a connection: finds the server and the location, and has them answered.
//
// Mirrors: ngx_http_request.c, ngx_http_core_module.
import { type HttpRequest, header } from '../../os/index.ts';
import { micros, millis, type Op, sleep } from '../../sim/index.ts';
import { formatIpv4 } from '../../wire/index.ts';
import { bytes, type HttpAnswer, keepsAlive, pathOf } from '../http-server.ts';
import type { Peer } from '../tcp-server.ts';
import { errorPage, returned } from './answers.ts';
import type { Location, NginxConfig, Server } from './config.ts';
import { type Exchange, logAccess, type Worker } from './exchange.ts';
import { accessTime } from './log.ts';
import { proxy } from './proxy.ts';
import { staticFile } from './static-files.ts';

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

/** Patience with a client that has not asked yet. */
export const clientTimeout = (config: NginxConfig) => millis(config.keepAlive * 1_000);
