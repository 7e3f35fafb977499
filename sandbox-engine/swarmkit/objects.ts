// The objects of a swarm as its managers keep them: frozen rows, one collection per kind, shared by all swarms of a world.
// Mirrors: swarmkit api/objects.proto, api/types.proto.
import type { Micros } from '../sim/index.ts';
import { type Failure, failure } from '../std/index.ts';
import type {
  ClusterSpec,
  EndpointSpec,
  Labels,
  NodeSpec,
  PortConfig,
  SecretSpec,
  ServiceSpec,
  SwarmNetworkSpecBody,
  TaskSpec,
} from './specs.ts';

/** What all objects have. Times are simulated. */
export interface SwarmObject {
  /** 25 characters of [0-9a-z]. */
  readonly id: string;
  readonly cluster: string;
  /** Number of the transaction that last changed it (`Version.Index`). */
  readonly version: number;
  readonly createdAt: Micros;
  readonly updatedAt: Micros;
}

export interface RootCa {
  readonly certificate: string;
  /** `sha256:…`. */
  readonly digest: string;
  /** Base64 of the issuer's name and of its public key. */
  readonly issuerSubject: string;
  readonly issuerPublicKey: string;
  /** Base 36, 50 digits: the part of a join token that says which CA to trust. */
  readonly tokenDigest: string;
}

export interface ClusterRow extends SwarmObject {
  readonly spec: ClusterSpec;
  readonly rootCa: RootCa;
  /** The root that is to take the place of `rootCa` as soon as all nodes have a certificate of it. */
  readonly rootRotation?: RootCa | undefined;
  readonly joinTokens: { readonly worker: string; readonly manager: string };
  /** `SWMKEY-1-…`; '' while managers are not locked. */
  readonly unlockKey: string;
  /** As given at init; empty for 10.0.0.0/8. */
  readonly addressPools: readonly string[];
  readonly subnetSize: number;
  readonly dataPathPort: number;
}

export type NodeState = 'unknown' | 'down' | 'ready' | 'disconnected';

export interface NodeDescription {
  readonly hostname: string;
  readonly architecture: string;
  readonly os: string;
  readonly nanoCpus: number;
  readonly memoryBytes: number;
  readonly engineVersion: string;
  readonly engineLabels: Labels;
  readonly plugins: readonly { readonly type: string; readonly name: string }[];
  /** The root that the node trusts, and who signed its certificate. */
  readonly tls?: {
    readonly trustRoot: string;
    readonly issuerSubject: string;
    readonly issuerPublicKey: string;
  };
}

export interface SwarmNodeRow extends SwarmObject {
  readonly spec: NodeSpec;
  readonly description?: NodeDescription | undefined;
  readonly status: {
    readonly state: NodeState;
    readonly message: string;
    /** The address from which it speaks to the managers. */
    readonly address: string;
  };
  /** The role of its certificate; follows `spec.Role`. */
  readonly role: 'worker' | 'manager';
  /** Members of the raft group. */
  readonly manager?:
    | {
        readonly leader: boolean;
        readonly reachability: 'unknown' | 'unreachable' | 'reachable';
        /** `192.168.56.10:2377`. */
        readonly address: string;
      }
    | undefined;
  /** The node that made the swarm is the only one with a membership (see `node ls --filter membership=…`). */
  readonly accepted: boolean;
  /** Load-balancer addresses by network id, with prefix length. */
  readonly attachments: Readonly<Record<string, string>>;
}

export interface AllocatedSubnet {
  readonly subnet: string;
  readonly gateway: string;
  readonly vni: number;
}

export interface SwarmNetworkRow extends SwarmObject {
  readonly spec: SwarmNetworkSpecBody;
  /** Empty until it is allocated: two networks on one subnet never are. */
  readonly subnets: readonly AllocatedSubnet[];
}

const predefinedLabel = 'com.docker.swarm.predefined';

/** `bridge` and `host` of the nodes themselves, as far as services can be on them. */
export const isPredefined = ({ spec }: SwarmNetworkRow): boolean =>
  spec.Labels[predefinedLabel] === 'true';

/** Networks whose driver knows only its own node: the manager gives them neither subnets nor VXLAN ids. */
export const isNodeLocal = (row: SwarmNetworkRow): boolean =>
  isPredefined(row) || (row.spec.Driver !== '' && row.spec.Driver !== 'overlay');

/** Tasks on such networks, the nodes' own ones aside, are not part of this simulation. */
export const notSimulated = (row: SwarmNetworkRow): Failure | undefined =>
  isNodeLocal(row) && !isPredefined(row)
    ? failure(
        'not_implemented',
        `not simulated here: containers on swarm-scoped networks of driver ${row.spec.Driver}`,
      )
    : undefined;

export const predefinedLabels: Labels = { [predefinedLabel]: 'true' };

export interface VirtualIp {
  readonly networkId: string;
  /** With prefix length. */
  readonly address: string;
}

export type UpdateState =
  | 'updating'
  | 'paused'
  | 'completed'
  | 'rollback_started'
  | 'rollback_paused'
  | 'rollback_completed';

export interface UpdateStatus {
  readonly state: UpdateState;
  readonly startedAt?: Micros | undefined;
  readonly completedAt?: Micros | undefined;
  readonly message: string;
}

export interface ServiceRow extends SwarmObject {
  readonly spec: ServiceSpec;
  readonly previousSpec?: ServiceSpec | undefined;
  /** Version of the spec now and before: tasks of another version are out of date. */
  readonly specVersion: number;
  readonly previousSpecVersion?: number | undefined;
  /** What is allocated; undefined until the allocator has seen the service. */
  readonly endpoint?:
    | {
        readonly spec: EndpointSpec;
        readonly ports: readonly PortConfig[];
        readonly virtualIps: readonly VirtualIp[];
      }
    | undefined;
  readonly updateStatus?: UpdateStatus | undefined;
  /** Jobs: how often it was (re)started, and when last. */
  readonly job?: { readonly iteration: number; readonly lastExecution: Micros } | undefined;
  /** `service rm` was called: it is gone for users, its tasks are being shut down. */
  readonly pendingDelete?: boolean | undefined;
}

export type TaskState =
  | 'new'
  | 'pending'
  | 'assigned'
  | 'accepted'
  | 'preparing'
  | 'ready'
  | 'starting'
  | 'running'
  | 'complete'
  | 'shutdown'
  | 'failed'
  | 'rejected'
  | 'remove'
  | 'orphaned';

const stateOrder: readonly TaskState[] = [
  'new',
  'pending',
  'assigned',
  'accepted',
  'preparing',
  'ready',
  'starting',
  'running',
  'complete',
  'shutdown',
  'failed',
  'rejected',
  'remove',
  'orphaned',
];

export const isTaskState = (word: string): boolean => stateOrder.some((state) => state === word);

/** States only ever go up: a task's place in the order of states. */
export const rank = (state: TaskState): number => stateOrder.indexOf(state);

export const isTerminal = (state: TaskState): boolean => rank(state) > rank('running');

export interface ContainerStatus {
  readonly containerId: string;
  readonly pid: number;
  readonly exitCode: number;
}

export interface TaskStatus {
  readonly at: Micros;
  readonly state: TaskState;
  readonly message: string;
  readonly error: string;
  readonly container?: ContainerStatus | undefined;
  /** Ports that are published on the node itself. */
  readonly ports?: readonly PortConfig[] | undefined;
}

export interface TaskAttachment {
  readonly networkId: string;
  /** With prefix length. */
  readonly addresses: readonly string[];
  readonly aliases: readonly string[];
}

/** The scheduler's filters, in the order in which they are asked. */
export type NodeFilter =
  | 'ready'
  | 'resources'
  | 'plugins'
  | 'constraints'
  | 'platform'
  | 'hostPorts'
  | 'maxReplicas';

/** What the scheduler saw of one node when it looked for a place for a task. */
export interface NodeVerdict {
  readonly nodeId: string;
  /** The first filter that said no. */
  readonly refusedBy?: NodeFilter | undefined;
  /** Left out by a placement preference: other label values had fewer of the service's tasks. */
  readonly spreadOut?: boolean | undefined;
  /** Fewer is better, in this order: recent failures of this version (from 5 on), tasks of the service, tasks in all. */
  readonly failures: number;
  readonly ofService: number;
  readonly all: number;
  /** As good as the best: among these the lot was drawn. */
  readonly best: boolean;
}

export interface TaskRow extends SwarmObject {
  /** '' for a plain container on an attachable network. */
  readonly serviceId: string;
  readonly serviceName: string;
  /** From 1; 0 for tasks of global services. */
  readonly slot: number;
  /** '' until it is assigned. */
  readonly nodeId: string;
  readonly spec: TaskSpec;
  readonly specVersion: number;
  readonly status: TaskStatus;
  readonly desiredState: TaskState;
  readonly attachments: readonly TaskAttachment[];
  /** The service's published ports and virtual addresses when the task was made. */
  readonly endpoint?: ServiceRow['endpoint'];
  readonly serviceLabels: Labels;
  readonly jobIteration?: number | undefined;
  /** How the scheduler saw the nodes when it last looked for a place. Written by: scheduler. */
  readonly placement?: readonly NodeVerdict[] | undefined;
}

export interface SecretRow extends SwarmObject {
  readonly spec: SecretSpec;
}
export interface ConfigRow extends SwarmObject {
  readonly spec: SecretSpec;
}

/** The name of a task's container: `web.1.<id>`, `glob.<node id>.<id>`. */
export const taskName = (task: TaskRow): string =>
  task.serviceId === ''
    ? task.id
    : `${task.serviceName}.${task.slot === 0 ? task.nodeId : task.slot}.${task.id}`;
