// The routes of containers and execs.
//
// Mirrors: moby daemon/server/router/container.
import type { ApiRequest, ApiResponse } from '../../api/index.ts';
import { signalNumber } from '../../os/index.ts';
import type { Op } from '../../sim/index.ts';
import { err, type Failure, failure, ok, type Result } from '../../std/index.ts';
import { booleanOf, numberOf, objectOf } from '../body.ts';
import { timeOf } from '../events.ts';
import { filtersOf, flag, integer } from '../query.ts';
import {
  answered,
  failed,
  json,
  noContent,
  type Route,
  type RouteParams,
  route,
  slowRoute,
  streamed,
} from '../router.ts';
import { readArchive, statPath, writeArchive } from './archive.ts';
import type { Containers } from './containers.ts';
import { inspectContainer } from './inspect.ts';
import { containerFilters, listContainers } from './list.ts';
import { type ContainerRow, countsAsRunning } from './rows.ts';
import { top } from './top.ts';

const id = (params: RouteParams): string => params.id ?? '';

export function containerRoutes(containers: Containers): Route[] {
  const { store, images } = containers;
  const find = (params: RouteParams) => store.find(id(params));
  /** A route that does something immediate with a container that is there. */
  const onOne = (
    method: Route['method'],
    pattern: string,
    answer: (row: ContainerRow, request: ApiRequest) => ApiResponse,
  ): Route =>
    route(method, pattern, (request, params) =>
      answered(find(params), (row) => answer(row, request)),
    );
  return [
    route('GET', '/containers/json', (request) => {
      const filters = filtersOf(request, containerFilters);
      if (!filters.ok) return failed(filters.error);
      const options = {
        all: flag(request, 'all'),
        limit: integer(request, 'limit', 0),
        size: flag(request, 'size'),
      };
      return answered(listContainers(store, images, filters.value, options), json);
    }),
    slowRoute('POST', '/containers/create', (request) => create(containers, request)),
    slowRoute('POST', '/containers/prune', (request) => prune(containers, request)),
    onOne('GET', '/containers/:id/json', (row, request) =>
      json(inspectContainer(store, images, row, flag(request, 'size'))),
    ),
    onOne('GET', '/containers/:id/top', (row, request) =>
      answered(top(store, row, request.query?.ps_args ?? ''), json),
    ),
    onOne('GET', '/containers/:id/changes', (row) => json(containers.changes(row))),
    onOne('GET', '/containers/:id/export', () =>
      failed(
        failure('not_implemented', 'docker export: not simulated here: there are no tar files'),
      ),
    ),
    onOne('GET', '/containers/:id/logs', (row, request) => logs(containers, row, request)),
    slowRoute('GET', '/containers/:id/stats', (request, params) =>
      containers.stats(id(params), flag(request, 'stream')),
    ),
    ...lifecycleRoutes(containers),
    ...archiveRoutes(containers),
    ...execRoutes(containers),
    route('POST', '/commit', (request) =>
      answered(store.find(request.query?.container ?? ''), () =>
        failed(
          failure(
            'not_implemented',
            'docker commit: not simulated here: images come from the registry',
          ),
        ),
      ),
    ),
  ];
}

function lifecycleRoutes(containers: Containers): Route[] {
  const { store, lifecycle, stopping, removal } = containers;
  const doing = (
    method: Route['method'],
    pattern: string,
    act: (row: ContainerRow, request: ApiRequest) => Op<Result<void, Failure>>,
  ): Route =>
    slowRoute(method, pattern, function* (request, params) {
      const found = store.find(id(params));
      if (!found.ok) return failed(found.error);
      return answered(yield* act(found.value, request), () => noContent);
    });
  return [
    doing('POST', '/containers/:id/start', (row) => lifecycle.start(row)),
    slowRoute('POST', '/containers/:id/stop', (request, params) =>
      stop(containers, request, params, (row, options) => stopping.stop(row, options)),
    ),
    slowRoute('POST', '/containers/:id/restart', (request, params) =>
      stop(containers, request, params, (row, options) => lifecycle.restart(row, options)),
    ),
    slowRoute('POST', '/containers/:id/kill', (request, params) =>
      kill(containers, request, id(params)),
    ),
    route('POST', '/containers/:id/pause', (_request, params) => {
      const found = store.find(id(params));
      return found.ok
        ? answered(stopping.pause(found.value), () => noContent)
        : failed(found.error);
    }),
    route('POST', '/containers/:id/unpause', (_request, params) => {
      const found = store.find(id(params));
      return found.ok
        ? answered(stopping.unpause(found.value), () => noContent)
        : failed(found.error);
    }),
    slowRoute('POST', '/containers/:id/wait', (request, params) =>
      containers.wait(id(params), request.query?.condition ?? ''),
    ),
    route('POST', '/containers/:id/rename', (request, params) =>
      answered(containers.rename(id(params), request.query?.name ?? ''), () => noContent),
    ),
    route('POST', '/containers/:id/update', (request, params) =>
      answered(containers.update(id(params), objectOf(request.body)), (warnings) =>
        json({ Warnings: warnings }),
      ),
    ),
    route('POST', '/containers/:id/resize', (request, params) =>
      answered(store.find(id(params)), (row) => {
        const { io } = store.runtime(row);
        io?.resize(integer(request, 'w', 80), integer(request, 'h', 24));
        return { status: 200 };
      }),
    ),
    route('POST', '/containers/:id/attach', (request, params) =>
      answered(containers.attach(id(params), request), (stream) => streamed(stream, 101)),
    ),
    slowRoute('DELETE', '/containers/:id', function* (request, params) {
      const found = store.find(id(params));
      if (!found.ok) return failed(found.error);
      const removed = yield* removal.removeNamed(found.value, id(params), {
        force: flag(request, 'force'),
        volumes: flag(request, 'v'),
      });
      return answered(removed, () => noContent);
    }),
  ];
}

function archiveRoutes({ store }: Containers): Route[] {
  const path = (request: ApiRequest): string => request.query?.path ?? '';
  const headers = (stat: object) => ({ 'X-Docker-Container-Path-Stat': JSON.stringify(stat) });
  return [
    route('HEAD', '/containers/:id/archive', (request, params) =>
      answered(store.find(id(params)), (row) =>
        answered(statPath(store, row, path(request)), (stat) => ({
          status: 200,
          headers: headers(stat),
        })),
      ),
    ),
    route('GET', '/containers/:id/archive', (request, params) =>
      answered(store.find(id(params)), (row) =>
        answered(statPath(store, row, path(request)), (stat) =>
          answered(readArchive(store, row, path(request)), (body) => ({
            status: 200,
            headers: headers(stat),
            body,
          })),
        ),
      ),
    ),
    route('PUT', '/containers/:id/archive', (request, params) =>
      answered(store.find(id(params)), (row) =>
        answered(writeArchive(store, row, path(request), request.body), () => ({ status: 200 })),
      ),
    ),
  ];
}

function execRoutes({ execs }: Containers): Route[] {
  return [
    route('POST', '/containers/:id/exec', (request, params) =>
      answered(execs.create(id(params), objectOf(request.body)), (row) =>
        json({ Id: row.execId }, 201),
      ),
    ),
    slowRoute('POST', '/exec/:id/start', function* (request, params) {
      const detach = booleanOf(objectOf(request.body).Detach);
      const started = yield* execs.start(id(params), detach);
      return answered(started, (stream) => (stream ? streamed(stream, 101) : { status: 200 }));
    }),
    route('POST', '/exec/:id/resize', (request, params) =>
      answered(
        execs.resize(id(params), integer(request, 'w', 80), integer(request, 'h', 24)),
        () => ({ status: 200 }),
      ),
    ),
    route('GET', '/exec/:id/json', (_request, params) =>
      answered(execs.find(id(params)), (row) => json(execs.inspect(row))),
    ),
  ];
}

function* create(containers: Containers, request: ApiRequest): Op<ApiResponse> {
  const created = yield* containers.create({
    name: request.query?.name ?? '',
    body: objectOf(request.body),
  });
  return answered(created, ({ row, warnings }) =>
    json({ Id: row.containerId, Warnings: warnings }, 201),
  );
}

function signalOf(text: string | undefined): Result<number | undefined, Failure> {
  if (!text) return ok(undefined);
  const signal = signalNumber(text);
  return signal === undefined || signal === 0
    ? err(failure('invalid_parameter', `invalid signal: ${text}`))
    : ok(signal);
}

/** `stop` and `restart`: with a grace period and a signal, both optional. */
function* stop(
  containers: Containers,
  request: ApiRequest,
  params: RouteParams,
  act: (
    row: ContainerRow,
    options: { readonly graceSeconds?: number; readonly signal?: number },
  ) => Op<Result<void, Failure>>,
): Op<ApiResponse> {
  const found = containers.store.find(id(params));
  if (!found.ok) return failed(found.error);
  const signal = signalOf(request.query?.signal);
  if (!signal.ok) return failed(signal.error);
  const options = {
    ...(request.query?.t !== undefined && { graceSeconds: integer(request, 't', 10) }),
    ...(signal.value !== undefined && { signal: signal.value }),
  };
  return answered(yield* act(found.value, options), () => noContent);
}

function* kill(containers: Containers, request: ApiRequest, term: string): Op<ApiResponse> {
  const refused = (error: Failure): ApiResponse =>
    failed({ ...error, message: `cannot kill container: ${term}: ${error.message}` });
  const found = containers.store.find(term);
  if (!found.ok) return refused(found.error);
  const signal = signalOf(request.query?.signal);
  if (!signal.ok) return refused(signal.error);
  if (!countsAsRunning(found.value.state)) {
    return refused(failure('conflict', `container ${found.value.containerId} is not running`));
  }
  const killed = yield* containers.stopping.killAndWait(found.value, signal.value ?? 9);
  return killed.ok ? noContent : refused(killed.error);
}

function* prune(containers: Containers, request: ApiRequest): Op<ApiResponse> {
  const filters = filtersOf(request, ['label', 'label!', 'until']);
  if (!filters.ok) return failed(filters.error);
  return json(yield* containers.prune(filters.value));
}

function logs(containers: Containers, row: ContainerRow, request: ApiRequest): ApiResponse {
  const { sim } = containers.store.context;
  const query = request.query ?? {};
  const stdout = flag(request, 'stdout');
  const stderr = flag(request, 'stderr');
  if (!stdout && !stderr) {
    return failed(
      failure('invalid_parameter', 'Bad parameters: you must choose at least one stream'),
    );
  }
  const driver = objectOf(row.hostConfig.LogConfig).Type;
  if (driver === 'none') {
    return failed(failure('not_implemented', 'configured logging driver does not support reading'));
  }
  const bound = (text: string | undefined) =>
    text && text !== '0' ? timeOf(sim, text) : undefined;
  const tail = query.tail ?? 'all';
  const runtime = containers.store.runtime(row);
  const stream = runtime.log.read(
    {
      stdout,
      stderr,
      timestamps: flag(request, 'timestamps'),
      tail: /^\d+$/.test(tail) ? numberOf(Number(tail)) : undefined,
      since: bound(query.since),
      until: bound(query.until),
      follow: flag(request, 'follow'),
      details: flag(request, 'details') ? '' : undefined,
    },
    () => {
      const current = containers.store.get(row.id);
      return !current || !countsAsRunning(current.state);
    },
  );
  return streamed(stream);
}
