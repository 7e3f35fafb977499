// The three directions of traffic of one task, from what is set up now: in through the mesh, across the overlays, out through
// docker_gwbridge. A part that does not exist is left out.
import { formatRule, type RuleRow } from '../../kernel/index.ts';
import type { EndpointRow, NetworkRow } from '../../libnetwork/index.ts';
import type { DirectionsView } from '../../protocol/index.ts';
import type { ServiceRow, TaskRow } from '../../swarmkit/index.ts';
import { formatIpv4, type Ipv4 } from '../../wire/index.ts';
import { containerOfTask, hostOfTask, runningTasks, serviceNamed } from '../swarm-facts.ts';
import type { Machine, World } from '../world.ts';
import { shortTaskName } from './swarm.ts';

const gatewayNetwork = 'docker_gwbridge';

/** A running task with what its machine knows of it. */
interface Placed {
  readonly task: TaskRow;
  readonly machine: Machine;
  readonly container: string;
  readonly endpoints: readonly EndpointRow[];
}

export function directionsView(world: World, service: string): DirectionsView {
  const row = serviceNamed(world, service);
  const placed = runningTasks(world, service).flatMap((task) => locate(world, task) ?? []);
  const [first] = placed;
  if (!row || !first) return { service, eastWest: [] };
  const inbound = inboundOf(world, row, first, placed);
  const northSouth = outboundOf(world, first);
  return {
    service,
    task: {
      name: shortTaskName(first.task),
      host: first.machine.name,
      container: first.container,
      interfaces: first.endpoints.map((endpoint) => ({
        device: endpoint.interfaceName,
        network: endpoint.networkName,
        address: addressOf(endpoint),
      })),
    },
    ...(inbound && { inbound }),
    eastWest: first.endpoints.flatMap((endpoint) => acrossOf(world, first, endpoint, placed) ?? []),
    ...(northSouth && { northSouth }),
  };
}

const addressOf = ({ address }: EndpointRow): string =>
  address === undefined ? '' : formatIpv4(address);

function locate(world: World, task: TaskRow): Placed | undefined {
  const machine = world.machines.get(hostOfTask(world, task) ?? '');
  const container = containerOfTask(world, task);
  if (!machine || !container) return undefined;
  const endpoints = world.libnetwork.endpoints
    .where('host', machine.name)
    .filter((row) => row.containerId === container.containerId)
    .sort((a, b) => (a.interfaceName < b.interfaceName ? -1 : 1));
  return { task, machine, container: container.name, endpoints };
}

const rulesOf = ({ host }: Machine, chain: string): readonly RuleRow[] =>
  host.up ? host.kernel.netfilter(host.kernel.initNetns).rules('nat', chain) : [];

const written = (rule: RuleRow): string => `-t nat -A ${rule.chain} ${formatRule(rule.spec)}`;

const isPort = ({ spec }: RuleRow, port: number): boolean =>
  spec.matches.some(
    (match) => 'destinationPorts' in match && match.destinationPorts?.value.from === port,
  );

/** Through a node that has no task of the service, if there is one: there the mesh has most to do. */
function inboundOf(
  world: World,
  row: ServiceRow,
  first: Placed,
  placed: readonly Placed[],
): DirectionsView['inbound'] {
  const port = row.endpoint?.ports.find(({ PublishMode }) => PublishMode === 'ingress');
  if (port?.PublishedPort === undefined) return undefined;
  const published = port.PublishedPort;
  const entries = [...world.machines.values()].filter((machine) =>
    rulesOf(machine, 'DOCKER-INGRESS').some((rule) => isPort(rule, published)),
  );
  const entry =
    entries.find((machine) => placed.every((one) => one.machine !== machine)) ??
    entries.find((machine) => machine !== first.machine) ??
    entries[0];
  const rule = entry && rulesOf(entry, 'DOCKER-INGRESS').find((one) => isPort(one, published));
  if (!entry || !rule) return undefined;
  const sandbox = world.libnetwork.sandboxes
    .where('host', entry.name)
    .find(({ key }) => key.endsWith('ingress_sbox'));
  const ends = sandbox ? world.libnetwork.endpoints.where('sandbox', sandbox.id) : [];
  const on = (network: string) => ends.find(({ networkName }) => networkName === network);
  const balancer = world.libnetwork.loadBalancers
    .where('host', entry.name)
    .find(({ serviceId, ports }) => serviceId === row.id && ports.length > 0);
  const own = first.endpoints.find(({ networkName }) => networkName === 'ingress');
  return {
    port: published,
    target: port.TargetPort,
    protocol: port.Protocol,
    entry: entry.name,
    entryAddress: entry.address,
    rule: written(rule),
    sandboxGatewayAddress: maybe(on(gatewayNetwork)),
    sandboxAddress: maybe(on('ingress')),
    balancer: balancer ? `FWM ${balancer.fwmark}` : '',
    taskAddress: maybe(own),
    redirect: redirectOf(world, first, published),
  };
}

const maybe = (endpoint: EndpointRow | undefined): string =>
  endpoint === undefined ? '' : addressOf(endpoint);

/** The rule in the task's own namespace that turns the published port into the program's. */
function redirectOf(world: World, { machine, endpoints }: Placed, port: number): string {
  const sandbox = world.libnetwork.sandboxes.get(endpoints[0]?.sandbox ?? '');
  if (!sandbox) return '';
  const rule = machine.host.kernel
    .netfilter(sandbox.netns)
    .rules('nat', 'PREROUTING')
    .find((one) => one.spec.target?.name === 'REDIRECT' && isPort(one, port));
  return rule ? written(rule) : '';
}

function networkOf(world: World, { host, networkId }: EndpointRow): NetworkRow | undefined {
  return world.libnetwork.networks.get(`${host}/${networkId}`);
}

function acrossOf(
  world: World,
  first: Placed,
  endpoint: EndpointRow,
  placed: readonly Placed[],
): DirectionsView['eastWest'][number] | undefined {
  const network = networkOf(world, endpoint);
  if (network?.driver !== 'overlay' || network.ingress) return undefined;
  const vni = network.subnets[0]?.vni;
  const namespace = world.libnetwork.namespaces
    .where('host', first.machine.name)
    .find(({ kind, networkId }) => kind === 'overlay' && networkId === network.networkId);
  return {
    network: network.name,
    ...(vni !== undefined && { vni }),
    encrypted: 'encrypted' in network.options,
    device: endpoint.interfaceName,
    address: addressOf(endpoint),
    namespace: namespace?.key ?? '',
    hostAddress: first.machine.address,
    peers: placed.flatMap((other) => {
      const its = other.endpoints.find(({ networkId }) => networkId === endpoint.networkId);
      if (other === first || !its) return [];
      return [
        {
          name: shortTaskName(other.task),
          host: other.machine.name,
          hostAddress: other.machine.address,
          address: addressOf(its),
        },
      ];
    }),
  };
}

function outboundOf(world: World, { machine, endpoints }: Placed): DirectionsView['northSouth'] {
  const endpoint = endpoints.find(({ networkName }) => networkName === gatewayNetwork);
  const network = endpoint && networkOf(world, endpoint);
  if (!endpoint || !network) return undefined;
  const { kernel } = machine.host;
  const rule = rulesOf(machine, 'POSTROUTING').find(
    ({ spec }) =>
      spec.target?.name === 'MASQUERADE' &&
      spec.source !== undefined &&
      !spec.source.not &&
      spec.outInterface?.not === true &&
      spec.outInterface.value === network.bridge,
  );
  const way = kernel
    .routes(kernel.initNetns, 'main')
    .find(({ destination }) => destination.prefixLength === 0);
  const uplink = way?.link === undefined ? undefined : kernel.link(way.link);
  return {
    device: endpoint.interfaceName,
    address: addressOf(endpoint),
    bridge: network.bridge ?? network.name,
    bridgeAddress: network.subnets[0]?.gateway ?? '',
    rule: rule ? written(rule) : '',
    uplink: uplink?.name ?? '',
    uplinkAddress: machine.address,
    router: way?.via === undefined ? '' : formatIpv4(way.via as Ipv4),
  };
}
