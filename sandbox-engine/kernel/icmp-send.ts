// ICMP errors that this host sends: unreachable, time exceeded, fragmentation needed, redirect; and TCP resets for
// packets that a rule rejects. Mirrors: net/ipv4/icmp.c icmp_send, nf_send_unreach, nf_send_reset.
// Differs: no rate limit.
import {
  broadcastIpv4,
  type IcmpMessage,
  type Ipv4,
  type Ipv4Packet,
  isMulticast,
  packetLength,
  type TcpSegment,
  utf8Length,
} from '../wire/index.ts';
import { sendPacket } from './ip-output.ts';
import type { PacketContext, RejectKind } from './netfilter/hook.ts';
import { findRoute, isLocal } from './route.ts';
import type { Namespace } from './state.ts';

export const icmpTypes = {
  echoReply: 0,
  unreachable: 3,
  redirect: 5,
  echo: 8,
  timeExceeded: 11,
} as const;

/** Codes of type 3. */
export const unreachableCodes = {
  net: 0,
  host: 1,
  protocol: 2,
  port: 3,
  fragmentationNeeded: 4,
  netProhibited: 9,
  hostProhibited: 10,
  prohibited: 13,
} as const;

/** As much of the packet at fault is quoted as fits into 576 bytes. */
const quoteLimit = 548;

export const isIcmpError = (message: IcmpMessage): boolean =>
  message.type !== icmpTypes.echo && message.type !== icmpTypes.echoReply;

/** Tells the sender of a packet what became of it, unless that could answer an error or a broadcast. */
export function sendIcmpError(
  netns: Namespace,
  context: PacketContext,
  type: number,
  code: number,
  extra: { readonly mtu?: number; readonly gateway?: Ipv4 } = {},
): void {
  const { packet } = context;
  if (!mayComplain(netns, packet)) return;
  sendPacket(netns, {
    destination: packet.source,
    source: isLocal(netns, packet.destination) ? packet.destination : undefined,
    flow: context.flow,
    transport: {
      protocol: 'icmp',
      type,
      code,
      identifier: 0,
      sequence: 0,
      size: Math.min(packetLength(packet), quoteLimit),
      quoted: packet,
      ...extra,
    },
  });
}

function mayComplain(netns: Namespace, packet: Ipv4Packet): boolean {
  const { transport, source, destination } = packet;
  if (transport.protocol === 'icmp' && isIcmpError(transport)) return false;
  if (source === 0 || source === broadcastIpv4 || isMulticast(source)) return false;
  if (destination === broadcastIpv4 || isMulticast(destination)) return false;
  return findRoute(netns, destination)?.type !== 'broadcast';
}

/** A next hop does not answer ARP. Mirrors: ipv4_link_failure. */
export function nextHopUnreachable(context: PacketContext, netns: Namespace): void {
  sendIcmpError(netns, context, icmpTypes.unreachable, unreachableCodes.host);
}

const rejectCodes: Readonly<Record<Exclude<RejectKind, 'tcp-reset'>, number>> = {
  'icmp-net-unreachable': unreachableCodes.net,
  'icmp-host-unreachable': unreachableCodes.host,
  'icmp-proto-unreachable': unreachableCodes.protocol,
  'icmp-port-unreachable': unreachableCodes.port,
  'icmp-net-prohibited': unreachableCodes.netProhibited,
  'icmp-host-prohibited': unreachableCodes.hostProhibited,
  'icmp-admin-prohibited': unreachableCodes.prohibited,
};

/** Answers a packet that a rule rejected. */
export function reject(context: PacketContext, netns: Namespace, kind: RejectKind): void {
  if (kind === 'tcp-reset') sendReset(netns, context);
  else sendIcmpError(netns, context, icmpTypes.unreachable, rejectCodes[kind]);
}

/** Answers a TCP segment that no connection wants; a reset is never answered. */
export function sendReset(netns: Namespace, context: PacketContext): void {
  const { packet } = context;
  const { transport } = packet;
  if (transport.protocol !== 'tcp' || transport.rst) return;
  sendPacket(netns, {
    destination: packet.source,
    source: packet.destination,
    flow: context.flow,
    transport: resetFor(transport),
    dontFragment: true,
  });
}

function resetFor(segment: TcpSegment): TcpSegment {
  const { sourcePort, destinationPort } = segment;
  const length = utf8Length(segment.payload) + (segment.syn ? 1 : 0) + (segment.fin ? 1 : 0);
  return {
    protocol: 'tcp',
    sourcePort: destinationPort,
    destinationPort: sourcePort,
    sequence: segment.ack ? segment.acknowledgment : 0,
    acknowledgment: segment.ack ? 0 : (segment.sequence + length) >>> 0,
    syn: false,
    ack: !segment.ack,
    fin: false,
    rst: true,
    psh: false,
    window: 0,
    payload: '',
  };
}
