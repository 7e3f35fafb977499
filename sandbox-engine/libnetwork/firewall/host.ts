// The chains that dockerd makes in the host's iptables when it starts.
//
// Mirrors: libnetwork/drivers/bridge/internal/iptabler (SetupFirewaller 28.5), setup_ip_forwarding.go; the text of
// `iptables -S` on a fresh daemon. Differs: a chain that the user emptied is filled again only at the next start.
import type { Kernel, Netfilter, RuleSpec } from '../../kernel/index.ts';
import { cidr } from '../../wire/index.ts';
import { chain, ensure, jump, not, toLocal } from './rules.ts';

export const chains = {
  docker: 'DOCKER',
  bridge: 'DOCKER-BRIDGE',
  conntrack: 'DOCKER-CT',
  forward: 'DOCKER-FORWARD',
  ingress: 'DOCKER-INGRESS',
  isolation1: 'DOCKER-ISOLATION-STAGE-1',
  isolation2: 'DOCKER-ISOLATION-STAGE-2',
  user: 'DOCKER-USER',
} as const;

const to = (name: string): RuleSpec => ({ matches: [], target: jump(name) });

/** `-m addrtype --dst-type LOCAL -j CHAIN`. */
export const localTo = (name: string): RuleSpec => ({ matches: [toLocal], target: jump(name) });

const localOutput: RuleSpec = {
  destination: not(cidr('127.0.0.0/8')),
  matches: [toLocal],
  target: jump(chains.docker),
};

/** Turns forwarding on (with a DROP policy if it was off) and makes Docker's chains. */
export function setUpHostFirewall(kernel: Kernel): void {
  const filter = kernel.netfilter(kernel.initNetns);
  if (kernel.sysctl(kernel.initNetns, 'net.ipv4.ip_forward') === '0') {
    kernel.sysctlSet(kernel.initNetns, 'net.ipv4.ip_forward', '1');
    filter.setPolicy('filter', 'FORWARD', 'DROP');
  }
  // Why: in this order, which is that of `iptables-save` backwards: the latest table comes first.
  setUpForwarding(filter);
  setUpNat(filter);
}

function setUpNat(filter: Netfilter): void {
  chain(filter, 'nat', chains.docker);
  ensure(filter, 'nat', 'PREROUTING', localTo(chains.docker));
  ensure(filter, 'nat', 'OUTPUT', localOutput);
}

function setUpForwarding(filter: Netfilter): void {
  const { user, forward, conntrack, isolation1, isolation2, bridge, docker } = chains;
  for (const name of [docker, bridge, conntrack, forward, isolation1, isolation2, user])
    chain(filter, 'filter', name);
  ensure(filter, 'filter', 'FORWARD', to(user), 'first');
  const userAt = filter.find('filter', 'FORWARD', to(user)) ?? 0;
  if (filter.find('filter', 'FORWARD', to(forward)) === undefined)
    filter.insert('filter', 'FORWARD', userAt + 1, to(forward));
  for (const name of [conntrack, isolation1, bridge]) ensure(filter, 'filter', forward, to(name));
}
