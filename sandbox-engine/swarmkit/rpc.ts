// Errors of the swarm's own control API, as the daemon passes them on. Mirrors: google.golang.org/grpc/status, and
// moby errdefs' mapping of its codes.
import { type Failure, type FailureKind, failure } from '../std/index.ts';

const kinds = {
  InvalidArgument: 'invalid_parameter',
  NotFound: 'not_found',
  AlreadyExists: 'conflict',
  PermissionDenied: 'forbidden',
  FailedPrecondition: 'invalid_parameter',
  OutOfRange: 'invalid_parameter',
  Unauthenticated: 'unauthorized',
  Unimplemented: 'not_implemented',
  Unavailable: 'unavailable',
  DeadlineExceeded: 'system',
  Unknown: 'system',
} as const satisfies Record<string, FailureKind>;

export type RpcCode = keyof typeof kinds;

/** `rpc error: code = InvalidArgument desc = …`. */
export const rpcError = (code: RpcCode, description: string): Failure =>
  failure(kinds[code], `rpc error: code = ${code} desc = ${description}`);
