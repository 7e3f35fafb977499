// What decided at one stage of a packet's way, as facts with addresses as text. The page says them in its reader's language;
// nothing here is a sentence. Words that a tool prints (targets, states of sockets and neighbours) stay as it prints them.

export type Decision =
  // ---- devices and bridges
  | { readonly kind: 'received'; readonly device: string }
  | { readonly kind: 'to-peer'; readonly device: string; readonly peer: string }
  | { readonly kind: 'to-lan'; readonly device: string; readonly mac: string }
  | {
      readonly kind: 'bridge-port';
      readonly bridge: string;
      readonly mac: string;
      readonly port: string;
    }
  | { readonly kind: 'bridge-host'; readonly bridge: string }
  | { readonly kind: 'bridge-flood'; readonly bridge: string; readonly mac: string }
  // ---- routes and neighbours
  /** As `ip route get` prints it: `local 10.0.0.3 dev lo`. */
  | { readonly kind: 'route'; readonly route: string }
  | {
      readonly kind: 'neighbour';
      readonly address: string;
      /** Absent: not known (any more). */
      readonly mac?: string;
      readonly state: string;
    }
  | { readonly kind: 'arp-request'; readonly device: string; readonly address: string }
  | {
      readonly kind: 'arp-proxy';
      readonly device: string;
      readonly address: string;
      readonly mac: string;
    }
  // ---- netfilter
  | {
      readonly kind: 'rule';
      readonly table: string;
      readonly chain: string;
      readonly number: number;
      readonly effect: RuleEffect;
    }
  | { readonly kind: 'policy-drop'; readonly table: string; readonly chain: string }
  | {
      readonly kind: 'too-many-jumps';
      readonly table: string;
      readonly chain: string;
      readonly limit: number;
    }
  | { readonly kind: 'conntrack'; readonly translated: 'source' | 'destination' }
  // ---- IPVS; `service`: `FWM 256`, `TCP 10.0.0.1:80`
  | {
      readonly kind: 'ipvs';
      readonly service: string;
      readonly scheduler: string;
      readonly outcome: IpvsOutcome;
    }
  // ---- tunnels; `spi` in hexadecimal
  | { readonly kind: 'encrypt'; readonly spi: string; readonly sequence: number }
  | { readonly kind: 'decrypt'; readonly spi: string }
  | { readonly kind: 'no-xfrm-state'; readonly spi: string }
  | {
      readonly kind: 'encapsulate';
      readonly mac: string;
      readonly node: string;
      readonly vni: number;
      readonly port: number;
    }
  | {
      readonly kind: 'decapsulate';
      readonly vni: number;
      readonly node: string;
      readonly device: string;
    }
  // ---- at the end
  | {
      readonly kind: 'socket';
      readonly protocol: 'tcp' | 'udp';
      readonly port: number;
      readonly program?: string;
    }
  | {
      readonly kind: 'connection';
      readonly remote: string;
      readonly state: string;
      readonly program?: string;
    }
  | { readonly kind: 'echo' }
  | { readonly kind: 'ping'; readonly identifier: number }
  | { readonly kind: 'lost'; readonly loss: Loss };

export type RuleEffect =
  | { readonly target: 'ACCEPT' | 'DROP' | 'LOG' }
  | { readonly target: 'REJECT'; readonly answer: string }
  /** `0x100`, or with a mask `0x1/0xff`. */
  | { readonly target: 'MARK'; readonly mark: string }
  | { readonly target: 'DNAT' | 'SNAT'; readonly to: string }
  /** Without `to`: the interface has no address, and the packet is dropped. */
  | { readonly target: 'MASQUERADE' | 'REDIRECT'; readonly to?: string };

export type IpvsOutcome =
  | {
      readonly kind: 'new' | 'known';
      readonly server: string;
      readonly forwarding: string;
    }
  | { readonly kind: 'answer'; readonly server: string }
  | { readonly kind: 'no-server' };

export type Loss =
  | { readonly kind: 'device-down' | 'no-carrier' | 'dummy'; readonly device: string }
  | { readonly kind: 'bridge-down'; readonly port: string }
  | {
      readonly kind: 'not-for-device' | 'no-fdb-entry';
      readonly device: string;
      readonly mac: string;
    }
  | { readonly kind: 'nobody-on-lan'; readonly mac: string }
  | { readonly kind: 'loop'; readonly limit: number }
  | { readonly kind: 'martian' | 'not-forwarding' | 'no-route' | 'ttl' | 'not-decrypted' }
  | { readonly kind: 'route-refuses'; readonly type: string }
  | { readonly kind: 'mtu'; readonly device: string; readonly mtu: number }
  | { readonly kind: 'no-arp-answer'; readonly address: string }
  | { readonly kind: 'no-listener'; readonly protocol: 'tcp' | 'udp'; readonly port: number };
