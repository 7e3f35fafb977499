// The rows that a simulated Linux kernel keeps: what `ip`, `bridge`, `ss`, `iptables` and `conntrack` would list.
// One set of collections serves all hosts of a lab; ids start with the host's name.

import type { Micros } from '../sim/index.ts';
import type { Brand } from '../std/index.ts';
import type { Cidr, Ipv4, Mac } from '../wire/index.ts';

export type NetnsId = Brand<string, 'NetnsId'>;
export type LinkId = Brand<string, 'LinkId'>;
export type SocketId = Brand<string, 'SocketId'>;

/** A network namespace. The first of each host is its own: `manager1/init`. */
export interface NetnsRow {
  readonly id: NetnsId;
  readonly host: string;
  /** Interface numbers count up from here in this namespace. */
  readonly nextIfindex: number;
  /**
   * `nsid`s that this namespace has given to others, in order of first need (`link-netnsid N`); null where that one is
   * gone and its number is free again.
   */
  readonly peerIds: readonly (NetnsId | null)[];
  readonly createdAt: Micros;
}

export type LinkKind =
  | 'loopback'
  | 'ether'
  | 'veth'
  | 'bridge'
  | 'vxlan'
  | 'dummy'
  | 'macvlan'
  | 'ipvlan';

/** A network device. `ether` is the host's uplink to the LAN. */
export interface LinkRow {
  readonly id: LinkId;
  readonly netns: NetnsId;
  readonly ifindex: number;
  readonly name: string;
  readonly kind: LinkKind;
  readonly mac: Mac;
  readonly mtu: number;
  /** Administrative state: IFF_UP. */
  readonly up: boolean;
  /** The bridge that this device is a port of. */
  readonly master?: LinkId | undefined;
  /** veth only. */
  readonly peer?: LinkId | undefined;
  /** macvlan and ipvlan: the device whose LAN they share. */
  readonly lower?: LinkId | undefined;
  /** `ether` only: the LAN segment that the device is plugged into; absent when the cable is pulled. */
  readonly segment?: string | undefined;
  /** Bridge only: the address was set by hand, so it does not follow the ports. */
  readonly macFixed?: boolean | undefined;
  readonly vxlan?:
    | {
        readonly vni: number;
        readonly port: number;
        /** Where it was made: its UDP packets go out there. */
        readonly underlay: NetnsId;
        /** Answers ARP requests from its permanent neighbours; nothing else of ARP gets through. */
        readonly proxy: boolean;
        readonly learning: boolean;
        readonly l2miss: boolean;
        readonly l3miss: boolean;
      }
    | undefined;
  /** Bridge port attributes that `bridge link` and `ip -d link` show. */
  readonly hairpin?: boolean | undefined;
  /** Bridge only: the VLAN that ports are given (1 unless changed; 0: none). Shown by `bridge fdb` and `ip -d link`. */
  readonly defaultPvid?: number | undefined;
  /** The link-local IPv6 address that the device gave itself when it first had a carrier. */
  readonly ipv6LinkLocal?: string | undefined;
  readonly alias?: string | undefined;
  /** `qlen`; absent: 1000 on lo and uplinks, 0 on the devices that Docker makes. */
  readonly queueLength?: number | undefined;
  /** Bridge ports: the port's number in its bridge, the lowest that was free. */
  readonly portNumber?: number | undefined;
}

export interface AddressRow {
  readonly id: string;
  readonly link: LinkId;
  readonly netns: NetnsId;
  readonly address: Ipv4;
  readonly prefixLength: number;
  readonly broadcast?: Ipv4 | undefined;
  readonly scope: 'host' | 'link' | 'global';
  readonly label?: string | undefined;
  /** Another address of the same subnet came first. */
  readonly secondary?: boolean | undefined;
}

export interface RouteRow {
  readonly id: string;
  readonly netns: NetnsId;
  readonly destination: Cidr;
  readonly type: 'unicast' | 'local' | 'broadcast' | 'blackhole' | 'unreachable' | 'prohibit';
  readonly via?: Ipv4 | undefined;
  readonly link?: LinkId | undefined;
  readonly source?: Ipv4 | undefined;
  readonly scope: 'host' | 'link' | 'global';
  readonly protocol: 'kernel' | 'boot' | 'static';
  readonly metric: number;
  readonly table: 'main' | 'local';
}

export type NeighbourState =
  | 'INCOMPLETE'
  | 'REACHABLE'
  | 'STALE'
  | 'DELAY'
  | 'PROBE'
  | 'FAILED'
  | 'PERMANENT';

export interface NeighbourRow {
  readonly id: string;
  readonly netns: NetnsId;
  readonly link: LinkId;
  readonly address: Ipv4;
  readonly mac?: Mac | undefined;
  readonly state: NeighbourState;
  /** When it was last confirmed: REACHABLE ages to STALE 30 s later. */
  readonly confirmedAt: Micros;
}

/** A forwarding entry of a bridge port (`bridge`), or of a VXLAN device (`self`, with `remote`). */
export interface FdbRow {
  readonly id: string;
  readonly netns: NetnsId;
  readonly link: LinkId;
  readonly mac: Mac;
  readonly table: 'bridge' | 'self';
  readonly vlan?: number | undefined;
  readonly permanent: boolean;
  /** VXLAN: the node to send to. */
  readonly remote?: Ipv4 | undefined;
  readonly seenAt: Micros;
}

export type TcpState =
  | 'LISTEN'
  | 'SYN_SENT'
  | 'SYN_RECV'
  | 'ESTABLISHED'
  | 'FIN_WAIT1'
  | 'FIN_WAIT2'
  | 'CLOSE_WAIT'
  | 'LAST_ACK'
  | 'CLOSING'
  | 'TIME_WAIT'
  | 'CLOSED';

export interface SocketRow {
  readonly id: SocketId;
  readonly netns: NetnsId;
  readonly protocol: 'tcp' | 'udp' | 'icmp';
  /** `any` family shows as `*` in ss, `ipv6` as `[::]`: both also take IPv4 traffic unless `ipv6`. */
  readonly family: 'ipv4' | 'ipv6' | 'any';
  readonly localAddress: Ipv4;
  readonly localPort: number;
  readonly remoteAddress: Ipv4;
  readonly remotePort: number;
  readonly state: TcpState | 'UNCONN';
  readonly backlog: number;
  /** What `ss` calls Recv-Q: bytes not read yet (a listener: connections not accepted yet). */
  readonly receiveQueue?: number | undefined;
  /** Send-Q: bytes not acknowledged yet (a listener: see `backlog`). */
  readonly sendQueue?: number | undefined;
  /** What `ss -p` shows. */
  readonly owner?:
    | { readonly program: string; readonly pid: number; readonly fd: number }
    | undefined;
}

/** A security association, as `ip xfrm state` lists it. Transport mode ESP, AES-GCM. */
export interface XfrmStateRow {
  readonly id: string;
  readonly netns: NetnsId;
  readonly source: Ipv4;
  readonly destination: Ipv4;
  readonly spi: number;
  readonly reqid: number;
  /** `rfc4106(gcm(aes))`. */
  readonly algorithm: string;
  /** With `0x`: key and salt. */
  readonly key: string;
  readonly icvBits: number;
  /** Packets sent under it. */
  readonly outputSequence: number;
  readonly bytes: number;
  readonly packets: number;
  readonly addedAt: Micros;
  readonly usedAt?: Micros | undefined;
}

/** What must be encrypted, as `ip xfrm policy` lists it. */
export interface XfrmPolicyRow {
  readonly id: string;
  readonly netns: NetnsId;
  readonly source: Ipv4;
  readonly destination: Ipv4;
  readonly destinationPort?: number | undefined;
  readonly direction: 'out' | 'in' | 'fwd';
  readonly mark: number;
  readonly spi: number;
  readonly reqid: number;
}

/** What is balanced: a firewall mark, or an address with protocol and port (0: every port). */
export type IpvsMatch =
  | { readonly fwmark: number }
  | { readonly protocol: 'tcp' | 'udp'; readonly address: Ipv4; readonly port: number };

/** A virtual service. */
export interface IpvsServiceRow {
  readonly id: string;
  readonly netns: NetnsId;
  readonly match: IpvsMatch;
  readonly scheduler: string;
  /** In the order in which the scheduler sees them: the newest first. */
  readonly servers: readonly IpvsServerRow[];
}

/** A real server of a virtual service. */
export interface IpvsServerRow {
  readonly address: Ipv4;
  /** 0: the port that the client asked for (services by mark). */
  readonly port: number;
  /** 0: no new connections. */
  readonly weight: number;
  /** Local: the address is this namespace's own. */
  readonly forwarding: 'Masq' | 'Route' | 'Local';
}

/** Since the service or server was made, or last zeroed. Rates are per second, as estimated every two seconds. */
export interface IpvsStatistics {
  readonly connections: number;
  readonly packetsIn: number;
  readonly packetsOut: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly rates: {
    readonly connections: number;
    readonly packetsIn: number;
    readonly packetsOut: number;
    readonly bytesIn: number;
    readonly bytesOut: number;
  };
}

/** A server with what is counted beside its row. */
export interface IpvsServer extends IpvsServerRow {
  readonly activeConnections: number;
  readonly inactiveConnections: number;
  readonly statistics: IpvsStatistics;
}

/** A virtual service as `ipvsadm -L` lists it. */
export interface IpvsService extends IpvsServiceRow {
  readonly servers: readonly IpvsServer[];
  readonly statistics: IpvsStatistics;
}

/** One balanced connection, as `ipvsadm -Lc` lists it. */
export interface IpvsConnection {
  readonly protocol: 'tcp' | 'udp';
  /** Simulated time at which it is forgotten, µs. */
  readonly expiresAt: number;
  /** `ESTABLISHED`, `TIME_WAIT`, `UDP` … */
  readonly state: string;
  readonly client: Ipv4;
  readonly clientPort: number;
  readonly virtual: Ipv4;
  readonly virtualPort: number;
  readonly server: Ipv4;
  readonly serverPort: number;
}

export type Errno =
  | 'EPERM'
  | 'ENOENT'
  | 'EEXIST'
  | 'EINVAL'
  | 'EBUSY'
  | 'ENOTEMPTY'
  | 'EMLINK'
  | 'ENODEV'
  | 'EADDRINUSE'
  | 'EADDRNOTAVAIL'
  | 'ENETUNREACH'
  | 'EHOSTUNREACH'
  | 'ECONNREFUSED'
  | 'ECONNRESET'
  | 'ETIMEDOUT'
  | 'ENETDOWN'
  | 'ENOTCONN'
  | 'EPIPE'
  | 'EMSGSIZE'
  | 'EOPNOTSUPP'
  | 'ESRCH'
  | 'EACCES'
  | 'ELOOP'
  | 'ENAMETOOLONG'
  | 'ENOPROTOOPT'
  | 'ERANGE';
