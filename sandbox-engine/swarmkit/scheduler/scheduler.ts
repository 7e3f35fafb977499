// Gives pending tasks to nodes: those of one service and version together, spread over the nodes with the fewest of them.
//
// Mirrors: swarmkit manager/scheduler. Ranking: nodes on which the service keeps failing last, then by tasks of this service,
// then by tasks in all; ties are drawn. Differs: where a replay says how a tie fell in the recording, it falls so again.
import { type Coroutine, millis, type Op, sleep } from '../../sim/index.ts';
import { type NodeVerdict, rank, type TaskRow } from '../objects.ts';
import type { LeaderPart, Swarm } from '../swarm.ts';
import { explain, filterName, isActive, type NodeInfo, ruledOutBy } from './filters.ts';

/** Changes are gathered for so long. */
const debounceMillis = 50;
const recentFailures = 5 * 60 * 1_000_000;
const manyFailures = 5;

/** Node host names by task name, oldest task first. */
export type Placements = Readonly<Record<string, readonly string[]>>;

export class Scheduler implements LeaderPart {
  readonly #swarm: Swarm;
  readonly #placements: Placements;
  /** How often each task name has been placed, over the life of the lab. */
  readonly #placed: Map<string, number>;
  #waiting: Coroutine<void> | undefined;

  constructor(swarm: Swarm, placements: Placements, placed: Map<string, number>) {
    this.#swarm = swarm;
    this.#placements = placements;
    this.#placed = placed;
  }

  stop(): void {
    if (this.#waiting) this.#swarm.sim.cancel(this.#waiting as Coroutine<unknown>);
    this.#waiting = undefined;
  }

  reconcile(): void {
    if (this.#waiting && !this.#waiting.ended) return;
    if (this.#pending().length > 0)
      this.#waiting = this.#swarm.sim.spawn('scheduler', this.#later());
  }

  *#later(): Op<void> {
    yield* sleep(this.#swarm.sim, millis(debounceMillis));
    this.#schedule();
  }

  #pending(): TaskRow[] {
    const { store } = this.#swarm;
    return store
      .all(store.rows.tasks)
      .filter(
        (task) =>
          task.status.state === 'pending' &&
          task.serviceId !== '' &&
          rank(task.desiredState) <= rank('complete'),
      );
  }

  #schedule(): void {
    const { store } = this.#swarm;
    const nodes: NodeInfo[] = store
      .all(store.rows.nodes)
      .map((node) => ({ node, tasks: [...store.rows.tasks.where('node', node.id)] }));
    const groups = new Map<string, TaskRow[]>();
    store.transaction(() => {
      for (const task of this.#pending()) {
        if (task.nodeId !== '') this.#confirm(task, nodes);
        else {
          const key = `${task.serviceId} ${task.specVersion}`;
          groups.set(key, [...(groups.get(key) ?? []), task]);
        }
      }
      for (const group of groups.values()) this.#place(group, nodes);
    });
  }

  /** Global tasks come with their node; it is only asked whether it can take them. */
  #confirm(task: TaskRow, nodes: readonly NodeInfo[]): void {
    const info = nodes.find(({ node }) => node.id === task.nodeId);
    if (!info) return;
    const others = { ...info, tasks: info.tasks.filter((other) => other.id !== task.id) };
    const refusal = ruledOutBy(task, others);
    const placement = [this.#verdict(task, others, refusal, refusal === undefined)];
    if (refusal === undefined)
      this.#assign(
        task,
        { info, placement },
        'scheduler confirmed task can run on preassigned node',
      );
    else
      this.#setError(
        task,
        explain([refusal]).replace(/^no suitable node \((.*)\)$/, '$1'),
        placement,
      );
  }

  // ---- groups ---------------------------------------------------------------------------

  #place(group: readonly TaskRow[], nodes: readonly NodeInfo[]): void {
    const hints = new Map(group.map((task) => [task, this.#hint(task)]));
    const demand = [...hints.values()].flatMap((host) => host ?? []);
    const chosen: Choice[] = [];
    const ghosts: { readonly info: NodeInfo; readonly task: TaskRow }[] = [];
    let refused: Refusal | undefined;
    for (const task of group) {
      const choice = this.#choose(task, nodes, demand);
      if ('error' in choice) {
        refused = choice;
        break;
      }
      const { info } = choice;
      const at = demand.indexOf(info.node.description?.hostname ?? '');
      if (at >= 0) demand.splice(at, 1);
      chosen.push(choice);
      // Counts from now on, so that the next one goes elsewhere.
      info.tasks.push(task);
      ghosts.push({ info, task });
    }
    for (const { info, task } of ghosts) info.tasks.splice(info.tasks.indexOf(task), 1);
    const placed = this.#match(group, hints, chosen);
    for (const [task, choice] of placed)
      this.#assign(task, choice, 'scheduler assigned task to node');
    if (refused !== undefined)
      for (const task of group)
        if (!placed.has(task)) this.#setError(task, refused.error, refused.placement);
  }

  /** The node that the recording put this task on. */
  #hint(task: TaskRow): string | undefined {
    const name = `${task.serviceName}.${task.slot}`;
    return this.#placements[name]?.[this.#placed.get(name) ?? 0];
  }

  /** Which of the chosen nodes gets which task: the hinted ones first. */
  #match(
    group: readonly TaskRow[],
    hints: ReadonlyMap<TaskRow, string | undefined>,
    chosen: readonly Choice[],
  ): Map<TaskRow, Choice> {
    const left = [...chosen];
    const placed = new Map<TaskRow, Choice>();
    for (const task of group) {
      const at = left.findIndex(({ info }) => info.node.description?.hostname === hints.get(task));
      const [choice] = at < 0 ? [] : left.splice(at, 1);
      if (choice) placed.set(task, choice);
    }
    for (const task of group) {
      if (placed.has(task)) continue;
      const choice = left.shift();
      if (choice) placed.set(task, choice);
    }
    return placed;
  }

  #choose(task: TaskRow, nodes: readonly NodeInfo[], demand: readonly string[]): Choice | Refusal {
    const refusals = new Map<NodeInfo, number>();
    let candidates = nodes.filter((info) => {
      const refusal = ruledOutBy(task, info);
      if (refusal !== undefined) refusals.set(info, refusal);
      return refusal === undefined;
    });
    if (candidates.length === 0)
      return {
        error: explain([...refusals.values()]),
        placement: nodes.map((info) => this.#verdict(task, info, refusals.get(info), false)),
      };
    const fit = candidates.length;
    for (const { Spread } of task.spec.Placement?.Preferences ?? [])
      candidates = this.#spread(task, candidates, nodes, Spread.SpreadDescriptor);
    const ranked = candidates.map((info) => ({ info, ...this.#rank(task, info) }));
    const best = ranked.reduce((a, b) => (before(b, a) ? b : a));
    const ties = ranked.filter((one) => !before(best, one)).map(({ info }) => info);
    const hinted = ties.filter(({ node }) => demand.includes(node.description?.hostname ?? ''));
    const placement = nodes.map((info) => ({
      ...this.#verdict(task, info, refusals.get(info), ties.includes(info)),
      ...(fit > candidates.length &&
        !refusals.has(info) &&
        !candidates.includes(info) && { spreadOut: true }),
    }));
    const info = this.#swarm.sim.rng('swarmkit/scheduler').pick(hinted.length > 0 ? hinted : ties);
    return { info, placement };
  }

  #verdict(task: TaskRow, info: NodeInfo, refusal: number | undefined, best: boolean): NodeVerdict {
    const refusedBy = refusal === undefined ? undefined : filterName(refusal);
    return {
      nodeId: info.node.id,
      ...(refusedBy !== undefined && { refusedBy }),
      ...this.#rank(task, info),
      best,
    };
  }

  /** Keeps the candidates with the label values that have the fewest of the service's tasks. */
  #spread(
    task: TaskRow,
    candidates: readonly NodeInfo[],
    nodes: readonly NodeInfo[],
    descriptor: string,
  ): NodeInfo[] {
    const branchOf = ({ node }: NodeInfo): string => {
      const lower = descriptor.toLowerCase();
      if (lower.startsWith('node.labels.'))
        return node.spec.Labels[descriptor.slice('node.labels.'.length)] ?? '';
      if (lower.startsWith('engine.labels.'))
        return node.description?.engineLabels[descriptor.slice('engine.labels.'.length)] ?? '';
      return '';
    };
    const values = new Set(candidates.map(branchOf));
    const counts = new Map<string, number>();
    for (const info of nodes) {
      const value = branchOf(info);
      if (values.has(value))
        counts.set(value, (counts.get(value) ?? 0) + this.#rank(task, info).ofService);
    }
    const fewest = Math.min(...[...values].map((value) => counts.get(value) ?? 0));
    return candidates.filter((info) => counts.get(branchOf(info)) === fewest);
  }

  #rank(task: TaskRow, { tasks }: NodeInfo): Ranking {
    const since = this.#swarm.sim.now() - recentFailures;
    let failures = 0;
    let ofService = 0;
    let all = 0;
    for (const other of tasks) {
      const mine = other.serviceId === task.serviceId;
      const failed = other.status.state === 'failed' || other.status.state === 'rejected';
      if (mine && failed && other.specVersion === task.specVersion && other.status.at >= since)
        failures += 1;
      if (!isActive(other)) continue;
      all += 1;
      if (mine) ofService += 1;
    }
    return { failures: failures >= manyFailures ? failures : 0, ofService, all };
  }

  // ---- outcomes -------------------------------------------------------------------------

  #assign(task: TaskRow, { info, placement }: Choice, message: string): void {
    const { store, sim } = this.#swarm;
    const name = `${task.serviceName}.${task.slot}`;
    if (task.slot > 0) this.#placed.set(name, (this.#placed.get(name) ?? 0) + 1);
    const assigned = store.update(store.rows.tasks, task.id, {
      nodeId: info.node.id,
      placement,
      status: { ...task.status, at: sim.now(), state: 'assigned', message, error: '' },
    });
    const at = info.tasks.findIndex((other) => other.id === task.id);
    if (at >= 0) info.tasks[at] = assigned;
    else info.tasks.push(assigned);
  }

  #setError(task: TaskRow, error: string, placement: readonly NodeVerdict[]): void {
    const { store, sim } = this.#swarm;
    if (task.status.error === error) return;
    store.update(store.rows.tasks, task.id, {
      placement,
      status: { ...task.status, at: sim.now(), error },
    });
  }
}

/** Where a task is to go, and how all nodes looked when that was decided. */
interface Choice {
  readonly info: NodeInfo;
  readonly placement: readonly NodeVerdict[];
}
interface Refusal {
  readonly error: string;
  readonly placement: readonly NodeVerdict[];
}

interface Ranking {
  readonly failures: number;
  readonly ofService: number;
  readonly all: number;
}

const before = (a: Ranking, b: Ranking): boolean => {
  if (a.failures !== b.failures) return a.failures < b.failures;
  if (a.ofService !== b.ofService) return a.ofService < b.ofService;
  return a.all < b.all;
};
