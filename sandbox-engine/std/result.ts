// Values for outcomes that a caller must deal with, and assertions for what must never be.
//
// Expected failures travel as `Result`; a broken invariant of the simulator throws `InvariantError`, which only the
// worker's pump and the replayer catch.

/** Either a value or the reason why there is none. */
export type Result<T, E> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: E };

export const ok = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value });
export const err = <E>(error: E): { readonly ok: false; readonly error: E } => ({
  ok: false,
  error,
});

/** A bug in the simulator, never the outcome of something a reader did. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
}

/** Throws when a fact that the code relies on does not hold. The message states the fact with its values. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new InvariantError(message);
}

/** The value, which the caller knows to be there; `what` names it in the error otherwise. */
export function must<T>(value: T | undefined | null, what: string): T {
  if (value === undefined || value === null) throw new InvariantError(`${what} is missing`);
  return value;
}

/** Ends a switch over a closed union: a new member does not compile until it is handled. */
export function unreachable(value: never): never {
  throw new InvariantError(`not a known case: ${String(value)}`);
}
