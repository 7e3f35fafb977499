// TCP segments as tcpdump prints them: flags, numbers relative to the first that was seen, options.
//
// Mirrors: print-tcp.c of tcpdump 4.99.
import type { Ipv4Packet, TcpSegment } from '../../wire/index.ts';
import { utf8Length } from '../../wire/index.ts';

interface Conversation {
  /** Of the end with the lower address. */
  sequence: number;
  acknowledgment: number;
}

/** What is remembered from packet to packet. */
export interface TcpConversations {
  /** Print numbers as they are. */
  readonly absolute: boolean;
  readonly known: Map<string, Conversation>;
}

const direction = (packet: Ipv4Packet, segment: TcpSegment): string =>
  `${packet.source}.${segment.sourcePort}>${packet.destination}.${segment.destinationPort}`;
const opposite = (packet: Ipv4Packet, segment: TcpSegment): string =>
  `${packet.destination}.${segment.destinationPort}>${packet.source}.${segment.sourcePort}`;

function flagsText(segment: TcpSegment): string {
  const letters = `${segment.fin ? 'F' : ''}${segment.syn ? 'S' : ''}${segment.rst ? 'R' : ''}${segment.psh ? 'P' : ''}${segment.ack ? '.' : ''}`;
  return letters === '' ? 'none' : letters;
}

/** Sequence and acknowledgment as printed. The first packet that acknowledges sets the start. */
function relative(
  packet: Ipv4Packet,
  segment: TcpSegment,
  state: TcpConversations,
): readonly [number, number] {
  const { sequence, acknowledgment } = segment;
  if (state.absolute || !segment.ack) return [sequence, acknowledgment];
  const [own, other] = [direction(packet, segment), opposite(packet, segment)];
  const reversed =
    packet.source > packet.destination || (packet.source === packet.destination && own > other);
  const key = reversed ? other : own;
  const known = state.known.get(key);
  if (!known || segment.syn) {
    state.known.set(key, {
      sequence: reversed ? acknowledgment - 1 : sequence,
      acknowledgment: reversed ? sequence : acknowledgment - 1,
    });
    return [sequence, acknowledgment];
  }
  const bases = reversed
    ? [known.acknowledgment, known.sequence]
    : [known.sequence, known.acknowledgment];
  const [base = 0, otherBase = 0] = bases;
  return [(sequence - base) >>> 0, (acknowledgment - otherBase) >>> 0];
}

function optionsText(segment: TcpSegment): string {
  if (!segment.timestamp) return '';
  const stamp = `TS val ${segment.timestamp.value} ecr ${segment.timestamp.echo}`;
  if (segment.syn) return `, options [mss ${segment.mss ?? 1460},sackOK,${stamp},nop,wscale 7]`;
  return `, options [nop,nop,${stamp}]`;
}

/** What HTTP says on its ports: `: HTTP: GET / HTTP/1.1`. */
function httpText(segment: TcpSegment): string {
  const ports = [segment.sourcePort, segment.destinationPort];
  if (segment.payload === '' || !(ports.includes(80) || ports.includes(8080))) return '';
  const line = segment.payload.split('\r\n', 1)[0] ?? '';
  const isStart = /^(?:[A-Z]+ \S+ HTTP\/1\.\d|HTTP\/1\.\d \d{3}\b.*)$/.test(line);
  return isStart ? `: HTTP: ${line}` : ': HTTP';
}

/** Everything after the two ends. */
export function tcpText(
  packet: Ipv4Packet,
  segment: TcpSegment,
  state: TcpConversations,
  quick: boolean,
): string {
  const length = utf8Length(segment.payload);
  if (quick) return `tcp ${length}`;
  const [sequence, acknowledgment] = relative(packet, segment, state);
  const numbered = length > 0 || segment.syn || segment.fin || segment.rst;
  const range = length > 0 ? `${sequence}:${sequence + length}` : `${sequence}`;
  return [
    `Flags [${flagsText(segment)}]`,
    ...(numbered ? [`seq ${range}`] : []),
    ...(segment.ack ? [`ack ${acknowledgment}`] : []),
    `win ${segment.window}${optionsText(segment)}`,
    `length ${length}${httpText(segment)}`,
  ].join(', ');
}
