// One request as a worker handles it, and what it writes of it into the two logs.
import { type HttpRequest, header, type Process } from '../../os/index.ts';
import { formatIpv4, type Ipv4 } from '../../wire/index.ts';
import { bytes, type HttpAnswer } from '../http-server.ts';
import type { Peer } from '../tcp-server.ts';
import type { NginxConfig, Server } from './config.ts';
import { accessTime, type NginxLog } from './log.ts';

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

/** One request on a connection. */
export interface Exchange {
  readonly worker: Worker;
  readonly server: Server;
  readonly peer: Peer;
  readonly connection: number;
  readonly request: HttpRequest;
}

/** Mirrors: ngx_http_log_error_handler. */
export function logError(exchange: Exchange, text: string, upstream?: string): void {
  const { worker, server, peer, connection, request } = exchange;
  const host = header(request, 'host');
  worker.errors.message(
    worker.process,
    'error',
    `*${connection} ${text}, client: ${formatIpv4(peer.address)}, server: ${server.names[0] ?? ''}, request: "${request.method} ${request.target} ${request.version}"${upstream ? `, upstream: "${upstream}"` : ''}${host ? `, host: "${host}"` : ''}`,
  );
}

/** The `combined` format. */
export function logAccess({ worker, peer, request }: Exchange, answer: HttpAnswer): void {
  const body = request.method === 'HEAD' ? '0' : bytes(answer.body);
  const referer = header(request, 'referer') ?? '-';
  const agent = header(request, 'user-agent') ?? '-';
  worker.access.line(
    `${formatIpv4(peer.address)} - - [${accessTime(worker.process)}] "${request.method} ${request.target} ${request.version}" ${answer.status} ${body} "${referer}" "${agent}"`,
  );
}
