// The door into a host's kernel, for libnetwork, the daemons, programs and tools: netlink verbs, sockets, netfilter.
// Nothing above this layer touches kernel collections directly except to read them for views.
import type { Result } from '../std/index.ts';
import type { Cidr, EthernetFrame, Ipv4, Ipv4Packet, Mac, UdpPayload } from '../wire/index.ts';
import type { Decision } from './decision.ts';
import type { Ipvs } from './ipvs/index.ts';
import type { Netfilter } from './netfilter/api.ts';
import type { XfrmHooks } from './netfilter/hook.ts';
import type {
  AddressRow,
  Errno,
  FdbRow,
  LinkId,
  LinkKind,
  LinkRow,
  NeighbourRow,
  NetnsId,
  RouteRow,
  SocketId,
  SocketRow,
} from './rows.ts';
import type { Xfrm } from './xfrm/index.ts';

export interface LinkSpec {
  readonly name: string;
  readonly kind: Exclude<LinkKind, 'loopback'>;
  readonly mac?: Mac;
  readonly mtu?: number;
  /** The number to take; by default the next of the namespace. */
  readonly ifindex?: number;
  /** veth: the other end. As in Linux the peer is made first and takes the lower number in a shared namespace. */
  readonly peer?: {
    readonly name: string;
    readonly netns?: NetnsId;
    readonly mac?: Mac;
    readonly mtu?: number;
  };
  readonly vxlan?: {
    readonly vni: number;
    readonly port: number;
    /** Default false, except learning: true. */
    readonly proxy?: boolean;
    readonly learning?: boolean;
    readonly l2miss?: boolean;
    readonly l3miss?: boolean;
  };
  readonly segment?: string;
  /** macvlan (bridge mode) and ipvlan (l2): the device of the same namespace that they share. */
  readonly lower?: LinkId;
}

export interface LinkChanges {
  readonly name?: string;
  readonly up?: boolean;
  readonly mtu?: number;
  readonly mac?: Mac;
  readonly hairpin?: boolean;
  readonly queueLength?: number;
  /** null takes it off its bridge. */
  readonly master?: LinkId | null;
  /** Moves the device; its number is kept where it is free there. */
  readonly netns?: NetnsId;
  /** `ether`: plugs the cable in elsewhere; null pulls it. */
  readonly segment?: string | null;
  /** Bridge: /sys/class/net/NAME/bridge/default_pvid. */
  readonly defaultPvid?: number;
  readonly alias?: string;
}

/** Operational state as `ip link` prints it. */
export interface LinkState {
  readonly carrier: boolean;
  readonly operational: 'UP' | 'DOWN' | 'UNKNOWN' | 'LOWERLAYERDOWN';
}

export interface RouteSpec {
  readonly destination: Cidr;
  readonly type?: RouteRow['type'];
  readonly via?: Ipv4;
  readonly link?: LinkId;
  readonly source?: Ipv4;
  readonly scope?: RouteRow['scope'];
  readonly protocol?: RouteRow['protocol'];
  readonly metric?: number;
}

/** Where a packet to `destination` would go, and the row that decided. */
export interface RouteDecision {
  readonly route: RouteRow;
  readonly link: LinkId | undefined;
  readonly nextHop: Ipv4;
  readonly source: Ipv4;
}

export interface Ipv6Address {
  /** `fe80::42:acff:fe11:2`. */
  readonly address: string;
  readonly prefixLength: number;
  readonly scope: 'host' | 'link';
  readonly protocol: 'kernel_lo' | 'kernel_ll';
}

/** One host's network stack. All methods are immediate; what takes time is waited for by key (see `Sockets`). */
export interface Kernel {
  readonly host: string;
  readonly initNetns: NetnsId;

  netnsAdd(): NetnsId;
  /** Removes the namespace with its links, addresses, routes, rules and sockets. */
  netnsDelete(netns: NetnsId): void;
  netnsList(): readonly NetnsId[];
  /** The number by which `netns` knows `other` (`link-netnsid N`); given on first need. */
  peerNetnsId(netns: NetnsId, other: NetnsId): number;
  /** The same, but gives no new number: undefined when `netns` has none for `other`. */
  knownNetnsId?(netns: NetnsId, other: NetnsId): number | undefined;

  linkAdd(netns: NetnsId, spec: LinkSpec): Result<LinkRow, Errno>;
  linkDelete(link: LinkId): Result<void, Errno>;
  linkSet(link: LinkId, changes: LinkChanges): Result<LinkRow, Errno>;
  link(id: LinkId): LinkRow | undefined;
  linkByName(netns: NetnsId, name: string): LinkRow | undefined;
  /** In order of interface number. */
  links(netns: NetnsId): readonly LinkRow[];
  linkState(link: LinkId): LinkState;
  /** Received and sent packets and bytes since the device was made. */
  linkCounters(link: LinkId): {
    rxPackets: number;
    rxBytes: number;
    txPackets: number;
    txBytes: number;
  };

  addressAdd(
    link: LinkId,
    address: Ipv4,
    prefixLength: number,
    options?: {
      readonly broadcast?: Ipv4;
      readonly scope?: AddressRow['scope'];
      readonly label?: string;
    },
  ): Result<AddressRow, Errno>;
  addressDelete(link: LinkId, address: Ipv4, prefixLength: number): Result<void, Errno>;
  addresses(scope: { readonly netns: NetnsId } | { readonly link: LinkId }): readonly AddressRow[];
  isLocalAddress(netns: NetnsId, address: Ipv4): boolean;
  /** For listing only: no IPv6 traffic is simulated. `::1` on lo, and link-local addresses. */
  ipv6Addresses(link: LinkId): readonly Ipv6Address[];
  /** Tells the link that this address is here: one gratuitous ARP request, as `arping -U` sends it. */
  announce(link: LinkId, address: Ipv4): void;

  routeAdd(netns: NetnsId, route: RouteSpec): Result<RouteRow, Errno>;
  routeDelete(
    netns: NetnsId,
    route: Partial<RouteSpec> & { readonly destination: Cidr },
  ): Result<void, Errno>;
  routes(netns: NetnsId, table?: RouteRow['table'] | 'all'): readonly RouteRow[];
  routeLookup(netns: NetnsId, destination: Ipv4): Result<RouteDecision, Errno>;

  neighbourAdd(
    link: LinkId,
    address: Ipv4,
    mac: Mac,
    state?: NeighbourRow['state'],
  ): Result<void, Errno>;
  neighbourDelete(link: LinkId, address: Ipv4): Result<void, Errno>;
  neighbours(netns: NetnsId): readonly NeighbourRow[];

  fdbAdd(
    link: LinkId,
    mac: Mac,
    options: { readonly remote?: Ipv4; readonly permanent?: boolean },
  ): Result<void, Errno>;
  fdbDelete(link: LinkId, mac: Mac, options?: { readonly remote?: Ipv4 }): Result<void, Errno>;
  fdb(netns: NetnsId): readonly FdbRow[];

  /** Dotted names: `net.ipv4.ip_forward`. */
  sysctl(netns: NetnsId, name: string): string | undefined;
  sysctlSet(netns: NetnsId, name: string, value: string): Result<void, Errno>;
  sysctls(netns: NetnsId): ReadonlyMap<string, string>;

  netfilter(netns: NetnsId): Netfilter;
  /** IPVS of a namespace; the first call puts it into the packet path. */
  ipvsTable(netns: NetnsId): Ipvs;
  /** IPsec of a namespace; the first call puts it into the packet path. */
  xfrmTable(netns: NetnsId): Xfrm;
  /** Puts other hooks into the packet path of a namespace; undefined takes them out. */
  setXfrm(netns: NetnsId, hooks: XfrmHooks | undefined): void;
  /** What was put there: for listing. */
  xfrm?(netns: NetnsId): XfrmHooks | undefined;
  /** The power goes: all namespaces with everything in them are forgotten; nothing is sent. */
  halt(): void;
  /** The power comes back after `halt`: as `createKernel` leaves it. */
  boot(): void;
  readonly sockets: Sockets;
}

/** What arrived on a datagram socket. */
export interface Datagram {
  readonly from: Ipv4;
  readonly fromPort: number;
  readonly to: Ipv4;
  readonly payload: UdpPayload;
}

/** What an ICMP socket sees: an echo reply, or an error about a packet that it sent. */
export interface IcmpArrival {
  readonly from: Ipv4;
  readonly type: number;
  readonly code: number;
  readonly sequence: number;
  readonly ttl: number;
  /** Bytes of ICMP payload. */
  readonly size: number;
  readonly mtu?: number;
  /** Type 5: the router to use instead. */
  readonly gateway?: Ipv4;
}

/** An ICMP error about something that a UDP socket sent: what a read answers once, and what IP_RECVERR tells of it. */
export interface DatagramError {
  readonly error: Errno;
  /** Who sent the ICMP message. */
  readonly from: Ipv4;
  readonly type: number;
  readonly code: number;
  /** Where the packet at fault was to go. */
  readonly to: Ipv4;
  readonly toPort: number;
}

export interface CapturedFrame {
  readonly at: number;
  readonly link: LinkRow;
  readonly direction: 'in' | 'out';
  readonly frame: EthernetFrame;
}

/**
 * Non-blocking sockets. Whatever may block is asked again after waiting for `key(socket)`, which is woken when a
 * connection is made or fails, data or a datagram arrives, a client is to be accepted, the peer closes, or space frees.
 */
export interface Sockets {
  key(socket: SocketId): string;
  get(socket: SocketId): SocketRow | undefined;
  list(netns: NetnsId): readonly SocketRow[];

  tcpListen(
    netns: NetnsId,
    options: {
      readonly address?: Ipv4;
      readonly port: number;
      readonly family?: SocketRow['family'];
      readonly backlog?: number;
      readonly owner?: SocketRow['owner'];
    },
  ): Result<SocketId, Errno>;
  /** Sends a SYN (or fails at once: no route). The outcome shows in `connection`. */
  tcpConnect(
    netns: NetnsId,
    options: {
      readonly to: Ipv4;
      readonly port: number;
      readonly from?: Ipv4;
      readonly owner?: SocketRow['owner'];
      /**
       * `ipv6`: to ::1 (`to` is 127.0.0.1). No netfilter rule sees it (ip6tables has none), and only listeners of
       * family `any` or `ipv6` take it; ECONNREFUSED otherwise.
       */
      readonly family?: 'ipv4' | 'ipv6';
    },
  ): Result<SocketId, Errno>;
  /** `pending` until the handshake is over; then `open`, or the error that ended it. */
  connection(socket: SocketId): 'pending' | 'open' | 'closed' | Errno;
  tcpAccept(listener: SocketId): SocketId | undefined;
  /** Takes as many characters as fit; 0 when the peer's window is full. */
  send(socket: SocketId, text: string): Result<number, Errno>;
  /** What has arrived; undefined when nothing has; `eof` when the peer has closed and all is read. */
  receive(
    socket: SocketId,
  ): { readonly text: string } | { readonly eof: true } | { readonly error: Errno } | undefined;
  /** TCP_NODELAY: short pieces do not wait until an earlier one is acknowledged. */
  noDelay(socket: SocketId): void;
  /** Closes the sending half only. */
  shutdown(socket: SocketId): void;
  close(socket: SocketId): void;

  udpBind(
    netns: NetnsId,
    options: {
      readonly address?: Ipv4;
      readonly port?: number;
      readonly family?: SocketRow['family'];
      readonly owner?: SocketRow['owner'];
    },
  ): Result<SocketId, Errno>;
  udpSend(
    socket: SocketId,
    to: Ipv4,
    port: number,
    payload: UdpPayload,
    options?: { readonly ttl?: number; readonly dontFragment?: boolean },
  ): Result<void, Errno>;
  /** Errors are told to sockets that have only ever sent to one peer, as a connected socket is. */
  udpReceive(socket: SocketId): Datagram | DatagramError | undefined;

  /** A ping socket: sends echo requests under an identifier of its own. */
  icmpOpen(netns: NetnsId): SocketId;
  icmpSend(
    socket: SocketId,
    to: Ipv4,
    echo: {
      readonly sequence: number;
      readonly size: number;
      readonly ttl?: number;
      readonly dontFragment?: boolean;
      readonly from?: Ipv4;
    },
  ): Result<void, Errno>;
  icmpReceive(socket: SocketId): IcmpArrival | undefined;

  /** tcpdump's tap: all frames through one link, or through every link of the namespace. */
  capture(netns: NetnsId, link: LinkId | 'any'): SocketId;
  captured(socket: SocketId): readonly CapturedFrame[];
}

/** The stages of a packet's way through one namespace, in Linux's words. */
export type HopStage =
  | 'ingress'
  | 'bridge'
  | 'prerouting'
  | 'route'
  | 'input'
  | 'forward'
  | 'output'
  | 'postrouting'
  | 'ipvs'
  | 'xfrm'
  | 'neighbour'
  | 'encapsulate'
  | 'decapsulate'
  | 'egress'
  | 'socket'
  | 'drop';

/** One step of one packet, with the rule, route or FDB row that decided it. Output, not state: kept in a ring. */
export interface Hop {
  /** Stays the same through forwarding, translation and encapsulation. */
  readonly flow: number;
  readonly at: number;
  readonly host: string;
  readonly netns: NetnsId;
  readonly link?: string | undefined;
  readonly stage: HopStage;
  readonly decision: Decision;
  readonly cause?: { readonly collection: string; readonly id: string } | undefined;
  /** Stage `socket`: the program whose socket took it. */
  readonly program?: string | undefined;
  /** The packet as it left the stage. */
  readonly packet: Ipv4Packet | EthernetFrame;
}
