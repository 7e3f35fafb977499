// Endpoints: joining a sandbox to a network, and leaving it.
//
// Mirrors: libnetwork/endpoint.go (sbJoin, sbLeave), libnetwork/network.go (CreateEndpoint, addSvcRecords).
import type { LinkId } from '../../kernel/index.ts';
import { type Op, seconds, sleep } from '../../sim/index.ts';
import { err, type Failure, failure, ok, type Result } from '../../std/index.ts';
import { type Ipv4, type Mac, macOfIpv4 } from '../../wire/index.ts';
import type { EndpointRow, EndpointSettings, NetworkRow } from '../api.ts';
import { type Context, newId, newVethName } from '../context.ts';
import { gatewayNetworkName } from '../drivers/bridge/bridge.ts';
import type { Joined } from '../drivers/driver.ts';
import { allocateAddress, type Lease } from '../ipam/ipam.ts';
import { addNames, removeNames } from '../names.ts';
import { onHost } from '../rows.ts';
import { announceEndpoint, removeServiceEndpoint } from '../service/endpoints.ts';
import { addTaskRules } from '../service/task-rules.ts';
import {
  driverOf,
  endpointsOn,
  type LiveSandbox,
  networkOf,
  type State,
  sandboxRow,
} from '../state.ts';
import { isUserDefined } from '../validate.ts';
import { hostsPath, ownHost, withoutAddress } from './files.ts';
import { addInterface, removeInterface } from './interface.ts';

/** Container name, aliases, short id and host name: what the container answers to on a user-defined network. */
export function dnsNamesOf(live: LiveSandbox, settings: EndpointSettings): string[] {
  const { containerName, containerId, hostname } = live.order;
  const names = [containerName, ...(settings.aliases ?? []), containerId.slice(0, 12), hostname];
  return [...new Set(names.filter((name) => name !== ''))];
}

export interface EndpointOrder {
  readonly network: NetworkRow;
  readonly settings: EndpointSettings;
  readonly name: string;
  /** Does the embedded DNS server know this endpoint? */
  readonly resolvable: boolean;
}

/** Makes an endpoint and puts its interface into the sandbox; the default route is not touched yet. */
export function addEndpoint(
  state: State,
  live: LiveSandbox,
  order: EndpointOrder,
): Result<EndpointRow, Failure> {
  const { network, name } = order;
  if (endpointsOn(state, network.networkId).some((other) => other.name === name))
    return err(
      failure('forbidden', `endpoint with name ${name} already exists in network ${network.name}`),
    );
  const driver = driverOf(state, network);
  const lease: Result<Lease | undefined, Failure> = driver.hasAddresses
    ? allocateAddress(state.context, network, order.settings)
    : ok(undefined);
  if (!lease.ok) return lease;
  const endpointId = newId(state.context);
  const netns = sandboxRow(state, live.id).netns;
  const joined = driver.join(network, {
    endpointId,
    netns,
    address: lease.value?.address,
    prefixLength: lease.value?.prefixLength ?? 0,
    mac: macOf(network, order.settings, lease.value),
  });
  if (!joined.ok) return joined;
  const { link } = joined.value;
  const taken = lease.value ?? { address: undefined, prefixLength: 0 };
  const interfaceName = link ? addInterface(state.context.kernel, netns, link, taken).name : '';
  if (link)
    for (const route of joined.value.routes ?? [])
      state.context.kernel.routeAdd(netns, { ...route, link });
  if (link && lease.value) announceAgain(state.context, link, lease.value.address);
  const row = state.context.rows.endpoints.put(
    endpointRow(state, live, order, {
      endpointId,
      lease: lease.value,
      joined: joined.value,
      interfaceName,
    }),
  );
  writeHosts(live, network, row);
  const { service } = order.settings;
  if (network.ingress && service && row.address !== undefined)
    addTaskRules(state.context.kernel.netfilter(netns), row.address, service.ports);
  publishNames(state, row);
  return ok(row);
}

/** The neighbours are told of a new address three times, a second apart. Mirrors: osl advertiseAddrs. */
const laterAnnouncements = 2;

function announceAgain({ sim, kernel }: Context, link: LinkId, address: Ipv4): void {
  sim.spawn(
    'announce address',
    (function* (): Op<void> {
      for (let n = 0; n < laterAnnouncements; n += 1) {
        yield* sleep(sim, seconds(1));
        if (!kernel.link(link)) return;
        kernel.announce(link, address);
      }
    })(),
  );
}

/** Swarm networks derive the MAC address from the address; elsewhere the user or chance decides. */
function macOf(
  network: NetworkRow,
  settings: EndpointSettings,
  lease: Lease | undefined,
): Mac | undefined {
  if (settings.mac) return settings.mac as Mac;
  return network.driver === 'overlay' && lease ? macOfIpv4(lease.address) : undefined;
}

function endpointRow(
  state: State,
  live: LiveSandbox,
  { network, settings, name, resolvable }: EndpointOrder,
  made: {
    readonly endpointId: string;
    readonly lease: Lease | undefined;
    readonly joined: Joined;
    readonly interfaceName: string;
  },
): EndpointRow {
  const { host } = state.context;
  const dnsNames = resolvable ? dnsNamesOf(live, settings) : [];
  return {
    id: onHost(host, made.endpointId),
    host,
    endpointId: made.endpointId,
    networkId: network.networkId,
    networkName: network.name,
    name,
    sandbox: live.id,
    containerId: live.order.containerId,
    address: made.lease?.address,
    prefixLength: made.lease?.prefixLength ?? 0,
    mac: made.joined.mac,
    gateway: made.joined.gateway,
    interfaceName: made.interfaceName,
    hostLink: made.joined.hostLink,
    aliases: settings.aliases ?? [],
    dnsNames,
    gatewayPriority: settings.gatewayPriority ?? 0,
    settings,
  };
}

/** Ingress and docker_gwbridge are not what a container is reached by, so they get no line. */
const hasHostsLine = (network: NetworkRow): boolean =>
  !network.ingress && network.name !== gatewayNetworkName;

function writeHosts(live: LiveSandbox, network: NetworkRow, row: EndpointRow): void {
  const { fs } = live.order;
  if (!fs || row.address === undefined || !hasHostsLine(network)) return;
  fs.writeFile(hostsPath, (fs.readFile(hostsPath) ?? '') + ownHost(live.order, row.address));
}

/**
 * The names of an endpoint on a network of this daemon. On a swarm network all nodes are told of them; a task is told of
 * when it runs.
 */
export function publishNames(state: State, row: EndpointRow): void {
  const { address } = row;
  if (address === undefined) return;
  if (networkOf(state, row).scope === 'swarm') {
    if (!row.settings.service && row.dnsNames.length > 0) announceEndpoint(state, row);
    return;
  }
  const [first] = row.dnsNames;
  const names = row.dnsNames.map((name) => ({ name, address, reverse: name === first }));
  addNames(state.context, row.networkId, row.endpointId, names);
}

/** Takes an endpoint out of its sandbox and removes it; the default route is not touched yet. */
export function removeEndpoint(state: State, live: LiveSandbox, row: EndpointRow): void {
  const { context } = state;
  const network = networkOf(state, row);
  removeNames(context, row.networkId, row.endpointId);
  removeServiceEndpoint(state, row.networkId, row.endpointId);
  const { fs } = live.order;
  if (fs && row.address !== undefined && hasHostsLine(network))
    fs.writeFile(hostsPath, withoutAddress(fs.readFile(hostsPath) ?? '', row.address));
  const { kernel } = context;
  const link = row.hostLink && kernel.link(row.hostLink)?.peer;
  if (link) removeInterface(kernel, link, newVethName(context));
  driverOf(state, network).leave(network, row);
  context.rows.endpoints.remove(row.id);
}

/** Has the embedded DNS server names for endpoints of this network? */
export const isResolvable = (network: NetworkRow): boolean =>
  network.driver !== 'host' &&
  network.driver !== 'null' &&
  isUserDefined(network.name) &&
  network.name !== gatewayNetworkName &&
  !network.ingress;
