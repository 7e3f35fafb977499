// Keeps replicated and global services at what they ask for: makes missing tasks, removes surplus ones, replaces those that
// have ended, and rolls changes out. Mirrors: swarmkit manager/orchestrator/{replicated,global}.

import { fitsConstraints } from '../constraint.ts';
import { isTerminal, rank, type ServiceRow, type SwarmNodeRow, type TaskRow } from '../objects.ts';
import type { LeaderPart, Swarm } from '../swarm.ts';
import { JobOrchestrator } from './jobs.ts';
import { needsRestart, RestartSupervisor } from './restart.ts';
import {
  createTask,
  isDirty,
  isGlobal,
  isReplicated,
  isUsable,
  replicasOf,
  setDesired,
  tasksOf,
} from './tasks.ts';
import { Updater } from './update.ts';

export class ServiceOrchestrator implements LeaderPart {
  readonly #swarm: Swarm;
  readonly restarts: RestartSupervisor;
  readonly #updaters = new Map<string, Updater>();
  /** The services as they were when they were last looked at. */
  readonly #looked = new Map<string, ServiceRow>();

  constructor(swarm: Swarm, restarts: RestartSupervisor) {
    this.#swarm = swarm;
    this.restarts = restarts;
  }

  stop(): void {
    for (const updater of this.#updaters.values()) updater.cancel();
    this.#updaters.clear();
  }

  reconcile(): void {
    const { store } = this.#swarm;
    store.transaction(() => {
      for (const service of store.all(store.rows.services)) {
        if (service.pendingDelete) this.#remove(service);
        else if (isReplicated(service)) this.#replicated(service);
        else if (isGlobal(service)) this.#global(service);
      }
      for (const id of [...this.#updaters.keys()])
        if (!store.rows.services.has(id)) {
          this.#updaters.get(id)?.cancel();
          this.#updaters.delete(id);
        }
      for (const id of [...this.#looked.keys()])
        if (!store.rows.services.has(id)) this.#looked.delete(id);
    });
  }

  /** `service rm`: all its tasks go; the service's row with the last of them. */
  #remove(service: ServiceRow): void {
    this.#updaters.get(service.id)?.cancel();
    this.#updaters.delete(service.id);
    for (const task of tasksOf(this.#swarm, service)) setDesired(this.#swarm, task, 'remove');
  }

  // ---- replicated -----------------------------------------------------------------------

  #replicated(service: ServiceRow): void {
    this.#replaceEnded(service);
    const slots = this.#runnableSlots(service);
    const wanted = replicasOf(service);
    if (this.#looked.get(service.id) !== service) this.#forgetDeadSlots(service, slots, wanted);
    this.#looked.set(service.id, service);
    if (slots.size > wanted) this.#shrink(slots, wanted);
    else if (slots.size < wanted) this.#grow(service, slots, wanted - slots.size);
    this.#rollOut(service, [...this.#runnableSlots(service).values()]);
  }

  /** Tasks that have ended, or whose node is down, drained or gone. */
  #replaceEnded(service: ServiceRow): void {
    const { rows } = this.#swarm.store;
    for (const task of tasksOf(this.#swarm, service)) {
      if (rank(task.desiredState) > rank('running')) continue;
      const lost = task.nodeId !== '' && !isUsable(rows.nodes.get(task.nodeId));
      if (needsRestart(task) || lost) this.restarts.restart(service, task);
    }
  }

  /**
   * Slots with something that runs or is to run. A slot whose last task may not be restarted any more counts too: otherwise
   * it would be filled again. A change of the service replaces that task as it does others.
   */
  #runnableSlots(service: ServiceRow): Map<number, TaskRow[]> {
    const slots = new Map<number, TaskRow[]>();
    const dead = new Map<number, TaskRow[]>();
    for (const task of tasksOf(this.#swarm, service)) {
      const into = rank(task.desiredState) <= rank('running') ? slots : dead;
      into.set(task.slot, [...(into.get(task.slot) ?? []), task]);
    }
    if (service.updateStatus?.state === 'rollback_started') return slots;
    for (const [slot, tasks] of dead) {
      if (slots.has(slot)) continue;
      const newest = tasks.reduce((a, b) => (b.status.at > a.status.at ? b : a));
      if (!this.restarts.shouldRestart(service, newest)) slots.set(slot, [newest]);
    }
    return slots;
  }

  #grow(
    service: ServiceRow,
    slots: ReadonlyMap<number, readonly TaskRow[]>,
    missing: number,
  ): void {
    let slot = 0;
    for (let made = 0; made < missing; ) {
      slot += 1;
      if (slots.has(slot)) continue;
      createTask(this.#swarm, service, { slot, nodeId: '' }, 'running');
      made += 1;
    }
  }

  /** Takes from the nodes with the most tasks; what does not run yet goes first, then high slots. */
  #shrink(slots: ReadonlyMap<number, readonly TaskRow[]>, wanted: number): void {
    const runs = (tasks: readonly TaskRow[]) =>
      tasks.some((task) => task.status.state === 'running' && task.desiredState === 'running');
    const list = [...slots].sort(([a, x], [b, y]) => Number(runs(y)) - Number(runs(x)) || a - b);
    const seen = new Map<string, number>();
    const numbered = list.map(([slot, tasks]) => {
      const node = tasks.find((task) => task.nodeId !== '')?.nodeId;
      if (node === undefined) return { slot, tasks, ordinal: Number.MAX_SAFE_INTEGER };
      const ordinal = (seen.get(node) ?? 0) + 1;
      seen.set(node, ordinal);
      return { slot, tasks, ordinal };
    });
    numbered.sort((a, b) => a.ordinal - b.ordinal);
    for (const { tasks } of numbered.slice(wanted))
      for (const task of tasks) setDesired(this.#swarm, task, 'remove');
  }

  /**
   * The old tasks of slots that have been scaled away stay in the list until the service is changed for the next time; of a
   * slot that is filled again they are its history (053:56-60).
   */
  #forgetDeadSlots(
    service: ServiceRow,
    slots: ReadonlyMap<number, readonly TaskRow[]>,
    wanted: number,
  ): void {
    const filled = new Set(slots.keys());
    for (let slot = 1; filled.size < wanted; slot += 1) filled.add(slot);
    const { store } = this.#swarm;
    for (const task of tasksOf(this.#swarm, service))
      if (!filled.has(task.slot)) store.remove(store.rows.tasks, task.id);
  }

  // ---- global ---------------------------------------------------------------------------

  #global(service: ServiceRow): void {
    const { store } = this.#swarm;
    const tasks = tasksOf(this.#swarm, service);
    const nodes = store.all(store.rows.nodes);
    for (const node of nodes) this.#onNode(service, node, tasks);
    for (const task of tasks)
      if (!store.rows.nodes.has(task.nodeId)) setDesired(this.#swarm, task, 'shutdown');
    // A paused node takes no new task: what it has stays as it is until the node is active again.
    const takesPart = ({ nodeId }: TaskRow): boolean =>
      store.rows.nodes.get(nodeId)?.spec.Availability !== 'pause';
    const slots = new Map<string, TaskRow[]>();
    for (const task of tasksOf(this.#swarm, service))
      if (
        rank(task.desiredState) <= rank('running') &&
        !isTerminal(task.status.state) &&
        takesPart(task)
      )
        slots.set(task.nodeId, [...(slots.get(task.nodeId) ?? []), task]);
    this.#rollOut(service, [...slots.values()]);
  }

  #onNode(service: ServiceRow, node: SwarmNodeRow, tasks: readonly TaskRow[]): void {
    const mine = tasks.filter((task) => task.nodeId === node.id);
    const wantedTasks = mine.filter((task) => rank(task.desiredState) <= rank('running'));
    const fits = fitsConstraints(service.spec.TaskTemplate.Placement?.Constraints, node);
    if (!isUsable(node) || !fits) {
      for (const task of wantedTasks) setDesired(this.#swarm, task, 'shutdown');
      return;
    }
    let alive = 0;
    for (const task of wantedTasks) {
      if (needsRestart(task)) this.restarts.restart(service, task);
      else alive += 1;
    }
    if (alive > 0 || node.spec.Availability === 'pause') return;
    const restarted = tasksOf(this.#swarm, service).some(
      (task) => task.nodeId === node.id && rank(task.desiredState) <= rank('running'),
    );
    if (restarted) return;
    const last = mine.findLast((task) => isTerminal(task.status.state));
    // Its policy said no: it does not come back before the service changes.
    const gaveUp =
      last?.desiredState === 'shutdown' &&
      last.specVersion === service.specVersion &&
      last.status.state !== 'shutdown' &&
      last.status.state !== 'orphaned' &&
      !this.restarts.shouldRestart(service, last);
    if (gaveUp || node.status.state !== 'ready') return;
    createTask(this.#swarm, service, { slot: 0, nodeId: node.id }, 'running');
  }

  // ---- rollouts -------------------------------------------------------------------------

  #rollOut(service: ServiceRow, slots: readonly (readonly TaskRow[])[]): void {
    const running = this.#updaters.get(service.id);
    if (running?.version === service.specVersion && !running.finished) return;
    const dirty = slots.some((slot) => slot.some((task) => isDirty(this.#swarm, service, task)));
    const state = service.updateStatus?.state;
    const unfinished = state === 'updating' || state === 'rollback_started';
    if (running && running.version !== service.specVersion) {
      running.cancel();
      this.#updaters.delete(service.id);
    } else if (running?.finished) {
      if (!dirty || state === 'paused' || state === 'rollback_paused') return;
    }
    if (!dirty && !unfinished) return;
    const updater = new Updater(this.#swarm, this.restarts, service, slots);
    this.#updaters.set(service.id, updater);
    updater.start();
  }
}

/** All that keeps services as they are wanted, over one supervisor of restarts. */
export function createOrchestrator(swarm: Swarm): LeaderPart {
  const restarts = new RestartSupervisor(swarm);
  const parts = [new ServiceOrchestrator(swarm, restarts), new JobOrchestrator(swarm, restarts)];
  return {
    reconcile() {
      for (const part of parts) part.reconcile();
    },
    stop() {
      restarts.stop();
      for (const part of parts) part.stop();
    },
  };
}
