// The containers of one host on one network, and their way out through docker_gwbridge: what the two classic drawings show.
import type { LinkRow } from '../../kernel/index.ts';
import type { EndpointRow } from '../../libnetwork/index.ts';
import type { AttachmentEnd, AttachmentsView, AttachmentView } from '../../protocol/index.ts';
import { compareNatural } from '../../std/index.ts';
import { formatIpv4 } from '../../wire/index.ts';
import type { Machine, World } from '../world.ts';
import { networkView } from './networks.ts';
import { shortTaskName } from './swarm.ts';

const gatewayNetwork = 'docker_gwbridge';

export function attachmentsView(world: World, machine: Machine, network: string): AttachmentsView {
  const host = machine.name;
  const endpoints = world.libnetwork.endpoints.where('host', host);
  const rows = world.libnetwork.networks.where('host', host);
  const row = rows.find((candidate) => candidate.name === network);
  const gateway = rows.find((candidate) => candidate.name === gatewayNetwork);
  const attachments = endpoints
    .filter((endpoint) => endpoint.networkId === row?.networkId)
    .map((endpoint) => attachmentView(world, machine, endpoint, endpoints));
  // The way out of ingress_sbox stands beside those of the containers.
  const known = new Set(attachments.map(({ id }) => id));
  if (row && network !== 'ingress')
    for (const endpoint of endpoints)
      if (endpoint.networkName === 'ingress' && isIngress(world, endpoint)) {
        const { end: _, ...rest } = attachmentView(world, machine, endpoint, endpoints);
        if (rest.gatewayEnd && !known.has(rest.id)) attachments.push(rest);
      }
  return {
    host,
    network,
    ...(row && { present: networkView(row) }),
    attachments: attachments.sort(
      (a, b) =>
        Number(a.kind !== 'container') - Number(b.kind !== 'container') ||
        compareNatural(a.task ?? a.name, b.task ?? b.name),
    ),
    ...(gateway && { gateway: networkView(gateway) }),
  };
}

const isIngress = (world: World, { sandbox }: EndpointRow): boolean =>
  world.libnetwork.sandboxes.get(sandbox)?.key.endsWith('ingress_sbox') === true;

function attachmentView(
  world: World,
  machine: Machine,
  endpoint: EndpointRow,
  all: readonly EndpointRow[],
): AttachmentView {
  const sandbox = world.libnetwork.sandboxes.get(endpoint.sandbox);
  const key = sandbox?.key.split('/').at(-1) ?? '';
  const kind = isIngress(world, endpoint)
    ? 'ingress'
    : key.startsWith('lb_')
      ? 'loadbalancer'
      : 'container';
  const taskId = (sandbox?.containerName ?? '').split('.').at(-1) ?? '';
  const task = world.swarm.rows.tasks.get(taskId);
  const { service } = endpoint.settings;
  const out = all.find(
    (other) => other.sandbox === endpoint.sandbox && other.networkName === gatewayNetwork,
  );
  const end = endOf(machine, endpoint);
  const gatewayEnd = out && out !== endpoint ? endOf(machine, out) : undefined;
  return {
    id: endpoint.sandbox,
    kind,
    name: kind === 'container' ? (sandbox?.containerName ?? endpoint.name) : key,
    ...(task && { task: shortTaskName(task), service: task.serviceName }),
    ...(end && { end }),
    virtualIps: service?.virtualIp === undefined ? [] : [bare(service.virtualIp)],
    ...(gatewayEnd && { gatewayEnd }),
  };
}

const bare = (address: string): string => address.split('/')[0] ?? '';

/** The interface inside, found from the end outside: a veth pair knows itself by its numbers. */
function endOf({ host: { kernel } }: Machine, endpoint: EndpointRow): AttachmentEnd | undefined {
  const outer = endpoint.hostLink && kernel.link(endpoint.hostLink);
  const inner = outer && innerOf(outer);
  if (!outer || !inner || endpoint.address === undefined) return undefined;
  return {
    device: inner.name,
    index: inner.ifindex,
    address: formatIpv4(endpoint.address),
    mac: inner.mac,
    peer: outer.name,
    peerIndex: outer.ifindex,
  };

  function innerOf(link: LinkRow): LinkRow | undefined {
    return link.peer === undefined ? undefined : kernel.link(link.peer);
  }
}
