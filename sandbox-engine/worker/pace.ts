// How far the simulated clock may have come at a wall-clock time. It decides how many events run, never which.
import { type Micros, micros } from '../sim/index.ts';

/** A world that has fallen further behind than this (wall ms) is slow, not late: it does not race to catch up. */
const toleratedLagMillis = 250;

export class Pace {
  #wall: number;
  #sim: Micros;
  #factor = 1;

  constructor(wall: number, sim: Micros) {
    this.#wall = wall;
    this.#sim = sim;
  }

  /** Counts on from here. */
  anchor(wall: number, sim: Micros): void {
    this.#wall = wall;
    this.#sim = sim;
  }

  /** Simulated seconds per second; 0: as fast as the machine can. */
  setFactor(factor: number, wall: number, sim: Micros): void {
    if (factor === this.#factor) return;
    this.#factor = factor;
    this.anchor(wall, sim);
  }

  /** The simulated time up to which events are due. Infinity when the clock is free. */
  due(wall: number): number {
    if (this.#factor === 0) return Number.POSITIVE_INFINITY;
    return micros(Math.floor(this.#sim + (wall - this.#wall) * 1000 * this.#factor));
  }

  /** Wall milliseconds until `time` is due. */
  waitFor(time: Micros, wall: number): number {
    if (this.#factor === 0) return 0;
    return Math.max(0, (time - this.due(wall)) / (1000 * this.#factor));
  }

  /** After a slice that could not run all that was due. */
  fallBehind(wall: number, sim: Micros): void {
    if (this.#factor === 0) return;
    const lagMillis = (this.due(wall) - sim) / (1000 * this.#factor);
    if (lagMillis > toleratedLagMillis) this.anchor(wall, sim);
  }
}
