// docker-proxy: listens on a published host port and copies bytes to the container. It serves what the DNAT rules leave
// to it: connections to 127.0.0.1 and IPv6, and those of containers on the same bridge to a host address.
//
// Mirrors: cmd/docker-proxy (tcp_proxy, udp_proxy), libnetwork/portmapper/proxy_linux.go.
import type { Errno, Kernel, SocketId } from '../../kernel/index.ts';
import { type Coroutine, micros, type Op, type Sim, seconds } from '../../sim/index.ts';
import { err, ok, type Result } from '../../std/index.ts';
import { anyIpv4, formatIpv4, type Ipv4, parseIpv4, type UdpPayload } from '../../wire/index.ts';
import type { BoundPort, ProxySpec } from '../api.ts';
import type { Context } from '../context.ts';

export interface PortProxy {
  stop(): void;
}

interface Forwarder {
  readonly sim: Sim;
  readonly kernel: Kernel;
  readonly to: Ipv4;
  readonly port: number;
  readonly owner:
    | { readonly program: string; readonly pid: number; readonly fd: number }
    | undefined;
  /** Everything that ends with the proxy. */
  readonly running: Set<Coroutine<void>>;
  readonly open: Set<SocketId>;
}

/** The descriptor under which docker-proxy gets its listening socket (`-use-listen-fd`), as ss shows it. */
const listenFd = 7;
const firstConnectionFd = 8;

function specOf(port: BoundPort, address: Ipv4): ProxySpec {
  const { protocol, hostIp, hostPort, containerPort } = port;
  const containerIp = formatIpv4(address);
  const argv =
    `/usr/sbin/docker-proxy -proto ${protocol} -host-ip ${hostIp} -host-port ${hostPort} -container-ip ${containerIp} -container-port ${containerPort} -use-listen-fd`.split(
      ' ',
    );
  return { protocol, hostIp, hostPort, containerIp, containerPort, argv };
}

function listen(
  kernel: Kernel,
  port: BoundPort,
  owner: Forwarder['owner'],
): Result<SocketId, Errno> {
  const v4 = parseIpv4(port.hostIp);
  const options = {
    address: v4 ?? anyIpv4,
    port: port.hostPort,
    family: v4 === undefined ? ('ipv6' as const) : ('ipv4' as const),
    ...(owner && { owner }),
  };
  return port.protocol === 'udp'
    ? kernel.sockets.udpBind(kernel.initNetns, options)
    : kernel.sockets.tcpListen(kernel.initNetns, { ...options, backlog: 4096 });
}

/** Starts a proxy; the error is that of binding its port. */
export function startProxy(
  context: Context,
  port: BoundPort,
  address: Ipv4,
): Result<PortProxy, Errno> {
  const { sim, kernel } = context;
  const free = listen(kernel, port, undefined);
  if (!free.ok) return err(free.error);
  kernel.sockets.close(free.value);
  const process = context.startProxy?.(specOf(port, address));
  const owner = process && { program: 'docker-proxy', pid: process.pid, fd: listenFd };
  const socket = listen(kernel, port, owner);
  if (!socket.ok) {
    process?.stop();
    return err(socket.error);
  }
  const forwarder: Forwarder = {
    sim,
    kernel,
    to: address,
    port: port.containerPort,
    owner: owner && { ...owner, fd: firstConnectionFd },
    running: new Set(),
    open: new Set([socket.value]),
  };
  const serve =
    port.protocol === 'udp'
      ? serveDatagrams(forwarder, socket.value)
      : serveConnections(forwarder, socket.value);
  start(forwarder, 'docker-proxy', serve);
  return ok({ stop: () => stop(forwarder, process) });
}

function start(forwarder: Forwarder, name: string, op: Op<void>): void {
  const coroutine = forwarder.sim.spawn(name, op);
  forwarder.running.add(coroutine);
  coroutine.onEnd.push(() => forwarder.running.delete(coroutine));
}

function stop(forwarder: Forwarder, process: { stop(): void } | undefined): void {
  for (const coroutine of [...forwarder.running]) forwarder.sim.cancel(coroutine);
  for (const socket of [...forwarder.open]) close(forwarder, socket);
  process?.stop();
}

function close({ kernel, open }: Forwarder, socket: SocketId): void {
  if (open.delete(socket)) kernel.sockets.close(socket);
}

// ---- TCP ------------------------------------------------------------------------------------

function* serveConnections(forwarder: Forwarder, listener: SocketId): Op<void> {
  const { sockets } = forwarder.kernel;
  for (;;) {
    const client = sockets.tcpAccept(listener);
    if (client === undefined) {
      yield { keys: [sockets.key(listener)] };
      continue;
    }
    forwarder.open.add(client);
    start(forwarder, 'docker-proxy connection', relay(forwarder, client));
  }
}

function* relay(forwarder: Forwarder, client: SocketId): Op<void> {
  const { kernel, to, port, owner } = forwarder;
  const server = kernel.sockets.tcpConnect(kernel.initNetns, { to, port, ...(owner && { owner }) });
  if (!server.ok) {
    close(forwarder, client);
    return;
  }
  forwarder.open.add(server.value);
  while (kernel.sockets.connection(server.value) === 'pending')
    yield { keys: [kernel.sockets.key(server.value)] };
  for (const socket of [client, server.value]) kernel.sockets.noDelay(socket); // as Go does by itself
  if (kernel.sockets.connection(server.value) === 'open')
    yield* copyBothWays(kernel, client, server.value);
  close(forwarder, server.value);
  close(forwarder, client);
}

interface Half {
  readonly from: SocketId;
  readonly to: SocketId;
  /** Read but not yet taken by the other side. */
  waiting: string;
  ended: boolean;
}

/** Copies until both sides have ended, or one broke. */
export function* copyBothWays(kernel: Kernel, a: SocketId, b: SocketId): Op<void> {
  const halves: Half[] = [
    { from: a, to: b, waiting: '', ended: false },
    { from: b, to: a, waiting: '', ended: false },
  ];
  const keys = [kernel.sockets.key(a), kernel.sockets.key(b)];
  for (;;) {
    const results = halves.map((half) => moveOn(kernel, half));
    if (results.includes('broken')) return;
    if (halves.every((half) => half.ended)) return;
    if (!results.includes('moved')) yield { keys };
  }
}

function moveOn({ sockets }: Kernel, half: Half): 'moved' | 'idle' | 'broken' {
  if (half.ended) return 'idle';
  if (half.waiting === '') {
    const received = sockets.receive(half.from);
    if (received === undefined) return 'idle';
    if ('error' in received) return 'broken';
    if ('eof' in received) {
      half.ended = true;
      sockets.shutdown(half.to);
      return 'moved';
    }
    half.waiting = received.text;
  }
  const sent = sockets.send(half.to, half.waiting);
  if (!sent.ok) return 'broken';
  half.waiting = half.waiting.slice(sent.value);
  return sent.value > 0 ? 'moved' : 'idle';
}

// ---- UDP ------------------------------------------------------------------------------------

/** docker-proxy forgets a client that has been silent for so long. */
const sessionTimeout = seconds(90);

interface Session {
  readonly socket: SocketId;
  readonly from: Ipv4;
  readonly fromPort: number;
  usedAt: number;
}

function* serveDatagrams(forwarder: Forwarder, socket: SocketId): Op<void> {
  const { kernel, sim } = forwarder;
  const sessions = new Map<string, Session>();
  for (;;) {
    while (passOne(forwarder, socket, sessions));
    for (const [key, session] of sessions) {
      answerClient(forwarder, socket, session);
      if (session.usedAt + sessionTimeout > sim.now()) continue;
      close(forwarder, session.socket);
      sessions.delete(key);
    }
    const keys = [socket, ...[...sessions.values()].map((s) => s.socket)];
    const wait = { keys: keys.map((id) => kernel.sockets.key(id)) };
    yield sessions.size > 0 ? { ...wait, until: micros(sim.now() + sessionTimeout) } : wait;
  }
}

function passOne(forwarder: Forwarder, socket: SocketId, sessions: Map<string, Session>): boolean {
  const { kernel, sim, to, port, owner } = forwarder;
  const datagram = kernel.sockets.udpReceive(socket);
  if (!datagram) return false;
  if ('error' in datagram) return true;
  const key = `${datagram.from}:${datagram.fromPort}`;
  const known = sessions.get(key);
  if (known) known.usedAt = sim.now();
  else {
    const opened = kernel.sockets.udpBind(kernel.initNetns, { ...(owner && { owner }) });
    if (!opened.ok) return true;
    forwarder.open.add(opened.value);
    const { from, fromPort } = datagram;
    sessions.set(key, { socket: opened.value, from, fromPort, usedAt: sim.now() });
  }
  const session = sessions.get(key);
  if (session) kernel.sockets.udpSend(session.socket, to, port, datagram.payload);
  return true;
}

function answerClient(forwarder: Forwarder, socket: SocketId, session: Session): void {
  const { kernel } = forwarder;
  for (;;) {
    const answer = kernel.sockets.udpReceive(session.socket);
    if (!answer) return;
    if ('error' in answer) continue;
    const payload: UdpPayload = answer.payload;
    kernel.sockets.udpSend(socket, session.from, session.fromPort, payload);
  }
}
