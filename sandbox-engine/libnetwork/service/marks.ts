// The rules in a load-balancer sandbox: marks that lead packets to IPVS, and the source address of what IPVS forwards.
//
// Mirrors: libnetwork/service_linux.go (configureFWMark). The SNAT rule stays when the last service has gone.
import type { Netfilter, RuleSpec, Target } from '../../kernel/index.ts';
import { cidrOf, type Ipv4 } from '../../wire/index.ts';
import type { LoadBalancerRow } from '../api.ts';
import { add, ensure, is, only, toPort } from '../firewall/rules.ts';
import type { Place } from './place.ts';

const mark = (value: number): Target => ({ name: 'MARK', value, mask: 0xffff_ffff });

/** One for each published port, and one for the virtual address. */
const rulesOf = (
  { ports, fwmark }: LoadBalancerRow,
  virtualIp: Ipv4,
): readonly { readonly chain: 'PREROUTING' | 'INPUT'; readonly rule: RuleSpec }[] => [
  ...ports.map(({ protocol, publishedPort }) => ({
    chain: 'PREROUTING' as const,
    rule: { ...toPort(protocol, publishedPort), target: mark(fwmark) },
  })),
  {
    chain: 'INPUT',
    rule: { destination: only(virtualIp), matches: [], target: mark(fwmark) },
  },
];

export function addMarks(
  filter: Netfilter,
  place: Place,
  balancer: LoadBalancerRow,
  virtualIp: Ipv4,
): void {
  ensure(filter, 'nat', 'POSTROUTING', {
    destination: is(cidrOf(place.address, place.prefixLength)),
    matches: [{ name: 'ipvs' }],
    target: { name: 'SNAT', address: place.address },
  });
  for (const { chain, rule } of rulesOf(balancer, virtualIp)) add(filter, 'mangle', chain, rule);
}

/** Stops at the first rule that is not there. */
export function removeMarks(filter: Netfilter, balancer: LoadBalancerRow, virtualIp: Ipv4): void {
  for (const { chain, rule } of rulesOf(balancer, virtualIp))
    if (!filter.delete('mangle', chain, rule).ok) return;
}
