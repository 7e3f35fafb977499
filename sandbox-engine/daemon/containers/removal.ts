// The removal of a container, with what it has on the host's disk.
//
// Mirrors: moby daemon/delete.go.
import { signals } from '../../os/index.ts';
import { millis, type Op, sleep } from '../../sim/index.ts';
import { err, type Failure, failure, ok, type Result } from '../../std/index.ts';
import type { VolumeStore } from '../volumes/store.ts';
import { containerDirectory, logPath } from './networking.ts';
import type { RestartPolicies } from './restart.ts';
import { type ContainerRow, countsAsRunning } from './rows.ts';
import type { Stopping } from './stopping.ts';
import type { ContainerStore } from './store.ts';

export class Removal {
  readonly #store: ContainerStore;
  readonly #volumes: VolumeStore;
  readonly #policies: RestartPolicies;
  readonly #stopping: Stopping;

  constructor(
    store: ContainerStore,
    volumes: VolumeStore,
    policies: RestartPolicies,
    stopping: Stopping,
  ) {
    this.#store = store;
    this.#volumes = volumes;
    this.#policies = policies;
    this.#stopping = stopping;
  }

  /** `docker rm`. `term`: what the user called it. */
  *removeNamed(
    given: ContainerRow,
    term: string,
    options: { readonly force: boolean; readonly volumes: boolean },
  ): Op<Result<void, Failure>> {
    while (this.#store.starting.has(given.id)) yield { keys: [this.#store.key(given)] };
    const row = this.#store.get(given.id);
    if (!row) return ok(undefined);
    if (countsAsRunning(row.state)) {
      if (!options.force) return err(this.#mayNotRemove(row, term));
      this.#policies.rest(row);
      yield* this.#stopping.killAndWait(row, signals.SIGKILL);
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

  *remove(given: ContainerRow, options: { readonly volumes: boolean }): Op<void> {
    yield* this.#store.settled(given);
    const row = this.#store.get(given.id);
    if (!row) return;
    if (row.state.status === 'removing') {
      while (this.#store.get(row.id)) yield { keys: [this.#store.key(row)] };
      return;
    }
    const store = this.#store;
    store.setState(row, { status: 'removing' });
    yield* sleep(this.#store.context.sim, millis(10));
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
    this.#store.context.sim.wake(runtime.log.key);
  }
}
