// A browser outside the swarm: asks for pages from behind the gateway, and says who answered. Why a page does not come is
// said in curl's words, with curl's exit codes.
import {
  connectTcp,
  HttpParser,
  lookupIpv4,
  type Process,
  receiveSome,
  type SocketError,
  sendAll,
  strerror,
  writeRequest,
} from '../os/index.ts';
import type { BrowseFailure, BrowseResult } from '../protocol/index.ts';
import { type Micros, micros, type Op, seconds } from '../sim/index.ts';
import { type Ipv4, ip, parseIpv4 } from '../wire/index.ts';
import { wayOf } from './browse-trace.ts';
import type { World } from './world.ts';

/** Simulated seconds that it waits for an answer. */
const patience = 10;
/** So many pages are asked for at most in one run. */
export const maxTimes = 500;

interface Address {
  readonly host: string;
  readonly port: number;
  readonly path: string;
}

type Page = Pick<BrowseResult, 'status' | 'headers' | 'body'>;
type Failed = { readonly failure: BrowseFailure };

/** Gets the page that often, one after the other, each time on a connection of its own. */
export function* browse(world: World, url: string, times = 1): Op<readonly BrowseResult[]> {
  const results: BrowseResult[] = [];
  for (let i = 0; i < Math.min(Math.max(times, 1), maxTimes); i += 1)
    results.push(yield* browseOnce(world, url));
  return results;
}

function* browseOnce(world: World, url: string): Op<BrowseResult> {
  const { sim, network, gateway } = world;
  const address = parseUrl(url);
  const begun = sim.now();
  const place = network.trace.total;
  let target: Ipv4 | undefined;
  let got: Page | Failed = failed('bad-address', 3, `URL rejected: ${url}`);
  if (address) {
    const started = gateway.spawn({
      argv: ['browser'],
      program: function* (process) {
        target = yield* addressOf(world, process, address.host);
        got =
          target === undefined
            ? failed('unknown-host', 6, `Could not resolve host: ${address.host}`)
            : yield* get(process, target, address);
        return 0;
      },
    });
    const process = started.ok ? started.value : undefined;
    while (process && process.exitStatus === undefined) yield { keys: [process.endKey] };
  }
  const page = 'failure' in got ? { status: 0, headers: {}, body: '', ...got } : got;
  const entered = target === undefined ? (address?.host ?? '') : hostAt(world, target);
  const way = target === undefined ? { path: [] } : wayOf(world, place, target, page.status > 0);
  return { ...page, entered, ...way, took: sim.now() - begun };
}

function parseUrl(url: string): Address | undefined {
  const match = /^(?:http:\/\/)?([\w.-]+)(?::(\d{1,5}))?(\/\S*)?$/.exec(url.trim());
  const port = Number(match?.[2] ?? 80);
  if (!match || port < 1 || port > 65_535) return undefined;
  return { host: match[1] ?? '', port, path: match[3] ?? '/' };
}

/** The machines are known by name, as if they stood in the reader's /etc/hosts; other names are asked of the DNS. */
function* addressOf(world: World, process: Process, name: string): Op<Ipv4 | undefined> {
  const machine = world.machines.get(name);
  if (machine) return ip(machine.address);
  const literal = parseIpv4(name);
  if (literal !== undefined) return literal;
  const found = yield* lookupIpv4(process, name);
  return found.ok ? found.value[0] : undefined;
}

const hostAt = (world: World, address: Ipv4): string =>
  [...world.machines.values()].find((machine) => ip(machine.address) === address)?.name ??
  'gateway';

// ---- one request ----------------------------------------------------------------------------------

const failed = (cause: BrowseFailure['cause'], exit: number, text: string): Failed => ({
  failure: { cause, exit, text },
});

const millisSince = (process: Process, begun: Micros): number =>
  Math.floor((process.sim.now() - begun) / 1000);

function unconnected(
  process: Process,
  { host, port }: Address,
  begun: Micros,
  error: SocketError,
): Failed {
  const spent = millisSince(process, begun);
  if (error === 'EAGAIN' || error === 'ETIMEDOUT')
    return failed('timed-out', 28, `Connection timed out after ${spent} milliseconds`);
  const cause = error === 'ECONNREFUSED' || error === 'ECONNRESET' ? 'refused' : 'no-route';
  const text = `Failed to connect to ${host}:${port} after ${spent} ms: ${strerror(error)}`;
  return failed(cause, 7, text);
}

function* get(process: Process, target: Ipv4, address: Address): Op<Page | Failed> {
  const begun = process.sim.now();
  const until = micros(begun + seconds(patience));
  const { host, port, path } = address;
  const opened = yield* connectTcp(process, { to: target, port, until });
  if (!opened.ok) return unconnected(process, address, begun, opened.error);
  const socket = opened.value;
  const request = writeRequest({
    method: 'GET',
    target: path,
    version: 'HTTP/1.1',
    headers: [
      ['Host', port === 80 ? host : `${host}:${port}`],
      ['User-Agent', 'Mozilla/5.0 (Overnet)'],
      ['Accept', 'text/html,*/*'],
      ['Connection', 'close'],
    ],
    body: '',
  });
  const parser = new HttpParser('response');
  let received = 0;
  let over = false;
  try {
    yield* sendAll(process, socket, request, until);
    for (;;) {
      const response = parser.response();
      if (response)
        return {
          status: response.status,
          headers: Object.fromEntries(response.headers),
          body: response.body,
        };
      if (parser.bad) return failed('not-http', 1, 'Received HTTP/0.9 when not allowed');
      if (over) return failed('closed', 52, 'Empty reply from server');
      const part = yield* receiveSome(process, socket, until);
      if (part.ok && part.value !== null) {
        received += part.value.length;
        parser.push(part.value);
      } else if (part.ok) {
        parser.end();
        over = true;
      } else if (part.error === 'EAGAIN')
        return failed(
          'timed-out',
          28,
          `Operation timed out after ${millisSince(process, begun)} milliseconds with ${received} bytes received`,
        );
      else return failed('closed', 56, `Recv failure: ${strerror(part.error)}`);
    }
  } finally {
    process.kernel.sockets.close(socket);
  }
}
