// The life of a container: start, exit, restart, and what the daemon's own comings and goings do to it. What ends it from
// outside is in stopping.ts and removal.ts.
//
// Mirrors: moby daemon/{start,monitor,restart}.go.
import { signals } from '../../os/index.ts';
import { type Micros, millis, type Op, sleep } from '../../sim/index.ts';
import { err, type Failure, failure, ok, type Result } from '../../std/index.ts';
import { spend } from './durations.ts';
import { monitorHealth } from './health.ts';
import { launch, mountVolumes, unmountVolumes } from './launch.ts';
import { joinNetworks, leaveNetworks, managedFiles } from './networking.ts';
import type { Removal } from './removal.ts';
import { nextBackoff, type RestartPolicies } from './restart.ts';
import { type ContainerRow, countsAsRunning, hasProcess } from './rows.ts';
import type { StopOptions, Stopping } from './stopping.ts';
import type { ContainerStore } from './store.ts';

/** From the moment when the process runs until the client hears of it: what ends at once has ended by then. */
const startedMillis = 30;

export class Lifecycle {
  readonly #store: ContainerStore;
  readonly #policies: RestartPolicies;
  readonly #stopping: Stopping;
  readonly #removal: Removal;
  /** Containers that ran when the power went. */
  readonly #crashed = new Set<string>();

  constructor(
    store: ContainerStore,
    parts: {
      readonly policies: RestartPolicies;
      readonly stopping: Stopping;
      readonly removal: Removal;
    },
  ) {
    this.#store = store;
    this.#policies = parts.policies;
    this.#stopping = parts.stopping;
    this.#removal = parts.removal;
  }

  get #sim() {
    return this.#store.context.sim;
  }

  // ---- start ----------------------------------------------------------------------------

  /** `docker start`. */
  *start(row: ContainerRow): Op<Result<void, Failure>> {
    const { status } = row.state;
    if (status === 'paused') {
      return err(failure('conflict', 'cannot start a paused container, try unpause instead'));
    }
    if (countsAsRunning(row.state)) return err(failure('not_modified', ''));
    yield* this.#store.settled(row);
    if (status === 'removing' || status === 'dead') {
      return err(failure('conflict', 'container is marked for removal and cannot be started'));
    }
    this.#policies.resume(row);
    const fresh = this.#store.update(row, { manuallyStopped: false, restartCount: 0 });
    this.#store.runtime(fresh).backoff = 0;
    return yield* this.#run(fresh);
  }

  /** `docker restart`. */
  *restart(row: ContainerRow, options: StopOptions = {}): Op<Result<void, Failure>> {
    if (countsAsRunning(row.state)) yield* this.#stopping.stop(row, options);
    const current = this.#store.get(row.id);
    if (!current) return err(failure('not_found', `No such container: ${row.containerId}`));
    const started = yield* this.start(current);
    if (started.ok) this.#store.event(this.#store.must(row.id), 'restart');
    return started;
  }

  /** Holds the container meanwhile, as moby's lock does: who removes it waits. */
  *#run(row: ContainerRow): Op<Result<void, Failure>> {
    this.#store.starting.add(row.id);
    try {
      return yield* this.#runLocked(row);
    } finally {
      this.#store.starting.delete(row.id);
      this.#store.wake(row);
    }
  }

  *#runLocked(row: ContainerRow): Op<Result<void, Failure>> {
    const store = this.#store;
    // What is shown as the time of its start: moby takes it before the container's network and process (021:101-105).
    const startedAt = this.#sim.now();
    store.update(row, { state: { ...store.must(row.id).state, error: '' }, lostPorts: undefined });
    yield* spend(store.context, row.managed, 'setup');
    mountVolumes(store, row);
    const sandbox = yield* joinNetworks(store, row);
    if (!sandbox.ok) return yield* this.#startFailed(row, sandbox.error, 128);
    const current = store.must(row.id);
    const runtime = store.runtime(row);
    const started = yield* launch(store, current, sandbox.value, (channel, text) => {
      runtime.log.write(channel, text);
      for (const stream of runtime.attached) stream.text(channel, text);
    });
    if (!started.ok) {
      this.#endShim(row);
      yield* leaveNetworks(store, current);
      return yield* this.#startFailed(row, started.error.failure, started.error.exitCode);
    }
    const process = started.value;
    store.setState(row, {
      status: 'running',
      pid: process.row.pid,
      exitCode: 0,
      error: '',
      startedAt,
      health: undefined,
    });
    store.event(store.must(row.id), 'start');
    runtime.health = monitorHealth(store, store.must(row.id));
    const name = `${store.host}: end of ${row.name}`;
    process.onExit.push((status) =>
      this.#sim.spawn(name, this.#exited(row, status), store.context.scope),
    );
    yield* sleep(this.#sim, millis(startedMillis));
    return ok(undefined);
  }

  *#startFailed(row: ContainerRow, error: Failure, exitCode: number): Op<Result<void, Failure>> {
    const store = this.#store;
    const { state, hostConfig } = store.must(row.id);
    unmountVolumes(store, row);
    store.setState(row, {
      status: state.startedAt === undefined ? 'created' : 'exited',
      pid: 0,
      error: error.message,
      exitCode,
    });
    for (const stream of store.runtime(row).attached) stream.end();
    if (hostConfig.AutoRemove) yield* this.#removal.remove(store.must(row.id), { volumes: true });
    return err(error);
  }

  /** A start was given up on its way: what it has made goes. */
  *giveUpStart(row: ContainerRow): Op<void> {
    if (!this.#store.context.controller.sandboxOf(row.containerId)) return;
    this.#endShim(row);
    yield* leaveNetworks(this.#store, row);
    unmountVolumes(this.#store, row);
  }

  // ---- exit -----------------------------------------------------------------------------

  *#exited(row: ContainerRow, exitCode: number): Op<void> {
    const store = this.#store;
    const runtime = store.runtime(row);
    const endedAt = this.#sim.now();
    if (runtime.health) this.#sim.cancel(runtime.health);
    runtime.health = undefined;
    yield* runtime.io?.drained() ?? nothing();
    runtime.log.flush();
    this.#endShim(row);
    const { context } = store;
    yield* spend(context, row.managed, 'teardown');
    yield* spend(context, row.managed, 'unplug', Object.keys(row.networks).length);
    yield* leaveNetworks(store, store.must(row.id));
    unmountVolumes(store, store.must(row.id));
    runtime.process = undefined;
    runtime.io = undefined;
    yield* this.#settle(store.must(row.id), exitCode, endedAt);
    for (const stream of runtime.attached) stream.end();
    runtime.attached.clear();
    this.#sim.wake(runtime.log.key);
    const { hostConfig, state } = store.must(row.id);
    if (hostConfig.AutoRemove && !countsAsRunning(state))
      yield* this.#removal.remove(store.must(row.id), { volumes: true });
  }

  /**
   * Writes down the exit; a container whose policy says so waits for its restart. Who waits for the end knows of it before it
   * is on the disk, and only then there is an event: so `stop` comes before `die` (053:31).
   */
  *#settle(row: ContainerRow, exitCode: number, endedAt: Micros): Op<void> {
    const store = this.#store;
    store.ending.add(row.id);
    try {
      yield* this.#writeExit(row, exitCode, endedAt);
    } finally {
      store.ending.delete(row.id);
      store.wake(row);
    }
  }

  *#writeExit(row: ContainerRow, exitCode: number, endedAt: Micros): Op<void> {
    const store = this.#store;
    const ran = endedAt - (row.state.startedAt ?? endedAt);
    const again = this.#policies.mayRestart(row, exitCode);
    store.update(row, {
      restartCount: again ? row.restartCount + 1 : row.restartCount,
      state: {
        ...row.state,
        status: again ? 'restarting' : 'exited',
        pid: 0,
        exitCode,
        finishedAt: endedAt,
        ...(row.state.health && { health: { ...row.state.health, status: 'unhealthy' } }),
      },
    });
    yield* spend(store.context, row.managed, 'checkpoint');
    store.event(row, 'die', {
      execDuration: String(Math.floor(ran / 1_000_000)),
      exitCode: String(exitCode),
    });
    if (!again) return;
    const runtime = store.runtime(row);
    runtime.backoff = nextBackoff(runtime.backoff, ran);
    runtime.restart = this.#sim.spawn(
      `${store.host}: restart of ${row.name}`,
      this.#restartLater(row, runtime.backoff),
    );
  }

  *#restartLater(row: ContainerRow, delayMillis: number): Op<void> {
    yield* sleep(this.#sim, millis(delayMillis));
    this.#store.runtime(row).restart = undefined;
    const current = this.#store.get(row.id);
    if (current?.state.status !== 'restarting') return;
    const started = yield* this.#run(current);
    if (started.ok) return;
    const failed = this.#store.get(row.id);
    if (failed) this.#store.setState(failed, { status: 'exited' });
  }

  #endShim(row: ContainerRow): void {
    const runtime = this.#store.runtime(row);
    const { shim } = runtime;
    runtime.shim = undefined;
    if (shim) this.#store.context.host.kill(shim.row.pid, signals.SIGKILL);
  }

  // ---- the daemon's own life ----------------------------------------------------------------

  /** The daemon stops: so do its containers, all at once. */
  *shutDown(): Op<void> {
    this.#policies.suspended = true;
    const stopping = this.#store
      .rows()
      .filter((row) => countsAsRunning(row.state))
      .map((row) =>
        this.#sim.spawn(`${this.#store.host}: stop ${row.name}`, this.#stopForExit(row)),
      );
    for (const one of stopping) while (!one.ended) yield { keys: [one.endKey] };
  }

  *#stopForExit(row: ContainerRow): Op<void> {
    const { manuallyStopped } = row;
    const resting = this.#policies.isResting(row);
    yield* this.#stopping.stop(row);
    const current = this.#store.get(row.id);
    if (current) this.#store.update(current, { manuallyStopped });
    if (!resting) this.#policies.resume(row);
  }

  /** The machine lost its power: what ran is gone. */
  crashed(): void {
    const { execs } = this.#store.context.collections;
    this.#store.starting.clear();
    this.#store.ending.clear();
    for (const row of this.#store.rows()) {
      const runtime = this.#store.runtime(row);
      runtime.process = undefined;
      runtime.io = undefined;
      runtime.shim = undefined;
      runtime.health = undefined;
      runtime.restart = undefined;
      runtime.attached.clear();
      runtime.early.length = 0;
      runtime.execs.clear();
      for (const exec of execs.where('container', row.id)) execs.remove(exec.id);
      for (const mount of row.mounts) runtime.fs.unmount(mount.destination);
      for (const path of managedFiles) runtime.fs.unmount(path);
      if (!countsAsRunning(row.state)) continue;
      this.#crashed.add(row.id);
      const lostPorts = this.#store.context.controller.sandboxOf(row.containerId)?.ports;
      const state = { ...row.state, status: 'exited', pid: 0, exitCode: 255 } as const;
      this.#store.update(row, { state, lostPorts });
    }
  }

  /** A daemon that starts finds containers that run no more, and takes now for their end (054:56). */
  *#findDead(): Op<void> {
    for (const row of this.#store.rows()) {
      if (this.#crashed.delete(row.id)) this.#store.setState(row, { finishedAt: this.#sim.now() });
      const gone = row.hostConfig.AutoRemove && row.state.status === 'exited';
      if (row.state.status === 'removing') this.#store.setState(row, { status: 'dead' });
      if (gone || row.state.status === 'removing')
        yield* this.#removal.remove(this.#store.must(row.id), { volumes: true });
    }
  }

  /**
   * The daemon comes up: containers whose policy says so are started too, those on networks of a swarm when the node has
   * found its managers. Mirrors: daemon.go (restore, RestartSwarmContainers).
   */
  *boot(which: 'local' | 'swarm'): Op<void> {
    if (which === 'local') {
      this.#policies.resumeAll();
      yield* this.#findDead();
    }
    for (const { id } of this.#store.rows()) {
      const row = this.#store.get(id);
      if (!row || countsAsRunning(row.state) || row.state.startedAt === undefined) continue;
      if (hasProcess(row.state) || !this.#policies.mayRestart(row, row.state.exitCode)) continue;
      const ofSwarm = Object.values(row.networks).some(({ attached }) => attached);
      if (ofSwarm === (which === 'swarm')) yield* this.#run(row);
    }
  }
}

function* nothing(): Op<void> {}
