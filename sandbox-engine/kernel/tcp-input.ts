// TCP's receiving side: what each segment does to a connection's state. Mirrors: net/ipv4/tcp_input.c, tcp_minisocks.c.
// Differs: segments out of order are not kept; no simultaneous open; no fast open, no SYN cookies.
import { type TcpSegment, utf8Length } from '../wire/index.ts';
import { lost } from './decision.ts';
import { sendReset } from './icmp-send.ts';
import { confirmNeighbour } from './neighbour.ts';
import type { PacketContext } from './netfilter/hook.ts';
import { bindingScore } from './ports.ts';
import { type TcpConnection, type TcpListener, tupleKey } from './socket-table.ts';
import { type Namespace, traceHop } from './state.ts';
import { endConnection, newConnection, sendBuffer } from './tcp.ts';
import {
  ackLater,
  armRetransmission,
  armTimeWait,
  cut,
  disarm,
  distance,
  plus,
  pushOut,
  sendAck,
  sendSegment,
  sendSyn,
  windowScale,
} from './tcp-output.ts';

/** A segment for this namespace. */
export function tcpInput(netns: Namespace, context: PacketContext, segment: TcpSegment): void {
  const { packet } = context;
  const key = tupleKey(
    packet.destination,
    segment.destinationPort,
    packet.source,
    segment.sourcePort,
  );
  const connection = netns.sockets.connections.get(key);
  if (connection && !reopens(connection, segment)) {
    trace(netns, context, segment, connection);
    arrives(connection, segment, context);
    return;
  }
  if (connection) endConnection(connection, undefined);
  const listener = segment.syn && !segment.ack ? findListener(netns, context, segment) : undefined;
  if (listener) {
    trace(netns, context, segment, listener);
    greet(listener, segment, context);
    return;
  }
  if (segment.rst) return;
  if (netns.world.trace.enabled)
    traceHop(netns, {
      flow: context.flow,
      stage: 'drop',
      decision: lost({ kind: 'no-listener', protocol: 'tcp', port: segment.destinationPort }),
      packet,
    });
  sendReset(netns, context);
}

/**
 * A new SYN may take over a connection that only waits out its time: if it is newer, as to its sequence number or its
 * timestamp. Timestamps between two hosts only grow, so one that has any is newer. Mirrors: tcp_timewait_state_process.
 */
const reopens = (connection: TcpConnection, segment: TcpSegment): boolean =>
  connection.state === 'TIME_WAIT' &&
  segment.syn &&
  !segment.ack &&
  (segment.timestamp !== undefined || distance(connection.receiveNext, segment.sequence) > 0);

function findListener(
  netns: Namespace,
  { packet }: PacketContext,
  segment: TcpSegment,
): TcpListener | undefined {
  let best: TcpListener | undefined;
  let bestScore = 0;
  for (const listener of netns.sockets.listeners.get(segment.destinationPort) ?? []) {
    const score = bindingScore(listener, packet.destination);
    if (score > bestScore) {
      best = listener;
      bestScore = score;
    }
  }
  return best;
}

function trace(
  netns: Namespace,
  context: PacketContext,
  segment: TcpSegment,
  socket: TcpConnection | TcpListener,
): void {
  if (!netns.world.trace.enabled) return;
  const program = socket.owner?.program;
  traceHop(netns, {
    flow: context.flow,
    stage: 'socket',
    decision:
      socket.kind === 'listener'
        ? { kind: 'socket', protocol: 'tcp', port: segment.destinationPort, program }
        : {
            kind: 'connection',
            remote: socket.remote,
            port: socket.remotePort,
            state: socket.state,
            program,
          },
    cause: { collection: 'sockets', id: socket.id },
    program,
    packet: context.packet,
  });
}

/** A SYN for a listener: a connection in the making answers. A full queue loses it. */
function greet(listener: TcpListener, segment: TcpSegment, context: PacketContext): void {
  const { packet } = context;
  if (listener.ready.length > listener.backlog) return;
  const connection = newConnection(listener.netns, {
    local: packet.destination,
    localPort: segment.destinationPort,
    remote: packet.source,
    remotePort: segment.sourcePort,
    family: listener.family,
    owner: listener.owner,
    flow: context.flow,
    state: 'SYN_RECV',
    listener,
  });
  connection.receiveNext = plus(segment.sequence, 1);
  connection.peerMss = segment.mss ?? 536;
  connection.peerWindow = segment.window;
  connection.peerTimestamp = segment.timestamp?.value ?? 0;
  listener.embryonic.add(connection);
  sendSyn(connection);
}

function arrives(connection: TcpConnection, segment: TcpSegment, context: PacketContext): void {
  if (segment.timestamp) connection.peerTimestamp = segment.timestamp.value;
  if (connection.state === 'SYN_SENT') {
    answered(connection, segment, context);
    return;
  }
  if (segment.rst) {
    if (distance(connection.receiveNext, segment.sequence) >= 0) resetByPeer(connection);
    return;
  }
  if (segment.syn) {
    if (connection.state === 'SYN_RECV' && connection.sent[0]) {
      sendSegment(connection, connection.sent[0]);
    } else sendAck(connection);
    return;
  }
  if (!segment.ack) return;
  if (connection.state === 'SYN_RECV' && !established(connection, segment, context)) return;
  takeAck(connection, segment);
  if (hasEnded(connection)) return;
  takeData(connection, segment, context);
}

const hasEnded = (connection: TcpConnection): boolean => connection.state === 'CLOSED';

/** An answer to our SYN. */
function answered(connection: TcpConnection, segment: TcpSegment, context: PacketContext): void {
  if (segment.ack && segment.acknowledgment !== connection.sendNext) {
    if (!segment.rst) sendReset(connection.netns, context);
    return;
  }
  if (segment.rst) {
    if (segment.ack) endConnection(connection, 'ECONNREFUSED');
    return;
  }
  if (!segment.syn || !segment.ack) return;
  connection.state = 'ESTABLISHED';
  connection.receiveNext = plus(segment.sequence, 1);
  connection.unacknowledged = segment.acknowledgment;
  connection.peerMss = segment.mss ?? 536;
  connection.peerWindow = segment.window;
  connection.sent.length = 0;
  connection.retries = 0;
  disarm(connection);
  confirmNeighbour(connection.netns, connection.remote);
  sendAck(connection);
  wake(connection);
  pushOut(connection);
}

const wake = (connection: TcpConnection): void => connection.netns.world.sim.wake(connection.key);

/** The last part of the handshake: the connection is handed to the listener. */
function established(
  connection: TcpConnection,
  segment: TcpSegment,
  context: PacketContext,
): boolean {
  const { listener } = connection;
  if (segment.acknowledgment !== connection.sendNext || !listener) {
    sendReset(connection.netns, context);
    return false;
  }
  listener.embryonic.delete(connection);
  listener.ready.push(connection);
  connection.state = 'ESTABLISHED';
  connection.retries = 0;
  connection.netns.world.sim.wake(listener.key);
  return true;
}

function resetByPeer(connection: TcpConnection): void {
  if (connection.state === 'TIME_WAIT') return;
  endConnection(connection, connection.state === 'CLOSE_WAIT' ? 'EPIPE' : 'ECONNRESET');
}

function takeAck(connection: TcpConnection, segment: TcpSegment): void {
  const acked = distance(connection.unacknowledged, segment.acknowledgment);
  const outstanding = distance(connection.unacknowledged, connection.sendNext);
  if (acked < 0 || acked > outstanding) return;
  const windowBefore = connection.peerWindow;
  connection.peerWindow = segment.window << windowScale;
  if (acked > 0) {
    connection.unacknowledged = segment.acknowledgment;
    connection.retries = 0;
    forget(connection);
    confirmNeighbour(connection.netns, connection.remote);
    if (connection.sent.length > 0) armRetransmission(connection);
    else disarm(connection);
  } else if (connection.timerPurpose === 'probe' && connection.peerWindow > 0) {
    connection.retries = 0;
    disarm(connection);
  }
  if (connection.finSent && connection.sent.length === 0) finAcknowledged(connection);
  else if (acked > 0 || connection.peerWindow > windowBefore) pushOut(connection);
  if (connection.wantsSpace && connection.pendingLength <= sendBuffer / 2) {
    connection.wantsSpace = false;
    wake(connection);
  }
}

/** Drops what is acknowledged from the record of what was sent. */
function forget(connection: TcpConnection): void {
  const { sent, unacknowledged } = connection;
  let done = 0;
  for (const segment of sent) {
    if (distance(segment.end, unacknowledged) < 0) break;
    done += 1;
  }
  sent.splice(0, done);
}

function finAcknowledged(connection: TcpConnection): void {
  switch (connection.state) {
    case 'FIN_WAIT1':
      connection.state = 'FIN_WAIT2';
      if (!connection.held) armTimeWait(connection);
      return;
    case 'CLOSING':
      enterTimeWait(connection);
      return;
    case 'LAST_ACK':
      endConnection(connection, undefined);
      return;
    default:
      return;
  }
}

function enterTimeWait(connection: TcpConnection): void {
  connection.state = 'TIME_WAIT';
  connection.sent.length = 0;
  armTimeWait(connection);
}

function takeData(connection: TcpConnection, segment: TcpSegment, context: PacketContext): void {
  const length = utf8Length(segment.payload);
  if (length === 0 && !segment.fin) {
    // A window probe, or a segment that comes too late: say where we are.
    if (distance(connection.receiveNext, segment.sequence) < 0) sendAck(connection);
    return;
  }
  const old = distance(segment.sequence, connection.receiveNext);
  if (old < 0 || old > length || connection.peerClosed) {
    sendAck(connection);
    return;
  }
  const payload = old > 0 ? cut(segment.payload, old)[1] : segment.payload;
  if (length > old) {
    if (!connection.held && !connection.listener) {
      // Nobody is left to read it.
      sendReset(connection.netns, context);
      endConnection(connection, undefined);
      return;
    }
    if (connection.unread > connection.receiveWindow) {
      sendAck(connection);
      return;
    }
    connection.received.push(payload);
    connection.unread += length - old;
    connection.receiveNext = plus(connection.receiveNext, length - old);
  }
  if (segment.fin) finReceived(connection);
  // Who hears that the peer is done will mostly be done too: the acknowledgment waits for that.
  if (connection.state === 'CLOSE_WAIT' && length < smallestFull) ackLater(connection);
  else sendAck(connection);
  wake(connection);
}

/** TCP_MSS_DEFAULT: a segment of so many bytes counts as full until longer ones are seen. */
const smallestFull = 536;

function finReceived(connection: TcpConnection): void {
  connection.receiveNext = plus(connection.receiveNext, 1);
  connection.peerClosed = true;
  if (connection.state === 'ESTABLISHED') connection.state = 'CLOSE_WAIT';
  else if (connection.state === 'FIN_WAIT1') connection.state = 'CLOSING';
  else if (connection.state === 'FIN_WAIT2') enterTimeWait(connection);
}
