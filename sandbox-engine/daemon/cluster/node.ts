// One daemon's part in a swarm: init, join, leave, lock and unlock, promotion and demotion, and what survives a restart.
// What runs meanwhile is in node-runner.ts.
// Mirrors: moby daemon/cluster/{cluster,swarm}.go.
import type { Kernel } from '../../kernel/index.ts';
import { micros, millis, type Op, type Sim, seconds, sleep } from '../../sim/index.ts';
import { assert, err, type Failure, failure, ok, type Result } from '../../std/index.ts';
import {
  type Availability,
  createSwarm,
  isUnlockKey,
  type NodeDescription,
  newHardState,
  parseJoinToken,
  type RaftMember,
  rpcError,
  type Swarm,
  signingCa,
  tlsOf,
} from '../../swarmkit/index.ts';
import {
  advertiseAddress,
  defaultPort,
  listenAddress,
  sourceTowards,
  splitHostPort,
} from './addresses.ts';
import { certificateMillis } from './certificate.ts';
import { type CallError, ControlClient, type EndpointOptions } from './control-plane.ts';
import type { Manager } from './manager.ts';
import type { CertificateReply, ControlRequest } from './messages.ts';
import type { InitRequest, JoinRequest, NodeWork } from './node-requests.ts';
import { NodeRunner, startLimit } from './node-runner.ts';
import type { Saved } from './saved.ts';
import type { Session } from './session.ts';
import {
  leaveWarning,
  noSwarm,
  notLocked,
  notManagerOutside,
  notManagerWorker,
  swarmExists,
  swarmLocked,
} from './texts.ts';
import type { ClusterWorld } from './world.ts';

/** Keys and certificates are made, files written. */
const initMillis = 180;
/** A join that fails is tried again for so long before it is said. */
const joinPatience = seconds(10);

export interface ClusterNodeOptions {
  readonly sim: Sim;
  readonly host: string;
  readonly kernel: Kernel;
  readonly world: ClusterWorld;
  readonly endpoint: EndpointOptions;
  readonly description: () => NodeDescription;
}

const availabilityOf = (text: string): Availability =>
  text === 'drain' || text === 'pause' ? text : 'active';

export class ClusterNode {
  readonly #options: ClusterNodeOptions;
  readonly client: ControlClient;
  /** Set once, before the first request. */
  work: NodeWork | undefined;
  #saved: Saved | undefined;
  #locked = false;
  readonly #runner: NodeRunner;

  constructor(options: ClusterNodeOptions) {
    this.#options = options;
    this.client = new ControlClient(options.endpoint);
    const { sim, world, endpoint, description } = options;
    this.#runner = new NodeRunner({
      ...{ sim, world, endpoint, description },
      client: this.client,
      work: () => this.work,
    });
  }

  // ---- what it is now -------------------------------------------------------------------

  get nodeId(): string | undefined {
    return this.#locked ? undefined : this.#saved?.nodeId;
  }

  get manager(): Manager | undefined {
    return this.#runner.manager;
  }

  get session(): Session | undefined {
    return this.#runner.session;
  }

  get state(): 'inactive' | 'pending' | 'active' | 'locked' {
    if (this.#locked) return 'locked';
    if (!this.#saved) return 'inactive';
    return this.#runner.wasReady || this.manager ? 'active' : 'pending';
  }

  /** The address that this node speaks from to the managers. */
  get address(): string {
    const saved = this.#saved;
    if (!saved) return '';
    if (saved.advertise !== '') return splitHostPort(saved.advertise, defaultPort).host;
    const [remote] = saved.managers;
    return (remote && sourceTowards(this.#options.kernel, remote.address)) ?? '';
  }

  /** Where its VXLAN packets come from. */
  get dataAddress(): string {
    return this.#saved?.dataPath || this.address;
  }

  get managers(): readonly RaftMember[] {
    return this.manager?.swarm.members() ?? this.#saved?.managers ?? [];
  }

  /** Why the swarm cannot be asked for anything here; undefined on managers. */
  notManager(): Failure | undefined {
    if (this.#locked) return swarmLocked;
    if (!this.#saved) return notManagerOutside;
    return this.manager ? undefined : notManagerWorker;
  }

  /** The swarm, once its leader can be asked. */
  *swarm(): Op<Result<Swarm, Failure>> {
    const refused = this.notManager();
    if (refused || !this.manager) return err(refused ?? notManagerWorker);
    return yield* this.manager.access();
  }

  // ---- init -----------------------------------------------------------------------------

  *init(request: InitRequest): Op<Result<string, Failure>> {
    const { sim, kernel, world } = this.#options;
    if (this.#saved && request.forceNewCluster) return yield* this.#forceNewCluster(request);
    if (this.#saved) return err(swarmExists);
    const listen = listenAddress(kernel, request.listenAddr);
    if (!listen.ok) return listen;
    const advertise = advertiseAddress(kernel, request.advertiseAddr, listen.value);
    if (!advertise.ok) return advertise;
    yield* sleep(sim, millis(initMillis));
    const address = `${advertise.value.host}:${advertise.value.port}`;
    const { swarm, node } = createSwarm(sim, world.rows, world.parts, {
      availability: availabilityOf(request.availability),
      spec: request.spec,
      autolock: request.autolock,
      addressPools: request.addressPools,
      subnetSize: request.subnetSize || 24,
      dataPathPort: request.dataPathPort || 4789,
      address,
    });
    world.swarms.set(swarm.id, swarm);
    this.#saved = {
      nodeId: node.id,
      cluster: swarm.id,
      listen: listen.value,
      advertise: address,
      dataPath: request.dataPathAddr,
      isManager: true,
      managers: swarm.members(),
      raft: newHardState(),
      tls: tlsOf(swarm.store.clusterRow.rootCa, signingCa(swarm.store.clusterRow)),
      lockKey: swarm.store.clusterRow.unlockKey,
    };
    const started = yield* this.#start();
    // What the request says of the cluster is written once its manager answers. Mirrors: cluster.go initClusterSpec.
    if (started.ok) swarm.store.update(world.rows.clusters, swarm.id, {});
    return started;
  }

  *#forceNewCluster(request: InitRequest): Op<Result<string, Failure>> {
    const saved = this.#saved;
    const swarm = saved && this.#options.world.swarms.get(saved.cluster);
    if (!saved?.isManager || !swarm) return err(swarmExists);
    const { kernel } = this.#options;
    const listen = listenAddress(kernel, request.listenAddr);
    if (!listen.ok) return listen;
    const wanted = advertiseAddress(kernel, request.advertiseAddr, listen.value);
    if (!wanted.ok) return wanted;
    yield* this.stop();
    yield* sleep(this.#options.sim, millis(initMillis));
    // The address that raft knows this member by stays.
    const member = swarm.members().find(({ nodeId }) => nodeId === saved.nodeId);
    swarm.forceNewCluster(saved.nodeId, member?.address ?? saved.advertise);
    this.#saved = { ...saved, managers: swarm.members() };
    return yield* this.#start();
  }

  // ---- join -----------------------------------------------------------------------------

  *join(request: JoinRequest): Op<Result<void, Failure>> {
    const { sim, kernel } = this.#options;
    if (this.#saved) return err(swarmExists);
    const listen = listenAddress(kernel, request.listenAddr);
    if (!listen.ok) return listen;
    if (request.advertiseAddr !== '') {
      const advertise = advertiseAddress(kernel, request.advertiseAddr, listen.value);
      if (!advertise.ok) return advertise;
    }
    const [given = ''] = request.remoteAddrs;
    const { host, port } = splitHostPort(given, defaultPort);
    const remote = `${host}:${port}`;
    const token = request.token === '' ? undefined : parseJoinToken(request.token);
    if (token && !token.ok) return err(failure('invalid_parameter', token.error));
    const until = micros(sim.now() + joinPatience);
    const certificate = yield* this.#askCertificate(remote, request);
    if (!certificate.ok) {
      yield { until };
      return certificate;
    }
    const { nodeId, role, cluster } = certificate.value;
    yield* sleep(sim, millis(certificateMillis));
    this.#saved = {
      nodeId,
      cluster,
      listen: listen.value,
      advertise: request.advertiseAddr,
      dataPath: request.dataPathAddr,
      isManager: false,
      managers: [{ nodeId: '', address: remote }],
      raft: newHardState(),
      tls: certificate.value.tls,
      lockKey: '',
    };
    const started = yield* this.#runner.start(this.#saved, role === 'manager');
    return started.ok ? ok(undefined) : started;
  }

  *#askCertificate(
    remote: string,
    request: JoinRequest,
  ): Op<Result<Exclude<CertificateReply, { failure: Failure }>, Failure>> {
    const { token, availability } = request;
    const question: ControlRequest = { kind: 'issue certificate', token, availability };
    const answer = yield* this.client.call(remote, question, startLimit);
    if (!answer.ok) return err(dialFailure(answer.error));
    const reply = answer.value as CertificateReply;
    return 'failure' in reply ? err(reply.failure) : ok(reply);
  }

  // ---- leave ----------------------------------------------------------------------------

  /** How the managers stand; undefined where nobody can be asked, or where this one is not among those in reach. */
  #managerCounts(own: string): { reachable: number; unreachable: number } | undefined {
    const { manager } = this;
    if (!manager || manager.raft.leader === undefined) return undefined;
    const { store } = manager.swarm;
    const known = store
      .all(store.rows.nodes)
      .flatMap((node) => (node.manager ? [{ id: node.id, how: node.manager.reachability }] : []));
    if (!known.some(({ id, how }) => id === own && how === 'reachable')) return undefined;
    const count = (wanted: string): number => known.filter(({ how }) => how === wanted).length;
    return { reachable: count('reachable'), unreachable: count('unreachable') };
  }

  *leave(force: boolean): Op<Result<void, Failure>> {
    const { world, sim } = this.#options;
    const saved = this.#saved;
    if (!saved) return err(noSwarm);
    if (this.#locked && !force) return err(failure('unavailable', swarmLocked.message));
    const swarm = world.swarms.get(saved.cluster);
    const members = swarm?.members() ?? [];
    const isMember = members.some(({ nodeId }) => nodeId === saved.nodeId);
    const isLast = isMember && members.length === 1;
    if (this.manager && !force)
      return err(failure('unavailable', leaveWarning(this.#managerCounts(saved.nodeId))));
    this.#runner.halt();
    yield* sleep(sim, millis(50));
    yield* this.work?.end() ?? nothing();
    yield* this.work?.over() ?? nothing();
    this.#saved = undefined;
    this.#locked = false;
    if (!isLast || !swarm) return ok(undefined);
    swarm.store.erase();
    world.swarms.delete(saved.cluster);
    return ok(undefined);
  }

  // ---- lock -----------------------------------------------------------------------------

  *unlock(key: string): Op<Result<void, Failure>> {
    const { sim } = this.#options;
    const saved = this.#saved;
    if (!saved) return err(noSwarm);
    if (!this.#locked) return err(notLocked);
    if (!isUnlockKey(key)) return err(failure('invalid_parameter', 'invalid key string'));
    yield* sleep(sim, millis(100));
    if (saved.lockKey !== key)
      return err(failure('invalid_parameter', 'swarm could not be unlocked: invalid key provided'));
    this.#locked = false;
    const started = yield* this.#start();
    return started.ok ? ok(undefined) : started;
  }

  // ---- the daemon's own comings and goings ----------------------------------------------

  /** dockerd ends: the node's tasks are given up, its manager stops. Mirrors: swarmkit node.Stop, agent.Leave. */
  *stop(): Op<void> {
    if (!this.#saved || this.#locked) return;
    this.#runner.halt();
    yield* this.work?.end() ?? nothing();
  }

  /** The machine has lost its power. */
  lose(): void {
    this.work?.forget();
    this.#runner.halt();
  }

  /** dockerd comes up again. A node that finds no manager goes on looking for one afterwards. */
  *boot(): Op<void> {
    const saved = this.#saved;
    if (!saved) return;
    if (saved.isManager && saved.lockKey !== '') this.#locked = true;
    else yield* this.#start();
  }

  *#start(): Op<Result<string, Failure>> {
    assert(this.#saved, 'a node that starts is in a swarm');
    return yield* this.#runner.start(this.#saved);
  }
}

function* nothing(): Op<undefined> {}

const dialFailure = (error: CallError): Failure =>
  error.kind === 'dial'
    ? rpcError(
        'Unavailable',
        `connection error: desc = "transport: Error while dialing: ${error.reason}"`,
      )
    : rpcError(
        'Unavailable',
        'connection error: desc = "transport: authentication handshake failed: EOF"',
      );
