// One packet's way through one table at one hook. Mirrors: ipt_do_table of net/ipv4/netfilter/ip_tables.c.
import { limits, type Rng } from '../../sim/index.ts';
import { unreachable } from '../../std/index.ts';
import { ip, packetLength } from '../../wire/index.ts';
import type { Decision, RuleEffect } from '../decision.ts';
import type { HopStage } from '../kernel-api.ts';
import type { HookName, RuleRow, TableName, Target } from './api.ts';
import type { ConnectionTable, Tracked } from './conntrack.ts';
import {
  acceptVerdict,
  dropVerdict,
  type FilterEnvironment,
  type PacketContext,
  type RejectKind,
  type Verdict,
} from './hook.ts';
import { setUp, type Translation } from './nat.ts';
import type { Credit } from './rate-match.ts';
import { ruleMatches } from './rule-match.ts';
import type { Compiled, Counter, Tables } from './tables.ts';

const loopbackAddress = ip('127.0.0.1');

const stages: Readonly<Record<HookName, HopStage>> = {
  PREROUTING: 'prerouting',
  INPUT: 'input',
  FORWARD: 'forward',
  OUTPUT: 'output',
  POSTROUTING: 'postrouting',
};

interface Frame {
  readonly chain: Compiled;
  next: number;
}

/** Where a rule stands. */
interface Place {
  readonly table: TableName;
  readonly chain: string;
  readonly number: number;
}

function count(counter: Counter, { packet }: PacketContext): void {
  counter.packets += 1;
  counter.bytes += packetLength(packet);
}

export interface WalkParts {
  readonly environment: FilterEnvironment;
  readonly tables: Tables;
  readonly connections: ConnectionTable;
  readonly rng: Rng;
  readonly seen: Map<string, number>;
  readonly credits: Map<string, Credit>;
}

type Outcome = Verdict | 'continue' | 'return';

export class Walker {
  readonly #parts: WalkParts;

  constructor(parts: WalkParts) {
    this.#parts = parts;
  }

  walk(table: TableName, hook: HookName, context: PacketContext): Verdict {
    const { tables } = this.#parts;
    if (!tables.loaded(table)) return acceptVerdict;
    const first = tables.compiled(table, hook);
    if (!first) return acceptVerdict;
    if (first.rules.length > 0) {
      const verdict = this.#rules(table, hook, context, first);
      if (verdict) return verdict;
    }
    return this.#policy(table, hook, context, first);
  }

  /** Undefined: no rule has decided. */
  #rules(
    table: TableName,
    hook: HookName,
    context: PacketContext,
    first: Compiled,
  ): Verdict | undefined {
    const { tables, environment, rng, seen, credits } = this.#parts;
    const tracked = context.conntrack as Tracked | undefined;
    const scope = { environment, context, hook, tracked, rng, seen, credits };
    const stack: Frame[] = [{ chain: first, next: 0 }];
    for (let frame = stack.at(-1); frame; frame = stack.at(-1)) {
      const { chain } = frame;
      const row = chain.rules[frame.next];
      const counter = chain.counters[frame.next];
      frame.next += 1;
      if (!row || !counter) {
        stack.pop();
        continue;
      }
      if (!ruleMatches(row, scope)) continue;
      count(counter, context);
      const target = row.spec.target;
      if (target?.name === 'jump') {
        if (stack.length >= limits.chainDepth) return this.#tooDeep(table, hook, context, row);
        // From where a `goto` leads, RETURN comes back to the chain before.
        if (target.goto) stack.pop();
        const next = tables.compiled(table, target.chain);
        if (next) stack.push({ chain: next, next: 0 });
        continue;
      }
      const place = { table, chain: chain.chain.name, number: frame.next };
      const outcome = target ? this.#apply(target, { hook, context, row, place }) : 'continue';
      if (outcome === 'return') stack.pop();
      else if (outcome !== 'continue') return outcome;
    }
    return undefined;
  }

  #policy(table: TableName, hook: HookName, context: PacketContext, first: Compiled): Verdict {
    count(first.counter, context);
    const { chain } = first;
    if (chain.policy !== 'DROP') return acceptVerdict;
    const cause = { collection: 'chains', id: chain.id };
    this.#trace(context, hook, { kind: 'policy-drop', table, chain: hook }, cause);
    return dropVerdict;
  }

  #tooDeep(table: TableName, hook: HookName, context: PacketContext, row: RuleRow): Verdict {
    const cause = { collection: 'rules', id: row.id };
    const { chain } = row;
    const limit = limits.chainDepth;
    this.#trace(context, hook, { kind: 'too-many-jumps', table, chain, limit }, cause);
    return dropVerdict;
  }

  #trace(
    context: PacketContext,
    hook: HookName,
    decision: Decision,
    cause: { readonly collection: string; readonly id: string },
  ): void {
    const { environment } = this.#parts;
    if (environment.tracing) environment.trace(context, stages[hook], decision, cause);
  }

  #apply(
    target: Exclude<Target, { name: 'jump' }>,
    at: { hook: HookName; context: PacketContext; row: RuleRow; place: Place },
  ): Outcome {
    const { context, hook, place } = at;
    const cause = { collection: 'rules', id: at.row.id };
    const say = (effect: RuleEffect) => {
      if (this.#parts.environment.tracing)
        this.#trace(context, hook, { kind: 'rule', ...place, effect }, cause);
    };
    switch (target.name) {
      case 'RETURN':
        return 'return';
      case 'ACCEPT':
        say({ name: 'ACCEPT' });
        return acceptVerdict;
      case 'DROP':
        say({ name: 'DROP' });
        return dropVerdict;
      case 'REJECT':
        say(target);
        return { action: 'reject', with: target.with as RejectKind };
      case 'LOG':
        say({ name: 'LOG' });
        return 'continue';
      case 'MARK':
        context.mark = ((context.mark & ~target.mask) ^ target.value) >>> 0;
        say(target);
        return 'continue';
      case 'TCPMSS':
        this.#limitSegments(target, context);
        return 'continue';
      case 'DNAT':
        say(target);
        return this.#translate(context, 'destination', target);
      case 'SNAT':
        say(target);
        return this.#translate(context, 'source', target);
      case 'MASQUERADE':
        return this.#masquerade(context, say);
      case 'REDIRECT':
        return this.#redirect(target, hook, context, say);
      default:
        return unreachable(target);
    }
  }

  #masquerade(context: PacketContext, say: (effect: RuleEffect) => void): Outcome {
    const { outLink, packet } = context;
    const address = outLink && this.#parts.environment.sourceAddress(outLink, packet.destination);
    say({ name: 'MASQUERADE', address });
    if (address === undefined) return dropVerdict;
    return this.#translate(context, 'source', { address });
  }

  #redirect(
    target: Extract<Target, { name: 'REDIRECT' }>,
    hook: HookName,
    context: PacketContext,
    say: (effect: RuleEffect) => void,
  ): Outcome {
    const { inLink } = context;
    const address =
      hook === 'OUTPUT'
        ? loopbackAddress
        : inLink && this.#parts.environment.primaryAddress(inLink);
    say({ name: 'REDIRECT', address, port: target.port });
    if (address === undefined) return dropVerdict;
    const port = target.port === undefined ? {} : { port: target.port };
    return this.#translate(context, 'destination', { address, ...port });
  }

  #translate(
    context: PacketContext,
    manipulation: 'source' | 'destination',
    translation: Translation,
  ): Outcome {
    const { connections, rng } = this.#parts;
    const tracked = context.conntrack as Tracked | undefined;
    if (tracked) setUp(connections, rng, tracked.entry, manipulation, translation);
    return acceptVerdict;
  }

  /** Never makes it larger. */
  #limitSegments(target: Extract<Target, { name: 'TCPMSS' }>, context: PacketContext): void {
    const { packet, outLink } = context;
    const { transport } = packet;
    if (transport.protocol !== 'tcp' || !transport.syn) return;
    const fromMtu = outLink ? this.#parts.environment.mtu(outLink) - 40 : 0xffff;
    const limit = target.mss ?? fromMtu;
    if ((transport.mss ?? 536) <= limit) return;
    context.packet = { ...packet, transport: { ...transport, mss: limit } };
  }
}
