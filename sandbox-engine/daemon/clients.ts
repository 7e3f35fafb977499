// The clients of one daemon: their requests are the daemon's own work, and end with it.
//
// Mirrors: moby daemon/server: a daemon that stops closes all connections; one that dies takes them with it.
import type { ApiRequest, ApiResponse, ApiStream } from '../api/index.ts';
import { type Op, within } from '../sim/index.ts';
import type { DaemonContext } from './context.ts';
import { PieceStream } from './stream.ts';

/** The connection was closed before an answer came: what clients call EOF. */
const hungUp: ApiResponse = { status: 0 };

export class Clients {
  readonly #context: DaemonContext;
  readonly #answer: (request: ApiRequest) => Op<ApiResponse>;
  #streams: PieceStream[] = [];
  /** It listens, but does not answer yet. */
  #waiting = false;

  constructor(context: DaemonContext, answer: (request: ApiRequest) => Op<ApiResponse>) {
    this.#context = context;
    this.#answer = answer;
  }

  *handle(request: ApiRequest): Op<ApiResponse> {
    const { sim, scope } = this.#context;
    const answer = yield* within(sim, scope, this.#serve(request));
    if (answer?.stream) this.#keep(answer.stream);
    return answer ?? hungUp;
  }

  *#serve(request: ApiRequest): Op<ApiResponse> {
    while (this.#waiting) yield { keys: [this.#key] };
    return yield* this.#answer(request);
  }

  get #key(): string {
    return `clients of ${this.#context.host.name}`;
  }

  /** The daemon comes up: whoever connects waits. Mirrors: cmd/dockerd/daemon.go (start). */
  wait(): void {
    this.#waiting = true;
  }

  /** The daemon has come up: from now on requests are answered, those that wait first. */
  serve(): void {
    this.#waiting = false;
    this.#context.sim.wake(this.#key);
  }

  #keep(stream: ApiStream): void {
    this.#streams = this.#streams.filter((one) => !one.over);
    if (stream instanceof PieceStream) this.#streams.push(stream);
  }

  /** The daemon is gone: nothing more is said on any stream. */
  hangUp(): void {
    for (const stream of this.#streams) stream.end();
    this.#streams = [];
  }
}
