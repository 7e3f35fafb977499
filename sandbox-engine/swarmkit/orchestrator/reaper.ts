// Removes tasks that nobody needs to look at any more: what was to be removed and has stopped, and old tasks beyond the
// history limit of their slot. Mirrors: swarmkit manager/orchestrator/taskreaper. A slot is looked at when a task is made in
// it, so that a new limit shows with the next task; jobs keep all their tasks.
import { isTerminal, rank, type TaskRow } from '../objects.ts';
import type { SwarmChange } from '../store.ts';
import type { LeaderPart, Swarm } from '../swarm.ts';
import { isJob } from './tasks.ts';

const defaultLimit = 5;

/** A slot, by any of its tasks. */
const slotOf = ({ serviceId, slot, nodeId }: TaskRow): string =>
  `${serviceId} ${slot === 0 ? nodeId : slot}`;

export class TaskReaper implements LeaderPart {
  readonly #swarm: Swarm;
  /** Slots in which a task was made. */
  readonly #dirty = new Set<string>();

  constructor(swarm: Swarm) {
    this.#swarm = swarm;
    swarm.store.watchers.add(this.#watch);
  }

  stop(): void {
    this.#swarm.store.watchers.delete(this.#watch);
  }

  readonly #watch = (changes: readonly SwarmChange[]): void => {
    for (const { kind, action, row } of changes)
      if (kind === 'tasks' && action === 'create' && (row as TaskRow).serviceId !== '')
        this.#dirty.add(slotOf(row as TaskRow));
  };

  reconcile(): void {
    const { store } = this.#swarm;
    store.transaction(() => {
      const slots = new Map<string, TaskRow[]>();
      for (const task of store.all(store.rows.tasks)) {
        if (this.#isOver(task)) {
          store.remove(store.rows.tasks, task.id);
          continue;
        }
        const slot = slotOf(task);
        if (!this.#dirty.has(slot)) continue;
        const tasks = slots.get(slot);
        if (tasks) tasks.push(task);
        else slots.set(slot, [task]);
      }
      for (const slot of this.#dirty)
        if (this.#trim(slots.get(slot) ?? [])) this.#dirty.delete(slot);
      this.#finishServices();
    });
  }

  #isOver(task: TaskRow): boolean {
    const { rows } = this.#swarm.store;
    const { state } = task.status;
    if (task.serviceId === '') return isTerminal(state);
    const service = rows.services.get(task.serviceId);
    if (task.desiredState === 'remove' || !service)
      return isTerminal(state) || rank(state) < rank('assigned') || !rows.nodes.has(task.nodeId);
    return false;
  }

  /** False while more than one task of the slot runs: it is looked at again. */
  #trim(tasks: readonly TaskRow[]): boolean {
    const { store } = this.#swarm;
    const service = store.rows.services.get(tasks[0]?.serviceId ?? '');
    if (!service || isJob(service)) return true;
    const attempts = service.spec.TaskTemplate.RestartPolicy?.MaxAttempts ?? 0;
    const given = store.clusterRow.spec.Orchestration.TaskHistoryRetentionLimit ?? defaultLimit;
    // Attempts are counted in the history, should the leader change.
    const limit = attempts > 0 ? attempts + 1 : given;
    if (limit < 0 || tasks.length <= limit) return true;
    let surplus = tasks.length - limit;
    let running = 0;
    for (const task of tasks.toSorted((a, b) => a.status.at - b.status.at)) {
      const never =
        rank(task.desiredState) > rank('running') && rank(task.status.state) < rank('assigned');
      if (!isTerminal(task.status.state) && !never) running += 1;
      else {
        store.remove(store.rows.tasks, task.id);
        surplus -= 1;
        if (surplus <= 0) break;
      }
    }
    return running <= 1;
  }

  /** A removed service is kept until its last task is gone. */
  #finishServices(): void {
    const { store } = this.#swarm;
    for (const service of store.all(store.rows.services))
      if (service.pendingDelete && store.rows.tasks.where('service', service.id).length === 0)
        store.remove(store.rows.services, service.id);
  }
}
