// The table of service endpoints as one node knows it: rows that gossip brings, and those of its own endpoints.
//
// Mirrors: libnetwork/agent.go (addServiceInfoToCluster, deleteServiceInfoFromCluster, handleEpTableEvent).
import { anyIpv4, type Ipv4, isLoopback } from '../../wire/index.ts';
import type {
  EndpointRow,
  LoadBalancerRow,
  NetworkRow,
  ServiceEndpoint,
  ServiceEndpointRow,
} from '../api.ts';
import type { Context } from '../context.ts';
import { onHost } from '../rows.ts';
import { endpointsIn, networkOf, networkRow, type State } from '../state.ts';
import { bind, disable, unbind } from './bindings.ts';

const rowId = ({ host }: Context, networkId: string, endpointId: string): string =>
  `${onHost(host, networkId)}/${endpointId}`;

export const serviceEndpoints = ({ context }: State, networkId: string): ServiceEndpointRow[] =>
  context.rows.serviceEndpoints.where('network', onHost(context.host, networkId));

export const loadBalancers = ({ context }: State, networkId: string): LoadBalancerRow[] =>
  context.rows.loadBalancers.where('network', onHost(context.host, networkId));

export function addServiceEndpoint(
  state: State,
  networkId: string,
  endpoint: ServiceEndpoint,
  local = false,
): void {
  const { context } = state;
  const table = context.rows.serviceEndpoints;
  const id = rowId(context, networkId, endpoint.endpointId);
  const known = table.get(id);
  if (known && !sameEndpoint(known, endpoint))
    removeServiceEndpoint(state, networkId, known.endpointId);
  const before = table.get(id);
  if (before) {
    if (endpoint.disabled) disableServiceEndpoint(state, networkId, endpoint.endpointId);
    else if (before.disabled) enable(state, table.update(id, { disabled: false }));
    return;
  }
  const { host } = context;
  const isLocal = local || context.rows.endpoints.has(onHost(host, endpoint.endpointId));
  // Tasks of this host are announced by themselves.
  const announced = !isLocal || endpoint.service === undefined;
  const row = table.put({ ...endpoint, id, host, networkId, local: isLocal, announced });
  if (!row.disabled) enable(state, row);
  else told(state, row);
}

function enable(state: State, row: ServiceEndpointRow): void {
  const network = networkRow(state, row.networkId);
  if (network) bind(state, network, row);
  told(state, row);
}

export function disableServiceEndpoint(state: State, networkId: string, endpointId: string): void {
  const { context } = state;
  const table = context.rows.serviceEndpoints;
  const before = table.get(rowId(context, networkId, endpointId));
  if (!before || before.disabled) return;
  const row = table.update(before.id, { disabled: true });
  const network = networkRow(state, networkId);
  if (network) disable(state, network, row);
  told(state, row);
}

export function removeServiceEndpoint(state: State, networkId: string, endpointId: string): void {
  const { context } = state;
  const table = context.rows.serviceEndpoints;
  const row = table.get(rowId(context, networkId, endpointId));
  if (!row) return;
  table.remove(row.id);
  const network = networkRow(state, networkId);
  if (network) unbind(state, network, row);
  told(state, row);
}

/** The node takes part in a network that it has heard of before. */
export function bindKnown(state: State, network: NetworkRow): void {
  for (const row of serviceEndpoints(state, network.networkId))
    if (!row.disabled) bind(state, network, row);
}

/** The node does not take part in the network any more: all is forgotten. */
export function forgetServiceEndpoints(state: State, networkId: string): void {
  for (const { endpointId } of serviceEndpoints(state, networkId))
    removeServiceEndpoint(state, networkId, endpointId);
}

function told({ context }: State, { local, announced, networkId }: ServiceEndpointRow): void {
  if (local && announced) context.onServiceEndpoints?.(networkId);
}

const sameEndpoint = (a: ServiceEndpoint, b: ServiceEndpoint): boolean =>
  a.address === b.address &&
  a.name === b.name &&
  a.node === b.node &&
  JSON.stringify([a.aliases, a.service]) === JSON.stringify([b.aliases, b.service]);

// ---- this node's own ----------------------------------------------------------------------------

/** An endpoint of this host enters the table. */
export function announceEndpoint(state: State, endpoint: EndpointRow): void {
  const { endpointId, networkId, name, dnsNames, address, settings } = endpoint;
  if (address === undefined) return;
  const [first = name, ...aliases] = dnsNames;
  const { service } = settings;
  const row: ServiceEndpoint = {
    endpointId,
    node: nodeAddress(state.context),
    name: first,
    aliases,
    address,
    ...(service && { service }),
    disabled: false,
  };
  addServiceEndpoint(state, networkId, row, true);
}

/** The address that other nodes send this node's tunnels to. */
function nodeAddress({ dataPathAddress, kernel }: Context): Ipv4 {
  const given = dataPathAddress?.();
  if (given !== undefined) return given;
  const own = kernel.addresses({ netns: kernel.initNetns });
  return own.find(({ address }) => !isLoopback(address))?.address ?? anyIpv4;
}

const taskEndpoints = (state: State, sandbox: string): EndpointRow[] =>
  endpointsIn(state, sandbox).filter(
    (endpoint) => endpoint.settings.service && networkOf(state, endpoint).scope === 'swarm',
  );

export function enableService(state: State, sandbox: string): void {
  for (const endpoint of taskEndpoints(state, sandbox)) announceEndpoint(state, endpoint);
}

export function announceService(state: State, sandbox: string): void {
  const { context } = state;
  const table = context.rows.serviceEndpoints;
  for (const { networkId, endpointId } of taskEndpoints(state, sandbox)) {
    const row = table.get(rowId(context, networkId, endpointId));
    if (row && !row.announced) told(state, table.update(row.id, { announced: true }));
  }
}

export function disableService(state: State, sandbox: string): void {
  for (const { networkId, endpointId } of taskEndpoints(state, sandbox))
    disableServiceEndpoint(state, networkId, endpointId);
}
