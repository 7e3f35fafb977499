// The views that parts of the page listen to, and the latest value of each.
import type { ViewName, ViewParameters } from '../../sandbox-engine/protocol/index.ts';

export interface Subscription {
  readonly view: ViewName;
  readonly parameters: ViewParameters;
  readonly listener: (value: unknown) => void;
}

const keyOf = (view: ViewName, parameters: ViewParameters): string =>
  `${view} ${JSON.stringify(parameters)}`;

export class Subscriptions {
  readonly #all = new Set<Subscription>();
  readonly #latest = new Map<string, unknown>();

  get all(): Iterable<Subscription> {
    return this.#all;
  }

  /** The listener is told the latest value at once, if there is one. */
  add(subscription: Subscription): void {
    this.#all.add(subscription);
    const known = this.latest(subscription.view, subscription.parameters);
    if (known !== undefined) subscription.listener(known);
  }

  remove(subscription: Subscription): void {
    this.#all.delete(subscription);
  }

  latest(view: ViewName, parameters: ViewParameters): unknown {
    return this.#latest.get(keyOf(view, parameters));
  }

  tell(view: ViewName, parameters: ViewParameters, value: unknown): void {
    const key = keyOf(view, parameters);
    this.#latest.set(key, value);
    for (const one of this.#all) if (keyOf(one.view, one.parameters) === key) one.listener(value);
  }

  /** Nothing that was told holds any more. */
  forget(): void {
    this.#latest.clear();
  }
}
