// Removes tasks that nobody needs to look at any more: what was to be removed and has stopped, and old tasks beyond the
// history limit of their slot. Mirrors: swarmkit manager/orchestrator/taskreaper.
import { isTerminal, rank, type TaskRow } from '../objects.ts';
import type { LeaderPart, Swarm } from '../swarm.ts';

const defaultLimit = 5;

export class TaskReaper implements LeaderPart {
  readonly #swarm: Swarm;

  constructor(swarm: Swarm) {
    this.#swarm = swarm;
  }

  reconcile(): void {
    const { store } = this.#swarm;
    store.transaction(() => {
      const slots = new Map<string, TaskRow[]>();
      for (const task of store.all(store.rows.tasks)) {
        if (this.#isOver(task)) {
          store.remove(store.rows.tasks, task.id);
          continue;
        }
        if (task.serviceId === '') continue;
        const key = `${task.serviceId} ${task.slot === 0 ? task.nodeId : task.slot}`;
        slots.set(key, [...(slots.get(key) ?? []), task]);
      }
      for (const tasks of slots.values()) this.#trim(tasks);
      this.#finishServices();
    });
  }

  #isOver(task: TaskRow): boolean {
    const { rows } = this.#swarm.store;
    const { state } = task.status;
    if (task.serviceId === '') return isTerminal(state);
    if (state === 'orphaned') return true;
    const service = rows.services.get(task.serviceId);
    if (task.desiredState === 'remove' || !service)
      return isTerminal(state) || rank(state) < rank('assigned') || !rows.nodes.has(task.nodeId);
    return false;
  }

  #trim(tasks: readonly TaskRow[]): void {
    const { store } = this.#swarm;
    const [first] = tasks;
    const attempts = first?.spec.RestartPolicy?.MaxAttempts ?? 0;
    const given = store.clusterRow.spec.Orchestration.TaskHistoryRetentionLimit ?? defaultLimit;
    const limit = attempts > 0 ? attempts + 1 : given;
    if (limit < 0 || tasks.length <= limit) return;
    let surplus = tasks.length - limit;
    const oldest = [...tasks].sort((a, b) => a.status.at - b.status.at);
    for (const task of oldest) {
      if (surplus <= 0) return;
      const dead = isTerminal(task.status.state) && rank(task.desiredState) > rank('running');
      const never =
        rank(task.desiredState) > rank('running') && rank(task.status.state) < rank('assigned');
      if (!dead && !never) continue;
      store.remove(store.rows.tasks, task.id);
      surplus -= 1;
    }
  }

  /** A removed service is kept until its last task is gone. */
  #finishServices(): void {
    const { store } = this.#swarm;
    for (const service of store.all(store.rows.services))
      if (service.pendingDelete && store.rows.tasks.where('service', service.id).length === 0)
        store.remove(store.rows.services, service.id);
  }
}
