// The commands that Run buttons have typed, from the key press to the next prompt, with what they printed.
import { EchoFilter } from '../lab/echo.ts';
import type { TerminalId } from '../protocol/index.ts';

/** The request number of a Run that nobody waits for: it was done again. */
const repeated = 0;

export interface Run {
  readonly request: number;
  readonly terminal: TerminalId;
  readonly line: string;
  readonly step?: string;
}

interface Running extends Run {
  output: string;
}

/** One command at a time on each terminal; further ones wait for the prompt. */
export class Runs {
  readonly #running = new Map<TerminalId, Running>();
  readonly #waiting: Run[] = [];
  readonly #filters = new Map<TerminalId, EchoFilter>();

  /** Is any command on the way? Then time may be made to pass faster. */
  get busy(): boolean {
    return this.#running.size > 0;
  }

  add(run: Run): void {
    this.#waiting.push(run);
  }

  /** The next command for a terminal whose shell waits for one; it counts as running from now on. */
  start(isReady: (terminal: TerminalId) => boolean): Run | undefined {
    const index = this.#waiting.findIndex(
      (run) => !this.#running.has(run.terminal) && isReady(run.terminal),
    );
    const [run] = index < 0 ? [] : this.#waiting.splice(index, 1);
    if (run) {
      this.#filter(run.terminal).typed(run.line);
      this.#running.set(run.terminal, { ...run, output: '' });
    }
    return run;
  }

  /** A Run of the past is done again: what it prints is its own, as it was then. */
  repeats(run: Omit<Run, 'request'>): void {
    this.#filter(run.terminal).typed(run.line);
    this.#running.set(run.terminal, { ...run, request: repeated, output: '' });
  }

  /** Takes note of what a terminal printed; answers the part that is the command's own, and whose it is. */
  printed(
    terminal: TerminalId,
    text: string,
  ): { readonly request: number; readonly text: string } | undefined {
    const own = this.#filter(terminal).own(text);
    const run = this.#running.get(terminal);
    if (!run) return undefined;
    run.output += own;
    return { request: run.request, text: own };
  }

  /** The terminal's shell waits again: its command, if one was on the way, has ended. */
  ended(terminal: TerminalId): (Run & { readonly output: string }) | undefined {
    const run = this.#running.get(terminal);
    this.#running.delete(terminal);
    return run;
  }

  #filter(terminal: TerminalId): EchoFilter {
    const known = this.#filters.get(terminal);
    if (known) return known;
    const fresh = new EchoFilter();
    this.#filters.set(terminal, fresh);
    return fresh;
  }
}
