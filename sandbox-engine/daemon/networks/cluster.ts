// What the routes of networks ask of a node's part in a swarm; daemon/cluster fills it in.
import type { NetworkRow, NetworkSpec } from '../../libnetwork/index.ts';
import type { Op } from '../../sim/index.ts';
import type { Failure, Result } from '../../std/index.ts';

/** A node that takes part in a network: twelve digits of its gossip id, and its address. */
export interface NetworkPeer {
  readonly name: string;
  readonly ip: string;
}

/** `Services` of `network inspect -v`. */
export interface NetworkServiceView {
  readonly name: string;
  readonly vip: string;
  readonly ports: readonly string[];
  readonly localLoadBalancerIndex: number;
  readonly tasks: readonly {
    readonly name: string;
    readonly endpointId: string;
    readonly endpointIp: string;
    readonly hostIp: string;
  }[];
}

export interface ClusterNetworks {
  /** Managers make and remove swarm networks, and list those of the whole swarm. */
  isManager(): boolean;
  /**
   * The swarm's networks as the manager's store has them (also those that this node takes no part in); empty on
   * workers. `host` of the rows is of no meaning. A network without allocated subnets has driver ''.
   */
  list(): readonly NetworkRow[];
  /** `bridge` and `host` as services know them: found by scope only. */
  predefined?(): readonly NetworkRow[];
  /** Makes a swarm network and answers its id once the allocator has seen it. */
  create(spec: NetworkSpec): Op<Result<string, Failure>>;
  remove(networkId: string): Op<Result<void, Failure>>;
  /** The nodes that take part in a network that this node takes part in. */
  peers(networkId: string): readonly NetworkPeer[];
  services(networkId: string): readonly NetworkServiceView[];
}

/** What a node says that is asked to change the swarm and is not a manager. */
export const notManager =
  'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again.';
