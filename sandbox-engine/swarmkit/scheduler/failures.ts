// How often each version of a service has failed on each node: the scheduler goes elsewhere when that is too often.
// Mirrors: swarmkit manager/scheduler/{scheduler,nodeinfo}.go (updateTask, taskFailed). What the scheduler has not placed
// itself does not count; a new leader begins anew.
import type { Micros } from '../../sim/index.ts';
import { rank, type TaskRow, type TaskState } from '../objects.ts';
import { isGlobal, isGlobalJob } from '../orchestrator/tasks.ts';
import type { SwarmChange } from '../store.ts';
import type { Swarm } from '../swarm.ts';
import { failureKey } from './ranking.ts';

/** Times of failures, by version of a service. */
export type FailureTimes = ReadonlyMap<string, readonly Micros[]>;

const none: FailureTimes = new Map();
const isFailure = (state: TaskState): boolean => state === 'failed' || state === 'rejected';
/** No more than these are needed to tell. */
const most = 20;

export class Failures {
  readonly #swarm: Swarm;
  readonly #byNode = new Map<string, Map<string, readonly Micros[]>>();

  constructor(swarm: Swarm) {
    this.#swarm = swarm;
    swarm.store.watchers.add(this.#watch);
  }

  stop(): void {
    this.#swarm.store.watchers.delete(this.#watch);
  }

  of(nodeId: string): FailureTimes {
    return this.#byNode.get(nodeId) ?? none;
  }

  readonly #watch = (changes: readonly SwarmChange[]): void => {
    for (const { kind, action, row, old } of changes)
      if (kind === 'tasks' && action === 'update') this.#note(row as TaskRow, old as TaskRow);
  };

  #note(task: TaskRow, old: TaskRow): void {
    if (!isFailure(task.status.state) || old.status.state === task.status.state) return;
    const { store, sim } = this.#swarm;
    const service = store.rows.services.get(task.serviceId);
    if (!service || isGlobal(service) || isGlobalJob(service)) return;
    if (rank(old.status.state) > rank('running')) return;
    const node = this.#byNode.get(task.nodeId) ?? new Map<string, readonly Micros[]>();
    this.#byNode.set(task.nodeId, node);
    const key = failureKey(task);
    node.set(key, [...(node.get(key) ?? []), sim.now()].slice(-most));
  }
}
