// Finding and opening connections: names, addresses, one attempt after the other, and reuse.
import type { SocketId } from '../../kernel/index.ts';
import {
  connectTcp,
  formatHostAddress,
  type HostAddress,
  lookupName,
  type Process,
  socketOwner,
  strerror,
} from '../../os/index.ts';
import { type Micros, micros, type Op, sleep } from '../../sim/index.ts';
import { type Ipv4, ip, parseIpv4 } from '../../wire/index.ts';
import { type HttpConnection, openHttp } from '../common/http-client.ts';
import type { Url } from '../common/url.ts';
import type { CurlOptions } from './options.ts';

/** Why there is no connection; `code` is curl's. */
export interface ConnectFailure {
  readonly code: number;
  readonly text: string;
}

export interface Opened {
  readonly connection: HttpConnection;
  readonly reused: boolean;
  readonly address: HostAddress | undefined;
}

export interface ConnectionContext {
  readonly process: Process;
  readonly options: CurlOptions;
  readonly version: string;
  /** Open connections that wait for another request, by host and port. */
  readonly idle: Map<string, HttpConnection>;
  /** `* …` lines of -v. */
  readonly info: (text: string) => Op<void>;
}

const isOld = (context: ConnectionContext): boolean => context.version.startsWith('7.');

/** curl knows what `localhost` is without asking. */
function* addressesOf(
  context: ConnectionContext,
  url: Url,
): Op<readonly HostAddress[] | ConnectFailure> {
  const { options, process } = context;
  const pinned = options.resolve.get(`${url.host.toLowerCase()}:${url.port}`);
  const name = pinned ?? url.host;
  const wanted = (hosts: readonly HostAddress[]): readonly HostAddress[] =>
    hosts.filter((host) => options.family === undefined || host.family === options.family);
  if (/(^|\.)localhost$/i.test(name)) {
    const loopback: HostAddress[] = [
      { family: 'ipv6', address: '::1' },
      { family: 'ipv4', address: ip('127.0.0.1') },
    ];
    return wanted(isOld(context) ? loopback.reverse() : loopback);
  }
  const found = yield* lookupName(process, name);
  const hosts = found.ok ? wanted(found.value) : [];
  if (hosts.length > 0) return hosts;
  return { code: 6, text: `Could not resolve host: ${url.host}` };
}

/** The source address that --interface asks for. */
function sourceOf(context: ConnectionContext): Ipv4 | undefined | ConnectFailure {
  const { source } = context.options;
  if (source === undefined) return undefined;
  const text = source.replace(/^(if|host)!/, '');
  const address = parseIpv4(text);
  if (address !== undefined) return address;
  const { kernel, netns } = context.process;
  const link = kernel.linkByName(netns, text);
  const row = link && kernel.addresses({ link: link.id })[0];
  return row?.address ?? { code: 45, text: `Couldn't bind to '${text}'` };
}

const milliseconds = (from: number, to: number): number => Math.floor((to - from) / 1000);

function refusedText(
  context: ConnectionContext,
  url: Url,
  since: number,
  timedOut: boolean,
): string {
  const spent = milliseconds(since, context.process.sim.now());
  if (isOld(context))
    return `Failed to connect to ${url.host} port ${url.port} after ${spent} ms: ${timedOut ? 'Timeout was reached' : "Couldn't connect to server"}`;
  return `Failed to connect to ${url.host}:${url.port} after ${spent} ms: ${timedOut ? 'Timeout was reached' : 'Could not connect to server'}`;
}

/** Opens a connection, or takes one that is left over. `since` is when the transfer began. */
export function* openConnection(
  context: ConnectionContext,
  url: Url,
  since: number,
  until: Micros | undefined,
  onResolved: () => void,
): Op<Opened | ConnectFailure> {
  const { process, options, idle } = context;
  const key = `${url.host.toLowerCase()}:${url.port}`;
  const left = idle.get(key);
  if (left) {
    idle.delete(key);
    if (process.kernel.sockets.connection(left.socket) === 'open') {
      yield* context.info(
        isOld(context)
          ? `Re-using existing connection #0 with host ${url.host}`
          : `Reusing existing http: connection with host ${url.host}`,
      );
      onResolved();
      return { connection: left, reused: true, address: undefined };
    }
    process.kernel.sockets.close(left.socket);
  }
  const hosts = yield* addressesOf(context, url);
  if ('code' in hosts) {
    if (until !== undefined && process.sim.now() >= until)
      return {
        code: 28,
        text: `Resolving timed out after ${milliseconds(since, process.sim.now())} milliseconds`,
      };
    yield* context.info(hosts.text);
    return hosts;
  }
  onResolved();
  if (!isOld(context) && parseIpv4(url.host) === undefined) {
    const list = (family: string): string =>
      hosts
        .filter((h) => h.family === family)
        .map(formatHostAddress)
        .join(', ') || '(none)';
    yield* context.info(`Host ${url.host}:${url.port} was resolved.`);
    yield* context.info(`IPv6: ${list('ipv6')}`);
    yield* context.info(`IPv4: ${list('ipv4')}`);
  }
  const connectLimit = options.connectTimeout === undefined ? 300 : options.connectTimeout;
  const limit = micros(
    Math.min(until ?? Number.MAX_SAFE_INTEGER, since + Math.round(connectLimit * 1e6)),
  );
  return yield* tryAll(context, url, hosts, since, limit, until);
}

/** What curl itself spends between the start of a transfer and its first SYN: the recordings' refusals come after 1 or 2 ms. */
const ownTime = micros(1_100);
/** And from an open connection to the request on it. */
const requestTime = micros(150);

function* tryAll(
  context: ConnectionContext,
  url: Url,
  hosts: readonly HostAddress[],
  since: number,
  limit: Micros,
  until: Micros | undefined,
): Op<Opened | ConnectFailure> {
  const { process } = context;
  const { sim } = process;
  const from = sourceOf(context);
  if (typeof from === 'object') return from;
  yield* sleep(sim, ownTime);
  let timedOut = false;
  for (const [index, host] of hosts.entries()) {
    // While there are other addresses, one gets half of the time that is left.
    const last = index === hosts.length - 1;
    const deadline = last ? limit : micros(sim.now() + Math.floor((limit - sim.now()) / 2));
    const text = formatHostAddress(host);
    yield* context.info(`  Trying ${host.family === 'ipv6' ? `[${text}]` : text}:${url.port}...`);
    const connected = yield* connectTcp(process, {
      to: host.family === 'ipv4' ? host.address : ip('127.0.0.1'),
      port: url.port,
      until: deadline,
      family: host.family,
      ...(from !== undefined && { from }),
      owner: socketOwner(process, 5),
    });
    if (connected.ok) {
      yield* context.info(connectedText(context, url, host, connected.value));
      process.kernel.sockets.noDelay(connected.value);
      yield* sleep(sim, requestTime);
      return { connection: openHttp(connected.value), reused: false, address: host };
    }
    timedOut = connected.error === 'EAGAIN';
    if (!timedOut)
      yield* context.info(
        `connect to ${text} port ${url.port} failed: ${strerror(connected.error)}`,
      );
    if (connected.error === 'ETIMEDOUT')
      return { code: 28, text: refusedText(context, url, since, false) };
  }
  if (timedOut && until !== undefined && sim.now() >= until) {
    const spent = milliseconds(since, sim.now());
    return { code: 28, text: `Connection timed out after ${spent} milliseconds` };
  }
  const text = refusedText(context, url, since, timedOut);
  yield* context.info(text);
  return { code: timedOut ? 28 : 7, text };
}

function connectedText(
  context: ConnectionContext,
  url: Url,
  host: HostAddress,
  socket: SocketId,
): string {
  const text = formatHostAddress(host);
  if (isOld(context)) return `Connected to ${url.host} (${text}) port ${url.port} (#0)`;
  const row = context.process.kernel.sockets.get(socket);
  const own =
    row === undefined
      ? ''
      : ` from ${host.family === 'ipv6' ? '::1' : formatHostAddress({ family: 'ipv4', address: row.localAddress })} port ${row.localPort} `;
  return `Established connection to ${url.host} (${text} port ${url.port})${own}`;
}
