// The host's side of the routing mesh: published ports are translated to ingress_sbox, and kept from others.
//
// Mirrors: libnetwork/service_linux.go (programIngress, plumbProxy). Rules of a new port come first, RETURN stays last;
// chains and jumps stay when the last port has gone.
import type { RuleSpec } from '../../kernel/index.ts';
import { contains, type Ipv4 } from '../../wire/index.ts';
import type { ServiceBinding } from '../api.ts';
import { chains, localTo } from '../firewall/host.ts';
import {
  accept,
  add,
  chain,
  ensure,
  established,
  fromLocal,
  fromPort,
  is,
  jump,
  masquerade,
  remove,
  returns,
  toPort,
} from '../firewall/rules.ts';
import type { State } from '../state.ts';

type Ports = ServiceBinding['ports'];
type Port = Ports[number];

const socketKey = ({ protocol, publishedPort }: Port): string => `${protocol}/${publishedPort}`;
const keyOf = (port: Port): string => `${socketKey(port)}/${port.targetPort}`;

/** Ports without a published number are not reachable from outside. */
const published = (ports: Ports): Ports => ports.filter(({ publishedPort }) => publishedPort > 0);

const rulesOf = (gateway: Ipv4, { protocol, publishedPort }: Port) => ({
  translate: {
    ...toPort(protocol, publishedPort),
    target: { name: 'DNAT', address: gateway, port: publishedPort },
  } satisfies RuleSpec,
  accept: { ...toPort(protocol, publishedPort), target: accept } satisfies RuleSpec,
  answers: withState(fromPort(protocol, publishedPort)),
});

const withState = (rule: Pick<RuleSpec, 'protocol' | 'matches'>): RuleSpec => ({
  ...rule,
  matches: [...rule.matches, established],
  target: accept,
});

export function publishMesh(state: State, gateway: Ipv4, ports: Ports): void {
  setUpChains(state, gateway);
  const { kernel } = state.context;
  const filter = kernel.netfilter(kernel.initNetns);
  for (const port of published(ports)) {
    const users = state.services.ports.get(keyOf(port)) ?? 0;
    state.services.ports.set(keyOf(port), users + 1);
    if (users > 0) continue;
    const rules = rulesOf(gateway, port);
    add(filter, 'nat', chains.ingress, rules.translate, 'first');
    add(filter, 'filter', chains.ingress, rules.answers, 'first');
    add(filter, 'filter', chains.ingress, rules.accept, 'first');
    reserve(state, port);
  }
}

export function withdrawMesh(state: State, gateway: Ipv4, ports: Ports): void {
  const { kernel } = state.context;
  const filter = kernel.netfilter(kernel.initNetns);
  for (const port of published(ports)) {
    const users = state.services.ports.get(keyOf(port)) ?? 0;
    if (users > 1) state.services.ports.set(keyOf(port), users - 1);
    if (users !== 1) continue;
    state.services.ports.delete(keyOf(port));
    const rules = rulesOf(gateway, port);
    remove(filter, 'nat', chains.ingress, rules.translate);
    remove(filter, 'filter', chains.ingress, rules.answers);
    remove(filter, 'filter', chains.ingress, rules.accept);
    const reservation = state.services.reservations.get(socketKey(port));
    if (reservation) kernel.sockets.close(reservation);
    state.services.reservations.delete(socketKey(port));
  }
}

/** The daemon stops: its listeners go, the rules stay. */
export function releasePorts(state: State): void {
  for (const reservation of state.services.reservations.values())
    state.context.kernel.sockets.close(reservation);
  state.services.reservations.clear();
  state.services.ports.clear();
}

/** With the first port: what an earlier run of the daemon left behind is cleared. */
function setUpChains(state: State, gateway: Ipv4): void {
  const { kernel } = state.context;
  const init = kernel.initNetns;
  const filter = kernel.netfilter(init);
  for (const table of ['nat', 'filter'] as const) {
    chain(filter, table, chains.ingress);
    if (!state.services.chainsCleared) filter.flush(table, chains.ingress);
    ensure(filter, table, chains.ingress, { matches: [], target: returns });
  }
  state.services.chainsCleared = true;
  for (const hook of ['OUTPUT', 'PREROUTING'] as const)
    ensure(filter, 'nat', hook, localTo(chains.ingress), 'first');
  const toIngress: RuleSpec = { matches: [], target: jump(chains.ingress) };
  ensure(filter, 'filter', chains.forward, toIngress, 'first');
  const bridge = bridgeTowards(state, gateway);
  if (bridge === undefined) return;
  kernel.sysctlSet(init, `net.ipv4.conf.${bridge}.route_localnet`, '1');
  const outward: RuleSpec = {
    outInterface: is(bridge),
    matches: [fromLocal],
    target: masquerade,
  };
  ensure(filter, 'nat', 'POSTROUTING', outward, 'first');
}

/** The host's interface on the network of ingress_sbox's gateway address. */
function bridgeTowards({ context }: State, gateway: Ipv4): string | undefined {
  const { kernel } = context;
  const routes = kernel.routes(kernel.initNetns);
  const found = routes.find(
    ({ destination, via }) => via === undefined && contains(destination, gateway),
  );
  return found?.link && kernel.link(found.link)?.name;
}

/** Descriptors of dockerd's that are taken by other things. */
const otherDescriptors = 44;

/** dockerd listens without ever accepting, so that nobody else takes the port; unless somebody has it. */
function reserve(state: State, published: Port): void {
  const { protocol, publishedPort: port } = published;
  const { kernel, daemonPid } = state.context;
  const { reservations } = state.services;
  const fd = otherDescriptors + reservations.size;
  const owner =
    daemonPid === undefined ? {} : { owner: { program: 'dockerd', pid: daemonPid, fd } };
  const where = { port, family: 'any', ...owner } as const;
  if (protocol === 'sctp') return;
  const made =
    protocol === 'tcp'
      ? kernel.sockets.tcpListen(kernel.initNetns, { ...where, backlog: 4096 })
      : kernel.sockets.udpBind(kernel.initNetns, where);
  if (made.ok) reservations.set(socketKey(published), made.value);
}
