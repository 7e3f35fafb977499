// A node's agent: brings each task that the leader assigned one step further at a time, and reports where it is.
// Mirrors: swarmkit agent/{agent,worker,task}.go, agent/exec/controller.go (Do).
import {
  type Coroutine,
  type Micros,
  micros,
  millis,
  type Op,
  type Sim,
  sleep,
} from '../sim/index.ts';
import type { Result } from '../std/index.ts';
import type { Assignments } from './assignments.ts';
import {
  type ContainerStatus,
  isTerminal,
  rank,
  type TaskRow,
  type TaskState,
  type TaskStatus,
} from './objects.ts';
import type { PortConfig } from './specs.ts';

/** How a task came to an end: its exit code, and what else is known of the reason. */
export interface TaskExit {
  readonly code: number;
  readonly cause?: string;
  /** The whole error, where it is no matter of an exit code. */
  readonly error?: string;
}

/** What the node's engine does for one task. Errors are texts for `docker service ps`. */
export interface TaskController {
  /** The image, networks and volumes, and the container. Done again after a restart of the daemon, it finds what is there. */
  prepare(): Op<Result<void, string>>;
  /** Ends when the container runs and is healthy. */
  start(): Op<Result<void, string>>;
  /** Waits until the container has ended. */
  wait(): Op<TaskExit>;
  /** Takes it out of load balancing, and stops it. */
  shutdown(): Op<void>;
  /** The task is forgotten: its container goes too. */
  remove(): Op<void>;
  /** Whether its container was started before, by a daemon that has gone since. */
  readonly resumed: boolean;
  container(): ContainerStatus | undefined;
  ports(): readonly PortConfig[];
}

export interface Executor {
  controller(task: TaskRow): TaskController;
}

export interface AgentOptions {
  readonly sim: Sim;
  readonly executor: Executor;
  /** Tells the managers; false when they could not be reached. */
  readonly report: (
    updates: readonly { readonly taskId: string; readonly status: TaskStatus }[],
  ) => Op<boolean>;
}

interface Live {
  task: TaskRow;
  status: TaskStatus;
  readonly controller: TaskController;
  coroutine: Coroutine<void>;
}

/** Reports are gathered for so long: the leader commits them in batches. */
const batchMillis = 100;
/** New tasks are written to the agent's own database one after another. */
const writeMillis = 12;
const retryMillis = 500;

export class Agent {
  readonly #options: AgentOptions;
  readonly #live = new Map<string, Live>();
  readonly #removing = new Map<string, Coroutine<void>>();
  /** Its own database: the tasks given to it and how far they are, which it goes on from after a power failure. */
  readonly #saved = new Map<string, TaskRow>();
  readonly #unsent = new Map<string, TaskStatus>();
  #sender: Coroutine<void> | undefined;
  /** When the last new task will have been written down. */
  #writtenAt: Micros = micros(0);

  constructor(options: AgentOptions) {
    this.#options = options;
  }

  apply({ tasks, node }: Assignments): void {
    const ids = new Set(tasks.map((task) => task.id));
    for (const [id, live] of [...this.#live]) if (!ids.has(id)) this.#drop(id, live);
    for (const task of tasks) {
      if (task.serviceId === '' || task.nodeId !== node.id) continue;
      const live = this.#live.get(task.id);
      if (!live) this.#begin(task);
      else if (live.task.desiredState !== task.desiredState) {
        live.task = task;
        this.#save(live);
        this.#options.sim.wake(keyOf(task.id));
      }
    }
  }

  /** The machine has lost its power: only what was written down is left. */
  lose(): void {
    this.#sender = undefined;
    this.#live.clear();
    this.#removing.clear();
    this.#unsent.clear();
  }

  /** The daemon starts: it looks after the tasks that it had, before it has heard of any leader. */
  resume(): void {
    for (const task of this.#saved.values()) {
      this.#begin(task);
      this.#tell(task.id, task.status);
    }
  }

  /** The daemon stops, or the swarm is left: all tasks are given up, their containers go. */
  *end(): Op<void> {
    const all = [...this.#live.values()];
    const { sim } = this.#options;
    const removals = all.map(({ coroutine, controller }) => {
      sim.cancel(coroutine as Coroutine<unknown>);
      return sim.spawn('removal of a task', controller.remove());
    });
    removals.push(...this.#removing.values());
    if (this.#sender) sim.cancel(this.#sender as Coroutine<unknown>);
    this.lose();
    this.#saved.clear();
    for (const removal of removals) while (!removal.ended) yield { keys: [removal.endKey] };
  }

  #begin(task: TaskRow): void {
    const { sim, executor } = this.#options;
    const controller = executor.controller(task);
    const name = `task ${task.serviceName}.${task.slot} ${task.id}`;
    const live: Live = {
      task,
      status: task.status,
      controller,
      coroutine: undefined as unknown as Coroutine<void>,
    };
    this.#writtenAt = micros(Math.max(this.#writtenAt, sim.now()) + millis(writeMillis));
    live.coroutine = sim.spawn(name, this.#run(live, this.#writtenAt));
    this.#live.set(task.id, live);
    this.#save(live);
  }

  #save({ task, status }: Live): void {
    this.#saved.set(task.id, { ...task, status });
  }

  /** The leader has forgotten the task. */
  #drop(id: string, live: Live): void {
    const { sim } = this.#options;
    this.#live.delete(id);
    this.#saved.delete(id);
    this.#unsent.delete(id);
    sim.cancel(live.coroutine as Coroutine<unknown>);
    const removal = sim.spawn(`removal of task ${id}`, live.controller.remove());
    this.#removing.set(id, removal);
    removal.onEnd.push(() => this.#removing.delete(id));
  }

  // ---- one task -------------------------------------------------------------------------

  *#run(live: Live, from: Micros): Op<void> {
    if (isTerminal(live.status.state)) return;
    yield { until: from };
    if (live.controller.resumed && rank(live.status.state) >= rank('starting')) {
      yield* this.#followEnd(live);
      return;
    }
    const prepared = yield* this.#prepare(live);
    if (!prepared) return;
    while (rank(live.task.desiredState) < rank('running')) yield { keys: [keyOf(live.task.id)] };
    if (this.#mustStop(live)) {
      yield* this.#shutDown(live);
      return;
    }
    this.#report(live, 'starting', 'starting');
    const started = yield* this.#unlessStopped(live, 'start', live.controller.start());
    if (!started) {
      yield* this.#shutDown(live);
      return;
    }
    if (!started.ok) {
      this.#report(live, 'failed', 'starting', started.error);
      return;
    }
    this.#report(live, 'running', 'started');
    yield* this.#followEnd(live);
  }

  *#prepare(live: Live): Op<boolean> {
    if (this.#mustStop(live)) {
      yield* this.#shutDown(live);
      return false;
    }
    this.#report(live, 'accepted', 'accepted');
    this.#report(live, 'preparing', 'preparing');
    const prepared = yield* live.controller.prepare();
    if (!prepared.ok) {
      this.#report(live, 'rejected', 'preparing', prepared.error);
      return false;
    }
    if (this.#mustStop(live)) {
      yield* this.#shutDown(live);
      return false;
    }
    this.#report(live, 'ready', 'prepared');
    return true;
  }

  /** Waits for the container's end, or until the task is told to stop. */
  *#followEnd(live: Live): Op<void> {
    const ended = yield* this.#unlessStopped(live, 'end', live.controller.wait());
    if (!ended) {
      yield* this.#shutDown(live);
      return;
    }
    const { code, cause, error } = ended;
    if (error !== undefined) this.#report(live, 'failed', 'started', error);
    else if (code === 0 && cause === undefined) this.#report(live, 'complete', 'finished');
    else {
      const why = cause === undefined ? '' : `: ${cause}`;
      this.#report(live, 'failed', 'started', `task: non-zero exit (${code})${why}`);
    }
  }

  /** Does something until it is done; undefined when the task was told to stop before that. */
  *#unlessStopped<T extends object>(live: Live, what: string, op: Op<T>): Op<T | undefined> {
    const { sim } = this.#options;
    const doing = sim.spawn(`${what} of task ${live.task.id}`, op);
    try {
      while (!doing.ended && !this.#mustStop(live))
        yield { keys: [doing.endKey, keyOf(live.task.id)] };
      return doing.result;
    } finally {
      sim.cancel(doing);
    }
  }

  #mustStop({ task }: Live): boolean {
    return rank(task.desiredState) > rank('complete');
  }

  *#shutDown(live: Live): Op<void> {
    // That it is to stop is reported with the state in which it is found (060:14: `Shutdown`, `Running 3 seconds ago`).
    if (live.status.state === 'running') this.#report(live, 'running', 'started');
    yield* live.controller.shutdown();
    this.#report(live, 'shutdown', 'shutdown');
  }

  // ---- reports --------------------------------------------------------------------------

  #report(live: Live, state: TaskState, message: string, error = ''): void {
    if (rank(state) < rank(live.status.state)) return;
    const container = live.controller.container();
    const ports = live.controller.ports();
    live.status = {
      at: this.#options.sim.now(),
      state,
      message,
      error,
      ...(container && { container }),
      ...(ports.length > 0 && { ports }),
    };
    this.#save(live);
    this.#tell(live.task.id, live.status);
  }

  #tell(taskId: string, status: TaskStatus): void {
    this.#unsent.set(taskId, status);
    if (!this.#sender || this.#sender.ended)
      this.#sender = this.#options.sim.spawn('task reports', this.#send());
  }

  *#send(): Op<void> {
    const { sim, report } = this.#options;
    yield* sleep(sim, millis(batchMillis));
    while (this.#unsent.size > 0) {
      const updates = [...this.#unsent].map(([taskId, status]) => ({ taskId, status }));
      const sent = yield* report(updates);
      if (sent)
        for (const { taskId, status } of updates)
          if (this.#unsent.get(taskId) === status) this.#unsent.delete(taskId);
      if (this.#unsent.size > 0) yield* sleep(sim, millis(sent ? batchMillis : retryMillis));
    }
  }
}

const keyOf = (taskId: string): string => `agent task ${taskId}`;
