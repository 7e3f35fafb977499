// The views that the page has subscribed to, and what it was last told of each.
import type { Lab } from '../lab/api.ts';
import type { ViewName, ViewParameters, WorkerMessage } from '../protocol/index.ts';

interface Subscription {
  readonly view: ViewName;
  readonly parameters: ViewParameters;
  count: number;
  /** Absent: nothing yet, or nothing of this world. */
  told?: string | undefined;
}

const keyOf = (view: ViewName, parameters: ViewParameters): string =>
  JSON.stringify([view, Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1))]);

export class Views {
  readonly #subscriptions = new Map<string, Subscription>();
  /** The lab's stamp when they were last computed; undefined: something has not been told at all. */
  #stamp: string | undefined;

  subscribe(view: ViewName, parameters: ViewParameters): void {
    const key = keyOf(view, parameters);
    const known = this.#subscriptions.get(key);
    if (known) {
      known.count += 1;
      known.told = undefined;
    } else this.#subscriptions.set(key, { view, parameters, count: 1 });
    this.#stamp = undefined;
  }

  unsubscribe(view: ViewName, parameters: ViewParameters): void {
    const key = keyOf(view, parameters);
    const known = this.#subscriptions.get(key);
    if (!known) return;
    known.count -= 1;
    if (known.count === 0) this.#subscriptions.delete(key);
  }

  /** Has the state changed since they were computed? */
  stale(lab: Lab): boolean {
    return this.#subscriptions.size > 0 && this.#stamp !== lab.stamp();
  }

  /** Another world: everything is to be told anew. */
  forget(): void {
    this.#stamp = undefined;
    for (const subscription of this.#subscriptions.values()) subscription.told = undefined;
  }

  /** Computes them and tells those that are not what they were. */
  tell(lab: Lab, post: (message: WorkerMessage) => void): void {
    const revision = lab.sim.journal.revision;
    this.#stamp = lab.stamp();
    for (const subscription of this.#subscriptions.values()) {
      const { view, parameters } = subscription;
      const value = lab.view(view, parameters);
      // A view may have nothing to show: that is told too, in place of what was shown before.
      const text = JSON.stringify(value) ?? 'nothing';
      if (text === subscription.told) continue;
      subscription.told = text;
      post({ type: 'view', view, parameters, revision, value });
    }
  }
}
