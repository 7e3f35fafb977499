// Packets and frames as values: the headers that the kernels really look at and rewrite. All are frozen by convention;
// a stage that changes one makes a new one.
//
// Differs: payloads are text (one character counts as its UTF-8 bytes), checksums are not computed, there are no IP
// options and no fragmentation (a packet too big for a link is dropped with ICMP type 3 code 4, or fragments are counted
// as one packet when DF is not set), TCP segments carry whole writes up to the MSS.
import type { Ipv4, Mac } from './address.ts';

export interface ArpPacket {
  readonly kind: 'arp';
  readonly operation: 'request' | 'reply';
  readonly senderMac: Mac;
  readonly senderIp: Ipv4;
  readonly targetMac: Mac;
  readonly targetIp: Ipv4;
}

/** ICMP echo, or an error that quotes the packet that caused it. Types and codes are those of RFC 792. */
export interface IcmpMessage {
  readonly protocol: 'icmp';
  readonly type: number;
  readonly code: number;
  /** Echo only. */
  readonly identifier: number;
  readonly sequence: number;
  /** Bytes after the 8-byte header. */
  readonly size: number;
  /** Next-hop MTU of type 3 code 4. */
  readonly mtu?: number;
  /** The better router that type 5 names. */
  readonly gateway?: Ipv4;
  readonly quoted?: Ipv4Packet;
}

export interface TcpSegment {
  readonly protocol: 'tcp';
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly sequence: number;
  readonly acknowledgment: number;
  readonly syn: boolean;
  readonly ack: boolean;
  readonly fin: boolean;
  readonly rst: boolean;
  readonly psh: boolean;
  readonly window: number;
  /** On SYN segments: the maximum segment size offered. */
  readonly mss?: number;
  /** The timestamp option (absent on RST). */
  readonly timestamp?: { readonly value: number; readonly echo: number };
  readonly payload: string;
}

export interface VxlanPayload {
  readonly kind: 'vxlan';
  readonly vni: number;
  readonly frame: EthernetFrame;
}

export interface DnsQuestion {
  /** Without its final dot. */
  readonly name: string;
  readonly type: string;
}
export interface DnsRecord {
  readonly name: string;
  readonly type: string;
  readonly ttl: number;
  readonly data: string;
}
export interface DnsPayload {
  readonly kind: 'dns';
  readonly id: number;
  readonly response: boolean;
  /** NOERROR, NXDOMAIN, SERVFAIL, REFUSED. */
  readonly rcode: 'NOERROR' | 'NXDOMAIN' | 'SERVFAIL' | 'REFUSED';
  readonly recursionDesired: boolean;
  readonly recursionAvailable: boolean;
  readonly authoritative: boolean;
  readonly question: DnsQuestion;
  readonly answers: readonly DnsRecord[];
  /** Names in the answers are pointers, as most servers write them; Docker's own answers repeat them in full. */
  readonly compressed?: boolean;
}
export interface TextPayload {
  readonly kind: 'text';
  readonly text: string;
}
/** Control traffic between daemons (gossip, agents): opaque to everything in between. */
export interface ControlPayload {
  readonly kind: 'control';
  readonly message: object;
  readonly size: number;
}

export type UdpPayload = VxlanPayload | DnsPayload | TextPayload | ControlPayload;

export interface UdpDatagram {
  readonly protocol: 'udp';
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly payload: UdpPayload;
}

/** An encrypted packet: `inner` is what an xfrm state with this SPI decrypts it to. */
export interface EspPayload {
  readonly protocol: 'esp';
  readonly spi: number;
  readonly sequence: number;
  readonly inner: Transport;
}

export type Transport = IcmpMessage | TcpSegment | UdpDatagram | EspPayload;

export interface Ipv4Packet {
  readonly kind: 'ipv4';
  /** IP identification field. */
  readonly id: number;
  readonly source: Ipv4;
  readonly destination: Ipv4;
  readonly ttl: number;
  readonly dontFragment: boolean;
  readonly transport: Transport;
}

export interface EthernetFrame {
  readonly source: Mac;
  readonly destination: Mac;
  readonly payload: ArpPacket | Ipv4Packet;
}

/** IP protocol numbers of what we carry. */
export const protocolNumbers = { icmp: 1, tcp: 6, udp: 17, esp: 50 } as const;
