// Checks that may need time to come true (`wait` of a lab's step): they are asked again until they hold or the time is over.
import type { Lab } from '../lab/api.ts';
import type { CheckResult, Question } from '../protocol/index.ts';
import { type Micros, micros, seconds } from '../sim/index.ts';

interface Waiting {
  readonly request: number;
  readonly question: Question;
  /** Simulated time after which the answer is what it is. */
  readonly until: Micros;
}

type Answer = (request: number, value: unknown) => void;

export class Waits {
  #waiting: Waiting[] = [];

  /** While a reader waits, time may be made to pass faster. */
  get busy(): boolean {
    return this.#waiting.length > 0;
  }

  /** Answers the question at once, or puts it off when its check does not hold yet and may still come true. */
  ask(lab: Lab, request: number, question: Question, patience: number, answer: Answer): void {
    const value = lab.ask(question);
    if (patience > 0 && !holds(value)) {
      const until = micros(lab.sim.now() + seconds(patience));
      this.#waiting.push({ request, question, until });
    } else answer(request, value);
  }

  /** Asks again. */
  look(lab: Lab, answer: Answer): void {
    this.#waiting = this.#waiting.filter(({ request, question, until }) => {
      const value = lab.ask(question);
      if (!holds(value) && lab.sim.now() < until) return true;
      answer(request, value);
      return false;
    });
  }

  /** The world that they are about is gone. */
  giveUp(answer: Answer): void {
    for (const { request } of this.#waiting.splice(0))
      answer(request, { holds: false, found: [{ kind: 'rewound' }] } satisfies CheckResult);
  }
}

const holds = (value: unknown): boolean => (value as CheckResult | undefined)?.holds === true;
