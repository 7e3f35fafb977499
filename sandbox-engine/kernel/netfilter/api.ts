// iptables of one network namespace as data: tables, chains and rules, and the verbs that change them.
import type { Result } from '../../std/index.ts';
import type { Cidr, Ipv4 } from '../../wire/index.ts';
import type { Errno, NetnsId } from '../rows.ts';

export type TableName = 'raw' | 'mangle' | 'nat' | 'filter';
export type HookName = 'PREROUTING' | 'INPUT' | 'FORWARD' | 'OUTPUT' | 'POSTROUTING';

/** A value that a match compares with, and whether the match is turned round (`!`). */
export interface Negatable<T> {
  readonly value: T;
  readonly not: boolean;
}

/** Extensions (`-m …`) in the order in which they were given, since that is the order in which they are printed. */
export type Match =
  | {
      readonly name: 'tcp' | 'udp' | 'sctp';
      readonly sourcePorts?: Negatable<PortRange>;
      readonly destinationPorts?: Negatable<PortRange>;
      /** tcp only, as bits (FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32): of those in `mask` exactly `set` must be on. */
      readonly flags?: Negatable<{ readonly mask: number; readonly set: number }>;
    }
  /** `type` is a number, `3/4` (type and code), or `any`. */
  | { readonly name: 'icmp'; readonly type: Negatable<string> }
  | { readonly name: 'conntrack'; readonly states: Negatable<readonly string[]> }
  | { readonly name: 'state'; readonly states: Negatable<readonly string[]> }
  | {
      readonly name: 'addrtype';
      readonly destinationType?: Negatable<string>;
      readonly sourceType?: Negatable<string>;
    }
  | {
      readonly name: 'mark';
      readonly mark: Negatable<{ readonly value: number; readonly mask: number }>;
    }
  | {
      readonly name: 'multiport';
      readonly which: 'dports' | 'sports' | 'ports';
      readonly ports: Negatable<readonly PortRange[]>;
    }
  | { readonly name: 'comment'; readonly text: string }
  | { readonly name: 'ipvs'; readonly not?: boolean }
  | { readonly name: 'policy'; readonly direction: 'in' | 'out'; readonly policy: 'none' | 'ipsec' }
  | { readonly name: 'bpf'; readonly bytecode: string; readonly vni: number }
  /** `period`: ten-thousandths of a second between two packets. */
  | { readonly name: 'limit'; readonly period: number; readonly burst: number }
  | {
      readonly name: 'statistic';
      readonly mode: 'nth' | 'random';
      readonly every?: number;
      readonly packet?: number;
      readonly probability?: string;
    };

export interface PortRange {
  readonly from: number;
  readonly to: number;
}

export type Target =
  | { readonly name: 'ACCEPT' | 'DROP' | 'RETURN' }
  | { readonly name: 'REJECT'; readonly with: string }
  | { readonly name: 'LOG'; readonly prefix?: string; readonly level?: number }
  | { readonly name: 'MASQUERADE' }
  | { readonly name: 'DNAT' | 'SNAT'; readonly address?: Ipv4; readonly port?: number }
  | { readonly name: 'REDIRECT'; readonly port?: number }
  | { readonly name: 'MARK'; readonly value: number; readonly mask: number }
  | { readonly name: 'TCPMSS'; readonly clampToPmtu?: boolean; readonly mss?: number }
  /** To a user chain. */
  | { readonly name: 'jump'; readonly chain: string; readonly goto?: boolean };

/** A rule as given; the defaults (any) are left out. */
export interface RuleSpec {
  readonly source?: Negatable<Cidr>;
  readonly destination?: Negatable<Cidr>;
  /** Interface names; a trailing `+` matches every name with that start. */
  readonly inInterface?: Negatable<string>;
  readonly outInterface?: Negatable<string>;
  /** A name of /etc/protocols, or a number that has none. */
  readonly protocol?: Negatable<string>;
  readonly matches: readonly Match[];
  /** A rule without a target only counts. */
  readonly target?: Target;
}

export interface RuleRow {
  readonly id: string;
  readonly netns: NetnsId;
  readonly table: TableName;
  readonly chain: string;
  readonly spec: RuleSpec;
}

export interface ChainRow {
  readonly id: string;
  readonly netns: NetnsId;
  readonly table: TableName;
  readonly name: string;
  /** Built-in chains only. */
  readonly policy?: 'ACCEPT' | 'DROP' | undefined;
  /** Rule ids, in order. */
  readonly rules: readonly string[];
}

/** One tracked connection, in both directions. */
export interface ConntrackRow {
  readonly id: string;
  readonly netns: NetnsId;
  readonly protocol: 'tcp' | 'udp' | 'icmp' | 'esp';
  readonly original: Tuple;
  readonly reply: Tuple;
  /** TCP: SYN_SENT, SYN_RECV, ESTABLISHED, FIN_WAIT, CLOSE_WAIT, LAST_ACK, TIME_WAIT, CLOSE. */
  readonly state?: string | undefined;
  readonly replied: boolean;
  readonly assured: boolean;
  readonly mark: number;
  /** Simulated time at which it is forgotten; `Netfilter.conntrack` gives it as it is now, the row as at its last change. */
  readonly expiresAt: number;
}

export interface Tuple {
  readonly source: Ipv4;
  readonly destination: Ipv4;
  readonly sourcePort: number;
  readonly destinationPort: number;
}

/**
 * The rules of one namespace. Positions count from 0. Errors: ENOENT (no such chain or rule), EEXIST, ENOTEMPTY, EMLINK
 * (the chain is jumped to), ELOOP, EINVAL (the target does not work from there). Every verb that changes or looks for
 * a rule brings its table into being.
 */
export interface Netfilter {
  readonly netns: NetnsId;
  /** The tables that exist here, newest first (the order of /proc/net/ip_tables_names). */
  tables?(): readonly TableName[];
  /** Brings a table into being with its built-in chains, as any iptables command on it does. */
  use?(table: TableName): void;
  renameChain?(table: TableName, from: string, to: string): Result<void, Errno>;
  chains(table: TableName): readonly ChainRow[];
  chain(table: TableName, name: string): ChainRow | undefined;
  rules(table: TableName, chain: string): readonly RuleRow[];
  /** By row id. */
  counters(ruleOrChain: string): { readonly packets: number; readonly bytes: number };
  setCounters?(ruleOrChain: string, packets: number, bytes: number): void;
  /** How many rules of the table jump to the chain. */
  references?(table: TableName, chain: string): number;

  newChain(table: TableName, name: string): Result<void, Errno>;
  deleteChain(table: TableName, name: string): Result<void, Errno>;
  setPolicy(table: TableName, chain: string, policy: 'ACCEPT' | 'DROP'): Result<void, Errno>;
  flush(table: TableName, chain?: string): Result<void, Errno>;
  zero(table: TableName, chain?: string): Result<void, Errno>;
  append(table: TableName, chain: string, rule: RuleSpec): Result<RuleRow, Errno>;
  insert(table: TableName, chain: string, position: number, rule: RuleSpec): Result<RuleRow, Errno>;
  replace(
    table: TableName,
    chain: string,
    position: number,
    rule: RuleSpec,
  ): Result<RuleRow, Errno>;
  delete(table: TableName, chain: string, which: number | RuleSpec): Result<void, Errno>;
  /** The place of the first rule equal to this one. */
  find(table: TableName, chain: string, rule: RuleSpec): number | undefined;
  conntrack(): readonly ConntrackRow[];
  /** Forgets these connections, or all. */
  forgetConnections?(ids?: readonly string[]): void;
}
