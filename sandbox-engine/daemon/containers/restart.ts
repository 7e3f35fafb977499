// Restart policies: may a container that has ended start again, and when.
//
// Mirrors: moby daemon/internal/restartmanager.
import { type Micros, seconds } from '../../sim/index.ts';
import type { ContainerRow } from './rows.ts';

const firstBackoff = 100;
const longestBackoff = 60_000;
/** A container that ran so long starts again without having to wait longer than the first time. */
const stableAfter = seconds(10);

export class RestartPolicies {
  /** Containers whose policy rests because somebody stopped or killed them. */
  readonly #resting = new Set<string>();
  /** The daemon is going down: nothing is restarted. */
  suspended = false;

  rest(row: ContainerRow): void {
    this.#resting.add(row.id);
  }

  isResting(row: ContainerRow): boolean {
    return this.#resting.has(row.id);
  }

  resume(row: ContainerRow): void {
    this.#resting.delete(row.id);
  }

  /** The daemon has started: stops before that no longer count. */
  resumeAll(): void {
    this.suspended = false;
    this.#resting.clear();
  }

  mayRestart(row: ContainerRow, exitCode: number): boolean {
    if (this.suspended || this.isResting(row)) return false;
    const { Name, MaximumRetryCount } = row.hostConfig.RestartPolicy;
    switch (Name) {
      case 'always':
        return true;
      case 'unless-stopped':
        return !row.manuallyStopped;
      case 'on-failure':
        return exitCode !== 0 && (MaximumRetryCount === 0 || row.restartCount < MaximumRetryCount);
      default:
        return false;
    }
  }
}

/** Milliseconds to wait: twice as long as the last time, unless the container ran for a while. */
export const nextBackoff = (last: number, ran: Micros | number): number =>
  last === 0 || ran >= stableAfter ? firstBackoff : Math.min(2 * last, longestBackoff);
