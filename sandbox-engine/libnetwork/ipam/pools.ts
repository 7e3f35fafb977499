// Docker's default address pools of local scope, and which of them a new network gets.
//
// Mirrors: libnetwork/ipamutils/utils.go, libnetwork/ipams/defaultipam/address_space.go.
import type { Kernel } from '../../kernel/index.ts';
import { type Cidr, cidr, cidrOf, ipv4, overlaps, parseIpv4 } from '../../wire/index.ts';

const halves = (base: Cidr, size: number): Cidr[] => {
  const count = 2 ** (size - base.prefixLength);
  const step = 2 ** (32 - size);
  return Array.from({ length: count }, (_, i) => cidrOf(ipv4(base.base + i * step), size));
};

/** 172.17.0.0/16 … 172.31.0.0/16, then 192.168.0.0/20 … 192.168.240.0/20: 31 subnets, in order. */
export const localPools: readonly Cidr[] = [
  ...Array.from({ length: 15 }, (_, i) => cidr(`172.${17 + i}.0.0/16`)),
  ...halves(cidr('192.168.0.0/16'), 20),
];

/** What a new pool must not overlap: networks that the host reaches directly, and its DNS servers. */
export function hostNetworks(kernel: Kernel, resolvConf: string): Cidr[] {
  const onLink = kernel
    .routes(kernel.initNetns)
    .filter(({ via, link, destination }) => !via && link && destination.prefixLength > 0)
    .map(({ destination }) => destination);
  const servers = resolvConf.split('\n').flatMap((line) => {
    const [keyword, address = ''] = line.trim().split(/\s+/);
    const server = keyword === 'nameserver' ? parseIpv4(address) : undefined;
    return server === undefined ? [] : [cidrOf(server, 32)];
  });
  return [...onLink, ...servers];
}

/** The first default pool that touches nothing in `taken`; undefined when all do. */
export const firstFreePool = (taken: readonly Cidr[]): Cidr | undefined =>
  localPools.find((pool) => !taken.some((other) => overlaps(pool, other)));
