// The addresses of one swarm network: given out one after the other, never the lowest free one.
//
// Mirrors: libnetwork ipam with serial allocation (cnmallocator sets `serial`): the search begins behind the address given
// last and wraps round at the end, so that a freed address is not given again at once.
import {
  type Cidr,
  contains,
  formatIpv4,
  type Ipv4,
  ipv4,
  lastAddress,
  parseCidr,
  parseIpv4,
} from '../../wire/index.ts';

export class AddressPool {
  readonly subnet: Cidr;
  readonly #range: Cidr;
  readonly #used = new Set<number>();
  #last: number;

  /** Network, broadcast and gateway addresses are taken from the start. */
  constructor(subnet: Cidr, range: Cidr, gateway: Ipv4 | undefined) {
    this.subnet = subnet;
    this.#range = range;
    if (subnet.prefixLength < 31) {
      this.#used.add(subnet.base);
      this.#used.add(lastAddress(subnet));
    }
    if (gateway !== undefined) this.#used.add(gateway);
    this.#last = gateway !== undefined && contains(range, gateway) ? gateway : range.base - 1;
  }

  /** The next address, with prefix length; undefined when all are given out. */
  allocate(): string | undefined {
    const first = this.#range.base;
    const size = lastAddress(this.#range) - first + 1;
    for (let i = 1; i <= size; i += 1) {
      const address = first + ((((this.#last - first + i) % size) + size) % size);
      if (this.#used.has(address)) continue;
      this.#used.add(address);
      this.#last = address;
      return this.#text(address);
    }
    return undefined;
  }

  /** That very address; undefined when it is taken or not of this subnet. */
  request(address: Ipv4): string | undefined {
    if (!contains(this.subnet, address) || this.#used.has(address)) return undefined;
    this.#used.add(address);
    return this.#text(address);
  }

  /** An address that is known to be in use, from the rows; the search goes on behind the highest. */
  note(text: string): void {
    const address = parseIpv4(text.split('/')[0] ?? '');
    if (address === undefined) return;
    this.#used.add(address);
    if (address > this.#last) this.#last = address;
  }

  release(text: string): void {
    const address = parseIpv4(text.split('/')[0] ?? '');
    if (address !== undefined) this.#used.delete(address);
  }

  #text(address: number): string {
    return `${formatIpv4(ipv4(address))}/${this.subnet.prefixLength}`;
  }
}

/** The pool of an allocated subnet. */
export function poolOf(subnet: string, gateway: string, range: string | undefined): AddressPool {
  const cidr = parseCidr(subnet) ?? { base: ipv4(0), prefixLength: 32 };
  return new AddressPool(cidr, (range && parseCidr(range)) || cidr, parseIpv4(gateway));
}
