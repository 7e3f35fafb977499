// The routes of nodes: list, inspect, update, remove. Mirrors: moby daemon/cluster/nodes.go, router/swarm.
import type { ApiRequest, ApiResponse } from '../../api/index.ts';
import { millis, type Op, type Sim, sleep } from '../../sim/index.ts';
import { err, type Failure, failure, ok, type Result, sortedBy } from '../../std/index.ts';
import {
  type NodeSpec,
  removeNode,
  type Swarm,
  type SwarmNodeRow,
  updateNode,
} from '../../swarmkit/index.ts';
import { objectOf, textMapOf, textOf } from '../body.ts';
import { type Filters, filtersOf, flag } from '../query.ts';
import { failed, json, type Route, slowRoute } from '../router.ts';
import { findOne } from './find.ts';
import type { ClusterNode } from './node.ts';
import { nodeView } from './views.ts';

/** What raft takes to write a change down. */
export const commitMillis = 4;

const known = ['id', 'label', 'name', 'node.label', 'role', 'membership'];

export function findNode(swarm: Swarm, term: string): Result<SwarmNodeRow, Failure> {
  const nodes = swarm.store.all(swarm.store.rows.nodes);
  const named = nodes.map((row) => ({ row, id: row.id, name: row.description?.hostname ?? '' }));
  return findOne('node', named, term);
}

function listed(nodes: readonly SwarmNodeRow[], filters: Filters): Result<SwarmNodeRow[], Failure> {
  const wrong = (key: string, allowed: readonly string[]) =>
    filters.get(key).find((value) => !allowed.includes(value));
  const role = wrong('role', ['manager', 'worker']);
  if (role !== undefined)
    return err(failure('invalid_parameter', `Invalid role filter: '${role}'`));
  const membership = wrong('membership', ['accepted', 'pending']);
  if (membership !== undefined)
    return err(failure('invalid_parameter', `Invalid membership filter: '${membership}'`));
  return ok(
    sortedBy(nodes, (node) => node.id).filter(
      (node) =>
        filters.prefix('id', node.id) &&
        filters.prefix('name', node.description?.hostname ?? '') &&
        filters.labels('node.label', node.spec.Labels) &&
        filters.labels('label', node.description?.engineLabels) &&
        filters.exact('role', node.spec.Role) &&
        filters.exact('membership', node.accepted ? 'accepted' : ''),
    ),
  );
}

function nodeSpecOf(body: unknown): Result<NodeSpec, Failure> {
  const spec = objectOf(body);
  const role = textOf(spec.Role).toLowerCase();
  const availability = textOf(spec.Availability).toLowerCase();
  if (role !== 'worker' && role !== 'manager')
    return err(failure('invalid_parameter', `invalid Role: "${textOf(spec.Role)}"`));
  if (availability !== 'active' && availability !== 'pause' && availability !== 'drain')
    return err(
      failure('invalid_parameter', `invalid Availability: "${textOf(spec.Availability)}"`),
    );
  const name = textOf(spec.Name);
  return ok({
    ...(name && { Name: name }),
    Labels: textMapOf(spec.Labels) ?? {},
    Role: role,
    Availability: availability,
  });
}

export function nodeRoutes(sim: Sim, node: ClusterNode): Route[] {
  return [
    slowRoute('GET', '/nodes', (request) => list(sim, node, request)),
    slowRoute('GET', '/nodes/:id', (_request, { id = '' }) => inspect(sim, node, id)),
    slowRoute('POST', '/nodes/:id/update', (request, { id = '' }) =>
      update(sim, node, request, id),
    ),
    slowRoute('DELETE', '/nodes/:id', (request, { id = '' }) => remove(sim, node, request, id)),
  ];
}

function* list(sim: Sim, node: ClusterNode, request: ApiRequest): Op<ApiResponse> {
  const refused = node.notManager();
  if (refused) return failed(refused);
  const filters = filtersOf(request, known);
  if (!filters.ok) return failed(filters.error);
  const swarm = yield* node.swarm();
  if (!swarm.ok) return failed(swarm.error);
  const { store } = swarm.value;
  const nodes = listed(store.all(store.rows.nodes), filters.value);
  return nodes.ok
    ? json(nodes.value.map((row) => nodeView(sim, row, store.clusterRow)))
    : failed(nodes.error);
}

function* inspect(sim: Sim, node: ClusterNode, id: string): Op<ApiResponse> {
  const swarm = yield* node.swarm();
  if (!swarm.ok) return failed(swarm.error);
  const found = findNode(swarm.value, id);
  return found.ok
    ? json(nodeView(sim, found.value, swarm.value.store.clusterRow))
    : failed(found.error);
}

function* update(sim: Sim, node: ClusterNode, request: ApiRequest, id: string): Op<ApiResponse> {
  const spec = nodeSpecOf(request.body);
  if (!spec.ok) return failed(spec.error);
  const swarm = yield* node.swarm();
  if (!swarm.ok) return failed(swarm.error);
  const found = findNode(swarm.value, id);
  if (!found.ok) return failed(found.error);
  yield* sleep(sim, millis(commitMillis));
  const version = Number(request.query?.version ?? Number.NaN);
  const updated = updateNode(swarm.value, found.value.id, version, spec.value);
  return updated.ok ? { status: 200 } : failed(updated.error);
}

function* remove(sim: Sim, node: ClusterNode, request: ApiRequest, id: string): Op<ApiResponse> {
  const swarm = yield* node.swarm();
  if (!swarm.ok) return failed(swarm.error);
  const found = findNode(swarm.value, id);
  if (!found.ok) return failed(found.error);
  yield* sleep(sim, millis(commitMillis));
  const removed = removeNode(swarm.value, found.value.id, flag(request, 'force'));
  return removed.ok ? { status: 200 } : failed(removed.error);
}
