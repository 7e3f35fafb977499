// A browser outside the swarm: asks for a page from behind the gateway, and says who answered.
import {
  connectTcp,
  HttpParser,
  type Process,
  receiveSome,
  sendAll,
  strerror,
  writeRequest,
} from '../os/index.ts';
import type { BrowseResult } from '../protocol/index.ts';
import { micros, type Op, seconds } from '../sim/index.ts';
import { ip, parseIpv4 } from '../wire/index.ts';
import type { World } from './world.ts';

/** Simulated seconds that it waits for an answer. */
const patience = 10;

interface Address {
  readonly host: string;
  readonly port: number;
  readonly path: string;
}

/** Gets one page. A failure is an answer with status 0 whose body says why. */
export function* browse(world: World, url: string): Op<BrowseResult> {
  const address = parseUrl(url);
  if (!address)
    return failure(
      '',
      `“${url}” is not an address that this browser understands (http://HOST:PORT/PATH)`,
    );
  const machine = world.machines.get(address.host);
  const target = machine ? ip(machine.address) : parseIpv4(address.host);
  if (target === undefined) return failure(address.host, `no host named ${address.host}`);
  const entered = machine?.name ?? nameAt(world, address.host) ?? address.host;
  const place = world.network.trace.total;
  let result: BrowseResult = failure(entered, 'no answer');
  const started = world.gateway.spawn({
    argv: ['browser'],
    program: function* (process) {
      result = yield* get(process, target, address, entered);
      return 0;
    },
  });
  if (!started.ok) return result;
  while (started.value.exitStatus === undefined) yield { keys: [started.value.endKey] };
  const served = servedBy(world, place);
  return served ? { ...result, served } : result;
}

function parseUrl(url: string): Address | undefined {
  const match = /^(?:http:\/\/)?([\w.-]+)(?::(\d{1,5}))?(\/\S*)?$/.exec(url.trim());
  const port = Number(match?.[2] ?? 80);
  if (!match || port < 1 || port > 65_535) return undefined;
  return { host: match[1] ?? '', port, path: match[3] ?? '/' };
}

const failure = (entered: string, why: string): BrowseResult => ({
  status: 0,
  headers: {},
  body: why,
  entered,
});

const nameAt = (world: World, address: string): string | undefined =>
  [...world.machines.values()].find((machine) => machine.address === address)?.name;

function* get(
  process: Process,
  target: ReturnType<typeof ip>,
  { host, port, path }: Address,
  entered: string,
): Op<BrowseResult> {
  const until = micros(process.sim.now() + seconds(patience));
  const opened = yield* connectTcp(process, { to: target, port, until });
  if (!opened.ok) {
    const why =
      opened.error === 'EAGAIN' ? `no answer within ${patience} s` : strerror(opened.error);
    return failure(entered, `${host}:${port}: ${why}`);
  }
  const socket = opened.value;
  const request = writeRequest({
    method: 'GET',
    target: path,
    version: 'HTTP/1.1',
    headers: [
      ['Host', `${host}:${port}`],
      ['User-Agent', 'Mozilla/5.0 (Overnet)'],
      ['Accept', 'text/html,*/*'],
      ['Connection', 'close'],
    ],
    body: '',
  });
  const parser = new HttpParser('response');
  try {
    yield* sendAll(process, socket, request, until);
    for (;;) {
      const response = parser.response();
      if (response)
        return {
          status: response.status,
          headers: Object.fromEntries(response.headers),
          body: response.body,
          entered,
        };
      if (parser.bad) return failure(entered, `${host}:${port} does not speak HTTP`);
      const part = yield* receiveSome(process, socket, until);
      if (!part.ok) return failure(entered, `${host}:${port}: ${strerror(part.error)}`);
      if (part.value === null) {
        parser.end();
        const last = parser.response();
        if (!last)
          return failure(entered, `${host}:${port} closed the connection without an answer`);
        return {
          status: last.status,
          headers: Object.fromEntries(last.headers),
          body: last.body,
          entered,
        };
      }
      parser.push(part.value);
    }
  } finally {
    process.kernel.sockets.close(socket);
  }
}

/** The container whose socket took the connection, from the packets' own trace. */
function servedBy(world: World, place: number): BrowseResult['served'] {
  for (const hop of world.network.trace.since(place).reverse()) {
    if (hop.stage !== 'socket' || !('transport' in hop.packet)) continue;
    const { transport } = hop.packet;
    if (transport.protocol !== 'tcp' || !transport.syn || transport.ack) continue;
    const sandbox = world.libnetwork.sandboxes
      .where('host', hop.host)
      .find((row) => row.netns === hop.netns);
    if (sandbox) return { host: hop.host, container: sandbox.containerName };
  }
  return undefined;
}
