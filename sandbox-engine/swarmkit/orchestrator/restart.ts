// Replaces tasks that have ended or whose node is gone, after the restart delay and as often as the policy allows.
// Mirrors: swarmkit manager/orchestrator/restart/restart.go.
import { type Coroutine, micros, type Op, seconds } from '../../sim/index.ts';
import { isTerminal, rank, type ServiceRow, type TaskRow, type TaskState } from '../objects.ts';
import type { Swarm } from '../swarm.ts';
import { createTask, isJob, isUsable, setDesired } from './tasks.ts';

const defaultDelay = 5_000_000_000;
/** An old task that does not stop is not waited for any longer. */
const stopLimit = seconds(60);

interface History {
  specVersion: number;
  /** When restarts happened, µs. */
  readonly times: number[];
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
        this.delayStart(task, undefined, this.#delayOf(task));
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
    const global = 'Global' in service.spec.Mode || 'GlobalJob' in service.spec.Mode;
    if (global && !isUsable(node)) return;
    const place = { slot: task.slot, nodeId: global ? task.nodeId : '' };
    const replacement = createTask(this.#swarm, service, place, 'ready');
    this.#note(service, task);
    // A drained node's tasks have done nothing wrong.
    const delay = node?.spec.Availability === 'drain' ? 0 : this.#delayOf(replacement);
    const gone = !node || node.status.state === 'down' || isTerminal(task.status.state);
    this.delayStart(replacement, gone ? undefined : task, delay);
  }

  /** Lets a task that is READY run once `delay` (ns) is over and the old task has stopped. */
  delayStart(task: TaskRow, old: TaskRow | undefined, delay: number): void {
    const { sim } = this.#swarm;
    this.cancel(task.id);
    const coroutine = sim.spawn(`start of ${task.id}`, this.#wait(task, old, delay));
    this.#delays.set(task.id, coroutine);
  }

  cancel(taskId: string): void {
    const waiting = this.#delays.get(taskId);
    if (waiting) this.#swarm.sim.cancel(waiting as Coroutine<unknown>);
    this.#delays.delete(taskId);
  }

  *#wait(task: TaskRow, old: TaskRow | undefined, delay: number): Op<void> {
    const { sim, store } = this.#swarm;
    const until = micros(sim.now() + Math.round(delay / 1000));
    if (delay > 0) yield { until };
    const limit = micros(sim.now() + stopLimit);
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

  #delayOf(task: TaskRow): number {
    return task.spec.RestartPolicy?.Delay ?? defaultDelay;
  }

  /** Whether the policy lets a task be replaced that has ended, or has to end. */
  shouldRestart(service: ServiceRow, task: TaskRow): boolean {
    const {
      Condition: condition = 'any',
      MaxAttempts: limit = 0,
      Window: window = 0,
    } = task.spec.RestartPolicy ?? {};
    const { state } = task.status;
    if (condition === 'none') return false;
    if (condition === 'on-failure' && state === 'complete') return false;
    if (isJob(service) && state === 'complete') return false;
    // Jobs never run again because of a policy that asks for endless running.
    if (limit === 0) return true;
    const history = this.#history.get(instanceKey(task));
    if (!history || history.specVersion !== task.specVersion) return true;
    const since = window === 0 ? 0 : this.#swarm.sim.now() - window / 1000;
    return history.times.filter((at) => at >= since).length < limit;
  }

  #note(service: ServiceRow, task: TaskRow): void {
    if (!task.spec.RestartPolicy?.MaxAttempts) return;
    const key = instanceKey(task);
    const known = this.#history.get(key);
    const history =
      known && known.specVersion === service.specVersion
        ? known
        : { specVersion: service.specVersion, times: [] };
    history.times.push(this.#swarm.sim.now());
    this.#history.set(key, history);
  }
}

/** Attempts are counted per slot, or per node for global services. */
const instanceKey = ({ serviceId, slot, nodeId }: TaskRow): string =>
  `${serviceId} ${slot === 0 ? nodeId : slot}`;

/** Jobs are done when they are complete. */
const runningState = (task: TaskRow): TaskState =>
  task.jobIteration === undefined ? 'running' : 'complete';

/** Ended although it was to go on. */
export const needsRestart = (task: TaskRow): boolean =>
  isTerminal(task.status.state) && rank(task.desiredState) <= rank('complete');
