import { describe, expect, it } from 'vitest';
import { micros, millis, Sim, sleep } from '../sim/index.ts';
import { Computer, Workload } from './workload.ts';

interface Job {
  readonly at: number;
  readonly takes: number;
  readonly inTurn?: boolean;
}

/** Starts jobs of so many milliseconds at the given times; answers when each has ended, in milliseconds. */
function ends(jobs: readonly Job[]): number[] {
  const sim = new Sim({ seed: 1, epochMillis: 0 });
  const workload = new Workload(sim, 'here');
  const ended: number[] = [];
  for (const [i, { at, takes, inTurn }] of jobs.entries())
    sim.spawn(
      `job ${i}`,
      (function* () {
        yield* sleep(sim, millis(at));
        yield* workload.work(takes, inTurn);
        ended[i] = Math.round(sim.now() / 1_000);
      })(),
    );
  sim.runUntil(micros(60_000_000));
  return ended;
}

describe('the work of a host', () => {
  it('takes its time when there is nothing else to do', () => {
    expect(ends([{ at: 100, takes: 400 }])).toEqual([500]);
  });

  it('is shared evenly by what is under way at once', () => {
    const both = { at: 0, takes: 1_000 };
    expect(ends([both, both, both])).toEqual([3_000, 3_001, 3_002]);
    // Alone for 500 ms, then at half the speed; the second has the processor for itself at the end.
    expect(ends([both, { at: 500, takes: 1_000 }])).toEqual([1_500, 2_000]);
  });

  it('is done one after another where it is said to be, beside what is not', () => {
    const turn = { at: 0, takes: 300, inTurn: true };
    expect(ends([turn, turn, turn])).toEqual([300, 600, 900]);
    // The first and the free one share the processor for 600 ms; then the second and what is left of the free one.
    expect(ends([turn, turn, { at: 0, takes: 500 }])).toEqual([600, 1_100, 1_000]);
  });

  it('gets no more than its share of the two processors of the computer', () => {
    const sim = new Sim({ seed: 1, epochMillis: 0 });
    const computer = new Computer(sim);
    const ended: Record<string, number> = {};
    const begin = (host: string, takes: number) =>
      sim.spawn(
        host,
        (function* () {
          yield* new Workload(sim, host, computer).work(takes);
          ended[host] = Math.round(sim.now() / 1_000);
        })(),
      );
    // Four hosts at half their speed for two seconds; then two, each with a processor of its own.
    begin('a', 1_000);
    begin('b', 1_000);
    begin('c', 1_500);
    begin('d', 2_000);
    sim.runUntil(micros(60_000_000));
    expect(ended).toEqual({ a: 2_000, b: 2_000, c: 2_500, d: 3_000 });
  });

  it('goes on without a job that was given up', () => {
    const sim = new Sim({ seed: 1, epochMillis: 0 });
    const workload = new Workload(sim, 'here');
    const given = sim.spawn('given up', workload.work(1_000));
    const kept = sim.spawn('kept', workload.work(1_000));
    sim.runUntil(micros(500_000));
    sim.cancel(given);
    sim.runUntil(micros(1_249_000));
    expect(kept.ended).toBe(false);
    sim.runUntil(micros(1_251_000));
    expect(kept.ended).toBe(true);
  });
});
