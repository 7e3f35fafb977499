// Addresses as they are written on command lines.
import {
  type Cidr,
  cidrOf,
  type Ipv4,
  type Mac,
  parseInterface,
  parseIpv4,
} from '../../wire/index.ts';

/** An address with its prefix, host bits kept; `default` and `all` are 0.0.0.0/0. */
export function parsePrefix(
  text: string,
): { readonly address: Ipv4; readonly prefixLength: number } | undefined {
  if (text === 'default' || text === 'all' || text === 'any') {
    return { address: 0 as Ipv4, prefixLength: 0 };
  }
  const [head = '', length] = text.split('/');
  // 10.1 is 10.1.0.0, and 255.255.0.0 a length.
  const padded = /^\d+(\.\d+){0,3}$/.test(head) && length !== undefined ? padAddress(head) : head;
  const mask = length?.includes('.') ? maskLength(length) : length;
  if (mask === undefined && length !== undefined) return undefined;
  return parseInterface(mask === undefined ? padded : `${padded}/${mask}`);
}

const padAddress = (text: string): string =>
  [...text.split('.'), '0', '0', '0'].slice(0, 4).join('.');

function maskLength(text: string): string | undefined {
  const mask = parseIpv4(text);
  if (mask === undefined) return undefined;
  const length = Math.clz32(~mask);
  return (mask | (length === 0 ? 0xffff_ffff : 0xffff_ffff >>> length)) >>> 0 === 0xffff_ffff
    ? `${length}`
    : undefined;
}

/** The network of a prefix. */
export function parseNetwork(text: string): Cidr | undefined {
  const prefix = parsePrefix(text);
  return prefix && cidrOf(prefix.address, prefix.prefixLength);
}

export function parseMac(text: string): Mac | undefined {
  if (!/^[0-9a-f]{1,2}(:[0-9a-f]{1,2}){5}$/i.test(text)) return undefined;
  return text
    .toLowerCase()
    .split(':')
    .map((part) => part.padStart(2, '0'))
    .join(':') as Mac;
}

/** Linux's rules for the name of a device. */
export const isDeviceName = (text: string): boolean => /^[^\s/]{1,15}$/.test(text) && text !== '.';
