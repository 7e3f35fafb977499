// The sockets of one namespace: by id, and as packets look them up (by port, by connection).
import type { Timer } from '../sim/index.ts';
import type { Ipv4, UdpDatagram } from '../wire/index.ts';
import type { CapturedFrame, Datagram, DatagramError, IcmpArrival } from './kernel-api.ts';
import type { PacketContext } from './netfilter/hook.ts';
import type { Errno, LinkId, SocketId, SocketRow, TcpState } from './rows.ts';
import type { Namespace } from './state.ts';

interface SocketBase {
  readonly id: SocketId;
  /** What waiters wait for. */
  readonly key: string;
  readonly netns: Namespace;
}

export interface CaptureSocket extends SocketBase {
  readonly kind: 'capture';
  readonly link: LinkId | 'any';
  frames: CapturedFrame[];
}

export interface IcmpSocket extends SocketBase {
  readonly kind: 'icmp';
  readonly identifier: number;
  queue: IcmpArrival[];
}

export interface UdpSocket extends SocketBase {
  readonly kind: 'udp';
  readonly family: SocketRow['family'];
  readonly address: Ipv4;
  readonly port: number;
  readonly owner: SocketRow['owner'];
  queue: (Datagram | DatagramError)[];
  /** The only peer it has ever sent to: it then hears of errors. null: several. */
  onlyPeer: Ipv4 | null | undefined;
  /** Exchanges that a peer has begun and that the next datagram to it belongs to. */
  readonly flows: Map<string, number>;
  /** The kernel's own sockets (VXLAN) take datagrams themselves. */
  readonly handler: ((context: PacketContext, datagram: UdpDatagram) => void) | undefined;
}

export interface TcpListener extends SocketBase {
  readonly kind: 'listener';
  readonly family: SocketRow['family'];
  readonly address: Ipv4;
  readonly port: number;
  readonly owner: SocketRow['owner'];
  readonly backlog: number;
  /** Handshake done, not accepted yet. */
  readonly ready: TcpConnection[];
  /** In the handshake. */
  readonly embryonic: Set<TcpConnection>;
}

export interface SentSegment {
  readonly sequence: number;
  /** Sequence number after it. */
  readonly end: number;
  readonly payload: string;
  readonly syn: boolean;
  readonly fin: boolean;
  readonly psh: boolean;
}

/** One end of a TCP connection. Sequence numbers are unsigned 32-bit. */
export interface TcpConnection extends SocketBase {
  readonly kind: 'tcp';
  readonly family: SocketRow['family'];
  readonly owner: SocketRow['owner'];
  readonly local: Ipv4;
  readonly localPort: number;
  readonly remote: Ipv4;
  readonly remotePort: number;
  readonly tuple: string;
  state: TcpState;
  listener: TcpListener | undefined;
  error: Errno | undefined;
  /** A program has it (or will get it from the listener); otherwise the kernel finishes it alone. */
  held: boolean;
  flow: number;
  /** SND.UNA, SND.NXT, the peer's window in bytes. */
  unacknowledged: number;
  sendNext: number;
  peerWindow: number;
  peerMss: number;
  readonly sent: SentSegment[];
  /** Written, not yet sent, and how many characters that is. */
  readonly pending: string[];
  pendingLength: number;
  /** A write did not fit: the writer is woken when half of the buffer is free. */
  wantsSpace: boolean;
  finWanted: boolean;
  finSent: boolean;
  /** TCP_NODELAY: short segments do not wait for the acknowledgment of an earlier one. */
  noDelay: boolean;
  /** Sequence number after the last short segment. */
  shortEnd: number;
  receiveNext: number;
  received: string[];
  unread: number;
  /** The peer has closed its half. */
  peerClosed: boolean;
  /** The window that this end began with: bytes it is ready to keep. */
  readonly receiveWindow: number;
  /** Told the peer that there was (almost) no room. */
  windowShut: boolean;
  timer: Timer | undefined;
  timerPurpose: 'retransmit' | 'probe' | 'end' | undefined;
  retries: number;
  /** An acknowledgment that waits for something to go with. */
  ackTimer: Timer | undefined;
  readonly timestampBase: number;
  peerTimestamp: number;
}

export type AnySocket = CaptureSocket | IcmpSocket | UdpSocket | TcpListener | TcpConnection;

export class SocketTable {
  readonly all = new Map<SocketId, AnySocket>();
  readonly listeners = new Map<number, TcpListener[]>();
  readonly connections = new Map<string, TcpConnection>();
  readonly udp = new Map<number, UdpSocket[]>();
  readonly icmp = new Map<number, IcmpSocket>();
  /** How many connections use a local port. */
  readonly tcpPorts = new Map<number, number>();
}

/** The key of a connection in `connections`. */
export const tupleKey = (
  local: Ipv4,
  localPort: number,
  remote: Ipv4,
  remotePort: number,
): string => `${local * 65536 + localPort}-${remote * 65536 + remotePort}`;

export function addTo<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

export function removeFrom<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (!list) return;
  const at = list.indexOf(value);
  if (at >= 0) list.splice(at, 1);
  if (list.length === 0) map.delete(key);
}

/** An id and key for a new socket. */
export function newSocketId(netns: Namespace): { id: SocketId; key: string } {
  const { name } = netns.host;
  const id = `${name}/socket${netns.world.sim.count(`${name}/socket`)}` as SocketId;
  return { id, key: `socket:${id}` };
}
