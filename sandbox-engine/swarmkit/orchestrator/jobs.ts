// Jobs: tasks that run to completion and are not run again. Mirrors: swarmkit manager/orchestrator/jobs.
//
// A job is looked at when it has changed and when one of its tasks has ended, and at no other time: nodes that come later
// have to wait for the next of these, and so has a task that may not be restarted. Then another one takes its place, so that
// two tasks that fail keep each other going, and a single one does not (081:46-47).
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

const isWanted = (task: TaskRow): boolean => rank(task.desiredState) <= rank('complete');
const hasFailed = (task: TaskRow): boolean =>
  isWanted(task) && rank(task.status.state) > rank('complete');

/** What a job looked like, as far as it matters. */
interface Look {
  readonly version: number;
  /** Tasks that have ended and were not told to, with what is asked of them. */
  readonly ended: ReadonlySet<string>;
}

export class JobOrchestrator implements LeaderPart {
  readonly #swarm: Swarm;
  readonly #restarts: RestartSupervisor;
  #looked = new Map<string, Look>();

  constructor(swarm: Swarm, restarts: RestartSupervisor) {
    this.#swarm = swarm;
    this.#restarts = restarts;
  }

  stop(): void {}

  reconcile(): void {
    const { store } = this.#swarm;
    store.transaction(() => {
      const looked = new Map<string, Look>();
      for (const service of store.all(store.rows.services)) {
        if (service.pendingDelete || !service.job) continue;
        const look = this.#look(service);
        looked.set(service.id, look);
        // Once for each of them: what the first pass gives up, the second one finds missing.
        for (let news = newsOf(look, this.#looked.get(service.id)); news > 0; news -= 1) {
          if (isReplicatedJob(service)) this.#replicated(service);
          else if (isGlobalJob(service)) this.#global(service);
        }
      }
      this.#looked = looked;
    });
  }

  #look(service: ServiceRow): Look {
    const ended = tasksOf(this.#swarm, service).filter(
      (task) => isTerminal(task.status.state) && isWanted(task),
    );
    return {
      version: service.version,
      ended: new Set(ended.map(({ id, desiredState }) => `${id} ${desiredState}`)),
    };
  }

  #restartFailed(service: ServiceRow, tasks: readonly TaskRow[]): void {
    for (const task of tasks) if (hasFailed(task)) this.#restarts.restart(service, task);
  }

  #replicated(service: ServiceRow): void {
    const all = tasksOf(this.#swarm, service);
    const current = all.filter((task) => task.jobIteration === service.job?.iteration);
    const complete = current.filter((task) => task.status.state === 'complete');
    // What has failed and is to be run again counts as running.
    const running = current.filter((task) => task.status.state !== 'complete' && isWanted(task));
    const mode = 'ReplicatedJob' in service.spec.Mode ? service.spec.Mode.ReplicatedJob : {};
    const total = mode.TotalCompletions ?? mode.MaxConcurrent ?? 1;
    const together = mode.MaxConcurrent ?? total;
    const used = new Set([...complete, ...running].map(({ slot }) => slot));
    let missing = Math.min(together - running.length, total - complete.length - running.length);
    for (let slot = 0; missing > 0 && slot < total; slot += 1) {
      if (used.has(slot)) continue;
      createTask(this.#swarm, service, { slot, nodeId: '' }, 'complete');
      missing -= 1;
    }
    this.#restartFailed(service, running);
    // Of earlier runs what is complete stays in the list.
    for (const task of all)
      if (task.jobIteration !== service.job?.iteration && !isTerminal(task.status.state))
        setDesired(this.#swarm, task, 'remove');
  }

  #global(service: ServiceRow): void {
    const { store } = this.#swarm;
    const all = tasksOf(this.#swarm, service);
    const current = all.filter(
      (task) => task.jobIteration === service.job?.iteration && isWanted(task),
    );
    const constraints = service.spec.TaskTemplate.Placement?.Constraints;
    for (const node of store.all(store.rows.nodes)) {
      if (!fitsConstraints(constraints, node)) continue;
      const here = current.filter((task) => task.nodeId === node.id);
      if (!isUsable(node)) {
        for (const task of here)
          if (!isTerminal(task.status.state)) setDesired(this.#swarm, task, 'shutdown');
      } else if (
        here.length === 0 &&
        node.spec.Availability === 'active' &&
        node.status.state === 'ready'
      )
        createTask(this.#swarm, service, { slot: 0, nodeId: node.id }, 'complete');
    }
    this.#restartFailed(service, current);
    for (const task of all)
      if (task.jobIteration !== service.job?.iteration) setDesired(this.#swarm, task, 'remove');
  }
}

/** How many events there were. A job that is seen for the first time is new, or the leader is: it looks once. */
const newsOf = (look: Look, before: Look | undefined): number =>
  before
    ? (look.version === before.version ? 0 : 1) +
      [...look.ended].filter((task) => !before.ended.has(task)).length
    : 1;
