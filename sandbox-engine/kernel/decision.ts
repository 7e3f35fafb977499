// What decided at one stage of a packet's way, as facts. Nothing here is a sentence: whoever shows a decision puts it into
// words, in the language of the reader. `lab/views/decisions.ts` hands them on with addresses as text.
import type { Cidr, Ipv4, Mac } from '../wire/index.ts';
import type { HookName, TableName, Target } from './netfilter/api.ts';
import type { IpvsMatch, IpvsServerRow, NeighbourState, RouteRow, SocketRow } from './rows.ts';

export type Decision =
  // ---- devices and bridges
  | { readonly kind: 'received'; readonly device: string }
  | { readonly kind: 'to-peer'; readonly device: string; readonly peer: string }
  | { readonly kind: 'to-lan'; readonly device: string; readonly mac: Mac }
  | {
      readonly kind: 'bridge-port';
      readonly bridge: string;
      readonly mac: Mac;
      readonly port: string;
    }
  | { readonly kind: 'bridge-host'; readonly bridge: string }
  | { readonly kind: 'bridge-flood'; readonly bridge: string; readonly mac: Mac }
  // ---- routes and neighbours
  | {
      readonly kind: 'route';
      readonly type: RouteRow['type'];
      readonly destination: Cidr;
      readonly via: Ipv4 | undefined;
      readonly device: string;
    }
  | {
      readonly kind: 'neighbour';
      readonly address: Ipv4;
      readonly mac: Mac | undefined;
      readonly state: NeighbourState;
    }
  | { readonly kind: 'arp-request'; readonly device: string; readonly address: Ipv4 }
  /** A VXLAN device answers in the place of a neighbour behind the tunnel. */
  | {
      readonly kind: 'arp-proxy';
      readonly device: string;
      readonly address: Ipv4;
      readonly mac: Mac;
    }
  // ---- netfilter
  /** `number`: its place in its chain, from 1. */
  | {
      readonly kind: 'rule';
      readonly table: TableName;
      readonly chain: string;
      readonly number: number;
      readonly effect: RuleEffect;
    }
  | { readonly kind: 'policy-drop'; readonly table: TableName; readonly chain: HookName }
  | {
      readonly kind: 'too-many-jumps';
      readonly table: TableName;
      readonly chain: string;
      readonly limit: number;
    }
  /** A packet of a known connection: its addresses are changed as those of the first were. */
  | { readonly kind: 'conntrack'; readonly translated: 'source' | 'destination' }
  // ---- IPVS
  | {
      readonly kind: 'ipvs';
      readonly service: IpvsMatch;
      readonly scheduler: string;
      readonly outcome: IpvsOutcome;
    }
  // ---- tunnels
  | { readonly kind: 'encrypt'; readonly spi: number; readonly sequence: number }
  | { readonly kind: 'decrypt'; readonly spi: number }
  /** A policy wants it encrypted, and there is no state to do it with. */
  | { readonly kind: 'no-xfrm-state'; readonly spi: number }
  | {
      readonly kind: 'encapsulate';
      readonly mac: Mac;
      readonly node: Ipv4;
      readonly vni: number;
      readonly port: number;
    }
  | {
      readonly kind: 'decapsulate';
      readonly vni: number;
      readonly node: Ipv4;
      readonly device: string;
    }
  // ---- at the end
  | {
      readonly kind: 'socket';
      readonly protocol: 'tcp' | 'udp';
      readonly port: number;
      readonly program: string | undefined;
    }
  | {
      readonly kind: 'connection';
      readonly remote: Ipv4;
      readonly port: number;
      readonly state: NonNullable<SocketRow['state']>;
      readonly program: string | undefined;
    }
  /** The kernel answers an echo request by itself. */
  | { readonly kind: 'echo' }
  | { readonly kind: 'ping'; readonly identifier: number }
  | { readonly kind: 'lost'; readonly loss: Loss };

/** What a rule did: its target as given, and the address that it came to where the rule does not say one. */
export type RuleEffect =
  | { readonly name: 'ACCEPT' | 'DROP' | 'LOG' }
  | Extract<Target, { name: 'REJECT' | 'MARK' | 'DNAT' | 'SNAT' }>
  /** No address: the interface has none, and the packet is dropped. */
  | { readonly name: 'MASQUERADE'; readonly address: Ipv4 | undefined }
  | {
      readonly name: 'REDIRECT';
      readonly address: Ipv4 | undefined;
      readonly port: number | undefined;
    };

export type IpvsOutcome =
  | {
      readonly kind: 'new' | 'known';
      readonly server: Ipv4;
      readonly port: number;
      readonly forwarding: IpvsServerRow['forwarding'];
    }
  | { readonly kind: 'answer'; readonly server: Ipv4 }
  /** No server has a weight above 0. */
  | { readonly kind: 'no-server' };

/** Why a packet goes no further, where no rule said so. */
export type Loss =
  | { readonly kind: 'device-down' | 'no-carrier'; readonly device: string }
  | { readonly kind: 'bridge-down'; readonly port: string }
  | { readonly kind: 'not-for-device'; readonly device: string; readonly mac: Mac }
  | { readonly kind: 'nobody-on-lan'; readonly mac: Mac }
  | { readonly kind: 'dummy'; readonly device: string }
  | { readonly kind: 'loop'; readonly limit: number }
  | { readonly kind: 'no-fdb-entry'; readonly device: string; readonly mac: Mac }
  /** Mirrors: rp_filter, route_localnet. */
  | { readonly kind: 'martian' }
  | { readonly kind: 'not-forwarding' }
  | { readonly kind: 'no-route' }
  | { readonly kind: 'route-refuses'; readonly type: RouteRow['type'] }
  | { readonly kind: 'ttl' }
  | { readonly kind: 'mtu'; readonly device: string; readonly mtu: number }
  | { readonly kind: 'no-arp-answer'; readonly address: Ipv4 }
  | { readonly kind: 'not-decrypted' }
  | { readonly kind: 'no-listener'; readonly protocol: 'tcp' | 'udp'; readonly port: number };

export const lost = (loss: Loss): Decision => ({ kind: 'lost', loss });
