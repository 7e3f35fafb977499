// TCP's sending side: segments, windows, retransmission and the other timers of a connection.
// Mirrors: net/ipv4/tcp_output.c, tcp_timer.c (Linux 6.12: the first five SYN timeouts are one second each).
// Differs: no congestion window; data is acknowledged at once, as Linux does at the beginning of a connection; after a
// timeout everything unacknowledged is cut and sent again (go back N), since nothing in a lab reorders packets.
import { micros, millis, type SimEvent, seconds } from '../sim/index.ts';
import { type TcpSegment, utf8Length } from '../wire/index.ts';
import { pathMtu, sendPacket } from './ip-output.ts';
import { outputPath } from './route.ts';
import type { Errno } from './rows.ts';
import type { SentSegment, TcpConnection } from './socket-table.ts';

/** A connection's timer has run out: the one of what was sent, or the one of an acknowledgment that waits. */
export interface TcpEvent extends SimEvent {
  readonly kind: 'kernel.tcp' | 'kernel.tcp.ack';
  readonly connection: TcpConnection;
}

/** Window scale that both ends offer. */
export const windowScale = 7;
/** Bytes of a segment that the timestamp option takes. */
export const timestampBytes = 12;
const timeWait = seconds(60);
const firstTimeout = millis(200);
const longestTimeout = seconds(120);
/** TCP_DELACK_MIN. */
const longestSilence = millis(40);

// ---- arithmetic of sequence numbers -----------------------------------------------------------

export const plus = (sequence: number, bytes: number): number => (sequence + bytes) >>> 0;
/** Bytes from `a` to `b`, negative when `b` lies before `a`. */
export const distance = (a: number, b: number): number => (b - a) | 0;

// ---- sizes ------------------------------------------------------------------------------------

/** The MSS that this end offers: what fits its way to the peer. */
export function offeredMss(connection: Pick<TcpConnection, 'netns' | 'remote'>): number {
  const path = outputPath(connection.netns, connection.remote);
  if (!path.ok) return 536;
  // lo's 65536 leaves more than the 16-bit field may say of IPv4's longest packet.
  const mtu = Math.min(path.value.device.row.mtu, 65_535);
  return mtu - 40;
}

/** Payload bytes of a full segment now. */
function segmentSize(connection: TcpConnection): number {
  const path = outputPath(connection.netns, connection.remote);
  const mtu = path.ok
    ? pathMtu(connection.netns, path.value.device, connection.remote)
    : connection.peerMss + 40;
  return Math.max(64, Math.min(connection.peerMss, mtu - 40) - timestampBytes);
}

/** The first `bytes` bytes of a text, cut between characters, and the rest. */
export function cut(text: string, bytes: number): readonly [string, string] {
  if (text.length <= bytes && utf8Length(text) <= bytes) return [text, ''];
  const head = text.slice(0, bytes);
  if (utf8Length(head) === head.length) return [head, text.slice(bytes)];
  let used = 0;
  let at = 0;
  while (at < text.length) {
    const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
    used += utf8Length(character);
    if (used > bytes && at > 0) break;
    at += character.length;
  }
  return [text.slice(0, at), text.slice(at)];
}

// ---- segments ---------------------------------------------------------------------------------

/** The window field of a segment: what may still be kept here, scaled. */
function windowField(connection: TcpConnection, syn: boolean): number {
  if (syn) return Math.min(65_535, connection.receiveWindow);
  const room = Math.max(0, connection.receiveWindow - connection.unread);
  // What a reader frees is told by itself when it doubles the window.
  connection.windowShut = 2 * room <= connection.receiveWindow;
  return Math.min(65_535, Math.ceil(room / (1 << windowScale)));
}

/** Sends one segment as it is; what routing or a rule says about it is not told to anyone (retransmission will). */
export function sendSegment(
  connection: TcpConnection,
  fields: {
    readonly sequence: number;
    readonly syn?: boolean;
    readonly fin?: boolean;
    readonly rst?: boolean;
    readonly psh?: boolean;
    readonly payload?: string;
  },
): void {
  const { netns } = connection;
  dropDelayedAck(connection);
  const syn = fields.syn ?? false;
  const rst = fields.rst ?? false;
  const ack = connection.state !== 'SYN_SENT';
  const now = Math.floor(netns.world.sim.now() / 1000);
  const segment: TcpSegment = {
    protocol: 'tcp',
    sourcePort: connection.localPort,
    destinationPort: connection.remotePort,
    sequence: fields.sequence,
    acknowledgment: ack ? connection.receiveNext : 0,
    syn,
    ack,
    fin: fields.fin ?? false,
    rst,
    psh: fields.psh ?? false,
    window: rst ? 0 : windowField(connection, syn),
    payload: fields.payload ?? '',
    ...(syn ? { mss: offeredMss(connection) } : {}),
    ...(rst
      ? {}
      : {
          timestamp: {
            value: (connection.timestampBase + now) >>> 0,
            echo: connection.peerTimestamp,
          },
        }),
  };
  sendPacket(netns, {
    destination: connection.remote,
    source: connection.local,
    transport: segment,
    flow: connection.flow,
    dontFragment: true,
  });
}

export const sendAck = (connection: TcpConnection): void =>
  sendSegment(connection, { sequence: connection.sendNext });

/** Acknowledges with the next segment, or alone after a while. */
export function ackLater(connection: TcpConnection): void {
  if (connection.ackTimer) return;
  const event: TcpEvent = { kind: 'kernel.tcp.ack', connection };
  connection.ackTimer = connection.netns.world.sim.after(longestSilence, event);
}

export function dropDelayedAck(connection: TcpConnection): void {
  if (connection.ackTimer) connection.ackTimer.cancelled = true;
  connection.ackTimer = undefined;
}

/** Nothing went out that the acknowledgment could have gone with. */
export function delayedAck(connection: TcpConnection): void {
  if (connection.netns.gone || connection.state === 'CLOSED') return;
  sendAck(connection);
}

/** Sends SYN or SYN-ACK, the first byte of the sequence space. */
export function sendSyn(connection: TcpConnection): void {
  remember(connection, { payload: '', syn: true, fin: false, psh: false, length: 1 });
}

function remember(
  connection: TcpConnection,
  part: { payload: string; syn: boolean; fin: boolean; psh: boolean; length: number },
): void {
  const { payload, syn, fin, psh } = part;
  const sequence = connection.sendNext;
  const segment: SentSegment = {
    sequence,
    end: plus(sequence, part.length),
    payload,
    syn,
    fin,
    psh,
  };
  connection.sendNext = segment.end;
  connection.sent.push(segment);
  sendSegment(connection, segment);
  if (connection.timerPurpose !== 'retransmit') armRetransmission(connection);
}

/**
 * Sends what is written and fits the peer's window, and the FIN with the last of it. A short segment waits while another
 * short one is on its way (Nagle's algorithm as Minshall changed it), unless the program is done or wants no delay.
 */
export function pushOut(connection: TcpConnection): void {
  if (!canSend(connection)) return;
  let size = 0;
  while (connection.pendingLength > 0) {
    const inFlight = distance(connection.unacknowledged, connection.sendNext);
    const room = connection.peerWindow - inFlight;
    if (room <= 0) {
      if (inFlight === 0) arm(connection, 'probe', firstTimeout);
      return;
    }
    size ||= segmentSize(connection);
    const most = Math.min(size, room);
    if (waitsForAck(connection) && isShort(connection, most)) return;
    const payload = takePending(connection, most);
    const length = utf8Length(payload);
    const psh = connection.pendingLength === 0;
    const fin = psh && connection.finWanted;
    if (fin) connection.finSent = true;
    remember(connection, { payload, syn: false, fin, psh, length: length + (fin ? 1 : 0) });
    if (length < size) connection.shortEnd = connection.sendNext;
  }
  if (connection.finWanted && !connection.finSent) {
    connection.finSent = true;
    remember(connection, { payload: '', syn: false, fin: true, psh: false, length: 1 });
  }
}

const waitsForAck = ({ noDelay, finWanted, unacknowledged, shortEnd }: TcpConnection): boolean =>
  !noDelay && !finWanted && distance(unacknowledged, shortEnd) > 0;

/** Is less written than a segment takes? */
function isShort({ pending, pendingLength }: TcpConnection, bytes: number): boolean {
  if (pendingLength >= bytes) return false;
  return pending.reduce((sum, text) => sum + utf8Length(text), 0) < bytes;
}

/** The next bytes to send; short writes are put together. */
function takePending(connection: TcpConnection, bytes: number): string {
  const { pending } = connection;
  let first = pending[0] ?? '';
  for (let next = pending[1]; first.length < bytes && next !== undefined; next = pending[1]) {
    first += next;
    pending.splice(0, 2, first);
  }
  const [payload, rest] = cut(first, bytes);
  if (rest === '') pending.shift();
  else pending[0] = rest;
  connection.pendingLength -= payload.length;
  return payload;
}

const canSend = ({ state }: TcpConnection): boolean =>
  state === 'ESTABLISHED' ||
  state === 'CLOSE_WAIT' ||
  state === 'FIN_WAIT1' ||
  state === 'LAST_ACK' ||
  state === 'CLOSING';

// ---- timers -----------------------------------------------------------------------------------

export function arm(
  connection: TcpConnection,
  purpose: NonNullable<TcpConnection['timerPurpose']>,
  delay: number,
): void {
  disarm(connection);
  const event: TcpEvent = { kind: 'kernel.tcp', connection };
  connection.timer = connection.netns.world.sim.after(micros(delay), event);
  connection.timerPurpose = purpose;
}

export function disarm(connection: TcpConnection): void {
  if (connection.timer) connection.timer.cancelled = true;
  connection.timer = undefined;
  connection.timerPurpose = undefined;
}

export const armTimeWait = (connection: TcpConnection): void => arm(connection, 'end', timeWait);

/** Restarts the retransmission timer for what is unacknowledged. */
export function armRetransmission(connection: TcpConnection): void {
  arm(connection, 'retransmit', retransmissionDelay(connection));
}

function retransmissionDelay(connection: TcpConnection): number {
  const { netns, state, retries } = connection;
  if (state === 'SYN_SENT') {
    const linear = netns.sysctl.number('net.ipv4.tcp_syn_linear_timeouts');
    return seconds(1) * 2 ** Math.max(0, retries - linear);
  }
  if (state === 'SYN_RECV') return seconds(1) * 2 ** retries;
  return Math.min(firstTimeout * 2 ** retries, longestTimeout);
}

function retriesLeft(connection: TcpConnection): boolean {
  const { sysctl } = connection.netns;
  const name = 'net.ipv4.tcp_';
  if (connection.state === 'SYN_SENT') {
    const linear = sysctl.number(`${name}syn_linear_timeouts`);
    return connection.retries < sysctl.number(`${name}syn_retries`) + linear;
  }
  if (connection.state === 'SYN_RECV')
    return connection.retries < sysctl.number(`${name}synack_retries`);
  return connection.retries < sysctl.number(`${name}retries2`);
}

/** The timer has run out. `end` closes a connection, with the error that its holder is to see. */
export function tcpTimer(
  connection: TcpConnection,
  end: (connection: TcpConnection, error: Errno | undefined) => void,
): void {
  const purpose = connection.timerPurpose;
  connection.timer = undefined;
  connection.timerPurpose = undefined;
  if (connection.state === 'CLOSED' || connection.netns.gone) return;
  if (purpose === 'end') {
    end(connection, undefined);
    return;
  }
  if (!retriesLeft(connection)) {
    end(connection, 'ETIMEDOUT');
    return;
  }
  connection.retries += 1;
  if (purpose === 'probe') probe(connection);
  else resend(connection);
}

/** The peer's window is shut: an old byte's worth of nothing makes it say what its window is now. */
function probe(connection: TcpConnection): void {
  sendSegment(connection, { sequence: plus(connection.unacknowledged, -1) });
  arm(connection, 'probe', retransmissionDelay(connection));
}

/** Sends again what has not been acknowledged; data is cut anew, since the path's MTU may have shrunk. */
export function resend(connection: TcpConnection): void {
  const first = connection.sent[0];
  if (!first) return;
  if (first.syn) {
    sendSegment(connection, first);
    armRetransmission(connection);
    return;
  }
  const sent = connection.sent.splice(0);
  connection.sendNext = first.sequence;
  for (const { payload } of sent.reverse()) {
    if (payload === '') continue;
    connection.pending.unshift(payload);
    connection.pendingLength += payload.length;
  }
  connection.finSent = false;
  connection.shortEnd = first.sequence;
  disarm(connection);
  pushOut(connection);
}
