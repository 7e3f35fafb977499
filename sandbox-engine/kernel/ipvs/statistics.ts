// Counters of a service or a server, and their rates.
// Mirrors: net/netfilter/ipvs/ip_vs_est.c: every two seconds a rate moves a quarter of the way to what was counted.
// Differs: the two-second steps that have passed are made up for when somebody counts or looks.
import { type Sim, seconds } from '../../sim/index.ts';
import type { IpvsStatistics } from '../rows.ts';

type Kind = keyof IpvsStatistics['rates'];

const kinds: readonly Kind[] = ['connections', 'packetsIn', 'packetsOut', 'bytesIn', 'bytesOut'];
const step = seconds(2);
/** After so many idle steps a rate is as good as nothing. */
const longIdle = 100;

const zeros = (): Record<Kind, number> => ({
  connections: 0,
  packetsIn: 0,
  packetsOut: 0,
  bytesIn: 0,
  bytesOut: 0,
});

export class Statistics {
  readonly #sim: Sim;
  #counts = zeros();
  #rates = zeros();
  #atStep = zeros();
  #steppedAt: number;

  constructor(sim: Sim) {
    this.#sim = sim;
    this.#steppedAt = sim.now();
  }

  connection(): void {
    this.#catchUp();
    this.#counts.connections += 1;
  }

  packet(direction: 'in' | 'out', bytes: number): void {
    this.#catchUp();
    if (direction === 'in') {
      this.#counts.packetsIn += 1;
      this.#counts.bytesIn += bytes;
    } else {
      this.#counts.packetsOut += 1;
      this.#counts.bytesOut += bytes;
    }
  }

  zero(): void {
    this.#counts = zeros();
    this.#rates = zeros();
    this.#atStep = zeros();
  }

  read(): IpvsStatistics {
    this.#catchUp();
    return { ...this.#counts, rates: { ...this.#rates } };
  }

  #catchUp(): void {
    const steps = Math.floor((this.#sim.now() - this.#steppedAt) / step);
    if (steps === 0) return;
    this.#steppedAt += steps * step;
    for (const kind of kinds) {
      const perSecond = (this.#counts[kind] - this.#atStep[kind]) / 2;
      this.#atStep[kind] = this.#counts[kind];
      let rate = this.#rates[kind];
      rate += (perSecond - rate) / 4;
      rate *= 0.75 ** Math.min(steps - 1, longIdle);
      this.#rates[kind] = rate < 0.001 ? 0 : rate;
    }
  }
}
