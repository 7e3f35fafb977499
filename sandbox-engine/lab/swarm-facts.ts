// What a lab's checks and values want to know of the swarm: a service, its tasks, where they are, and in which container.
import type { ContainerRow } from '../daemon/index.ts';
import {
  isPredefined,
  isTerminal,
  type ServiceRow,
  type SwarmNetworkRow,
  type SwarmNodeRow,
  type TaskRow,
  taskName,
} from '../swarmkit/index.ts';
import type { World } from './world.ts';

export const serviceNamed = (world: World, name: string): ServiceRow | undefined =>
  world.swarm.rows.services.all().find((row) => row.spec.Name === name && !row.pendingDelete);

/** Tasks whose container runs, in order of their slots; those that are being stopped do not count. */
export function runningTasks(world: World, service: string): readonly TaskRow[] {
  return world.swarm.rows.tasks
    .all()
    .filter(
      (task) =>
        task.serviceName === service &&
        task.status.state === 'running' &&
        !isTerminal(task.desiredState),
    )
    .toSorted((a, b) => a.slot - b.slot);
}

export const nodeNamed = (world: World, host: string): SwarmNodeRow | undefined =>
  world.swarm.rows.nodes.all().find((row) => row.description?.hostname === host);

export const hostOfTask = (world: World, task: TaskRow): string | undefined =>
  world.swarm.rows.nodes.get(task.nodeId)?.description?.hostname;

export const tasksOn = (world: World, service: string, host: string): readonly TaskRow[] =>
  runningTasks(world, service).filter((task) => hostOfTask(world, task) === host);

export function containerOfTask(world: World, task: TaskRow): ContainerRow | undefined {
  const host = hostOfTask(world, task);
  return host === undefined
    ? undefined
    : world.daemon.containers.where('host', host).find((row) => row.name === taskName(task));
}

/** A container as a check or a value names it: by its own name, or as that of a service's first task on the host. */
export function containerOf(
  world: World,
  host: string,
  { container, task }: { readonly container?: string; readonly task?: string },
): ContainerRow | undefined {
  if (task === undefined)
    return world.daemon.containers.where('host', host).find((row) => row.name === container);
  const [first] = tasksOn(world, task, host);
  return first && containerOfTask(world, first);
}

/** A network of the swarm that a manager lists though it has no part in it (yet). */
export function swarmNetworkOn(
  world: World,
  host: string,
  name: string,
): SwarmNetworkRow | undefined {
  const role = world.machines.get(host)?.role();
  if (role !== 'leader' && role !== 'manager') return undefined;
  return world.swarm.rows.networks
    .all()
    .find((row) => row.spec.Name === name && !isPredefined(row));
}
