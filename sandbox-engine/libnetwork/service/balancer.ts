// The load balancers of one node in its load-balancer sandboxes: virtual addresses, marks, IPVS services and servers.
//
// Mirrors: libnetwork/service_linux.go (addLBBackend, rmLBBackend). A service without a virtual address (dnsrr) has none.
//
// A service whose published ports change has two load balancers with one virtual address for a while: that of the tasks with
// the old ports, and that of the new. The second cannot be set up as long as the first has the address, and the tasks that
// come meanwhile are not made up for later (066:66-89).
import type { IpvsMatch, IpvsServerRow } from '../../kernel/index.ts';
import type { Ipv4 } from '../../wire/index.ts';
import type { LoadBalancerRow, NetworkRow } from '../api.ts';
import type { State } from '../state.ts';
import { publishMesh, withdrawMesh } from './ingress.ts';
import { addMarks, removeMarks } from './marks.ts';
import { type Place, placeOf } from './place.ts';

const matchOf = ({ fwmark }: LoadBalancerRow): IpvsMatch => ({ fwmark });

/** Port 0: the one that the client asked for. */
const server = (address: Ipv4, weight: number): IpvsServerRow => ({
  address,
  port: 0,
  weight,
  forwarding: 'Masq',
});

export function addServer(
  state: State,
  network: NetworkRow,
  balancer: LoadBalancerRow,
  address: Ipv4,
): void {
  const place = placeOf(state, network);
  const { virtualIp } = balancer;
  if (!place || virtualIp === undefined) return;
  const ipvs = state.context.kernel.ipvsTable(place.netns);
  const match = matchOf(balancer);
  if (!ipvs.service(match) && !open(state, place, balancer, virtualIp)) return;
  const added = ipvs.addServer(match, server(address, 1));
  if (!added.ok) ipvs.changeServer(match, server(address, 1));
}

/** False when the address is there already: another load balancer of the service has it. */
function open(state: State, place: Place, balancer: LoadBalancerRow, virtualIp: Ipv4): boolean {
  const { kernel } = state.context;
  if (!kernel.addressAdd(place.link, virtualIp, 32).ok) return false;
  if (place.gatewayAddress !== undefined) publishMesh(state, place.gatewayAddress, balancer.ports);
  addMarks(kernel.netfilter(place.netns), place, balancer, virtualIp);
  kernel.ipvsTable(place.netns).addService(matchOf(balancer), 'rr');
  return true;
}

/** It gets no new connections; those that it has go on. */
export function disableServer(
  state: State,
  network: NetworkRow,
  balancer: LoadBalancerRow,
  address: Ipv4,
): void {
  const place = placeOf(state, network);
  if (!place) return;
  state.context.kernel.ipvsTable(place.netns).changeServer(matchOf(balancer), server(address, 0));
}

export function removeServer(
  state: State,
  network: NetworkRow,
  balancer: LoadBalancerRow,
  address: Ipv4,
): void {
  const place = placeOf(state, network);
  if (!place) return;
  state.context.kernel.ipvsTable(place.netns).removeServer(matchOf(balancer), { address, port: 0 });
}

/** The last server has gone. What was never set up takes away what the service's other load balancer has of the same. */
export function removeBalancer(state: State, network: NetworkRow, balancer: LoadBalancerRow): void {
  const place = placeOf(state, network);
  const { virtualIp } = balancer;
  if (!place || virtualIp === undefined) return;
  const { kernel } = state.context;
  kernel.ipvsTable(place.netns).removeService(matchOf(balancer));
  if (place.gatewayAddress !== undefined) withdrawMesh(state, place.gatewayAddress, balancer.ports);
  removeMarks(kernel.netfilter(place.netns), balancer, virtualIp);
  kernel.addressDelete(place.link, virtualIp, 32);
}
