// Which address of a subnet is free: the lowest, leaving out what is reserved.
//
// Mirrors: libnetwork/ipams/defaultipam (PoolData, addrset).
import { type Cidr, contains, type Ipv4, ipv4, lastAddress } from '../../wire/index.ts';

/** The network's own address and its broadcast address; a /31 and a /32 have neither. */
export const reservedAddresses = (subnet: Cidr): readonly Ipv4[] =>
  subnet.prefixLength >= 31 ? [] : [subnet.base, lastAddress(subnet)];

/** The lowest free address of `range`, which lies in `subnet`. */
export function lowestFree(subnet: Cidr, range: Cidr, taken: ReadonlySet<Ipv4>): Ipv4 | undefined {
  const reserved = new Set(reservedAddresses(subnet));
  const last = lastAddress(range);
  for (let n: number = range.base; n <= last; n += 1) {
    const address = ipv4(n);
    if (!taken.has(address) && !reserved.has(address)) return address;
  }
  return undefined;
}

/** Can `address` be given out as asked for? */
export const isFree = (subnet: Cidr, address: Ipv4, taken: ReadonlySet<Ipv4>): boolean =>
  contains(subnet, address) && !taken.has(address) && !reservedAddresses(subnet).includes(address);
