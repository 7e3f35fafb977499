// Where all state lives: collections of frozen rows. A change replaces a whole row and is written to the journal.
import { must } from '../std/index.ts';
import type { Journal, Replayable } from './journal.ts';

/** Names an index and computes a row's key in it; rows without a key are not in the index. */
export type Indexes<Row> = Readonly<Record<string, (row: Row) => string | undefined>>;

interface Slot<Row> {
  readonly row: Row;
  readonly position: number;
}

/**
 * Rows by id, in the order in which they were first put (an update keeps a row's place).
 * Rows are shallowly frozen: replace them with `put({...row, field})` or `update`.
 */
export class Collection<Row extends { readonly id: string }> implements Replayable {
  readonly name: string;
  readonly #journal: Journal;
  readonly #rows = new Map<string, Slot<Row>>();
  readonly #indexes = new Map<string, (row: Row) => string | undefined>();
  readonly #byKey = new Map<string, Map<string, Map<string, Slot<Row>>>>();
  #nextPosition = 0;
  /** Grows with every change; a view that has seen this number need not look again. */
  version = 0;

  constructor(journal: Journal, name: string, indexes: Indexes<Row> = {}) {
    this.name = name;
    this.#journal = journal;
    for (const [index, key] of Object.entries(indexes)) {
      this.#indexes.set(index, key);
      this.#byKey.set(index, new Map());
    }
    journal.register(this);
  }

  get size(): number {
    return this.#rows.size;
  }

  get(id: string): Row | undefined {
    return this.#rows.get(id)?.row;
  }

  /** The row, which the caller knows to exist. */
  must(id: string): Row {
    return must(this.get(id), `${this.name} ${id}`);
  }

  has(id: string): boolean {
    return this.#rows.has(id);
  }

  put(row: Row): Row {
    const before = this.#rows.get(row.id);
    const slot = { row: Object.freeze(row), position: before?.position ?? this.#nextPosition++ };
    this.#journal.record(this.name, row.id, before?.row, row, slot.position);
    this.#set(row.id, slot, before);
    return row;
  }

  /** Replaces the row of that id by itself with these fields changed; answers the new row. */
  update(id: string, fields: Partial<Row>): Row {
    return this.put({ ...this.must(id), ...fields });
  }

  remove(id: string): boolean {
    const before = this.#rows.get(id);
    if (!before) return false;
    this.#journal.record(this.name, id, before.row, undefined, before.position);
    this.#set(id, undefined, before);
    return true;
  }

  /** All rows, oldest first. */
  all(): Row[] {
    return [...this.#rows.values()].map((slot) => slot.row);
  }

  /** The rows with that key in that index, oldest first. */
  where(index: string, key: string): Row[] {
    const bucket = must(this.#byKey.get(index), `index ${index} of ${this.name}`).get(key);
    if (!bucket) return [];
    return [...bucket.values()].sort((a, b) => a.position - b.position).map((slot) => slot.row);
  }

  /** The oldest row with that key in that index. */
  first(index: string, key: string): Row | undefined {
    return this.where(index, key)[0];
  }

  restore(id: string, row: object | undefined, position: number): void {
    const before = this.#rows.get(id);
    this.#set(id, row === undefined ? undefined : { row: row as Row, position }, before);
    if (row === undefined || before) return;
    const inOrder = [...this.#rows].sort((a, b) => a[1].position - b[1].position);
    this.#rows.clear();
    for (const [key, slot] of inOrder) this.#rows.set(key, slot);
  }

  #set(id: string, slot: Slot<Row> | undefined, before: Slot<Row> | undefined): void {
    this.version += 1;
    for (const [index, keyOf] of this.#indexes) {
      const buckets = must(this.#byKey.get(index), `index ${index} of ${this.name}`);
      const keyBefore = before && keyOf(before.row);
      const keyAfter = slot && keyOf(slot.row);
      if (keyBefore !== undefined && keyBefore !== keyAfter) {
        const bucket = buckets.get(keyBefore);
        bucket?.delete(id);
        if (bucket?.size === 0) buckets.delete(keyBefore);
      }
      if (slot && keyAfter !== undefined) {
        const bucket = buckets.get(keyAfter) ?? new Map<string, Slot<Row>>();
        bucket.set(id, slot);
        buckets.set(keyAfter, bucket);
      }
    }
    if (slot) this.#rows.set(id, slot);
    else this.#rows.delete(id);
  }
}
