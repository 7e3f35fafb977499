// The life of a container: start, exit, stop, kill, pause, removal.
//
// Mirrors: moby daemon/{start,stop,kill,monitor,pause,restart,delete}.go.
import { signalNumber, signals } from '../../os/index.ts';
import { type Micros, micros, millis, type Op, seconds, sleep } from '../../sim/index.ts';
import { err, type Failure, failure, ok, type Result } from '../../std/index.ts';
import type { VolumeStore } from '../volumes/store.ts';
import { spend } from './durations.ts';
import { monitorHealth } from './health.ts';
import { launch, mountVolumes, volumeEvent } from './launch.ts';
import {
  containerDirectory,
  joinNetworks,
  leaveNetworks,
  logPath,
  managedFiles,
} from './networking.ts';
import { nextBackoff, RestartPolicies } from './restart.ts';
import { type ContainerRow, countsAsRunning, hasProcess } from './rows.ts';
import type { ContainerStore } from './store.ts';

/** From the moment when the process runs until the client hears of it: what ends at once has ended by then. */
const startedMillis = 30;

export class Lifecycle {
  readonly #store: ContainerStore;
  readonly #volumes: VolumeStore;
  readonly #policies = new RestartPolicies();
  /** Containers on their way up. */
  readonly #starting = new Set<string>();
  /** Containers that ran when the power went. */
  readonly #crashed = new Set<string>();

  constructor(store: ContainerStore, volumes: VolumeStore) {
    this.#store = store;
    this.#volumes = volumes;
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
    if (status === 'removing' || status === 'dead') {
      return err(failure('conflict', 'container is marked for removal and cannot be started'));
    }
    this.#policies.resume(row);
    const fresh = this.#store.update(row, { manuallyStopped: false, restartCount: 0 });
    this.#store.runtime(fresh).backoff = 0;
    return yield* this.#run(fresh);
  }

  /** Holds the container meanwhile, as moby's lock does: who removes it waits. */
  *#run(row: ContainerRow): Op<Result<void, Failure>> {
    this.#starting.add(row.id);
    try {
      return yield* this.#runLocked(row);
    } finally {
      this.#starting.delete(row.id);
      this.#store.wake(row);
    }
  }

  *#runLocked(row: ContainerRow): Op<Result<void, Failure>> {
    const store = this.#store;
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
      startedAt: this.#sim.now(),
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
    this.#unmount(row);
    store.setState(row, {
      status: state.startedAt === undefined ? 'created' : 'exited',
      pid: 0,
      error: error.message,
      exitCode,
    });
    for (const stream of store.runtime(row).attached) stream.end();
    if (hostConfig.AutoRemove) yield* this.remove(store.must(row.id), { volumes: true });
    return err(error);
  }

  /** A start was given up on its way: what it has made goes. */
  *giveUpStart(row: ContainerRow): Op<void> {
    if (!this.#store.context.controller.sandboxOf(row.containerId)) return;
    this.#endShim(row);
    yield* leaveNetworks(this.#store, row);
    this.#unmount(row);
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
    this.#unmount(store.must(row.id));
    runtime.process = undefined;
    runtime.io = undefined;
    this.#settle(store.must(row.id), exitCode, endedAt);
    for (const stream of runtime.attached) stream.end();
    runtime.attached.clear();
    this.#sim.wake(runtime.log.key);
    const { hostConfig, state } = store.must(row.id);
    if (hostConfig.AutoRemove && !countsAsRunning(state))
      yield* this.remove(store.must(row.id), { volumes: true });
  }

  /** Writes down the exit; a container whose policy says so waits for its restart. */
  #settle(row: ContainerRow, exitCode: number, endedAt: Micros): void {
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

  #unmount(row: ContainerRow): void {
    const { fs } = this.#store.runtime(row);
    for (const mount of row.mounts) {
      fs.unmount(mount.destination);
      if (mount.name) volumeEvent(this.#store, row, 'unmount', mount.name, mount.destination);
    }
    for (const path of managedFiles) fs.unmount(path);
  }

  // ---- stop and kill ----------------------------------------------------------------------

  /** Sends a signal; answers when it is sent. */
  kill(row: ContainerRow, signal: number): Result<void, Failure> {
    const refused = this.#notRunning(row);
    if (refused) return err(refused);
    const stopSignal = this.#stopSignal(row);
    if (signal === signals.SIGKILL || signal === stopSignal) this.#policies.rest(row);
    this.#store.update(row, { manuallyStopped: true });
    this.#store.event(row, 'kill', { signal: String(signal) });
    if (row.state.status === 'restarting') {
      this.#giveUpRestart(row);
      return ok(undefined);
    }
    const { host } = this.#store.context;
    host.kill(row.state.pid, signal);
    const current = this.#store.must(row.id);
    if (current.state.status === 'paused' && (signal === signals.SIGKILL || signal === stopSignal))
      this.#setFrozen(current, false);
    return ok(undefined);
  }

  #notRunning(row: ContainerRow): Failure | undefined {
    return countsAsRunning(row.state)
      ? undefined
      : failure('conflict', `container ${row.containerId} is not running`);
  }

  #giveUpRestart(row: ContainerRow): void {
    const { restart } = this.#store.runtime(row);
    if (restart) this.#sim.cancel(restart);
    this.#store.runtime(row).restart = undefined;
    this.#store.setState(row, { status: 'exited' });
  }

  #stopSignal(row: ContainerRow): number {
    return signalNumber(row.config.StopSignal ?? 'SIGTERM') ?? signals.SIGTERM;
  }

  /** `docker kill`. */
  *killAndWait(row: ContainerRow, signal: number): Op<Result<void, Failure>> {
    const sent = this.kill(row, signal);
    if (!sent.ok) return sent;
    if (signal === signals.SIGKILL) yield* this.#untilStopped(row);
    return ok(undefined);
  }

  /** `docker stop`: the stop signal, and after the grace period SIGKILL. `graceSeconds` -1 waits for ever. */
  *stop(
    row: ContainerRow,
    options: { readonly graceSeconds?: number; readonly signal?: number } = {},
  ): Op<Result<void, Failure>> {
    if (!countsAsRunning(row.state)) return err(failure('not_modified', ''));
    const grace = options.graceSeconds ?? row.config.StopTimeout ?? 10;
    this.#policies.rest(row);
    this.kill(row, options.signal ?? this.#stopSignal(row));
    const deadline = grace < 0 ? undefined : micros(this.#sim.now() + seconds(grace));
    if (!(yield* this.#untilStopped(row, deadline))) {
      const current = this.#store.get(row.id);
      if (current && countsAsRunning(current.state)) this.kill(current, signals.SIGKILL);
      yield* this.#untilStopped(row);
    }
    const stopped = this.#store.get(row.id);
    if (stopped) this.#store.event(stopped, 'stop');
    return ok(undefined);
  }

  /** Waits until nothing of a container runs; false when the deadline came first. */
  *#untilStopped(row: ContainerRow, until?: ReturnType<typeof micros>): Op<boolean> {
    for (;;) {
      const current = this.#store.get(row.id);
      if (!current || !countsAsRunning(current.state)) return true;
      if (until !== undefined && this.#sim.now() >= until) return false;
      const keys = [this.#store.key(row)];
      yield until === undefined ? { keys } : { keys, until };
    }
  }

  /** `docker restart`. */
  *restart(
    row: ContainerRow,
    options: { readonly graceSeconds?: number; readonly signal?: number } = {},
  ): Op<Result<void, Failure>> {
    if (countsAsRunning(row.state)) yield* this.stop(row, options);
    const current = this.#store.get(row.id);
    if (!current) return err(failure('not_found', `No such container: ${row.containerId}`));
    const started = yield* this.start(current);
    if (started.ok) this.#store.event(this.#store.must(row.id), 'restart');
    return started;
  }

  // ---- pause ------------------------------------------------------------------------------

  pause(row: ContainerRow): Result<void, Failure> {
    const { status } = row.state;
    if (status === 'paused') {
      return err(failure('conflict', `Container ${row.containerId} is already paused`));
    }
    if (status === 'restarting') {
      return err(
        failure(
          'conflict',
          `Container ${row.containerId} is restarting, wait until the container is running`,
        ),
      );
    }
    const refused = this.#notRunning(row);
    if (refused) return err(refused);
    this.#setFrozen(row, true);
    this.#store.event(row, 'pause');
    return ok(undefined);
  }

  unpause(row: ContainerRow): Result<void, Failure> {
    if (row.state.status !== 'paused') {
      return err(failure('system', `Container ${row.containerId} is not paused`));
    }
    this.#setFrozen(row, false);
    this.#store.event(row, 'unpause');
    return ok(undefined);
  }

  #setFrozen(row: ContainerRow, frozen: boolean): void {
    const { host } = this.#store.context;
    for (const process of host.processes(row.containerId))
      host.kill(process.pid, frozen ? signals.SIGSTOP : signals.SIGCONT);
    this.#store.setState(row, { status: frozen ? 'paused' : 'running' });
  }

  // ---- removal ----------------------------------------------------------------------------

  /** `docker rm`. `term`: what the user called it. */
  *removeNamed(
    given: ContainerRow,
    term: string,
    options: { readonly force: boolean; readonly volumes: boolean },
  ): Op<Result<void, Failure>> {
    while (this.#starting.has(given.id)) yield { keys: [this.#store.key(given)] };
    const row = this.#store.get(given.id);
    if (!row) return ok(undefined);
    if (countsAsRunning(row.state)) {
      if (!options.force) return err(this.#mayNotRemove(row, term));
      this.#policies.rest(row);
      yield* this.killAndWait(row, signals.SIGKILL);
    }
    const current = this.#store.get(row.id);
    if (current) yield* this.remove(current, options);
    return ok(undefined);
  }

  #mayNotRemove(row: ContainerRow, term: string): Failure {
    const why: Partial<Record<ContainerRow['state']['status'], string>> = {
      paused: 'container is paused and must be unpaused first',
      restarting: 'container is restarting: stop the container before removing or force remove',
    };
    const reason =
      why[row.state.status] ??
      'container is running: stop the container before removing or force remove';
    return failure('conflict', `cannot remove container "${term}": ${reason}`);
  }

  *remove(row: ContainerRow, options: { readonly volumes: boolean }): Op<void> {
    if (row.state.status === 'removing') {
      while (this.#store.get(row.id)) yield { keys: [this.#store.key(row)] };
      return;
    }
    const store = this.#store;
    store.setState(row, { status: 'removing' });
    yield* sleep(this.#sim, millis(10));
    const runtime = store.runtime(row);
    const { fs } = store.context.host;
    fs.unmount(logPath(row));
    fs.remove(containerDirectory(row), { recursive: true });
    runtime.fs.discard();
    for (const stream of runtime.attached) stream.end();
    store.event(row, 'destroy');
    store.forget(row);
    this.#policies.resume(row);
    for (const exec of store.context.collections.execs.where('container', row.id))
      store.context.collections.execs.remove(exec.id);
    if (options.volumes) for (const name of row.anonymousVolumes) this.#volumes.remove(name, true);
    this.#sim.wake(runtime.log.key);
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
    yield* this.stop(row);
    const current = this.#store.get(row.id);
    if (current) this.#store.update(current, { manuallyStopped });
    if (!resting) this.#policies.resume(row);
  }

  /** The machine lost its power: what ran is gone. */
  crashed(): void {
    const { execs } = this.#store.context.collections;
    this.#starting.clear();
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
        yield* this.remove(this.#store.must(row.id), { volumes: true });
    }
  }

  /** The daemon has started: containers whose policy says so are started too. */
  *boot(): Op<void> {
    this.#policies.resumeAll();
    yield* this.#findDead();
    for (const row of this.#store.rows()) {
      if (countsAsRunning(row.state) || row.state.startedAt === undefined) continue;
      if (hasProcess(row.state) || !this.#policies.mayRestart(row, row.state.exitCode)) continue;
      yield* this.#run(row);
    }
  }
}

function* nothing(): Op<void> {}
