// Everything that one simulated world consists of, as the composition root keeps it: the collections that all hosts
// share, and each host's kernel, daemon and services.
import type { Cluster, ClusterWorld, Daemon, DaemonCollections } from '../daemon/index.ts';
import type { NetworkWorld } from '../kernel/index.ts';
import type { NetworkController, NetworkRows } from '../libnetwork/index.ts';
import type { Host, OsWorld } from '../os/index.ts';
import type { Sim } from '../sim/index.ts';
import type { MachinePower } from './machines.ts';

/** A machine of the swarm. The gateway is a host too, but not one of these. */
export interface Machine {
  readonly name: string;
  /** On the LAN: `192.168.56.10`. */
  readonly address: string;
  readonly host: Host;
  readonly controller: NetworkController;
  readonly daemon: Daemon;
  readonly cluster: Cluster;
  readonly power: MachinePower;
  /** What part it plays in the swarm now. */
  readonly role: () => 'leader' | 'manager' | 'worker' | 'none';
}

export interface World {
  readonly sim: Sim;
  readonly network: NetworkWorld;
  readonly os: OsWorld;
  readonly libnetwork: NetworkRows;
  readonly daemon: DaemonCollections;
  readonly swarm: ClusterWorld;
  readonly machines: ReadonlyMap<string, Machine>;
  readonly gateway: Host;
}
