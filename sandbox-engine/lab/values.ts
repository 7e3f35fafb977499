// A lab's live placeholders: values that differ from run to run, read from the state.
import type { ContainerRow } from '../daemon/index.ts';
import type { EndpointRow } from '../libnetwork/index.ts';
import type { ContainerField, ValueSource } from '../protocol/index.ts';
import { unreachable } from '../std/index.ts';
import { formatIpv4 } from '../wire/index.ts';
import {
  containerOf,
  containerOfTask,
  hostOfTask,
  nodeNamed,
  runningTasks,
  serviceNamed,
  swarmNetworkOn,
} from './swarm-facts.ts';
import type { World } from './world.ts';

/** All placeholders that have a value now. */
export function valuesOf(
  world: World,
  sources: Readonly<Record<string, ValueSource>>,
): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [name, source] of Object.entries(sources)) {
    const value = sourced(world, source);
    if (value !== undefined && value !== '') values[name] = value;
  }
  return values;
}

/** Puts values, written as `write` says, in place of `{{name}}`; the names that have none are left and listed. */
export function fillIn(
  text: string,
  values: Readonly<Record<string, string>>,
  write: (value: string) => string = (value) => value,
): { readonly text: string; readonly missing: readonly string[] } {
  const missing: string[] = [];
  const filled = text.replace(/\{\{([\w-]+(?:\.[\w-]+)+)\}\}/g, (whole, name: string) => {
    const value = values[name];
    if (value === undefined) missing.push(name);
    return value === undefined ? whole : write(value);
  });
  return { text: filled, missing };
}

type SourceOf<Kind extends ValueSource['of']> = Extract<ValueSource, { of: Kind }>;

function sourced(world: World, source: ValueSource): string | undefined {
  switch (source.of) {
    case 'container': {
      const row = containerOf(world, source.host, source);
      return row && containerValue(world, row, source.field, source.network);
    }
    case 'task':
      return taskValue(world, source);
    case 'service':
      return serviceValue(world, source);
    case 'network':
      return networkValue(world, source);
    case 'node': {
      const row = nodeNamed(world, source.node);
      return source.field === 'id' ? row?.id : row?.status.address;
    }
    default:
      return unreachable(source);
  }
}

function containerValue(
  world: World,
  row: ContainerRow,
  field: ContainerField,
  network: string | undefined,
): string | undefined {
  switch (field) {
    case 'id':
      return row.containerId;
    case 'shortId':
      return row.containerId.slice(0, 12);
    case 'prefix':
      return row.containerId.slice(0, 3);
    case 'name':
      return row.name;
    case 'pid':
      return row.state.pid === 0 ? undefined : String(row.state.pid);
    case 'sandbox':
      return world.libnetwork.sandboxes
        .where('host', row.host)
        .find((sandbox) => sandbox.containerId === row.containerId)
        ?.key.split('/')
        .at(-1);
    default:
      return endpointValue(world, row, field, network);
  }
}

function endpointValue(
  world: World,
  { host, containerId }: ContainerRow,
  field: 'address' | 'mac' | 'gateway',
  network: string | undefined,
): string | undefined {
  const endpoint = world.libnetwork.endpoints
    .where('host', host)
    .find(
      (row: EndpointRow) =>
        row.containerId === containerId && (network === undefined || row.networkName === network),
    );
  if (field === 'mac') return endpoint?.mac;
  const address = field === 'gateway' ? endpoint?.gateway : endpoint?.address;
  return address === undefined ? undefined : formatIpv4(address);
}

function taskValue(world: World, source: SourceOf<'task'>): string | undefined {
  const { host, notOn, slot, field, network } = source;
  const task = runningTasks(world, source.task).find((candidate) => {
    const where = hostOfTask(world, candidate);
    return (
      (host === undefined || where === host) &&
      (notOn === undefined || where !== notOn) &&
      (slot === undefined || candidate.slot === slot)
    );
  });
  if (!task) return undefined;
  if (field === 'taskId') return task.id;
  if (field === 'host') return hostOfTask(world, task);
  const row = containerOfTask(world, task);
  return row && containerValue(world, row, field, network);
}

function serviceValue(world: World, source: SourceOf<'service'>): string | undefined {
  const service = serviceNamed(world, source.service);
  if (!service) return undefined;
  if (source.field === 'id') return service.id;
  if (source.field === 'shortId') return service.id.slice(0, 12);
  const { networks } = world.swarm.rows;
  return service.endpoint?.virtualIps
    .find(
      ({ networkId }) =>
        source.network === undefined || networks.get(networkId)?.spec.Name === source.network,
    )
    ?.address.replace(/\/\d+$/, '');
}

function networkValue(world: World, source: SourceOf<'network'>): string | undefined {
  const { network, host, field } = source;
  const row = world.libnetwork.networks
    .where('host', host)
    .find((candidate) => candidate.name === network);
  const swarmRow = swarmNetworkOn(world, host, network);
  const id = row?.networkId ?? swarmRow?.id;
  if (id === undefined) return undefined;
  const subnet = row?.subnets[0] ?? swarmRow?.subnets[0];
  const namespaces = world.libnetwork.namespaces.where('host', host);
  switch (field) {
    case 'id':
      return id;
    case 'shortId':
      return id.slice(0, 12);
    case 'bridge':
      return row?.bridge;
    case 'subnet':
      return subnet?.subnet;
    case 'gateway':
      return subnet?.gateway;
    case 'vni':
      return subnet?.vni === undefined ? undefined : String(subnet.vni);
    case 'namespace':
      return namespaces.find((one) => one.kind === 'overlay' && one.networkId === id)?.key;
    case 'balancer': {
      const name = row?.ingress ? 'ingress_sbox' : `lb_${id.slice(0, 9)}`;
      return namespaces.find(({ key }) => key === name)?.key;
    }
    default:
      return unreachable(field);
  }
}
