// Which nodes a group of equal tasks goes to, one after another.
//
// Mirrors: swarmkit manager/scheduler/{scheduler,nodeset,decision_tree}.go (tree, scheduleNTasksOnSubtree,
// scheduleNTasksOnNodes): a level of branches for each placement preference, evened out; in each leaf the best nodes,
// filled up until they are equal, and then one task each in turn.
import type { Micros } from '../../sim/index.ts';
import type { NodeVerdict, TaskRow } from '../objects.ts';
import { filterName, type NodeInfo, Refusals, ruledOutBy } from './filters.ts';
import { NodeHeap } from './node-heap.ts';
import { isBetter, rankNode } from './ranking.ts';

/** Where one task is to go, and how all nodes looked when that was decided. */
export interface Choice {
  readonly nodeId: string;
  readonly placement: readonly NodeVerdict[];
}

interface Branch {
  /** Tasks of the service in it. */
  tasks: number;
  readonly next: Map<string, Branch>;
  heap: NodeHeap | undefined;
}

const newBranch = (): Branch => ({ tasks: 0, next: new Map(), heap: undefined });

function labelOf({ node }: NodeInfo, descriptor: string): string | undefined {
  const lower = descriptor.toLowerCase();
  if (lower.startsWith('node.labels.'))
    return node.spec.Labels[descriptor.slice('node.labels.'.length)] ?? '';
  if (lower.startsWith('engine.labels.'))
    return node.description?.engineLabels[descriptor.slice('engine.labels.'.length)] ?? '';
  return undefined;
}

export class Plan {
  readonly #now: Micros;
  readonly #task: TaskRow;
  readonly #nodes: readonly NodeInfo[];
  #count = 0;
  /** What the group has been given so far counts for the nodes. */
  readonly choices: Choice[] = [];
  /** Why there was no room for more. */
  readonly refusals = new Refusals();

  /** `nodes` in the order in which the scheduler walks them. `task` stands for the group. */
  constructor(now: Micros, task: TaskRow, nodes: readonly NodeInfo[]) {
    this.#now = now;
    this.#task = task;
    this.#nodes = nodes.map((info) => ({ ...info, tasks: [...info.tasks] }));
  }

  /** Places up to `count` tasks: as many as there are, or as find room. */
  run(count: number): readonly Choice[] {
    this.#count = count;
    this.#subtree(this.#tree(count), count);
    return this.choices;
  }

  #less = (a: NodeInfo, b: NodeInfo): boolean =>
    isBetter(rankNode(this.#now, this.#task, a), rankNode(this.#now, this.#task, b));

  #fits = (info: NodeInfo): boolean => this.refusals.process(this.#task, info);

  #tree(count: number): Branch {
    const root = newBranch();
    for (const info of this.#nodes) {
      let branch = root;
      const { ofService } = rankNode(this.#now, this.#task, info);
      for (const { Spread } of this.#task.spec.Placement?.Preferences ?? []) {
        const value = labelOf(info, Spread.SpreadDescriptor);
        if (value === undefined) continue;
        branch.tasks += ofService;
        const next = branch.next.get(value) ?? newBranch();
        branch.next.set(value, next);
        branch = next;
      }
      branch.tasks += ofService;
      branch.heap ??= new NodeHeap(this.#less);
      if (branch.heap.size < count) {
        if (this.#fits(info)) branch.heap.push(info);
      } else if (branch.heap.beats(info) && this.#fits(info)) branch.heap.replaceWorst(info);
    }
    return root;
  }

  /** Places up to `count` tasks in a branch; answers how many. */
  #subtree(branch: Branch, count: number): number {
    if (branch.next.size === 0) return this.#leaf(branch.heap?.ordered(this.#fits) ?? [], count);
    const full = new Set<Branch>();
    let placed = 0;
    let usable = branch.tasks;
    while (placed < count && full.size < branch.next.size && !this.#isDone) {
      const open = branch.next.size - full.size;
      const each = Math.floor((usable + count - placed) / open);
      let rest = (usable + count - placed) % open;
      for (const sub of branch.next.values()) {
        if (full.has(sub)) continue;
        const { tasks } = sub;
        if (tasks >= each && !(tasks === each && rest > 0)) continue;
        const wanted = each - tasks + (rest > 0 ? 1 : 0);
        const done = this.#subtree(sub, wanted);
        if (done < wanted) {
          full.add(sub);
          usable -= tasks;
        } else if (rest > 0) rest -= 1;
        placed += done;
      }
    }
    return placed;
  }

  get #isDone(): boolean {
    return this.choices.length === this.#count;
  }

  #leaf(nodes: readonly NodeInfo[], count: number): number {
    const size = nodes.length;
    const full = new Set<number>();
    let at = 0;
    for (let placed = 0; placed < count; ) {
      const info = size === 0 ? undefined : nodes[at % size];
      if (!info) return placed;
      this.#take(info, nodes);
      placed += 1;
      if (placed === count || this.#isDone) return placed;
      const next = nodes[(at + 1) % size];
      // First all are filled up to the same number, then each gets one in turn.
      if (at + 1 >= size || (next && this.#less(next, info))) at += 1;
      const from = at;
      while (full.has(at % size) || !this.#fits(nodes[at % size] as NodeInfo)) {
        full.add(at % size);
        at += 1;
        if (at - from === size) return placed;
      }
    }
    return count;
  }

  #take(info: NodeInfo, leaf: readonly NodeInfo[]): void {
    const best = rankNode(this.#now, this.#task, info);
    const placement = this.#nodes.map((other) => {
      const refusal = ruledOutBy(this.#task, other);
      const ranking = rankNode(this.#now, this.#task, other);
      const spreadOut = refusal === undefined && this.#isElsewhere(other, info, leaf);
      const refusedBy = refusal === undefined ? undefined : filterName(refusal);
      return {
        nodeId: other.node.id,
        ...(refusedBy !== undefined && { refusedBy }),
        ...ranking,
        best: refusal === undefined && !spreadOut && !isBetter(best, ranking),
        ...(spreadOut && { spreadOut }),
      };
    });
    this.choices.push({ nodeId: info.node.id, placement });
    info.tasks.push({
      ...this.#task,
      id: '',
      status: { ...this.#task.status, state: 'assigned' },
    });
  }

  /** In another branch of the placement preferences than the one that is being filled? */
  #isElsewhere(other: NodeInfo, chosen: NodeInfo, leaf: readonly NodeInfo[]): boolean {
    if (leaf.includes(other)) return false;
    return (this.#task.spec.Placement?.Preferences ?? []).some(
      ({ Spread: { SpreadDescriptor } }) =>
        labelOf(other, SpreadDescriptor) !== labelOf(chosen, SpreadDescriptor),
    );
  }
}
