// The routes of services and tasks. Mirrors: moby daemon/cluster/{services,tasks}.go, router/swarm/cluster_routes.go.
import type { ApiRequest, ApiResponse } from '../../api/index.ts';
import { millis, type Op, type Sim, sleep } from '../../sim/index.ts';
import { err, type Failure, failure, ok, type Result, sortedBy } from '../../std/index.ts';
import {
  createService,
  isDirty,
  isTaskState,
  removeService,
  rpcError,
  type ServiceRow,
  type ServiceSpec,
  type Swarm,
  type SwarmNetworkRow,
  type TaskRow,
  updateService,
} from '../../swarmkit/index.ts';
import { generateName } from '../containers/names.ts';
import { type Filters, filtersOf, flag } from '../query.ts';
import { failed, json, type Route, slowRoute } from '../router.ts';
import { findOne } from './find.ts';
import type { ClusterNode } from './node.ts';
import { commitMillis, findNode } from './node-routes.ts';
import { serviceSpecOf } from './service-spec.ts';
import { serviceStatus, serviceView, taskView } from './service-views.ts';
import { templateProblem } from './task-template.ts';

const serviceFilters = ['name', 'id', 'label', 'mode', 'runtime'];
const taskFilters = [
  'id',
  'label',
  'name',
  'node',
  'service',
  'desired-state',
  '_up-to-date',
  'runtime',
];

/** Services that users can see: what `service rm` has removed is gone for them. */
export const servicesOf = ({ store }: Swarm): ServiceRow[] =>
  store.all(store.rows.services).filter((row) => !row.pendingDelete);

export function findService(swarm: Swarm, term: string): Result<ServiceRow, Failure> {
  const named = servicesOf(swarm).map((row) => ({ row, id: row.id, name: row.spec.Name }));
  return findOne('service', named, term);
}

export function serviceRoutes(sim: Sim, node: ClusterNode): Route[] {
  return [
    slowRoute('GET', '/services', (request) => list(sim, node, request)),
    slowRoute('POST', '/services/create', (request) => create(sim, node, request)),
    slowRoute('GET', '/services/:id', (request, { id = '' }) => inspect(sim, node, request, id)),
    slowRoute('POST', '/services/:id/update', (request, { id = '' }) =>
      update(sim, node, request, id),
    ),
    slowRoute('DELETE', '/services/:id', (_request, { id = '' }) => remove(sim, node, id)),
    slowRoute('GET', '/tasks', (request) => listTasks(sim, node, request)),
    slowRoute('GET', '/tasks/:id', (_request, { id = '' }) => inspectTask(sim, node, id)),
  ];
}

// ---- services -----------------------------------------------------------------------------------

const modeName = (service: ServiceRow): string =>
  ({
    Replicated: 'replicated',
    Global: 'global',
    ReplicatedJob: 'replicated-job',
    GlobalJob: 'global-job',
  })[Object.keys(service.spec.Mode)[0] ?? ''] ?? '';

function* list(sim: Sim, node: ClusterNode, request: ApiRequest): Op<ApiResponse> {
  const refused = node.notManager();
  if (refused) return failed(refused);
  const filters = filtersOf(request, serviceFilters);
  if (!filters.ok) return failed(filters.error);
  const swarm = yield* node.swarm();
  if (!swarm.ok) return failed(swarm.error);
  const wanted = filters.value;
  const found = sortedBy(servicesOf(swarm.value), (row) => row.id).filter(
    (row) =>
      wanted.prefix('name', row.spec.Name) &&
      wanted.prefix('id', row.id) &&
      wanted.labels('label', row.spec.Labels) &&
      wanted.exact('mode', modeName(row)),
  );
  const status = flag(request, 'status');
  const insertDefaults = flag(request, 'insertDefaults');
  return json(
    found.map((row) =>
      serviceView(sim, row, {
        insertDefaults,
        ...(status && { status: serviceStatus(swarm.value.store, row) }),
      }),
    ),
  );
}

function* inspect(sim: Sim, node: ClusterNode, request: ApiRequest, id: string): Op<ApiResponse> {
  const swarm = yield* node.swarm();
  if (!swarm.ok) return failed(swarm.error);
  const found = findService(swarm.value, id);
  return found.ok
    ? json(serviceView(sim, found.value, { insertDefaults: flag(request, 'insertDefaults') }))
    : failed(found.error);
}

/** Names of networks become ids. */
function resolveNetworks(swarm: Swarm, spec: ServiceSpec): Result<ServiceSpec, Failure> {
  const { TaskTemplate } = spec;
  const networks = swarm.store.all(swarm.store.rows.networks);
  const resolved = [];
  for (const config of TaskTemplate.Networks ?? []) {
    const { Target } = config;
    const found = findNetwork(networks, Target);
    if (!found) return err(failure('not_found', `network ${Target} not found`));
    resolved.push({ ...config, Target: found.id });
  }
  if (resolved.length === 0) return ok(spec);
  return ok({ ...spec, TaskTemplate: { ...TaskTemplate, Networks: resolved } });
}

const findNetwork = (
  networks: readonly SwarmNetworkRow[],
  term: string,
): SwarmNetworkRow | undefined =>
  networks.find((one) => one.id === term) ??
  networks.find((one) => one.spec.Name === term) ??
  networks.find((one) => one.id.startsWith(term));

/** Templates are tried before a service is taken in. */
function refusedTemplates(spec: ServiceSpec): ApiResponse | undefined {
  const problem = templateProblem(spec.TaskTemplate.ContainerSpec);
  return problem === undefined ? undefined : failed(rpcError('InvalidArgument', problem));
}

function* create(sim: Sim, node: ClusterNode, request: ApiRequest): Op<ApiResponse> {
  const refused = node.notManager();
  if (refused) return failed(refused);
  const spec = serviceSpecOf(request.body);
  if (!spec.ok) return failed(spec.error);
  const swarm = yield* node.swarm();
  if (!swarm.ok) return failed(swarm.error);
  const resolved = resolveNetworks(swarm.value, spec.value);
  if (!resolved.ok) return failed(resolved.error);
  yield* sleep(sim, millis(commitMillis));
  const faulty = refusedTemplates(resolved.value);
  if (faulty) return faulty;
  const named = resolved.value.Name
    ? resolved.value
    : { ...resolved.value, Name: generateName(sim.rng('daemon/container names'), 0) };
  const made = createService(swarm.value, named);
  if (!made.ok) return failed(made.error);
  swarm.value.settle();
  return json({ ID: made.value.id, Warnings: null }, 201);
}

function* update(sim: Sim, node: ClusterNode, request: ApiRequest, id: string): Op<ApiResponse> {
  const swarm = yield* node.swarm();
  if (!swarm.ok) return failed(swarm.error);
  const found = findService(swarm.value, id);
  if (!found.ok) return failed(found.error);
  const version = Number(request.query?.version ?? Number.NaN);
  const back = request.query?.rollback === 'previous';
  const spec = back ? undefined : serviceSpecOf(request.body);
  if (spec && !spec.ok) return failed(spec.error);
  const resolved = spec && resolveNetworks(swarm.value, spec.value);
  if (resolved && !resolved.ok) return failed(resolved.error);
  yield* sleep(sim, millis(commitMillis));
  const faulty = resolved && refusedTemplates(resolved.value);
  if (faulty) return faulty;
  const change = resolved ? { spec: resolved.value } : { rollback: true as const };
  const updated = updateService(swarm.value, found.value.id, version, change);
  if (!updated.ok) return failed(updated.error);
  swarm.value.settle();
  return json({ Warnings: null });
}

function* remove(sim: Sim, node: ClusterNode, id: string): Op<ApiResponse> {
  const swarm = yield* node.swarm();
  if (!swarm.ok) return failed(swarm.error);
  const found = findService(swarm.value, id);
  if (!found.ok) return failed(found.error);
  yield* sleep(sim, millis(commitMillis));
  const removed = removeService(swarm.value, found.value.id);
  if (!removed.ok) return failed(removed.error);
  swarm.value.settle();
  return { status: 200 };
}

// ---- tasks --------------------------------------------------------------------------------------

function tasksFor(swarm: Swarm, filters: Filters): Result<TaskRow[], Failure> {
  const { store } = swarm;
  const wanted = filters.get('desired-state').filter((state) => state !== '');
  const bad = wanted.find((state) => !isTaskState(state.toLowerCase()));
  if (bad !== undefined)
    return err(failure('invalid_parameter', `Invalid desired-state filter: '${bad}'`));
  const services: string[] = [];
  for (const term of filters.get('service')) {
    const found = findService(swarm, term);
    if (!found.ok) return found;
    services.push(found.value.id);
  }
  const nodes: string[] = [];
  for (const term of filters.get('node')) {
    const found = findNode(swarm, term);
    if (!found.ok) return found;
    nodes.push(found.value.id);
  }
  const upToDate = filters.has('_up-to-date');
  const visible = new Set(servicesOf(swarm).map(({ id }) => id));
  return ok(
    sortedBy(store.all(store.rows.tasks), (task) => task.id).filter(
      (task) =>
        (task.serviceId === ''
          ? filters.exact('runtime', 'attachment') && filters.has('runtime')
          : visible.has(task.serviceId)) &&
        (services.length === 0 || services.includes(task.serviceId)) &&
        (nodes.length === 0 || nodes.includes(task.nodeId)) &&
        filters.prefix('id', task.id) &&
        filters.prefix('name', `${task.serviceName}.${task.slot || task.nodeId}`) &&
        filters.labels('label', task.serviceLabels) &&
        matchesDesired(task, wanted) &&
        (!upToDate || isUpToDate(swarm, task)),
    ),
  );
}

function isUpToDate(swarm: Swarm, task: TaskRow): boolean {
  const service = swarm.store.rows.services.get(task.serviceId);
  return service !== undefined && !isDirty(swarm, service, task);
}

const matchesDesired = (task: TaskRow, wanted: readonly string[]): boolean =>
  wanted.length === 0 || wanted.some((state) => state.toLowerCase() === task.desiredState);

function* listTasks(sim: Sim, node: ClusterNode, request: ApiRequest): Op<ApiResponse> {
  const refused = node.notManager();
  if (refused) return failed(refused);
  const filters = filtersOf(request, taskFilters);
  if (!filters.ok) return failed(filters.error);
  const swarm = yield* node.swarm();
  if (!swarm.ok) return failed(swarm.error);
  const tasks = tasksFor(swarm.value, filters.value);
  return tasks.ok
    ? json(tasks.value.map((task) => taskView(sim, swarm.value.store, task)))
    : failed(tasks.error);
}

export function findTask(swarm: Swarm, term: string): Result<TaskRow, Failure> {
  const { store } = swarm;
  const named = store.all(store.rows.tasks).map((row) => ({ row, id: row.id, name: '' }));
  return findOne('task', named, term);
}

function* inspectTask(sim: Sim, node: ClusterNode, id: string): Op<ApiResponse> {
  const swarm = yield* node.swarm();
  if (!swarm.ok) return failed(swarm.error);
  const found = findTask(swarm.value, id);
  return found.ok ? json(taskView(sim, swarm.value.store, found.value)) : failed(found.error);
}
