// Looking into traced packets: what programs sent, without the frames, tunnels and encryption around it.
import type { Hop } from '../../kernel/index.ts';
import type { PacketAddresses } from '../../protocol/index.ts';
import { formatIpv4, type Ipv4Packet, type Transport } from '../../wire/index.ts';

export interface Opened {
  readonly packet: Ipv4Packet;
  readonly transport: Exclude<Transport, { protocol: 'esp' }>;
  readonly tunnel?: {
    readonly outer: Ipv4Packet;
    readonly vni?: number;
    readonly esp?: number;
  };
}

/** The innermost IPv4 packet; undefined for ARP. */
export function opened(packet: Hop['packet']): Opened | undefined {
  const outer = 'payload' in packet ? packet.payload : packet;
  if (outer.kind === 'arp') return undefined;
  const esp = outer.transport.protocol === 'esp' ? outer.transport : undefined;
  const transport = esp ? esp.inner : outer.transport;
  if (transport.protocol === 'esp') return undefined;
  if (transport.protocol === 'udp' && transport.payload.kind === 'vxlan') {
    const inner = opened(transport.payload.frame);
    const tunnel = {
      outer,
      vni: transport.payload.vni,
      ...(esp && { esp: esp.spi }),
    };
    return inner && { packet: inner.packet, transport: inner.transport, tunnel };
  }
  return { packet: outer, transport, ...(esp && { tunnel: { outer, esp: esp.spi } }) };
}

export function addressesOf({
  packet,
  transport,
}: Pick<Opened, 'packet' | 'transport'>): PacketAddresses {
  const [source, destination] = [formatIpv4(packet.source), formatIpv4(packet.destination)];
  return transport.protocol === 'icmp'
    ? { source, destination }
    : {
        source: `${source}:${transport.sourcePort}`,
        destination: `${destination}:${transport.destinationPort}`,
      };
}
