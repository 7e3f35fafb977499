// The sockets of a host by id: the door that programs use, over TCP, UDP, ping sockets and packet captures.
import { err, ok, type Result } from '../std/index.ts';
import { anyIpv4 } from '../wire/index.ts';
import type { Sockets } from './kernel-api.ts';
import type { Errno, LinkId, NetnsId, SocketId, SocketRow } from './rows.ts';
import { type AnySocket, type CaptureSocket, newSocketId } from './socket-table.ts';
import type { HostState, Namespace } from './state.ts';
import {
  connectionRow,
  listenerRow,
  tcpAccept,
  tcpClose,
  tcpConnect,
  tcpListen,
  tcpReceive,
  tcpSend,
  tcpShutdown,
  tcpUnlisten,
} from './tcp.ts';
import { pushOut } from './tcp-output.ts';
import { icmpClose, icmpOpen, icmpSend, udpBind, udpClose, udpRow, udpSend } from './udp.ts';

/** The sockets interface of one host. */
export function createSockets(host: HostState): Sockets {
  const byId = new SocketFinder(host);
  const withId = <T extends { readonly id: SocketId }>(
    result: Result<T, Errno>,
  ): Result<SocketId, Errno> => {
    if (!result.ok) return result;
    return ok(result.value.id);
  };
  return {
    key: (id) => `socket:${id}`,
    get: (id) => {
      const socket = byId.find(id);
      return socket && rowOf(socket);
    },
    list: (id) => {
      const netns = host.namespaces.get(id);
      return netns ? listSockets(netns) : [];
    },

    tcpListen: (id, options) => withNetns(host, id, (netns) => withId(tcpListen(netns, options))),
    tcpConnect: (id, options) => withNetns(host, id, (netns) => withId(tcpConnect(netns, options))),
    connection: (id) => {
      const socket = byId.tcp(id);
      if (!socket) return 'closed';
      if (socket.error) return socket.error;
      if (socket.state === 'SYN_SENT') return 'pending';
      return socket.state === 'CLOSED' ? 'closed' : 'open';
    },
    tcpAccept: (id) => {
      const socket = byId.find(id);
      return socket?.kind === 'listener' ? tcpAccept(socket)?.id : undefined;
    },
    send: (id, text) => {
      const socket = byId.tcp(id);
      return socket ? tcpSend(socket, text) : err('ENOTCONN');
    },
    receive: (id) => {
      const socket = byId.tcp(id);
      return socket ? tcpReceive(socket) : { eof: true };
    },
    noDelay: (id) => {
      const socket = byId.tcp(id);
      if (!socket) return;
      socket.noDelay = true;
      pushOut(socket);
    },
    shutdown: (id) => {
      const socket = byId.tcp(id);
      if (socket) tcpShutdown(socket);
    },
    close: (id) => {
      const socket = byId.find(id);
      if (socket) closeSocket(socket);
    },

    udpBind: (id, options) => withNetns(host, id, (netns) => withId(udpBind(netns, options))),
    udpSend: (id, to, port, payload, options) => {
      const socket = byId.find(id);
      return socket?.kind === 'udp' ? udpSend(socket, to, port, payload, options) : err('ENOTCONN');
    },
    udpReceive: (id) => {
      const socket = byId.find(id);
      return socket?.kind === 'udp' ? socket.queue.shift() : undefined;
    },

    icmpOpen: (id) => icmpOpen(mustNetns(host, id)).id,
    icmpSend: (id, to, echo) => {
      const socket = byId.find(id);
      return socket?.kind === 'icmp' ? icmpSend(socket, to, echo) : err('ENOTCONN');
    },
    icmpReceive: (id) => {
      const socket = byId.find(id);
      return socket?.kind === 'icmp' ? socket.queue.shift() : undefined;
    },

    capture: (id, link) => openCapture(mustNetns(host, id), link).id,
    captured: (id) => {
      const socket = byId.find(id);
      if (socket?.kind !== 'capture') return [];
      const { frames } = socket;
      socket.frames = [];
      return frames;
    },
  };
}

/** Finds sockets by id in all namespaces of a host; the last one found is often asked for again. */
class SocketFinder {
  readonly #host: HostState;
  #last: AnySocket | undefined;

  constructor(host: HostState) {
    this.#host = host;
  }

  find(id: SocketId): AnySocket | undefined {
    if (this.#last?.id === id && this.#last.netns.sockets.all.has(id)) return this.#last;
    for (const netns of this.#host.namespaces.values()) {
      const socket = netns.sockets.all.get(id);
      if (!socket) continue;
      this.#last = socket;
      return socket;
    }
    return undefined;
  }

  tcp(id: SocketId): Extract<AnySocket, { kind: 'tcp' }> | undefined {
    const socket = this.find(id);
    return socket?.kind === 'tcp' ? socket : undefined;
  }
}

function mustNetns(host: HostState, id: NetnsId): Namespace {
  return host.namespaces.get(id) ?? host.init;
}

function withNetns<T>(
  host: HostState,
  id: NetnsId,
  act: (netns: Namespace) => Result<T, Errno>,
): Result<T, Errno> {
  const netns = host.namespaces.get(id);
  return netns ? act(netns) : err('ENETDOWN');
}

function rowOf(socket: AnySocket): SocketRow | undefined {
  switch (socket.kind) {
    case 'listener':
      return listenerRow(socket);
    case 'tcp':
      return connectionRow(socket);
    case 'udp':
      return udpRow(socket);
    case 'icmp':
      return {
        id: socket.id,
        netns: socket.netns.id,
        protocol: 'icmp',
        family: 'ipv4',
        localAddress: anyIpv4,
        localPort: socket.identifier,
        remoteAddress: anyIpv4,
        remotePort: 0,
        state: 'UNCONN',
        backlog: 0,
      };
    case 'capture':
      return undefined;
  }
}

function listSockets(netns: Namespace): SocketRow[] {
  const rows: SocketRow[] = [];
  for (const socket of netns.sockets.all.values()) {
    const row = rowOf(socket);
    if (row && row.state !== 'CLOSED') rows.push(row);
  }
  return rows;
}

function closeSocket(socket: AnySocket): void {
  switch (socket.kind) {
    case 'tcp':
      tcpClose(socket);
      return;
    case 'listener':
      tcpUnlisten(socket);
      return;
    case 'udp':
      udpClose(socket);
      return;
    case 'icmp':
      icmpClose(socket);
      return;
    case 'capture':
      socket.netns.sockets.all.delete(socket.id);
      for (const device of socket.netns.devices.values())
        device.taps = device.taps.filter((tap) => tap !== socket);
  }
}

function openCapture(netns: Namespace, link: LinkId | 'any'): CaptureSocket {
  const socket: CaptureSocket = {
    ...newSocketId(netns),
    kind: 'capture',
    netns,
    link,
    frames: [],
  };
  netns.sockets.all.set(socket.id, socket);
  for (const device of netns.devices.values())
    if (link === 'any' || device.id === link) device.taps.push(socket);
  return socket;
}
