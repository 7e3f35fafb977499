// Connection tracking of one namespace. Mirrors: net/netfilter/nf_conntrack_core.c and the tcp, udp, icmp and generic
// trackers (Linux 6.12), with the timeouts of net.netfilter.nf_conntrack_*. Differs: entries are forgotten when somebody
// looks and their time is over, not by a garbage collector; no helpers, zones or expectations.
import { type Collection, type Micros, micros, type Sim, seconds } from '../../sim/index.ts';
import type { Ipv4Packet } from '../../wire/index.ts';
import type { NetnsId } from '../rows.ts';
import type { ConntrackRow, Tuple } from './api.ts';
import { type TcpTrackState, tcpTimeouts, tcpTransition } from './tcp-tracking.ts';
import {
  inverted,
  isIcmpError,
  packetKey,
  sameTuple,
  type TrackedProtocol,
  tupleKey,
  tupleOf,
} from './tuple.ts';

export type Direction = 'original' | 'reply';

/** Seconds: nf_conntrack_udp_timeout, …_udp_timeout_stream, …_icmp_timeout, …_generic_timeout. */
const timeouts = { udp: 30, udpStream: 120, icmp: 30, generic: 600 } as const;
/** A UDP exchange that goes on after this is a stream. */
const udpStreamAfter = seconds(2);
const sweepEvery = seconds(10);

/** One connection while it is tracked: what changes with every packet, and the row where it is shown. */
export interface Entry {
  readonly id: string;
  readonly protocol: TrackedProtocol;
  readonly original: Tuple;
  reply: Tuple;
  state: TcpTrackState | undefined;
  replied: boolean;
  assured: boolean;
  mark: number;
  expiresAt: number;
  readonly startedAt: Micros;
  /** In the table, where other packets find it. */
  confirmed: boolean;
  /** IPS_SRC_NAT, IPS_DST_NAT: the tuple differs; the `…Done` say that it has been decided. */
  sourceNat: boolean;
  destinationNat: boolean;
  sourceDone: boolean;
  destinationDone: boolean;
}

/** A packet's place in a connection: what `PacketContext.conntrack` holds. */
export interface Tracked {
  readonly entry: Entry;
  readonly direction: Direction;
  readonly state: 'NEW' | 'ESTABLISHED' | 'RELATED';
}

/** One direction of a connection, and what its packets are by the connection's state. */
interface Half {
  readonly entry: Entry;
  readonly direction: Direction;
  readonly new: Tracked;
  readonly established: Tracked;
}

const halfOf = (entry: Entry, direction: Direction): Half => ({
  entry,
  direction,
  new: { entry, direction, state: 'NEW' },
  established: { entry, direction, state: 'ESTABLISHED' },
});

export class ConnectionTable {
  readonly #sim: Sim;
  readonly #netns: NetnsId;
  readonly #rows: Collection<ConntrackRow>;
  readonly #byTuple = new Map<string, Half>();
  #nextSweep: number = 0;
  /**
   * The latest connection whose first packet has not got through yet. An error or a reset about that packet (REJECT, no
   * route, time exceeded) belongs to it although it is not in the table. Linux: nf_ct_attach.
   */
  #pending: Entry | undefined;

  constructor(sim: Sim, netns: NetnsId, rows: Collection<ConntrackRow>) {
    this.#sim = sim;
    this.#netns = netns;
    this.#rows = rows;
  }

  /** Finds or makes the packet's connection and moves its state on; undefined: the packet is INVALID. */
  track(packet: Ipv4Packet): Tracked | undefined {
    if (isIcmpError(packet)) return this.#related(packet);
    const key = packetKey(packet);
    if (key === undefined) return undefined;
    const found = this.#find(key) ?? this.#pendingAnswer(packet);
    if (!found) return this.#begin(packet);
    const { entry, direction } = found;
    const verdict = this.#advance(entry, direction, packet);
    if (verdict === 'reopened') return this.#begin(packet);
    if (verdict === 'invalid') return undefined;
    if (direction === 'reply' && !entry.replied) {
      entry.replied = true;
      this.#show(entry);
    }
    return direction === 'reply' || entry.replied ? found.established : found.new;
  }

  /** The packet has got through: from now on others find the connection. */
  confirm(entry: Entry): void {
    if (entry.confirmed || entry.expiresAt <= this.#sim.now()) return;
    entry.confirmed = true;
    if (this.#pending === entry) this.#pending = undefined;
    this.#sweep(false);
    this.#byTuple.set(tupleKey(entry.protocol, entry.original), halfOf(entry, 'original'));
    this.#byTuple.set(tupleKey(entry.protocol, entry.reply), halfOf(entry, 'reply'));
    this.#show(entry);
  }

  /** Does another connection already expect answers of this tuple? */
  taken(protocol: TrackedProtocol, reply: Tuple, by: Entry): boolean {
    const found = this.#find(tupleKey(protocol, reply));
    return found !== undefined && found.entry !== by;
  }

  /** The connections as they now are, oldest first. */
  list(): ConntrackRow[] {
    this.#sweep(true);
    const live = new Map<string, Entry>();
    for (const { entry } of this.#byTuple.values()) live.set(entry.id, entry);
    return this.#rows.where('netns', this.#netns).map((row) => {
      const entry = live.get(row.id);
      return entry ? { ...row, expiresAt: entry.expiresAt } : row;
    });
  }

  /** Forgets these, or all. */
  forget(ids?: readonly string[]): void {
    for (const { entry } of [...this.#byTuple.values()])
      if (!ids || ids.includes(entry.id)) this.#forget(entry);
  }

  dispose(): void {
    for (const row of this.#rows.where('netns', this.#netns)) this.#rows.remove(row.id);
    this.#byTuple.clear();
  }

  // ---- within ---------------------------------------------------------------------------

  #find(key: string): Half | undefined {
    const found = this.#byTuple.get(key);
    if (!found) return undefined;
    if (found.entry.expiresAt > this.#sim.now()) return found;
    this.#forget(found.entry);
    return undefined;
  }

  #related(packet: Ipv4Packet): Tracked | undefined {
    const quoted = packet.transport.protocol === 'icmp' ? packet.transport.quoted : undefined;
    const inner = quoted && tupleOf(quoted);
    if (!inner) return undefined;
    // The error travels against the packet that it quotes.
    const answer = inverted(inner, inner.protocol);
    const found = this.#find(tupleKey(inner.protocol, answer)) ?? this.#ofPending(answer);
    return found && { entry: found.entry, direction: found.direction, state: 'RELATED' };
  }

  #pendingAnswer(packet: Ipv4Packet): Half | undefined {
    const reset = packet.transport.protocol === 'tcp' && packet.transport.rst;
    const tuple = reset ? tupleOf(packet) : undefined;
    return tuple && this.#ofPending(tuple);
  }

  #ofPending(answer: Tuple): Half | undefined {
    const entry = this.#pending;
    if (!entry || !sameTuple(entry.reply, answer)) return undefined;
    this.#pending = undefined;
    return halfOf(entry, 'reply');
  }

  #begin(packet: Ipv4Packet): Tracked | undefined {
    const tuple = tupleOf(packet);
    if (!tuple) return undefined;
    const { protocol, source, destination, sourcePort, destinationPort } = tuple;
    const { transport } = packet;
    let state: TcpTrackState | undefined;
    if (transport.protocol === 'tcp') {
      // A connection that began before tracking is picked up in the middle (nf_conntrack_tcp_loose).
      const outcome = tcpTransition('NONE', 'original', transport);
      if (outcome === 'invalid' || outcome === 'ignore') return undefined;
      state = outcome;
    }
    // Only a question can begin an exchange.
    if (transport.protocol === 'icmp' && transport.type !== 8 && transport.type !== 13)
      return undefined;
    const original = { source, destination, sourcePort, destinationPort };
    const entry: Entry = {
      id: `${this.#netns}/conntrack/${this.#sim.count(`conntrack/${this.#netns}`)}`,
      protocol,
      original,
      reply: inverted(original, protocol),
      state,
      replied: false,
      assured: false,
      mark: 0,
      expiresAt: 0,
      startedAt: this.#sim.now(),
      confirmed: false,
      sourceNat: false,
      destinationNat: false,
      sourceDone: false,
      destinationDone: false,
    };
    this.#refresh(entry);
    this.#pending = entry;
    return { entry, direction: 'original', state: 'NEW' };
  }

  #advance(entry: Entry, direction: Direction, packet: Ipv4Packet): 'ok' | 'invalid' | 'reopened' {
    const { transport } = packet;
    if (transport.protocol === 'tcp' && entry.state !== undefined)
      return this.#advanceTcp(entry, entry.state, direction, transport);
    if (
      transport.protocol === 'udp' &&
      entry.replied &&
      !entry.assured &&
      this.#sim.now() > entry.startedAt + udpStreamAfter
    ) {
      entry.assured = true;
      this.#show(entry);
    }
    this.#refresh(entry);
    return 'ok';
  }

  #advanceTcp(
    entry: Entry,
    before: TcpTrackState,
    direction: Direction,
    segment: Parameters<typeof tcpTransition>[2],
  ): 'ok' | 'invalid' | 'reopened' {
    const outcome = tcpTransition(before, direction, segment);
    if (outcome === 'ignore') return 'ok';
    if (outcome === 'invalid') return 'invalid';
    if (outcome === 'SYN_SENT' && (before === 'TIME_WAIT' || before === 'CLOSE')) {
      this.#forget(entry);
      return 'reopened';
    }
    const refused = segment.rst && direction === 'reply' && !entry.replied;
    entry.state = outcome;
    const assured =
      outcome === 'ESTABLISHED' && (before === 'SYN_RECV' || before === 'ESTABLISHED');
    const changed = outcome !== before || (assured && !entry.assured);
    if (assured) entry.assured = true;
    this.#refresh(entry);
    // Nobody is there: the connection never came about.
    if (refused) this.#forget(entry);
    else if (changed) this.#show(entry);
    return 'ok';
  }

  #refresh(entry: Entry): void {
    entry.expiresAt = micros(this.#sim.now() + seconds(secondsToLive(entry)));
  }

  #show(entry: Entry): void {
    if (!entry.confirmed) return;
    const { id, protocol, original, reply, state, replied, assured, mark, expiresAt } = entry;
    const row = { id, netns: this.#netns, protocol, original, reply, replied, assured, mark };
    this.#rows.put(state === undefined ? { ...row, expiresAt } : { ...row, state, expiresAt });
  }

  #forget(entry: Entry): void {
    for (const tuple of [entry.original, entry.reply]) {
      const key = tupleKey(entry.protocol, tuple);
      if (this.#byTuple.get(key)?.entry === entry) this.#byTuple.delete(key);
    }
    if (entry.confirmed) this.#rows.remove(entry.id);
    entry.confirmed = false;
    entry.expiresAt = 0;
  }

  #sweep(always: boolean): void {
    const now = this.#sim.now();
    if (!always && now < this.#nextSweep) return;
    this.#nextSweep = now + sweepEvery;
    for (const { entry } of [...this.#byTuple.values()])
      if (entry.expiresAt <= now) this.#forget(entry);
  }
}

function secondsToLive(entry: Entry): number {
  switch (entry.protocol) {
    case 'tcp':
      return tcpTimeouts[entry.state ?? 'NONE'];
    case 'udp':
      return entry.assured ? timeouts.udpStream : timeouts.udp;
    case 'icmp':
      return timeouts.icmp;
    case 'esp':
      return timeouts.generic;
  }
}
