// Network address translation: decided once per connection, on its first packet, then applied to all its packets in both
// directions. Mirrors: net/netfilter/nf_nat_core.c (nf_nat_setup_info, get_unique_tuple, nf_nat_packet) and
// nf_nat_proto.c (nf_nat_icmp_reply_translation). Differs: a range is one address and one port.
import type { Rng } from '../../sim/index.ts';
import type { Ipv4, Ipv4Packet, Transport } from '../../wire/index.ts';
import type { Tuple } from './api.ts';
import type { ConnectionTable, Entry, Tracked } from './conntrack.ts';
import {
  inverted,
  isIcmpError,
  sameTuple,
  withAddresses,
  withDestination,
  withQuoted,
  withSource,
} from './tuple.ts';

export type Manipulation = 'source' | 'destination';

export interface Translation {
  readonly address?: Ipv4;
  readonly port?: number;
}

/** How often another port is tried when the wanted one is taken. */
const portTries = 128;

/**
 * Decides what the connection's source or destination becomes. Without a translation it stays as it is, but another
 * source port is taken when the answers could not be told from those of another connection.
 */
export function setUp(
  connections: ConnectionTable,
  rng: Rng,
  entry: Entry,
  manipulation: Manipulation,
  translation: Translation,
): void {
  const current = inverted(entry.reply, entry.protocol);
  const wanted = { ...current };
  if (manipulation === 'source') {
    wanted.source = translation.address ?? current.source;
    wanted.sourcePort = translation.port ?? current.sourcePort;
    entry.sourceDone = true;
  } else {
    wanted.destination = translation.address ?? current.destination;
    wanted.destinationPort = translation.port ?? current.destinationPort;
    entry.destinationDone = true;
  }
  const free =
    manipulation === 'source' && translation.port === undefined
      ? withFreePort(connections, rng, entry, wanted)
      : wanted;
  if (sameTuple(free, current)) return;
  entry.reply = inverted(free, entry.protocol);
  if (manipulation === 'source') entry.sourceNat = true;
  else entry.destinationNat = true;
}

function withFreePort(
  connections: ConnectionTable,
  rng: Rng,
  entry: Entry,
  wanted: { -readonly [Key in keyof Tuple]: Tuple[Key] },
): Tuple {
  const isTaken = (tuple: Tuple) =>
    connections.taken(entry.protocol, inverted(tuple, entry.protocol), entry);
  if (entry.protocol === 'esp' || !isTaken(wanted)) return wanted;
  // Ports stay in their class: below 512, below 1024, above. (ICMP identifiers have no classes.)
  const old = wanted.sourcePort;
  const [from, to] =
    entry.protocol === 'icmp'
      ? [0, 65_535]
      : old < 512
        ? [1, 511]
        : old < 1024
          ? [600, 1023]
          : [1024, 65_535];
  for (let i = 0; i < portTries; i += 1) {
    const tuple = { ...wanted, sourcePort: from + rng.below(to - from + 1) };
    if (!isTaken(tuple)) return tuple;
  }
  return wanted;
}

/** Must packets of that direction be changed on that side? */
function applies({ entry, direction }: Tracked, manipulation: Manipulation): boolean {
  const source = (manipulation === 'source') === (direction === 'original');
  return source ? entry.sourceNat : entry.destinationNat;
}

/** The packet as the connection's translation makes it on that side; the same object when nothing changes. */
export function translated(
  packet: Ipv4Packet,
  tracked: Tracked,
  manipulation: Manipulation,
): Ipv4Packet {
  if (!applies(tracked, manipulation)) return packet;
  const { entry, direction } = tracked;
  const opposite = direction === 'original' ? entry.reply : entry.original;
  const target = inverted(opposite, entry.protocol);
  if (isIcmpError(packet)) return translatedError(packet, opposite, target, manipulation);
  const changed =
    manipulation === 'source' ? withSource(packet, target) : withDestination(packet, target);
  const same =
    changed.source === packet.source &&
    changed.destination === packet.destination &&
    samePorts(changed.transport, packet.transport);
  return same ? packet : changed;
}

/** An error's own address is changed on one side, and that of the packet that it quotes on the other. */
function translatedError(
  packet: Ipv4Packet,
  opposite: Tuple,
  target: Tuple,
  manipulation: Manipulation,
): Ipv4Packet {
  const { transport } = packet;
  if (transport.protocol !== 'icmp' || !transport.quoted) return packet;
  if (manipulation === 'source') {
    const inner = withDestination(transport.quoted, opposite);
    return withAddresses(withQuoted(packet, inner), { source: target.source });
  }
  const inner = withSource(transport.quoted, opposite);
  return withAddresses(withQuoted(packet, inner), { destination: target.destination });
}

function samePorts(a: Transport, b: Transport): boolean {
  if (a === b) return true;
  if (a.protocol === 'icmp') return b.protocol === 'icmp' && a.identifier === b.identifier;
  if (a.protocol === 'esp' || b.protocol === 'esp' || b.protocol === 'icmp') return true;
  return a.sourcePort === b.sourcePort && a.destinationPort === b.destinationPort;
}
