// The embedded DNS server of one sandbox: sockets on 127.0.0.11, answers from the names of the container's networks,
// everything else passed on to the servers of the host or those given with --dns.
//
// Mirrors: libnetwork/resolver.go. Differs: queries over TCP carry one message per connection.
import type { Kernel, NetnsId, SocketId, SocketRow, Sockets } from '../../kernel/index.ts';
import {
  type Coroutine,
  type Micros,
  micros,
  type Op,
  seconds,
  type Wake,
} from '../../sim/index.ts';
import { InvariantError, type Result } from '../../std/index.ts';
import {
  type DnsPayload,
  type DnsRecord,
  dnsFromText,
  dnsToText,
  formatIpv4,
  type Ipv4,
} from '../../wire/index.ts';
import { type Context, randomPort } from '../context.ts';
import {
  type ExternalServer,
  externalServers,
  ndotsSet,
  type ResolvConf,
} from '../sandbox/files.ts';
import type { Membership } from '../sandbox/order.ts';
import type { SandboxOrder } from '../state.ts';
import { answerLocally, resolverAddress } from './lookup.ts';
import { addResolverRules } from './rules.ts';

export interface Resolver {
  stop(): void;
}

interface Serving {
  readonly context: Context;
  readonly netns: NetnsId;
  readonly order: SandboxOrder;
  readonly host: ResolvConf;
  /** The networks that the sandbox is on at this moment. */
  members(): readonly Membership[];
}

/** How long one external server has for its answer, and how many are asked (resolver.go extIOTimeout, maxExtDNS). */
const serverTimeout = seconds(4);
const mostServers = 3;

/** Binds the sockets, redirects port 53 to them, and serves until stopped. */
export function startResolver(context: Context, serving: Omit<Serving, 'context'>): Resolver {
  const self: Serving = { context, ...serving };
  const { sim, kernel } = context;
  const { sockets } = kernel;
  const where = (port: number) =>
    ({ address: resolverAddress, port, family: 'ipv4', ...ownedByDaemon(context) }) as const;
  const udp = bindSomewhere(context, (port) => sockets.udpBind(self.netns, where(port)));
  const tcp = bindSomewhere(context, (port) => sockets.tcpListen(self.netns, where(port)));
  addResolverRules(kernel.netfilter(self.netns), { udp: udp.port, tcp: tcp.port });
  const running = new Set<Coroutine<void>>();
  const start = (op: Op<void>): void => {
    const coroutine = sim.spawn('embedded DNS', op);
    running.add(coroutine);
    coroutine.onEnd.push(() => running.delete(coroutine));
  };
  start(serveDatagrams(self, udp.socket, start));
  start(serveConnections(self, tcp.socket, start));
  return {
    stop() {
      for (const coroutine of [...running]) sim.cancel(coroutine);
      sockets.close(udp.socket);
      sockets.close(tcp.socket);
    },
  };
}

/** Some descriptor of dockerd's (067:99). */
const descriptor = 72;

const ownedByDaemon = ({ daemonPid: pid }: Context): { owner?: SocketRow['owner'] } =>
  pid === undefined ? {} : { owner: { program: 'dockerd', pid, fd: descriptor } };

const mostAttempts = 100;

function bindSomewhere(
  context: Context,
  bind: (port: number) => Result<SocketId, unknown>,
): { readonly socket: SocketId; readonly port: number } {
  for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
    const port = randomPort(context);
    const socket = bind(port);
    if (socket.ok) return { socket: socket.value, port };
  }
  throw new InvariantError(`no free port on ${formatIpv4(resolverAddress)} of a new sandbox`);
}

function* serveDatagrams(
  serving: Serving,
  socket: SocketId,
  start: (op: Op<void>) => void,
): Op<void> {
  const { sockets } = serving.context.kernel;
  for (;;) {
    const queries = waitingQueries(sockets, socket);
    if (queries.length === 0) yield { keys: [sockets.key(socket)] };
    // Of queries that came together the last is answered first: Go's scheduler runs the goroutine that was started last
    // next. See 001:23, 003:176: the answer about AAAA is mostly before that about A.
    for (const { query, from, port } of queries.reverse())
      start(answerDatagram(serving, socket, query, from, port));
  }
}

interface Query {
  readonly query: DnsPayload;
  readonly from: Ipv4;
  readonly port: number;
}

/** The queries that have arrived, oldest first. */
function waitingQueries(sockets: Sockets, socket: SocketId): Query[] {
  const queries: Query[] = [];
  for (;;) {
    const datagram = sockets.udpReceive(socket);
    if (!datagram) return queries;
    if ('error' in datagram || datagram.payload.kind !== 'dns' || datagram.payload.response)
      continue;
    queries.push({ query: datagram.payload, from: datagram.from, port: datagram.fromPort });
  }
}

function* answerDatagram(
  serving: Serving,
  socket: SocketId,
  query: DnsPayload,
  to: Ipv4,
  port: number,
): Op<void> {
  const answer = yield* respond(serving, query, 'udp');
  serving.context.kernel.sockets.udpSend(socket, to, port, answer);
}

function* serveConnections(
  serving: Serving,
  listener: SocketId,
  start: (op: Op<void>) => void,
): Op<void> {
  const { sockets } = serving.context.kernel;
  for (;;) {
    const client = sockets.tcpAccept(listener);
    if (client === undefined) yield { keys: [sockets.key(listener)] };
    else start(answerConnection(serving, client));
  }
}

/** Characters of one query; a longer line is no DNS message. */
const longestQuery = 4096;

function* answerConnection(serving: Serving, client: SocketId): Op<void> {
  const { sockets } = serving.context.kernel;
  try {
    const query = yield* readMessage(serving.context.kernel, client, undefined);
    if (!query || query.response) return;
    const answer = yield* respond(serving, query, 'tcp');
    sockets.send(client, dnsToText(answer));
  } finally {
    sockets.close(client);
  }
}

/** One message of a TCP connection; undefined when it ends first, or time runs out. */
function* readMessage(
  kernel: Kernel,
  socket: SocketId,
  until: Micros | undefined,
): Op<DnsPayload | undefined> {
  let text = '';
  while (text.length < longestQuery) {
    const received = kernel.sockets.receive(socket);
    if (received === undefined) {
      const keys = [kernel.sockets.key(socket)];
      const wake: Wake = yield until === undefined ? { keys } : { keys, until };
      if (wake.by === 'time') return undefined;
      continue;
    }
    if (!('text' in received)) return undefined;
    text += received.text;
    const message = dnsFromText(text);
    if (message) return message;
  }
  return undefined;
}

type Transport = 'udp' | 'tcp';

/** The whole answer: from the names of the container's networks, or from outside, or SERVFAIL. */
function* respond(serving: Serving, query: DnsPayload, transport: Transport): Op<DnsPayload> {
  const members = serving.members();
  const ndots = ndotsSet(serving.order, serving.host);
  const local = answerLocally(serving.context, members, query.question, ndots);
  if (local) return reply(query, local);
  const outside = hasWayOut(members);
  for (const server of externalServers(serving.order, serving.host).slice(0, mostServers)) {
    // Why: a container on internal networks alone must not reach the outside through the host's resolver.
    if (server.fromHost && !outside) continue;
    const answer =
      transport === 'udp'
        ? yield* askByDatagram(serving, server, query)
        : yield* askByConnection(serving, server, query);
    if (answer && answer.rcode !== 'SERVFAIL' && answer.rcode !== 'REFUSED')
      return { ...answer, id: query.id };
  }
  return { ...reply(query, []), rcode: 'SERVFAIL', recursionAvailable: false };
}

const reply = (query: DnsPayload, answers: readonly DnsRecord[]): DnsPayload => ({
  ...query,
  response: true,
  rcode: 'NOERROR',
  recursionAvailable: true,
  authoritative: false,
  answers,
});

const hasWayOut = (members: readonly Membership[]): boolean =>
  members.some(({ endpoint }) => endpoint.gateway !== undefined);

const askingFrom = ({ context, netns }: Serving, server: ExternalServer): NetnsId =>
  server.fromHost ? context.kernel.initNetns : netns;

function* askByDatagram(
  serving: Serving,
  server: ExternalServer,
  query: DnsPayload,
): Op<DnsPayload | undefined> {
  const { sim, kernel } = serving.context;
  const { sockets } = kernel;
  const opened = sockets.udpBind(askingFrom(serving, server), { family: 'ipv4' });
  if (!opened.ok) return undefined;
  const socket = opened.value;
  try {
    if (!sockets.udpSend(socket, server.address, 53, query).ok) return undefined;
    const until = micros(sim.now() + serverTimeout);
    for (;;) {
      const datagram = sockets.udpReceive(socket);
      if (datagram && 'error' in datagram) return undefined;
      if (datagram?.payload.kind === 'dns' && datagram.payload.id === query.id)
        return datagram.payload;
      if (datagram) continue;
      const wake = yield { keys: [sockets.key(socket)], until };
      if (wake.by === 'time') return undefined;
    }
  } finally {
    sockets.close(socket);
  }
}

function* askByConnection(
  serving: Serving,
  server: ExternalServer,
  query: DnsPayload,
): Op<DnsPayload | undefined> {
  const { sim, kernel } = serving.context;
  const { sockets } = kernel;
  const to = { to: server.address, port: 53 };
  const opened = sockets.tcpConnect(askingFrom(serving, server), to);
  if (!opened.ok) return undefined;
  const socket = opened.value;
  const until = micros(sim.now() + serverTimeout);
  try {
    while (sockets.connection(socket) === 'pending') {
      const wake = yield { keys: [sockets.key(socket)], until };
      if (wake.by === 'time') return undefined;
    }
    if (sockets.connection(socket) !== 'open') return undefined;
    sockets.send(socket, dnsToText(query));
    return yield* readMessage(kernel, socket, until);
  } finally {
    sockets.close(socket);
  }
}
