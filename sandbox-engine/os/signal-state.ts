// What one process has said about signals, and the caught ones that it has not yet taken (sigaction(2), sigpending(2)).
import type { Wake } from '../sim/index.ts';
import { signals } from './api.ts';

export type Disposition = 'catch' | 'ignore';

export class SignalState {
  /** What is not in it has the default. */
  readonly #dispositions = new Map<number, Disposition>();
  #pending: number[] = [];
  /** A caught signal has come and no wait has been cut short for it yet. */
  #unannounced = false;

  /** `ignored`: signals that the parent ignores; so does the child. */
  constructor(ignored: readonly number[]) {
    for (const signal of ignored) this.#dispositions.set(signal, 'ignore');
  }

  get unannounced(): boolean {
    return this.#unannounced;
  }

  of(signal: number): Disposition | undefined {
    return this.#dispositions.get(signal);
  }

  ignored(): number[] {
    return [...this.#dispositions].flatMap(([signal, how]) => (how === 'ignore' ? [signal] : []));
  }

  handle(signal: number, disposition: Disposition | 'default'): void {
    if (signal === signals.SIGKILL || signal === signals.SIGSTOP) return;
    if (disposition === 'default') this.#dispositions.delete(signal);
    else this.#dispositions.set(signal, disposition);
    if (disposition !== 'catch') this.#pending = this.#pending.filter((one) => one !== signal);
  }

  /** A signal has come that is to be caught; the same one twice counts once. */
  caught(signal: number): void {
    if (!this.#pending.includes(signal)) this.#pending.push(signal);
    this.#unannounced = true;
  }

  take(): number | undefined {
    if (this.#pending.length <= 1) this.#unannounced = false;
    return this.#pending.shift();
  }

  /** Cuts a wait short: from now on the signals that are pending are announced. */
  announcement(): Wake {
    this.#unannounced = false;
    return { by: 'signal', signal: this.#pending[0] ?? 0 };
  }

  /** execve(2): handlers are gone with the program, what is ignored stays so. */
  forgetHandlers(): void {
    for (const [signal, disposition] of [...this.#dispositions])
      if (disposition === 'catch') this.#dispositions.delete(signal);
    this.#pending = [];
  }
}
