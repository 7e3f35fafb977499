// A host with the docker command and an engine that answers from a table: for tests only.
import type { ApiRequest, ApiResponse, ApiStream, EngineApi, StreamPiece } from '../api/index.ts';
import { dockerSocket } from '../api/index.ts';
import type { Host } from '../os/index.ts';
import { testHost } from '../os/testing.ts';
import type { Op } from '../sim/index.ts';
import { dockerProgram } from './index.ts';

export type Reply = unknown | ((request: ApiRequest) => ApiResponse);

const isFunction = (reply: Reply): reply is (request: ApiRequest) => ApiResponse =>
  typeof reply === 'function';

/** Answers `GET /networks` and the like with a JSON body or a whole response; everything else is 404. */
export class FakeEngine implements EngineApi {
  readonly requests: ApiRequest[] = [];
  readonly routes: Readonly<Record<string, Reply>>;

  constructor(routes: Readonly<Record<string, Reply>> = {}) {
    this.routes = routes;
  }

  *handle(request: ApiRequest): Op<ApiResponse> {
    this.requests.push(request);
    const reply = this.routes[`${request.method} ${request.path}`];
    if (reply === undefined)
      return { status: 404, body: { message: `no such thing: ${request.path}` } };
    return isFunction(reply) ? reply(request) : { status: 200, body: reply };
  }
}

/** A host whose docker command speaks to that engine. */
export function dockerHost(
  engine: EngineApi | undefined,
  files: Readonly<Record<string, string>> = {},
): Host {
  const host = testHost({ programs: { docker: dockerProgram }, tree: files });
  if (engine) host.provide(dockerSocket, engine);
  return host;
}

/** A stream that holds these pieces and ends. */
export function fakeStream(pieces: readonly StreamPiece[], sent: string[] = []): ApiStream {
  const left = [...pieces];
  return {
    key: 'fake-stream',
    take: () => left.shift() ?? null,
    send: (text) => {
      sent.push(text);
    },
    closeInput: () => {},
    close: () => {},
  };
}
