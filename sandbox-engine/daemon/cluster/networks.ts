// The swarm's networks, as the routes of networks and containers see them. Mirrors: moby daemon/cluster/networks.go,
// convert/network.go (BasicNetworkFromGRPC).
import type { NetworkRow, NetworkSpec, SwarmNetworkSpec } from '../../libnetwork/index.ts';
import { millis, type Op, type Sim, sleep } from '../../sim/index.ts';
import { err, type Failure, failure, ok, type Result } from '../../std/index.ts';
import {
  createNetwork,
  isNodeLocal,
  isPredefined,
  removeNetwork,
  type SwarmNetworkRow,
  type SwarmNetworkSpecBody,
} from '../../swarmkit/index.ts';
import type { ClusterNetworks, NetworkPeer, NetworkServiceView } from '../networks/index.ts';
import type { ClusterNode } from './node.ts';
import { commitMillis } from './node-routes.ts';

const vxlanIdList = 'com.docker.network.driver.overlay.vxlanid_list';

/** The manager's record of a network. Without subnets it has not been allocated, and has no driver yet. */
export function clusterNetworkRow(row: SwarmNetworkRow): NetworkRow {
  const { spec, subnets } = row;
  const allocated = subnets.length > 0;
  return {
    id: `/${row.id}`,
    host: '',
    networkId: row.id,
    name: spec.Name,
    driver: allocated || isNodeLocal(row) ? spec.Driver : '',
    scope: 'swarm',
    createdAt: row.createdAt,
    ipam: {
      driver: spec.IpamDriver,
      options: null,
      config: rangedSubnets(row).map(({ subnet, ipRange, gateway }) => ({
        subnet,
        ...(ipRange !== undefined && { ipRange }),
        gateway,
      })),
    },
    subnets,
    internal: spec.Internal,
    attachable: spec.Attachable,
    ingress: spec.Ingress,
    configOnly: false,
    configFrom: '',
    enableIpv4: true,
    enableIpv6: spec.EnableIPv6,
    options: allocated
      ? { ...spec.DriverOptions, [vxlanIdList]: subnets.map(({ vni }) => vni).join(',') }
      : {},
    labels: Object.keys(spec.Labels).length > 0 ? spec.Labels : null,
  };
}

/** The allocated subnets, with the parts of them that addresses are taken from. */
const rangedSubnets = ({ spec, subnets }: SwarmNetworkRow): SwarmNetworkSpec['subnets'] =>
  subnets.map((subnet, index) => {
    const range = spec.Ipam[index]?.IPRange;
    return { ...subnet, ...(range && { ipRange: range }) };
  });

/** What libnetwork is told of a network that this node takes part in. */
export const swarmNetworkSpec = (
  row: SwarmNetworkRow,
  loadBalancerAddress: string | undefined,
): SwarmNetworkSpec => ({
  networkId: row.id,
  name: row.spec.Name,
  createdAt: row.createdAt,
  subnets: rangedSubnets(row),
  ingress: row.spec.Ingress,
  internal: row.spec.Internal,
  attachable: row.spec.Attachable,
  options: row.spec.DriverOptions,
  labels: row.spec.Labels,
  ...(loadBalancerAddress !== undefined && { loadBalancerAddress }),
});

function specBody(spec: NetworkSpec): SwarmNetworkSpecBody {
  return {
    Name: spec.name,
    Labels: spec.labels ?? {},
    Driver: spec.driver || 'overlay',
    DriverOptions: spec.options ?? {},
    Internal: spec.internal === true,
    Attachable: spec.attachable === true,
    Ingress: spec.ingress === true,
    EnableIPv6: spec.enableIpv6 === true,
    IpamDriver: spec.ipam?.driver || 'default',
    Ipam: (spec.ipam?.config ?? []).map(({ subnet, ipRange, gateway }) => ({
      Subnet: subnet,
      ...(ipRange && { IPRange: ipRange }),
      ...(gateway && { Gateway: gateway }),
    })),
  };
}

/** What gossip knows of a network. */
export interface NetworkGossip {
  peers(networkId: string): readonly NetworkPeer[];
  services(networkId: string): readonly NetworkServiceView[];
}

export function clusterNetworks(
  sim: Sim,
  node: ClusterNode,
  gossip: NetworkGossip,
): ClusterNetworks {
  return {
    isManager: () => node.manager !== undefined,
    list: () => {
      const store = node.manager?.swarm.store;
      const rows = store ? store.all(store.rows.networks) : [];
      return rows.filter((row) => !isPredefined(row)).map(clusterNetworkRow);
    },
    predefined: () => {
      const store = node.manager?.swarm.store;
      const rows = store ? store.all(store.rows.networks) : [];
      return rows.filter(isPredefined).map(clusterNetworkRow);
    },
    *create(spec): Op<Result<string, Failure>> {
      const swarm = yield* node.swarm();
      if (!swarm.ok) return swarm;
      yield* sleep(sim, millis(commitMillis));
      const made = createNetwork(swarm.value, specBody(spec));
      return made.ok ? ok(made.value.id) : made;
    },
    *remove(networkId): Op<Result<void, Failure>> {
      const swarm = yield* node.swarm();
      if (!swarm.ok) return swarm;
      yield* sleep(sim, millis(commitMillis));
      // It may be left on this node only: until its last container has stopped.
      if (!swarm.value.store.rows.networks.has(networkId))
        return err(failure('not_found', `network ${networkId} not found`));
      return removeNetwork(swarm.value, networkId);
    },
    peers: (networkId) => gossip.peers(networkId),
    services: (networkId) => gossip.services(networkId),
  };
}
