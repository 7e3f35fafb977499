// Who talks to whom: the tuple by which connection tracking knows a packet, and packets rewritten to another tuple.
// Mirrors: nf_conntrack_tuple.h, nf_ct_invert_tuple, nf_nat_ipv4_manip_pkt.
import type { Ipv4, Ipv4Packet, Transport } from '../../wire/index.ts';
import type { ConntrackRow, Tuple } from './api.ts';

export type TrackedProtocol = ConntrackRow['protocol'];

/**
 * Of ICMP echo the identifier is the source port, and type and code (`type × 256 + code`) are the destination port, as
 * in Linux's union. ESP has no ports.
 */
export interface PacketTuple extends Tuple {
  readonly protocol: TrackedProtocol;
}

/** Queries and their answers: echo, timestamp. */
const answers: Readonly<Record<number, number>> = { 8: 0, 0: 8, 13: 14, 14: 13 };

export const isIcmpError = (packet: Ipv4Packet): boolean =>
  packet.transport.protocol === 'icmp' && packet.transport.quoted !== undefined;

/** Undefined for what cannot be tracked by itself (an ICMP error). */
export function tupleOf(packet: Ipv4Packet): PacketTuple | undefined {
  const { source, destination, transport } = packet;
  const ports = portsOf(transport);
  return ports && { protocol: transport.protocol, source, destination, ...ports };
}

function portsOf(
  transport: Transport,
): { readonly sourcePort: number; readonly destinationPort: number } | undefined {
  switch (transport.protocol) {
    case 'tcp':
    case 'udp':
      return { sourcePort: transport.sourcePort, destinationPort: transport.destinationPort };
    case 'icmp':
      if (transport.quoted || answers[transport.type] === undefined) return undefined;
      return {
        sourcePort: transport.identifier,
        destinationPort: transport.type * 256 + transport.code,
      };
    case 'esp':
      return { sourcePort: 0, destinationPort: 0 };
  }
}

/** The tuple of the answer. */
export function inverted<T extends Tuple>(tuple: T, protocol: TrackedProtocol): T {
  const { source, destination, sourcePort, destinationPort } = tuple;
  const ports =
    protocol === 'icmp'
      ? {
          sourcePort,
          destinationPort: (answers[destinationPort >> 8] ?? 0) * 256 + (destinationPort & 255),
        }
      : { sourcePort: destinationPort, destinationPort: sourcePort };
  return { ...tuple, source: destination, destination: source, ...ports };
}

export const tupleKey = (protocol: TrackedProtocol, tuple: Tuple): string =>
  `${protocol} ${tuple.source} ${tuple.sourcePort} ${tuple.destination} ${tuple.destinationPort}`;

/** The key of a packet's tuple, without making the tuple; undefined for what cannot be tracked by itself. */
export function packetKey(packet: Ipv4Packet): string | undefined {
  const { source, destination, transport } = packet;
  if (transport.protocol === 'tcp' || transport.protocol === 'udp')
    return `${transport.protocol} ${source} ${transport.sourcePort} ${destination} ${transport.destinationPort}`;
  const tuple = tupleOf(packet);
  return tuple && tupleKey(tuple.protocol, tuple);
}

export const sameTuple = (a: Tuple, b: Tuple): boolean =>
  a.source === b.source &&
  a.destination === b.destination &&
  a.sourcePort === b.sourcePort &&
  a.destinationPort === b.destinationPort;

/** The packet with its source as in `tuple`. */
export function withSource(packet: Ipv4Packet, tuple: Tuple): Ipv4Packet {
  const { transport } = packet;
  return {
    ...packet,
    source: tuple.source,
    transport:
      transport.protocol === 'tcp' || transport.protocol === 'udp'
        ? { ...transport, sourcePort: tuple.sourcePort }
        : transport.protocol === 'icmp' && !transport.quoted
          ? { ...transport, identifier: tuple.sourcePort }
          : transport,
  };
}

/** The packet with its destination as in `tuple`. */
export function withDestination(packet: Ipv4Packet, tuple: Tuple): Ipv4Packet {
  const { transport } = packet;
  return {
    ...packet,
    destination: tuple.destination,
    transport:
      transport.protocol === 'tcp' || transport.protocol === 'udp'
        ? { ...transport, destinationPort: tuple.destinationPort }
        : transport.protocol === 'icmp' && !transport.quoted
          ? { ...transport, identifier: tuple.sourcePort }
          : transport,
  };
}

/** An ICMP error sent to `destination`, quoting `quoted`. */
export function withQuoted(packet: Ipv4Packet, quoted: Ipv4Packet): Ipv4Packet {
  const { transport } = packet;
  return transport.protocol === 'icmp'
    ? { ...packet, transport: { ...transport, quoted } }
    : packet;
}

export const withAddresses = (
  packet: Ipv4Packet,
  addresses: { readonly source?: Ipv4; readonly destination?: Ipv4 },
): Ipv4Packet => ({ ...packet, ...addresses });
