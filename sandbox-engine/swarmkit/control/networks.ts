// Making and removing swarm networks. Mirrors: swarmkit manager/controlapi/network.go.
import { err, type Failure, failure, ok, type Result } from '../../std/index.ts';
import { contains, overlaps, parseCidr, parseIpv4 } from '../../wire/index.ts';
import { usesIngress } from '../allocator/allocator.ts';
import { newId } from '../identity.ts';
import { rank, type SwarmNetworkRow } from '../objects.ts';
import { rpcError } from '../rpc.ts';
import type { IpamConfigSpec, SwarmNetworkSpecBody } from '../specs.ts';
import type { Swarm } from '../swarm.ts';

const invalid = (text: string) => err(rpcError('InvalidArgument', text));

function checkIpam({ Subnet, IPRange, Gateway }: IpamConfigSpec): Result<void, Failure> {
  const subnet = Subnet ? parseCidr(Subnet) : undefined;
  if (Subnet?.includes(':'))
    return err(failure('not_implemented', 'not simulated here: IPv6 networks'));
  if (Subnet && !subnet) return invalid(`ipam configuration: invalid subnet ${Subnet}`);
  if (IPRange) {
    const range = parseCidr(IPRange);
    if (!range) return invalid(`ipam configuration: invalid range ${IPRange}`);
    if (subnet && !(overlaps(subnet, range) && range.prefixLength >= subnet.prefixLength))
      return invalid(`ipam configuration: subnet ${Subnet} does not contain range ${IPRange}`);
  }
  if (Gateway) {
    const gateway = parseIpv4(Gateway);
    if (gateway === undefined) return invalid(`ipam configuration: invalid gateway ${Gateway}`);
    if (subnet && !contains(subnet, gateway))
      return invalid(`ipam configuration: subnet ${Subnet} does not contain gateway ${Gateway}`);
  }
  return ok(undefined);
}

/** Makes the network; the leader's allocator has seen it when this returns. */
export function createNetwork(
  swarm: Swarm,
  spec: SwarmNetworkSpecBody,
): Result<SwarmNetworkRow, Failure> {
  const { store } = swarm;
  if (spec.Ingress && spec.Attachable) return invalid('ingress network cannot be attachable');
  for (const config of spec.Ipam) {
    const checked = checkIpam(config);
    if (!checked.ok) return checked;
  }
  if (!['default', 'null'].includes(spec.IpamDriver))
    return invalid(`error during lookup of plugin ${spec.IpamDriver}`);
  const networks = store.all(store.rows.networks);
  const ingress = networks.find((network) => network.spec.Ingress);
  if (spec.Ingress && ingress)
    return err(rpcError('AlreadyExists', `ingress network (${ingress.id}) is already present`));
  if (networks.some((network) => network.spec.Name === spec.Name))
    return err(
      rpcError(
        'AlreadyExists',
        `name conflicts with an existing object: network ${spec.Name} already exists`,
      ),
    );
  const row = store.create(store.rows.networks, {
    id: newId(swarm.sim.rng('swarmkit/ids')),
    spec,
    subnets: [],
  });
  swarm.settle();
  return ok(store.rows.networks.must(row.id));
}

export function removeNetwork(swarm: Swarm, networkId: string): Result<void, Failure> {
  const { store } = swarm;
  const network = store.rows.networks.get(networkId);
  if (!network) return err(rpcError('NotFound', `network ${networkId} not found`));
  const user = network.spec.Ingress ? ingressUser(swarm, networkId) : userOf(swarm, networkId);
  if (user !== undefined) return err(rpcError('FailedPrecondition', user));
  store.remove(store.rows.networks, networkId);
  swarm.settle();
  return ok(undefined);
}

function ingressUser(swarm: Swarm, networkId: string): string | undefined {
  const { store } = swarm;
  const service = store
    .all(store.rows.services)
    .find((row) => !row.pendingDelete && usesIngress(row.spec.EndpointSpec ?? {}));
  return (
    service &&
    `ingress network ${networkId} cannot be removed because service ${service.id} depends on it`
  );
}

/** A service that names it, or a container that is attached to it by hand. */
function userOf(swarm: Swarm, networkId: string): string | undefined {
  const { store } = swarm;
  const service = store
    .all(store.rows.services)
    .find(
      (row) =>
        !row.pendingDelete &&
        row.spec.TaskTemplate.Networks?.some(({ Target }) => Target === networkId),
    );
  if (service) return `network ${networkId} is in use by service ${service.id}`;
  const task = store
    .all(store.rows.tasks)
    .find(
      (row) =>
        row.serviceId === '' &&
        rank(row.desiredState) <= rank('running') &&
        rank(row.status.state) <= rank('running') &&
        row.attachments.some((attachment) => attachment.networkId === networkId),
    );
  return task && `network ${networkId} is in use by task ${task.id}`;
}
