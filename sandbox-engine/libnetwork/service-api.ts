// Service discovery and load balancing as a daemon sees them: the table of service endpoints that nodes gossip about, and
// each node's load balancers. Mirrors: moby libnetwork/{agent,service}.go.
import type { Ipv4 } from '../wire/index.ts';

/** What a task's endpoint stands for in service discovery and load balancing. */
export interface ServiceBinding {
  readonly serviceId: string;
  readonly serviceName: string;
  readonly virtualIp?: string;
  readonly aliases: readonly string[];
  readonly ports: readonly {
    readonly protocol: 'tcp' | 'udp' | 'sctp';
    readonly targetPort: number;
    readonly publishedPort: number;
  }[];
}

/**
 * A row of the table that nodes gossip about each other's endpoints on a network (networkdb `endpoint_table`), as one node
 * knows it: a task of a service, or a plain container on an attachable network. Names, virtual services and their servers
 * are made of these rows.
 */
export interface ServiceEndpoint {
  readonly endpointId: string;
  /** Data path address of the endpoint's node. */
  readonly node: Ipv4;
  /** The container's name; PTR queries for the address are answered with it. '' when it has none. */
  readonly name: string;
  /** What else this one container answers to: short id, host name, aliases. */
  readonly aliases: readonly string[];
  readonly address: Ipv4;
  /** Tasks. On ingress with `ports`; without `virtualIp` (dnsrr) the service's name means all tasks. */
  readonly service?: ServiceBinding | undefined;
  /** The task is being stopped: no names, weight 0, until it is removed. */
  readonly disabled: boolean;
}

/** A collection row: one host's knowledge. */
export interface ServiceEndpointRow extends ServiceEndpoint {
  /** `host/networkId/endpointId` */
  readonly id: string;
  readonly host: string;
  readonly networkId: string;
  /** An endpoint of this host itself. */
  readonly local: boolean;
  /** Others may be told of it: it serves, and this host has set up everything for it. */
  readonly announced: boolean;
}

/** The load balancer of one service on one network, on one node. A collection row. */
export interface LoadBalancerRow {
  /** `host/networkId/serviceId/ports` */
  readonly id: string;
  readonly host: string;
  readonly networkId: string;
  readonly serviceId: string;
  readonly serviceName: string;
  /** undefined: dnsrr, so nothing is balanced. */
  readonly virtualIp?: Ipv4 | undefined;
  /** Counted from 256 by each daemon. `LocalLBIndex` in `network inspect -v`. */
  readonly fwmark: number;
  /** Published ports; only on ingress. */
  readonly ports: ServiceBinding['ports'];
}
