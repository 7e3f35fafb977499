// The order of endpoints within a sandbox: which one gives the default route, and which network answers a name first.
//
// Mirrors: libnetwork/sandbox.go (Endpoint.Less, needDefaultGW), libnetwork/endpoint.go ByNetworkType.
import { compareText } from '../../std/index.ts';
import type { EndpointRow, NetworkRow } from '../api.ts';
import { gatewayNetworkName } from '../drivers/bridge/bridge.ts';

export interface Membership {
  readonly endpoint: EndpointRow;
  readonly network: NetworkRow;
}

const isGatewayNetwork = ({ network }: Membership): boolean => network.name === gatewayNetworkName;

/** Better candidates for the default route first. */
export function byPreference(a: Membership, b: Membership): number {
  const priority = b.endpoint.gatewayPriority - a.endpoint.gatewayPriority;
  if (priority !== 0) return priority;
  const last = Number(isGatewayNetwork(a)) - Number(isGatewayNetwork(b));
  if (last !== 0) return last;
  const internal = Number(a.network.internal) - Number(b.network.internal);
  if (internal !== 0) return internal;
  const gateways =
    Number(b.endpoint.gateway !== undefined) - Number(a.endpoint.gateway !== undefined);
  if (gateways !== 0) return gateways;
  return compareText(a.network.name, b.network.name);
}

/** The endpoint that gives the default route. */
export const gatewayOf = (members: readonly Membership[]): Membership | undefined =>
  [...members].sort(byPreference).find(({ endpoint }) => endpoint.gateway !== undefined);

/** Does the sandbox need docker_gwbridge to reach the outside? */
export function needsGatewayNetwork(members: readonly Membership[]): boolean {
  const others = members.filter((member) => !isGatewayNetwork(member));
  if (others.some(({ endpoint }) => endpoint.gateway !== undefined)) return false;
  return others.some(({ network }) => !network.internal && network.driver === 'overlay');
}

const kindRank = (network: NetworkRow): number =>
  network.scope === 'swarm' ? (network.ingress ? 1 : 0) : 2;

/** Names are looked up on the swarm's networks before ingress, and there before local networks. */
export const byLookup = (a: Membership, b: Membership): number =>
  kindRank(a.network) - kindRank(b.network) || byPreference(a, b);

/** The order in which a starting container is joined to its networks: internal ones first, then by name. */
export const byJoining = (a: NetworkRow, b: NetworkRow): number =>
  Number(b.internal) - Number(a.internal) || compareText(a.name, b.name);
