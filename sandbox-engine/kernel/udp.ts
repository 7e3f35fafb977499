// UDP and ping sockets: binding, sending, delivery, and the ICMP errors that come back.
// Mirrors: net/ipv4/udp.c, ping.c. Differs: every socket that has only ever sent to one peer counts as connected.
import { err, ok, type Result } from '../std/index.ts';
import {
  anyIpv4,
  type Ipv4,
  ipv4,
  type UdpDatagram,
  type UdpPayload,
  udpPayloadLength,
} from '../wire/index.ts';
import { lost } from './decision.ts';
import { icmpTypes, sendIcmpError, unreachableCodes } from './icmp-send.ts';
import { sendPacket } from './ip-output.ts';
import type { DatagramError, IcmpArrival } from './kernel-api.ts';
import type { PacketContext } from './netfilter/hook.ts';
import { bindingScore, conflicts, ephemeralPort } from './ports.ts';
import { findRoute, isLocal } from './route.ts';
import type { Errno, SocketRow } from './rows.ts';
import { addTo, type IcmpSocket, newSocketId, removeFrom, type UdpSocket } from './socket-table.ts';
import { type Namespace, newFlow, traceHop } from './state.ts';

/** Datagrams that wait on one socket at most: what fits into rmem_default. */
const queueLimit = 256;

/** Errors: EADDRINUSE, EADDRNOTAVAIL (not an address of this namespace). */
export function udpBind(
  netns: Namespace,
  options: {
    readonly address?: Ipv4;
    readonly port?: number;
    readonly family?: SocketRow['family'];
    readonly owner?: SocketRow['owner'];
    readonly handler?: UdpSocket['handler'];
  },
): Result<UdpSocket, Errno> {
  const address = options.address ?? anyIpv4;
  const family = options.family ?? 'ipv4';
  if (address !== anyIpv4 && !isLocal(netns, address)) return err('EADDRNOTAVAIL');
  const taken = (port: number): boolean =>
    (netns.sockets.udp.get(port) ?? []).some((other) => conflicts(other, { family, address }));
  const port = options.port || ephemeralPort(netns, taken);
  if (port === undefined || taken(port)) return err('EADDRINUSE');
  const socket: UdpSocket = {
    ...newSocketId(netns),
    kind: 'udp',
    netns,
    family,
    address,
    port,
    owner: options.owner,
    queue: [],
    onlyPeer: undefined,
    flows: new Map(),
    handler: options.handler,
  };
  netns.sockets.all.set(socket.id, socket);
  addTo(netns.sockets.udp, port, socket);
  if (options.port) netns.world.sockets.put(udpRow(socket));
  return ok(socket);
}

export const udpRow = (socket: UdpSocket): SocketRow => ({
  id: socket.id,
  netns: socket.netns.id,
  protocol: 'udp',
  family: socket.family,
  localAddress: socket.address,
  localPort: socket.port,
  remoteAddress: anyIpv4,
  remotePort: 0,
  state: 'UNCONN',
  backlog: 0,
  owner: socket.owner,
});

export function udpSend(
  socket: UdpSocket,
  to: Ipv4,
  port: number,
  payload: UdpPayload,
  options: {
    readonly ttl?: number | undefined;
    readonly dontFragment?: boolean | undefined;
    readonly sourcePort?: number | undefined;
    readonly flow?: number | undefined;
  } = {},
): Result<void, Errno> {
  const { netns } = socket;
  if (udpPayloadLength(payload) > 65_507) return err('EMSGSIZE');
  const peer = peerKey(to, port);
  const flow = options.flow ?? socket.flows.get(peer) ?? newFlow(netns.world);
  socket.flows.delete(peer);
  socket.onlyPeer = socket.onlyPeer === undefined || socket.onlyPeer === to ? to : null;
  return sendPacket(netns, {
    destination: to,
    source: socket.address === anyIpv4 ? undefined : socket.address,
    flow,
    ttl: options.ttl,
    dontFragment: options.dontFragment,
    transport: {
      protocol: 'udp',
      sourcePort: options.sourcePort ?? socket.port,
      destinationPort: port,
      payload,
    },
  });
}

const peerKey = (address: Ipv4, port: number): string => `${address}:${port}`;

/** A datagram for this namespace. */
export function udpInput(netns: Namespace, context: PacketContext, datagram: UdpDatagram): void {
  const { packet } = context;
  const socket = findUdp(netns, packet.destination, datagram.destinationPort);
  if (!socket) {
    if (netns.world.trace.enabled)
      traceHop(netns, {
        flow: context.flow,
        stage: 'drop',
        decision: lost({ kind: 'no-listener', protocol: 'udp', port: datagram.destinationPort }),
        packet,
      });
    sendIcmpError(netns, context, icmpTypes.unreachable, unreachableCodes.port);
    return;
  }
  if (netns.world.trace.enabled)
    traceHop(netns, {
      flow: context.flow,
      stage: 'socket',
      decision: {
        kind: 'socket',
        protocol: 'udp',
        port: datagram.destinationPort,
        program: socket.owner?.program,
      },
      cause: { collection: 'sockets', id: socket.id },
      program: socket.owner?.program,
      packet,
    });
  if (socket.handler) {
    socket.handler(context, datagram);
    return;
  }
  if (socket.queue.length >= queueLimit) return;
  if (socket.flows.size > 64) socket.flows.clear();
  socket.flows.set(peerKey(packet.source, datagram.sourcePort), context.flow);
  socket.queue.push({
    from: packet.source,
    fromPort: datagram.sourcePort,
    to: packet.destination,
    payload: datagram.payload,
  });
  netns.world.sim.wake(socket.key);
}

function findUdp(netns: Namespace, address: Ipv4, port: number): UdpSocket | undefined {
  const group = findRoute(netns, address)?.type !== 'local';
  let best: UdpSocket | undefined;
  let bestScore = 0;
  for (const socket of netns.sockets.udp.get(port) ?? []) {
    const score = group && socket.family !== 'ipv6' ? 1 : bindingScore(socket, address);
    if (score > bestScore) {
      best = socket;
      bestScore = score;
    }
  }
  return best;
}

export function udpClose(socket: UdpSocket): void {
  const { netns } = socket;
  netns.sockets.all.delete(socket.id);
  removeFrom(netns.sockets.udp, socket.port, socket);
  netns.world.sockets.remove(socket.id);
}

/** An ICMP error quotes a datagram of ours. */
export function udpError(netns: Namespace, context: PacketContext, error: Errno): void {
  const message = context.packet.transport;
  if (message.protocol !== 'icmp' || message.quoted?.transport.protocol !== 'udp') return;
  const { quoted } = message;
  const sent = message.quoted.transport;
  const socket = findUdp(netns, quoted.source, sent.sourcePort);
  if (!socket || socket.onlyPeer !== quoted.destination || socket.handler) return;
  const arrival: DatagramError = {
    error,
    from: context.packet.source,
    type: message.type,
    code: message.code,
    to: quoted.destination,
    toPort: sent.destinationPort,
  };
  socket.queue.push(arrival);
  netns.world.sim.wake(socket.key);
}

// ---- ping -----------------------------------------------------------------------------------

export function icmpOpen(netns: Namespace): IcmpSocket {
  const { icmp } = netns.sockets;
  let identifier = 0;
  do identifier = netns.world.sim.count(`${netns.id}/icmp`) & 0xffff;
  while (icmp.has(identifier));
  const socket: IcmpSocket = { ...newSocketId(netns), kind: 'icmp', netns, identifier, queue: [] };
  netns.sockets.all.set(socket.id, socket);
  icmp.set(identifier, socket);
  return socket;
}

export function icmpSend(
  socket: IcmpSocket,
  to: Ipv4,
  echo: {
    readonly sequence: number;
    readonly size: number;
    readonly ttl?: number;
    readonly dontFragment?: boolean;
    readonly from?: Ipv4;
  },
): Result<void, Errno> {
  const { netns } = socket;
  if (echo.from !== undefined && !isLocal(netns, echo.from)) return err('EADDRNOTAVAIL');
  return sendPacket(netns, {
    // As in Linux, 0.0.0.0 is this host.
    destination: to === 0 ? ipv4(0x7f00_0001) : to,
    source: echo.from,
    flow: newFlow(netns.world),
    ttl: echo.ttl,
    dontFragment: echo.dontFragment,
    transport: {
      protocol: 'icmp',
      type: icmpTypes.echo,
      code: 0,
      identifier: socket.identifier,
      sequence: echo.sequence & 0xffff,
      size: echo.size,
    },
  });
}

export function icmpDeliver(socket: IcmpSocket, arrival: IcmpArrival): void {
  socket.queue.push(arrival);
  socket.netns.world.sim.wake(socket.key);
}

export function icmpClose(socket: IcmpSocket): void {
  socket.netns.sockets.all.delete(socket.id);
  socket.netns.sockets.icmp.delete(socket.identifier);
}
