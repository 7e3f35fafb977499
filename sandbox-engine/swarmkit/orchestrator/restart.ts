// Replaces tasks that have ended or whose node is gone, after the restart delay and as often as the policy allows.
// Mirrors: swarmkit manager/orchestrator/restart/restart.go.
import { type Coroutine, type Micros, micros, type Op, seconds } from '../../sim/index.ts';
import { isTerminal, rank, type ServiceRow, type TaskRow, type TaskState } from '../objects.ts';
import type { Swarm } from '../swarm.ts';
import { createTask, isGlobal, isGlobalJob, isJob, setDesired } from './tasks.ts';

const defaultDelay = 5_000_000_000;
/** An old task that does not stop is not waited for any longer. */
const stopLimit = seconds(60);

interface History {
  readonly specVersion: number;
  /** When replacements were made. */
  times: Micros[];
  /** All of them, also those that a window has left behind. */
  total: number;
}

export class RestartSupervisor {
  readonly #swarm: Swarm;
  readonly #history = new Map<string, History>();
  readonly #delays = new Map<string, Coroutine<void>>();

  constructor(swarm: Swarm) {
    this.#swarm = swarm;
    // Tasks that a former leader left waiting.
    for (const task of swarm.store.all(swarm.store.rows.tasks))
      if (task.desiredState === 'ready' && !isTerminal(task.status.state))
        this.delayStart(task, undefined, delayOf(task));
  }

  stop(): void {
    for (const coroutine of this.#delays.values())
      this.#swarm.sim.cancel(coroutine as Coroutine<unknown>);
    this.#delays.clear();
  }

  /** The task is over: a replacement takes its place, if the policy says so. */
  restart(service: ServiceRow, task: TaskRow): void {
    const { store } = this.#swarm;
    // It has failed before it was to start: its replacement waits until then.
    if (this.#delays.has(task.id)) return;
    setDesired(this.#swarm, task, 'shutdown');
    if (!this.shouldRestart(service, task)) return;
    const node = store.rows.nodes.get(task.nodeId);
    const onNode = isGlobal(service) || isGlobalJob(service);
    const place = { slot: task.slot, nodeId: onNode ? task.nodeId : '' };
    const replacement = createTask(this.#swarm, service, place, 'ready');
    this.#note(service, replacement);
    // A drained node's tasks have done nothing wrong.
    const delay = node?.spec.Availability === 'drain' ? 0 : delayOf(task);
    const gone = node?.status.state === 'down' || isTerminal(task.status.state);
    this.delayStart(replacement, gone ? undefined : task, delay);
  }

  /** Lets a task that is READY run once `delay` (ns) is over and the old task has stopped. */
  delayStart(task: TaskRow, old: TaskRow | undefined, delay: number): Coroutine<void> {
    const { sim } = this.#swarm;
    const before = this.#delays.get(task.id);
    if (before) sim.cancel(before as Coroutine<unknown>);
    const coroutine = sim.spawn(`start of ${task.id}`, this.#wait(task, old, delay));
    this.#delays.set(task.id, coroutine);
    return coroutine;
  }

  *#wait(task: TaskRow, old: TaskRow | undefined, delay: number): Op<void> {
    const { sim, store } = this.#swarm;
    const limit = micros(sim.now() + stopLimit);
    if (delay > 0) yield { until: micros(sim.now() + Math.round(delay / 1000)) };
    while (old && sim.now() < limit) {
      const now = store.rows.tasks.get(old.id);
      const node = now && store.rows.nodes.get(now.nodeId);
      if (!now || isTerminal(now.status.state) || node?.status.state === 'down') break;
      yield { keys: [this.#swarm.changeKey], until: limit };
    }
    this.#delays.delete(task.id);
    const current = store.rows.tasks.get(task.id);
    if (current?.desiredState === 'ready')
      store.update(store.rows.tasks, task.id, { desiredState: runningState(current) });
  }

  /** Whether the policy lets a task be replaced that has ended, or has to end. */
  shouldRestart(service: ServiceRow, task: TaskRow): boolean {
    const {
      Condition: condition = 'any',
      MaxAttempts: limit = 0,
      Window: window = 0,
    } = task.spec.RestartPolicy ?? {};
    const { state, at } = task.status;
    if (condition === 'none') return false;
    if (condition === 'on-failure' && state === 'complete') return false;
    // Jobs never run again because of a policy that asks for endless running.
    if (isJob(service) && state === 'complete') return false;
    if (limit === 0) return true;
    const history = this.#history.get(instanceKey(service, task));
    if (!history || history.specVersion !== task.specVersion) return true;
    if (window === 0) return history.total < limit;
    // The window ends with the task in question, not now.
    history.times = history.times.filter((time) => time > at - window / 1000);
    return history.times.filter((time) => time < at).length < limit;
  }

  #note(service: ServiceRow, replacement: TaskRow): void {
    if (!replacement.spec.RestartPolicy?.MaxAttempts) return;
    const key = instanceKey(service, replacement);
    const { specVersion, createdAt } = replacement;
    const known = this.#history.get(key);
    const history =
      known && known.specVersion === specVersion ? known : { specVersion, times: [], total: 0 };
    history.times.push(createdAt);
    history.total += 1;
    this.#history.set(key, history);
  }
}

const delayOf = (task: TaskRow): number => task.spec.RestartPolicy?.Delay ?? defaultDelay;

/** Attempts are counted per slot, or per node for global services. */
const instanceKey = (service: ServiceRow, { slot, nodeId }: TaskRow): string =>
  `${service.id} ${isGlobal(service) || isGlobalJob(service) ? nodeId : slot}`;

/** Jobs are done when they are complete. */
const runningState = (task: TaskRow): TaskState =>
  task.jobIteration === undefined ? 'running' : 'complete';

/** Ended although it was to go on. */
export const needsRestart = (task: TaskRow): boolean =>
  isTerminal(task.status.state) && rank(task.desiredState) <= rank('complete');
