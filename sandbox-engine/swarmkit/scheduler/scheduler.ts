// Gives pending tasks to nodes: those of one service and version together, spread over the nodes with the fewest of them.
//
// Mirrors: swarmkit manager/scheduler. Ranking: nodes on which the service keeps failing last, then by tasks of this service,
// then by tasks in all; between equals the walks over Go's maps decide (lots.ts).
import { type Coroutine, millis, type Op, sleep } from '../../sim/index.ts';
import { compareText } from '../../std/index.ts';
import { type NodeVerdict, rank, type TaskRow } from '../objects.ts';
import type { LeaderPart, Swarm } from '../swarm.ts';
import { Failures } from './failures.ts';
import { filterName, type NodeInfo, Refusals, ruledOutBy } from './filters.ts';
import { GoMap } from './go-map.ts';
import type { Hints } from './hints.ts';
import { drawPlace, drawTasks, fitToHints, nameOf } from './lots.ts';
import { type Choice, Plan } from './plan.ts';
import { rankNode } from './ranking.ts';

/** How a group's lots have fallen: one task for each choice of the plan, and then those that found no room. */
interface Drawn {
  readonly plan: Plan;
  readonly tasks: readonly TaskRow[];
}

/** Changes are gathered for so long. */
const debounceMillis = 50;

export class Scheduler implements LeaderPart {
  readonly #swarm: Swarm;
  readonly #hints: Hints;
  /** The leader's own maps, whose order decides between equals. */
  readonly #nodeMap = new GoMap();
  readonly #waitingMap = new GoMap();
  readonly #failures: Failures;
  #waiting: Coroutine<void> | undefined;

  /** `hints` outlive the leaders of a lab. */
  constructor(swarm: Swarm, hints: Hints) {
    this.#swarm = swarm;
    this.#hints = hints;
    this.#failures = new Failures(swarm);
    // A new leader reads the nodes from its store, which has them by id.
    const ids = swarm.store.all(swarm.store.rows.nodes).map(({ id }) => id);
    this.#nodeMap.become(ids.sort(compareText));
  }

  stop(): void {
    this.#failures.stop();
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

  /** Also what has been told to stop meanwhile: it goes to its node, which lets it be (061:48). */
  #pending(): TaskRow[] {
    const { store } = this.#swarm;
    return store
      .all(store.rows.tasks)
      .filter(
        (task) =>
          task.status.state === 'pending' &&
          task.serviceId !== '' &&
          task.desiredState !== 'remove',
      );
  }

  #schedule(): void {
    const { store } = this.#swarm;
    const nodes: NodeInfo[] = store.all(store.rows.nodes).map((node) => ({
      node,
      tasks: [...store.rows.tasks.where('node', node.id)],
      failures: this.#failures.of(node.id),
    }));
    this.#nodeMap.become(nodes.map(({ node }) => node.id));
    const pending = this.#pending();
    this.#waitingMap.become(pending.filter((task) => task.nodeId === '').map(({ id }) => id));
    const groups = new Map<string, TaskRow[]>();
    store.transaction(() => {
      for (const task of pending) {
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
    const others = withoutTask(info, task);
    const refusals = new Refusals();
    const fits = refusals.process(task, others);
    const placement = [this.#verdict(task, others, ruledOutBy(task, others), fits)];
    if (fits)
      this.#assign(
        task,
        nodes,
        { nodeId: info.node.id, placement },
        'scheduler confirmed task can run on preassigned node',
      );
    else this.#setError(task, refusals.explain(), placement);
  }

  // ---- groups ---------------------------------------------------------------------------

  #place(group: readonly TaskRow[], nodes: readonly NodeInfo[]): void {
    const [first] = group;
    if (!first) return;
    const { plan, tasks } = this.#hints.replay
      ? this.#replayed(group, first, nodes)
      : this.#drawn(group, first, nodes);
    const { choices } = plan;
    for (const [at, task] of tasks.entries()) {
      const choice = choices[at];
      if (choice) this.#assign(task, nodes, choice, 'scheduler assigned task to node');
    }
    const left = tasks.slice(choices.length);
    if (left.length > 0) this.#refuse(first, left, nodes, plan.refusals.explain());
  }

  #planned(first: TaskRow, count: number, nodes: readonly NodeInfo[], from: number): Plan {
    const order = this.#nodeMap.from(from);
    const walked = order.flatMap((id) => nodes.find(({ node }) => node.id === id) ?? []);
    const plan = new Plan(this.#swarm.sim.now(), first, walked);
    plan.run(count);
    return plan;
  }

  #drawn(group: readonly TaskRow[], first: TaskRow, nodes: readonly NodeInfo[]): Drawn {
    const rng = this.#swarm.sim.rng('swarmkit/scheduler');
    const from = drawPlace(nodes.length, rng);
    return {
      plan: this.#planned(first, group.length, nodes, from),
      tasks: drawTasks(group, this.#waitingMap.hashed, rng),
    };
  }

  /** Of all ways in which the lots may fall, the one that goes best with the recording; the likeliest first. */
  #replayed(group: readonly TaskRow[], first: TaskRow, nodes: readonly NodeInfo[]): Drawn {
    const hosts = new Map(nodes.map(({ node }) => [node.id, node.description?.hostname ?? '']));
    const hostOf = (id: string) => hosts.get(id) ?? '';
    let best: Drawn = { plan: this.#planned(first, group.length, nodes, 0), tasks: group };
    let most = -1;
    for (let from = 0; from < nodes.length; from += 1) {
      const plan = this.#planned(first, group.length, nodes, from);
      const { tasks, score } = fitToHints(group, plan.choices, this.#hints, hostOf);
      if (score > most) [best, most] = [{ plan, tasks }, score];
    }
    for (const [at, { nodeId }] of best.plan.choices.entries()) {
      const task = best.tasks[at];
      if (task) this.#hints.use(nameOf(task), hostOf(nodeId));
    }
    return best;
  }

  #verdict(task: TaskRow, info: NodeInfo, refusal: number | undefined, best: boolean): NodeVerdict {
    const refusedBy = refusal === undefined ? undefined : filterName(refusal);
    return {
      nodeId: info.node.id,
      ...(refusedBy !== undefined && { refusedBy }),
      ...rankNode(this.#swarm.sim.now(), task, info),
      best,
    };
  }

  /** No node takes these any more. */
  #refuse(
    first: TaskRow,
    left: readonly TaskRow[],
    nodes: readonly NodeInfo[],
    reasons: string,
  ): void {
    const placement = nodes.map((info) =>
      this.#verdict(first, info, ruledOutBy(first, info), false),
    );
    const error = reasons === '' ? 'no suitable node' : `no suitable node (${reasons})`;
    for (const task of left)
      if (this.#isOld(task)) this.#giveUp(task);
      else this.#setError(task, error, placement);
  }

  #isOld({ serviceId, specVersion }: TaskRow): boolean {
    const service = this.#swarm.store.rows.services.get(serviceId);
    return service !== undefined && service.specVersion > specVersion;
  }

  /** It has waited for a node until its service was changed: there is nothing to stop. */
  #giveUp(task: TaskRow): void {
    const { store, sim } = this.#swarm;
    if (rank(task.desiredState) < rank('shutdown')) return;
    store.update(store.rows.tasks, task.id, {
      status: { ...task.status, at: sim.now(), state: 'shutdown', error: '' },
    });
  }

  // ---- outcomes -------------------------------------------------------------------------

  #assign(
    task: TaskRow,
    nodes: readonly NodeInfo[],
    { nodeId, placement }: Choice,
    message: string,
  ): void {
    const { store, sim } = this.#swarm;
    const assigned = store.update(store.rows.tasks, task.id, {
      nodeId,
      placement,
      status: { ...task.status, at: sim.now(), state: 'assigned', message, error: '' },
    });
    const info = nodes.find(({ node }) => node.id === nodeId);
    if (!info) return;
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

const withoutTask = (info: NodeInfo, task: TaskRow): NodeInfo => ({
  ...info,
  tasks: info.tasks.filter((other) => other.id !== task.id),
});
