// The swarm networks of one node: ingress from the start, the others while somebody on the node uses them.
// Mirrors: moby daemon/cluster/executor/container/executor.go (Configure), daemon/network.go (setupIngress),
// container/adapter.go (createNetworks, removeNetworks).
import type { NetworkController, NetworkRow } from '../../libnetwork/index.ts';
import { type Coroutine, millis, type Op, type Sim, sleep } from '../../sim/index.ts';
import { type Assignments, holdsAddresses, type SwarmNetworkRow } from '../../swarmkit/index.ts';
import { swarmNetworkSpec } from './networks.ts';

/** A node sets up ingress in the background, after it has told that it is ready. */
const ingressMillis = 400;

export interface NodeNetworksOptions {
  readonly sim: Sim;
  readonly controller: NetworkController;
  /** After networks or endpoints have changed. */
  readonly onChange: () => void;
}

export class NodeNetworks {
  readonly #options: NodeNetworksOptions;
  #known = new Map<string, SwarmNetworkRow>();
  #addresses: Readonly<Record<string, string>> = {};
  /** Ingress, and the networks of tasks that are here or on their way. */
  #wanted: ReadonlySet<string> = new Set();
  #ingress: Coroutine<void> | undefined;

  constructor(options: NodeNetworksOptions) {
    this.#options = options;
  }

  apply({ networks, node, networkKeys, tasks }: Assignments): void {
    this.#options.controller.setEncryptionKeys(networkKeys);
    this.#known = new Map(networks.map((network) => [network.id, network]));
    this.#addresses = node.attachments;
    this.#wanted = new Set([
      ...networks.filter((network) => network.spec.Ingress).map((network) => network.id),
      ...tasks
        .filter(holdsAddresses)
        .flatMap((task) => task.attachments.map(({ networkId }) => networkId)),
    ]);
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
    const spec = swarmNetworkSpec(row, this.#addresses[networkId]);
    const added = this.#options.controller.addSwarmNetwork(spec);
    this.#options.onChange();
    return added.ok ? added.value : undefined;
  }

  /** Takes down networks that nobody here uses any more. */
  tidy(): void {
    const { controller } = this.#options;
    let changed = false;
    for (const network of this.#local()) {
      if (this.#wanted.has(network.networkId)) continue;
      const used = controller
        .endpoints(network.networkId)
        .some((endpoint) => endpoint.name !== `${network.name}-endpoint`);
      if (used) continue;
      controller.removeSwarmNetwork(network.networkId);
      changed = true;
    }
    if (changed) this.#options.onChange();
  }

  /** The machine has lost its power. */
  lose(): void {
    this.#ingress = undefined;
    this.#known.clear();
    this.#addresses = {};
    this.#wanted = new Set();
  }

  /** The swarm has been left, or the daemon ends. */
  removeAll(): void {
    if (this.#ingress) this.#options.sim.cancel(this.#ingress as Coroutine<unknown>);
    this.#known.clear();
    this.#addresses = {};
    this.#wanted = new Set();
    for (const network of this.#local())
      this.#options.controller.removeSwarmNetwork(network.networkId);
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
