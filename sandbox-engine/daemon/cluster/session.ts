// A node's connection to the swarm's leader: registers, then fetches what the node is to do, again and again.
// Mirrors: swarmkit agent/session.go: a lost session is opened again after a growing pause.
import {
  type Coroutine,
  type Micros,
  micros,
  millis,
  type Op,
  type Sim,
  seconds,
  sleep,
} from '../../sim/index.ts';
import { err, ok, type Result } from '../../std/index.ts';
import type { Assignments, NodeDescription, RaftMember } from '../../swarmkit/index.ts';
import { defaultPort } from './addresses.ts';
import type { CallError, ControlClient } from './control-plane.ts';
import type { AssignmentsReply, ControlRequest, SessionReply } from './messages.ts';
import { isRedirect } from './messages.ts';

const firstPause = millis(100);
const longestPause = seconds(8);
const answerLimit = seconds(5);
/** Redirections followed for one question. */
const redirections = 4;

export interface SessionOptions {
  readonly sim: Sim;
  readonly nodeId: string;
  readonly client: ControlClient;
  readonly description: () => NodeDescription;
  /** What others are told is this node's address; '' lets the manager see for itself. */
  readonly address: string;
  /** The managers known so far. */
  readonly managers: () => readonly string[];
  /** The manager in this very node, asked without a wire. */
  readonly own: () => ((request: ControlRequest) => Op<object>) | undefined;
  readonly apply: (assignments: Assignments) => void;
}

export class Session {
  readonly #options: SessionOptions;
  #coroutine: Coroutine<void> | undefined;
  connected = false;
  #period: Micros = seconds(5);
  #last: Assignments | undefined;
  /** Managers that gave no answer when they were asked last: the others are asked first. Mirrors: swarmkit remotes. */
  readonly #silent = new Set<string>();

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /** Woken when the node has registered. */
  get key(): string {
    return `swarm session ${this.#options.nodeId}`;
  }

  /** What the leader said last. */
  get last(): Assignments | undefined {
    return this.#last;
  }

  start(): void {
    const { sim, nodeId } = this.#options;
    this.#coroutine = sim.spawn(`swarm session of ${nodeId}`, this.#run());
  }

  stop(): void {
    if (this.#coroutine) this.#options.sim.cancel(this.#coroutine as Coroutine<unknown>);
    this.connected = false;
    this.#options.client.closeAll();
  }

  /** Asks the leader, wherever it is; undefined when none of the managers answers. */
  *ask(request: ControlRequest, within: Micros = answerLimit): Op<Result<object, CallError>> {
    const { own, managers, client } = this.#options;
    const tried = new Set<string>();
    let failed: CallError = { kind: 'lost' };
    const local = own();
    let next: string | undefined;
    if (local) {
      const answer = yield* local(request);
      if (!isRedirect(answer)) return ok(answer);
      next = answer.redirect;
    }
    for (let i = 0; i < redirections; i += 1) {
      next ??= this.#choose(managers().filter((address) => !tried.has(address)));
      if (next === undefined || tried.has(next)) break;
      tried.add(next);
      const answer: Result<object, CallError> = yield* client.call(next, request, within);
      if (answer.ok) this.#silent.delete(next);
      else this.#silent.add(next);
      next = undefined;
      if (!answer.ok) failed = answer.error;
      else if (!isRedirect(answer.value)) return answer;
      else if (answer.value.redirect && !tried.has(answer.value.redirect))
        next = answer.value.redirect;
    }
    return err(failed);
  }

  #choose(managers: readonly string[]): string | undefined {
    return managers.find((address) => !this.#silent.has(address)) ?? managers[0];
  }

  *#run(): Op<void> {
    const { sim } = this.#options;
    let pause = firstPause;
    for (;;) {
      const began = sim.now();
      yield* this.#once();
      this.connected = false;
      if (sim.now() - began > longestPause) pause = firstPause;
      yield* sleep(sim, micros(sim.rng('swarmkit/session').below(pause) + 1));
      pause = micros(Math.min(longestPause, 2 * pause + firstPause));
    }
  }

  /** One session, until it breaks. */
  *#once(): Op<void> {
    const { sim, nodeId, description, address, apply } = this.#options;
    const answer = yield* this.ask({
      kind: 'session',
      nodeId,
      description: description(),
      address,
    });
    if (!answer.ok || !(answer.value as SessionReply).registered) return;
    let version = -1;
    for (;;) {
      const within = micros(this.#period + answerLimit);
      const polled = yield* this.ask({ kind: 'assignments', nodeId, version }, within);
      if (!polled.ok) return;
      const reply = polled.value as AssignmentsReply;
      if ('again' in reply) return;
      version = reply.assignments.version;
      this.#period = micros(reply.assignments.period);
      this.#last = reply.assignments;
      apply(reply.assignments);
      if (this.connected) continue;
      this.connected = true;
      sim.wake(this.key);
    }
  }
}

export const managerAddresses = (members: readonly RaftMember[]): readonly string[] =>
  members.map(({ address }) => (address.includes(':') ? address : `${address}:${defaultPort}`));
