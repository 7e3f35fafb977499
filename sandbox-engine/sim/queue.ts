// The event queue: a binary heap ordered by time, and at one time by the order of scheduling.
import type { Micros } from './time.ts';

/** A scheduled event, to cancel it by. Cancelling one that has happened does nothing. */
export interface Timer {
  cancelled: boolean;
}

interface Scheduled<Event> extends Timer {
  readonly at: Micros;
  readonly order: number;
  readonly event: Event;
}

export class EventQueue<Event> {
  readonly #heap: Scheduled<Event>[] = [];
  #order = 0;

  schedule(at: Micros, event: Event): Timer {
    this.#order += 1;
    const scheduled = { at, order: this.#order, event, cancelled: false };
    this.#heap.push(scheduled);
    this.#up(this.#heap.length - 1);
    return scheduled;
  }

  /** When the next event is due. */
  nextAt(): Micros | undefined {
    this.#dropCancelled();
    return this.#heap[0]?.at;
  }

  /** Takes the next event. */
  take(): { readonly at: Micros; readonly event: Event } | undefined {
    this.#dropCancelled();
    return this.#pop();
  }

  #dropCancelled(): void {
    while (this.#heap[0]?.cancelled) this.#pop();
  }

  #pop(): Scheduled<Event> | undefined {
    const top = this.#heap[0];
    const last = this.#heap.pop();
    if (top && last && this.#heap.length > 0) {
      this.#heap[0] = last;
      this.#down(0);
    }
    return top;
  }

  #before(i: number, j: number): boolean {
    const a = this.#heap[i] as Scheduled<Event>;
    const b = this.#heap[j] as Scheduled<Event>;
    return a.at < b.at || (a.at === b.at && a.order < b.order);
  }

  #swap(i: number, j: number): void {
    const a = this.#heap[i] as Scheduled<Event>;
    this.#heap[i] = this.#heap[j] as Scheduled<Event>;
    this.#heap[j] = a;
  }

  #up(from: number): void {
    for (let i = from; i > 0; ) {
      const parent = (i - 1) >> 1;
      if (!this.#before(i, parent)) return;
      this.#swap(i, parent);
      i = parent;
    }
  }

  #down(from: number): void {
    for (let i = from; ; ) {
      const left = 2 * i + 1;
      const right = left + 1;
      let least = i;
      if (left < this.#heap.length && this.#before(left, least)) least = left;
      if (right < this.#heap.length && this.#before(right, least)) least = right;
      if (least === i) return;
      this.#swap(i, least);
      i = least;
    }
  }
}
