// What a packet meets on its way, as linked objects: hosts, namespaces, devices, neighbours.
//
// The rows in the world's collections are the state that is shown and journalled; these objects are the working copies
// that packets run through, with what changes too often to be journalled (counters, times of last use, queues).
import type { Collection, Micros, Rng, Sim, Timer } from '../sim/index.ts';
import type { Result } from '../std/index.ts';
import type { EthernetFrame, Ipv4, Ipv4Packet, Mac } from '../wire/index.ts';
import type { Decision } from './decision.ts';
import type { HopStage } from './kernel-api.ts';
import type { Netfilter } from './netfilter/api.ts';
import type {
  FilterFactory,
  IpvsHooks,
  PacketContext,
  PacketFilter,
  RejectKind,
  XfrmHooks,
} from './netfilter/hook.ts';
import type { createNetfilter } from './netfilter/netfilter.ts';
import type {
  AddressRow,
  Errno,
  FdbRow,
  IpvsServiceRow,
  LinkId,
  LinkRow,
  NeighbourRow,
  NetnsId,
  NetnsRow,
  RouteRow,
  SocketRow,
  XfrmPolicyRow,
  XfrmStateRow,
} from './rows.ts';
import type { CaptureSocket, SocketTable } from './socket-table.ts';
import type { SysctlTable } from './sysctl.ts';
import type { Trace } from './trace.ts';

/** The rules and tracked connections of all namespaces. */
export type NetfilterWorld = ReturnType<typeof createNetfilter>;

/** All hosts' networks, and the LAN between them. */
export interface NetworkWorld {
  readonly sim: Sim;
  readonly trace: Trace;
  readonly netns: Collection<NetnsRow>;
  readonly links: Collection<LinkRow>;
  readonly addresses: Collection<AddressRow>;
  readonly routes: Collection<RouteRow>;
  readonly neighbours: Collection<NeighbourRow>;
  readonly fdb: Collection<FdbRow>;
  /** Listening TCP and bound UDP sockets; connections come and go too fast to be journalled. */
  readonly sockets: Collection<SocketRow>;
  /** Virtual services. */
  readonly ipvs: Collection<IpvsServiceRow>;
  readonly xfrmStates: Collection<XfrmStateRow>;
  readonly xfrmPolicies: Collection<XfrmPolicyRow>;
  /** Devices by LAN segment. */
  readonly segments: Map<string, Set<Device>>;
  readonly devices: Map<LinkId, Device>;
  readonly namespaces: Map<NetnsId, Namespace>;
  /** Latency jitter. */
  readonly jitter: Rng;
  nextFlow: number;
  /** Crossings that the frame in hand has behind it since somebody sent it: the bound on loops of bridges. */
  crossings: number;
  readonly netfilter: NetfilterWorld;
  /** A next hop did not answer ARP: its packets' senders are told (set by ICMP, which lies above neighbours). */
  unreachable: (context: PacketContext, netns: Namespace) => void;
  /** A rule rejected a packet: its sender is told. */
  rejected: (context: PacketContext, netns: Namespace, kind: RejectKind) => void;
}

export interface HostState {
  readonly name: string;
  readonly world: NetworkWorld;
  readonly rng: Rng;
  readonly filterFactory: FilterFactory;
  init: Namespace;
  readonly namespaces: Map<NetnsId, Namespace>;
  /** Seeds the choice of VXLAN source ports. */
  readonly hashSeed: number;
}

/** A network namespace. */
export interface Namespace {
  readonly id: NetnsId;
  readonly host: HostState;
  readonly world: NetworkWorld;
  readonly devices: Map<LinkId, Device>;
  loopback: Device;
  filter: PacketFilter & Netfilter;
  ipvs: IpvsHooks | undefined;
  xfrm: XfrmHooks | undefined;
  /** Routes in the order in which they are tried; remade after a change. */
  readonly routing: RoutingState;
  readonly sockets: SocketTable;
  readonly sysctl: SysctlTable;
  /** VXLAN devices whose UDP goes through here, by `port/vni`. */
  readonly vxlans: Map<string, Device>;
  /** Smaller path MTUs that routers have told of, by destination. */
  readonly pathMtus: Map<Ipv4, number>;
  /** Senders that were told of a better router: how often, and when last. */
  readonly redirects: Map<Ipv4, { readonly times: number; readonly at: Micros }>;
  /** Where in the range of ports the next connection between two ends begins to look, by ends. */
  readonly connectingFrom: Map<string, number>;
  /** For the IP identification field. */
  nextPacketId: number;
  gone: boolean;
}

export interface RoutingState {
  /** Undefined: to be remade from the rows. */
  ordered: readonly RouteRow[] | undefined;
  readonly cache: Map<Ipv4, RouteRow | undefined>;
  /** Where packets to a destination go from here, with the devices as they are. */
  readonly paths: Map<Ipv4, Result<Path, Errno>>;
}

/** Where a packet goes from here, or (as a Result) the error that a local sender gets. */
export interface Path {
  readonly route: RouteRow;
  readonly device: Device;
  readonly nextHop: Ipv4;
}

/** Sends one frame out of a device. The device is up. */
export type Transmit = (device: Device, frame: EthernetFrame, flow: number) => void;

/** A network device. */
export interface Device {
  readonly id: LinkId;
  /** The same object as in the collection. */
  row: LinkRow;
  netns: Namespace;
  readonly transmit: Transmit;
  /** A bridge takes the frames of its ports before the network layer sees them (Linux: rx_handler). */
  receive: Transmit | undefined;
  addresses: AddressRow[];
  readonly neighbours: Map<Ipv4, Neighbour>;
  peer: Device | undefined;
  master: Device | undefined;
  /** macvlan, ipvlan: the device that they share. */
  lower: Device | undefined;
  /** The macvlans or ipvlans that share this device. */
  readonly uppers: Device[];
  /** bridge: its ports, oldest first. */
  readonly ports: Device[];
  /** bridge: the MTU was set by hand, so it does not follow the ports. */
  mtuFixed: boolean;
  /** bridge: what it has learned and been told. */
  readonly fdb: Map<Mac, BridgeEntry>;
  /** bridge: when the next entry may have to be forgotten. */
  ageingTimer: Timer | undefined;
  /** vxlan: destinations by MAC. */
  readonly remotes: Map<Mac, VxlanEntry[]>;
  /** LOWER_UP. */
  carrier: boolean;
  taps: CaptureSocket[];
  /** When the frame last sent reaches the other end: frames do not overtake each other. */
  lastArrival: number;
  rxPackets: number;
  rxBytes: number;
  txPackets: number;
  txBytes: number;
}

export interface BridgeEntry {
  row: FdbRow;
  port: Device;
  seenAt: Micros;
}

export interface VxlanEntry {
  row: FdbRow;
  readonly remote: Ipv4;
  seenAt: Micros;
}

/** A neighbour entry with what waits for it. */
export interface Neighbour {
  row: NeighbourRow;
  readonly device: Device;
  /** Last sign of life: the row's `confirmedAt` only says when it last became REACHABLE. */
  confirmedAt: Micros;
  /** When something was last sent to it. */
  usedAt: Micros;
  /** How long this one stays REACHABLE after a confirmation: half to one and a half times 30 s. */
  readonly reachableFor: number;
  /** ARP requests sent since the last answer. */
  probes: number;
  timer: Timer | undefined;
  readonly queue: PacketContext[];
}

/** Writes one hop of a packet into the trace. Check `world.trace.enabled` before building the decision. */
export function traceHop(
  netns: Namespace,
  hop: {
    readonly flow: number;
    readonly link?: string | undefined;
    readonly stage: HopStage;
    readonly decision: Decision;
    readonly cause?: { readonly collection: string; readonly id: string } | undefined;
    readonly program?: string | undefined;
    readonly packet: Ipv4Packet | EthernetFrame;
  },
): void {
  const { world } = netns;
  world.trace.push({
    flow: hop.flow,
    at: world.sim.now(),
    host: netns.host.name,
    netns: netns.id,
    link: hop.link,
    stage: hop.stage,
    decision: hop.decision,
    cause: hop.cause,
    program: hop.program,
    packet: hop.packet,
  });
}

/** A number for a new exchange of packets. */
export function newFlow(world: NetworkWorld): number {
  world.nextFlow += 1;
  return world.nextFlow;
}
