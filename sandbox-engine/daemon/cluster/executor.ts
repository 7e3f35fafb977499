// Runs tasks as containers of this node's engine. Mirrors: moby daemon/cluster/executor/container/{executor,controller}.go.

import type { EndpointRow, SandboxRow } from '../../libnetwork/index.ts';
import { micros, millis, type Op, seconds, sleep } from '../../sim/index.ts';
import { err, ok, type Result } from '../../std/index.ts';
import {
  type Assignments,
  type ContainerStatus,
  type Executor,
  type PortConfig,
  type TaskController,
  type TaskExit,
  type TaskRow,
  taskName,
} from '../../swarmkit/index.ts';
import type { Containers } from '../containers/containers.ts';
import { spend } from '../containers/durations.ts';
import { type ContainerRow, countsAsRunning } from '../containers/rows.ts';
import { pullImage } from '../images/pull.ts';
import { familiarString, parseReference } from '../images/reference.ts';
import type { NodeNetworks } from './node-networks.ts';
import { containerBody, containerNetworks, mountProblem } from './task-container.ts';
import { taskFiles } from './task-files.ts';
import { mountFiles } from './task-mounts.ts';
import { contextOf, expandContainerSpec } from './task-template.ts';

/** A node waits for the manager to give it an address on each network of a task. */
const attachmentLimit = seconds(30);
/** Requests under way may come to an end before a task is stopped. */
const drainMillis = 2_000;
const defaultGrace = 10_000_000_000;

export interface ExecutorOptions {
  readonly containers: Containers;
  readonly networks: NodeNetworks;
  /** What the manager said last. */
  readonly assignments: () => Assignments | undefined;
}

export function createExecutor(options: ExecutorOptions): Executor {
  return { controller: (task) => new ContainerTask(options, task) };
}

class ContainerTask implements TaskController {
  readonly #options: ExecutorOptions;
  readonly #task: TaskRow;
  readonly resumed: boolean;
  /** The container as it was last seen. */
  #last: ContainerRow | undefined;

  constructor(options: ExecutorOptions, task: TaskRow) {
    this.#options = options;
    this.#task = task;
    this.#last = this.#row();
    this.resumed = task.status.container !== undefined || this.#last !== undefined;
  }

  get #sim() {
    return this.#options.containers.store.context.sim;
  }

  #row(): ContainerRow | undefined {
    const row = this.#options.containers.store.named(taskName(this.#task));
    if (row) this.#last = row;
    return row;
  }

  // ---- preparing ------------------------------------------------------------------------

  *prepare(): Op<Result<void, string>> {
    if (this.#row()) return ok(undefined);
    const badMount = mountProblem(this.#task.spec.ContainerSpec ?? { Image: '' });
    if (badMount !== undefined) return err(badMount);
    const joined = yield* this.#joinNetworks();
    if (!joined.ok) return joined;
    const image = yield* this.#ensureImage();
    if (!image.ok) return image;
    const assignments = this.#options.assignments();
    if (!assignments) return err('the node has left the swarm');
    const network = (id: string) => this.#options.networks.row(id);
    const { node } = assignments;
    const asked = this.#task.spec.ContainerSpec ?? { Image: '' };
    const spec = expandContainerSpec(asked, contextOf(this.#task, node));
    if (!spec.ok) return spec;
    const made = yield* this.#options.containers.create({
      name: taskName(this.#task),
      body: containerBody(this.#task, spec.value, node, network),
      networks: containerNetworks(this.#task, network),
      managed: true,
    });
    return made.ok ? ok(undefined) : err(made.error.message);
  }

  *#joinNetworks(): Op<Result<void, string>> {
    const { networks } = this.#options;
    const until = micros(this.#sim.now() + attachmentLimit);
    for (const { networkId, addresses } of this.#task.attachments) {
      if (addresses.length === 0) continue;
      while (!networks.isReady(networkId)) {
        if (this.#sim.now() >= until)
          return err('node is missing network attachments, ip addresses may be exhausted');
        yield* sleep(this.#sim, millis(20));
      }
      yield* networks.join(networkId);
    }
    return ok(undefined);
  }

  *#ensureImage(): Op<Result<void, string>> {
    const { containers } = this.#options;
    const name = this.#task.spec.ContainerSpec?.Image ?? '';
    if (containers.images.find(name).ok) return ok(undefined);
    const reference = parseReference(name);
    if (!reference.ok) return err(reference.error.message);
    const pulled = yield* pullImage(containers.store.context, containers.images, reference.value);
    if (pulled.ok)
      for (let piece = pulled.value.take(); piece !== null; piece = pulled.value.take())
        if (piece === undefined) yield { keys: [pulled.value.key] };
    if (containers.images.find(name).ok) return ok(undefined);
    return err(`No such image: ${familiarString(reference.value)}`);
  }

  // ---- running --------------------------------------------------------------------------

  *start(): Op<Result<void, string>> {
    const row = this.#row();
    const { containers } = this.#options;
    const assignments = this.#options.assignments();
    if (!row || !assignments) return err(`No such container: ${taskName(this.#task)}`);
    const files = taskFiles(this.#task, assignments);
    if (!files.ok) return err(`starting container failed: ${files.error}`);
    const mounted = mountFiles(containers.store, row, files.value);
    if (!mounted.ok) return err(`starting container failed: ${mounted.error}`);
    const started = yield* containers.lifecycle.start(row);
    if (!started.ok && started.error.kind !== 'not_modified')
      return err(`starting container failed: ${started.error.message}`);
    for (;;) {
      const current = this.#row();
      if (!current || !countsAsRunning(current.state)) break;
      const health = current.state.health?.status;
      if (health === undefined || health === 'healthy') break;
      if (health === 'unhealthy') return err(yield* this.#stopUnhealthy());
      yield { keys: [containers.store.key(current)] };
    }
    yield* this.#serve();
    return ok(undefined);
  }

  /** The node's own load balancers send requests to the task first; when they do, the other nodes are told. */
  *#serve(): Op<void> {
    const { context } = this.#options.containers.store;
    const { controller } = context;
    const sandbox = this.#sandbox();
    if (!sandbox) return;
    const endpoints = this.#serviceEndpoints();
    const fresh = endpoints.filter(
      ({ networkId, settings: { service } }) =>
        !controller
          .loadBalancers(networkId)
          .some(({ serviceId }) => serviceId === service?.serviceId),
    );
    const published = fresh.filter(({ settings: { service } }) => service?.ports.length);
    yield* spend(context, true, 'serve', endpoints.length);
    controller.enableService(sandbox.id);
    yield* spend(context, true, 'balancer', fresh.length);
    yield* spend(context, true, 'publish', published.length);
    controller.announceService(sandbox.id);
  }

  /** The container is stopped; the answer is the task's error. */
  *#stopUnhealthy(): Op<string> {
    yield* this.#retire();
    const code = this.#row()?.state.exitCode ?? 137;
    return `task: non-zero exit (${code}): dockerexec: unhealthy container`;
  }

  #sandbox(): SandboxRow | undefined {
    const row = this.#row();
    return row && this.#options.containers.store.context.controller.sandboxOf(row.containerId);
  }

  #serviceEndpoints(): readonly EndpointRow[] {
    const sandbox = this.#sandbox();
    if (!sandbox) return [];
    const { controller } = this.#options.containers.store.context;
    return controller.endpointsOf(sandbox.id).filter(({ settings }) => settings.service);
  }

  *wait(): Op<TaskExit> {
    const { store } = this.#options.containers;
    const first = this.#row();
    if (!first) return { code: 0, error: `No such container: ${taskName(this.#task)}` };
    for (;;) {
      const current = this.#row();
      // It was removed by hand, which kills it.
      if (!current) return { code: 137 };
      if (!countsAsRunning(current.state)) return { code: current.state.exitCode };
      if (current.state.health?.status === 'unhealthy') {
        yield* this.#retire();
        const code = this.#row()?.state.exitCode ?? 137;
        return { code, cause: 'dockerexec: unhealthy container' };
      }
      yield { keys: [store.key(current)] };
    }
  }

  // ---- ending ---------------------------------------------------------------------------

  *shutdown(): Op<void> {
    const row = this.#row();
    if (row && countsAsRunning(row.state)) yield* this.#retire();
    else yield* this.#giveUp();
    this.#options.networks.left(this.#task.id);
  }

  /** What has not started is taken out of load balancers as well: that takes its time though nobody has heard of it. */
  *#giveUp(): Op<void> {
    yield* this.#drain();
    const row = this.#row();
    if (row) yield* this.#options.containers.lifecycle.giveUpStart(row);
  }

  /** Gives all nodes the time to hear that the task takes no more requests. */
  *#drain(): Op<void> {
    if (this.#task.attachments.length > 0) yield* sleep(this.#sim, millis(drainMillis));
  }

  /** Takes it out of the load balancers, gives all nodes the time to hear of it, and stops it. */
  *#retire(): Op<void> {
    const { context } = this.#options.containers.store;
    yield* spend(context, true, 'leave', this.#serviceEndpoints().length);
    const sandbox = this.#sandbox();
    if (sandbox) context.controller.disableService(sandbox.id);
    yield* this.#drain();
    const current = this.#row();
    if (current && countsAsRunning(current.state)) yield* this.#stop(current);
  }

  *#stop(row: ContainerRow): Op<void> {
    const grace = this.#task.spec.ContainerSpec?.StopGracePeriod ?? defaultGrace;
    yield* this.#options.containers.stopping.stop(row, {
      graceSeconds: Math.round(grace / 1e9),
    });
  }

  /** Removing begins with shutting down once more, so that an ended task's container stays as long as the news takes. */
  *remove(): Op<void> {
    yield* this.shutdown();
    const row = this.#row();
    if (row) yield* this.#options.containers.removal.remove(row, { volumes: true });
  }

  // ---- what is told ---------------------------------------------------------------------

  container(): ContainerStatus | undefined {
    const row = this.#row() ?? this.#last;
    if (!row) return this.#task.status.container;
    const { pid, exitCode } = row.state;
    return { containerId: row.containerId, pid, exitCode };
  }

  ports(): readonly PortConfig[] {
    const row = this.#row();
    const { controller } = this.#options.containers.store.context;
    const sandbox = row && controller.sandboxOf(row.containerId);
    return (sandbox?.ports ?? []).map(({ protocol, containerPort, hostPort }) => ({
      Protocol: protocol,
      TargetPort: containerPort,
      PublishedPort: hostPort,
      PublishMode: 'host',
    }));
  }
}
