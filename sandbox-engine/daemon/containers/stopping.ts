// What is done to a container that runs, from outside: signals, stop, pause.
//
// Mirrors: moby daemon/{kill,stop,pause,unpause}.go.
import { signalNumber, signals } from '../../os/index.ts';
import { micros, type Op, seconds } from '../../sim/index.ts';
import { err, type Failure, failure, ok, type Result } from '../../std/index.ts';
import type { RestartPolicies } from './restart.ts';
import { type ContainerRow, countsAsRunning } from './rows.ts';
import type { ContainerStore } from './store.ts';

export interface StopOptions {
  /** Seconds until SIGKILL; -1 waits for ever. Default: the container's own, or 10. */
  readonly graceSeconds?: number;
  /** Instead of the container's stop signal. */
  readonly signal?: number;
}

export class Stopping {
  readonly #store: ContainerStore;
  readonly #policies: RestartPolicies;

  constructor(store: ContainerStore, policies: RestartPolicies) {
    this.#store = store;
    this.#policies = policies;
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
    if (restart) this.#store.context.sim.cancel(restart);
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
    if (signal === signals.SIGKILL) {
      yield* this.#untilStopped(row);
      yield* this.#store.settled(row);
    }
    return ok(undefined);
  }

  /** `docker stop`: the stop signal, and after the grace period SIGKILL. `graceSeconds` -1 waits for ever. */
  *stop(row: ContainerRow, options: StopOptions = {}): Op<Result<void, Failure>> {
    if (!countsAsRunning(row.state)) return err(failure('not_modified', ''));
    const grace = options.graceSeconds ?? row.config.StopTimeout ?? 10;
    this.#policies.rest(row);
    this.kill(row, options.signal ?? this.#stopSignal(row));
    const deadline = grace < 0 ? undefined : micros(this.#store.context.sim.now() + seconds(grace));
    if (!(yield* this.#untilStopped(row, deadline))) {
      const current = this.#store.get(row.id);
      if (current && countsAsRunning(current.state)) this.kill(current, signals.SIGKILL);
      yield* this.#untilStopped(row);
    }
    const stopped = this.#store.get(row.id);
    if (stopped) this.#store.event(stopped, 'stop');
    yield* this.#store.settled(row);
    return ok(undefined);
  }

  /** Waits until nothing of a container runs; false when the deadline came first. */
  *#untilStopped(row: ContainerRow, until?: ReturnType<typeof micros>): Op<boolean> {
    for (;;) {
      const current = this.#store.get(row.id);
      if (!current || !countsAsRunning(current.state)) return true;
      if (until !== undefined && this.#store.context.sim.now() >= until) return false;
      const keys = [this.#store.key(row)];
      yield until === undefined ? { keys } : { keys, until };
    }
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
}
