// Which lines of progress a service's tasks make, by the service's mode.
//
// Mirrors: docker/cli cli/command/service/progress/progress.go (the four progressUpdaters).
import { ellipsis, shortId } from '../formatter/display.ts';
import { at, number, object, text } from '../json.ts';
import type { Progress } from './messages.ts';

export interface Round {
  readonly progress: readonly Progress[];
  readonly converged: boolean;
}

export interface Updater {
  update(
    service: unknown,
    tasks: readonly unknown[],
    active: ReadonlySet<string>,
    rollback: boolean,
  ): Round;
}

const order =
  'new allocated pending assigned accepted preparing ready starting running complete shutdown failed rejected'.split(
    ' ',
  );
/** 1 for `new` … 13 for `rejected`; 0: not known. */
const rank = (state: string): number => order.indexOf(state) + 1;
const running = rank('running');
const complete = rank('complete');
const maxBars = 20;
const stateWidth = 9;
const errorWidth = 75;

const stateOf = (task: unknown): string => text(task, 'Status.State');
const desiredOf = (task: unknown): string => text(task, 'DesiredState');
const isOver = (state: string): boolean => rank(state) > running;
const shortError = (task: unknown): string =>
  ellipsis(text(task, 'Status.Err').replaceAll('\n', ' '), errorWidth);

const overall = (done: number, all: number, rollback: boolean): Progress => ({
  id: 'overall progress',
  status: `${rollback ? 'rolling back update: ' : ''}${done} out of ${all} tasks`,
  moving: true,
});

const stateLine = (id: string, state: string, maximum: number): Progress => ({
  id,
  status: state.padEnd(stateWidth),
  current: rank(state),
  total: maximum,
  hideCounts: true,
  moving: true,
});

/** A task's line; none for one that is on its way out. */
function taskLine(id: string, task: unknown): Progress[] {
  const error = shortError(task);
  if (error) return [{ id, status: error, moving: true }];
  if (isOver(desiredOf(task)) || isOver(stateOf(task))) return [];
  return [stateLine(id, stateOf(task), running)];
}

/** A walk over a map of Go's, in which the entries were made in this order. */
export type Walk = <T>(entries: readonly T[]) => T[];

/** Of several tasks in one place, the one that counts. */
function chosen(
  tasks: readonly unknown[],
  keyOf: (task: unknown) => string,
  usable: (task: unknown) => boolean,
): Map<string, unknown> {
  const found = new Map<string, unknown>();
  for (const task of tasks) {
    const [desired, state] = [rank(desiredOf(task)), rank(stateOf(task))];
    if (desired === 0 || state === 0) continue;
    const rival = found.get(keyOf(task));
    if (rival !== undefined) {
      const rivalDesired = rank(desiredOf(rival));
      if (rivalDesired < desired) continue;
      if (rivalDesired === desired && rank(stateOf(rival)) <= state) continue;
    }
    if (usable(task)) found.set(keyOf(task), task);
  }
  return found;
}

const isUp = (task: unknown): boolean => !isOver(desiredOf(task)) && stateOf(task) === 'running';

class Replicated implements Updater {
  readonly #walk: Walk;
  #begun = false;
  #done = false;
  /** Slot → number of the line: as they are met. Old tasks of slots that are gone take lines as well (060:64). */
  readonly #lines = new Map<string, number>();

  constructor(walk: Walk) {
    this.#walk = walk;
  }

  update(
    service: unknown,
    tasks: readonly unknown[],
    active: ReadonlySet<string>,
    rollback: boolean,
  ): Round {
    const replicas = number(service, 'Spec.Mode.Replicated.Replicas');
    const progress: Progress[] = [];
    if (!this.#begun) {
      progress.push(overall(0, replicas, rollback));
      if (replicas <= maxBars)
        for (let i = 1; i <= replicas; i += 1)
          progress.push({ id: `${i}/${replicas}`, status: ' ', moving: true });
      this.#begun = true;
    }
    const bySlot = chosen(
      tasks,
      (task) => text(task, 'Slot'),
      (task) => text(task, 'NodeID') === '' || active.has(text(task, 'NodeID')),
    );
    if ([...bySlot.values()].some((task) => stateOf(task) !== 'running')) this.#done = false;
    let up = 0;
    for (const [slot, task] of this.#walk([...bySlot])) {
      const line = this.#lines.get(slot) ?? this.#lines.size + 1;
      this.#lines.set(slot, line);
      if (isUp(task)) up += 1;
      if (!this.#done && replicas <= maxBars && line <= replicas)
        progress.push(...taskLine(`${line}/${replicas}`, task));
    }
    if (!this.#done) {
      progress.push(overall(up, replicas, rollback));
      this.#done = up === replicas;
    }
    return { progress, converged: up === replicas };
  }
}

class Global implements Updater {
  readonly #walk: Walk;
  #begun = false;
  #done = false;

  constructor(walk: Walk) {
    this.#walk = walk;
  }

  update(
    _service: unknown,
    tasks: readonly unknown[],
    active: ReadonlySet<string>,
    rollback: boolean,
  ): Round {
    const byNode = chosen(
      tasks,
      (task) => text(task, 'NodeID'),
      () => true,
    );
    const count = byNode.size;
    const progress: Progress[] = [];
    if (!this.#begun) {
      if (count === 0)
        return {
          progress: [{ id: 'overall progress', status: 'waiting for new tasks', moving: true }],
          converged: false,
        };
      progress.push(overall(0, count, rollback));
      this.#begun = true;
    }
    if ([...byNode.values()].some((task) => stateOf(task) !== 'running')) this.#done = false;
    let up = 0;
    for (const [node, task] of this.#walk([...byNode])) {
      if (!active.has(node)) continue;
      if (isUp(task)) up += 1;
      if (!this.#done && count <= maxBars) progress.push(...taskLine(shortId(node), task));
    }
    if (!this.#done) {
      progress.push(overall(up, count, rollback));
      this.#done = up === count;
    }
    return { progress, converged: up === count };
  }
}

class Job implements Updater {
  #begun = false;
  readonly #global: boolean;

  constructor(global: boolean) {
    this.#global = global;
  }

  update(service: unknown, tasks: readonly unknown[], active: ReadonlySet<string>): Round {
    const iteration = number(service, 'JobStatus.JobIteration.Index');
    const byPlace = new Map<string, unknown>();
    for (const task of tasks) {
      if (number(task, 'JobIteration.Index') !== iteration) continue;
      if (rank(desiredOf(task)) === 0 || rank(stateOf(task)) === 0) continue;
      const place = this.#global ? text(task, 'NodeID') : String(number(task, 'Slot'));
      if (this.#global && !active.has(place)) continue;
      const rival = byPlace.get(place);
      if (rival === undefined || rank(stateOf(rival)) > rank(stateOf(task)))
        byPlace.set(place, task);
    }
    const mode = object(service, 'Spec.Mode.ReplicatedJob');
    const total = this.#global ? byPlace.size : number(mode, 'TotalCompletions');
    const progress: Progress[] = [];
    if (!this.#begun) {
      if (this.#global && total === 0)
        return {
          progress: [{ id: 'job progress', status: 'waiting for tasks', moving: true }],
          converged: false,
        };
      progress.push(...this.#totals(service, 0, 0, total));
      if (total <= maxBars && !this.#global)
        for (let i = 1; i <= total; i += 1)
          progress.push({ id: `${i}/${total}`, status: ' ', moving: true });
      this.#begun = true;
    }
    let busy = 0;
    let complete_ = 0;
    for (const [place, task] of byPlace) {
      const state = stateOf(task);
      if (rank(state) === complete) complete_ += 1;
      else if (rank(state) < complete) busy += 1;
      if (total > maxBars) continue;
      const id = this.#global ? place : `${Number(place) + 1}/${total}`;
      const error = shortError(task);
      if (error) progress.push({ id, status: error, moving: true });
      else if (rank(state) <= complete) progress.push(stateLine(id, state, complete));
    }
    progress.push(...this.#totals(service, busy, complete_, total));
    return { progress, converged: complete_ === total };
  }

  #totals(service: unknown, busy: number, done: number, total: number): Progress[] {
    const width = String(total).length;
    const job: Progress = {
      id: 'job progress',
      status: `${String(done).padStart(width)} out of ${total} complete`,
      current: done,
      total,
      hideCounts: true,
      moving: true,
    };
    if (this.#global) return [job];
    const together = number(service, 'Spec.Mode.ReplicatedJob.MaxConcurrent');
    const digits = String(together).length;
    const [active, wanted] = [busy, Math.min(total - done, together)].map((count) =>
      String(count).padStart(digits),
    );
    return [job, { id: 'active tasks', status: `${active} out of ${wanted} tasks`, moving: true }];
  }
}

/** The updater for a service's mode. */
export function makeUpdater(service: unknown, walk: Walk): Updater | undefined {
  const mode = object(service, 'Spec.Mode');
  if (at(mode, 'Replicated')) return new Replicated(walk);
  if (at(mode, 'Global')) return new Global(walk);
  if (at(mode, 'ReplicatedJob')) return new Job(false);
  if (at(mode, 'GlobalJob')) return new Job(true);
  return undefined;
}
