// TCP sockets as programs use them: listen, connect, accept, send, receive, close; and the end of a connection.
// Mirrors: net/ipv4/tcp.c.
import { micros, millis } from '../sim/index.ts';
import { err, ok, type Result } from '../std/index.ts';
import { anyIpv4, type Ipv4, ipv4, ipv6Loopback } from '../wire/index.ts';
import { bindingScore, conflicts, connectingPort, ephemeralPort } from './ports.ts';
import { isLocal, outputPath, sourceFor } from './route.ts';
import type { Errno, SocketRow } from './rows.ts';
import {
  addTo,
  newSocketId,
  removeFrom,
  type TcpConnection,
  type TcpListener,
  tupleKey,
} from './socket-table.ts';
import { type Namespace, newFlow } from './state.ts';
import {
  arm,
  armTimeWait,
  disarm,
  distance,
  dropDelayedAck,
  offeredMss,
  pushOut,
  sendAck,
  sendSegment,
  sendSyn,
  timestampBytes,
} from './tcp-output.ts';

/** Characters that may wait to be sent. */
export const sendBuffer = 262_144;

/** Errors: EADDRINUSE, EADDRNOTAVAIL. */
export function tcpListen(
  netns: Namespace,
  options: {
    readonly address?: Ipv4;
    readonly port: number;
    readonly family?: SocketRow['family'];
    readonly backlog?: number;
    readonly owner?: SocketRow['owner'];
  },
): Result<TcpListener, Errno> {
  const address = options.address ?? anyIpv4;
  const family = options.family ?? 'ipv4';
  if (address !== anyIpv4 && !isLocal(netns, address)) return err('EADDRNOTAVAIL');
  const taken = (port: number): boolean =>
    (netns.sockets.listeners.get(port) ?? []).some((other) =>
      conflicts(other, { family, address }),
    );
  const port = options.port || ephemeralPort(netns, taken);
  if (port === undefined || taken(port)) return err('EADDRINUSE');
  const listener: TcpListener = {
    ...newSocketId(netns),
    kind: 'listener',
    netns,
    family,
    address,
    port,
    owner: options.owner,
    backlog: Math.min(options.backlog ?? 4096, netns.sysctl.number('net.core.somaxconn')),
    ready: [],
    embryonic: new Set(),
  };
  netns.sockets.all.set(listener.id, listener);
  addTo(netns.sockets.listeners, port, listener);
  netns.world.sockets.put(listenerRow(listener));
  return ok(listener);
}

export const listenerRow = (listener: TcpListener): SocketRow => ({
  id: listener.id,
  netns: listener.netns.id,
  protocol: 'tcp',
  family: listener.family,
  localAddress: listener.address,
  localPort: listener.port,
  remoteAddress: anyIpv4,
  remotePort: 0,
  state: 'LISTEN',
  backlog: listener.backlog,
  receiveQueue: listener.ready.length,
  owner: listener.owner,
});

export const connectionRow = (connection: TcpConnection): SocketRow => ({
  id: connection.id,
  netns: connection.netns.id,
  protocol: 'tcp',
  family: connection.family,
  localAddress: connection.local,
  localPort: connection.localPort,
  remoteAddress: connection.remote,
  remotePort: connection.remotePort,
  state: connection.state,
  backlog: 0,
  receiveQueue: connection.unread,
  sendQueue: distance(connection.unacknowledged, connection.sendNext) + connection.pendingLength,
  owner: connection.held ? connection.owner : undefined,
});

/** A connection's record, entered in the tables; the caller sends the first segment. */
export function newConnection(
  netns: Namespace,
  given: Pick<
    TcpConnection,
    | 'local'
    | 'localPort'
    | 'remote'
    | 'remotePort'
    | 'family'
    | 'owner'
    | 'flow'
    | 'state'
    | 'listener'
  >,
): TcpConnection {
  const { rng } = netns.host;
  const initial = rng.below(0x1_0000_0000);
  const mss = offeredMss({ netns, remote: given.remote });
  // Linux offers a whole number of full segments; the side that answers already counts the timestamps.
  const unit = Math.max(1, given.state === 'SYN_RECV' ? mss - timestampBytes : mss);
  const connection: TcpConnection = {
    ...newSocketId(netns),
    kind: 'tcp',
    netns,
    ...given,
    tuple: tupleKey(given.local, given.localPort, given.remote, given.remotePort),
    error: undefined,
    held: given.state === 'SYN_SENT',
    unacknowledged: initial,
    sendNext: initial,
    peerWindow: 0,
    peerMss: 536,
    sent: [],
    pending: [],
    pendingLength: 0,
    wantsSpace: false,
    finWanted: false,
    finSent: false,
    noDelay: false,
    shortEnd: initial,
    receiveNext: 0,
    received: [],
    unread: 0,
    peerClosed: false,
    receiveWindow: Math.max(unit, Math.floor(65_535 / unit) * unit),
    windowShut: false,
    timer: undefined,
    timerPurpose: undefined,
    retries: 0,
    ackTimer: undefined,
    timestampBase: rng.below(0x1_0000_0000),
    peerTimestamp: 0,
  };
  netns.sockets.all.set(connection.id, connection);
  netns.sockets.connections.set(connection.tuple, connection);
  const { tcpPorts } = netns.sockets;
  tcpPorts.set(given.localPort, (tcpPorts.get(given.localPort) ?? 0) + 1);
  return connection;
}

/** Errors: those of routing, EADDRNOTAVAIL (no such source, or no port left). */
export function tcpConnect(
  netns: Namespace,
  options: {
    readonly to: Ipv4;
    readonly port: number;
    readonly from?: Ipv4;
    readonly owner?: SocketRow['owner'];
    readonly family?: 'ipv4' | 'ipv6';
  },
): Result<TcpConnection, Errno> {
  const inet6 = options.family === 'ipv6';
  if (inet6 && !netns.sysctl.ipv6Enabled('lo')) return err('EADDRNOTAVAIL');
  const given = options.to === anyIpv4 ? ipv4(0x7f00_0001) : options.to;
  const remote = inet6 ? ipv6Loopback : given;
  const path = outputPath(netns, remote);
  if (!path.ok) return path;
  if (options.from !== undefined && !isLocal(netns, options.from)) return err('EADDRNOTAVAIL');
  const local = inet6 ? ipv6Loopback : (options.from ?? sourceFor(path.value, remote));
  if (local === undefined) return err('ENETUNREACH');
  const { sockets } = netns;
  const localPort = connectingPort(
    netns,
    `${local} ${remote} ${options.port}`,
    (port) => sockets.listeners.has(port) || sockets.tcpPorts.has(port),
  );
  if (localPort === undefined) return err('EADDRNOTAVAIL');
  const connection = newConnection(netns, {
    local,
    localPort,
    remote,
    remotePort: options.port,
    family: inet6 ? 'ipv6' : 'ipv4',
    owner: options.owner,
    flow: newFlow(netns.world),
    state: 'SYN_SENT',
    listener: undefined,
  });
  sendSyn(connection);
  return ok(connection);
}

/** A connection whose handshake is done, or undefined. */
export function tcpAccept(listener: TcpListener): TcpConnection | undefined {
  const connection = listener.ready.shift();
  if (!connection) return undefined;
  connection.listener = undefined;
  connection.held = true;
  return connection;
}

export function tcpSend(connection: TcpConnection, text: string): Result<number, Errno> {
  if (connection.error) return err(connection.error);
  if (connection.state === 'SYN_SENT') return ok(0);
  if (connection.finWanted || connection.state === 'CLOSED') return err('EPIPE');
  const taken = Math.min(text.length, sendBuffer - connection.pendingLength);
  if (taken < text.length) connection.wantsSpace = true;
  if (taken <= 0) return ok(0);
  connection.pending.push(taken === text.length ? text : text.slice(0, taken));
  connection.pendingLength += taken;
  pushOut(connection);
  return ok(taken);
}

export function tcpReceive(
  connection: TcpConnection,
): { readonly text: string } | { readonly eof: true } | { readonly error: Errno } | undefined {
  if (connection.received.length > 0) {
    const text = connection.received.join('');
    connection.received = [];
    connection.unread = 0;
    if (connection.windowShut && !connection.peerClosed && connection.state !== 'CLOSED')
      sendAck(connection);
    return { text };
  }
  if (connection.error) return { error: connection.error };
  return connection.peerClosed || connection.state === 'CLOSED' ? { eof: true } : undefined;
}

/** Closes the sending half. */
export function tcpShutdown(connection: TcpConnection): void {
  if (connection.state === 'ESTABLISHED') connection.state = 'FIN_WAIT1';
  else if (connection.state === 'CLOSE_WAIT') connection.state = 'LAST_ACK';
  else return;
  connection.finWanted = true;
  pushOut(connection);
}

/** The program lets go; the kernel finishes the conversation alone. Unread data makes it a reset. */
export function tcpClose(connection: TcpConnection): void {
  connection.held = false;
  connection.listener = undefined;
  if (connection.state === 'CLOSED') {
    connection.netns.sockets.all.delete(connection.id);
    return;
  }
  if (connection.state === 'SYN_SENT' || connection.unread > 0) {
    if (connection.unread > 0)
      sendSegment(connection, { sequence: connection.sendNext, rst: true });
    endConnection(connection, undefined);
    return;
  }
  tcpShutdown(connection);
  if (connection.state === 'FIN_WAIT2') armTimeWait(connection);
}

/** Stops listening; connections that nobody has accepted are reset. */
export function tcpUnlisten(listener: TcpListener): void {
  const { netns } = listener;
  netns.sockets.all.delete(listener.id);
  removeFrom(netns.sockets.listeners, listener.port, listener);
  netns.world.sockets.remove(listener.id);
  for (const connection of [...listener.ready, ...listener.embryonic]) {
    connection.listener = undefined;
    if (connection.state !== 'SYN_RECV')
      sendSegment(connection, { sequence: connection.sendNext, rst: true });
    endConnection(connection, undefined);
  }
}

/** The connection is over: its holder learns why at its next call. */
export function endConnection(connection: TcpConnection, error: Errno | undefined): void {
  if (connection.state === 'CLOSED') return;
  const { netns, listener } = connection;
  connection.state = 'CLOSED';
  connection.error = error;
  connection.pending.length = 0;
  connection.pendingLength = 0;
  connection.sent.length = 0;
  disarm(connection);
  dropDelayedAck(connection);
  const { sockets } = netns;
  if (sockets.connections.get(connection.tuple) === connection)
    sockets.connections.delete(connection.tuple);
  const users = (sockets.tcpPorts.get(connection.localPort) ?? 1) - 1;
  if (users > 0) sockets.tcpPorts.set(connection.localPort, users);
  else sockets.tcpPorts.delete(connection.localPort);
  listener?.embryonic.delete(connection);
  // One that waits to be accepted stays in the queue: accept then gives a connection that is already over.
  const waits = listener?.ready.includes(connection) ?? false;
  if (!connection.held && !waits) sockets.all.delete(connection.id);
  netns.world.sim.wake(connection.key);
}

/** Is there a listener that would take IPv4 connections to this address and port? */
export const listensOn = (netns: Namespace, address: Ipv4, port: number): boolean =>
  (netns.sockets.listeners.get(port) ?? []).some((each) => bindingScore(each, address) > 0);

/** An ICMP error quotes a segment of ours: fatal only before the connection stands. */
export function tcpError(netns: Namespace, quotedKey: string, error: Errno): void {
  const connection = netns.sockets.connections.get(quotedKey);
  if (connection?.state === 'SYN_SENT') endConnection(connection, error);
}

/** A router says that our segments are too big: send them again, cut smaller. */
export function tcpMtuShrunk(netns: Namespace, quotedKey: string): void {
  const connection = netns.sockets.connections.get(quotedKey);
  if (connection && connection.sent.length > 0 && connection.state !== 'SYN_SENT')
    arm(connection, 'retransmit', micros(millis(1)));
}
