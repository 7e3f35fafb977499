// Networks as the API shows them: keys in Docker's order.
//
// Mirrors: moby api/types/network.Inspect (28.5), daemon/network.go buildNetworkResource, buildDetailedNetworkResources.
import type { EndpointRow, IpamConfig, NetworkRow } from '../../libnetwork/index.ts';
import { micros, type Sim } from '../../sim/index.ts';
import { formatIpv4 } from '../../wire/index.ts';
import { sortedKeys } from '../body.ts';
import { timestamp } from '../context.ts';
import type { NetworkPeer, NetworkServiceView } from './cluster.ts';

const ipamConfig = ({ subnet, ipRange, gateway, auxAddresses }: IpamConfig): object => ({
  Subnet: subnet,
  ...(ipRange && { IPRange: ipRange }),
  ...(gateway && { Gateway: gateway }),
  ...(auxAddresses &&
    Object.keys(auxAddresses).length > 0 && { AuxiliaryAddresses: sortedKeys(auxAddresses) }),
});

/** `host` and `none` have no address management at all. */
const ipamOf = ({ ipam, driver }: NetworkRow): object => ({
  Driver: ipam.driver,
  Options: ipam.options,
  Config: driver === 'host' || driver === 'null' ? null : ipam.config.map(ipamConfig),
});

/** What `Containers`, `Labels`, `Peers` and `Services` are to show. */
export interface NetworkDetails {
  /** null: the swarm's own record of a network that this node takes no part in. */
  readonly endpoints: readonly EndpointRow[] | null;
  readonly peers?: readonly NetworkPeer[];
  readonly services?: readonly NetworkServiceView[];
}

export function networkView(sim: Sim, row: NetworkRow, details: NetworkDetails): object {
  const { endpoints, peers, services } = details;
  const labels = sortedKeys(row.labels ?? {});
  const bare = endpoints === null && Object.keys(labels).length === 0;
  return {
    Name: row.name,
    Id: row.networkId,
    Created: timestamp(sim, micros(row.createdAt)),
    Scope: row.scope,
    Driver: row.driver,
    EnableIPv4: row.enableIpv4,
    EnableIPv6: row.enableIpv6,
    IPAM: ipamOf(row),
    Internal: row.internal,
    Attachable: row.attachable,
    Ingress: row.ingress,
    ConfigFrom: { Network: row.configFrom },
    ConfigOnly: row.configOnly,
    Containers: endpoints && containersOf(endpoints),
    Options: sortedKeys(row.options),
    Labels: bare ? null : labels,
    ...(peers &&
      peers.length > 0 && { Peers: peers.map(({ name, ip }) => ({ Name: name, IP: ip })) }),
    ...(services && services.length > 0 && { Services: servicesOf(services) }),
  };
}

function containersOf(endpoints: readonly EndpointRow[]): object {
  const entries = endpoints.map((row): [string, object] => [
    row.containerId === '' ? `ep-${row.endpointId}` : row.containerId,
    {
      Name: row.name,
      EndpointID: row.endpointId,
      MacAddress: row.mac ?? '',
      IPv4Address:
        row.address === undefined ? '' : `${formatIpv4(row.address)}/${row.prefixLength}`,
      IPv6Address: '',
    },
  ]);
  return sortedKeys(Object.fromEntries(entries));
}

function servicesOf(services: readonly NetworkServiceView[]): object {
  const entries = services.map((service): [string, object] => [
    service.name,
    {
      VIP: service.vip,
      Ports: service.ports,
      LocalLBIndex: service.localLoadBalancerIndex,
      Tasks: service.tasks.map((task) => ({
        Name: task.name,
        EndpointID: task.endpointId,
        EndpointIP: task.endpointIp,
        Info: { 'Host IP': task.hostIp },
      })),
    },
  ]);
  return sortedKeys(Object.fromEntries(entries));
}
