// The routes of networks: list, inspect, create, connect, disconnect, prune, delete.
//
// Mirrors: moby daemon/server/router/network, daemon/network.go, daemon/prune.go. Networks of the swarm are left to the
// cluster.
import type { ApiRequest, ApiResponse } from '../../api/index.ts';
import type { NetworkController, NetworkRow, NetworkSpec } from '../../libnetwork/index.ts';
import { isPredefined, validateIpam } from '../../libnetwork/index.ts';
import { mapOrder, micros, type Op, type Sim } from '../../sim/index.ts';
import { compareText, err, type Failure, failure, ok, type Result } from '../../std/index.ts';
import { booleanOf, objectOf, textOf } from '../body.ts';
import { attachmentOf } from '../containers/attachments.ts';
import type { Attachment } from '../containers/rows.ts';
import { type EventLog, timeOf } from '../events.ts';
import { type Filters, filtersOf, flag } from '../query.ts';
import { answered, failed, json, noContent, type Route, route, slowRoute } from '../router.ts';
import { type ClusterNetworks, notManager } from './cluster.ts';
import { allNetworks, type FoundNetwork, filtered, findUnique, listFilters } from './find.ts';
import { networkView } from './inspect.ts';
import { networkSpecOf } from './spec.ts';

/** What containers do with networks: the daemon's containers implement it. */
export interface ContainerNetworking {
  connect(container: string, network: string, attachment: Attachment): Op<Result<void, Failure>>;
  disconnect(container: string, network: string, force: boolean): Op<Result<void, Failure>>;
}

export interface NetworkRouteDeps {
  readonly sim: Sim;
  readonly controller: NetworkController;
  readonly events: EventLog;
  readonly containers: ContainerNetworking;
  /** Undefined while the node is in no swarm. */
  readonly cluster: () => ClusterNetworks | undefined;
}

export function networkRoutes(deps: NetworkRouteDeps): Route[] {
  return [
    route('GET', '/networks', (request) => list(deps, request)),
    slowRoute('POST', '/networks/create', (request) => create(deps, request)),
    slowRoute('POST', '/networks/prune', (request) => prune(deps, request)),
    route('GET', '/networks/:id', (request, { id = '' }) => inspect(deps, request, id)),
    slowRoute('DELETE', '/networks/:id', (_request, { id = '' }) => remove(deps, id)),
    slowRoute('POST', '/networks/:id/connect', (request, { id = '' }) =>
      connect(deps, request, id),
    ),
    slowRoute('POST', '/networks/:id/disconnect', (request, { id = '' }) =>
      disconnect(deps, request, id),
    ),
  ];
}

const everything = ({ controller, cluster }: NetworkRouteDeps): FoundNetwork[] =>
  allNetworks(controller, cluster());

function list(deps: NetworkRouteDeps, request: ApiRequest): ApiResponse {
  const filters = filtersOf(request, listFilters);
  if (!filters.ok) return failed(filters.error);
  return answered(filtered(everything(deps), filters.value), (found) =>
    json(
      found.map(({ row, local }) => networkView(deps.sim, row, { endpoints: local ? [] : null })),
    ),
  );
}

function inspect(deps: NetworkRouteDeps, request: ApiRequest, id: string): ApiResponse {
  const scope = request.query?.scope;
  const hidden = (scope === 'swarm' && deps.cluster()?.predefined?.()) || [];
  const all = [...everything(deps), ...hidden.map((row) => ({ row, local: false }))];
  const found = findUnique(all, id, scope);
  return answered(found, ({ row, local }) => {
    const { networkId } = row;
    const cluster = row.scope === 'swarm' && local ? deps.cluster() : undefined;
    return json(
      networkView(deps.sim, row, {
        endpoints: local ? deps.controller.endpoints(networkId) : null,
        ...(cluster && { peers: cluster.peers(networkId) }),
        ...(cluster && flag(request, 'verbose') && { services: cluster.services(networkId) }),
      }),
    );
  });
}

function* create(deps: NetworkRouteDeps, request: ApiRequest): Op<ApiResponse> {
  const spec = networkSpecOf(request.body);
  const created = yield* createNetwork(deps, spec);
  return answered(created, (id) => json({ Id: id, Warning: '' }, 201));
}

/** The swarm knows `bridge` and `host` as networks of its own, so there their names are taken. */
const isTakenInSwarm = (cluster: ClusterNetworks, name: string): boolean =>
  name === 'bridge' || name === 'host' || cluster.list().some((row) => row.name === name);

/** What the daemon itself finds wrong, before the swarm is asked. Mirrors: moby's router calls CreateNetwork for that first. */
function validSwarmNetwork(
  controller: NetworkController,
  spec: NetworkSpec,
): Result<void, Failure> {
  if (spec.enableIpv4 === false)
    return err(failure('invalid_parameter', 'IPv4 cannot be disabled in a Swarm scoped network'));
  const { configFrom } = spec;
  if (configFrom && !controller.networks().some((row) => row.name === configFrom && row.configOnly))
    return err(failure('not_found', `configuration network "${configFrom}" does not exist`));
  return validateIpam(spec.ipam?.config ?? []);
}

function* createNetwork(deps: NetworkRouteDeps, spec: NetworkSpec): Op<Result<string, Failure>> {
  const { controller, events } = deps;
  const cluster = deps.cluster();
  const manager = cluster?.isManager() ? cluster : undefined;
  if (manager && isTakenInSwarm(manager, spec.name))
    return err(failure('conflict', `network with name ${spec.name} already exists`));
  const forSwarm = !spec.configOnly && (spec.driver === 'overlay' || spec.scope === 'swarm');
  if (forSwarm && manager && spec.scope !== 'local') {
    const taken = controller.networks().some((row) => row.name === spec.name);
    if (taken) return err(failure('conflict', `network with name ${spec.name} already exists`));
    if (isPredefined(spec.name))
      return err(
        failure('forbidden', `operation is not permitted on predefined ${spec.name} network`),
      );
    const valid = validSwarmNetwork(controller, spec);
    return valid.ok ? yield* manager.create(spec) : valid;
  }
  const made = controller.createNetwork(spec);
  if (!made.ok) return made;
  const { networkId, name, driver } = made.value;
  events.log('network', 'create', networkId, { name, type: driver });
  return ok(networkId);
}

function* remove(deps: NetworkRouteDeps, id: string): Op<ApiResponse> {
  const found = findUnique(everything(deps), id);
  if (!found.ok) return failed(found.error);
  const removed = yield* removeNetwork(deps, found.value.row);
  return answered(removed, () => noContent);
}

function* removeNetwork(deps: NetworkRouteDeps, row: NetworkRow): Op<Result<void, Failure>> {
  if (row.scope === 'swarm') {
    const cluster = deps.cluster();
    return cluster ? yield* cluster.remove(row.networkId) : err(failure('unavailable', notManager));
  }
  const removed = deps.controller.removeNetwork(row.networkId);
  if (removed.ok)
    deps.events.log('network', 'destroy', row.networkId, { name: row.name, type: row.driver });
  return removed;
}

function* connect(deps: NetworkRouteDeps, request: ApiRequest, id: string): Op<ApiResponse> {
  const body = objectOf(request.body);
  const attachment = attachmentOf(body.EndpointConfig);
  const connected = yield* deps.containers.connect(textOf(body.Container), id, attachment);
  return answered(connected, () => ({ status: 200 }));
}

function* disconnect(deps: NetworkRouteDeps, request: ApiRequest, id: string): Op<ApiResponse> {
  const body = objectOf(request.body);
  const container = textOf(body.Container);
  const force = booleanOf(body.Force);
  return answered(yield* deps.containers.disconnect(container, id, force), () => ({ status: 200 }));
}

function* prune(deps: NetworkRouteDeps, request: ApiRequest): Op<ApiResponse> {
  const filters = filtersOf(request, ['label', 'label!', 'until']);
  if (!filters.ok) return failed(filters.error);
  const deleted: string[] = [];
  for (const row of pruneOrder(deps)) {
    if (!isPrunable(deps, row, filters.value)) continue;
    const removed = yield* removeNetwork(deps, row);
    if (removed.ok) deleted.push(row.name);
  }
  return json({ NetworksDeleted: deleted.length > 0 ? deleted : null });
}

/** The swarm's networks first, by id; those of this daemon are in a map. */
function pruneOrder(deps: NetworkRouteDeps): NetworkRow[] {
  const rows = everything(deps).map(({ row }) => row);
  const ofSwarm = rows.filter((row) => row.scope === 'swarm');
  const local = rows.filter((row) => row.scope !== 'swarm');
  ofSwarm.sort((a, b) => compareText(a.networkId, b.networkId));
  return [...ofSwarm, ...mapOrder(deps.sim.rng('daemon/network map'), local)];
}

/** Networks that users made and no container on this node uses. The swarm refuses to remove those that it uses. */
function isPrunable(deps: NetworkRouteDeps, row: NetworkRow, filters: Filters): boolean {
  if (isPredefined(row.name) || row.ingress || row.configOnly) return false;
  if (row.scope === 'swarm' && !deps.cluster()?.isManager()) return false;
  if (row.scope === 'local' && deps.controller.endpoints(row.networkId).length > 0) return false;
  const [until] = filters.get('until');
  const limit = until === undefined ? undefined : timeOf(deps.sim, until);
  if (limit !== undefined && micros(row.createdAt) >= limit) return false;
  const excluded = filters.has('label!') && filters.labels('label!', row.labels);
  return filters.labels('label', row.labels) && !excluded;
}
