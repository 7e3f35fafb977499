// What the leader tells each node, and when there is something new to tell.
// Mirrors: swarmkit manager/dispatcher/assignments.go, node.proto (NodeAttachments), dispatcher.proto (SessionMessage).
import { compareText } from '../std/index.ts';
import type { NetworkKey } from './network-keys.ts';
import {
  type RootCa,
  rank,
  type SecretRow,
  type SwarmNetworkRow,
  type SwarmNodeRow,
  type TaskRow,
} from './objects.ts';
import type { RaftMember } from './raft.ts';
import { mustRenew } from './root-rotation.ts';
import type { LeaderPart, Swarm } from './swarm.ts';

/** Everything that a node needs in order to do its part; a snapshot of the leader's rows. */
export interface Assignments {
  readonly version: number;
  readonly node: SwarmNodeRow;
  readonly managers: readonly RaftMember[];
  /** The networks on which the node has an address, or a task. */
  readonly networks: readonly SwarmNetworkRow[];
  readonly tasks: readonly TaskRow[];
  readonly secrets: readonly SecretRow[];
  readonly configs: readonly SecretRow[];
  /** Addresses of the other nodes: whom to gossip with. */
  readonly peers: readonly string[];
  readonly dataPathPort: number;
  readonly networkKeys: readonly NetworkKey[];
  /** The root to trust. */
  readonly rootCa: RootCa;
  /** The node's certificate is of a root that is being replaced. */
  readonly renew: boolean;
  /** Until the next heartbeat, µs. */
  readonly period: number;
}

/** Tasks that a node must know: from the moment they are assigned until they are deleted. */
const concerns = (task: TaskRow): boolean => rank(task.status.state) >= rank('assigned');

/** Undefined when the node is none of the swarm's. */
export function assignmentsFor(swarm: Swarm, nodeId: string): Assignments | undefined {
  const { store, dispatcher, sim } = swarm;
  const { rows } = store;
  const node = rows.nodes.get(nodeId);
  if (!node) return undefined;
  const tasks = [...rows.tasks.where('node', nodeId)]
    .filter(concerns)
    .sort((a, b) => a.slot - b.slot || compareText(a.id, b.id));
  const live = tasks.filter((task) => rank(task.status.state) <= rank('running'));
  const ids = new Set([
    ...Object.keys(node.attachments),
    ...live.flatMap((task) => task.attachments.map(({ networkId }) => networkId)),
  ]);
  const specs = live.map((task) => task.spec.ContainerSpec);
  const secretIds = new Set(specs.flatMap((spec) => spec?.Secrets?.map((s) => s.SecretID) ?? []));
  const configIds = new Set(specs.flatMap((spec) => spec?.Configs?.map((c) => c.ConfigID) ?? []));
  const pick = (all: readonly SecretRow[], wanted: ReadonlySet<string>) =>
    all.filter((row) => wanted.has(row.id));
  return {
    version: dispatcher.version(nodeId),
    node,
    managers: swarm.members(),
    networks: store.all(rows.networks).filter((network) => ids.has(network.id)),
    tasks,
    secrets: pick(store.all(rows.secrets), secretIds),
    configs: pick(store.all(rows.configs), configIds),
    peers: store
      .all(rows.nodes)
      .filter((other) => other.id !== nodeId && other.status.state !== 'down')
      .map((other) => other.status.address),
    networkKeys: swarm.networkKeys,
    rootCa: store.clusterRow.rootCa,
    renew: mustRenew(store.clusterRow, node.description?.tls),
    dataPathPort: store.clusterRow.dataPathPort,
    period: Math.max(0, dispatcher.nextHeartbeat() - sim.now()),
  };
}

/** Announces to each node what has changed for it. A task's own reports are no news to its node. */
export class Announcer implements LeaderPart {
  readonly #swarm: Swarm;
  readonly #told = new Map<string, string>();

  constructor(swarm: Swarm) {
    this.#swarm = swarm;
  }

  reconcile(): void {
    const { store, dispatcher } = this.#swarm;
    const { rows } = store;
    const shared = JSON.stringify([
      this.#swarm.members(),
      store.all(rows.nodes).map(({ status }) => (status.state === 'down' ? '' : status.address)),
      store.all(rows.networks).map(({ id, version }) => [id, version]),
      store.clusterRow.rootCa.digest,
      store.clusterRow.rootRotation?.digest,
    ]);
    for (const node of store.all(rows.nodes)) {
      const tasks = rows.tasks.where('node', node.id).filter(concerns);
      const own = JSON.stringify([
        node.spec,
        node.attachments,
        tasks.map((task) => [task.id, task.desiredState, task.attachments.length]),
      ]);
      const news = shared + own;
      if (this.#told.get(node.id) === news) continue;
      this.#told.set(node.id, news);
      dispatcher.announce(node.id);
    }
  }
}
