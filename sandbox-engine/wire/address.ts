// IPv4 and MAC addresses as values.
import { assert, type Brand } from '../std/index.ts';

/** An IPv4 address as an unsigned 32-bit number. */
export type Ipv4 = Brand<number, 'Ipv4'>;
/** A MAC address in lower-case colon form: `02:42:0a:00:01:03`. */
export type Mac = Brand<string, 'Mac'>;

/** A network: `base` has no host bits. */
export interface Cidr {
  readonly base: Ipv4;
  readonly prefixLength: number;
}

export const anyIpv4 = 0 as Ipv4;
export const broadcastIpv4 = 0xffff_ffff as Ipv4;
export const broadcastMac = 'ff:ff:ff:ff:ff:ff' as Mac;
/**
 * Stands for ::1, the only address of IPv6 that carries traffic: inside one namespace it travels as this address of
 * 127.0.0.0/8, which nothing else uses, and no netfilter rule sees it.
 */
export const ipv6Loopback = 0x7fff_fffe as Ipv4;
export const zeroMac = '00:00:00:00:00:00' as Mac;

export const ipv4 = (n: number): Ipv4 => (n >>> 0) as Ipv4;

/** The address that dotted text says, or undefined if it is none. */
export function parseIpv4(text: string): Ipv4 | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  let value = 0;
  for (const part of parts) {
    if (!/^\d{1,3}$/.test(part)) return undefined;
    const n = Number(part);
    if (n > 255) return undefined;
    value = value * 256 + n;
  }
  return value as Ipv4;
}

/** For addresses written in our own source. */
export function ip(text: string): Ipv4 {
  const address = parseIpv4(text);
  assert(address !== undefined, `${text} is not an IPv4 address`);
  return address;
}

export function formatIpv4(address: Ipv4): string {
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;
}

/** The netmask of a prefix length, as a number: 24 gives 0xffffff00. */
export const netmask = (prefixLength: number): number =>
  prefixLength === 0 ? 0 : (0xffff_ffff << (32 - prefixLength)) >>> 0;

/** The network that `address`/`prefixLength` lies in. */
export function cidrOf(address: Ipv4, prefixLength: number): Cidr {
  return { base: ipv4(address & netmask(prefixLength)), prefixLength };
}

/** `10.0.0.0/24`, or an address alone as /32. Host bits are kept out: use `parseInterface` to keep them. */
export function parseCidr(text: string): Cidr | undefined {
  const parsed = parseInterface(text);
  return parsed && cidrOf(parsed.address, parsed.prefixLength);
}

/** `10.0.0.5/24` as address and prefix length; without a slash /32. */
export function parseInterface(
  text: string,
): { readonly address: Ipv4; readonly prefixLength: number } | undefined {
  const [head = '', length, ...rest] = text.split('/');
  const address = parseIpv4(head);
  if (address === undefined || rest.length > 0) return undefined;
  if (length === undefined) return { address, prefixLength: 32 };
  if (!/^\d{1,2}$/.test(length) || Number(length) > 32) return undefined;
  return { address, prefixLength: Number(length) };
}

/** For networks written in our own source. */
export function cidr(text: string): Cidr {
  const parsed = parseCidr(text);
  assert(parsed, `${text} is not a network`);
  return parsed;
}

export const formatCidr = (network: Cidr): string =>
  `${formatIpv4(network.base)}/${network.prefixLength}`;

export const contains = (network: Cidr, address: Ipv4): boolean =>
  ((address ^ network.base) & netmask(network.prefixLength)) >>> 0 === 0;

export const overlaps = (a: Cidr, b: Cidr): boolean =>
  contains(
    a.prefixLength < b.prefixLength ? a : b,
    a.prefixLength < b.prefixLength ? b.base : a.base,
  );

/** The last address of a network: its broadcast address where it has one. */
export const lastAddress = (network: Cidr): Ipv4 =>
  ipv4(network.base | (~netmask(network.prefixLength) >>> 0));

/** 224.0.0.0/4. */
export const isMulticast = (address: Ipv4): boolean => address >>> 28 === 14;
export const isLoopback = (address: Ipv4): boolean => address >>> 24 === 127;

/** The MAC address that swarm overlay endpoints have: 02:42 and the four bytes of the address. */
export function macOfIpv4(address: Ipv4): Mac {
  const bytes = [
    0x02,
    0x42,
    address >>> 24,
    (address >>> 16) & 255,
    (address >>> 8) & 255,
    address & 255,
  ];
  return bytes.map((b) => b.toString(16).padStart(2, '0')).join(':') as Mac;
}

/** A random locally administered unicast address from twelve hexadecimal digits of chance. */
export function localMac(hex12: string): Mac {
  const first = (Number.parseInt(hex12.slice(0, 2), 16) & 0xfe) | 0x02;
  const rest = hex12.slice(2).match(/../g) ?? [];
  return [first.toString(16).padStart(2, '0'), ...rest].join(':') as Mac;
}
