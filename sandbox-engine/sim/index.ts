export { Collection, type Indexes } from './collection.ts';
export { longId } from './ids.ts';
export { type Change, Journal, type Revision } from './journal.ts';
export { limits } from './limits.ts';
export { mapOrder } from './map-order.ts';
export type { Timer } from './queue.ts';
export { type Rng, rngStream } from './rng.ts';
export { Scope, within } from './scope.ts';
export {
  Coroutine,
  join,
  type Op,
  Sim,
  type SimEvent,
  type SimOptions,
  sleep,
  type Wait,
  type Wake,
} from './sim.ts';
export { type Clock, type Micros, micros, millis, seconds } from './time.ts';
