// A node's manager: its raft member, and what it answers to other nodes on port 2377.
// Mirrors: swarmkit manager/manager.go, ca/server.go, manager/dispatcher, manager/resourceapi.
import { type Coroutine, micros, millis, type Op, seconds, sleep } from '../../sim/index.ts';
import { err, type Failure, failure, ok, type Result } from '../../std/index.ts';
import {
  assignmentsFor,
  Dispatcher,
  fingerprintOf,
  type HardState,
  parseJoinToken,
  Raft,
  type RaftEvents,
  type RaftReply,
  rank,
  roleOfToken,
  rpcError,
  type Swarm,
  type SwarmChange,
  type SwarmNodeRow,
  signingCa,
  tlsOf,
} from '../../swarmkit/index.ts';
import { formatIpv4, type Ipv4, parseIpv4 } from '../../wire/index.ts';
import { attachTask, detachTask } from './attachments.ts';
import type { ControlClient } from './control-plane.ts';
import { ControlServer, type EndpointOptions } from './control-plane.ts';
import type {
  AssignmentsReply,
  AttachReply,
  CertificateReply,
  ControlRequest,
  DoneReply,
  NotMemberReply,
  Redirect,
  RenewalReply,
  SessionReply,
} from './messages.ts';
import { deadlineExceeded, noLeader } from './texts.ts';

/** How long a request waits for a leader, and how long a swarm may be without one before that is said at once. */
const requestLimit = seconds(20);
const leaderlessLimit = seconds(10);
/** How often a request that waits for a leader looks whether there is one. */
const lookEvery = seconds(1);
/** Transactions kept for a manager without a leader; raft sends a snapshot instead of so long a log. */
const mostUnheard = 500;
/** How long another node's question waits for an election: less than that node waits for the answer. */
const redirectLimit = seconds(4);
/** How long the dispatcher gathers changes before it tells a node of them. */
const assignmentMillis = 100;

export interface ManagerOptions {
  readonly endpoint: EndpointOptions;
  readonly client: ControlClient;
  readonly swarm: Swarm;
  readonly nodeId: string;
  readonly listen: { readonly host: string; readonly port: string };
  /** What its raft member has written down. */
  readonly disk: HardState;
  /** Told of all changes in the swarm while it is one of its managers and can know of them. */
  readonly onChanges: (changes: readonly SwarmChange[]) => void;
}

export class Manager {
  readonly swarm: Swarm;
  readonly nodeId: string;
  readonly raft: Raft;
  readonly #options: ManagerOptions;
  readonly #server: ControlServer;
  #coroutine: Coroutine<void> | undefined;
  /** What has been decided while this node knew of no leader: it hears of it when it does. */
  #unheard: (readonly SwarmChange[])[] = [];
  readonly #watch = (changes: readonly SwarmChange[]): void => {
    if (this.raft.leader !== undefined) this.#options.onChanges(changes);
    else if (this.#unheard.length < mostUnheard) this.#unheard.push(changes);
  };

  constructor(options: ManagerOptions) {
    this.#options = options;
    const { swarm, nodeId, endpoint, client } = options;
    this.swarm = swarm;
    this.nodeId = nodeId;
    const transport = {
      *call(address: string, message: object): Op<RaftReply | undefined> {
        const answer = yield* client.call(address, message, seconds(2));
        return answer.ok ? (answer.value as RaftReply) : undefined;
      },
    };
    const events: RaftEvents = {
      members: () => swarm.members(),
      onElected: () => swarm.lead(nodeId),
      onDeposed: () => swarm.resign(nodeId),
      onLeader: () => {
        for (const changes of this.#unheard.splice(0)) this.#options.onChanges(changes);
      },
      onReachability: (member, reachable) => swarm.setReachability(member, reachable),
    };
    this.raft = new Raft(endpoint.sim, nodeId, transport, events, options.disk);
    this.#server = new ControlServer(endpoint, (request, from) =>
      this.handle(request as ControlRequest, from),
    );
  }

  start(): boolean {
    const { sim } = this.#options.endpoint;
    const { host, port } = this.#options.listen;
    const address = host === '0.0.0.0' ? undefined : parseIpv4(host);
    if (!this.#server.listen(Number(port), address)) return false;
    this.swarm.store.watchers.add(this.#watch);
    this.#coroutine = sim.spawn(`raft of ${this.nodeId}`, this.raft.run());
    return true;
  }

  stop(): void {
    this.swarm.store.watchers.delete(this.#watch);
    this.raft.stop();
    if (this.#coroutine) this.#options.endpoint.sim.cancel(this.#coroutine as Coroutine<unknown>);
    this.#coroutine = undefined;
    this.#server.close();
  }

  /** Where the leader is, if one is known. */
  leaderAddress(): string | undefined {
    const { leader } = this.raft;
    return this.swarm.members().find(({ nodeId }) => nodeId === leader)?.address;
  }

  /**
   * Waits until a leader can be asked; then the swarm's store may be used. That there has been none for long is said only
   * at once: who has begun to wait looks every second until its time is over (052:50). Mirrors: raft.go LeaderConn.
   */
  *access(): Op<Result<Swarm, Failure>> {
    const { sim } = this.#options.endpoint;
    const until = micros(sim.now() + requestLimit);
    const hopeless = this.raft.leaderlessFor > leaderlessLimit;
    while (sim.now() < until) {
      if (this.raft.isLeader && this.raft.hasQuorum) return ok(this.swarm);
      const leader = this.raft.isLeader ? undefined : this.leaderAddress();
      if (leader !== undefined) {
        const answer = yield* this.#options.client.call(leader, { kind: 'ping' });
        if (answer.ok && !('redirect' in answer.value)) return ok(this.swarm);
      }
      if (hopeless) return err(noLeader);
      yield { until: micros(Math.min(until, sim.now() + lookEvery)) };
    }
    return err(deadlineExceeded);
  }

  // ---- answering ------------------------------------------------------------------------

  /** Also called by the node itself, without a wire between. */
  *handle(request: ControlRequest, from: Ipv4): Op<object> {
    if (request.kind === 'raft heartbeat' || request.kind === 'raft vote')
      return this.raft.handle(request);
    if (request.kind === 'issue certificate') return yield* this.#issue(request, from);
    yield* this.#untilLed();
    if (!this.raft.isLeader) return { redirect: this.leaderAddress() } satisfies Redirect;
    switch (request.kind) {
      case 'join raft':
        // Whoever has been demoted on the way would be taken out of raft at once (role_manager.go).
        if (this.swarm.store.rows.nodes.get(request.nodeId)?.spec.Role !== 'manager')
          return { refused: true } satisfies NotMemberReply;
        this.swarm.addMember(request.nodeId, `${formatIpv4(from)}:${request.port}`);
        return { done: true } satisfies DoneReply;
      case 'session': {
        const { nodeId, description } = request;
        const address = request.address || formatIpv4(from);
        const registered = this.swarm.dispatcher.register({ nodeId, description, address });
        return { registered } satisfies SessionReply;
      }
      case 'renew certificate': {
        const issuer = signingCa(this.swarm.store.clusterRow);
        return { issuer } satisfies RenewalReply;
      }
      case 'describe':
        this.swarm.dispatcher.describe(request.nodeId, request.description);
        return { done: true } satisfies DoneReply;
      case 'assignments':
        return yield* this.#assignments(request.nodeId, request.version);
      case 'status':
        this.#takeStatus(request);
        return { done: true } satisfies DoneReply;
      case 'attach': {
        const task = yield* attachTask(this.swarm, request);
        return (task.ok ? { task: task.value } : { failure: task.error }) satisfies AttachReply;
      }
      case 'detach':
        detachTask(this.swarm, request.taskId);
        return { done: true } satisfies DoneReply;
      case 'ping':
        return { done: true } satisfies DoneReply;
    }
  }

  /** Waits a while for an election that is under way, looking every second as well. */
  *#untilLed(): Op<void> {
    const { sim } = this.#options.endpoint;
    const until = micros(sim.now() + redirectLimit);
    if (this.raft.leaderlessFor > leaderlessLimit) return;
    while (this.raft.leader === undefined && sim.now() < until)
      yield { until: micros(Math.min(until, sim.now() + lookEvery)) };
  }

  *#issue(
    { token, availability }: Extract<ControlRequest, { kind: 'issue certificate' }>,
    from: Ipv4,
  ): Op<object> {
    const access = yield* this.access();
    if (!access.ok) return { failure: access.error } satisfies CertificateReply;
    const cluster = this.swarm.store.clusterRow;
    // The node itself compares, before it asks for a certificate, the root that it gets. Mirrors: ca.GetRemoteCA.
    const given = parseJoinToken(token);
    if (given.ok && given.value.tokenDigest !== cluster.rootCa.tokenDigest) {
      const text = `remote CA does not match fingerprint. Expected: ${fingerprintOf(given.value)}`;
      return { failure: failure('system', text) } satisfies CertificateReply;
    }
    const role = roleOfToken(cluster, token);
    if (!role) {
      const text = 'A valid join token is necessary to join this cluster';
      return { failure: rpcError('InvalidArgument', text) } satisfies CertificateReply;
    }
    const node: SwarmNodeRow = this.swarm.addNode({
      role,
      availability: availability === 'drain' || availability === 'pause' ? availability : 'active',
      address: formatIpv4(from),
      accepted: false,
    });
    // The certificate is signed in a transaction of its own.
    this.swarm.store.update(this.swarm.store.rows.nodes, node.id, {});
    return {
      nodeId: node.id,
      role,
      cluster: this.swarm.id,
      tls: tlsOf(cluster.rootCa, signingCa(cluster)),
    } satisfies CertificateReply;
  }

  /** Answers when there is something new, or when the node is to be heard of again. */
  *#assignments(nodeId: string, version: number): Op<object> {
    const { dispatcher } = this.swarm;
    const next = dispatcher.nextHeartbeat();
    if (!dispatcher.heartbeat(nodeId)) return { again: true } satisfies AssignmentsReply;
    while (dispatcher.version(nodeId) === version && this.#options.endpoint.sim.now() < next) {
      yield { keys: [Dispatcher.key(nodeId), this.raft.key], until: next };
      if (!this.raft.isLeader) return { redirect: this.leaderAddress() } satisfies Redirect;
    }
    // What changes together is told together.
    if (dispatcher.version(nodeId) !== version)
      yield* sleep(this.#options.endpoint.sim, millis(assignmentMillis));
    const assignments = assignmentsFor(this.swarm, nodeId);
    return (assignments ? { assignments } : { again: true }) satisfies AssignmentsReply;
  }

  /** States only go forward, and only for tasks that are this node's. */
  #takeStatus({ nodeId, updates }: Extract<ControlRequest, { kind: 'status' }>): void {
    const { store } = this.swarm;
    store.transaction(() => {
      for (const { taskId, status } of updates) {
        const task = store.rows.tasks.get(taskId);
        if (task?.nodeId !== nodeId || rank(task.status.state) > rank(status.state)) continue;
        store.update(store.rows.tasks, taskId, { status });
      }
    });
  }
}
