// The tables of one namespace: chains and rules as rows, their counters beside them, and the checks that the kernel
// makes before it takes a rule. Mirrors: net/ipv4/netfilter/ip_tables.c (mark_source_chains, check_target) and libiptc.
// Differs: a rule is changed by itself; the real tool replaces the whole table each time.
import type { Collection, Sim } from '../../sim/index.ts';
import { err, ok, type Result } from '../../std/index.ts';
import type { Errno, NetnsId } from '../rows.ts';
import type { ChainRow, ConntrackRow, HookName, RuleRow, RuleSpec, TableName } from './api.ts';
import { formatRule } from './rule-text.ts';

export const builtinChains: Readonly<Record<TableName, readonly HookName[]>> = {
  raw: ['PREROUTING', 'OUTPUT'],
  mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
};

/** The rows of all hosts. */
export interface NetfilterRows {
  readonly chains: Collection<ChainRow>;
  readonly rules: Collection<RuleRow>;
  readonly conntrack: Collection<ConntrackRow>;
}

/** Changes with every packet, so it is kept beside the rows. */
export interface Counter {
  packets: number;
  bytes: number;
}

/** Where a target works: its table, and the hooks from which its rule may be reached. */
const targetPlaces: Readonly<Record<string, { table?: TableName; hooks: readonly HookName[] }>> = {
  DNAT: { table: 'nat', hooks: ['PREROUTING', 'OUTPUT'] },
  REDIRECT: { table: 'nat', hooks: ['PREROUTING', 'OUTPUT'] },
  SNAT: { table: 'nat', hooks: ['POSTROUTING', 'INPUT'] },
  MASQUERADE: { table: 'nat', hooks: ['POSTROUTING'] },
  REJECT: { table: 'filter', hooks: ['INPUT', 'FORWARD', 'OUTPUT'] },
};

/** A chain as packets walk it: its rules with their counters. Good as long as its row stays the same. */
export interface Compiled {
  readonly chain: ChainRow;
  readonly rules: readonly RuleRow[];
  /** One for each rule. */
  readonly counters: readonly Counter[];
  /** What came to the end of it. */
  readonly counter: Counter;
  /** The version of all chains at which its row was last looked at. */
  seen: number;
}

export class Tables {
  readonly netns: NetnsId;
  readonly #sim: Sim;
  readonly #rows: NetfilterRows;
  readonly #counters = new Map<string, Counter>();
  /** By table and name. */
  readonly #compiled = new Map<TableName, Map<string, Compiled>>();
  readonly #loaded = new Set<TableName>();
  /** How many rules look at connection states: tracking starts with the first. */
  #trackingRules = 0;

  constructor(sim: Sim, rows: NetfilterRows, netns: NetnsId) {
    this.#sim = sim;
    this.#rows = rows;
    this.netns = netns;
  }

  // ---- looking --------------------------------------------------------------------------

  /** Newest first. */
  tables(): readonly TableName[] {
    const names = this.#rows.chains.where('netns', this.netns).map((chain) => chain.table);
    return [...new Set(names)].reverse();
  }

  loaded(table: TableName): boolean {
    return this.#loaded.has(table);
  }

  /** Connections are tracked where NAT or a rule needs it, as in Linux. */
  get tracking(): boolean {
    return this.#trackingRules > 0 || this.#loaded.has('nat');
  }

  chains(table: TableName): readonly ChainRow[] {
    return this.#rows.chains.where('table', `${this.netns}/${table}`);
  }

  chain(table: TableName, name: string): ChainRow | undefined {
    return this.#rows.chains.get(this.#chainId(table, name));
  }

  rules(table: TableName, name: string): readonly RuleRow[] {
    return this.compiled(table, name)?.rules ?? [];
  }

  compiled(table: TableName, name: string): Compiled | undefined {
    const { chains } = this.#rows;
    const ofTable = this.#compiled.get(table);
    const known = ofTable?.get(name);
    if (known?.seen === chains.version) return known;
    const chain = this.chain(table, name);
    if (!chain) return undefined;
    if (known?.chain === chain) {
      known.seen = chains.version;
      return known;
    }
    const made: Compiled = {
      chain,
      rules: chain.rules.map((rule) => this.#rows.rules.must(rule)),
      counters: chain.rules.map((rule) => this.counter(rule)),
      counter: this.counter(chain.id),
      seen: chains.version,
    };
    if (ofTable) ofTable.set(name, made);
    else this.#compiled.set(table, new Map([[name, made]]));
    return made;
  }

  counter(id: string): Counter {
    const known = this.#counters.get(id);
    if (known) return known;
    const fresh = { packets: 0, bytes: 0 };
    this.#counters.set(id, fresh);
    return fresh;
  }

  find(table: TableName, chain: string, rule: RuleSpec): number | undefined {
    const text = formatRule(rule);
    const index = this.rules(table, chain).findIndex((row) => formatRule(row.spec) === text);
    return index < 0 ? undefined : index;
  }

  /** How many rules of the table jump to that chain. */
  references(table: TableName, name: string): number {
    return this.#jumpsOf(table).filter((jump) => jump.to === name).length;
  }

  // ---- changing -------------------------------------------------------------------------

  use(table: TableName): void {
    if (this.#loaded.has(table)) return;
    this.#loaded.add(table);
    for (const name of builtinChains[table]) {
      const id = this.#chainId(table, name);
      this.#rows.chains.put({ id, netns: this.netns, table, name, policy: 'ACCEPT', rules: [] });
    }
  }

  newChain(table: TableName, name: string): Result<void, Errno> {
    if (this.chain(table, name)) return err('EEXIST');
    const id = this.#chainId(table, name);
    this.#rows.chains.put({ id, netns: this.netns, table, name, rules: [] });
    return ok(undefined);
  }

  deleteChain(table: TableName, name: string): Result<void, Errno> {
    const chain = this.chain(table, name);
    if (!chain) return err('ENOENT');
    if (chain.policy) return err('EINVAL');
    if (this.references(table, name) > 0) return err('EMLINK');
    if (chain.rules.length > 0) return err('ENOTEMPTY');
    this.#forgetChain(chain);
    return ok(undefined);
  }

  renameChain(table: TableName, from: string, to: string): Result<void, Errno> {
    const chain = this.chain(table, from);
    if (this.chain(table, to)) return err('EEXIST');
    if (!chain || chain.policy) return err('ENOENT');
    for (const other of this.chains(table))
      for (const rule of this.rules(table, other.name)) {
        const target = rule.spec.target;
        if (target?.name !== 'jump' || target.chain !== from) continue;
        this.#rows.rules.update(rule.id, {
          spec: { ...rule.spec, target: { ...target, chain: to } },
        });
        this.#compiled.get(table)?.delete(other.name);
      }
    const rules = this.rules(table, from);
    this.#forgetChain(chain);
    const id = this.#chainId(table, to);
    for (const rule of rules) this.#rows.rules.update(rule.id, { chain: to });
    this.#rows.chains.put({ ...chain, id, name: to });
    return ok(undefined);
  }

  setPolicy(table: TableName, name: string, policy: 'ACCEPT' | 'DROP'): Result<void, Errno> {
    const chain = this.chain(table, name);
    if (!chain?.policy) return err('ENOENT');
    this.#rows.chains.update(chain.id, { policy });
    return ok(undefined);
  }

  flush(table: TableName, name?: string): Result<void, Errno> {
    const chains = this.#oneOrAll(table, name);
    if (!chains) return err('ENOENT');
    for (const chain of chains) {
      for (const rule of chain.rules) this.#forgetRule(rule);
      if (chain.rules.length > 0) this.#rows.chains.update(chain.id, { rules: [] });
    }
    return ok(undefined);
  }

  zero(table: TableName, name?: string): Result<void, Errno> {
    const chains = this.#oneOrAll(table, name);
    if (!chains) return err('ENOENT');
    for (const chain of chains)
      for (const id of [chain.id, ...chain.rules]) {
        const counter = this.counter(id);
        counter.packets = 0;
        counter.bytes = 0;
      }
    return ok(undefined);
  }

  /** Puts a rule at a place: from 0 to the number of rules (ENOENT beyond). */
  insert(table: TableName, name: string, place: number, spec: RuleSpec): Result<RuleRow, Errno> {
    const chain = this.chain(table, name);
    if (!chain || place < 0 || place > chain.rules.length) return err('ENOENT');
    const checked = this.#check(table, chain, spec);
    if (!checked.ok) return checked;
    const row = this.#newRule(table, name, spec);
    this.#rows.chains.update(chain.id, { rules: chain.rules.toSpliced(place, 0, row.id) });
    return ok(row);
  }

  replace(table: TableName, name: string, place: number, spec: RuleSpec): Result<RuleRow, Errno> {
    const chain = this.chain(table, name);
    const old = chain?.rules[place];
    if (!chain || old === undefined) return err('ENOENT');
    const checked = this.#check(table, chain, spec);
    if (!checked.ok) return checked;
    const row = this.#newRule(table, name, spec);
    this.#rows.chains.update(chain.id, { rules: chain.rules.toSpliced(place, 1, row.id) });
    this.#forgetRule(old);
    return ok(row);
  }

  deleteRule(table: TableName, name: string, which: number | RuleSpec): Result<void, Errno> {
    const chain = this.chain(table, name);
    const place = typeof which === 'number' ? which : this.find(table, name, which);
    const rule = place === undefined ? undefined : chain?.rules[place];
    if (!chain || place === undefined || rule === undefined) return err('ENOENT');
    this.#rows.chains.update(chain.id, { rules: chain.rules.toSpliced(place, 1) });
    this.#forgetRule(rule);
    return ok(undefined);
  }

  /** The namespace goes. */
  dispose(): void {
    for (const chain of this.#rows.chains.where('netns', this.netns)) {
      for (const rule of chain.rules) this.#forgetRule(rule);
      this.#forgetChain(chain);
    }
    this.#loaded.clear();
  }

  // ---- within ---------------------------------------------------------------------------

  #chainId(table: TableName, name: string): string {
    return `${this.netns}/${table}/${name}`;
  }

  #oneOrAll(table: TableName, name: string | undefined): readonly ChainRow[] | undefined {
    if (name === undefined) return this.chains(table);
    const chain = this.chain(table, name);
    return chain && [chain];
  }

  #newRule(table: TableName, chain: string, spec: RuleSpec): RuleRow {
    const id = `${this.netns}/rule/${this.#sim.count(`netfilter/${this.netns}`)}`;
    if (looksAtState(spec)) this.#trackingRules += 1;
    return this.#rows.rules.put({ id, netns: this.netns, table, chain, spec });
  }

  #forgetRule(id: string): void {
    const row = this.#rows.rules.get(id);
    if (row && looksAtState(row.spec)) this.#trackingRules -= 1;
    this.#rows.rules.remove(id);
    this.#counters.delete(id);
  }

  #forgetChain(chain: ChainRow): void {
    this.#rows.chains.remove(chain.id);
    this.#compiled.get(chain.table)?.delete(chain.name);
    this.#counters.delete(chain.id);
  }

  /** ENOENT: no chain to jump to. ELOOP: a circle of jumps. EINVAL: the target does not work there. */
  #check(table: TableName, chain: ChainRow, spec: RuleSpec): Result<void, Errno> {
    if (!fitsProtocol(spec)) return err('EINVAL');
    const target = spec.target;
    if (!target) return ok(undefined);
    const jumps = this.#jumpsOf(table);
    if (target.name === 'jump') {
      const to = this.chain(table, target.chain);
      if (!to || to.policy) return err('ENOENT');
      jumps.push({ from: chain.name, to: target.chain });
      if (circular(jumps, builtinChains[table])) return err('ELOOP');
    }
    const hooks = builtinChains[table].filter((hook) => reaches(jumps, hook, chain.name));
    const place = targetPlaces[target.name];
    if (place?.table && place.table !== table) return err('EINVAL');
    if (place && hooks.some((hook) => !place.hooks.includes(hook))) return err('EINVAL');
    return this.#checkBelow(table, chain.name, target.name === 'jump' ? jumps : []);
  }

  /** A new jump may make rules further on reachable from hooks where their targets do not work. */
  #checkBelow(table: TableName, from: string, jumps: readonly Jump[]): Result<void, Errno> {
    if (jumps.length === 0) return ok(undefined);
    for (const chain of this.chains(table)) {
      if (!reaches(jumps, from, chain.name)) continue;
      const hooks = builtinChains[table].filter((hook) => reaches(jumps, hook, chain.name));
      for (const rule of this.rules(table, chain.name)) {
        const place = targetPlaces[rule.spec.target?.name ?? ''];
        if (place && hooks.some((hook) => !place.hooks.includes(hook))) return err('EINVAL');
      }
    }
    return ok(undefined);
  }

  #jumpsOf(table: TableName): Jump[] {
    const jumps: Jump[] = [];
    for (const chain of this.chains(table))
      for (const rule of this.rules(table, chain.name))
        if (rule.spec.target?.name === 'jump')
          jumps.push({ from: chain.name, to: rule.spec.target.chain });
    return jumps;
  }
}

interface Jump {
  readonly from: string;
  readonly to: string;
}

/** Is `to` the chain `from` itself, or one that it jumps to, directly or not? */
function reaches(jumps: readonly Jump[], from: string, to: string): boolean {
  const seen = new Set([from]);
  for (const chain of seen) {
    if (chain === to) return true;
    for (const jump of jumps) if (jump.from === chain) seen.add(jump.to);
  }
  return false;
}

/** Is there a circle that a packet could get into? (Circles that no hook leads to are let be.) */
const circular = (jumps: readonly Jump[], hooks: readonly string[]): boolean =>
  jumps.some(
    ({ from, to }) => reaches(jumps, to, from) && hooks.some((hook) => reaches(jumps, hook, from)),
  );

/** Extensions that look into a header of their protocol want it stated (`-p tcp`). */
function fitsProtocol({ protocol, matches, target }: RuleSpec): boolean {
  const is = (name: string) => protocol?.value === name && !protocol.not;
  const fits = matches.every(
    ({ name }) => !['tcp', 'udp', 'sctp', 'icmp'].includes(name) || is(name),
  );
  const syn = matches.some(
    (match) => match.name === 'tcp' && match.flags && !match.flags.not && match.flags.value.set & 2,
  );
  if (target?.name === 'TCPMSS') return fits && syn;
  return fits && (target?.name !== 'REJECT' || target.with !== 'tcp-reset' || is('tcp'));
}

const looksAtState = (spec: RuleSpec): boolean =>
  spec.matches.some((match) => ['conntrack', 'state', 'ipvs'].includes(match.name));
