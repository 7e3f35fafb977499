// The containers of one daemon: what the routes, the swarm's executor and the routes of networks ask of them.
//
// Mirrors: moby daemon (the container part of its Backend interfaces).
import type { ApiRequest, ApiResponse } from '../../api/index.ts';
import { type Op, seconds, sleep } from '../../sim/index.ts';
import { err, type Failure, failure, ok, type Result } from '../../std/index.ts';
import { isObject, type JsonObject, numberOf, textOf } from '../body.ts';
import type { DaemonContext } from '../context.ts';
import type { ImageStore } from '../images/store.ts';
import { type Filters, flag } from '../query.ts';
import { failed, json, streamed } from '../router.ts';
import { PieceStream } from '../stream.ts';
import type { VolumeStore } from '../volumes/store.ts';
import { connectContainer, disconnectContainer } from './connect.ts';
import { type Created, type CreateRequest, createContainer, nameConflict } from './create.ts';
import { spend } from './durations.ts';
import { Execs } from './exec.ts';
import { sizes } from './inspect.ts';
import { Lifecycle } from './lifecycle.ts';
import { Removal } from './removal.ts';
import { RestartPolicies } from './restart.ts';
import { type Attachment, type ContainerRow, countsAsRunning } from './rows.ts';
import { stats } from './stats.ts';
import { Stopping } from './stopping.ts';
import { ContainerStore } from './store.ts';
import { nameProblem, restartProblem } from './validate.ts';

export class Containers {
  readonly store: ContainerStore;
  readonly images: ImageStore;
  readonly volumes: VolumeStore;
  readonly stopping: Stopping;
  readonly removal: Removal;
  readonly lifecycle: Lifecycle;
  readonly execs: Execs;

  constructor(context: DaemonContext, images: ImageStore, volumes: VolumeStore) {
    this.store = new ContainerStore(context);
    this.images = images;
    this.volumes = volumes;
    const policies = new RestartPolicies();
    const stopping = new Stopping(this.store, policies);
    const removal = new Removal(this.store, volumes, policies, stopping);
    this.stopping = stopping;
    this.removal = removal;
    this.lifecycle = new Lifecycle(this.store, { policies, stopping, removal });
    this.execs = new Execs(this.store);
  }

  *create(request: CreateRequest): Op<Result<Created, Failure>> {
    yield* spend(this.store.context, request.managed === true, 'create');
    return createContainer(this, request);
  }

  // ---- names and settings -------------------------------------------------------------------

  rename(term: string, wanted: string): Result<void, Failure> {
    const found = this.store.find(term);
    if (!found.ok) return found;
    const row = found.value;
    const name = wanted.replace(/^\//, '');
    if (wanted === '')
      return err(failure('invalid_parameter', 'Neither old nor new names may be empty'));
    if (row.name === name) {
      return err(
        failure('invalid_parameter', 'Renaming a container with the same name as its current name'),
      );
    }
    const owner = this.store.named(name);
    const problem = nameProblem(wanted) ?? (owner && nameConflict(name, owner));
    if (problem) {
      return err({
        ...problem,
        message: `Error when allocating new name: ${problem.message}`,
      });
    }
    const networks = Object.fromEntries(
      Object.entries(row.networks).map(([network, attachment]): [string, Attachment] => [
        network,
        {
          ...attachment,
          dnsNames: attachment.dnsNames?.map((n) => (n === row.name ? name : n)) ?? null,
        },
      ]),
    );
    const renamed = this.store.update(row, { name, networks });
    this.store.context.controller.rename(row.containerId, name);
    this.store.event(renamed, 'rename', { oldName: `/${row.name}` });
    return ok(undefined);
  }

  /** `docker update`: resources are noted down, a restart policy counts from the next exit on. */
  update(term: string, body: JsonObject): Result<readonly string[] | null, Failure> {
    const found = this.store.find(term);
    if (!found.ok) return found;
    const row = found.value;
    const policy = isObject(body.RestartPolicy)
      ? {
          Name: textOf(body.RestartPolicy.Name),
          MaximumRetryCount: numberOf(body.RestartPolicy.MaximumRetryCount),
        }
      : { Name: '', MaximumRetryCount: 0 };
    const problem = restartProblem(policy);
    if (problem) return err(problem);
    if (policy.Name !== '' && policy.Name !== 'no' && row.hostConfig.AutoRemove) {
      return err(
        failure(
          'conflict',
          'Restart policy cannot be updated because AutoRemove is enabled for the container',
        ),
      );
    }
    const memory = numberOf(body.Memory);
    if (memory !== 0 && memory < 6 * 1024 * 1024)
      return err(failure('invalid_parameter', 'Minimum memory limit allowed is 6MB'));
    const resources = Object.fromEntries(
      Object.entries(body).filter(
        ([key, value]) =>
          key !== 'RestartPolicy' && key in row.hostConfig && value !== 0 && value !== '' && value,
      ),
    );
    this.store.update(row, {
      hostConfig: {
        ...row.hostConfig,
        ...resources,
        ...(policy.Name !== '' && { RestartPolicy: policy }),
        ...(memory > 0 && { MemorySwap: -1 }),
      },
    });
    this.store.event(row, 'update');
    return ok(null);
  }

  // ---- waiting and attaching ------------------------------------------------------------------

  /** `docker wait`: `not-running` (default), `next-exit`, `removed`. */
  *wait(term: string, condition: string): Op<ApiResponse> {
    const found = this.store.find(term);
    if (!found.ok) return failed(found.error);
    const row = found.value;
    let exitCode = row.state.exitCode;
    const key = this.store.key(row);
    const finishedBefore = row.state.finishedAt;
    for (;;) {
      const current = this.store.get(row.id);
      if (!current) break;
      exitCode = current.state.exitCode;
      const { state } = current;
      const exitedNow = state.finishedAt !== finishedBefore;
      if (condition === 'next-exit' && exitedNow) break;
      if ((condition === '' || condition === 'not-running') && !countsAsRunning(state)) break;
      yield { keys: [key] };
    }
    return json({ StatusCode: exitCode });
  }

  /** Joins the client to the input and output of a container that runs or is about to; ends when it stops. */
  attach(term: string, request: ApiRequest): Result<PieceStream, Failure> {
    const found = this.store.find(term);
    if (!found.ok) return found;
    const row = found.value;
    if (row.state.status === 'paused') {
      return err(
        failure('conflict', `container ${term} is paused, unpause the container before attach`),
      );
    }
    if (row.state.status === 'restarting') {
      return err(
        failure('conflict', `container ${term} is restarting, wait until the container is running`),
      );
    }
    const runtime = this.store.runtime(row);
    const wantsInput = flag(request, 'stdin') && row.config.OpenStdin;
    const closeInput = (): void => {
      if (row.config.StdinOnce && !row.config.Tty) runtime.io?.closeInput();
    };
    // What is typed before the process is there waits for it.
    let early = '';
    let closedEarly = false;
    const stream: PieceStream = new PieceStream(this.store.context.sim, {
      input: (text) => {
        if (!wantsInput) return;
        if (runtime.io) runtime.io.input(text);
        else early += text;
      },
      inputClosed: () => {
        if (!wantsInput) return;
        if (runtime.io) closeInput();
        else closedEarly = true;
      },
      closed: () => {
        runtime.attached.delete(stream);
        if (wantsInput) closeInput();
      },
    });
    if (flag(request, 'logs')) {
      for (const entry of runtime.log.entries) stream.text(entry.channel, entry.text);
    }
    if (!flag(request, 'stream')) {
      stream.end();
      return ok(stream);
    }
    const shown = flag(request, 'stdout') || flag(request, 'stderr');
    if (shown || wantsInput) runtime.attached.add(stream);
    if (wantsInput && !runtime.io) {
      runtime.early.push((io) => {
        if (early !== '') io.input(early);
        if (closedEarly) closeInput();
      });
    }
    if (countsAsRunning(row.state)) this.store.event(row, 'attach');
    return ok(stream);
  }

  // ---- looks inside ---------------------------------------------------------------------------

  changes(row: ContainerRow): readonly object[] {
    const kinds = { C: 0, A: 1, D: 2 } as const;
    return this.store
      .runtime(row)
      .fs.changes()
      .map(({ kind, path }) => ({ Path: path, Kind: kinds[kind] }));
  }

  /** One sample, or one each second for as long as the client listens. */
  *stats(term: string, follow: boolean): Op<ApiResponse> {
    const found = this.store.find(term);
    if (!found.ok) return failed(found.error);
    const row = found.value;
    const { sim } = this.store.context;
    if (!follow) {
      yield* sleep(sim, seconds(1));
      const current = this.store.get(row.id);
      return json(stats(this.store, current ?? row));
    }
    const stream = new PieceStream(sim);
    sim.spawn('stats', this.#sampling(row, stream));
    return streamed(stream);
  }

  *#sampling(row: ContainerRow, stream: PieceStream): Op<void> {
    for (;;) {
      const current = this.store.get(row.id);
      if (!current || stream.closed) break;
      stream.message(stats(this.store, current));
      yield* sleep(this.store.context.sim, seconds(1));
    }
    stream.end();
  }

  // ---- removal and networks -------------------------------------------------------------------

  *prune(filters: Filters): Op<object> {
    const deleted: string[] = [];
    let reclaimed = 0;
    for (const row of this.store.rows()) {
      if (countsAsRunning(row.state) || row.state.status === 'removing') continue;
      if (!filters.labels('label', row.config.Labels)) continue;
      reclaimed += sizes(this.store, this.images, row).SizeRw;
      yield* this.removal.remove(row, { volumes: false });
      deleted.push(row.containerId);
    }
    this.store.context.events.log('container', 'prune', '', { reclaimed: String(reclaimed) });
    return {
      ContainersDeleted: deleted.length > 0 ? deleted : null,
      SpaceReclaimed: reclaimed,
    };
  }

  connect(container: string, network: string, attachment: Attachment): Op<Result<void, Failure>> {
    return connectContainer(this.store, container, network, attachment);
  }

  disconnect(container: string, network: string, force: boolean): Op<Result<void, Failure>> {
    return disconnectContainer(this.store, container, network, force);
  }
}
