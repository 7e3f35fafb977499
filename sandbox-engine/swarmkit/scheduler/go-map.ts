// The order in which Go walks its maps: that is how swarmkit's lots are drawn.
//
// Mirrors: Go's internal/runtime/maps. A map of up to eight entries is one group of eight places: a new entry takes the
// first free place, and a walk begins at a place that is drawn and goes round. So entries come in the order in which they
// went in, turned by the lot: with four entries, five times in eight they are not turned at all (056:9-35 shows it). A map
// that once held more than eight is hashed from then on: its order is any order.

/** The places of one group. */
export const places = 8;

/** A list, walked from place `from` on: the entries fill the first places. */
export function turned<T>(entries: readonly T[], from: number): T[] {
  return [...entries.slice(from), ...entries.slice(0, from)];
}

/** The keys of one long-lived map. */
export class GoMap {
  readonly #places: (string | undefined)[] = [];
  #hashed = false;

  /** More than eight were in it at once: the order of its entries says nothing. */
  get hashed(): boolean {
    return this.#hashed;
  }

  set(key: string): void {
    if (this.#places.includes(key)) return;
    const free = this.#places.indexOf(undefined);
    if (free >= 0) this.#places[free] = key;
    else this.#places.push(key);
    if (this.#places.length > places) this.#hashed = true;
  }

  /** Keeps these keys, and takes in those that are new, in their order. */
  become(keys: readonly string[]): void {
    const wanted = new Set(keys);
    for (const [at, key] of this.#places.entries())
      if (key !== undefined && !wanted.has(key)) this.#places[at] = undefined;
    for (const key of keys) this.set(key);
  }

  /** The keys, walked from a place on. */
  from(place: number): string[] {
    return turned(this.#places, place % Math.max(1, this.#places.length)).filter(
      (key) => key !== undefined,
    );
  }
}
