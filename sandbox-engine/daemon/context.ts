// What every part of one daemon shares: its machine, the world's collections, events, names and times.
import type { ImageDefinition, ImageLayer } from '../apps/index.ts';
import type { NetworkController } from '../libnetwork/index.ts';
import type { Host } from '../os/index.ts';
import {
  Collection,
  type Journal,
  type Micros,
  type Op,
  type Scope,
  type Sim,
} from '../sim/index.ts';
import { type Failure, type Result, rfc3339Nano } from '../std/index.ts';
import type { ClusterPort } from './cluster-port.ts';
import type { ContainerRow, ExecRow } from './containers/rows.ts';
import type { EventLog } from './events.ts';
import type { ImageRow } from './images/rows.ts';
import type { VolumeRow } from './volumes/rows.ts';
import type { Workload } from './workload.ts';

/** The rows of all daemons of a world. Made once; ids start with the host's name. */
export interface DaemonCollections {
  readonly containers: Collection<ContainerRow>;
  readonly execs: Collection<ExecRow>;
  readonly images: Collection<ImageRow>;
  readonly volumes: Collection<VolumeRow>;
}

export function createDaemonCollections(journal: Journal): DaemonCollections {
  return {
    containers: new Collection<ContainerRow>(journal, 'containers', { host: (row) => row.host }),
    execs: new Collection<ExecRow>(journal, 'execs', { container: (row) => row.container }),
    images: new Collection<ImageRow>(journal, 'images', { host: (row) => row.host }),
    volumes: new Collection<VolumeRow>(journal, 'volumes', { host: (row) => row.host }),
  };
}

/** What a registry says about one name. */
export interface RegistryAnswer {
  readonly image: ImageDefinition;
  /** The tag that was asked for; absent when a digest was. */
  readonly tag?: string;
}

/** The registry that images are pulled from, as the daemon's client for it sees it. Takes simulated time. */
export interface Registry {
  /** `library/nginx`, and a tag or `sha256:…`. Failures are in the words that `docker pull` prints. */
  resolve(repository: string, reference: string): Op<Result<RegistryAnswer, Failure>>;
  /** Asks for one layer. How long its bytes take is up to the caller. */
  fetch(repository: string, layer: ImageLayer): Op<Result<void, Failure>>;
}

export interface DaemonContext {
  readonly sim: Sim;
  readonly host: Host;
  readonly controller: NetworkController;
  readonly registry: Registry;
  readonly collections: DaemonCollections;
  readonly events: EventLog;
  readonly workload: Workload;
  /** What the daemon does, until it ends: a new one for each of its runs. */
  scope: Scope;
  /** Set when the node can take part in swarms. */
  cluster: ClusterPort | undefined;
}

/** What Go prints for a time that was never set. */
export const zeroTime = '0001-01-01T00:00:00Z';

/** Simulated time as the API writes it. */
export const timestamp = (sim: Sim, at: Micros | undefined): string =>
  at === undefined
    ? zeroTime
    : rfc3339Nano(sim.epochMillis + Math.floor(at / 1_000), ((at % 1_000) + 1_000) % 1_000);

/** Simulated time as whole seconds since 1970. */
export const unixSeconds = (sim: Sim, at: Micros): number =>
  Math.floor((sim.epochMillis + at / 1_000) / 1_000);
