// What the reader does in the console and in the browser pane, and waits for: a page, a daemon's answer.
import type { Pending } from '../lab/api.ts';

type Answer = (request: number, value: unknown) => void;

export class Deeds {
  readonly #pending = new Map<number, Pending>();

  /** While a reader waits, time may be made to pass faster. */
  get busy(): boolean {
    return this.#pending.size > 0;
  }

  begin(request: number, pending: Pending): void {
    this.#pending.set(request, pending);
  }

  /** Answers those that have ended. */
  look(answer: Answer): void {
    for (const [request, pending] of this.#pending) {
      if (!pending.ended) continue;
      this.#pending.delete(request);
      answer(request, pending.result);
    }
  }

  /** The world that they were done in is gone. */
  giveUp(answer: Answer): void {
    for (const request of this.#pending.keys()) answer(request, undefined);
    this.#pending.clear();
  }
}
