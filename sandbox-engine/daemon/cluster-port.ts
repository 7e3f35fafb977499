// What a daemon asks of its part in a swarm: filled by daemon/cluster, absent on nodes without it.
import type { Op } from '../sim/index.ts';
import type { Failure, Result } from '../std/index.ts';
import type { ClusterNetworks } from './networks/index.ts';
import type { Route } from './router.ts';

/** An address on an attachable swarm network, given to a plain container. */
export interface NetworkAttachment {
  readonly networkId: string;
  /** With prefix length: `10.0.1.8/24`. */
  readonly address: string;
}

export interface ClusterPort {
  /** The `Swarm` object of /info. */
  info(): object;
  /** What /_ping says in its `Swarm` header: `inactive`, `active/manager` … */
  status(): string;
  /** Undefined while the node is in no swarm. */
  networks(): ClusterNetworks | undefined;
  /** /services, /tasks, /nodes, /swarm, /secrets, /configs. */
  readonly routes: readonly Route[];
  /**
   * Asks the manager for a place on a network for a container that is about to join it, and brings the network to this
   * node. Waits for the answer. `addresses`: those that were asked for.
   */
  attachNetwork(
    network: string,
    containerId: string,
    addresses: readonly string[],
  ): Op<Result<NetworkAttachment, Failure>>;
  /** The container has left the network. */
  detachNetwork(networkId: string, containerId: string): Op<void>;
  /** dockerd is told to end: the node's tasks are given up. Done before the containers are stopped. */
  stop(): Op<void>;
  /** dockerd has stopped its containers and ends: networks go. */
  stopped(): void;
  /** The machine loses its power. */
  lose(): void;
  /** dockerd comes up again: ends when the node is in touch with a manager, or when that has taken too long. */
  boot(): Op<void>;
  /** Is this the name or id of a swarm network that is not on this node (yet)? */
  knowsNetwork(term: string): boolean;
}
