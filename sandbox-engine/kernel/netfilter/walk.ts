// One packet's way through one table at one hook. Mirrors: ipt_do_table of net/ipv4/netfilter/ip_tables.c.
import { limits, type Rng } from '../../sim/index.ts';
import { unreachable } from '../../std/index.ts';
import { formatIpv4, ip, packetLength } from '../../wire/index.ts';
import type { HopStage } from '../kernel-api.ts';
import type { HookName, RuleRow, TableName, Target } from './api.ts';
import type { ConnectionTable, Tracked } from './conntrack.ts';
import { findTarget } from './extensions.ts';
import {
  acceptVerdict,
  dropVerdict,
  type FilterEnvironment,
  type PacketContext,
  type RejectKind,
  type Verdict,
} from './hook.ts';
import { setUp, type Translation } from './nat.ts';
import { ruleMatches } from './rule-match.ts';
import type { Tables } from './tables.ts';
import { formatTranslation } from './targets.ts';

const loopbackAddress = ip('127.0.0.1');

const stages: Readonly<Record<HookName, HopStage>> = {
  PREROUTING: 'prerouting',
  INPUT: 'input',
  FORWARD: 'forward',
  OUTPUT: 'output',
  POSTROUTING: 'postrouting',
};

interface Frame {
  readonly chain: string;
  next: number;
}

export interface WalkParts {
  readonly environment: FilterEnvironment;
  readonly tables: Tables;
  readonly connections: ConnectionTable;
  readonly rng: Rng;
  readonly seen: Map<string, number>;
}

type Outcome = Verdict | 'continue' | 'return';

export class Walker {
  readonly #parts: WalkParts;

  constructor(parts: WalkParts) {
    this.#parts = parts;
  }

  walk(table: TableName, hook: HookName, context: PacketContext): Verdict {
    const { tables, environment, rng, seen } = this.#parts;
    if (!tables.loaded(table)) return acceptVerdict;
    const tracked = context.conntrack as Tracked | undefined;
    const scope = { environment, context, hook, tracked, rng, seen };
    const stack: Frame[] = [{ chain: hook, next: 0 }];
    for (let frame = stack.at(-1); frame; frame = stack.at(-1)) {
      const row = tables.rules(table, frame.chain)[frame.next];
      frame.next += 1;
      if (!row) {
        stack.pop();
        continue;
      }
      if (!ruleMatches(row, scope)) continue;
      this.#count(row.id, context);
      const target = row.spec.target;
      if (target?.name === 'jump') {
        if (stack.length >= limits.chainDepth) return this.#tooDeep(table, hook, context, row);
        // From where a `goto` leads, RETURN comes back to the chain before.
        if (target.goto) stack.pop();
        stack.push({ chain: target.chain, next: 0 });
        continue;
      }
      const place = `${table} ${frame.chain} rule ${frame.next}`;
      const outcome = target
        ? this.#apply(target, { table, hook, context, row, place })
        : 'continue';
      if (outcome === 'return') stack.pop();
      else if (outcome !== 'continue') return outcome;
    }
    return this.#policy(table, hook, context);
  }

  #policy(table: TableName, hook: HookName, context: PacketContext): Verdict {
    const chain = this.#parts.tables.chain(table, hook);
    if (!chain) return acceptVerdict;
    this.#count(chain.id, context);
    if (chain.policy !== 'DROP') return acceptVerdict;
    const cause = { collection: 'chains', id: chain.id };
    this.#trace(context, hook, () => `${table} ${hook} policy: DROP`, cause);
    return dropVerdict;
  }

  #tooDeep(table: TableName, hook: HookName, context: PacketContext, row: RuleRow): Verdict {
    const cause = { collection: 'rules', id: row.id };
    const words = () => `${table} ${row.chain}: more than ${limits.chainDepth} jumps, dropped`;
    this.#trace(context, hook, words, cause);
    return dropVerdict;
  }

  #count(id: string, context: PacketContext): void {
    const counter = this.#parts.tables.counter(id);
    counter.packets += 1;
    counter.bytes += packetLength(context.packet);
  }

  #trace(
    context: PacketContext,
    hook: HookName,
    words: () => string,
    cause: { readonly collection: string; readonly id: string },
  ): void {
    const { environment } = this.#parts;
    if (environment.tracing) environment.trace(context, stages[hook], words(), cause);
  }

  #apply(
    target: Exclude<Target, { name: 'jump' }>,
    at: { table: TableName; hook: HookName; context: PacketContext; row: RuleRow; place: string },
  ): Outcome {
    const { context, hook, place } = at;
    const cause = { collection: 'rules', id: at.row.id };
    const say = (words: string) => this.#trace(context, hook, () => `${place}: ${words}`, cause);
    switch (target.name) {
      case 'RETURN':
        return 'return';
      case 'ACCEPT':
        say('ACCEPT');
        return acceptVerdict;
      case 'DROP':
        say('DROP');
        return dropVerdict;
      case 'REJECT':
        say(`REJECT with ${target.with}`);
        return { action: 'reject', with: target.with as RejectKind };
      case 'LOG':
        say('LOG');
        return 'continue';
      case 'MARK':
        context.mark = ((context.mark & ~target.mask) ^ target.value) >>> 0;
        say((findTarget('MARK')?.list(target, true) ?? '').trim());
        return 'continue';
      case 'TCPMSS':
        this.#limitSegments(target, context);
        return 'continue';
      case 'DNAT':
        say(`DNAT to ${formatTranslation(target)}`);
        return this.#translate(context, 'destination', target);
      case 'SNAT':
        say(`SNAT to ${formatTranslation(target)}`);
        return this.#translate(context, 'source', target);
      case 'MASQUERADE':
        return this.#masquerade(context, say);
      case 'REDIRECT':
        return this.#redirect(target, hook, context, say);
      default:
        return unreachable(target);
    }
  }

  #masquerade(context: PacketContext, say: (words: string) => void): Outcome {
    const { outLink, packet } = context;
    const address = outLink && this.#parts.environment.sourceAddress(outLink, packet.destination);
    if (address === undefined) {
      say('MASQUERADE: the interface has no address, dropped');
      return dropVerdict;
    }
    say(`MASQUERADE as ${formatIpv4(address)}`);
    return this.#translate(context, 'source', { address });
  }

  #redirect(
    target: Extract<Target, { name: 'REDIRECT' }>,
    hook: HookName,
    context: PacketContext,
    say: (words: string) => void,
  ): Outcome {
    const { inLink } = context;
    const address =
      hook === 'OUTPUT'
        ? loopbackAddress
        : inLink && this.#parts.environment.primaryAddress(inLink);
    if (address === undefined) {
      say('REDIRECT: the interface has no address, dropped');
      return dropVerdict;
    }
    const port = target.port === undefined ? {} : { port: target.port };
    say(`REDIRECT to ${formatIpv4(address)}${target.port === undefined ? '' : `:${target.port}`}`);
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
