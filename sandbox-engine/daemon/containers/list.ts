// `GET /containers/json`: the rows of `docker ps`, with its filters.
//
// Mirrors: moby daemon/list.go, daemon/container/state.go.
import { err, type Failure, failure, ok, type Result } from '../../std/index.ts';
import { unixSeconds } from '../context.ts';
import type { ImageStore } from '../images/store.ts';
import type { Filters } from '../query.ts';
import { boundPorts, endpointOf, endpointsByNetwork, mountOf, sizes } from './inspect.ts';
import { type ContainerRow, type ContainerStatus, countsAsRunning } from './rows.ts';
import type { ContainerStore } from './store.ts';

export const containerFilters = [
  'ancestor',
  'before',
  'exited',
  'expose',
  'health',
  'id',
  'is-task',
  'isolation',
  'label',
  'name',
  'network',
  'publish',
  'since',
  'status',
  'volume',
];

const statuses: readonly ContainerStatus[] = [
  'created',
  'running',
  'paused',
  'restarting',
  'removing',
  'exited',
  'dead',
];

export interface ListOptions {
  readonly all: boolean;
  /** 0: no limit. With a limit stopped containers count too. */
  readonly limit: number;
  readonly size: boolean;
}

export function listContainers(
  store: ContainerStore,
  images: ImageStore,
  filters: Filters,
  options: ListOptions,
): Result<object[], Failure> {
  const problem = filterProblem(filters);
  if (problem) return err(problem);
  const bounds = boundsOf(store, filters);
  if (!bounds.ok) return bounds;
  const isTask = filters.boolean('is-task', false);
  if (!isTask.ok) return isTask;
  const every = options.all || options.limit > 0 || filters.has('status') || filters.has('exited');
  const rows = store
    .rows()
    .sort((a, b) => b.createdAt - a.createdAt)
    .filter(
      (row) =>
        (every || countsAsRunning(row.state)) &&
        (bounds.value.before === undefined || row.createdAt < bounds.value.before) &&
        (bounds.value.since === undefined || row.createdAt > bounds.value.since) &&
        (!filters.has('is-task') || isTask.value === row.managed) &&
        fits(store, images, filters, row),
    );
  const shown = options.limit > 0 ? rows.slice(0, options.limit) : rows;
  return ok(shown.map((row) => summary(store, images, row, options.size)));
}

function filterProblem(filters: Filters): Failure | undefined {
  const invalid = (text: string): Failure => failure('invalid_parameter', text);
  for (const status of filters.get('status')) {
    if (!statuses.includes(status as ContainerStatus)) {
      return invalid(
        `invalid filter 'status=${status}': invalid value for state (${status}): must be one of ${statuses.join(', ')}`,
      );
    }
  }
  for (const code of filters.get('exited')) {
    if (!/^[+-]?\d+$/.test(code)) {
      return invalid(
        `invalid filter 'exited=${code}': strconv.Atoi: parsing "${code}": invalid syntax`,
      );
    }
  }
  for (const health of filters.get('health')) {
    if (!['none', 'starting', 'healthy', 'unhealthy'].includes(health)) {
      return invalid(
        `invalid filter 'health=${health}': invalid value for health (${health}): must be one of none, starting, healthy, unhealthy`,
      );
    }
  }
  return undefined;
}

function boundsOf(
  store: ContainerStore,
  filters: Filters,
): Result<{ readonly before: number | undefined; readonly since: number | undefined }, Failure> {
  const bounds: Record<'before' | 'since', number | undefined> = {
    before: undefined,
    since: undefined,
  };
  for (const key of ['before', 'since'] as const) {
    for (const term of filters.get(key)) {
      const found = store.find(term);
      if (!found.ok) return found;
      bounds[key] = found.value.createdAt;
    }
  }
  return ok(bounds);
}

function fits(
  store: ContainerStore,
  images: ImageStore,
  filters: Filters,
  row: ContainerRow,
): boolean {
  const { state } = row;
  const names = filters.get('name');
  return (
    (names.length === 0 ||
      filters.fuzzy('name', row.name) ||
      filters.fuzzy('name', `/${row.name}`)) &&
    filters.prefix('id', row.containerId) &&
    filters.labels('label', row.config.Labels) &&
    filters.exact('status', state.status) &&
    filters.exact('health', state.health?.status ?? 'none') &&
    exited(filters, row) &&
    fromImage(images, filters, row) &&
    (!filters.has('isolation') || filters.get('isolation').includes('default')) &&
    onNetwork(filters, row) &&
    withVolume(filters, row) &&
    publishes(store, filters, row) &&
    exposes(filters, row)
  );
}

const exited = (filters: Filters, row: ContainerRow): boolean =>
  !filters.has('exited') ||
  (row.state.status === 'exited' &&
    filters.get('exited').some((code) => Number(code) === row.state.exitCode));

/** Its image, or one of the layers of its image: what was built on an image counts too. */
function fromImage(images: ImageStore, filters: Filters, row: ContainerRow): boolean {
  if (!filters.has('ancestor')) return true;
  return filters.get('ancestor').some((term) => {
    const found = images.find(term);
    return found.ok && found.value.imageId === row.imageId;
  });
}

const onNetwork = (filters: Filters, row: ContainerRow): boolean =>
  !filters.has('network') ||
  Object.entries(row.networks).some(([name, { networkId }]) =>
    filters
      .get('network')
      .some((wanted) => wanted === name || (networkId !== '' && networkId.startsWith(wanted))),
  );

const withVolume = (filters: Filters, row: ContainerRow): boolean =>
  !filters.has('volume') ||
  row.mounts.some((mount) =>
    filters.get('volume').some((wanted) => wanted === mount.name || wanted === mount.destination),
  );

interface PortRange {
  readonly from: number;
  readonly to: number;
  readonly protocol: string;
}

function rangeOf(text: string): PortRange | undefined {
  const match = /^(\d+)(?:-(\d+))?(?:\/(\w+))?$/.exec(text);
  if (!match) return undefined;
  return {
    from: Number(match[1]),
    to: Number(match[2] ?? match[1]),
    protocol: match[3] ?? 'tcp',
  };
}

const inSome = (ranges: readonly string[], port: number, protocol: string): boolean =>
  ranges.some((text) => {
    const range = rangeOf(text);
    return (
      range !== undefined && range.protocol === protocol && port >= range.from && port <= range.to
    );
  });

const exposes = (filters: Filters, row: ContainerRow): boolean =>
  !filters.has('expose') ||
  Object.keys(row.config.ExposedPorts ?? {}).some((name) => {
    const range = rangeOf(name);
    return range !== undefined && inSome(filters.get('expose'), range.from, range.protocol);
  });

const publishes = (store: ContainerStore, filters: Filters, row: ContainerRow): boolean =>
  !filters.has('publish') ||
  (store.context.controller.sandboxOf(row.containerId)?.ports ?? []).some((bound) =>
    inSome(filters.get('publish'), bound.hostPort, bound.protocol),
  );

// ---- one row --------------------------------------------------------------------------------------

function summary(
  store: ContainerStore,
  images: ImageStore,
  row: ContainerRow,
  withSize: boolean,
): object {
  const { sim, controller } = store.context;
  const sandbox = controller.sandboxOf(row.containerId);
  const endpoints = endpointsByNetwork(store, sandbox);
  const networks = Object.entries(row.networks).map(([name, attachment]) => [
    name,
    endpointOf(attachment, endpoints.get(name)),
  ]);
  return {
    Id: row.containerId,
    Names: [`/${row.name}`],
    Image: imageName(images, row),
    ImageID: row.imageId,
    Command: [row.path, ...row.args].map(quoted).join(' '),
    Created: unixSeconds(sim, row.createdAt),
    Ports: ports(row, store),
    ...(withSize && sizes(store, images, row)),
    Labels: row.config.Labels,
    State: row.state.status,
    Status: statusText(store, row),
    HostConfig: { NetworkMode: row.hostConfig.NetworkMode },
    NetworkSettings: { Networks: Object.fromEntries(networks) },
    Mounts: row.mounts.map(mountOf),
  };
}

/** As the user called it, as long as that name still stands for the container's image. */
function imageName(images: ImageStore, row: ContainerRow): string {
  const { Image } = row.config;
  const found = images.find(Image);
  if (found.ok && found.value.imageId === row.imageId) return Image;
  return Image.includes('@') ? Image : row.imageId;
}

/** Arguments with blanks in them stand in single quotes. */
const quoted = (argument: string): string => (/\s/.test(argument) ? `'${argument}'` : argument);

function ports(row: ContainerRow, store: ContainerStore): object[] {
  const sandbox = store.context.controller.sandboxOf(row.containerId);
  return Object.entries(boundPorts(row, sandbox)).flatMap(([name, bindings]) => {
    const [port, Type] = name.split('/');
    const PrivatePort = Number(port);
    if (!bindings) return [{ PrivatePort, Type }];
    return bindings.map(({ HostIp, HostPort }) => ({
      IP: HostIp,
      PrivatePort,
      PublicPort: Number(HostPort),
      Type,
    }));
  });
}

function statusText(store: ContainerStore, row: ContainerRow): string {
  const { state } = row;
  const now = store.context.sim.now();
  const since = (at: number | undefined): string => humanDuration(now - (at ?? now));
  switch (state.status) {
    case 'running': {
      const health =
        state.health === undefined
          ? ''
          : state.health.status === 'starting'
            ? ' (health: starting)'
            : ` (${state.health.status})`;
      return `Up ${since(state.startedAt)}${health}`;
    }
    case 'paused':
      return `Up ${since(state.startedAt)} (Paused)`;
    case 'restarting':
      return `Restarting (${state.exitCode}) ${since(state.finishedAt)} ago`;
    case 'created':
      return 'Created';
    case 'removing':
      return 'Removal In Progress';
    case 'dead':
      return 'Dead';
    case 'exited':
      return state.finishedAt === undefined
        ? ''
        : `Exited (${state.exitCode}) ${since(state.finishedAt)} ago`;
  }
}

/** Mirrors: github.com/docker/go-units HumanDuration. `elapsed` in µs. */
export function humanDuration(elapsed: number): string {
  const seconds = Math.floor(elapsed / 1_000_000);
  if (seconds < 1) return 'Less than a second';
  if (seconds === 1) return '1 second';
  if (seconds < 60) return `${seconds} seconds`;
  const minutes = Math.floor(seconds / 60);
  if (minutes === 1) return 'About a minute';
  if (minutes < 60) return `${minutes} minutes`;
  const hours = Math.round(seconds / 3_600);
  if (hours === 1) return 'About an hour';
  if (hours < 48) return `${hours} hours`;
  if (hours < 24 * 7 * 2) return `${Math.floor(hours / 24)} days`;
  if (hours < 24 * 30 * 2) return `${Math.floor(hours / 24 / 7)} weeks`;
  if (hours < 24 * 365 * 2) return `${Math.floor(hours / 24 / 30)} months`;
  return `${Math.floor(hours / 24 / 365)} years`;
}
