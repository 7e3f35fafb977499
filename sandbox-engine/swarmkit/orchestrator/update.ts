// Rolls a changed service out, slot by slot. Mirrors: swarmkit manager/orchestrator/update/updater.go.
import { type Coroutine, type Micros, micros, type Op, seconds, sleep } from '../../sim/index.ts';
import { isTerminal, rank, type ServiceRow, type TaskRow, type UpdateStatus } from '../objects.ts';
import type { UpdateConfig } from '../specs.ts';
import type { Swarm } from '../swarm.ts';
import type { RestartSupervisor } from './restart.ts';
import { createTask, isDirty, setDesired, updateConfigOf } from './tasks.ts';

/** The tasks of one slot (or node) that are meant to run. */
export type Slot = readonly TaskRow[];

const stopLimit = seconds(60);

const isRollingBack = (status: UpdateStatus | undefined): boolean =>
  status?.state === 'rollback_started';

type UpdateAction = Required<UpdateConfig>['FailureAction'];

/** One rollout of one version of a service. A newer version cancels it. */
export class Updater {
  readonly #swarm: Swarm;
  readonly #restarts: RestartSupervisor;
  readonly #service: ServiceRow;
  readonly #slots: readonly Slot[];
  #coroutines: Coroutine<void>[] = [];
  /** New tasks, and when they began to run. */
  readonly #updated = new Map<string, Micros | undefined>();
  readonly #failed = new Set<string>();
  #stopped = false;
  finished = false;

  constructor(
    swarm: Swarm,
    restarts: RestartSupervisor,
    service: ServiceRow,
    slots: readonly Slot[],
  ) {
    this.#swarm = swarm;
    this.#restarts = restarts;
    this.#service = service;
    this.#slots = slots;
  }

  get version(): number {
    return this.#service.specVersion;
  }

  start(): void {
    this.#spawn('update', this.#run());
  }

  cancel(): void {
    this.#stopped = true;
    for (const coroutine of this.#coroutines)
      this.#swarm.sim.cancel(coroutine as Coroutine<unknown>);
    this.#coroutines = [];
  }

  #spawn(what: string, op: Op<void>): Coroutine<void> {
    const coroutine = this.#swarm.sim.spawn(`${what} of ${this.#service.spec.Name}`, op);
    this.#coroutines.push(coroutine);
    return coroutine;
  }

  #config(): Required<UpdateConfig> {
    const { spec } = this.#service;
    return updateConfigOf(
      isRollingBack(this.#current()?.updateStatus) ? spec.RollbackConfig : spec.UpdateConfig,
    );
  }

  #current(): ServiceRow | undefined {
    return this.#swarm.store.rows.services.get(this.#service.id);
  }

  *#run(): Op<void> {
    const dirty = this.#slots.filter(
      (slot) => slot.length > 1 || slot.some((task) => isDirty(this.#swarm, this.#service, task)),
    );
    const status = this.#current()?.updateStatus;
    if (dirty.length === 0) {
      if (status?.state === 'updating' || status?.state === 'rollback_started') this.#complete();
      this.finished = true;
      return;
    }
    if (status === undefined) this.#begin();
    else if (status.state === 'paused' || status.state === 'rollback_paused') {
      this.finished = true;
      return;
    }
    const { Parallelism, Monitor, Delay } = this.#config();
    const queue = this.#swarm.sim.rng('swarmkit/update').shuffled(dirty);
    const workers = Array.from({ length: Parallelism === 0 ? dirty.length : Parallelism }, () =>
      this.#spawn('update worker', this.#work(queue)),
    );
    if (this.#config().FailureAction !== 'continue')
      this.#spawn('update monitor', this.#watch(dirty.length));
    for (const worker of workers) while (!worker.ended) yield { keys: [worker.endKey] };
    if (this.#stopped) return;
    // What has just begun to run is watched for its monitoring time as well.
    const rest = Delay >= Monitor ? Delay + 1_000_000_000 : Monitor;
    yield* sleep(this.#swarm.sim, micros(Math.round(rest / 1000)));
    if (this.#stopped) return;
    this.#complete();
    this.finished = true;
    this.cancel();
  }

  *#work(queue: Slot[]): Op<void> {
    for (;;) {
      const slot = queue.shift();
      if (!slot || this.#stopped) return;
      yield* this.#updateSlot(slot);
      // After the last one too: `completed` comes that much later (060:45-46).
      const { Delay } = this.#config();
      if (Delay > 0) yield* sleep(this.#swarm.sim, micros(Math.round(Delay / 1000)));
    }
  }

  *#updateSlot(slot: Slot): Op<void> {
    const { store } = this.#swarm;
    const service = this.#current();
    const tasks = slot.flatMap((task) => store.rows.tasks.get(task.id) ?? []);
    const [first] = tasks;
    if (!service || !first) return;
    const clean = tasks.filter(
      (task) =>
        rank(task.desiredState) <= rank('running') && !isDirty(this.#swarm, this.#service, task),
    );
    const kept = clean.find((task) => task.desiredState === 'running') ?? clean.at(-1);
    const old = tasks.filter((task) => task !== kept && rank(task.desiredState) <= rank('running'));
    if (kept) {
      store.transaction(() => {
        for (const task of old) setDesired(this.#swarm, task, 'shutdown');
        if (kept.desiredState !== 'running') this.#restarts.delayStart(kept, old.at(-1), 0);
      });
      return;
    }
    // Shut down already, when its node was drained or lost: the supervisor has made a task of the new version
    // (removeOldTasks: `task … was already shut down when reached by updater`). What may not be restarted it leaves to us.
    if (old.length === 0 && tasks.every((task) => this.#restarts.shouldRestart(service, task)))
      return;
    const global = 'Global' in service.spec.Mode;
    const place = { slot: first.slot, nodeId: global ? first.nodeId : '' };
    const startFirst = this.#config().Order === 'start-first';
    const made = store.transaction(() => {
      if (!startFirst) for (const task of old) setDesired(this.#swarm, task, 'shutdown');
      return createTask(this.#swarm, service, place, 'ready');
    });
    this.#updated.set(made.id, undefined);
    this.#restarts.delayStart(made, startFirst ? undefined : old[0], 0);
    yield* this.#untilRunning(made.id);
    if (startFirst) for (const task of old) setDesired(this.#swarm, task, 'shutdown');
  }

  *#untilRunning(taskId: string): Op<void> {
    for (;;) {
      const task = this.#swarm.store.rows.tasks.get(taskId);
      if (!task || rank(task.status.state) >= rank('running')) return;
      yield { keys: [this.#swarm.changeKey] };
    }
  }

  /** Counts new tasks that end, however, within the monitoring time after they began to run. */
  *#watch(slots: number): Op<void> {
    const { store, sim } = this.#swarm;
    for (;;) {
      const { Monitor, MaxFailureRatio, FailureAction } = this.#config();
      for (const [id, since] of this.#updated) {
        const task = store.rows.tasks.get(id);
        if (!task || this.#failed.has(id)) continue;
        if (task.status.state === 'running' && since === undefined)
          this.#updated.set(id, sim.now());
        const failed = isTerminal(task.status.state);
        const soon = since === undefined || sim.now() <= since + Monitor / 1000;
        if (!failed || !soon) continue;
        this.#failed.add(id);
        if (this.#failed.size / slots <= MaxFailureRatio) continue;
        this.#giveUp(FailureAction, id);
        return;
      }
      yield { keys: [this.#swarm.changeKey] };
    }
  }

  #giveUp(action: UpdateAction, taskId: string): void {
    const service = this.#current();
    if (!service) return;
    const why = `due to failure or early termination of task ${taskId}`;
    const back = isRollingBack(service.updateStatus);
    if (action === 'rollback' && !back && service.previousSpec) {
      this.#swarm.store.update(this.#swarm.store.rows.services, service.id, {
        spec: service.previousSpec,
        previousSpec: undefined,
        specVersion: service.previousSpecVersion ?? service.specVersion,
        previousSpecVersion: undefined,
        updateStatus: {
          ...service.updateStatus,
          state: 'rollback_started',
          message: `update rolled back ${why}`,
        },
      });
    } else
      this.#setStatus({
        state: back ? 'rollback_paused' : 'paused',
        // Of a rollback too, unless it was to be rolled back itself.
        message: `${back && action === 'rollback' ? 'rollback' : 'update'} paused ${why}`,
      });
    this.finished = true;
    this.cancel();
  }

  #begin(): void {
    const startedAt = this.#swarm.sim.now();
    this.#setStatus({ state: 'updating', message: 'update in progress', startedAt });
  }

  #complete(): void {
    const back = isRollingBack(this.#current()?.updateStatus);
    this.#setStatus({
      state: back ? 'rollback_completed' : 'completed',
      message: back ? 'rollback completed' : 'update completed',
      completedAt: this.#swarm.sim.now(),
    });
  }

  #setStatus(status: UpdateStatus): void {
    const service = this.#current();
    if (!service) return;
    const { startedAt } = service.updateStatus ?? {};
    this.#swarm.store.update(this.#swarm.store.rows.services, service.id, {
      updateStatus: { ...(startedAt !== undefined && { startedAt }), ...status },
    });
  }
}

export { stopLimit };
