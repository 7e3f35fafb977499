// Simulated time: integer microseconds since the lab started. Nothing in the engine knows another clock.
import { assert, type Brand } from '../std/index.ts';

/** Microseconds since the lab started, or a duration in microseconds. Always an integer. */
export type Micros = Brand<number, 'Micros'>;

export function micros(n: number): Micros {
  assert(Number.isSafeInteger(n), `${n} is not a whole number of microseconds`);
  return n as Micros;
}
export const millis = (n: number): Micros => micros(Math.round(n * 1_000));
export const seconds = (n: number): Micros => micros(Math.round(n * 1_000_000));

/** What tells the time. */
export interface Clock {
  now(): Micros;
}
