// The whole swarm as it is drawn: hosts with what their managers say of them, what runs there, and what is published.
import type {
  NetworkView,
  PublishedPortView,
  SwarmHostView,
  SwarmServiceView,
  SwarmTaskView,
  SwarmView,
} from '../../protocol/index.ts';
import { compareNatural, compareText } from '../../std/index.ts';
import {
  isNodeLocal,
  isTerminal,
  type PortConfig,
  rank,
  type ServiceRow,
  type TaskRow,
  taskName,
} from '../../swarmkit/index.ts';
import { formatIpv4 } from '../../wire/index.ts';
import type { Machine, World } from '../world.ts';
import { networksOf } from './networks.ts';

export function swarmView(world: World): SwarmView {
  return {
    hosts: [...world.machines.values()].map((machine) => hostOf(world, machine)),
    services: world.swarm.rows.services
      .all()
      .filter((row) => !row.pendingDelete)
      .map((row) => serviceView(world, row))
      .sort((a, b) => compareText(a.name, b.name)),
    networks: swarmNetworks(world),
  };
}

function hostOf(world: World, machine: Machine): SwarmHostView {
  const { nodeId } = machine.cluster.node;
  const node = nodeId === undefined ? undefined : world.swarm.rows.nodes.get(nodeId);
  const tasks = node ? world.swarm.rows.tasks.where('node', node.id).filter(isThere) : [];
  const ofTasks = new Set(tasks.map(taskName));
  return {
    name: machine.name,
    address: machine.address,
    role: roleOf(world, machine),
    ...(node && { node: { state: node.status.state, availability: node.spec.Availability } }),
    ...cutOf(machine),
    networks: networksOf(world, machine.name),
    tasks: tasks
      .filter((task) => task.serviceId !== '')
      .map((task) => taskView(world, task))
      .sort((a, b) => compareNatural(a.name, b.name) || compareText(a.id, b.id)),
    containers: world.daemon.containers
      .where('host', machine.name)
      .filter((row) => !ofTasks.has(row.name) && !isOldTask(world, row.name))
      .map((row) => ({
        name: row.name,
        image: row.config.Image,
        state: row.state.status,
        addresses: addressesOf(world, machine.name, row.containerId),
      })),
  };
}

/** Asked for and not at its end; what has stopped is history. */
const isThere = (task: TaskRow): boolean =>
  !isTerminal(task.status.state) && rank(task.status.state) >= rank('assigned');

/** Containers of tasks that have ended lie around until the reaper comes. */
function isOldTask(world: World, container: string): boolean {
  const id = container.split('.').at(-1) ?? '';
  return /^[0-9a-z]{25}$/.test(id) && container.includes('.') && !isRunningTask(world, id);
}
const isRunningTask = (world: World, id: string): boolean => {
  const task = world.swarm.rows.tasks.get(id);
  return task !== undefined && isThere(task);
};

function addressesOf(world: World, host: string, containerId: string): string[] {
  return world.libnetwork.endpoints
    .where('host', host)
    .filter((endpoint) => endpoint.containerId === containerId)
    .flatMap(({ address }) => (address === undefined ? [] : [formatIpv4(address)]));
}

/** What keeps a machine from the LAN. */
export function cutOf({ power, host: { kernel } }: Machine): Pick<SwarmHostView, 'cut'> {
  const { power: state, plugged } = power.state;
  if (state !== 'on') return { cut: state };
  if (!plugged) return { cut: 'unplugged' };
  const uplink = kernel.linkByName(kernel.initNetns, 'eth0');
  return uplink?.up && uplink.segment !== undefined ? {} : { cut: 'down' };
}

/** What part it plays; of a machine whose engine does not run, what part the swarm has given it. */
export function roleOf(world: World, machine: Machine): SwarmHostView['role'] {
  const role = machine.role();
  const { nodeId } = machine.cluster.node;
  const node = nodeId === undefined ? undefined : world.swarm.rows.nodes.get(nodeId);
  return role === 'worker' && node?.spec.Role === 'manager' ? 'manager' : role;
}

export const shortTaskName = (task: TaskRow): string =>
  task.slot === 0 ? task.serviceName : `${task.serviceName}.${task.slot}`;

const networkName = (world: World, id: string): string =>
  world.swarm.rows.networks.get(id)?.spec.Name ?? id.slice(0, 12);

const bare = (address: string): string => address.split('/')[0] ?? '';

function taskView(world: World, task: TaskRow): SwarmTaskView {
  const addresses = task.attachments.flatMap(({ networkId, addresses }) => {
    const [address] = addresses;
    return address === undefined
      ? []
      : [{ network: networkName(world, networkId), address: bare(address) }];
  });
  return {
    id: task.id,
    name: shortTaskName(task),
    service: task.serviceName,
    state: task.status.state,
    // Its own networks first: everything published is on ingress too.
    addresses: addresses.sort(
      (a, b) =>
        Number(a.network === 'ingress') - Number(b.network === 'ingress') ||
        compareText(a.network, b.network),
    ),
    ports: published(task.status.ports ?? [], 'host'),
  };
}

const published = (ports: readonly PortConfig[], mode: PortConfig['PublishMode']) =>
  ports.flatMap((port): PublishedPortView[] =>
    port.PublishMode !== mode || port.PublishedPort === undefined
      ? []
      : [{ port: port.PublishedPort, target: port.TargetPort, protocol: port.Protocol }],
  );

function serviceView(world: World, row: ServiceRow): SwarmServiceView {
  const tasks = world.swarm.rows.tasks.where('service', row.id);
  const wanted = tasks.filter((task) => rank(task.desiredState) <= rank('running'));
  const { Mode } = row.spec;
  return {
    id: row.id,
    name: row.spec.Name,
    mode: 'Replicated' in Mode ? 'replicated' : 'Global' in Mode ? 'global' : 'job',
    running: tasks.filter((task) => task.status.state === 'running' && wanted.includes(task))
      .length,
    desired: 'Replicated' in Mode ? (Mode.Replicated.Replicas ?? 1) : wanted.length,
    virtualIps: (row.endpoint?.virtualIps ?? []).map(({ networkId, address }) => ({
      network: networkName(world, networkId),
      address: bare(address),
    })),
    ports: published(row.endpoint?.ports ?? [], 'ingress'),
  };
}

function swarmNetworks(world: World): NetworkView[] {
  return world.swarm.rows.networks
    .all()
    .filter((row) => !isNodeLocal(row))
    .map((row): NetworkView => {
      const [first] = row.subnets;
      return {
        id: row.id,
        name: row.spec.Name,
        driver: 'overlay',
        scope: 'swarm',
        ...(first && { subnet: first.subnet, gateway: first.gateway, vni: first.vni }),
        ...('encrypted' in row.spec.DriverOptions && { encrypted: true }),
      };
    })
    .sort((a, b) => compareText(a.name, b.name));
}
