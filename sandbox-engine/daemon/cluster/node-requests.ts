// What a node is asked to do, and what it does when it is told something new.
// Mirrors: moby api/types/swarm (InitRequest, JoinRequest), swarmkit agent.
import type { Op } from '../../sim/index.ts';
import type { Assignments, ClusterSpec, SwarmChange } from '../../swarmkit/index.ts';

export interface InitRequest {
  readonly listenAddr: string;
  readonly advertiseAddr: string;
  readonly dataPathAddr: string;
  readonly dataPathPort: number;
  readonly forceNewCluster: boolean;
  readonly spec: Partial<ClusterSpec>;
  readonly autolock: boolean;
  readonly availability: string;
  readonly addressPools: readonly string[];
  readonly subnetSize: number;
}

export interface JoinRequest {
  readonly listenAddr: string;
  readonly advertiseAddr: string;
  readonly dataPathAddr: string;
  readonly remoteAddrs: readonly string[];
  readonly token: string;
  readonly availability: string;
}

/** What a node does when it is told something new, and when it leaves. */
export interface NodeWork {
  begin(): void;
  apply(assignments: Assignments): void;
  /** On managers: what has changed in the swarm. */
  changed(changes: readonly SwarmChange[]): void;
  /** The machine has lost its power: what was in memory is forgotten. */
  forget(): void;
  /** The daemon stops, or the swarm is left: all tasks are given up. */
  end(): Op<void>;
  /** The swarm is left for good: networks go. */
  over(): Op<void>;
}
