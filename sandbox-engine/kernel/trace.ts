// The path of packets, hop by hop: a ring of the latest steps for the packet views. Output, not state.
import { limits } from '../sim/index.ts';
import type { Hop } from './kernel-api.ts';

export class Trace {
  /** Off: stages do not even build their decisions. */
  enabled = true;
  readonly #ring: Hop[] = [];
  #total = 0;

  /** How many hops there have been: a place to read on from. */
  get total(): number {
    return this.#total;
  }

  push(hop: Hop): void {
    this.#ring[this.#total % limits.traceHops] = hop;
    this.#total += 1;
  }

  /** The hops after that place, oldest first; those that have fallen out of the ring are left out. */
  since(place: number): Hop[] {
    const first = Math.max(place, this.#total - limits.traceHops, 0);
    const hops: Hop[] = [];
    for (let i = first; i < this.#total; i += 1) hops.push(this.#ring[i % limits.traceHops] as Hop);
    return hops;
  }

  /** The kept hops of one exchange. */
  ofFlow(flow: number): Hop[] {
    return this.since(0).filter((hop) => hop.flow === flow);
  }
}
