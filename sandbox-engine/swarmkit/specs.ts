// What users ask a swarm for, in the words of the Engine API: the specs of clusters, nodes, networks, services, secrets
// and configs. Durations are nanoseconds. Mirrors: moby api/types/swarm (28.5). Differs: fields that nothing here reads
// are kept as they came, in the order in which the API prints them (see daemon/cluster/convert).

export type Labels = Readonly<Record<string, string>>;

export interface ClusterSpec {
  readonly Name: string;
  readonly Labels: Labels;
  readonly Orchestration: { readonly TaskHistoryRetentionLimit?: number };
  readonly Raft: {
    readonly SnapshotInterval?: number;
    readonly KeepOldSnapshots?: number;
    readonly LogEntriesForSlowFollowers?: number;
    readonly ElectionTick: number;
    readonly HeartbeatTick: number;
  };
  readonly Dispatcher: { readonly HeartbeatPeriod?: number };
  readonly CAConfig: {
    readonly NodeCertExpiry?: number;
    readonly ForceRotate?: number;
    readonly ExternalCAs?: readonly object[];
  };
  readonly TaskDefaults: object;
  readonly EncryptionConfig: { readonly AutoLockManagers: boolean };
}

export type Role = 'worker' | 'manager';
export type Availability = 'active' | 'pause' | 'drain';

export interface NodeSpec {
  readonly Name?: string;
  readonly Labels: Labels;
  readonly Role: Role;
  readonly Availability: Availability;
}

export interface IpamConfigSpec {
  readonly Subnet: string;
  readonly IPRange?: string;
  readonly Gateway?: string;
}

export interface SwarmNetworkSpecBody {
  readonly Name: string;
  readonly Labels: Labels;
  readonly Driver: string;
  readonly DriverOptions: Labels;
  readonly Internal: boolean;
  readonly Attachable: boolean;
  readonly Ingress: boolean;
  readonly EnableIPv6: boolean;
  readonly IpamDriver: string;
  readonly Ipam: readonly IpamConfigSpec[];
}

export type PortProtocol = 'tcp' | 'udp' | 'sctp';

export interface PortConfig {
  readonly Name?: string;
  readonly Protocol: PortProtocol;
  readonly TargetPort: number;
  readonly PublishedPort?: number;
  readonly PublishMode: 'ingress' | 'host';
}

export interface EndpointSpec {
  readonly Mode?: 'vip' | 'dnsrr';
  readonly Ports?: readonly PortConfig[];
}

export interface NetworkAttachmentConfig {
  readonly Target: string;
  readonly Aliases?: readonly string[];
  readonly DriverOpts?: Labels;
}

export interface RestartPolicy {
  readonly Condition?: 'none' | 'on-failure' | 'any';
  readonly Delay?: number;
  readonly MaxAttempts?: number;
  readonly Window?: number;
}

export interface Placement {
  readonly Constraints?: readonly string[];
  readonly Preferences?: readonly { readonly Spread: { readonly SpreadDescriptor: string } }[];
  readonly MaxReplicas?: number;
  readonly Platforms?: readonly { readonly Architecture?: string; readonly OS?: string }[];
}

export interface Quantities {
  readonly NanoCPUs?: number;
  readonly MemoryBytes?: number;
  readonly Pids?: number;
  /** Amounts of what nodes may say they have (`gpu=2`). */
  readonly GenericResources?: readonly {
    readonly DiscreteResourceSpec: { readonly Kind: string; readonly Value: number };
  }[];
}

export interface ReferenceFile {
  readonly Name: string;
  readonly UID: string;
  readonly GID: string;
  readonly Mode: number;
}

export interface MountSpec {
  readonly Source?: string;
  readonly VolumeOptions?: { readonly DriverConfig?: { readonly Name?: string } };
  readonly [key: string]: unknown;
}

/** Times in nanoseconds. */
export interface HealthSpec {
  readonly Test?: readonly string[];
  readonly Interval?: number;
  readonly Timeout?: number;
  readonly StartPeriod?: number;
  readonly StartInterval?: number;
  readonly Retries?: number;
}

/** Only what the swarm itself looks at; everything else is passed on to the executor as it is. */
export interface ContainerSpec {
  readonly Image: string;
  readonly Hostname?: string;
  readonly Healthcheck?: HealthSpec;
  readonly Env?: readonly string[];
  readonly StopGracePeriod?: number;
  readonly Mounts?: readonly MountSpec[];
  readonly Secrets?: readonly {
    readonly File?: ReferenceFile;
    readonly SecretID: string;
    readonly SecretName: string;
  }[];
  readonly Configs?: readonly {
    readonly File?: ReferenceFile;
    readonly ConfigID: string;
    readonly ConfigName: string;
  }[];
  readonly [key: string]: unknown;
}

export interface TaskSpec {
  readonly ContainerSpec?: ContainerSpec;
  /** A plain container on an attachable network. */
  readonly NetworkAttachmentSpec?: { readonly ContainerID: string };
  readonly Resources?: { readonly Limits?: Quantities; readonly Reservations?: Quantities };
  readonly RestartPolicy?: RestartPolicy;
  readonly Placement?: Placement;
  readonly Networks?: readonly NetworkAttachmentConfig[];
  readonly LogDriver?: { readonly Name?: string; readonly Options?: object };
  readonly ForceUpdate: number;
  readonly Runtime?: string;
}

export type ServiceMode =
  | { readonly Replicated: { readonly Replicas?: number } }
  | { readonly Global: object }
  | {
      readonly ReplicatedJob: {
        readonly MaxConcurrent?: number;
        readonly TotalCompletions?: number;
      };
    }
  | { readonly GlobalJob: object };

export interface UpdateConfig {
  readonly Parallelism: number;
  readonly Delay?: number;
  readonly FailureAction?: 'pause' | 'continue' | 'rollback';
  readonly Monitor?: number;
  readonly MaxFailureRatio: number;
  readonly Order?: 'stop-first' | 'start-first';
}

export interface ServiceSpec {
  readonly Name: string;
  readonly Labels: Labels;
  readonly TaskTemplate: TaskSpec;
  readonly Mode: ServiceMode;
  readonly UpdateConfig?: UpdateConfig;
  readonly RollbackConfig?: UpdateConfig;
  readonly EndpointSpec?: EndpointSpec;
}

export interface SecretSpec {
  readonly Name: string;
  readonly Labels: Labels;
  /** Base64. */
  readonly Data?: string;
  readonly Driver?: object;
  readonly Templating?: object;
}
