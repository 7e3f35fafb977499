// The console's side of the Engine API: one more client of `EngineApi.handle`, beside the docker CLI.
//
// What it does is done in the world. What it reads must leave no trace: a daemon that can answer from what it has is asked
// outside of time; one that would have to ask others (a manager that does not lead), or that answers with a stream (logs),
// is asked in a copy of the world.
import { type ApiRequest, type ApiResponse, type ApiStream, dockerSocket } from '../api/index.ts';
import type { ApiCall, ApiResult } from '../protocol/index.ts';
import { type Micros, micros, type Op, type Sim, seconds } from '../sim/index.ts';
import type { Machine, World } from './world.ts';

/** Simulated seconds that a daemon may take to answer: its own limits come first. */
const patience = 30;
/** No more of a stream is read. */
const maxStreamed = 400_000;
/** What a copy has answered is good for so long (simulated), or for this part of the world's age. */
const goodFor = seconds(3);
const goodForPart = 40;

const streams = /\/(logs|events|stats|attach)$/;

/** Asks, and makes one result of what comes: also of a stream, as far as it goes by itself. */
export function* callApi(world: World, call: ApiCall): Op<ApiResult> {
  const machine = world.machines.get(call.host);
  const engine = machine?.host.connect(dockerSocket);
  if (!engine) return noDaemon;
  const response = yield* engine.handle(requestOf(call));
  if (!response.stream) return resultOf(response);
  return { status: response.status, body: yield* textOf(world.sim, response.stream) };
}

/** A GET, without a trace in the world. `inCopy` asks in a copy of it. */
export class ApiReader {
  readonly #world: World;
  readonly #inCopy: (ask: (copy: World) => ApiResult) => ApiResult;
  readonly #copied = new Map<string, { readonly at: Micros; readonly result: ApiResult }>();

  constructor(world: World, inCopy: (ask: (copy: World) => ApiResult) => ApiResult) {
    this.#world = world;
    this.#inCopy = inCopy;
  }

  /** For views, which are asked for again and again: what only a copy can answer may be a few seconds old. */
  view(call: ApiCall): ApiResult {
    const machine = this.#world.machines.get(call.host);
    if (machine && answersAlone(machine) && !streams.test(call.path)) {
      const engine = machine.host.connect(dockerSocket);
      return engine ? outsideOfTime(engine.handle(requestOf(call))) : noDaemon;
    }
    const { sim } = this.#world;
    const key = JSON.stringify(call);
    const known = this.#copied.get(key);
    const age = Math.max(goodFor, sim.now() / goodForPart);
    if (known && sim.now() - known.at < age) return known.result;
    const result = this.ask(call);
    this.#copied.set(key, { at: sim.now(), result });
    return result;
  }

  /** Asked anew, in a copy, with all the time that the daemon takes. */
  ask(call: ApiCall): ApiResult {
    return this.#inCopy((copy) => {
      const asked = copy.sim.spawn('lab: console', callApi(copy, call));
      const deadline = micros(copy.sim.now() + seconds(patience));
      while (!asked.ended && (copy.sim.nextAt() ?? deadline) < deadline) copy.sim.runNext();
      return asked.result ?? { status: 0, error: 'context deadline exceeded' };
    });
  }
}

/** Nobody else has to be asked: it is the leader of managers that agree, or it refuses by itself. */
function answersAlone({ cluster }: Machine): boolean {
  const { manager } = cluster.node;
  return !manager || (manager.raft.isLeader && manager.raft.hasQuorum);
}

/** A daemon that answers from what it has waits only for its own work to be done. */
function outsideOfTime(answer: Op<ApiResponse>): ApiResult {
  let step = answer.next({ by: 'time' });
  for (let waits = 0; !step.done && waits < 4; waits += 1) step = answer.next({ by: 'time' });
  if (step.done) return resultOf(step.value);
  answer.return({ status: 0 });
  return { status: 0, error: 'context deadline exceeded' };
}

const noDaemon: ApiResult = {
  status: 0,
  error:
    'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
};

const requestOf = ({ method, path, query, body }: ApiCall): ApiRequest => ({
  method,
  path,
  ...(query && { query }),
  ...(body !== undefined && { body }),
});

function resultOf({ status, body }: ApiResponse): ApiResult {
  if (status === 0) return noDaemon;
  if (status < 400) return body === undefined ? { status } : { status, body };
  const message = (body as { readonly message?: unknown } | undefined)?.message;
  return { status, error: `Error response from daemon: ${String(message ?? status)}` };
}

/** The text of a stream that ends, or as much of it as comes without waiting long. */
function* textOf(sim: Sim, stream: ApiStream): Op<string> {
  const until = micros(sim.now() + seconds(2));
  let text = '';
  while (sim.now() < until && text.length < maxStreamed) {
    const piece = stream.take();
    if (piece === null) break;
    if (piece === undefined) yield { keys: [stream.key], until };
    else if (piece.channel === 'stdout' || piece.channel === 'stderr') text += piece.text;
  }
  stream.close();
  return text;
}

/** The parameters of an `api` view as a request. */
export const callOfView = ({
  host = '',
  path = '',
  query = '',
}: Readonly<Record<string, string>>): ApiCall => ({
  host,
  method: 'GET',
  path,
  query: Object.fromEntries(
    query
      .split('&')
      .filter((pair) => pair !== '')
      .map((pair) => {
        const equals = pair.indexOf('=');
        return [pair.slice(0, equals), decodeURIComponent(pair.slice(equals + 1))];
      }),
  ),
});
