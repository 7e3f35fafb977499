// Rolls a changed service out, slot by slot. Mirrors: swarmkit manager/orchestrator/update/updater.go (Updater).
import { type Coroutine, type Micros, micros, millis, type Op, sleep } from '../../sim/index.ts';
import { isTerminal, rank, type ServiceRow, type TaskRow, type UpdateStatus } from '../objects.ts';
import type { UpdateConfig } from '../specs.ts';
import type { SwarmChange } from '../store.ts';
import type { Swarm } from '../swarm.ts';
import type { RestartSupervisor } from './restart.ts';
import type { Slot } from './slots.ts';
import { createTask, isDirty, setDesired, updateConfigOf } from './tasks.ts';

/** A failure's replacement is made first: the orchestrator hears of it at the same time and is the quicker (061:48). */
const reactionMillis = 5;

/** One rollout of one version of a service. A newer version cancels it. */
export class Updater {
  readonly #swarm: Swarm;
  readonly #restarts: RestartSupervisor;
  /** The service as it was when the rollout began. */
  readonly service: ServiceRow;
  readonly #slots: readonly Slot[];
  readonly #config: Required<UpdateConfig>;
  readonly #coroutines: Coroutine<void>[] = [];
  /** New tasks, and when they began to run, or ended before that. */
  readonly #updated = new Map<string, Micros | undefined>();
  /** Tasks of the service that have ended, and have not been looked at. */
  #ended: string[] = [];
  readonly #failed = new Set<string>();
  /** Called when there is nothing left to do. */
  onEnd: () => void = () => {};

  constructor(
    swarm: Swarm,
    restarts: RestartSupervisor,
    service: ServiceRow,
    slots: readonly Slot[],
  ) {
    this.#swarm = swarm;
    this.#restarts = restarts;
    this.service = service;
    this.#slots = slots;
    const { spec } = service;
    this.#config = updateConfigOf(this.#rollsBack ? spec.RollbackConfig : spec.UpdateConfig);
  }

  get #rollsBack(): boolean {
    return this.service.updateStatus?.state === 'rollback_started';
  }

  get #key(): string {
    return `update of ${this.service.id}`;
  }

  start(): void {
    this.#spawn('update', this.#run());
  }

  cancel(): void {
    this.#swarm.store.watchers.delete(this.#watch);
    for (const coroutine of this.#coroutines)
      this.#swarm.sim.cancel(coroutine as Coroutine<unknown>);
  }

  #spawn(what: string, op: Op<void>): Coroutine<void> {
    const coroutine = this.#swarm.sim.spawn(`${what} of ${this.service.spec.Name}`, op);
    this.#coroutines.push(coroutine);
    return coroutine;
  }

  readonly #watch = (changes: readonly SwarmChange[]): void => {
    for (const { kind, action, row } of changes) {
      if (kind !== 'tasks' || action !== 'update') continue;
      const task = row as TaskRow;
      if (task.serviceId === this.service.id && isTerminal(task.status.state))
        this.#ended.push(task.id);
    }
    if (this.#ended.length > 0) this.#swarm.sim.wake(this.#key);
  };

  *#run(): Op<void> {
    const status = this.service.updateStatus;
    if (status?.state !== 'paused' && status?.state !== 'rollback_paused') yield* this.#rollOut();
    this.#swarm.store.watchers.delete(this.#watch);
    this.onEnd();
  }

  *#rollOut(): Op<void> {
    const { updateStatus } = this.service;
    const dirty = this.#slots.filter(
      (slot) => slot.length > 1 || slot.some((task) => this.#isDirty(task)),
    );
    if (dirty.length === 0) {
      if (updateStatus?.state === 'updating' || this.#rollsBack) this.#complete();
      return;
    }
    if (updateStatus === undefined) this.#begin();
    const { Parallelism, Monitor, Delay, FailureAction } = this.#config;
    const queue = [...dirty];
    const workers = Array.from({ length: Parallelism === 0 ? dirty.length : Parallelism }, () =>
      this.#spawn('update worker', this.#work(queue)),
    );
    if (FailureAction !== 'continue') this.#swarm.store.watchers.add(this.#watch);
    let over = yield* this.#watchUntil(Monitor, dirty.length, () => queue.length === 0);
    queue.length = 0;
    // The last slots are waited for without a look at failures, and so they are after one.
    for (const worker of workers) while (!worker.ended) yield { keys: [worker.endKey] };
    if (over) return;
    // What has just begun to run is watched for its monitoring time as well.
    const monitor = Delay >= Monitor ? Delay + 1_000_000_000 : Monitor;
    const until = micros(this.#swarm.sim.now() + Math.round(monitor / 1000));
    const isPast = () => this.#swarm.sim.now() >= until;
    over = yield* this.#watchUntil(monitor, dirty.length, isPast, until);
    if (!over) this.#complete();
  }

  #isDirty(task: TaskRow): boolean {
    return isDirty(this.#swarm, this.service, task);
  }

  #current(): ServiceRow | undefined {
    return this.#swarm.store.rows.services.get(this.service.id);
  }

  // ---- one slot after another -----------------------------------------------------------

  *#work(queue: Slot[]): Op<void> {
    const { sim } = this.#swarm;
    for (;;) {
      const slot = queue.shift();
      if (queue.length === 0) sim.wake(this.#key);
      if (!slot) return;
      yield* this.#updateSlot(slot);
      // After the last one too: `completed` comes that much later (060:45-46).
      const { Delay } = this.#config;
      if (Delay > 0) yield* sleep(sim, micros(Math.round(Delay / 1000)));
    }
  }

  *#updateSlot(slot: Slot): Op<void> {
    const clean = slot.filter(
      (task) => rank(task.desiredState) <= rank('running') && !this.#isDirty(task),
    );
    const kept = clean.find((task) => task.desiredState === 'running') ?? clean.at(-1);
    if (kept) yield* this.#keep(kept, slot);
    else yield* this.#replace(slot);
  }

  /** The supervisor, or an earlier rollout, has made a task of this version already. */
  *#keep(kept: TaskRow, slot: Slot): Op<void> {
    const { store } = this.#swarm;
    const start = store.transaction(() => {
      const { removed } = this.#shutDown(slot.filter((task) => task !== kept));
      if (kept.desiredState === 'running') return undefined;
      return this.#restarts.delayStart(kept, removed, 0);
    });
    if (start) while (!start.ended) yield { keys: [start.endKey] };
  }

  *#replace(slot: Slot): Op<void> {
    const { store } = this.#swarm;
    const service = this.#current();
    const [first] = slot;
    if (!service || !first) return;
    const place = {
      slot: first.slot,
      nodeId: 'Global' in service.spec.Mode ? first.nodeId : '',
    };
    const startFirst = this.#config.Order === 'start-first';
    const made = store.transaction(() => {
      const { removed, failed } = startFirst ? nothing : this.#shutDown(slot);
      // Shut down already, when it had failed or its node was drained: that slot has been seen to.
      if (failed && !removed) return undefined;
      const task = createTask(this.#swarm, service, place, 'ready');
      this.#updated.set(task.id, undefined);
      this.#restarts.delayStart(task, removed, 0);
      return task;
    });
    if (!made) return;
    const running = yield* this.#untilRunning(made.id);
    this.#updated.set(made.id, this.#swarm.sim.now());
    if (startFirst && running) store.transaction(() => this.#shutDown(slot));
  }

  /** Tells the tasks of a slot to stop; `failed`: one was told so before. */
  #shutDown(slot: Slot): { readonly removed: TaskRow | undefined; readonly failed: boolean } {
    const { rows } = this.#swarm.store;
    let removed: TaskRow | undefined;
    let failed = false;
    for (const task of slot) {
      if (rank(task.desiredState) > rank('running')) continue;
      const now = rows.tasks.get(task.id);
      if (!now || rank(now.desiredState) > rank('running')) failed = true;
      else {
        setDesired(this.#swarm, now, 'shutdown');
        removed = now;
      }
    }
    return { removed, failed };
  }

  /** False when it has ended before. */
  *#untilRunning(taskId: string): Op<boolean> {
    for (;;) {
      const task = this.#swarm.store.rows.tasks.get(taskId);
      if (!task) return false;
      if (rank(task.status.state) >= rank('running')) return task.status.state === 'running';
      yield { keys: [this.#swarm.changeKey] };
    }
  }

  // ---- failures -------------------------------------------------------------------------

  /** Looks at tasks that end, until it is done (false) or one of them has stopped the rollout (true). */
  *#watchUntil(monitor: number, slots: number, isDone: () => boolean, until?: Micros): Op<boolean> {
    for (;;) {
      for (const id of this.#ended.splice(0)) {
        if (!this.#counts(id, monitor)) continue;
        this.#failed.add(id);
        if (this.#failed.size / slots <= this.#config.MaxFailureRatio) continue;
        yield* sleep(this.#swarm.sim, millis(reactionMillis));
        this.#giveUp(id);
        return true;
      }
      if (isDone()) return false;
      yield until === undefined ? { keys: [this.#key] } : { keys: [this.#key], until };
    }
  }

  /** A new task that ends, however, within the monitoring time after it began to run. */
  #counts(id: string, monitor: number): boolean {
    if (this.#failed.has(id) || !this.#updated.has(id)) return false;
    const since = this.#updated.get(id);
    return since === undefined || this.#swarm.sim.now() <= since + monitor / 1000;
  }

  #giveUp(taskId: string): void {
    const { store } = this.#swarm;
    const service = this.#current();
    // Changed since then: its status is that of another rollout.
    if (!service?.updateStatus) return;
    const why = `due to failure or early termination of task ${taskId}`;
    const { updateStatus: status } = service;
    const rollsBack = this.#config.FailureAction === 'rollback';
    if (rollsBack && !this.#rollsBack && service.previousSpec)
      store.update(store.rows.services, service.id, {
        spec: service.previousSpec,
        previousSpec: undefined,
        specVersion: service.previousSpecVersion ?? service.specVersion,
        previousSpecVersion: undefined,
        updateStatus: {
          ...status,
          state: 'rollback_started',
          message: `update rolled back ${why}`,
        },
      });
    else
      this.#setStatus({
        ...status,
        state: status.state === 'rollback_started' ? 'rollback_paused' : 'paused',
        // Of a rollback too, unless it was to be rolled back itself.
        message: `${rollsBack ? 'rollback' : 'update'} paused ${why}`,
      });
  }

  // ---- the service's status -------------------------------------------------------------

  #begin(): void {
    if (this.#current()?.updateStatus) return;
    const startedAt = this.#swarm.sim.now();
    this.#setStatus({ state: 'updating', message: 'update in progress', startedAt });
  }

  #complete(): void {
    const status = this.#current()?.updateStatus;
    // The service was changed since then, without any need to touch its tasks.
    if (!status) return;
    const back = status.state === 'rollback_started';
    this.#setStatus({
      ...status,
      state: back ? 'rollback_completed' : 'completed',
      message: back ? 'rollback completed' : 'update completed',
      completedAt: this.#swarm.sim.now(),
    });
  }

  #setStatus(updateStatus: UpdateStatus): void {
    const { store } = this.#swarm;
    if (this.#current()) store.update(store.rows.services, this.service.id, { updateStatus });
  }
}

const nothing = { removed: undefined, failed: false } as const;
