// Where a network's load balancers are on this node: ingress_sbox, or the network's lb_… sandbox.
import type { LinkId, NetnsId } from '../../kernel/index.ts';
import type { Ipv4 } from '../../wire/index.ts';
import type { NetworkRow } from '../api.ts';
import { endpointsIn, endpointsOn, networkOf, type State, sandboxRow } from '../state.ts';

/** The pseudo container that a load-balancer endpoint belongs to, as `network inspect` shows it. */
export const loadBalancerContainer = ({ ingress, name }: NetworkRow): string =>
  ingress ? `${name}-sbox` : `lb-${name}`;

export interface Place {
  readonly netns: NetnsId;
  /** The interface on the network, which has the virtual addresses. */
  readonly link: LinkId;
  /** The node's own address on the network. */
  readonly address: Ipv4;
  readonly prefixLength: number;
  /** ingress_sbox: its address on docker_gwbridge, where the host sends what comes for published ports. */
  readonly gatewayAddress: Ipv4 | undefined;
}

/** Undefined while the node has no load-balancer endpoint on the network. */
export function placeOf(state: State, network: NetworkRow): Place | undefined {
  const owner = loadBalancerContainer(network);
  const endpoint = endpointsOn(state, network.networkId).find((row) => row.containerId === owner);
  if (endpoint?.address === undefined) return undefined;
  const { netns } = sandboxRow(state, endpoint.sandbox);
  const link = state.context.kernel.linkByName(netns, endpoint.interfaceName);
  if (!link) return undefined;
  const outside = endpointsIn(state, endpoint.sandbox).find(
    (row) => networkOf(state, row).driver === 'bridge',
  );
  const { address, prefixLength } = endpoint;
  return { netns, link: link.id, address, prefixLength, gatewayAddress: outside?.address };
}
