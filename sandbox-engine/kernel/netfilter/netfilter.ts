// Netfilter of one namespace: the order of its stages at each hook, and the door for the tools.
//
//   PREROUTING   raw → connection tracking → mangle → nat (destination)
//   INPUT        mangle → filter, and once IPVS has let it stay: nat (source) → confirm
//   FORWARD      mangle → filter
//   OUTPUT       raw → connection tracking → mangle → nat (destination) → filter
//   POSTROUTING  mangle → nat (source) → confirm
//
// Mirrors: enum nf_ip_hook_priorities; nf_nat_inet_fn; ip_vs_update_conntrack.
import { Collection, type Sim } from '../../sim/index.ts';
import { err, type Result } from '../../std/index.ts';
import type { Ipv4 } from '../../wire/index.ts';
import type { Errno, NetnsId } from '../rows.ts';
import type {
  ChainRow,
  ConntrackRow,
  HookName,
  Netfilter,
  RuleRow,
  RuleSpec,
  TableName,
} from './api.ts';
import { ConnectionTable, type Entry, type Tracked } from './conntrack.ts';
import {
  acceptVerdict,
  type FilterEnvironment,
  type FilterFactory,
  type PacketContext,
  type PacketFilter,
  type Verdict,
} from './hook.ts';
import { type Manipulation, setUp, translated } from './nat.ts';
import { type NetfilterRows, Tables } from './tables.ts';
import { Walker } from './walk.ts';

/** The filters of all namespaces of a lab, over shared collections (`chains`, `rules`, `conntrack`). */
export function createNetfilter(sim: Sim): NetfilterRows & { readonly factory: FilterFactory } {
  const rows: NetfilterRows = {
    chains: new Collection<ChainRow>(sim.journal, 'chains', {
      netns: (row) => row.netns,
      table: (row) => `${row.netns}/${row.table}`,
    }),
    rules: new Collection<RuleRow>(sim.journal, 'rules', { netns: (row) => row.netns }),
    conntrack: new Collection<ConntrackRow>(sim.journal, 'conntrack', {
      netns: (row) => row.netns,
    }),
  };
  return { ...rows, factory: (environment) => new NamespaceFilter(environment, rows) };
}

type Stage = 'raw' | 'track' | 'mangle' | 'nat' | 'filter';

const stagesOf: Readonly<Record<HookName, readonly Stage[]>> = {
  PREROUTING: ['raw', 'track', 'mangle', 'nat'],
  INPUT: ['mangle', 'filter'],
  FORWARD: ['mangle', 'filter'],
  OUTPUT: ['raw', 'track', 'mangle', 'nat', 'filter'],
  POSTROUTING: ['mangle', 'nat'],
};

const isDecided = (entry: Entry, manipulation: Manipulation): boolean =>
  manipulation === 'source' ? entry.sourceDone : entry.destinationDone;

class NamespaceFilter implements PacketFilter, Netfilter {
  readonly netns: NetnsId;
  readonly #environment: FilterEnvironment;
  readonly #tables: Tables;
  readonly #connections: ConnectionTable;
  readonly #walker: Walker;

  constructor(environment: FilterEnvironment, rows: NetfilterRows) {
    const { sim, netns } = environment;
    this.netns = netns;
    this.#environment = environment;
    this.#tables = new Tables(sim, rows, netns);
    this.#connections = new ConnectionTable(sim, netns, rows.conntrack);
    this.#walker = new Walker({
      environment,
      tables: this.#tables,
      connections: this.#connections,
      rng: sim.rng('kernel/netfilter'),
      seen: new Map(),
      credits: new Map(),
    });
  }

  // ---- packets --------------------------------------------------------------------------

  hook(hook: HookName, context: PacketContext): Verdict {
    for (const stage of stagesOf[hook]) {
      let verdict: Verdict = acceptVerdict;
      if (stage === 'track') this.#track(context);
      else if (stage === 'nat') verdict = this.#nat(hook, context);
      else verdict = this.#walker.walk(stage, hook, context);
      if (verdict.action !== 'accept') return verdict;
    }
    return acceptVerdict;
  }

  confirm(context: PacketContext): void {
    // What is delivered here has no way out: its source is translated back now, after IPVS.
    if (!context.outLink) this.#nat('INPUT', context);
    const tracked = context.conntrack as Tracked | undefined;
    if (tracked?.state === 'NEW') this.#connections.confirm(tracked.entry);
  }

  expectReplyFrom(context: PacketContext, source: Ipv4, sourcePort: number | undefined): void {
    const tracked = context.conntrack as Tracked | undefined;
    if (tracked?.direction !== 'original' || tracked.entry.confirmed) return;
    const { entry } = tracked;
    const port = sourcePort === undefined ? {} : { sourcePort };
    entry.reply = { ...entry.reply, source, ...port };
  }

  dispose(): void {
    this.#tables.dispose();
    this.#connections.dispose();
  }

  #track(context: PacketContext): void {
    if (!this.#tables.tracking || context.conntrack || context.untracked) return;
    context.conntrack = this.#connections.track(context.packet);
  }

  #nat(hook: HookName, context: PacketContext): Verdict {
    const tracked = context.conntrack as Tracked | undefined;
    if (!tracked || !this.#tables.loaded('nat')) return acceptVerdict;
    const manipulation: Manipulation =
      hook === 'PREROUTING' || hook === 'OUTPUT' ? 'destination' : 'source';
    const { entry } = tracked;
    if (tracked.state === 'NEW' && !isDecided(entry, manipulation)) {
      const verdict = this.#walker.walk('nat', hook, context);
      if (verdict.action !== 'accept') return verdict;
      const rng = this.#environment.sim.rng('kernel/netfilter');
      if (!isDecided(entry, manipulation)) setUp(this.#connections, rng, entry, manipulation, {});
    }
    this.#translate(hook, context, tracked, manipulation);
    return acceptVerdict;
  }

  #translate(
    hook: HookName,
    context: PacketContext,
    tracked: Tracked,
    manipulation: Manipulation,
  ): void {
    const before = context.packet;
    context.packet = translated(before, tracked, manipulation);
    const environment = this.#environment;
    if (context.packet === before || tracked.state === 'NEW' || !environment.tracing) return;
    const stage = hook.toLowerCase() as Lowercase<HookName>;
    const cause = { collection: 'conntrack', id: tracked.entry.id };
    environment.trace(context, stage, { kind: 'conntrack', translated: manipulation }, cause);
  }

  // ---- the door for tools ---------------------------------------------------------------

  tables(): readonly TableName[] {
    return this.#tables.tables();
  }

  use(table: TableName): void {
    this.#tables.use(table);
  }

  chains(table: TableName): readonly ChainRow[] {
    return this.#tables.chains(table);
  }

  chain(table: TableName, name: string): ChainRow | undefined {
    return this.#tables.chain(table, name);
  }

  rules(table: TableName, chain: string): readonly RuleRow[] {
    return this.#tables.rules(table, chain);
  }

  counters(id: string): { readonly packets: number; readonly bytes: number } {
    return { ...this.#tables.counter(id) };
  }

  setCounters(id: string, packets: number, bytes: number): void {
    Object.assign(this.#tables.counter(id), { packets, bytes });
  }

  references(table: TableName, chain: string): number {
    return this.#tables.references(table, chain);
  }

  newChain(table: TableName, name: string): Result<void, Errno> {
    this.#tables.use(table);
    return this.#tables.newChain(table, name);
  }

  deleteChain(table: TableName, name: string): Result<void, Errno> {
    this.#tables.use(table);
    return this.#tables.deleteChain(table, name);
  }

  renameChain(table: TableName, from: string, to: string): Result<void, Errno> {
    this.#tables.use(table);
    return this.#tables.renameChain(table, from, to);
  }

  setPolicy(table: TableName, chain: string, policy: 'ACCEPT' | 'DROP'): Result<void, Errno> {
    this.#tables.use(table);
    return this.#tables.setPolicy(table, chain, policy);
  }

  flush(table: TableName, chain?: string): Result<void, Errno> {
    this.#tables.use(table);
    return this.#tables.flush(table, chain);
  }

  zero(table: TableName, chain?: string): Result<void, Errno> {
    this.#tables.use(table);
    return this.#tables.zero(table, chain);
  }

  append(table: TableName, chain: string, rule: RuleSpec): Result<RuleRow, Errno> {
    this.#tables.use(table);
    const row = this.#tables.chain(table, chain);
    return row ? this.#tables.insert(table, chain, row.rules.length, rule) : err('ENOENT');
  }

  insert(table: TableName, chain: string, place: number, rule: RuleSpec): Result<RuleRow, Errno> {
    this.#tables.use(table);
    return this.#tables.insert(table, chain, place, rule);
  }

  replace(table: TableName, chain: string, place: number, rule: RuleSpec): Result<RuleRow, Errno> {
    this.#tables.use(table);
    return this.#tables.replace(table, chain, place, rule);
  }

  delete(table: TableName, chain: string, which: number | RuleSpec): Result<void, Errno> {
    this.#tables.use(table);
    return this.#tables.deleteRule(table, chain, which);
  }

  find(table: TableName, chain: string, rule: RuleSpec): number | undefined {
    this.#tables.use(table);
    return this.#tables.find(table, chain, rule);
  }

  conntrack(): readonly ConntrackRow[] {
    return this.#connections.list();
  }

  forgetConnections(ids?: readonly string[]): void {
    this.#connections.forget(ids);
  }
}
