// Which names a service endpoint brings to its network.
//
// Mirrors: libnetwork/service_common.go (addEndpointNameResolution, deleteEndpointNameResolution). Names that belong to the
// one endpoint are owned by it; a service's name for its virtual address is owned by the load balancer, so that it stays
// while the last task is being stopped.
import { formatIpv4, type Ipv4 } from '../../wire/index.ts';
import type { LoadBalancerRow, NetworkRow, ServiceEndpointRow } from '../api.ts';
import type { Context } from '../context.ts';
import { addNames, type Name, removeNames } from '../names.ts';

const to =
  (address: Ipv4) =>
  (name: string): Name => ({ name, address, reverse: false });

/** A task's own names, `tasks.SERVICE`, and for dnsrr SERVICE itself. */
export function addEndpointNames(
  context: Context,
  network: NetworkRow,
  row: ServiceEndpointRow,
): void {
  if (network.ingress) return;
  const { name, aliases, address, service } = row;
  const own = name === '' ? [] : [{ name, address, reverse: true }];
  const names = [...own, ...aliases.map(to(address))];
  if (service) {
    const titles = [service.serviceName, ...service.aliases];
    names.push(...titles.map((title) => to(address)(`tasks.${title}`)));
    if (service.virtualIp === undefined) names.push(...titles.map(to(address)));
  }
  addNames(context, network.networkId, row.endpointId, names);
}

export const removeEndpointNames = (context: Context, row: ServiceEndpointRow): void =>
  removeNames(context, row.networkId, row.endpointId);

const ownerOf = (balancer: LoadBalancerRow): string =>
  `service ${balancer.serviceId} ${formatIpv4(balancer.virtualIp ?? (0 as Ipv4))}`;

/** The service's name and aliases mean its virtual address. */
export function addServiceNames(
  context: Context,
  network: NetworkRow,
  balancer: LoadBalancerRow,
  aliases: readonly string[],
): void {
  if (network.ingress || balancer.virtualIp === undefined) return;
  const names = [balancer.serviceName, ...aliases].map(to(balancer.virtualIp));
  addNames(context, network.networkId, ownerOf(balancer), names);
}

export const removeServiceNames = (context: Context, balancer: LoadBalancerRow): void =>
  removeNames(context, balancer.networkId, ownerOf(balancer));
