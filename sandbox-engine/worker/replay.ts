// Does again what a reader did, at the same simulated times, as fast as the machine can.
import type { Lab, LabInputNow } from '../lab/api.ts';
import type { LabInput, TerminalId } from '../protocol/index.ts';
import { micros, seconds } from '../sim/index.ts';

/** The last command of a shared session is given this long (simulated) to end. */
const patience = seconds(60);

type RunInput = Extract<LabInput, { do: 'run' }>;

/** The world in which it is done again. */
export interface ReplayWorld {
  readonly lab: Lab;
  /** Terminals whose shell waits for a command. */
  readonly ready: Set<TerminalId>;
  /** Told of each Run before it is typed. */
  readonly runs: { repeats(run: RunInput): void };
}

export class Replay {
  readonly #inputs: readonly LabInput[];
  readonly #until: number | undefined;
  #next = 0;
  /** What came before the next Run has been delivered, so that what follows is that Run's own. */
  #delivered = false;
  #busy = new Set<TerminalId>();

  /** `until`: how far to go on after the last input; by default until every command has ended. */
  constructor(inputs: readonly LabInput[], until: number | undefined) {
    this.#inputs = inputs;
    this.#until = until;
  }

  /** What has not been done again yet. */
  get rest(): readonly LabInput[] {
    return this.#inputs.slice(this.#next);
  }

  /** Goes on until it is over (true) or `late` says to stop for now. Prompts are seen through `ready`. */
  run({ lab, ready, runs }: ReplayWorld, late: () => boolean): boolean {
    for (;;) {
      const input = this.#inputs[this.#next];
      if (!input) return this.#settle(lab, ready, late);
      if (!runUntil(lab, input.at, late)) return false;
      this.#delivered = input.do === 'run' && !this.#delivered;
      if (this.#delivered) return false;
      this.#next += 1;
      if ('terminal' in input && input.do !== 'open') lab.terminal(input.terminal);
      if (awaitsPrompt(input)) {
        ready.delete(input.terminal);
        this.#busy.add(input.terminal);
      }
      if (input.do === 'run') runs.repeats(input);
      const { at: _, ...now } = input;
      lab.input(now as LabInputNow);
      if (late()) return false;
    }
  }

  #settle(lab: Lab, ready: Set<TerminalId>, late: () => boolean): boolean {
    if (this.#until !== undefined) return runUntil(lab, this.#until, late);
    const last = this.#inputs.at(-1)?.at ?? 0;
    for (const terminal of ready) this.#busy.delete(terminal);
    if (this.#busy.size === 0 || lab.sim.now() > last + patience) return true;
    // A short stretch at a time, so that the caller sees the prompts that come.
    runUntil(lab, lab.sim.now() + seconds(0.05), late);
    return false;
  }
}

/** Does a prompt come after it? */
function awaitsPrompt(
  input: LabInput,
): input is Extract<LabInput, { do: 'open' | 'run' | 'input' }> {
  return (
    input.do === 'open' || input.do === 'run' || (input.do === 'input' && /[\r\n]/.test(input.text))
  );
}

/** False when `late` came first. */
function runUntil(lab: Lab, time: number, late: () => boolean): boolean {
  const { sim } = lab;
  for (let next = sim.nextAt(); next !== undefined && next <= time; next = sim.nextAt()) {
    if (late()) return false;
    sim.runNext();
  }
  sim.advanceTo(micros(Math.max(time, sim.now())));
  return true;
}
