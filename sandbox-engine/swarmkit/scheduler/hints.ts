// Where a recording's scheduler put the tasks of each name: a replay lets its lots fall the same way.
//
// The recording's tables show a name's tasks newest first, and do not show those that came and went between two of them.
// So the next one in the list is what is expected, but a later one may do.

/** Node host names by task name, in the order in which the recording first showed the tasks. */
export type Placements = Readonly<Record<string, readonly string[]>>;

/** A job's slots count from 0, and docker shows a task without a slot's number by its node's id instead. */
const taskName = (shown: string): string => shown.replace(/\.[0-9a-z]{25}$/, '.0');

const expected = 4;
const later = 3;

export class Hints {
  readonly #left: Map<string, string[]>;
  /** Whether this is a replay at all. */
  readonly replay: boolean;

  constructor(placements: Placements | undefined) {
    this.replay = placements !== undefined;
    this.#left = new Map();
    for (const [shown, hosts] of Object.entries(placements ?? {})) {
      const name = taskName(shown);
      this.#left.set(name, [...(this.#left.get(name) ?? []), ...hosts]);
    }
  }

  /** How many nodes the recording still names for this task. */
  count(name: string): number {
    return this.#left.get(name)?.length ?? 0;
  }

  /** How well a node goes with what was recorded; 0 when not at all. */
  score(name: string, host: string): number {
    const at = this.#left.get(name)?.indexOf(host) ?? -1;
    if (at < 0) return 0;
    return at === 0 ? expected : later;
  }

  /** The task has been placed. */
  use(name: string, host: string): void {
    const left = this.#left.get(name);
    left?.splice(Math.max(0, left.indexOf(host)), 1);
  }
}
