// The swarm networks of one node: ingress from the start, the others while somebody on the node uses them.
// Mirrors: moby daemon/cluster/executor/container/executor.go (Configure), daemon/network.go (setupIngress),
// container/adapter.go (createNetworks, removeNetworks).
import type { NetworkController, NetworkRow } from '../../libnetwork/index.ts';
import { type Coroutine, millis, type Op, type Sim, sleep } from '../../sim/index.ts';
import {
  type Assignments,
  holdsAddresses,
  type SwarmNetworkRow,
  type TaskRow,
} from '../../swarmkit/index.ts';
import { swarmNetworkSpec } from './networks.ts';

/** A node sets up ingress in the background, after it has told that it is ready. */
const ingressMillis = 900;

export interface NodeNetworksOptions {
  readonly sim: Sim;
  readonly controller: NetworkController;
  /** Lets pass what it takes to set up a network. */
  readonly setUp: () => Op<void>;
  /** A network has come to this node, or goes: events tell of it (053:31), but not of ingress when the swarm is left. */
  readonly onNetwork: (action: 'create' | 'destroy', network: NetworkRow) => void;
  /** After networks or endpoints have changed. */
  readonly onChange: () => void;
}

export class NodeNetworks {
  readonly #options: NodeNetworksOptions;
  #known = new Map<string, SwarmNetworkRow>();
  #addresses: Readonly<Record<string, string>> = {};
  #dataPathPort: number | undefined;
  /** The tasks that are here or on their way and have networks. */
  #tasks: readonly TaskRow[] = [];
  #ingress: Coroutine<void> | undefined;
  /** Networks that are being set up for a task. */
  readonly #coming = new Set<string>();

  constructor(options: NodeNetworksOptions) {
    this.#options = options;
  }

  /** The port of the swarm's tunnels; stays as it is until another swarm says otherwise. */
  get dataPathPort(): number | undefined {
    return this.#dataPathPort;
  }

  apply({ networks, node, networkKeys, dataPathPort, tasks }: Assignments): void {
    this.#dataPathPort = dataPathPort;
    this.#options.controller.setEncryptionKeys(networkKeys);
    this.#known = new Map(networks.map((network) => [network.id, network]));
    this.#addresses = node.attachments;
    this.#tasks = tasks.filter(holdsAddresses);
    const ingress = networks.find((network) => network.spec.Ingress);
    const waiting = this.#ingress !== undefined && !this.#ingress.ended;
    if (ingress && this.#addresses[ingress.id] !== undefined && !this.has(ingress.id) && !waiting)
      this.#ingress = this.#options.sim.spawn('ingress', this.#setUpIngress(ingress.id));
    this.tidy();
  }

  /** Does this node take part in it? */
  has(networkId: string): boolean {
    return this.#find(networkId) !== undefined;
  }

  knows(term: string): boolean {
    return [...this.#known.values()].some(({ id, spec }) => id === term || spec.Name === term);
  }

  row(networkId: string): SwarmNetworkRow | undefined {
    return this.#known.get(networkId);
  }

  /** Has the manager given the node what it needs to take part? */
  isReady(networkId: string): boolean {
    return this.#known.has(networkId) && this.#addresses[networkId] !== undefined;
  }

  /** Takes part in a network that the manager has told of; undefined when it has not. */
  ensure(networkId: string): NetworkRow | undefined {
    const row = this.#known.get(networkId);
    if (!row) return undefined;
    const known = this.has(networkId);
    const spec = swarmNetworkSpec(row, this.#addresses[networkId]);
    const added = this.#options.controller.addSwarmNetwork(spec);
    if (added.ok && !known) this.#options.onNetwork('create', added.value);
    this.#options.onChange();
    return added.ok ? added.value : undefined;
  }

  /** The same with the time that it takes, once for all tasks that wait for the network. */
  *join(networkId: string): Op<void> {
    const { sim, setUp } = this.#options;
    const key = `network ${networkId} of ${this.#options.controller.host}`;
    while (this.#coming.has(networkId)) yield { keys: [key] };
    if (!this.has(networkId)) {
      this.#coming.add(networkId);
      try {
        yield* setUp();
      } finally {
        this.#coming.delete(networkId);
        sim.wake(key);
      }
    }
    this.ensure(networkId);
  }

  /** A task has stopped: the networks that it was the last one on go, before the managers hear of it. */
  left(taskId: string): void {
    this.#tasks = this.#tasks.filter(({ id }) => id !== taskId);
    this.tidy();
  }

  /** Takes down networks that nobody here uses any more. Ingress stays. */
  tidy(): void {
    const { controller } = this.#options;
    const wanted = new Set(
      this.#tasks.flatMap(({ attachments }) => attachments.map(({ networkId }) => networkId)),
    );
    let changed = false;
    for (const network of this.#local()) {
      const { networkId } = network;
      if (wanted.has(networkId) || this.#known.get(networkId)?.spec.Ingress) continue;
      const used = controller
        .endpoints(network.networkId)
        .some((endpoint) => endpoint.name !== `${network.name}-endpoint`);
      if (used) continue;
      controller.removeSwarmNetwork(network.networkId);
      this.#options.onNetwork('destroy', network);
      changed = true;
    }
    if (changed) this.#options.onChange();
  }

  /** The machine has lost its power. */
  lose(): void {
    this.#ingress = undefined;
    this.#known.clear();
    this.#addresses = {};
    this.#tasks = [];
    this.#coming.clear();
  }

  /** Ingress is set up and released one after the other: who leaves at once waits for it (050:2). Mirrors: ingressJob. */
  *ingressSettled(): Op<void> {
    const job = this.#ingress;
    while (job && !job.ended) yield { keys: [job.endKey] };
  }

  /** The swarm has been left, or the daemon ends. */
  removeAll(): void {
    if (this.#ingress) this.#options.sim.cancel(this.#ingress as Coroutine<unknown>);
    const ingress = [...this.#known.values()].find(({ spec }) => spec.Ingress);
    this.#known.clear();
    this.#addresses = {};
    this.#tasks = [];
    for (const network of this.#local()) {
      this.#options.controller.removeSwarmNetwork(network.networkId);
      if (network.networkId !== ingress?.id) this.#options.onNetwork('destroy', network);
    }
    this.#options.onChange();
  }

  #local(): NetworkRow[] {
    return this.#options.controller.networks().filter((network) => network.scope === 'swarm');
  }

  #find(networkId: string): NetworkRow | undefined {
    return this.#local().find((network) => network.networkId === networkId);
  }

  *#setUpIngress(networkId: string): Op<void> {
    yield* sleep(this.#options.sim, millis(ingressMillis));
    if (this.isReady(networkId)) this.ensure(networkId);
  }
}
