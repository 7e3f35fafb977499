// What all orchestrators share: making tasks, and telling whether one is still what its service asks for.
// Mirrors: swarmkit manager/orchestrator/{task,service}.go.

import { fitsConstraints } from '../constraint.ts';
import { newId } from '../identity.ts';
import {
  isTerminal,
  rank,
  type ServiceRow,
  type SwarmNodeRow,
  type TaskRow,
  type TaskState,
} from '../objects.ts';
import type { TaskSpec, UpdateConfig } from '../specs.ts';
import type { Swarm } from '../swarm.ts';

export const isReplicated = ({ spec }: ServiceRow): boolean => 'Replicated' in spec.Mode;
export const isGlobal = ({ spec }: ServiceRow): boolean => 'Global' in spec.Mode;
export const isReplicatedJob = ({ spec }: ServiceRow): boolean => 'ReplicatedJob' in spec.Mode;
export const isGlobalJob = ({ spec }: ServiceRow): boolean => 'GlobalJob' in spec.Mode;
export const isJob = (service: ServiceRow): boolean =>
  isReplicatedJob(service) || isGlobalJob(service);

export const replicasOf = ({ spec }: ServiceRow): number =>
  'Replicated' in spec.Mode ? (spec.Mode.Replicated.Replicas ?? 1) : 0;

/** Makes a task. `slot` 0 and a node for global services. */
export function createTask(
  swarm: Swarm,
  service: ServiceRow,
  place: { readonly slot: number; readonly nodeId: string },
  desiredState: TaskState,
): TaskRow {
  const { store, sim } = swarm;
  return store.create(store.rows.tasks, {
    id: newId(sim.rng('swarmkit/ids')),
    serviceId: service.id,
    serviceName: service.spec.Name,
    slot: place.slot,
    nodeId: place.nodeId,
    spec: service.spec.TaskTemplate,
    specVersion: service.specVersion,
    status: { at: sim.now(), state: 'new', message: 'created', error: '' },
    desiredState,
    attachments: [],
    endpoint: { spec: service.spec.EndpointSpec ?? {}, ports: [], virtualIps: [] },
    serviceLabels: service.spec.Labels,
    ...(service.job && { jobIteration: service.job.iteration }),
  });
}

/** States are only ever asked to go up. */
export function setDesired(swarm: Swarm, task: TaskRow, desiredState: TaskState): void {
  const { rows } = swarm.store;
  const current = rows.tasks.get(task.id);
  if (!current || rank(current.desiredState) >= rank(desiredState)) return;
  swarm.store.update(rows.tasks, task.id, { desiredState });
}

export const isRunnable = (task: TaskRow): boolean =>
  rank(task.desiredState) <= rank('running') && !isTerminal(task.status.state);

export const tasksOf = (swarm: Swarm, service: ServiceRow): TaskRow[] =>
  swarm.store.rows.tasks.where('service', service.id);

/** Nodes that tasks may stay on. */
export function isUsable(node: SwarmNodeRow | undefined): boolean {
  if (!node) return false;
  return node.status.state !== 'down' && node.spec.Availability !== 'drain';
}

const withoutPlacement = ({ Placement: _, ...rest }: TaskSpec): object => rest;

const ordered = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(ordered);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, part]) => [key, ordered(part)]),
  );
};

/** Do two specs, or parts of them, say the same? */
export const isSame = (a: unknown, b: unknown): boolean =>
  JSON.stringify(ordered(a)) === JSON.stringify(ordered(b));

/** Must the task be replaced? A new placement that its node fits is no reason; one that waits for a node is. */
export function isDirty(swarm: Swarm, service: ServiceRow, task: TaskRow): boolean {
  if (task.specVersion === service.specVersion) return false;
  const { TaskTemplate: wanted, EndpointSpec: endpoint = {} } = service.spec;
  if (!isSame(withoutPlacement(wanted), withoutPlacement(task.spec))) return true;
  if (!isSame(wanted.Placement ?? {}, task.spec.Placement ?? {})) {
    const node = swarm.store.rows.nodes.get(task.nodeId);
    return !node || !fitsConstraints(wanted.Placement?.Constraints, node);
  }
  const before = task.endpoint?.spec ?? {};
  return (
    (endpoint.Mode ?? 'vip') !== (before.Mode ?? 'vip') ||
    !isSame(endpoint.Ports ?? [], before.Ports ?? [])
  );
}

export const defaultUpdateConfig: Required<UpdateConfig> = {
  Parallelism: 1,
  Delay: 0,
  FailureAction: 'pause',
  Monitor: 5_000_000_000,
  MaxFailureRatio: 0,
  Order: 'stop-first',
};

export const updateConfigOf = (config: UpdateConfig | undefined): Required<UpdateConfig> => ({
  ...defaultUpdateConfig,
  ...config,
  Monitor: config?.Monitor || defaultUpdateConfig.Monitor,
});
