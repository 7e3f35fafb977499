// What runs of a swarm's node while its daemon is up: the session with the managers and, on managers, the manager; following
// what the leader says, promotion and demotion among it.
// Mirrors: moby daemon/cluster/noderunner.go and swarmkit node/node.go.
import {
  type Coroutine,
  micros,
  millis,
  type Op,
  type Sim,
  seconds,
  sleep,
} from '../../sim/index.ts';
import { err, type Failure, failure, ok, type Result } from '../../std/index.ts';
import type { Assignments, NodeDescription, SwarmChange } from '../../swarmkit/index.ts';
import { ipv4 } from '../../wire/index.ts';
import { defaultPort, splitHostPort } from './addresses.ts';
import { certificateMillis, NodeCertificate } from './certificate.ts';
import type { ControlClient, EndpointOptions } from './control-plane.ts';
import { Manager } from './manager.ts';
import type { ControlRequest } from './messages.ts';
import type { NodeWork } from './node-requests.ts';
import type { Saved } from './saved.ts';
import { managerAddresses, Session } from './session.ts';
import { deadlineExceeded, joinTimeout } from './texts.ts';
import type { ClusterWorld } from './world.ts';

export const startLimit = seconds(20);

export interface NodeRunnerOptions {
  readonly sim: Sim;
  readonly world: ClusterWorld;
  readonly endpoint: EndpointOptions;
  readonly client: ControlClient;
  readonly description: () => NodeDescription;
  /** What is told of assignments and changes. */
  readonly work: () => NodeWork | undefined;
}

export class NodeRunner {
  readonly #options: NodeRunnerOptions;
  readonly #certificate: NodeCertificate;
  #manager: Manager | undefined;
  #session: Session | undefined;
  #running = false;
  #wasReady = false;
  #change: Coroutine<void> | undefined;

  constructor(options: NodeRunnerOptions) {
    this.#options = options;
    this.#certificate = new NodeCertificate({
      sim: options.sim,
      session: () => this.#session,
      description: (saved) => this.#description(saved),
    });
  }

  get manager(): Manager | undefined {
    return this.#manager;
  }

  get session(): Session | undefined {
    return this.#session;
  }

  /** It has been in touch with a manager since it started; losing that does not make it less active. */
  get wasReady(): boolean {
    return this.#wasReady;
  }

  /** Starts the node as it is written down; answers its id once it is in touch with the managers. */
  *start(saved: Saved, asManager = saved.isManager): Op<Result<string, Failure>> {
    const { sim, client } = this.#options;
    this.#running = true;
    this.#wasReady = false;
    // Differs: the others would tell it that it has been removed from the raft group; here it sees so for itself.
    const members = this.#options.world.swarms.get(saved.cluster)?.members();
    if (!members?.some(({ nodeId }) => nodeId === saved.nodeId)) saved.isManager = false;
    if (saved.isManager && !this.#openManager(saved))
      return err(
        failure('system', `listen tcp 0.0.0.0:${saved.listen.port}: bind: address already in use`),
      );
    this.#session = new Session({
      sim,
      nodeId: saved.nodeId,
      client,
      description: () => this.#description(saved),
      address: saved.advertise === '' ? '' : splitHostPort(saved.advertise, defaultPort).host,
      managers: () => managerAddresses(saved.managers),
      own: () => this.#ownManager(),
      apply: (assignments) => this.#apply(saved, assignments),
    });
    this.#options.work()?.begin();
    this.#session.start();
    const until = micros(sim.now() + startLimit);
    const session = this.#session;
    while (!session.connected || (asManager && !this.#manager?.raft.leader)) {
      if (sim.now() >= until || session !== this.#session)
        return err(this.#manager ? deadlineExceeded : joinTimeout);
      yield { keys: [session.key, ...(this.#manager ? [this.#manager.raft.key] : [])], until };
    }
    this.#wasReady = true;
    return ok(saved.nodeId);
  }

  #description(saved: Saved): NodeDescription {
    return { ...this.#options.description(), tls: saved.tls };
  }

  #ownManager(): ((request: ControlRequest) => Op<object>) | undefined {
    const manager = this.#manager;
    return manager && ((request) => manager.handle(request, ipv4(0)));
  }

  #openManager(saved: Saved): boolean {
    const { world, endpoint, client } = this.#options;
    const swarm = world.swarms.get(saved.cluster);
    if (!swarm) return false;
    const { nodeId, listen } = saved;
    const onChanges = (changes: readonly SwarmChange[]) => {
      // Its own files are locked with the key that is in force while it runs.
      saved.lockKey = swarm.store.rows.clusters.get(swarm.id)?.unlockKey ?? '';
      this.#options.work()?.changed(changes);
    };
    const manager = new Manager({
      ...{ endpoint, client, swarm, nodeId, listen, disk: saved.raft },
      onChanges,
    });
    if (!manager.start()) return false;
    saved.lockKey = swarm.store.rows.clusters.get(swarm.id)?.unlockKey ?? '';
    this.#manager = manager;
    return true;
  }

  /** Manager and session stop, connections end. What the node had to do is the caller's. */
  halt(): void {
    this.#running = false;
    if (this.#change) this.#options.sim.cancel(this.#change as Coroutine<unknown>);
    this.#change = undefined;
    this.#certificate.stop();
    this.#session?.stop();
    this.#session = undefined;
    this.#manager?.stop();
    this.#manager = undefined;
    this.#options.client.closeAll();
  }

  // ---- following what the leader says ---------------------------------------------------

  #apply(saved: Saved, assignments: Assignments): void {
    saved.managers = assignments.managers;
    const { node } = assignments;
    this.#certificate.follow(saved, assignments);
    const wanted = node.spec.Role === 'manager';
    const changing = this.#change !== undefined && !this.#change.ended;
    if (wanted !== (this.#manager !== undefined) && !changing)
      this.#change = this.#options.sim.spawn(
        `new role of ${saved.nodeId}`,
        wanted ? this.#promote(saved) : this.#demote(saved),
      );
    this.#options.work()?.apply(assignments);
  }

  /** A manager's certificate, the listener, raft. */
  *#promote(saved: Saved): Op<void> {
    yield* sleep(this.#options.sim, millis(certificateMillis));
    const session = this.#session;
    if (!this.#running || !session) return;
    const port = saved.listen.port;
    const joined = yield* session.ask({ kind: 'join raft', nodeId: saved.nodeId, port });
    if (!joined.ok || 'refused' in joined.value || !this.#running || this.#manager) return;
    if (!this.#openManager(saved)) return;
    saved.isManager = true;
    this.#options.sim.wake(session.key);
  }

  *#demote(saved: Saved): Op<void> {
    saved.isManager = false;
    this.#manager?.stop();
    this.#manager = undefined;
    yield* nothing();
  }
}

function* nothing(): Op<undefined> {}
