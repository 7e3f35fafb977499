// What a host's one processor has to do for its engine: jobs that are under way at once slow each other.
import { micros, type Op, type Sim } from '../sim/index.ts';

interface Job {
  /** Processor time that it still needs, in microseconds. */
  left: number;
}

/** Less than this is rounding. */
const nothingLeft = 0.5;

export class Workload {
  readonly #sim: Sim;
  readonly #key: string;
  readonly #jobs = new Set<Job>();
  #since = 0;

  constructor(sim: Sim, host: string) {
    this.#sim = sim;
    this.#key = `workload of ${host}`;
  }

  /** The machine has lost its power, and its jobs with it. */
  lose(): void {
    this.#jobs.clear();
  }

  /** Takes so much processor time, which is shared evenly among all jobs. */
  *work(millis: number): Op<void> {
    const job: Job = { left: millis * 1_000 };
    this.#settle();
    this.#jobs.add(job);
    this.#sim.wake(this.#key);
    try {
      while (job.left > nothingLeft) {
        const until = micros(this.#sim.now() + Math.ceil(job.left * this.#jobs.size));
        yield { keys: [this.#key], until };
        this.#settle();
      }
    } finally {
      this.#settle();
      this.#jobs.delete(job);
      this.#sim.wake(this.#key);
    }
  }

  /** Accounts for the time since the last look. */
  #settle(): void {
    const now = this.#sim.now();
    for (const job of this.#jobs) job.left -= (now - this.#since) / this.#jobs.size;
    this.#since = now;
  }
}
