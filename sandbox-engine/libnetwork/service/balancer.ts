// The load balancers of one node in its load-balancer sandboxes: virtual addresses, marks, IPVS services and servers.
//
// Mirrors: libnetwork/service_linux.go (addLBBackend, rmLBBackend). A service without a virtual address (dnsrr) has none.
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
  if (!ipvs.service(match)) open(state, place, balancer, virtualIp);
  const added = ipvs.addServer(match, server(address, 1));
  if (!added.ok) ipvs.changeServer(match, server(address, 1));
}

function open(state: State, place: Place, balancer: LoadBalancerRow, virtualIp: Ipv4): void {
  const { kernel } = state.context;
  kernel.addressAdd(place.link, virtualIp, 32);
  if (place.gatewayAddress !== undefined) publishMesh(state, place.gatewayAddress, balancer.ports);
  addMarks(kernel.netfilter(place.netns), place, balancer, virtualIp);
  kernel.ipvsTable(place.netns).addService(matchOf(balancer), 'rr');
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

/** The last server has gone. */
export function removeBalancer(state: State, network: NetworkRow, balancer: LoadBalancerRow): void {
  const place = placeOf(state, network);
  const { virtualIp } = balancer;
  if (!place || virtualIp === undefined) return;
  const { kernel } = state.context;
  const removed = kernel.ipvsTable(place.netns).removeService(matchOf(balancer));
  // Why: what was never set up (all servers were heard of while being stopped) has no rules either.
  if (!removed.ok) return;
  if (place.gatewayAddress !== undefined) withdrawMesh(state, place.gatewayAddress, balancer.ports);
  removeMarks(kernel.netfilter(place.netns), balancer, virtualIp);
  kernel.addressDelete(place.link, virtualIp, 32);
}
