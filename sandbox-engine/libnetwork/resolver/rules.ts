// The NAT rules that bring port 53 of 127.0.0.11 to the ports on which the embedded DNS server listens.
//
// Mirrors: libnetwork/resolver_unix.go setupNAT.
import type { Netfilter } from '../../kernel/index.ts';
import { add, chain, fromPort, jump, only, toPort } from '../firewall/rules.ts';
import { resolverAddress } from './lookup.ts';

const output = 'DOCKER_OUTPUT';
const postrouting = 'DOCKER_POSTROUTING';

export function addResolverRules(
  filter: Netfilter,
  ports: { readonly tcp: number; readonly udp: number },
): void {
  const here = { destination: only(resolverAddress) };
  const from = { source: only(resolverAddress) };
  chain(filter, 'nat', output);
  chain(filter, 'nat', postrouting);
  add(filter, 'nat', 'OUTPUT', { ...here, matches: [], target: jump(output) });
  add(filter, 'nat', 'POSTROUTING', { ...here, matches: [], target: jump(postrouting) });
  for (const protocol of ['tcp', 'udp'] as const) {
    add(filter, 'nat', output, {
      ...here,
      ...toPort(protocol, 53),
      target: { name: 'DNAT', address: resolverAddress, port: ports[protocol] },
    });
    add(filter, 'nat', postrouting, {
      ...from,
      ...fromPort(protocol, ports[protocol]),
      target: { name: 'SNAT', port: 53 },
    });
  }
}
