// Blocking sockets for programs and daemons: generator wrappers over the kernel's non-blocking `Sockets`.
//
// Every wait has an optional deadline (simulated time, not a duration): when it passes the call answers EAGAIN, as a
// socket with SO_RCVTIMEO does. A caught signal ends a wait for input with EINTR; connecting and sending go on
// (SA_RESTART). A socket made here that is not handed out (failure, or the caller is cancelled) is closed.
// Mirrors: connect(2), accept(2), send(2), recv(2), recvfrom(2), ping sockets of icmp(7).
import {
  type Datagram,
  type Errno,
  type IcmpArrival,
  type Kernel,
  strerror as kernelText,
  type NetnsId,
  type SocketId,
  type SocketRow,
} from '../kernel/index.ts';
import type { Micros, Op, Sim } from '../sim/index.ts';
import { err, ok, type Result } from '../std/index.ts';
import type { Ipv4, UdpPayload } from '../wire/index.ts';
import type { FileError } from './api.ts';

/** Where a socket is made. A `Process` is one. */
export interface SocketContext {
  readonly sim: Sim;
  readonly kernel: Kernel;
  readonly netns: NetnsId;
}

/** EAGAIN: the deadline has passed. EINTR: a caught signal came first. */
export type SocketError = Errno | 'EAGAIN' | 'EINTR';

/** What `ss -p` shows for a socket that this process holds as file descriptor `fd`. */
export function socketOwner(
  process: { readonly argv: readonly string[]; readonly row: { readonly pid: number } },
  fd: number,
): NonNullable<SocketRow['owner']> {
  const program = (process.argv[0] ?? '').replace(/^.*\//, '');
  return { program, pid: process.row.pid, fd };
}

/** Has the deadline come? */
const isPast = (context: SocketContext, until: Micros | undefined): boolean =>
  until !== undefined && context.sim.now() >= until;

/** Waits until something about the socket may have changed. Undefined: look again. */
export function* waitForSocket(
  context: SocketContext,
  socket: SocketId,
  until?: Micros,
): Op<'EAGAIN' | 'EINTR' | undefined> {
  if (isPast(context, until)) return 'EAGAIN';
  const keys = [context.kernel.sockets.key(socket)];
  const wake = yield until === undefined ? { keys } : { keys, until };
  return wake.by === 'signal' ? 'EINTR' : undefined;
}

// ---- TCP ------------------------------------------------------------------------------------

export interface ConnectOptions {
  readonly to: Ipv4;
  readonly port: number;
  /** Source address to bind to first. */
  readonly from?: Ipv4;
  /** Give up then, with EAGAIN. By default the kernel's own limit (ETIMEDOUT after 127 s). */
  readonly until?: Micros;
  readonly owner?: SocketRow['owner'];
  /** `ipv6`: to ::1 (`to` is 127.0.0.1): no iptables rule sees it, and only dual-stack listeners take it. */
  readonly family?: 'ipv4' | 'ipv6';
}

/** Opens a TCP connection. The caller closes the socket. */
export function* connectTcp(
  context: SocketContext,
  options: ConnectOptions,
): Op<Result<SocketId, SocketError>> {
  const { sockets } = context.kernel;
  const { until, ...rest } = options;
  const started = sockets.tcpConnect(context.netns, rest);
  if (!started.ok) return started;
  const socket = started.value;
  let opened = false;
  try {
    for (;;) {
      const state = sockets.connection(socket);
      if (state === 'open') {
        opened = true;
        return ok(socket);
      }
      if (state === 'closed') return err('ECONNRESET');
      if (state !== 'pending') return err(state);
      if ((yield* waitForSocket(context, socket, until)) === 'EAGAIN') return err('EAGAIN');
    }
  } finally {
    if (!opened) sockets.close(socket);
  }
}

/** Sends all of a text, waiting while the peer's window is full. */
export function* sendAll(
  context: SocketContext,
  socket: SocketId,
  text: string,
  until?: Micros,
): Op<Result<void, SocketError>> {
  let rest = text;
  while (rest.length > 0) {
    const taken = context.kernel.sockets.send(socket, rest);
    if (!taken.ok) return taken;
    rest = rest.slice(taken.value);
    if (taken.value > 0) continue;
    if ((yield* waitForSocket(context, socket, until)) === 'EAGAIN') return err('EAGAIN');
  }
  return ok(undefined);
}

/** What has arrived, waiting for at least one character; null when the peer has closed. */
export function* receiveSome(
  context: SocketContext,
  socket: SocketId,
  until?: Micros,
): Op<Result<string | null, SocketError>> {
  for (;;) {
    const arrived = context.kernel.sockets.receive(socket);
    if (arrived && 'error' in arrived) return err(arrived.error);
    if (arrived && 'eof' in arrived) return ok(null);
    if (arrived && arrived.text.length > 0) return ok(arrived.text);
    const stop = yield* waitForSocket(context, socket, until);
    if (stop) return err(stop);
  }
}

/** Everything up to the peer's close. */
export function* receiveAll(
  context: SocketContext,
  socket: SocketId,
  until?: Micros,
): Op<Result<string, SocketError>> {
  let text = '';
  for (;;) {
    const part = yield* receiveSome(context, socket, until);
    if (!part.ok) return part;
    if (part.value === null) return ok(text);
    text += part.value;
  }
}

/** The next client of a listening socket. */
export function* acceptClient(
  context: SocketContext,
  listener: SocketId,
  until?: Micros,
): Op<Result<SocketId, SocketError>> {
  for (;;) {
    const client = context.kernel.sockets.tcpAccept(listener);
    if (client) return ok(client);
    if (!context.kernel.sockets.get(listener)) return err('EINVAL');
    const stop = yield* waitForSocket(context, listener, until);
    if (stop) return err(stop);
  }
}

// ---- datagrams ------------------------------------------------------------------------------

/** The next datagram, or the ICMP error that an earlier one caused. */
export function* receiveDatagram(
  context: SocketContext,
  socket: SocketId,
  until?: Micros,
): Op<Result<Datagram, SocketError>> {
  for (;;) {
    const arrived = context.kernel.sockets.udpReceive(socket);
    if (arrived && 'error' in arrived) return err(arrived.error);
    if (arrived) return ok(arrived);
    const stop = yield* waitForSocket(context, socket, until);
    if (stop) return err(stop);
  }
}

/**
 * Sends one datagram from a fresh port and answers the first one that comes back from there and that `wanted` takes.
 * Mirrors: a connected UDP socket.
 */
export function* exchangeDatagram(
  context: SocketContext,
  request: {
    readonly to: Ipv4;
    readonly port: number;
    readonly payload: UdpPayload;
    readonly until: Micros;
    readonly wanted?: (datagram: Datagram) => boolean;
    readonly owner?: SocketRow['owner'];
  },
): Op<Result<Datagram, SocketError>> {
  const { sockets } = context.kernel;
  const bound = sockets.udpBind(context.netns, request.owner ? { owner: request.owner } : {});
  if (!bound.ok) return bound;
  try {
    const sent = sockets.udpSend(bound.value, request.to, request.port, request.payload);
    if (!sent.ok) return sent;
    for (;;) {
      const answer = yield* receiveDatagram(context, bound.value, request.until);
      if (!answer.ok) return answer;
      const { from, fromPort } = answer.value;
      if (from !== request.to || fromPort !== request.port) continue;
      if (request.wanted?.(answer.value) ?? true) return answer;
    }
  } finally {
    sockets.close(bound.value);
  }
}

/** The next echo reply or ICMP error of a ping socket. */
export function* receiveIcmp(
  context: SocketContext,
  socket: SocketId,
  until?: Micros,
): Op<Result<IcmpArrival, SocketError>> {
  for (;;) {
    const arrived = context.kernel.sockets.icmpReceive(socket);
    if (arrived) return ok(arrived);
    const stop = yield* waitForSocket(context, socket, until);
    if (stop) return err(stop);
  }
}

// ---- error texts ----------------------------------------------------------------------------

/** What the kernel's table does not have: errors of waiting and of files. */
const errorTexts: Readonly<Record<string, string>> = {
  EAGAIN: 'Resource temporarily unavailable',
  EINTR: 'Interrupted system call',
  ENOTDIR: 'Not a directory',
  EISDIR: 'Is a directory',
  EROFS: 'Read-only file system',
  ENOSPC: 'No space left on device',
  ENXIO: 'No such device or address',
};

/** Mirrors: strerror(3) of glibc. */
export const strerror = (error: SocketError | FileError): string =>
  errorTexts[error] ?? kernelText(error as Errno) ?? error;
