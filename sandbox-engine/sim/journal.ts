// Every change of state, in order, reversible: the one mechanism behind "what changed below", the timeline, redrawing
// only what moved, and looking back.
import { assert } from '../std/index.ts';
import { limits } from './limits.ts';
import type { Micros } from './time.ts';

/** One row put or removed. `before` is absent for a new row, `after` for a removed one. */
export interface Change {
  readonly collection: string;
  readonly id: string;
  readonly before?: object | undefined;
  readonly after?: object | undefined;
  readonly at: Micros;
}

/** A place in the journal: the number of changes made so far. */
export type Revision = number;

/** What a collection must offer so that the journal can play a change backwards. */
export interface Replayable {
  readonly name: string;
  restore(id: string, row: object | undefined, position: number): void;
}

interface Entry extends Change {
  /** Where the row stood among the rows of its collection, so that undoing keeps their order. */
  readonly position: number;
}

export class Journal {
  readonly #collections = new Map<string, Replayable>();
  #entries: Entry[] = [];
  #dropped = 0;
  #now: () => Micros;
  #head: Revision | undefined;

  constructor(now: () => Micros) {
    this.#now = now;
  }

  register(collection: Replayable): void {
    assert(!this.#collections.has(collection.name), `two collections named ${collection.name}`);
    this.#collections.set(collection.name, collection);
  }

  record(
    collection: string,
    id: string,
    before: object | undefined,
    after: object | undefined,
    position: number,
  ): void {
    assert(this.#head === undefined, `a change of ${collection} while looking back`);
    this.#entries.push({ collection, id, before, after, at: this.#now(), position });
    if (this.#entries.length > 2 * limits.journalChanges) {
      const surplus = this.#entries.length - limits.journalChanges;
      this.#entries = this.#entries.slice(surplus);
      this.#dropped += surplus;
    }
  }

  get revision(): Revision {
    return this.#dropped + this.#entries.length;
  }

  /** The oldest revision that can still be asked about. */
  get oldest(): Revision {
    return this.#dropped;
  }

  /** The changes after `revision`, oldest first; what is older than the ring is left out. */
  changesSince(revision: Revision): readonly Change[] {
    return this.#entries.slice(Math.max(0, revision - this.#dropped));
  }

  /** Shows the state as it was at `revision`, calls `look`, and comes back. The state must not be changed meanwhile. */
  at<T>(revision: Revision, look: () => T): T {
    assert(revision >= this.#dropped, `revision ${revision} is no longer kept`);
    assert(this.#head === undefined, 'looking back within looking back');
    this.#head = this.revision;
    const from = revision - this.#dropped;
    try {
      for (let i = this.#entries.length - 1; i >= from; i -= 1) this.#play(i, 'before');
      return look();
    } finally {
      for (let i = from; i < this.#entries.length; i += 1) this.#play(i, 'after');
      this.#head = undefined;
    }
  }

  #play(index: number, side: 'before' | 'after'): void {
    const entry = this.#entries[index] as Entry;
    const { collection, id, position } = entry;
    this.#collections.get(collection)?.restore(id, entry[side], position);
  }
}
