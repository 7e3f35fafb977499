// `docker service logs`: the logs of all tasks' containers as one stream. Mirrors: moby daemon/cluster/services.go
// (ServiceLogs), swarmkit manager/logbroker. Differs: lines are read where they are; the way over the managers takes no
// time and no traffic, but a node that is down answers nothing.
import type { ApiRequest, ApiResponse } from '../../api/index.ts';
import type { Op, Sim } from '../../sim/index.ts';
import { failure } from '../../std/index.ts';
import { isTerminal, type Swarm, type TaskRow } from '../../swarmkit/index.ts';
import type { ContainerLog } from '../containers/log.ts';
import { timeOf } from '../events.ts';
import { flag } from '../query.ts';
import { failed, type Route, slowRoute, streamed } from '../router.ts';
import { PieceStream } from '../stream.ts';
import type { ClusterNode } from './node.ts';
import { findService, findTask } from './service-routes.ts';

/** The log of a task's container on its node, if that node answers. */
export type LogSource = (taskId: string) => ContainerLog | undefined;

export function serviceLogRoutes(
  sim: Sim,
  node: ClusterNode,
  sources: ReadonlyMap<string, LogSource>,
): Route[] {
  return [
    slowRoute('GET', '/services/:id/logs', function* (request, { id = '' }) {
      const swarm = yield* node.swarm();
      if (!swarm.ok) return failed(swarm.error);
      const found = findService(swarm.value, id);
      if (!found.ok) return failed(found.error);
      const { rows } = swarm.value.store;
      const tasks = () => rows.tasks.where('service', found.value.id);
      return logs(sim, swarm.value, request, sources, tasks);
    }),
    slowRoute('GET', '/tasks/:id/logs', function* (request, { id = '' }) {
      const swarm = yield* node.swarm();
      if (!swarm.ok) return failed(swarm.error);
      const found = findTask(swarm.value, id);
      if (!found.ok) return failed(found.error);
      return logs(sim, swarm.value, request, sources, () => [found.value]);
    }),
  ];
}

function logs(
  sim: Sim,
  swarm: Swarm,
  request: ApiRequest,
  sources: ReadonlyMap<string, LogSource>,
  tasks: () => readonly TaskRow[],
): ApiResponse {
  const { tail: text = 'all' } = request.query ?? {};
  const tail = text === 'all' || text === '' ? undefined : Number(text);
  if (tail !== undefined && (!Number.isInteger(tail) || tail < 0))
    return failed(failure('invalid_parameter', 'tail value must be a positive integer or "all"'));
  if (!flag(request, 'stdout') && !flag(request, 'stderr'))
    return failed(
      failure('invalid_parameter', 'Bad parameters: you must choose at least one stream'),
    );
  const out = new PieceStream(sim);
  const reader = new LogReader({ sim, swarm, request, sources, tasks, tail, out });
  sim.spawn('service logs', reader.run());
  return streamed(out);
}

interface ReaderOptions {
  readonly sim: Sim;
  readonly swarm: Swarm;
  readonly request: ApiRequest;
  readonly sources: ReadonlyMap<string, LogSource>;
  readonly tasks: () => readonly TaskRow[];
  readonly tail: number | undefined;
  readonly out: PieceStream;
}

/** Reads every task's log to its end, and with `follow` on and on, also of tasks that come later. */
class LogReader {
  readonly #options: ReaderOptions;
  readonly #open = new Map<string, PieceStream>();

  constructor(options: ReaderOptions) {
    this.#options = options;
  }

  *run(): Op<void> {
    const { swarm, request, out } = this.#options;
    const follow = flag(request, 'follow');
    for (;;) {
      this.#openNew(follow);
      this.#pass();
      if (out.closed || (!follow && [...this.#open.values()].every((one) => one.closed))) break;
      if (!follow) break;
      const keys = [...this.#open.values()].map((stream) => stream.key);
      yield { keys: [...keys, swarm.changeKey, out.key] };
    }
    for (const stream of this.#open.values()) stream.close();
    out.end();
  }

  #openNew(follow: boolean): void {
    const { sim, tasks, request, tail, swarm, sources } = this.#options;
    // Whose log arrives first is a lot: each node sends its own, one after another (062:10-18).
    for (const task of sim.rng('daemon/service logs').shuffled(tasks())) {
      if (this.#open.has(task.id)) continue;
      const node = swarm.store.rows.nodes.get(task.nodeId);
      const log = node?.status.state === 'ready' && sources.get(task.nodeId)?.(task.id);
      if (!log) continue;
      const labels = [
        `com.docker.swarm.node.id=${task.nodeId}`,
        `com.docker.swarm.service.id=${task.serviceId}`,
        `com.docker.swarm.task.id=${task.id}`,
      ];
      const { since, until } = request.query ?? {};
      const stream = log.read(
        {
          stdout: flag(request, 'stdout'),
          stderr: flag(request, 'stderr'),
          timestamps: flag(request, 'timestamps'),
          tail,
          since: since ? timeOf(sim, since) : undefined,
          until: until ? timeOf(sim, until) : undefined,
          follow,
          details: flag(request, 'details') ? labels.join(',') : undefined,
        },
        () => {
          const now = swarm.store.rows.tasks.get(task.id);
          return !now || isTerminal(now.status.state);
        },
      );
      this.#open.set(task.id, stream);
    }
  }

  #pass(): void {
    for (const stream of this.#open.values())
      for (let piece = stream.take(); piece; piece = stream.take())
        if (piece.channel === 'stdout' || piece.channel === 'stderr')
          this.#options.out.text(piece.channel, piece.text);
  }
}
