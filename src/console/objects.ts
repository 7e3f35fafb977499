// What the console reads of the Engine API's objects: services, nodes, networks and tasks as rows to show. The answers
// come from a simulated daemon, so they are taken as the API documents them.

interface Meta {
  readonly ID: string;
  readonly Version: { readonly Index: number };
}
interface Port {
  readonly Protocol: string;
  readonly TargetPort: number;
  readonly PublishedPort?: number;
  readonly PublishMode: string;
}
export interface ServiceSpec {
  readonly Name: string;
  readonly Labels: Readonly<Record<string, string>>;
  readonly TaskTemplate: {
    readonly ContainerSpec?: { readonly Image: string };
    readonly Networks?: readonly { readonly Target: string }[];
  };
  readonly Mode: Readonly<Record<string, { readonly Replicas?: number } | undefined>>;
}
export interface ApiService extends Meta {
  readonly Spec: ServiceSpec;
  readonly Endpoint: { readonly Ports?: readonly Port[] };
  readonly ServiceStatus?: { readonly RunningTasks: number; readonly DesiredTasks: number };
}
export interface NodeSpec {
  readonly Name?: string;
  readonly Labels: Readonly<Record<string, string>>;
  readonly Role: string;
  readonly Availability: string;
}
export interface ApiNode extends Meta {
  readonly Spec: NodeSpec;
  readonly Description: { readonly Hostname?: string };
  readonly Status: { readonly State: string; readonly Addr: string };
  readonly ManagerStatus?: { readonly Leader?: boolean; readonly Reachability: string };
}
export interface ApiNetwork {
  readonly Id: string;
  readonly Name: string;
  readonly Driver: string;
  readonly Scope: string;
  readonly Internal: boolean;
  readonly Attachable: boolean;
  readonly Options: Readonly<Record<string, string>> | null;
  readonly IPAM: { readonly Config: readonly { readonly Subnet?: string }[] | null };
}
export interface ApiTask extends Meta {
  readonly ServiceID?: string;
  readonly Slot?: number;
  readonly NodeID?: string;
  readonly Spec: { readonly ContainerSpec?: { readonly Image: string } };
  readonly Status: {
    readonly State: string;
    readonly Timestamp: string;
    readonly Err?: string;
    readonly ContainerStatus?: { readonly ContainerID: string };
  };
  readonly DesiredState: string;
  readonly NetworksAttachments?: readonly {
    readonly Network: { readonly Spec: { readonly Name: string } };
    readonly Addresses: readonly string[] | null;
  }[];
}

// ---- rows ---------------------------------------------------------------------------------------

export interface ServiceRow {
  readonly id: string;
  readonly name: string;
  readonly mode: string;
  /** Of a replicated service: how many tasks are asked for. */
  readonly replicas: number | undefined;
  readonly running: number;
  readonly desired: number;
  readonly image: string;
  readonly ports: readonly Port[];
  readonly networks: readonly string[];
  readonly stack: string | undefined;
}

const modes: Readonly<Record<string, string>> = {
  Replicated: 'replicated',
  Global: 'global',
  ReplicatedJob: 'replicated-job',
  GlobalJob: 'global-job',
};
const stackLabel = 'com.docker.stack.namespace';

const byName = <Row extends { readonly name: string }>(rows: readonly Row[]): Row[] =>
  rows.toSorted((a, b) => (a.name < b.name ? -1 : 1));

export function serviceRows(services: readonly ApiService[]): ServiceRow[] {
  return byName(
    services.map(({ ID, Spec, Endpoint, ServiceStatus }) => ({
      id: ID,
      name: Spec.Name,
      mode: modes[Object.keys(Spec.Mode)[0] ?? ''] ?? '',
      replicas: Spec.Mode.Replicated?.Replicas,
      running: ServiceStatus?.RunningTasks ?? 0,
      desired: ServiceStatus?.DesiredTasks ?? 0,
      image: withoutDigest(Spec.TaskTemplate.ContainerSpec?.Image ?? ''),
      ports: (Endpoint.Ports ?? []).toSorted(
        (a, b) => (a.PublishedPort ?? 0) - (b.PublishedPort ?? 0),
      ),
      networks: (Spec.TaskTemplate.Networks ?? []).map(({ Target }) => Target),
      stack: Spec.Labels[stackLabel],
    })),
  );
}

const withoutDigest = (image: string): string => image.replace(/@sha256:.*$/, '');

/** `*:5000->5000/tcp`, as `docker service ls` writes it; ports of the nodes themselves as `5000->5000/tcp (host)`. */
export const portText = ({ Protocol, TargetPort, PublishedPort, PublishMode }: Port): string =>
  PublishMode === 'host'
    ? `${PublishedPort ?? '?'}->${TargetPort}/${Protocol} (host)`
    : `*:${PublishedPort ?? '?'}->${TargetPort}/${Protocol}`;

export interface NodeRow {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly status: string;
  readonly availability: string;
  readonly manager: string;
  readonly address: string;
}

export const nodeRows = (nodes: readonly ApiNode[]): NodeRow[] =>
  byName(
    nodes.map(({ ID, Spec, Description, Status, ManagerStatus }) => ({
      id: ID,
      name: Description.Hostname ?? ID,
      role: Spec.Role,
      status: Status.State,
      availability: Spec.Availability,
      manager: ManagerStatus
        ? ManagerStatus.Leader
          ? 'Leader'
          : capital(ManagerStatus.Reachability)
        : '',
      address: Status.Addr,
    })),
  );

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

export interface NetworkRow {
  readonly id: string;
  readonly name: string;
  readonly driver: string;
  readonly scope: string;
  readonly subnet: string;
  readonly flags: readonly ('internal' | 'attachable' | 'encrypted')[];
}

export const networkRows = (networks: readonly ApiNetwork[]): NetworkRow[] =>
  byName(
    networks.map((network) => ({
      id: network.Id,
      name: network.Name,
      driver: network.Driver,
      scope: network.Scope,
      subnet: (network.IPAM.Config ?? []).flatMap(({ Subnet }) => Subnet ?? []).join(', '),
      flags: [
        ...(network.Internal ? (['internal'] as const) : []),
        ...(network.Attachable ? (['attachable'] as const) : []),
        ...(network.Options && 'encrypted' in network.Options ? (['encrypted'] as const) : []),
      ],
    })),
  );

export interface TaskRow {
  readonly id: string;
  /** `pets.3`; of a global service `pets.NODE`. */
  readonly name: string;
  readonly service: string;
  readonly slot: number;
  readonly node: string;
  readonly state: string;
  readonly desired: string;
  readonly error: string;
  readonly image: string;
  readonly containerId: string;
  readonly addresses: readonly string[];
  readonly at: string;
}

export function taskRows(
  tasks: readonly ApiTask[],
  services: readonly ApiService[],
  nodes: readonly ApiNode[],
): TaskRow[] {
  const serviceNames = new Map(services.map(({ ID, Spec }) => [ID, Spec.Name]));
  const nodeNames = new Map(nodes.map(({ ID, Description }) => [ID, Description.Hostname ?? ID]));
  const rows = tasks.map((task) => {
    const node = nodeNames.get(task.NodeID ?? '') ?? '';
    const service = serviceNames.get(task.ServiceID ?? '') ?? '';
    return {
      id: task.ID,
      name: `${service}.${task.Slot ?? node}`,
      service,
      slot: task.Slot ?? 0,
      node,
      state: task.Status.State,
      desired: task.DesiredState,
      error: task.Status.Err ?? '',
      image: withoutDigest(task.Spec.ContainerSpec?.Image ?? ''),
      containerId: task.Status.ContainerStatus?.ContainerID ?? '',
      addresses: (task.NetworksAttachments ?? []).flatMap(({ Network, Addresses }) =>
        (Addresses ?? []).map((address) => `${address.split('/')[0]} (${Network.Spec.Name})`),
      ),
      at: task.Status.Timestamp,
    };
  });
  return rows.toSorted(
    (a, b) =>
      (a.service < b.service ? -1 : a.service > b.service ? 1 : a.slot - b.slot) ||
      (a.node < b.node ? -1 : a.node > b.node ? 1 : a.at < b.at ? 1 : -1),
  );
}

export interface StackRow {
  readonly name: string;
  readonly services: readonly string[];
}

export function stackRows(services: readonly ServiceRow[]): StackRow[] {
  const stacks = new Map<string, string[]>();
  for (const { name, stack } of services) {
    if (stack === undefined) continue;
    stacks.set(stack, [...(stacks.get(stack) ?? []), name]);
  }
  return byName([...stacks].map(([name, members]) => ({ name, services: members })));
}
