// What rules a node out for a task, and how that is explained. Mirrors: swarmkit manager/scheduler/{filter,pipeline}.go.
import { fitsConstraints } from '../constraint.ts';
import { isTerminal, type NodeFilter, rank, type SwarmNodeRow, type TaskRow } from '../objects.ts';
import type { PortConfig } from '../specs.ts';
import type { FailureTimes } from './failures.ts';

/** What the scheduler knows of a node. */
export interface NodeInfo {
  readonly node: SwarmNodeRow;
  readonly tasks: TaskRow[];
  readonly failures: FailureTimes;
}

/** Has been given to its node, and has not ended: it uses up resources and ports, also when it has been told to stop. */
const isThere = ({ status: { state } }: TaskRow): boolean =>
  rank(state) >= rank('assigned') && !isTerminal(state);

/** Tasks that count for a node when tasks are spread. */
export const isActive = (task: TaskRow): boolean =>
  rank(task.desiredState) <= rank('complete') && isThere(task);

interface Filter {
  readonly name: NodeFilter;
  readonly fits: (task: TaskRow, info: NodeInfo) => boolean;
  readonly explain: (nodes: number) => string;
}

const onNodes = (nodes: number): string => (nodes === 1 ? 'on 1 node' : `on ${nodes} nodes`);

function hasRoom(task: TaskRow, { node, tasks }: NodeInfo): boolean {
  const {
    NanoCPUs = 0,
    MemoryBytes = 0,
    GenericResources = [],
  } = task.spec.Resources?.Reservations ?? {};
  // The engines of the lab are not configured with any (`node-generic-resources`).
  if (GenericResources.length > 0) return false;
  if (NanoCPUs === 0 && MemoryBytes === 0) return true;
  let cpus = node.description?.nanoCpus ?? 0;
  let memory = node.description?.memoryBytes ?? 0;
  for (const other of tasks) {
    if (!isThere(other)) continue;
    cpus -= other.spec.Resources?.Reservations?.NanoCPUs ?? 0;
    memory -= other.spec.Resources?.Reservations?.MemoryBytes ?? 0;
  }
  return NanoCPUs <= cpus && MemoryBytes <= memory;
}

/** Drivers of logs and volumes that the task asks for by name. */
function hasPlugins(task: TaskRow, { node }: NodeInfo): boolean {
  const plugins = node.description?.plugins ?? [];
  const has = (type: string, name: string) =>
    plugins.some((plugin) => plugin.type === type && plugin.name === name);
  const { LogDriver, ContainerSpec } = task.spec;
  const log = LogDriver?.Name ?? '';
  if (log !== '' && log !== 'none' && !has('Log', log)) return false;
  return (ContainerSpec?.Mounts ?? []).every((mount) => {
    const driver = mount.VolumeOptions?.DriverConfig?.Name ?? '';
    return driver === '' || has('Volume', driver);
  });
}

const hostPorts = (task: TaskRow): readonly PortConfig[] =>
  (task.endpoint?.ports ?? []).filter((port) => port.PublishMode === 'host' && port.PublishedPort);

function hasPortsFree(task: TaskRow, { tasks }: NodeInfo): boolean {
  const wanted = hostPorts(task);
  return !tasks.some(
    (other) =>
      other.id !== task.id &&
      isThere(other) &&
      hostPorts(other).some((taken) =>
        wanted.some(
          (port) => port.PublishedPort === taken.PublishedPort && port.Protocol === taken.Protocol,
        ),
      ),
  );
}

const architectures: Readonly<Record<string, string>> = { x86_64: 'amd64', aarch64: 'arm64' };

function hasPlatform(task: TaskRow, { node }: NodeInfo): boolean {
  const platforms = task.spec.Placement?.Platforms ?? [];
  if (platforms.length === 0) return true;
  const { architecture = '', os = '' } = node.description ?? {};
  const plain = architectures[architecture] ?? architecture;
  return platforms.some(
    ({ Architecture = '', OS = '' }) =>
      (Architecture === '' || (architectures[Architecture] ?? Architecture) === plain) &&
      (OS === '' || OS === os),
  );
}

function belowMaximum(task: TaskRow, { tasks }: NodeInfo): boolean {
  const limit = task.spec.Placement?.MaxReplicas ?? 0;
  if (limit === 0) return true;
  const here = tasks.filter((other) => other.serviceId === task.serviceId && isActive(other));
  return here.filter((other) => other.id !== task.id).length < limit;
}

/** In the order in which they are asked; the first that says no counts. */
const filters: readonly Filter[] = [
  {
    name: 'ready',
    fits: (_, { node }) => node.status.state === 'ready' && node.spec.Availability === 'active',
    explain: (n) =>
      n === 1 ? '1 node not available for new tasks' : `${n} nodes not available for new tasks`,
  },
  {
    name: 'resources',
    fits: hasRoom,
    explain: (n) => `insufficient resources ${onNodes(n)}`,
  },
  { name: 'plugins', fits: hasPlugins, explain: (n) => `missing plugin ${onNodes(n)}` },
  {
    name: 'constraints',
    fits: (task, { node }) => fitsConstraints(task.spec.Placement?.Constraints, node),
    explain: (n) => `scheduling constraints not satisfied ${onNodes(n)}`,
  },
  { name: 'platform', fits: hasPlatform, explain: (n) => `unsupported platform ${onNodes(n)}` },
  {
    name: 'hostPorts',
    fits: hasPortsFree,
    explain: (n) => `host-mode port already in use ${onNodes(n)}`,
  },
  { name: 'maxReplicas', fits: belowMaximum, explain: () => 'max replicas per node limit exceed' },
];

/** Undefined when the node may take the task; else the number of the filter that says no. */
export function ruledOutBy(task: TaskRow, info: NodeInfo): number | undefined {
  const index = filters.findIndex((filter) => !filter.fits(task, info));
  return index < 0 ? undefined : index;
}

export const filterName = (index: number): NodeFilter | undefined => filters[index]?.name;

/**
 * Why nodes were ruled out: the filters' refusals since the last node that fitted, the most frequent first. Nodes that were
 * looked at before that one are forgotten. Mirrors: swarmkit manager/scheduler/pipeline.go.
 */
export class Refusals {
  #counts = new Map<number, number>();

  /** Does the node fit? */
  process(task: TaskRow, info: NodeInfo): boolean {
    const index = ruledOutBy(task, info);
    if (index === undefined) this.#counts.clear();
    else this.#counts.set(index, (this.#counts.get(index) ?? 0) + 1);
    return index === undefined;
  }

  /** `scheduling constraints not satisfied on 4 nodes`. */
  explain(): string {
    return [...this.#counts]
      .sort(([a, x], [b, y]) => y - x || a - b)
      .map(([index, count]) => filters[index]?.explain(count) ?? '')
      .join('; ');
  }
}
