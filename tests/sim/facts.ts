// What is true once the swarm rests, read once from the managers' rows: the other layers are held against it.
import { swarmView } from '../../sandbox-engine/lab/views/swarm.ts';
import { isTerminal, type TaskRow, taskName } from '../../sandbox-engine/swarmkit/index.ts';
import type { Model, ModelService } from './model.ts';
import type { SimWorld } from './world.ts';

export interface TaskFact {
  readonly id: string;
  readonly service: string;
  readonly host: string;
  /** The name of its container. */
  readonly container: string;
  /** By network. */
  readonly addresses: ReadonlyMap<string, string>;
}

export interface ServiceFact {
  readonly spec: ModelService;
  /** By network; none for dnsrr. */
  readonly virtualIps: ReadonlyMap<string, string>;
  /** Healthy: they run, are to run, and their node is there. */
  readonly tasks: readonly TaskFact[];
}

/** All that a law may look at. */
export interface Facts {
  readonly world: SimWorld;
  readonly model: Model;
  readonly services: readonly ServiceFact[];
  /** Nodes that a manager can reach, and so a test by commands on them. */
  readonly hosts: readonly string[];
  /** Names of the swarm's networks by id. */
  readonly networks: ReadonlyMap<string, string>;
}

/** A law says what breaks it, one line each: which layer says what, and what was to be expected. */
export type Law = (facts: Facts) => readonly string[];

export function factsOf(world: SimWorld, model: Model): Facts {
  const { rows } = world.world.swarm;
  const networks = new Map(rows.networks.all().map((row) => [row.id, row.spec.Name]));
  const hosts = model.reached();
  const named = (id: string): string => networks.get(id) ?? id;
  const hostOf = (task: TaskRow): string =>
    rows.nodes.get(task.nodeId)?.description?.hostname ?? '';
  const services = [...model.services.values()].map((spec): ServiceFact => {
    const row = rows.services
      .all()
      .find((service) => service.spec.Name === spec.name && !service.pendingDelete);
    return {
      spec,
      virtualIps: new Map(
        (row?.endpoint?.virtualIps ?? []).map(({ networkId, address }) => [
          named(networkId),
          bare(address),
        ]),
      ),
      tasks: rows.tasks
        .where('service', row?.id ?? '')
        .filter(
          (task) =>
            task.status.state === 'running' &&
            !isTerminal(task.desiredState) &&
            hosts.includes(hostOf(task)),
        )
        .map((task) => ({
          id: task.id,
          service: spec.name,
          host: hostOf(task),
          container: taskName(task),
          addresses: new Map(
            task.attachments.flatMap(({ networkId, addresses: [first] }) =>
              first === undefined ? [] : [[named(networkId), bare(first)] as const],
            ),
          ),
        })),
    };
  });
  return { world, model, services, hosts, networks };
}

export const bare = (address: string): string => address.split('/')[0] ?? '';

/** Sorted, as text: how lists are compared and shown. */
export const listed = (items: Iterable<string>): string => [...items].sort().join(' ') || 'nothing';

/** A line when two lists differ. */
export function differ(
  where: string,
  expected: Iterable<string>,
  found: Iterable<string>,
): readonly string[] {
  const [want, got] = [listed(expected), listed(found)];
  return want === got ? [] : [`${where}: expected ${want}; found ${got}`];
}

/** The service has something on that network that a load balancer there stands for. */
export const balancedOn = ({ spec, virtualIps, tasks }: ServiceFact, network: string): boolean =>
  tasks.length > 0 &&
  spec.endpoint === 'vip' &&
  virtualIps.has(network) &&
  (network === 'ingress' ? spec.publish?.mode === 'ingress' : spec.networks.includes(network));

export const viewOf = ({ world }: Facts) => swarmView(world.world);
