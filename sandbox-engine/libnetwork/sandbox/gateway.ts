// The way out of a sandbox: docker_gwbridge where it is needed, the default route, and with it the published ports.
//
// Mirrors: libnetwork/default_gateway.go, libnetwork/sandbox.go (updateGateway), libnetwork/endpoint.go
// (programExternalConnectivity). Differs: one gateway, for IPv4.
import { type Failure, must, ok, type Result } from '../../std/index.ts';
import { cidr, type Ipv4 } from '../../wire/index.ts';
import type { EndpointRow, NetworkRow } from '../api.ts';
import { gatewayNetworkName } from '../drivers/bridge/bridge.ts';
import { bridgeOption } from '../drivers/bridge/options.ts';
import { makeNetwork } from '../networks.ts';
import { publishPorts, unpublishPorts } from '../ports/publish.ts';
import {
  endpointsIn,
  type LiveSandbox,
  networkNamed,
  networkOf,
  type State,
  sandboxRow,
} from '../state.ts';
import { addEndpoint, removeEndpoint } from './endpoints.ts';
import { gatewayOf, type Membership, needsGatewayNetwork } from './order.ts';

const everywhere = cidr('0.0.0.0/0');

export const membersOf = (state: State, sandbox: string): Membership[] =>
  endpointsIn(state, sandbox).map((endpoint) => ({
    endpoint,
    network: networkOf(state, endpoint),
  }));

/** docker_gwbridge, made when it is first needed. */
export function gatewayNetwork(state: State): Result<NetworkRow, Failure> {
  const found = networkNamed(state, gatewayNetworkName);
  if (found) return ok(found);
  return makeNetwork(state, {
    name: gatewayNetworkName,
    options: {
      [bridgeOption.icc]: 'false',
      [bridgeOption.masquerade]: 'true',
      [bridgeOption.name]: gatewayNetworkName,
    },
  });
}

/** `gateway_<id>`: short container ids are used as they are (ingress-sbox), else the sandbox's first twelve digits. */
const gatewayEndpointName = (state: State, live: LiveSandbox): string => {
  const { containerId } = live.order;
  return `gateway_${containerId.length <= 12 ? containerId : sandboxRow(state, live.id).sandboxId.slice(0, 12)}`;
};

/** Joins or leaves docker_gwbridge, as the other networks of the sandbox make it necessary. */
function settleGatewayNetwork(state: State, live: LiveSandbox): Result<void, Failure> {
  const members = membersOf(state, live.id);
  const joined = members.find(({ network }) => network.name === gatewayNetworkName);
  const needed = live.order.kind !== 'load-balancer' && needsGatewayNetwork(members);
  if (needed === (joined !== undefined)) return ok(undefined);
  if (joined) {
    removeEndpoint(state, live, joined.endpoint);
    return ok(undefined);
  }
  const network = gatewayNetwork(state);
  if (!network.ok) return network;
  const added = addEndpoint(state, live, {
    network: network.value,
    settings: { network: gatewayNetworkName },
    name: gatewayEndpointName(state, live),
    resolvable: false,
  });
  return added.ok ? ok(undefined) : added;
}

function currentGateway(state: State, live: LiveSandbox): Ipv4 | undefined {
  const { kernel } = state.context;
  return kernel
    .routes(sandboxRow(state, live.id).netns)
    .find(({ destination, via }) => destination.prefixLength === 0 && via !== undefined)?.via;
}

/** Points the default route to the endpoint that is the best gateway now. */
function setDefaultRoute(state: State, live: LiveSandbox, gateway: EndpointRow | undefined): void {
  const { kernel } = state.context;
  const { netns } = sandboxRow(state, live.id);
  const wanted = gateway?.gateway;
  if (currentGateway(state, live) === wanted) return;
  kernel.routeDelete(netns, { destination: everywhere });
  if (gateway === undefined || wanted === undefined) return;
  const link = must(kernel.linkByName(netns, gateway.interfaceName), gateway.interfaceName);
  kernel.routeAdd(netns, { destination: everywhere, via: wanted, link: link.id });
}

/** Brings gateway network, default route and published ports in line with the sandbox's endpoints. */
export function settleGateway(state: State, live: LiveSandbox): Result<void, Failure> {
  if (live.order.kind === 'host' || live.order.kind === 'none') return ok(undefined);
  const joined = settleGatewayNetwork(state, live);
  if (!joined.ok) return joined;
  const best = gatewayOf(membersOf(state, live.id));
  setDefaultRoute(state, live, best?.endpoint);
  return movePorts(state, live, best);
}

function movePorts(
  state: State,
  live: LiveSandbox,
  best: Membership | undefined,
): Result<void, Failure> {
  if (live.publishedOn === best?.endpoint.endpointId) return ok(undefined);
  unpublish(state, live);
  if (!best || live.order.ports.length === 0) return ok(undefined);
  const published = publishPorts(state, best.network, best.endpoint, live.order.ports);
  if (!published.ok) return published;
  live.published = published.value;
  live.publishedOn = best.endpoint.endpointId;
  const ports = published.value.map(({ bound }) => bound);
  state.context.rows.sandboxes.update(live.id, { ports });
  return ok(undefined);
}

/** Takes the published ports back. */
export function unpublish(state: State, live: LiveSandbox): void {
  if (live.publishedOn === undefined) return;
  unpublishPorts(state, live.published);
  live.published = [];
  live.publishedOn = undefined;
  state.context.rows.sandboxes.update(live.id, { ports: [] });
}
