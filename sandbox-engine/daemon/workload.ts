// What a host's one processor has to do for its engine: jobs that are under way at once slow each other.
//
// As on the recorded machines, the hosts are virtual machines of one processor each on a computer that has two: where
// more than two of them are busy, each gets its share.
import { micros, type Op, type Sim } from '../sim/index.ts';

interface Job {
  /** Processor time that it still needs, in microseconds. */
  left: number;
  /** It waits for the others of its host that are done in turn and came before it. */
  readonly inTurn: boolean;
}

/** Less than this is rounding. */
const nothingLeft = 0.5;
const coresOfComputer = 2;
/** Jobs that end at once end one after another, so long apart. In microseconds. */
const timeSlice = 1_000;

/** Woken when the jobs of a host get a larger share; when it becomes smaller they find out at the time they hoped for. */
const keyOf = (host: string): string => `workload of ${host}`;

/** The computer that the hosts run on. */
export class Computer {
  readonly #sim: Sim;
  readonly #cores: number;
  /** The jobs of the hosts that are busy. */
  readonly #busy = new Map<string, Set<Job>>();
  /** When the last job of each host ended. */
  readonly #endedAt = new Map<string, number>();
  #since = 0;

  constructor(sim: Sim, cores = coresOfComputer) {
    this.#sim = sim;
    this.#cores = cores;
  }

  add(host: string, job: Job): void {
    this.settle();
    const jobs = this.#busy.get(host) ?? new Set();
    this.#busy.set(host, jobs.add(job));
  }

  remove(host: string, job: Job): void {
    this.settle();
    const jobs = this.#busy.get(host);
    jobs?.delete(job);
    this.#endedAt.set(host, this.#sim.now());
    if (jobs?.size === 0) this.lose(host);
    else this.#sim.wake(keyOf(host));
  }

  lose(host: string): void {
    this.settle();
    const crowded = this.#busy.size > this.#cores;
    if (this.#busy.delete(host) && crowded)
      for (const other of this.#busy.keys()) this.#sim.wake(keyOf(other));
  }

  /** The part of a processor that a job of a host gets now: 0 while it waits for its turn. */
  share(host: string, job: Job): number {
    const jobs = this.#busy.get(host) ?? new Set();
    let atWork = 0;
    let turn: Job | undefined;
    for (const each of jobs) {
      if (each.inTurn && turn) continue;
      if (each.inTurn) turn = each;
      atWork += 1;
    }
    if (job.inTurn && job !== turn) return 0;
    return Math.min(1, this.#cores / this.#busy.size) / atWork;
  }

  /** Has it nothing left to do, and is it its turn? Jobs of a host that end at once end in their order. */
  isDone(host: string, job: Job): boolean {
    if (job.left > nothingLeft) return false;
    if (this.#sim.now() < (this.#endedAt.get(host) ?? -timeSlice) + timeSlice) return false;
    for (const other of this.#busy.get(host) ?? [])
      if (other.left <= nothingLeft) return other === job;
    return true;
  }

  /** Accounts for the time since the last look. */
  settle(): void {
    const now = this.#sim.now();
    const passed = now - this.#since;
    this.#since = now;
    if (passed === 0) return;
    for (const [host, jobs] of this.#busy)
      for (const job of jobs) job.left -= passed * this.share(host, job);
  }
}

export class Workload {
  readonly #sim: Sim;
  readonly #host: string;
  readonly #computer: Computer;

  constructor(sim: Sim, host: string, computer = new Computer(sim)) {
    this.#sim = sim;
    this.#host = host;
    this.#computer = computer;
  }

  /** The machine has lost its power, and its jobs with it. */
  lose(): void {
    this.#computer.lose(this.#host);
  }

  /** Takes so much processor time, which is shared evenly among all jobs; those `inTurn` are done one after another. */
  *work(millis: number, inTurn = false): Op<void> {
    if (millis <= 0) return;
    const job: Job = { left: millis * 1_000, inTurn };
    const computer = this.#computer;
    computer.add(this.#host, job);
    try {
      while (!computer.isDone(this.#host, job)) {
        const keys = [keyOf(this.#host)];
        const share = computer.share(this.#host, job);
        const left = Math.max(timeSlice, Math.ceil(job.left / share));
        yield share === 0 ? { keys } : { keys, until: micros(this.#sim.now() + left) };
        computer.settle();
      }
    } finally {
      computer.remove(this.#host, job);
    }
  }
}
