// The rules in a task's own namespace for its address on ingress: published ports are redirected to the ports of the task,
// and nothing else passes.
//
// Mirrors: libnetwork/service_linux.go (addRedirectRules).
import type { Match, Netfilter, RuleSpec } from '../../kernel/index.ts';
import type { Ipv4 } from '../../wire/index.ts';
import type { ServiceBinding } from '../api.ts';
import { accept, add, drop, fromPort, is, only, toPort } from '../firewall/rules.ts';

const inState = (...states: readonly string[]): Match => ({
  name: 'conntrack',
  states: is(states),
});

export function addTaskRules(
  filter: Netfilter,
  address: Ipv4,
  ports: ServiceBinding['ports'],
): void {
  if (ports.length === 0) return;
  const destination = only(address);
  const source = only(address);
  for (const { protocol, publishedPort, targetPort } of ports) {
    add(filter, 'nat', 'PREROUTING', {
      destination,
      ...toPort(protocol, publishedPort),
      target: { name: 'REDIRECT', port: targetPort },
    });
    const asked = toPort(protocol, targetPort);
    const request: RuleSpec = {
      destination,
      ...asked,
      matches: [...asked.matches, inState('NEW', 'ESTABLISHED')],
      target: accept,
    };
    const answered = fromPort(protocol, targetPort);
    const answer: RuleSpec = {
      source,
      ...answered,
      matches: [...answered.matches, inState('ESTABLISHED')],
      target: accept,
    };
    add(filter, 'filter', 'INPUT', request, 'first');
    add(filter, 'filter', 'OUTPUT', answer, 'first');
  }
  for (const protocol of ['sctp', 'udp', 'tcp']) {
    const rest = { protocol: is(protocol), matches: [], target: drop };
    add(filter, 'filter', 'INPUT', { destination, ...rest });
    add(filter, 'filter', 'OUTPUT', { source, ...rest });
  }
}
