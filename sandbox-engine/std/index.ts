export type { Brand } from './brand.ts';
export {
  type CivilTime,
  civilTime,
  dayNames,
  millisOf,
  monthNames,
  rfc3339Nano,
} from './calendar.ts';
export { type Door, door } from './door.ts';
export { type Failure, type FailureKind, failure } from './failure.ts';
export { compareNatural, compareText, sortedBy } from './order.ts';
export { assert, err, InvariantError, must, ok, type Result, unreachable } from './result.ts';
export { strftime } from './strftime.ts';
