// Packets as tcpdump prints them.
//
// Mirrors: tcpdump 4.99 print-*.c. Differs: checksums are not printed.
import type { CapturedFrame } from '../../kernel/index.ts';
import {
  type ArpPacket,
  type DnsPayload,
  dnsLength,
  type EthernetFrame,
  frameLength,
  type IcmpMessage,
  type Ipv4,
  type Ipv4Packet,
  packetLength,
  protocolNumbers,
  transportLength,
  type UdpDatagram,
  udpPayloadLength,
} from '../../wire/index.ts';
import { recordData } from '../common/dns-text.ts';
import { frameAudience } from './filter.ts';
import { type TcpConversations, tcpText } from './tcp.ts';

export interface PrintOptions {
  /** Hardware addresses. */
  readonly link: boolean;
  readonly verbose: boolean;
  readonly quick: boolean;
  readonly ascii: boolean;
  /** The capture is of all devices. */
  readonly any: boolean;
  readonly address: (address: Ipv4) => string;
  readonly port: (port: number, protocol: 'tcp' | 'udp') => string;
}

export class Printer {
  readonly #options: PrintOptions;
  readonly #conversations: TcpConversations;

  constructor(options: PrintOptions, conversations: TcpConversations) {
    this.#options = options;
    this.#conversations = conversations;
  }

  /** Everything after the time. */
  captured(captured: CapturedFrame): string {
    const { link, direction, frame } = captured;
    if (!this.#options.any) return this.#frame(frame);
    const audience = direction === 'in' ? frameAudience(frame.destination) : undefined;
    const way = audience ?? (direction === 'in' ? 'In' : 'Out');
    const prefix = `${link.name.padEnd(5)} ${way.padEnd(3)} `;
    if (!this.#options.link) return `${prefix}${this.#payload(frame.payload, false)}`;
    const { name, number, length } = ethertype(frame);
    return `${prefix}ifindex ${link.ifindex} ${frame.source} ethertype ${name} (${number}), length ${length - 14 + 20}: ${this.#payload(frame.payload, true)}`;
  }

  #frame(frame: EthernetFrame): string {
    if (!this.#options.link) return this.#payload(frame.payload, false);
    const { name, number, length } = ethertype(frame);
    return `${frame.source} > ${frame.destination}, ethertype ${name} (${number}), length ${length}: ${this.#payload(frame.payload, true)}`;
  }

  /** `named`: the ethertype has been said already. */
  #payload(payload: EthernetFrame['payload'], named: boolean): string {
    if (payload.kind === 'arp') return `${named ? '' : 'ARP, '}${this.#arp(payload)}`;
    return `${named ? '' : 'IP '}${this.#ip(payload)}`;
  }

  #arp(packet: ArpPacket): string {
    const { address } = this.#options;
    const text =
      packet.operation === 'request'
        ? `Request who-has ${address(packet.targetIp)} tell ${address(packet.senderIp)}`
        : `Reply ${address(packet.senderIp)} is-at ${packet.senderMac}`;
    const ethernet = this.#options.verbose ? 'Ethernet (len 6), IPv4 (len 4), ' : '';
    return `${ethernet}${text}, length 28`;
  }

  #ip(packet: Ipv4Packet): string {
    const body = this.#ipBody(packet);
    if (!this.#options.verbose) return body;
    const { protocol } = packet.transport;
    const flags = packet.dontFragment ? 'DF' : 'none';
    return `(tos 0x0, ttl ${packet.ttl}, id ${packet.id}, offset 0, flags [${flags}], proto ${protocol.toUpperCase()} (${protocolNumbers[protocol]}), length ${packetLength(packet)})\n    ${body}`;
  }

  #ipBody(packet: Ipv4Packet): string {
    const { address, port } = this.#options;
    const { transport } = packet;
    const source = address(packet.source);
    const destination = address(packet.destination);
    switch (transport.protocol) {
      case 'icmp':
        return `${source} > ${destination}: ${this.#icmp(transport)}`;
      case 'esp':
        return `${source} > ${destination}: ESP(spi=0x${transport.spi.toString(16).padStart(8, '0')},seq=0x${transport.sequence.toString(16)}), length ${transportLength(transport)}`;
      case 'tcp': {
        const ends = `${source}.${port(transport.sourcePort, 'tcp')} > ${destination}.${port(transport.destinationPort, 'tcp')}: `;
        const text = tcpText(packet, transport, this.#conversations, this.#options.quick);
        return `${ends}${text}${this.#options.ascii && transport.payload !== '' ? `\n${printable(transport.payload)}` : ''}`;
      }
      case 'udp': {
        const ends = `${source}.${port(transport.sourcePort, 'udp')} > ${destination}.${port(transport.destinationPort, 'udp')}: `;
        return `${ends}${this.#udp(transport)}`;
      }
    }
  }

  #icmp(message: IcmpMessage): string {
    const length = `, length ${transportLength(message)}`;
    const { address } = this.#options;
    const { type, quoted } = message;
    if (type === 8 || type === 0)
      return `ICMP echo ${type === 8 ? 'request' : 'reply'}, id ${message.identifier}, seq ${message.sequence}${length}`;
    const about = quoted ? address(quoted.destination) : '?';
    if (type === 11) return `ICMP time exceeded in-transit${length}`;
    if (type === 5) return `ICMP redirect ${about} to host ${about}${length}`;
    if (type !== 3) return `ICMP type-#${type}${length}`;
    return `ICMP ${unreachableText(message, about)}${length}`;
  }

  #udp(datagram: UdpDatagram): string {
    const { payload, sourcePort, destinationPort } = datagram;
    const sum = this.#options.verbose ? '[udp sum ok] ' : '';
    const length = udpPayloadLength(payload);
    // At another port it does not know them. Mirrors: print-udp.c (VXLAN_PORT).
    if (payload.kind === 'vxlan' && [sourcePort, destinationPort].includes(4789))
      return `${sum}VXLAN, flags [I] (0x08), vni ${payload.vni}\n${this.#frame(payload.frame)}`;
    if (
      payload.kind === 'dns' &&
      (sourcePort === 53 || destinationPort === 53) &&
      !this.#options.quick
    )
      return `${sum}${dnsText(payload)}`;
    const text =
      payload.kind === 'text' && this.#options.ascii ? `\n${printable(payload.text)}` : '';
    return `${sum}UDP, length ${length}${text}`;
  }
}

/** Payload bytes that can be shown. */
const printable = (text: string): string =>
  text.replace(/\r\n/g, '\n').replace(/[^\n\x20-\x7e]/g, '.');

function ethertype(frame: EthernetFrame): { name: string; number: string; length: number } {
  const length = frameLength(frame);
  return frame.payload.kind === 'arp'
    ? { name: 'ARP', number: '0x0806', length }
    : { name: 'IPv4', number: '0x0800', length };
}

function unreachableText(message: IcmpMessage, about: string): string {
  const { code, quoted } = message;
  switch (code) {
    case 0:
      return `net ${about} unreachable`;
    case 1:
      return `host ${about} unreachable`;
    case 2:
      return `${about} protocol ${quoted ? protocolNumbers[quoted.transport.protocol] : 0} unreachable`;
    case 3: {
      const transport = quoted?.transport;
      const port =
        transport?.protocol === 'tcp' || transport?.protocol === 'udp'
          ? transport.destinationPort
          : 0;
      return `${about} ${transport?.protocol ?? 'udp'} port ${port} unreachable`;
    }
    case 4:
      return `${about} unreachable - need to frag (mtu ${message.mtu ?? 0})`;
    case 9:
      return `net ${about} unreachable - admin prohibited`;
    case 10:
      return `host ${about} unreachable - admin prohibited`;
    case 13:
      return `host ${about} unreachable - admin prohibited filter`;
    default:
      return `${about} unreachable - #${code}`;
  }
}

const responseCodes: Readonly<Record<DnsPayload['rcode'], string>> = {
  NOERROR: '',
  SERVFAIL: ' ServFail',
  NXDOMAIN: ' NXDomain',
  REFUSED: ' Refused',
};

/** `24564+ A? web. (21)`, `24564 1/0/0 A 10.0.1.2 (40)`. */
export function dnsText(message: DnsPayload): string {
  const size = `(${dnsLength(message)})`;
  const { name, type } = message.question;
  if (!message.response)
    return `${message.id}${message.recursionDesired ? '+' : ''} ${type}? ${name}. ${size}`;
  const flags = `${responseCodes[message.rcode]}${message.authoritative ? '*' : ''}${message.recursionAvailable ? '' : '-'}`;
  const answers = message.answers
    .map((record) => `${record.type} ${recordData(record)}`)
    .join(', ');
  return `${message.id}${flags} ${message.answers.length}/0/0 ${answers}${answers === '' ? '' : ' '}${size}`;
}
