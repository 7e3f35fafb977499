// The Engine API as a table of routes, and the answers that routes give.
//
// Mirrors: moby daemon/server (router, httpstatus). Differs: version prefixes are stripped by the clients.
import type { ApiRequest, ApiResponse, ApiStream, EngineApi } from '../api/index.ts';
import { millis, type Op, type Sim, sleep } from '../sim/index.ts';
import type { Failure, FailureKind, Result } from '../std/index.ts';

export type RouteParams = Readonly<Record<string, string>>;

/**
 * One entry of the table. Pattern segments: a word, `:name` for one segment, `:name+` for one or more (names of images
 * have slashes). The first route that fits is taken.
 */
export interface Route {
  readonly method: ApiRequest['method'];
  readonly pattern: string;
  handle(request: ApiRequest, params: RouteParams): Op<ApiResponse>;
}

const statusOf: Readonly<Record<FailureKind, number>> = {
  invalid_parameter: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  not_modified: 304,
  unavailable: 503,
  not_implemented: 501,
  system: 500,
};

export const json = (body: unknown, status = 200): ApiResponse => ({ status, body });
export const noContent: ApiResponse = { status: 204 };
export const streamed = (stream: ApiStream, status = 200): ApiResponse => ({ status, stream });

/** The answer that a failed request gets. */
export const failed = (failure: Failure): ApiResponse =>
  failure.kind === 'not_modified'
    ? { status: 304 }
    : { status: statusOf[failure.kind], body: { message: failure.message } };

/** The answer of an operation: what `answer` makes of its value, or its failure. */
export function answered<T>(
  result: Result<T, Failure>,
  answer: (value: T) => ApiResponse,
): ApiResponse {
  return result.ok ? answer(result.value) : failed(result.error);
}

/** A route that answers at once, without further simulated time. */
export const route = (
  method: Route['method'],
  pattern: string,
  answer: (request: ApiRequest, params: RouteParams) => ApiResponse,
): Route => ({
  method,
  pattern,
  *handle(request, params) {
    return answer(request, params);
  },
});

/** A route that takes simulated time. */
export const slowRoute = (
  method: Route['method'],
  pattern: string,
  handle: Route['handle'],
): Route => ({ method, pattern, handle });

function match(pattern: readonly string[], path: readonly string[]): RouteParams | undefined {
  const params: Record<string, string> = {};
  let at = 0;
  for (const [index, segment] of pattern.entries()) {
    const rest = pattern.length - index - 1;
    if (segment.startsWith(':') && segment.endsWith('+')) {
      const end = path.length - rest;
      if (end <= at) return undefined;
      params[segment.slice(1, -1)] = path.slice(at, end).join('/');
      at = end;
    } else if (at >= path.length) return undefined;
    else if (segment.startsWith(':')) {
      params[segment.slice(1)] = path[at] ?? '';
      at += 1;
    } else if (segment === path[at]) at += 1;
    else return undefined;
  }
  return at === path.length ? params : undefined;
}

/** How long the daemon takes over a request before it does anything, in milliseconds. */
const overheadMillis = 3;

/** A daemon's door: the first route that fits handles a request. */
export function createRouter(sim: Sim, routes: readonly Route[]): EngineApi {
  const table = routes.map((route) => ({ route, segments: route.pattern.split('/').slice(1) }));
  return {
    *handle(request: ApiRequest): Op<ApiResponse> {
      yield* sleep(sim, millis(overheadMillis));
      const path = request.path.split('/').slice(1);
      for (const { route, segments } of table) {
        if (route.method !== request.method) continue;
        const params = match(segments, path);
        if (params) return yield* route.handle(request, params);
      }
      return json({ message: 'page not found' }, 404);
    },
  };
}
