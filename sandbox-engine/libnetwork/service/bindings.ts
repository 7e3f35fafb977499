// From a row of the table of service endpoints to what a node does with it: names, a load balancer, a server in it.
//
// Mirrors: libnetwork/service_common.go (addServiceBinding, rmServiceBinding): a load balancer for each service and network
// comes with the first endpoint and goes with the last; disabled ones still count.
import { parseIpv4 } from '../../wire/index.ts';
import type { LoadBalancerRow, NetworkRow, ServiceEndpointRow } from '../api.ts';
import type { State } from '../state.ts';
import { addServer, disableServer, removeBalancer, removeServer } from './balancer.ts';
import {
  addEndpointNames,
  addServiceNames,
  removeEndpointNames,
  removeServiceNames,
} from './resolution.ts';

type Task = ServiceEndpointRow & { readonly service: NonNullable<ServiceEndpointRow['service']> };

const isTask = (row: ServiceEndpointRow): row is Task => row.service !== undefined;

/** Only on ingress do a service's ports make a difference to its load balancer. */
const portsOf = (network: NetworkRow, { service }: Task): LoadBalancerRow['ports'] =>
  network.ingress ? service.ports : [];

const balancerId = (network: NetworkRow, task: Task): string => {
  const ports = portsOf(network, task).map(
    ({ protocol, publishedPort, targetPort }) => `${protocol}:${publishedPort}:${targetPort}`,
  );
  return `${network.id}/${task.service.serviceId}/${ports.join(',')}`;
};

/** The endpoints that have the same load balancer. */
const tasksOf = (
  { context }: State,
  network: NetworkRow,
  balancer: LoadBalancerRow,
): ServiceEndpointRow[] =>
  context.rows.serviceEndpoints
    .where('network', network.id)
    .filter((row) => isTask(row) && balancerId(network, row) === balancer.id);

/** An endpoint takes requests. */
export function bind(state: State, network: NetworkRow, row: ServiceEndpointRow): void {
  if (!isTask(row)) {
    addEndpointNames(state.context, network, row);
    return;
  }
  const { loadBalancers } = state.context.rows;
  const found = loadBalancers.get(balancerId(network, row));
  const balancer = found ?? loadBalancers.put(newBalancer(state, network, row));
  addServer(state, network, balancer, row.address);
  addEndpointNames(state.context, network, row);
  if (!found) addServiceNames(state.context, network, balancer, row.service.aliases);
}

function newBalancer(state: State, network: NetworkRow, task: Task): LoadBalancerRow {
  const { serviceId, serviceName, virtualIp } = task.service;
  const { services, context } = state;
  const fwmark = services.nextMark;
  services.nextMark += 1;
  return {
    id: balancerId(network, task),
    host: context.host,
    networkId: network.networkId,
    serviceId,
    serviceName,
    virtualIp: virtualIp === undefined ? undefined : parseIpv4(virtualIp.split('/')[0] ?? ''),
    fwmark,
    ports: portsOf(network, task),
  };
}

/** An endpoint is going to be stopped: nobody is sent there any more. */
export function disable(state: State, network: NetworkRow, row: ServiceEndpointRow): void {
  removeEndpointNames(state.context, row);
  const balancer = isTask(row) && state.context.rows.loadBalancers.get(balancerId(network, row));
  if (balancer) disableServer(state, network, balancer, row.address);
}

/** An endpoint is gone; its row is not in the table any more. */
export function unbind(state: State, network: NetworkRow, row: ServiceEndpointRow): void {
  const { context } = state;
  removeEndpointNames(context, row);
  const balancer = isTask(row) && context.rows.loadBalancers.get(balancerId(network, row));
  if (!balancer) return;
  removeServer(state, network, balancer, row.address);
  if (tasksOf(state, network, balancer).length > 0) return;
  removeBalancer(state, network, balancer);
  removeServiceNames(context, balancer);
  context.rows.loadBalancers.remove(balancer.id);
}
