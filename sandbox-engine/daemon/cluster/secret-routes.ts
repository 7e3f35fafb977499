// The routes of secrets and configs. Mirrors: moby daemon/cluster/{secrets,configs}.go.
import type { ApiRequest, ApiResponse } from '../../api/index.ts';
import { millis, type Op, type Sim, sleep } from '../../sim/index.ts';
import { sortedBy } from '../../std/index.ts';
import {
  createSecret,
  removeSecret,
  type SecretKind,
  type SecretRow,
  type SecretSpec,
  type Swarm,
  updateSecret,
} from '../../swarmkit/index.ts';
import { isObject, objectOf, textMapOf, textOf } from '../body.ts';
import { filtersOf } from '../query.ts';
import { failed, json, noContent, type Route, slowRoute } from '../router.ts';
import { findOne } from './find.ts';
import type { ClusterNode } from './node.ts';
import { commitMillis } from './node-routes.ts';
import { metaView } from './views.ts';

const rowsOf = ({ store }: Swarm, kind: SecretKind): SecretRow[] =>
  store.all(kind === 'secret' ? store.rows.secrets : store.rows.configs);

function specOf(value: unknown): SecretSpec {
  const body = objectOf(value);
  return {
    Name: textOf(body.Name),
    Labels: textMapOf(body.Labels) ?? {},
    ...(typeof body.Data === 'string' && body.Data !== '' && { Data: body.Data }),
    ...(isObject(body.Driver) && { Driver: body.Driver }),
    ...(isObject(body.Templating) && { Templating: body.Templating }),
  };
}

/** A secret's data is never shown. */
function view(sim: Sim, kind: SecretKind, row: SecretRow): object {
  const { Name, Labels, Data, Driver, Templating } = row.spec;
  return {
    ...metaView(sim, row),
    Spec: {
      Name,
      Labels,
      ...(kind === 'config' && Data && { Data }),
      ...(Driver && { Driver }),
      ...(Templating && { Templating }),
    },
  };
}

export function secretRoutes(sim: Sim, node: ClusterNode): Route[] {
  return (['secret', 'config'] as const).flatMap((kind) => [
    slowRoute('GET', `/${kind}s`, (request) => list(sim, node, kind, request)),
    slowRoute('POST', `/${kind}s/create`, (request) => create(sim, node, kind, request)),
    slowRoute('GET', `/${kind}s/:id`, (_request, { id = '' }) => inspect(sim, node, kind, id)),
    slowRoute('POST', `/${kind}s/:id/update`, (request, { id = '' }) =>
      update(sim, node, kind, request, id),
    ),
    slowRoute('DELETE', `/${kind}s/:id`, (_request, { id = '' }) => remove(sim, node, kind, id)),
  ]);
}

function* list(
  sim: Sim,
  node: ClusterNode,
  kind: SecretKind,
  request: ApiRequest,
): Op<ApiResponse> {
  const refused = node.notManager();
  if (refused) return failed(refused);
  const filters = filtersOf(request, ['names', 'name', 'id', 'label']);
  if (!filters.ok) return failed(filters.error);
  const swarm = yield* node.swarm();
  if (!swarm.ok) return failed(swarm.error);
  const wanted = filters.value;
  const found = sortedBy(rowsOf(swarm.value, kind), (row) => row.id).filter(
    (row) =>
      wanted.exact('names', row.spec.Name) &&
      wanted.prefix('name', row.spec.Name) &&
      wanted.prefix('id', row.id) &&
      wanted.labels('label', row.spec.Labels),
  );
  return json(found.map((row) => view(sim, kind, row)));
}

const find = (swarm: Swarm, kind: SecretKind, term: string) =>
  findOne(
    kind,
    rowsOf(swarm, kind).map((row) => ({ row, id: row.id, name: row.spec.Name })),
    term,
  );

function* create(
  sim: Sim,
  node: ClusterNode,
  kind: SecretKind,
  request: ApiRequest,
): Op<ApiResponse> {
  const swarm = yield* node.swarm();
  if (!swarm.ok) return failed(swarm.error);
  yield* sleep(sim, millis(commitMillis));
  const made = createSecret(swarm.value, kind, specOf(request.body));
  return made.ok ? json({ ID: made.value.id }, 201) : failed(made.error);
}

function* inspect(sim: Sim, node: ClusterNode, kind: SecretKind, id: string): Op<ApiResponse> {
  const swarm = yield* node.swarm();
  if (!swarm.ok) return failed(swarm.error);
  const found = find(swarm.value, kind, id);
  return found.ok ? json(view(sim, kind, found.value)) : failed(found.error);
}

function* update(
  sim: Sim,
  node: ClusterNode,
  kind: SecretKind,
  request: ApiRequest,
  id: string,
): Op<ApiResponse> {
  const swarm = yield* node.swarm();
  if (!swarm.ok) return failed(swarm.error);
  const found = find(swarm.value, kind, id);
  if (!found.ok) return failed(found.error);
  yield* sleep(sim, millis(commitMillis));
  const version = Number(request.query?.version ?? Number.NaN);
  const spec = specOf(request.body);
  const updated = updateSecret(swarm.value, kind, found.value.id, version, spec);
  return updated.ok ? { status: 200 } : failed(updated.error);
}

function* remove(sim: Sim, node: ClusterNode, kind: SecretKind, id: string): Op<ApiResponse> {
  const swarm = yield* node.swarm();
  if (!swarm.ok) return failed(swarm.error);
  const found = find(swarm.value, kind, id);
  if (!found.ok) return failed(found.error);
  yield* sleep(sim, millis(commitMillis));
  const removed = removeSecret(swarm.value, kind, found.value.id);
  return removed.ok ? noContent : failed(removed.error);
}
