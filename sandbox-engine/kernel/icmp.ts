// ICMP that this host receives: echo requests, echo replies, and errors about what its sockets have sent.
// Mirrors: net/ipv4/icmp.c icmp_rcv, icmp_unreach; icmp_err_convert.
import type { IcmpMessage } from '../wire/index.ts';
import { icmpTypes, unreachableCodes } from './icmp-send.ts';
import { sendPacket } from './ip-output.ts';
import type { PacketContext } from './netfilter/hook.ts';
import { findRoute } from './route.ts';
import type { Errno } from './rows.ts';
import { tupleKey } from './socket-table.ts';
import { type Namespace, traceHop } from './state.ts';
import { tcpError, tcpMtuShrunk } from './tcp.ts';
import { icmpDeliver, udpError } from './udp.ts';

/** By code of type 3. */
const unreachableErrors: readonly Errno[] = [
  'ENETUNREACH',
  'EHOSTUNREACH',
  'ENOPROTOOPT',
  'ECONNREFUSED',
  'EMSGSIZE',
  'EOPNOTSUPP',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'EHOSTUNREACH',
];

/** A message for this namespace. */
export function icmpInput(netns: Namespace, context: PacketContext, message: IcmpMessage): void {
  switch (message.type) {
    case icmpTypes.echo:
      echo(netns, context, message);
      return;
    case icmpTypes.echoReply:
      toSocket(netns, context, message, message.identifier, message.sequence);
      return;
    default:
      errorArrives(netns, context, message);
  }
}

function echo(netns: Namespace, context: PacketContext, message: IcmpMessage): void {
  const { packet } = context;
  const direct = findRoute(netns, packet.destination)?.type === 'local';
  if (!direct || netns.sysctl.get('net.ipv4.icmp_echo_ignore_all') === '1') return;
  if (netns.world.trace.enabled)
    traceHop(netns, {
      flow: context.flow,
      stage: 'socket',
      decision: { kind: 'echo' },
      packet,
    });
  sendPacket(netns, {
    destination: packet.source,
    source: packet.destination,
    flow: context.flow,
    transport: { ...message, type: icmpTypes.echoReply },
  });
}

function toSocket(
  netns: Namespace,
  context: PacketContext,
  message: IcmpMessage,
  identifier: number,
  sequence: number,
): void {
  const { packet } = context;
  const socket = netns.sockets.icmp.get(identifier);
  if (!socket) return;
  if (netns.world.trace.enabled)
    traceHop(netns, {
      flow: context.flow,
      stage: 'socket',
      decision: { kind: 'ping', identifier },
      packet,
    });
  icmpDeliver(socket, {
    from: packet.source,
    type: message.type,
    code: message.code,
    sequence,
    ttl: packet.ttl,
    size: message.size,
    ...(message.mtu === undefined ? {} : { mtu: message.mtu }),
    ...(message.gateway === undefined ? {} : { gateway: message.gateway }),
  });
}

function errorArrives(netns: Namespace, context: PacketContext, message: IcmpMessage): void {
  const { quoted } = message;
  if (!quoted) return;
  const tooBig =
    message.type === icmpTypes.unreachable && message.code === unreachableCodes.fragmentationNeeded;
  if (tooBig && message.mtu !== undefined)
    netns.pathMtus.set(quoted.destination, Math.max(552, message.mtu));
  const { transport } = quoted;
  switch (transport.protocol) {
    case 'icmp':
      toSocket(netns, context, message, transport.identifier, transport.sequence);
      return;
    case 'udp': {
      const error = errnoOf(message);
      if (error) udpError(netns, context, error);
      return;
    }
    case 'tcp': {
      const key = tupleKey(
        quoted.source,
        transport.sourcePort,
        quoted.destination,
        transport.destinationPort,
      );
      if (tooBig) tcpMtuShrunk(netns, key);
      else if (message.type === icmpTypes.unreachable)
        tcpError(netns, key, errnoOf(message) ?? 'EHOSTUNREACH');
      return;
    }
    default:
      return;
  }
}

function errnoOf(message: IcmpMessage): Errno | undefined {
  if (message.type === icmpTypes.timeExceeded) return 'EHOSTUNREACH';
  if (message.type !== icmpTypes.unreachable) return undefined;
  return unreachableErrors[message.code] ?? 'EHOSTUNREACH';
}
