// The rows of containers and of the commands that run in them (execs).
//
// Mirrors: moby daemon/container (Container, State, ExecConfig). What is not state of the world but belongs to a running
// process (pipes, logs, timers) is kept in `runtime.ts`.
import type { Healthcheck } from '../../apps/index.ts';
import type { BoundPort, ServiceBinding } from '../../libnetwork/index.ts';
import type { Micros } from '../../sim/index.ts';
import type { JsonObject } from '../body.ts';

export type ContainerStatus =
  | 'created'
  | 'running'
  | 'paused'
  | 'restarting'
  | 'removing'
  | 'exited'
  | 'dead';

export interface HealthProbe {
  readonly start: Micros;
  readonly end: Micros;
  readonly exitCode: number;
  readonly output: string;
}

export interface HealthState {
  readonly status: 'starting' | 'healthy' | 'unhealthy';
  readonly failingStreak: number;
  /** The latest five, oldest first. */
  readonly log: readonly HealthProbe[];
}

export interface ContainerState {
  readonly status: ContainerStatus;
  /** On the host; 0 when nothing runs. */
  readonly pid: number;
  readonly exitCode: number;
  readonly error: string;
  readonly startedAt: Micros | undefined;
  readonly finishedAt: Micros | undefined;
  readonly health?: HealthState | undefined;
}

/** `Config` of `docker inspect`, with Docker's names. */
export interface ContainerConfig {
  readonly Hostname: string;
  readonly Domainname: string;
  readonly User: string;
  readonly AttachStdin: boolean;
  readonly AttachStdout: boolean;
  readonly AttachStderr: boolean;
  readonly ExposedPorts?: Readonly<Record<string, object>>;
  readonly Tty: boolean;
  readonly OpenStdin: boolean;
  readonly StdinOnce: boolean;
  readonly Env: readonly string[];
  readonly Cmd: readonly string[] | null;
  readonly Healthcheck?: Healthcheck;
  readonly Image: string;
  readonly Volumes: Readonly<Record<string, object>> | null;
  readonly WorkingDir: string;
  readonly Entrypoint: readonly string[] | null;
  readonly OnBuild: null;
  readonly Labels: Readonly<Record<string, string>>;
  readonly StopSignal?: string;
  readonly StopTimeout?: number;
}

export interface HostPort {
  readonly HostIp: string;
  readonly HostPort: string;
}

export interface RestartPolicy {
  readonly Name: string;
  readonly MaximumRetryCount: number;
}

/** `HostConfig` of `docker inspect`: the fields that the daemon acts on are typed, the others are shown as given. */
export interface HostConfig extends JsonObject {
  readonly Binds: readonly string[] | null;
  readonly NetworkMode: string;
  readonly PortBindings: Readonly<Record<string, readonly HostPort[]>>;
  readonly RestartPolicy: RestartPolicy;
  readonly AutoRemove: boolean;
  readonly Dns: readonly string[] | null;
  readonly DnsOptions: readonly string[] | null;
  readonly DnsSearch: readonly string[] | null;
  readonly ExtraHosts: readonly string[] | null;
  readonly Links: readonly string[] | null;
  readonly PidMode: string;
  readonly PublishAllPorts: boolean;
}

/** What is mounted in a container: an entry of `Mounts`. */
export interface MountPoint {
  readonly type: 'bind' | 'volume' | 'tmpfs';
  /** Volumes only. */
  readonly name?: string;
  /** On the host. */
  readonly source: string;
  readonly destination: string;
  readonly driver?: string;
  readonly mode: string;
  readonly writable: boolean;
  readonly propagation: string;
  /** Volumes only: an empty one does not get what the image has at its place. */
  readonly noCopy?: boolean;
  /** tmpfs only: what it is mounted with (`size=1m,mode=1770`). */
  readonly options?: string;
}

/** How a container is (to be) joined to one network, and what is left of its last time there. */
export interface Attachment {
  /** '' until the container has been on it. */
  readonly networkId: string;
  /** As given by the user, in Docker's words: `{"IPv4Address": "10.0.0.9"}`. */
  readonly ipam: Readonly<Record<string, unknown>> | null;
  readonly links: readonly string[] | null;
  readonly aliases: readonly string[] | null;
  /** The address that was asked for. */
  readonly mac: string;
  readonly driverOptions: Readonly<Record<string, string>> | null;
  readonly gatewayPriority: number;
  readonly dnsNames: readonly string[] | null;
  /** Swarm tasks: the address that the manager allocated, with prefix length. */
  readonly allocatedAddress?: string | undefined;
  readonly service?: ServiceBinding | undefined;
  /** The manager gave the address at this start (attachable networks): it is given back on leaving. */
  readonly attached?: boolean | undefined;
}

export interface ContainerRow {
  /** `host/` and 64 digits. */
  readonly id: string;
  readonly host: string;
  readonly containerId: string;
  /** Without the leading slash. */
  readonly name: string;
  readonly createdAt: Micros;
  readonly path: string;
  readonly args: readonly string[];
  /** `sha256:…`. */
  readonly imageId: string;
  readonly config: ContainerConfig;
  readonly hostConfig: HostConfig;
  readonly state: ContainerState;
  readonly restartCount: number;
  readonly mounts: readonly MountPoint[];
  /** Names of volumes that `docker rm -v` (and `--rm`) removes too. */
  readonly anonymousVolumes: readonly string[];
  /** By network name, in order of name. */
  readonly networks: Readonly<Record<string, Attachment>>;
  /** `--link` on the default bridge: row ids of the others, and what they are called here. */
  readonly links: readonly { readonly container: string; readonly alias: string }[];
  /** Somebody stopped or killed it: its restart policy rests until the daemon starts again. */
  readonly manuallyStopped: boolean;
  /** Directory of its writable layer, in `GraphDriver`. */
  readonly layerId: string;
  /** A swarm task's container. */
  readonly managed: boolean;
  /** What it had published when its machine lost its power: shown until it is started again (054:56). */
  readonly lostPorts?: readonly BoundPort[] | undefined;
}

/** A command run in a container by `docker exec`. */
export interface ExecRow {
  /** `host/` and 64 digits. */
  readonly id: string;
  readonly host: string;
  readonly execId: string;
  /** Row id of the container. */
  readonly container: string;
  readonly argv: readonly string[];
  readonly user: string;
  readonly cwd: string;
  readonly env: readonly string[];
  readonly tty: boolean;
  readonly privileged: boolean;
  readonly attachStdin: boolean;
  readonly attachStdout: boolean;
  readonly attachStderr: boolean;
  readonly detachKeys: string;
  readonly running: boolean;
  readonly started: boolean;
  readonly exitCode: number | undefined;
  readonly pid: number;
}

/** Is there a process? A container that waits for its restart counts as running in the API. */
export const hasProcess = (state: ContainerState): boolean =>
  state.status === 'running' || state.status === 'paused';
export const countsAsRunning = (state: ContainerState): boolean =>
  hasProcess(state) || state.status === 'restarting';

/** The 12 digits that are shown. */
export const shortId = (containerId: string): string => containerId.slice(0, 12);
