// How the lots of one scheduling fall: where Go's walk over the nodes begins, and which of the equal tasks gets which node.
//
// Differs: a replay lets them fall so that the tasks come to the nodes they were recorded on; where the recording does not
// say, it takes the likeliest.
import type { Rng } from '../../sim/index.ts';
import type { TaskRow } from '../objects.ts';
import { places, turned } from './go-map.ts';
import type { Hints } from './hints.ts';
import type { Choice } from './plan.ts';

export const nameOf = (task: TaskRow): string => `${task.serviceName}.${task.slot}`;

/** New tasks go through three maps of Go: the allocator's, the scheduler's, and that of their group. */
const mapsOfTasks = 3;

/** The order in which a group's tasks are handed out. `hashed`: more than eight have waited at once before. */
export function drawTasks(group: readonly TaskRow[], hashed: boolean, rng: Rng): TaskRow[] {
  if (hashed || group.length > places) return rng.shuffled(group);
  let tasks = [...group];
  for (let map = 0; map < mapsOfTasks; map += 1)
    tasks = turned(tasks, drawPlace(tasks.length, rng));
  return tasks;
}

/** Where a walk over `entries` entries begins: at one of them, or, from a free place, at the first. */
export function drawPlace(entries: number, rng: Rng): number {
  const place = rng.below(Math.max(places, entries));
  return place < entries ? place : 0;
}

/** Hands the chosen nodes out so that as many tasks as can be come to where they were recorded. */
export function fitToHints(
  group: readonly TaskRow[],
  choices: readonly Choice[],
  hints: Hints,
  hostOf: (nodeId: string) => string,
): { readonly tasks: readonly TaskRow[]; readonly score: number } {
  const open = new Set(choices.keys());
  const taken = new Map<number, TaskRow>();
  let score = 0;
  // Those of which least is known elsewhere choose first.
  const asked = group
    .filter((task) => hints.count(nameOf(task)) > 0)
    .sort((a, b) => hints.count(nameOf(a)) - hints.count(nameOf(b)));
  const rest = new Set(group);
  for (const task of asked) {
    let best: number | undefined;
    let most = 0;
    for (const at of open) {
      const one = hints.score(nameOf(task), hostOf(choices[at]?.nodeId ?? ''));
      if (one > most) [best, most] = [at, one];
    }
    if (best === undefined) continue;
    open.delete(best);
    taken.set(best, task);
    rest.delete(task);
    score += most;
  }
  const others = [...rest];
  const placed = choices.map((_, at) => taken.get(at) ?? others.shift());
  const tasks = [...placed.filter((task) => task !== undefined), ...others];
  return { tasks, score };
}
