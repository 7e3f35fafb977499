// IPsec of one namespace: security associations in transport mode, and policies that say what must be encrypted.
//
// Mirrors: net/xfrm (xfrm_state.c, xfrm_policy.c, xfrm_output.c, xfrm_input.c) as far as encrypted overlays use it: ESP with
// AES-GCM, outgoing policies for UDP by address, port and mark. Differs: nothing is really encrypted, no replay window, no
// key exchange; policies for incoming packets are not checked.
import type { Collection } from '../../sim/index.ts';
import { err, ok, type Result } from '../../std/index.ts';
import { type Ipv4, type Ipv4Packet, transportLength } from '../../wire/index.ts';
import type { Decision } from '../decision.ts';
import type { PacketContext, XfrmHooks } from '../netfilter/hook.ts';
import type { Errno, XfrmPolicyRow, XfrmStateRow } from '../rows.ts';
import { type Namespace, traceHop } from '../state.ts';
import type { Xfrm, XfrmPolicy, XfrmState } from './api.ts';

/** What changes with every packet. */
interface Usage {
  sequence: number;
  bytes: number;
  packets: number;
  usedAt: XfrmStateRow['usedAt'];
}

const hex = (value: number): string => `0x${value.toString(16).padStart(8, '0')}`;

export class XfrmTable implements Xfrm, XfrmHooks {
  readonly #netns: Namespace;
  readonly #states: Collection<XfrmStateRow>;
  readonly #policies: Collection<XfrmPolicyRow>;
  readonly #usage = new Map<string, Usage>();
  /** The policies as they are tried; remade after a change. */
  #ordered: readonly XfrmPolicyRow[] | undefined;

  constructor(netns: Namespace) {
    this.#netns = netns;
    this.#states = netns.world.xfrmStates;
    this.#policies = netns.world.xfrmPolicies;
  }

  // ---- packets --------------------------------------------------------------------------

  output(context: PacketContext): Ipv4Packet | undefined {
    const { packet } = context;
    const policy = this.#policyFor(context);
    if (!policy) return packet;
    const cause = { collection: 'xfrmPolicies', id: policy.id };
    const state = this.#states.get(this.#stateId(policy.destination, policy.spi));
    if (!state) {
      this.#trace(context, { kind: 'no-xfrm-state', spi: policy.spi }, cause);
      return undefined;
    }
    const usage = this.#use(state, packet);
    usage.sequence += 1;
    const { spi } = state;
    this.#trace(context, { kind: 'encrypt', spi, sequence: usage.sequence }, cause);
    const { transport } = packet;
    return {
      ...packet,
      transport: { protocol: 'esp', spi, sequence: usage.sequence, inner: transport },
    };
  }

  input(context: PacketContext): Ipv4Packet | undefined {
    const { packet } = context;
    const { transport } = packet;
    if (transport.protocol !== 'esp') return undefined;
    const state = this.#states.get(this.#stateId(packet.destination, transport.spi));
    if (state?.source !== packet.source) return undefined;
    this.#use(state, packet);
    const cause = { collection: 'xfrmStates', id: state.id };
    this.#trace(context, { kind: 'decrypt', spi: state.spi }, cause);
    return { ...packet, transport: transport.inner };
  }

  #policyFor({ packet, mark }: PacketContext): XfrmPolicyRow | undefined {
    const { transport } = packet;
    if (transport.protocol !== 'udp') return undefined;
    return this.policies().find(
      (policy) =>
        policy.direction === 'out' &&
        policy.mark === mark &&
        policy.source === packet.source &&
        policy.destination === packet.destination &&
        (policy.destinationPort ?? transport.destinationPort) === transport.destinationPort,
    );
  }

  #use(state: XfrmStateRow, packet: Ipv4Packet): Usage {
    const usage = this.#usage.get(state.id) ?? {
      sequence: 0,
      bytes: 0,
      packets: 0,
      usedAt: undefined,
    };
    this.#usage.set(state.id, usage);
    const { transport } = packet;
    // What is encrypted counts, without the IP header.
    const inside = transport.protocol === 'esp' ? transport.inner : transport;
    usage.bytes += transportLength(inside);
    usage.packets += 1;
    usage.usedAt = this.#netns.world.sim.now();
    return usage;
  }

  #trace(
    context: PacketContext,
    decision: Decision,
    cause: { readonly collection: string; readonly id: string },
  ): void {
    const netns = this.#netns;
    if (!netns.world.trace.enabled) return;
    const { flow, packet } = context;
    traceHop(netns, { flow, stage: 'xfrm', decision, cause, packet });
  }

  dispose(): void {
    for (const { id } of this.#states.where('netns', this.#netns.id)) this.#states.remove(id);
    for (const { id } of this.#policies.where('netns', this.#netns.id)) this.#policies.remove(id);
    this.#usage.clear();
  }

  // ---- the door -------------------------------------------------------------------------

  states(): readonly XfrmStateRow[] {
    const rows = this.#states.where('netns', this.#netns.id).reverse();
    return rows.map((row) => {
      const usage = this.#usage.get(row.id);
      if (!usage) return row;
      const { sequence, bytes, packets, usedAt } = usage;
      return { ...row, outputSequence: sequence, bytes, packets, usedAt };
    });
  }

  policies(): readonly XfrmPolicyRow[] {
    this.#ordered ??= this.#policies.where('netns', this.#netns.id).reverse();
    return this.#ordered;
  }

  addState(state: XfrmState): Result<XfrmStateRow, Errno> {
    const id = this.#stateId(state.destination, state.spi);
    if (this.#states.has(id)) return err('EEXIST');
    const { id: netns, world } = this.#netns;
    const counts = { outputSequence: 0, bytes: 0, packets: 0 };
    return ok(this.#states.put({ id, netns, ...state, ...counts, addedAt: world.sim.now() }));
  }

  deleteState(destination: Ipv4, spi: number): Result<void, Errno> {
    const id = this.#stateId(destination, spi);
    this.#usage.delete(id);
    return this.#states.remove(id) ? ok(undefined) : err('ESRCH');
  }

  addPolicy(policy: XfrmPolicy): Result<XfrmPolicyRow, Errno> {
    const id = this.#policyId(policy);
    if (this.#policies.has(id)) return err('EEXIST');
    this.#ordered = undefined;
    return ok(this.#policies.put({ id, netns: this.#netns.id, ...policy }));
  }

  deletePolicy(policy: Omit<XfrmPolicy, 'spi' | 'reqid'>): Result<void, Errno> {
    this.#ordered = undefined;
    return this.#policies.remove(this.#policyId(policy)) ? ok(undefined) : err('ENOENT');
  }

  #stateId(destination: Ipv4, spi: number): string {
    return `${this.#netns.id}/xfrm/${destination}/${hex(spi)}`;
  }

  #policyId(policy: Omit<XfrmPolicy, 'spi' | 'reqid'>): string {
    const { direction, source, destination, destinationPort = 'any', mark } = policy;
    return `${this.#netns.id}/xfrm/${direction}/${source}/${destination}/${destinationPort}/${mark}`;
  }
}
