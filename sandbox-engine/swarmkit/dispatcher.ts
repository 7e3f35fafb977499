// The leader's knowledge of which nodes are alive, and what each of them is to do.
//
// Mirrors: swarmkit manager/dispatcher: a node sends heartbeats every period (5 s, varied by half a second) and is Down when
// three periods have passed without one; when a new leader takes over, nodes are unknown until they have registered.
// Differs: assignments are fetched by a request that waits until there is something new, which is also the heartbeat.
import { type Micros, micros, type Sim, seconds } from '../sim/index.ts';
import { compareText } from '../std/index.ts';
import type { NodeDescription, NodeState, SwarmNodeRow } from './objects.ts';
import type { SwarmStore } from './store.ts';

const graceMultiplier = 3;
const unknownMultiplier = 6;
/** A tenth of a second either way would do; the real one varies by half a second. */
const epsilonMicros = 500_000;

export interface Registration {
  readonly nodeId: string;
  readonly description: NodeDescription;
  readonly address: string;
}

export class Dispatcher {
  readonly #sim: Sim;
  readonly #store: SwarmStore;
  readonly #deadlines = new Map<string, Micros>();
  /** Grows with every change that a node must be told of. */
  readonly #versions = new Map<string, number>();

  constructor(sim: Sim, store: SwarmStore) {
    this.#sim = sim;
    this.#store = store;
  }

  /** Woken when there is something new for a node. */
  static key(nodeId: string): string {
    return `swarm assignments ${nodeId}`;
  }

  version(nodeId: string): number {
    return this.#versions.get(nodeId) ?? 0;
  }

  /** The node must look again at what it is to do. */
  announce(nodeId: string): void {
    this.#versions.set(nodeId, this.version(nodeId) + 1);
    this.#sim.wake(Dispatcher.key(nodeId));
  }

  /** This node has become the leader: nobody has registered with it yet. */
  takeOver(): void {
    this.#deadlines.clear();
    const grace = micros(this.#period() * unknownMultiplier);
    const nodes = this.#store.all(this.#store.rows.nodes);
    for (const node of nodes.sort((a, b) => compareText(a.id, b.id))) {
      if (node.status.state === 'down') continue;
      this.#setState(
        node,
        'unknown',
        'Node moved to "unknown" state due to leadership change in cluster',
      );
      this.#expectWithin(node.id, grace);
    }
  }

  /** The leader is none any more. */
  release(): void {
    this.#deadlines.clear();
  }

  /** False when the node is not of this swarm (any more). */
  register({ nodeId, description, address }: Registration): boolean {
    const node = this.#store.rows.nodes.get(nodeId);
    if (!node) return false;
    const status = { state: 'ready' as const, message: '', address };
    this.#store.update(this.#store.rows.nodes, nodeId, { description, status });
    // Recorded are five transactions of each node that joins, one more than there are things to write (021:11,48): a session
    // is opened again, with the same description, when the node has read the first message.
    this.#store.update(this.#store.rows.nodes, nodeId, { description });
    this.#beat(nodeId);
    this.announce(nodeId);
    return true;
  }

  /** The node says anew what it is: its certificate has changed. */
  describe(nodeId: string, description: NodeDescription): void {
    if (this.#store.rows.nodes.has(nodeId))
      this.#store.update(this.#store.rows.nodes, nodeId, { description });
  }

  /** False when the node must register (again). */
  heartbeat(nodeId: string): boolean {
    const node = this.#store.rows.nodes.get(nodeId);
    if (node?.status.state !== 'ready') return false;
    this.#beat(nodeId);
    return true;
  }

  /** When the next heartbeat of a node is due: a period from now, varied. */
  nextHeartbeat(): Micros {
    const jitter = this.#sim.rng('swarmkit/heartbeat').below(2 * epsilonMicros) - epsilonMicros;
    return micros(this.#sim.now() + Math.max(100_000, this.#period() + jitter));
  }

  /** When somebody may have to be declared down. */
  nextDeadline(): Micros | undefined {
    let next: Micros | undefined;
    for (const at of this.#deadlines.values()) if (next === undefined || at < next) next = at;
    return next;
  }

  /** Declares down who has not been heard. */
  expire(): void {
    for (const [nodeId, at] of [...this.#deadlines]) {
      if (at > this.#sim.now()) continue;
      this.#deadlines.delete(nodeId);
      const node = this.#store.rows.nodes.get(nodeId);
      if (!node) continue;
      const unknown = node.status.state === 'unknown';
      this.#setState(
        node,
        'down',
        unknown ? 'heartbeat failure for node in "unknown" state' : 'heartbeat failure',
      );
    }
  }

  forget(nodeId: string): void {
    this.#deadlines.delete(nodeId);
    this.announce(nodeId);
  }

  #beat(nodeId: string): void {
    this.#expectWithin(nodeId, micros(this.#period() * graceMultiplier));
  }

  #expectWithin(nodeId: string, span: Micros): void {
    this.#deadlines.set(nodeId, micros(this.#sim.now() + span));
    this.#sim.wake('swarm deadlines');
  }

  /** µs. 0 stands for the default. */
  #period(): number {
    const nanos = this.#store.clusterRow.spec.Dispatcher.HeartbeatPeriod ?? 0;
    return nanos > 0 ? Math.round(nanos / 1000) : seconds(5);
  }

  #setState(node: SwarmNodeRow, state: NodeState, message: string): void {
    this.#store.update(this.#store.rows.nodes, node.id, {
      status: { ...node.status, state, message },
    });
  }
}
