// The client's side of the Engine API: requests, their errors in the CLI's words.
//
// Mirrors: moby client (request.go, errors.go).
import type { ApiRequest, ApiStream, EngineApi } from '../api/index.ts';
import type { Op } from '../sim/index.ts';
import { err, ok, type Result } from '../std/index.ts';
import { text } from './json.ts';

export interface ApiError {
  /** HTTP status; 0: nobody answered. */
  readonly status: number;
  /** As it is printed: `Error response from daemon: …`. */
  readonly message: string;
}

export interface Answer {
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
  readonly stream: ApiStream | undefined;
}

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** `{"name":{"web":true}}`, as the API takes filters; undefined when there are none. */
export function filterJson(pairs: readonly (readonly [string, string])[]): string | undefined {
  if (pairs.length === 0) return undefined;
  const filters: Record<string, Record<string, boolean>> = {};
  for (const [key, value] of pairs) {
    const values = filters[key] ?? {};
    values[value] = true;
    filters[key] = values;
  }
  return JSON.stringify(filters);
}

/** `--filter name=web` → ['name', 'web']. */
export const filterPairs = (given: readonly string[]): (readonly [string, string])[] =>
  given
    .filter((item) => item !== '')
    .map((item) => {
      const equals = item.indexOf('=');
      return [item.slice(0, equals).trim().toLowerCase(), item.slice(equals + 1).trim()];
    });

export class Client {
  readonly engine: EngineApi | undefined;
  /** Where it tries to connect, for the error message. */
  readonly address: string;

  constructor(engine: EngineApi | undefined, address: string) {
    this.engine = engine;
    this.address = address;
  }

  /** An error status becomes an `ApiError`; 304 is success. */
  *request(
    method: ApiRequest['method'],
    path: string,
    query: Query = {},
    body?: unknown,
  ): Op<Result<Answer, ApiError>> {
    if (!this.engine)
      return err({
        status: 0,
        message: `Cannot connect to the Docker daemon at ${this.address}. Is the docker daemon running?`,
      });
    const given: Record<string, string> = {};
    for (const [key, value] of Object.entries(query))
      if (value !== undefined) given[key] = String(value);
    const answer = yield* this.engine.handle({
      method,
      path,
      query: given,
      ...(body === undefined ? {} : { body }),
    });
    if (answer.status === 0) {
      const verb = method.charAt(0) + method.slice(1).toLowerCase();
      const url = `http://%2Fvar%2Frun%2Fdocker.sock/v1.51${path}`;
      return err({ status: 0, message: `error during connect: ${verb} "${url}": EOF` });
    }
    if (answer.status >= 400) {
      const message = text(answer.body, 'message') || `page not found`;
      return err({ status: answer.status, message: `Error response from daemon: ${message}` });
    }
    return ok({ body: answer.body, headers: answer.headers ?? {}, stream: answer.stream });
  }

  /** The body that a GET answers with. */
  *get(path: string, query: Query = {}): Op<Result<unknown, ApiError>> {
    const answer = yield* this.request('GET', path, query);
    return answer.ok ? ok(answer.value.body) : answer;
  }

  /** The body that a POST answers with. */
  *post(path: string, query: Query = {}, body?: unknown): Op<Result<unknown, ApiError>> {
    const answer = yield* this.request('POST', path, query, body);
    return answer.ok ? ok(answer.value.body) : answer;
  }
}
