// One swarm: its store, and what its leader does while there is one. All its managers hold the same object; raft (one per
// manager) says who leads and who may use it. Mirrors: swarmkit manager/manager.go (becomeLeader, becomeFollower).
import { type Coroutine, micros, millis, type Op, type Scope, type Sim } from '../sim/index.ts';
import { Allocator } from './allocator/allocator.ts';
import { newRootCa } from './ca.ts';
import { Dispatcher } from './dispatcher.ts';
import { joinToken, newId, unlockKey } from './identity.ts';
import { type NetworkKey, newNetworkKeys } from './network-keys.ts';
import { predefinedLabels, type SwarmNodeRow } from './objects.ts';
import type { RaftMember } from './raft.ts';
import type { Availability, ClusterSpec, SwarmNetworkSpecBody } from './specs.ts';
import { type SwarmRows, SwarmStore } from './store.ts';

/** How long the leader gathers changes before it looks at them. */
const settleMillis = 2;
/** The log begins with the member that raft adds and the leader's first, empty entry. */
const firstIndex = 2;

export interface SwarmOptions {
  readonly availability: Availability;
  readonly spec: Partial<ClusterSpec>;
  readonly autolock: boolean;
  readonly addressPools: readonly string[];
  readonly subnetSize: number;
  readonly dataPathPort: number;
  /** The first manager's address for others: `192.168.56.10:2377`. */
  readonly address: string;
}

/** A part of the leader's work: looks at the store and changes what has to follow. */
export interface LeaderPart {
  /** Called after changes; may change the store again. */
  reconcile(): void;
  /** The leadership is lost: forget timers. */
  stop?(): void;
}

export type PartFactory = (swarm: Swarm) => LeaderPart;

export const defaultClusterSpec: ClusterSpec = {
  Name: 'default',
  Labels: {},
  Orchestration: { TaskHistoryRetentionLimit: 5 },
  Raft: {
    SnapshotInterval: 10_000,
    KeepOldSnapshots: 0,
    LogEntriesForSlowFollowers: 500,
    ElectionTick: 10,
    HeartbeatTick: 1,
  },
  Dispatcher: { HeartbeatPeriod: 5_000_000_000 },
  CAConfig: { NodeCertExpiry: 7_776_000_000_000_000 },
  TaskDefaults: {},
  EncryptionConfig: { AutoLockManagers: false },
};

/** What an init leaves out is filled with the defaults. */
function withDefaults(spec: Partial<ClusterSpec>, autolock: boolean): ClusterSpec {
  const d = defaultClusterSpec;
  return {
    ...d,
    Labels: spec.Labels ?? d.Labels,
    Orchestration: { ...d.Orchestration, ...spec.Orchestration },
    Raft: {
      ...d.Raft,
      ...Object.fromEntries(Object.entries(spec.Raft ?? {}).filter(([, value]) => value !== 0)),
    },
    Dispatcher: { ...d.Dispatcher, ...spec.Dispatcher },
    CAConfig: { ...d.CAConfig, ...spec.CAConfig },
    EncryptionConfig: {
      AutoLockManagers: autolock || spec.EncryptionConfig?.AutoLockManagers === true,
    },
  };
}

export class Swarm {
  readonly id: string;
  readonly sim: Sim;
  readonly store: SwarmStore;
  readonly dispatcher: Dispatcher;
  /** For encrypted networks. */
  readonly networkKeys: readonly NetworkKey[];
  readonly #factories: readonly PartFactory[];
  #allocator: Allocator | undefined;
  #parts: readonly LeaderPart[] = [];
  #coroutines: Coroutine<void>[] = [];
  #leader: string | undefined;
  /** Where the leader's work is done: it ends with the leader's daemon, whoever asked for it. */
  #scope: Scope | undefined;
  #dirty = false;

  constructor(sim: Sim, rows: SwarmRows, id: string, factories: readonly PartFactory[]) {
    this.id = id;
    this.sim = sim;
    this.#factories = factories;
    this.networkKeys = newNetworkKeys(sim);
    this.store = new SwarmStore(sim, rows, id, firstIndex);
    this.dispatcher = new Dispatcher(sim, this.store);
    this.store.onCommit = () => {
      this.#dirty = true;
      sim.wake(this.#key);
      sim.wake(this.changeKey);
    };
  }

  /** Woken after each transaction. */
  get changeKey(): string {
    return `swarm changes ${this.id}`;
  }

  get #key(): string {
    return `swarm leader ${this.id}`;
  }

  get leader(): string | undefined {
    return this.#leader;
  }

  get allocator(): Allocator | undefined {
    return this.#allocator;
  }

  // ---- leadership -----------------------------------------------------------------------

  members(): RaftMember[] {
    return this.store
      .all(this.store.rows.nodes)
      .flatMap((node) =>
        node.manager ? [{ nodeId: node.id, address: node.manager.address }] : [],
      );
  }

  /** That manager leads from now on. */
  lead(nodeId: string): void {
    this.resign(this.#leader);
    this.#leader = nodeId;
    this.#scope = this.sim.currentScope;
    this.store.transaction(() => {
      for (const node of this.store.all(this.store.rows.nodes))
        if (node.manager)
          this.store.update(this.store.rows.nodes, node.id, {
            manager: {
              ...node.manager,
              leader: node.id === nodeId,
              reachability: node.id === nodeId ? 'reachable' : node.manager.reachability,
            },
          });
      this.dispatcher.takeOver();
    });
    this.#allocator = new Allocator(this.sim, this.store);
    this.#allocator.restore();
    this.#parts = this.#factories.map((make) => make(this));
    this.#coroutines = [
      this.sim.spawn(`swarm ${this.id}: leader`, this.#work()),
      this.sim.spawn(`swarm ${this.id}: deadlines`, this.#watchNodes()),
    ];
    this.settle();
  }

  /** That manager leads no longer; nothing when it did not. */
  resign(nodeId: string | undefined): void {
    if (nodeId === undefined || this.#leader !== nodeId) return;
    this.#leader = undefined;
    for (const coroutine of this.#coroutines) this.sim.cancel(coroutine as Coroutine<unknown>);
    this.#coroutines = [];
    for (const part of this.#parts) part.stop?.();
    this.#parts = [];
    this.#allocator = undefined;
    this.dispatcher.release();
  }

  setReachability(nodeId: string, reachable: boolean): void {
    const { rows } = this.store;
    const node = rows.nodes.get(nodeId);
    const reachability = reachable ? 'reachable' : 'unreachable';
    if (!node?.manager || node.manager.reachability === reachability) return;
    this.store.update(rows.nodes, nodeId, { manager: { ...node.manager, reachability } });
  }

  /** Lets the leader's parts follow all changes so far, now. */
  settle(): void {
    this.sim.inScope(this.#scope, () => this.#settle());
  }

  #settle(): void {
    for (let round = 0; this.#dirty && round < 16; round += 1) {
      this.#dirty = false;
      this.#allocator?.run();
      for (const part of this.#parts) part.reconcile();
    }
  }

  *#work(): Op<void> {
    for (;;) {
      if (!this.#dirty) yield { keys: [this.#key] };
      yield { until: micros(this.sim.now() + millis(settleMillis)) };
      this.settle();
    }
  }

  *#watchNodes(): Op<void> {
    for (;;) {
      const next = this.dispatcher.nextDeadline();
      const keys = ['swarm deadlines'];
      yield next === undefined ? { keys } : { keys, until: next };
      this.dispatcher.expire();
    }
  }

  // ---- members --------------------------------------------------------------------------

  addNode(options: {
    readonly role: 'worker' | 'manager';
    readonly availability: Availability;
    readonly address: string;
    readonly accepted: boolean;
  }): SwarmNodeRow {
    const { role, availability, address, accepted } = options;
    return this.store.create(this.store.rows.nodes, {
      id: newId(this.sim.rng('swarmkit/ids')),
      spec: { Labels: {}, Role: role, Availability: availability },
      status: { state: 'unknown', message: '', address },
      role,
      accepted,
      attachments: {},
    });
  }

  /** The node takes part in raft. */
  addMember(nodeId: string, address: string): void {
    this.store.update(this.store.rows.nodes, nodeId, {
      role: 'manager',
      manager: { leader: false, reachability: 'reachable', address },
    });
  }

  /** The node takes no part in raft any more. */
  removeMember(nodeId: string): void {
    const node = this.store.rows.nodes.get(nodeId);
    if (node?.manager)
      this.store.update(this.store.rows.nodes, nodeId, { role: 'worker', manager: undefined });
  }

  /** `swarm init --force-new-cluster`: this manager goes on alone. */
  forceNewCluster(nodeId: string, address: string): void {
    const { rows } = this.store;
    this.store.transaction(() => {
      for (const node of this.store.all(rows.nodes)) {
        if (node.id === nodeId || !node.manager) continue;
        this.store.update(rows.nodes, node.id, {
          role: 'worker',
          manager: undefined,
          spec: { ...node.spec, Role: 'worker' },
        });
      }
      this.addMember(nodeId, address);
    });
  }
}

const predefinedSpec = (name: string): SwarmNetworkSpecBody => ({
  Name: name,
  Labels: predefinedLabels,
  Driver: name,
  DriverOptions: {},
  Internal: false,
  Attachable: false,
  Ingress: false,
  EnableIPv6: false,
  IpamDriver: '',
  Ipam: [],
});

/** `swarm init`: a new swarm with its first manager; the ingress network comes with it. */
export function createSwarm(
  sim: Sim,
  rows: SwarmRows,
  factories: readonly PartFactory[],
  options: SwarmOptions,
): { readonly swarm: Swarm; readonly node: SwarmNodeRow } {
  const ids = sim.rng('swarmkit/ids');
  const secrets = sim.rng('swarmkit/secrets');
  const swarm = new Swarm(sim, rows, newId(ids), factories);
  const rootCa = newRootCa(secrets, sim.epochMillis + sim.now() / 1000);
  const spec = withDefaults(options.spec, options.autolock);
  const [host = ''] = options.address.split(':');
  const node = swarm.store.transaction(() => {
    swarm.store.create(rows.clusters, {
      id: swarm.id,
      spec,
      rootCa,
      joinTokens: {
        worker: joinToken(rootCa.tokenDigest, secrets),
        manager: joinToken(rootCa.tokenDigest, secrets),
      },
      unlockKey: spec.EncryptionConfig.AutoLockManagers ? unlockKey(secrets) : '',
      addressPools: options.addressPools,
      subnetSize: options.subnetSize,
      dataPathPort: options.dataPathPort,
    });
    swarm.store.create(rows.networks, {
      id: newId(ids),
      spec: {
        Name: 'ingress',
        Labels: {},
        Driver: 'overlay',
        DriverOptions: {},
        Internal: false,
        Attachable: false,
        Ingress: true,
        EnableIPv6: false,
        IpamDriver: 'default',
        Ipam: [],
      },
      subnets: [],
    });
    for (const name of ['bridge', 'host'])
      swarm.store.create(rows.networks, {
        id: newId(sim.rng('swarmkit/predefined networks')),
        spec: predefinedSpec(name),
        subnets: [],
      });
    const made = swarm.addNode({
      role: 'manager',
      availability: options.availability,
      address: host,
      accepted: true,
    });
    swarm.addMember(made.id, options.address);
    return made;
  });
  // The key manager writes the keys of the networks down.
  swarm.store.update(rows.clusters, swarm.id, {});
  return { swarm, node: rows.nodes.must(node.id) };
}
