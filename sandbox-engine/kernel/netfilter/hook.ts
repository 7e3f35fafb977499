// Where IP processing hands a packet to netfilter, IPVS and xfrm: the five hooks of one network namespace.
//
// Within one hook the filter runs its own stages in Linux's order of priority: raw, connection tracking, mangle, nat
// (destination), filter, nat (source), confirmation. Mirrors: linux/netfilter.h nf_hook_state, include/uapi/linux/
// netfilter_ipv4.h priorities. Differs: bridged frames never come here (br_netfilter is not loaded on these hosts).
import type { Sim } from '../../sim/index.ts';
import { err, ok } from '../../std/index.ts';
import type { Ipv4, Ipv4Packet } from '../../wire/index.ts';
import type { Decision } from '../decision.ts';
import type { HopStage } from '../kernel-api.ts';
import type { LinkRow, NetnsId, XfrmPolicyRow, XfrmStateRow } from '../rows.ts';
import type { HookName, Netfilter } from './api.ts';

/** One packet on its way through one namespace; stages change it in place. Linux: an sk_buff with its marks. */
export interface PacketContext {
  readonly netns: NetnsId;
  /** The packet as it now is. NAT, TCPMSS and IPVS put a new one here. */
  packet: Ipv4Packet;
  /** Where it came in; undefined for what this namespace sends itself. */
  inLink: LinkRow | undefined;
  /** Where it will go out; known from FORWARD and OUTPUT on. */
  outLink: LinkRow | undefined;
  /** fwmark, set by MARK. Survives `lo`, is lost when the packet leaves the namespace. */
  mark: number;
  /**
   * What connection tracking knows about the packet; owned by the filter, opaque to everyone else. Survives `lo` (as
   * skb->_nfct does), so that PREROUTING after POSTROUTING on loopback does not look the connection up again.
   */
  conntrack: object | undefined;
  /** Traces of one exchange carry the same number. */
  flow: number;
  /** IPVS chose this packet's destination, or it belongs to such a connection (`-m ipvs --ipvs`). */
  ipvs: boolean;
  /** It came in as ESP and was decrypted (`-m policy --dir in --pol ipsec`). */
  decrypted: boolean;
  /** Connection tracking leaves it alone: IPVS has taken it without vs/conntrack. */
  untracked?: boolean;
}

export type RejectKind =
  | 'icmp-net-unreachable'
  | 'icmp-host-unreachable'
  | 'icmp-proto-unreachable'
  | 'icmp-port-unreachable'
  | 'icmp-net-prohibited'
  | 'icmp-host-prohibited'
  | 'icmp-admin-prohibited'
  | 'tcp-reset';

/** `reject`: the caller drops the packet and sends its source this answer. */
export type Verdict =
  | { readonly action: 'accept' }
  | { readonly action: 'drop' }
  | { readonly action: 'reject'; readonly with: RejectKind };

export const acceptVerdict: Verdict = { action: 'accept' };
export const dropVerdict: Verdict = { action: 'drop' };

/** What the filter of a namespace asks its surroundings. */
export interface FilterEnvironment {
  readonly sim: Sim;
  readonly host: string;
  readonly netns: NetnsId;
  /** `-m addrtype`: what the routing tables say the address is. */
  addressType(
    address: Ipv4,
  ): 'LOCAL' | 'BROADCAST' | 'MULTICAST' | 'UNICAST' | 'BLACKHOLE' | 'UNREACHABLE' | 'PROHIBIT';
  /** MASQUERADE: the address with which `link` would speak to `destination`; undefined if it has none. */
  sourceAddress(link: LinkRow, destination: Ipv4): Ipv4 | undefined;
  /** REDIRECT: the first address of the link that the packet came in by. */
  primaryAddress(link: LinkRow): Ipv4 | undefined;
  mtu(link: LinkRow): number;
  sysctl(name: string): string | undefined;
  /** False when nobody reads the trace: then do not even build the decision. */
  readonly tracing: boolean;
  trace(
    context: PacketContext,
    stage: HopStage,
    decision: Decision,
    cause?: { readonly collection: string; readonly id: string },
  ): void;
}

/** What IP processing calls. One per namespace. */
export interface PacketFilter {
  /**
   * Runs one hook. On `accept` the packet goes on as `context.packet`; where PREROUTING or OUTPUT changed its
   * destination, the caller routes it (again). Tracking is not confirmed in here: see `confirm`.
   */
  hook(hook: HookName, context: PacketContext): Verdict;
  /**
   * The packet has passed its last hook (INPUT after IPVS let it stay, or POSTROUTING): the connection that it began
   * is entered in the table. A packet that IPVS takes at INPUT is confirmed only after POSTROUTING, so that source NAT
   * can still be set up there. Mirrors: nf_conntrack_confirm (NF_IP_PRI_CONNTRACK_CONFIRM).
   */
  confirm?(context: PacketContext): void;
  /**
   * IPVS (vs/conntrack=1): the tracked connection will be answered by that server rather than by the address that the
   * client asked for. Mirrors: ip_vs_update_conntrack.
   */
  expectReplyFrom?(context: PacketContext, source: Ipv4, sourcePort: number | undefined): void;
  /** The namespace is being deleted: forget its rows. */
  dispose?(): void;
}

/** Makes the filter of a new namespace. */
export type FilterFactory = (environment: FilterEnvironment) => PacketFilter & Netfilter;

/** `via`: forwarded to that server with its addresses unchanged (direct routing). */
export type IpvsVerdict = 'continue' | 'drop' | 'forward' | { readonly via: Ipv4 };

/** IPVS in one namespace (set by swarm's load balancing). */
export interface IpvsHooks {
  /**
   * After INPUT's filter for what is addressed to this host. `forward`: the packet (now with a server's address) is
   * routed and goes on through OUTPUT and POSTROUTING; `continue`: it is not for a virtual service.
   */
  localIn(context: PacketContext): IpvsVerdict;
  /** After FORWARD's filter: a server's answer gets the virtual address back (context.packet changes). */
  forward(context: PacketContext): void;
  /** At OUTPUT, for what this namespace itself sends to a virtual service; the destination may change. */
  localOut?(context: PacketContext): IpvsVerdict;
  /** The namespace is being deleted. */
  dispose?(): void;
}

/** IPsec in one namespace. */
export interface XfrmHooks {
  /** After POSTROUTING: the packet as a policy transforms it; undefined when a policy wants a state that is missing. */
  output(context: PacketContext): Ipv4Packet | undefined;
  /** An ESP packet for this host: the packet inside, or undefined when no state fits. */
  input(context: PacketContext): Ipv4Packet | undefined;
  /** For `ip xfrm`. */
  states?(): readonly XfrmStateRow[];
  policies?(): readonly XfrmPolicyRow[];
  /** The namespace is being deleted. */
  dispose?(): void;
}

/** A filter that lets everything pass and keeps no rules: for tests of the stack below it. */
export const passThroughFilter: FilterFactory = ({ netns }) => ({
  netns,
  hook: () => acceptVerdict,
  chains: () => [],
  chain: () => undefined,
  rules: () => [],
  counters: () => ({ packets: 0, bytes: 0 }),
  newChain: () => err('EOPNOTSUPP'),
  deleteChain: () => err('ENOENT'),
  setPolicy: () => err('ENOENT'),
  flush: () => ok(undefined),
  zero: () => ok(undefined),
  append: () => err('EOPNOTSUPP'),
  insert: () => err('EOPNOTSUPP'),
  replace: () => err('EOPNOTSUPP'),
  delete: () => err('ENOENT'),
  find: () => undefined,
  conntrack: () => [],
});
