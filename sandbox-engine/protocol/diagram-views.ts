// The view models of the drawings of a swarm. Ids are stable while the thing lives; lists are in an order that a change
// elsewhere does not disturb.
import type { Decision } from './decisions.ts';
import type { Cut } from './machines.ts';
import type { NamespaceView, NetworkView } from './messages.ts';

// ---- the whole swarm ---------------------------------------------------------------------------

export interface SwarmView {
  readonly hosts: readonly SwarmHostView[];
  readonly services: readonly SwarmServiceView[];
  /** The swarm's overlays, also those that no node has at the moment. */
  readonly networks: readonly NetworkView[];
}
export interface SwarmHostView {
  readonly name: string;
  readonly address: string;
  readonly role: 'leader' | 'manager' | 'worker' | 'none';
  /** As the managers list it; absent: the host is in no swarm. */
  readonly node?: {
    readonly state: 'unknown' | 'down' | 'ready' | 'disconnected';
    readonly availability: 'active' | 'pause' | 'drain';
  };
  /** What keeps it from the others; absent: nothing. */
  readonly cut?: Cut;
  readonly networks: readonly NetworkView[];
  /** Tasks that a manager has put there and that have not ended. */
  readonly tasks: readonly SwarmTaskView[];
  /** Containers of its own, beside those of tasks. */
  readonly containers: readonly {
    readonly name: string;
    readonly image: string;
    readonly state: string;
    readonly addresses: readonly string[];
  }[];
}
export interface SwarmTaskView {
  readonly id: string;
  /** `web.1`; tasks of global services: `web`. */
  readonly name: string;
  readonly service: string;
  readonly state: string;
  readonly addresses: readonly { readonly network: string; readonly address: string }[];
  /** Ports of the host itself (`mode=host`). */
  readonly ports: readonly PublishedPortView[];
}
export interface PublishedPortView {
  readonly port: number;
  readonly target: number;
  readonly protocol: string;
}
export interface SwarmServiceView {
  readonly id: string;
  readonly name: string;
  readonly mode: 'replicated' | 'global' | 'job';
  readonly running: number;
  readonly desired: number;
  readonly virtualIps: readonly { readonly network: string; readonly address: string }[];
  /** Ports that every node answers. */
  readonly ports: readonly PublishedPortView[];
}

// ---- the containers of one host on one network ----------------------------------------------------

export interface AttachmentsView {
  readonly host: string;
  readonly network: string;
  /** Absent: this host does not have the network (now). */
  readonly present?: NetworkView;
  readonly attachments: readonly AttachmentView[];
  /** docker_gwbridge, when anything here is on it. */
  readonly gateway?: NetworkView;
}
export interface AttachmentView {
  readonly id: string;
  readonly kind: 'container' | 'loadbalancer' | 'ingress';
  readonly name: string;
  /** `web.1` for a task. */
  readonly task?: string;
  readonly service?: string;
  readonly end?: AttachmentEnd;
  /** Addresses of its service on this network. */
  readonly virtualIps: readonly string[];
  /** Its interface on docker_gwbridge. */
  readonly gatewayEnd?: AttachmentEnd;
}
/** One interface: its own number, and that of the other end of its veth pair. */
export interface AttachmentEnd {
  readonly device: string;
  readonly index: number;
  readonly address: string;
  readonly mac: string;
  readonly peer: string;
  readonly peerIndex: number;
}

// ---- one request -------------------------------------------------------------------------------

/** The last traced exchange of packets that programs had with each other. */
export interface RequestView {
  readonly flow: number;
  readonly protocol: 'tcp' | 'udp' | 'icmp';
  /** In the order in which the packet came to them. */
  readonly places: readonly RequestPlace[];
  /** The first packet there, and the first answer back. */
  readonly there: readonly RequestStep[];
  readonly back: readonly RequestStep[];
  /** Why it ended on the way; absent when it arrived. */
  readonly lost?: Decision;
}
export interface RequestPlace {
  readonly id: string;
  readonly host: string;
  readonly kind: NamespaceView['kind'];
  /** The host's name, the container's, `ingress_sbox`, `1-…`. */
  readonly name: string;
}
export interface PacketAddresses {
  readonly source: string;
  readonly destination: string;
}
export interface RequestStep {
  readonly id: string;
  readonly place: string;
  readonly device?: string;
  readonly stage: string;
  readonly decision: Decision;
  readonly kind: 'pass' | 'rule' | 'translate' | 'tunnel' | 'deliver' | 'drop';
  /** How many packets that rule has matched by now. */
  readonly matched?: number;
  /** Who took it at the end. */
  readonly program?: string;
  readonly before: PacketAddresses;
  readonly after: PacketAddresses;
  /** Around the packet when it left this stage. */
  readonly tunnel?: PacketAddresses & { readonly vni?: number; readonly esp?: number };
}

// ---- the three directions ------------------------------------------------------------------------

export interface DirectionsView {
  readonly service: string;
  /** The first running task; absent: none runs. */
  readonly task?: {
    readonly name: string;
    readonly host: string;
    readonly container: string;
    readonly interfaces: readonly {
      readonly device: string;
      readonly network: string;
      readonly address: string;
    }[];
  };
  /** From outside, through the routing mesh; absent: the service publishes no port in ingress mode. */
  readonly inbound?: PublishedPortView & {
    /** A node without the task when there is one: the mesh then has work to do. */
    readonly entry: string;
    readonly entryAddress: string;
    /** DOCKER-INGRESS's rule on that node. */
    readonly rule: string;
    readonly sandboxGatewayAddress: string;
    readonly sandboxAddress: string;
    readonly balancer: string;
    readonly taskAddress: string;
    readonly redirect: string;
  };
  /** To the other tasks, over the networks of the swarm. */
  readonly eastWest: readonly {
    readonly network: string;
    readonly vni?: number;
    readonly encrypted: boolean;
    readonly device: string;
    readonly address: string;
    readonly namespace: string;
    readonly hostAddress: string;
    readonly peers: readonly {
      readonly name: string;
      readonly host: string;
      readonly hostAddress: string;
      readonly address: string;
    }[];
  }[];
  /** To the outside, through docker_gwbridge. */
  readonly northSouth?: {
    readonly device: string;
    readonly address: string;
    readonly bridge: string;
    readonly bridgeAddress: string;
    /** The MASQUERADE rule of the host. */
    readonly rule: string;
    readonly uplink: string;
    readonly uplinkAddress: string;
    readonly router: string;
  };
}

// ---- placement -----------------------------------------------------------------------------------

export interface PlacementView {
  readonly service: string;
  readonly found: boolean;
  readonly constraints: readonly string[];
  readonly spread: readonly string[];
  readonly maxReplicas?: number;
  readonly nodes: readonly { readonly id: string; readonly name: string }[];
  readonly tasks: readonly PlacedTaskView[];
}
export interface PlacedTaskView {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  /** Where it is; absent: nowhere yet. */
  readonly host?: string;
  /** Why it is nowhere, in the scheduler's words. */
  readonly error?: string;
  /** Per node, as the scheduler saw it when it decided. */
  readonly verdicts: readonly {
    readonly node: string;
    readonly refusedBy?:
      | 'ready'
      | 'resources'
      | 'plugins'
      | 'constraints'
      | 'platform'
      | 'hostPorts'
      | 'maxReplicas';
    readonly spreadOut: boolean;
    readonly failures: number;
    readonly ofService: number;
    readonly all: number;
    readonly best: boolean;
  }[];
}
