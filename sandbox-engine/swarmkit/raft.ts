// Which manager leads, as one manager sees it: heartbeats, elections, the quorum.
//
// Mirrors: swarmkit manager/state/raft with its defaults (tick 1 s, heartbeat every tick, election after 10 to 20 ticks,
// check-quorum). Differs: there is no log to replicate, since all managers of a swarm look at one store; what raft decides
// here is who may use it. Votes go to whoever asks first in a term while no leader is heard.
import { type Micros, micros, type Op, type Sim, seconds, sleep } from '../sim/index.ts';

export type RaftMessage =
  | { readonly kind: 'raft heartbeat'; readonly leader: string; readonly term: number }
  | { readonly kind: 'raft vote'; readonly candidate: string; readonly term: number };

export interface RaftReply {
  readonly granted: boolean;
  readonly term: number;
}

export interface RaftMember {
  readonly nodeId: string;
  /** `192.168.56.10:2377`. */
  readonly address: string;
}

/** How a manager reaches the others; undefined: no answer in time. */
export interface RaftTransport {
  call(address: string, message: RaftMessage): Op<RaftReply | undefined>;
}

export interface RaftEvents {
  /** The members as the store has them; empty when this node is none any more. */
  members(): readonly RaftMember[];
  /** This node has been elected. */
  onElected(): void;
  /** The quorum, or the leadership, is lost. */
  onDeposed(): void;
  /** A leader is known (again): what it has decided reaches this node. */
  onLeader(): void;
  /** As leader: that member answers, or has stopped answering. */
  onReachability(nodeId: string, reachable: boolean): void;
}

/** What a member writes down, and has again after a restart. */
export interface HardState {
  term: number;
  /** The last term in which it has given its vote. */
  votedIn: number;
}

export const newHardState = (): HardState => ({ term: 0, votedIn: 0 });

const tick = seconds(1);
const electionTicks = 10;

export class Raft {
  readonly nodeId: string;
  readonly #sim: Sim;
  readonly #transport: RaftTransport;
  readonly #events: RaftEvents;
  readonly #disk: HardState;
  #leader: string | undefined;
  /** When the leader was heard, or (as leader) when each member last answered. */
  #heardAt: Micros;
  #leaderlessSince: number;
  readonly #answeredAt = new Map<string, number>();
  #running = false;
  /** How many ticks this member has led. */
  #ticks = 0;

  constructor(
    sim: Sim,
    nodeId: string,
    transport: RaftTransport,
    events: RaftEvents,
    disk: HardState,
  ) {
    this.#disk = disk;
    this.#sim = sim;
    this.nodeId = nodeId;
    this.#transport = transport;
    this.#events = events;
    this.#leaderlessSince = sim.now();
    this.#heardAt = sim.now();
  }

  /** Woken when the leader changes. */
  get key(): string {
    return `raft ${this.nodeId}`;
  }

  get leader(): string | undefined {
    return this.#leader;
  }

  get isLeader(): boolean {
    return this.#leader === this.nodeId;
  }

  /** As leader: has a majority answered just now? A leader that has lost its quorum answers nobody. */
  get hasQuorum(): boolean {
    if (!this.isLeader) return false;
    const recent = this.#sim.now() - 3 * tick;
    return this.#majority((at) => at >= recent);
  }

  /** Simulated µs without a leader; 0 when there is one. */
  get leaderlessFor(): number {
    return this.#leader === undefined ? this.#sim.now() - this.#leaderlessSince : 0;
  }

  /** Runs until `stop`. */
  *run(): Op<void> {
    this.#running = true;
    if (this.#isMember && this.#others().length === 0) this.#win(new Set());
    while (this.#running) {
      if (this.isLeader) yield* this.#lead();
      else yield* this.#follow();
    }
  }

  stop(): void {
    this.#running = false;
    if (this.isLeader) this.#depose();
    this.#setLeader(undefined);
    this.#sim.wake(this.key);
  }

  /** A message of another member. */
  handle(message: RaftMessage): RaftReply {
    if (!this.#running || message.term < this.#disk.term)
      return { granted: false, term: this.#disk.term };
    if (message.kind === 'raft heartbeat') {
      if (this.isLeader && message.leader !== this.nodeId) this.#depose();
      this.#disk.term = message.term;
      this.#heardAt = this.#sim.now();
      this.#setLeader(message.leader);
      return { granted: true, term: this.#disk.term };
    }
    // A leader that has been heard just now keeps its lease.
    const quiet =
      this.#leader === undefined ||
      (this.#sim.now() - this.#heardAt >= electionTicks * tick && !this.isLeader);
    const granted = quiet && this.#disk.votedIn < message.term;
    if (granted) {
      this.#disk.votedIn = message.term;
      this.#disk.term = message.term;
    }
    return { granted, term: this.#disk.term };
  }

  // ---- leading --------------------------------------------------------------------------

  *#lead(): Op<void> {
    for (const member of this.#others())
      this.#sim.spawn(`raft heartbeat to ${member.address}`, this.#beat(member));
    yield { keys: [this.key], until: micros(this.#sim.now() + tick) };
    if (!this.isLeader) return;
    if (!this.#isMember) {
      this.stop();
      return;
    }
    const limit = this.#sim.now() - electionTicks * tick;
    for (const { nodeId } of this.#others())
      this.#events.onReachability(
        nodeId,
        (this.#answeredAt.get(nodeId) ?? this.#sim.now()) > limit,
      );
    this.#ticks += 1;
    // The quorum is looked at once in each election time: losing it is noticed after one to two of them.
    if (this.#ticks % electionTicks === 0 && !this.#majority((at) => at > limit)) this.#depose();
  }

  *#beat({ nodeId, address }: RaftMember): Op<void> {
    if (!this.#answeredAt.has(nodeId)) this.#answeredAt.set(nodeId, this.#sim.now());
    const message = { kind: 'raft heartbeat', leader: this.nodeId, term: this.#disk.term } as const;
    const reply = yield* this.#transport.call(address, message);
    if (reply?.granted) this.#answeredAt.set(nodeId, this.#sim.now());
    else if (reply && reply.term > this.#disk.term && this.isLeader) this.#depose();
  }

  get #isMember(): boolean {
    return this.#events.members().some(({ nodeId }) => nodeId === this.nodeId);
  }

  #others(): RaftMember[] {
    return this.#events.members().filter(({ nodeId }) => nodeId !== this.nodeId);
  }

  /** More than half of the members, this one included. */
  #majority(counts: (answeredAt: number) => boolean): boolean {
    const members = this.#events.members();
    const alive = members.filter(
      ({ nodeId }) =>
        nodeId === this.nodeId || counts(this.#answeredAt.get(nodeId) ?? this.#sim.now()),
    );
    return 2 * alive.length > members.length;
  }

  #depose(): void {
    this.#setLeader(undefined);
    this.#heardAt = this.#sim.now();
    this.#answeredAt.clear();
    this.#events.onDeposed();
  }

  // ---- following ------------------------------------------------------------------------

  *#follow(): Op<void> {
    const patience =
      electionTicks * tick + this.#sim.rng('swarmkit/raft').below(electionTicks * tick);
    const deadline = micros(Math.max(this.#heardAt, this.#sim.now() - patience) + patience);
    if (this.#sim.now() < deadline) {
      yield { keys: [this.key], until: deadline };
      this.#expire();
      return;
    }
    yield* this.#campaign();
  }

  /** A leader that has not been heard for the shortest election time is no leader any more. */
  #expire(): void {
    if (this.#sim.now() - this.#heardAt >= electionTicks * tick && !this.isLeader)
      this.#setLeader(undefined);
  }

  *#campaign(): Op<void> {
    this.#setLeader(undefined);
    this.#disk.term += 1;
    this.#disk.votedIn = this.#disk.term;
    this.#heardAt = this.#sim.now();
    const term = this.#disk.term;
    let votes = 1;
    const message = { kind: 'raft vote', candidate: this.nodeId, term } as const;
    const answered = new Set<string>();
    const learn = (later: number): void => {
      this.#disk.term = Math.max(this.#disk.term, later);
    };
    const ask = function* (transport: RaftTransport, member: RaftMember): Op<void> {
      const reply = yield* transport.call(member.address, message);
      if (reply) answered.add(member.nodeId);
      if (reply?.granted) votes += 1;
      else if (reply) learn(reply.term);
    };
    for (const member of this.#others())
      this.#sim.spawn(`raft vote of ${member.address}`, ask(this.#transport, member));
    yield* sleep(this.#sim, tick);
    const size = this.#events.members().length;
    if (this.#running && this.#isMember && this.#disk.term === term && size > 0 && 2 * votes > size)
      this.#win(answered);
  }

  /** `answered`: who has been heard of in the election. The others count as silent for long, and are unreachable at once. */
  #win(answered: ReadonlySet<string>): void {
    this.#disk.term += 1;
    this.#ticks = 0;
    this.#answeredAt.clear();
    for (const { nodeId } of this.#others()) {
      const reachable = answered.has(nodeId);
      this.#answeredAt.set(nodeId, reachable ? this.#sim.now() : Number.NEGATIVE_INFINITY);
      this.#events.onReachability(nodeId, reachable);
    }
    this.#setLeader(this.nodeId);
    this.#events.onElected();
  }

  #setLeader(leader: string | undefined): void {
    if (this.#leader === leader) return;
    if (leader === undefined) this.#leaderlessSince = this.#sim.now();
    this.#leader = leader;
    if (leader !== undefined) this.#events.onLeader();
    this.#sim.wake(this.key);
  }
}
