// Jobs: tasks that run to completion and are not run again. Mirrors: swarmkit manager/orchestrator/jobs.
import { fitsConstraints } from '../constraint.ts';
import { isTerminal, rank, type ServiceRow, type TaskRow } from '../objects.ts';
import type { LeaderPart, Swarm } from '../swarm.ts';
import type { RestartSupervisor } from './restart.ts';
import {
  createTask,
  isGlobalJob,
  isReplicatedJob,
  isUsable,
  setDesired,
  tasksOf,
} from './tasks.ts';

export class JobOrchestrator implements LeaderPart {
  readonly #swarm: Swarm;
  readonly #restarts: RestartSupervisor;

  constructor(swarm: Swarm, restarts: RestartSupervisor) {
    this.#swarm = swarm;
    this.#restarts = restarts;
  }

  stop(): void {}

  reconcile(): void {
    const { store } = this.#swarm;
    store.transaction(() => {
      for (const service of store.all(store.rows.services)) {
        if (service.pendingDelete || !service.job) continue;
        if (isReplicatedJob(service)) this.#replicated(service);
        else if (isGlobalJob(service)) this.#global(service);
      }
    });
  }

  /** The tasks of the present run; those of earlier ones are removed. */
  #current(service: ServiceRow): TaskRow[] {
    const all = tasksOf(this.#swarm, service);
    for (const task of all)
      if (task.jobIteration !== service.job?.iteration) setDesired(this.#swarm, task, 'remove');
    return all.filter((task) => task.jobIteration === service.job?.iteration);
  }

  #replaceFailed(service: ServiceRow, tasks: readonly TaskRow[]): void {
    for (const task of tasks) {
      if (rank(task.desiredState) > rank('complete')) continue;
      const node = this.#swarm.store.rows.nodes.get(task.nodeId);
      const lost = task.nodeId !== '' && !isTerminal(task.status.state) && !isUsable(node);
      const failed = isTerminal(task.status.state) && task.status.state !== 'complete';
      if (failed || lost) this.#restarts.restart(service, task);
    }
  }

  #replicated(service: ServiceRow): void {
    this.#replaceFailed(service, this.#current(service));
    const mode = 'ReplicatedJob' in service.spec.Mode ? service.spec.Mode.ReplicatedJob : {};
    const total = mode.TotalCompletions ?? mode.MaxConcurrent ?? 1;
    const together = mode.MaxConcurrent ?? total;
    const tasks = this.#current(service);
    const complete = tasks.filter((task) => task.status.state === 'complete').length;
    const running = tasks.filter(
      (task) => !isTerminal(task.status.state) && rank(task.desiredState) <= rank('complete'),
    ).length;
    const used = new Set(tasks.map((task) => task.slot));
    let missing = Math.min(together - running, total - complete - running);
    for (let slot = 0; missing > 0 && slot < total; slot += 1) {
      if (used.has(slot)) continue;
      createTask(this.#swarm, service, { slot, nodeId: '' }, 'complete');
      missing -= 1;
    }
  }

  #global(service: ServiceRow): void {
    const { store } = this.#swarm;
    this.#replaceFailed(service, this.#current(service));
    const tasks = this.#current(service);
    for (const node of store.all(store.rows.nodes)) {
      if (!isUsable(node) || node.spec.Availability !== 'active') continue;
      if (!fitsConstraints(service.spec.TaskTemplate.Placement?.Constraints, node)) continue;
      if (tasks.some((task) => task.nodeId === node.id)) continue;
      createTask(this.#swarm, service, { slot: 0, nodeId: node.id }, 'complete');
    }
  }
}
