// Why a request to a daemon failed: kinds that the API maps to HTTP status codes.

/** Mirrors: github.com/docker/docker/errdefs. */
export type FailureKind =
  | 'invalid_parameter'
  | 'unauthorized'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'not_modified'
  | 'unavailable'
  | 'not_implemented'
  | 'system';

export interface Failure {
  readonly kind: FailureKind;
  /** Exactly the daemon's words. */
  readonly message: string;
}

export const failure = (kind: FailureKind, message: string): Failure => ({ kind, message });
