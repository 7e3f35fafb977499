// How many bytes things take on the wire: what counters, MTU checks, tcpdump and ping print.
//
// Differs: payloads are values, so the length of DNS messages is worked out from their names and of control messages
// taken as stated.
import type { DnsPayload, EthernetFrame, Ipv4Packet, Transport, UdpPayload } from './packet.ts';

/** The text that was measured last: one packet is measured at every place that it comes by. */
let measured = { text: '', bytes: 0 };

/** Bytes of a text in UTF-8. */
export function utf8Length(text: string): number {
  if (text.length < 32) return countUtf8(text);
  if (measured.text !== text) measured = { text, bytes: countUtf8(text) };
  return measured.bytes;
}

function countUtf8(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    // A surrogate pair is two units of two extra bytes each less two: four bytes in all.
    bytes += unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 1 : 2;
  }
  return bytes;
}

/** The whole IP packet, header included. */
export const packetLength = (packet: Ipv4Packet): number => 20 + transportLength(packet.transport);

/** The frame as tcpdump -e counts it: 14 bytes of Ethernet header, no checksum. */
export const frameLength = (frame: EthernetFrame): number =>
  14 + (frame.payload.kind === 'arp' ? 28 : packetLength(frame.payload));

/** A transport header with what it carries. */
export function transportLength(transport: Transport): number {
  switch (transport.protocol) {
    case 'icmp':
      return 8 + transport.size;
    case 'tcp':
      return tcpHeaderLength(transport.syn, transport.rst) + utf8Length(transport.payload);
    case 'udp':
      return 8 + udpPayloadLength(transport.payload);
    case 'esp': {
      // SPI and sequence 8, IV 8, the inside padded to four bytes with its two-byte trailer, 64 bits of ICV.
      const inside = transportLength(transport.inner) + 2;
      return 24 + Math.ceil(inside / 4) * 4;
    }
  }
}

/** Linux's options: MSS, SACK, timestamps and scale on SYN (20 bytes), timestamps elsewhere (12), none on RST. */
export const tcpHeaderLength = (syn: boolean, rst: boolean): number =>
  20 + (syn ? 20 : rst ? 0 : 12);

export function udpPayloadLength(payload: UdpPayload): number {
  switch (payload.kind) {
    case 'vxlan':
      return 8 + frameLength(payload.frame);
    case 'dns':
      return dnsLength(payload);
    case 'text':
      return utf8Length(payload.text);
    case 'control':
      return payload.size;
  }
}

const recordData: Readonly<Record<string, number>> = { A: 4, AAAA: 16 };

/** Header 12; a question is its name and 4 bytes; an answer is its name (or a pointer, 2), 10 bytes and its data. */
export function dnsLength(message: DnsPayload): number {
  let length = 12 + nameLength(message.question.name) + 4;
  for (const answer of message.answers) {
    length += message.compressed ? 2 : nameLength(answer.name);
    length += 10 + (recordData[answer.type] ?? nameLength(answer.data));
  }
  return length;
}

const nameLength = (name: string): number =>
  name === '' || name === '.' ? 1 : name.replace(/\.$/, '').length + 2;
