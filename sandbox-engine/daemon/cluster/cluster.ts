// One daemon's part in swarms, put together: the `ClusterPort` of daemon/cluster-port.ts.
// Mirrors: moby daemon/cluster/cluster.go.
import type { NetworkController } from '../../libnetwork/index.ts';
import type { Host } from '../../os/index.ts';
import { millis, type Op, type Sim, sleep } from '../../sim/index.ts';
import { err, type Failure, failure, ok, type Result } from '../../std/index.ts';
import {
  Agent,
  type Assignments,
  type NodeDescription,
  type SwarmChange,
  type TaskStatus,
} from '../../swarmkit/index.ts';
import { type Ipv4, parseIpv4 } from '../../wire/index.ts';
import type { ClusterPort, NetworkAttachment } from '../cluster-port.ts';
import type { Containers } from '../containers/containers.ts';
import { spend } from '../containers/durations.ts';
import { machineMemory } from '../containers/stats.ts';
import type { Route } from '../router.ts';
import { engineVersion } from '../system/info.ts';
import { noAttachment } from './attachments.ts';
import { discovery } from './discovery.ts';
import { distributionRoutes } from './distribution.ts';
import { createExecutor } from './executor.ts';
import { Gossip } from './gossip.ts';
import type { AttachReply } from './messages.ts';
import { networkServices } from './network-services.ts';
import { clusterNetworks } from './networks.ts';
import { ClusterNode } from './node.ts';
import { NodeNetworks } from './node-networks.ts';
import type { NodeWork } from './node-requests.ts';
import { nodeRoutes } from './node-routes.ts';
import { secretRoutes } from './secret-routes.ts';
import { serviceLogRoutes } from './service-logs.ts';
import { serviceRoutes } from './service-routes.ts';
import { logChanges } from './swarm-events.ts';
import { swarmRoutes } from './swarm-routes.ts';
import { noLeader } from './texts.ts';
import { clusterView } from './views.ts';
import type { ClusterWorld } from './world.ts';

export interface ClusterOptions {
  readonly sim: Sim;
  readonly host: Host;
  readonly controller: NetworkController;
  readonly world: ClusterWorld;
  readonly containers: Containers;
  /** dockerd's number, for `ss -p`. */
  readonly daemonPid: () => number;
}

/** What the composition root does with a daemon's swarm part. */
export interface Cluster extends ClusterPort {
  readonly node: ClusterNode;
  /** The address that other nodes send this node's tunnels to; undefined outside of swarms. */
  dataPathAddress(): Ipv4 | undefined;
  /** The UDP port of the swarm's tunnels; undefined before the first swarm. */
  dataPathPort(): number | undefined;
  /** libnetwork's table of service endpoints has changed: others are told. */
  endpointsChanged(): void;
}

const logDrivers = 'awslogs fluentd gelf journald json-file local splunk syslog'.split(' ');
const networkDrivers = 'bridge host ipvlan macvlan null overlay'.split(' ');

const descriptionOf = (host: Host): NodeDescription => ({
  hostname: host.name,
  architecture: 'x86_64',
  os: 'linux',
  nanoCpus: 1_000_000_000,
  memoryBytes: machineMemory,
  engineVersion,
  engineLabels: {},
  plugins: [
    ...logDrivers.map((name) => ({ type: 'Log', name })),
    ...networkDrivers.map((name) => ({ type: 'Network', name })),
    { type: 'Volume', name: 'local' },
  ],
});

export function createCluster(options: ClusterOptions): Cluster {
  return new NodeCluster(options);
}

class NodeCluster implements Cluster, NodeWork {
  readonly node: ClusterNode;
  readonly routes: readonly Route[];
  readonly #options: ClusterOptions;
  readonly #gossip: Gossip;
  readonly #networks: NodeNetworks;
  readonly #agent: Agent;
  /** Tasks that stand for plain containers on attachable networks: `network/container` → task. */
  readonly #attached = new Map<string, string>();

  constructor(options: ClusterOptions) {
    this.#options = options;
    const { sim, host, controller, world, containers, daemonPid } = options;
    const { kernel } = host;
    const owner = (fd: number) => () => ({ program: 'dockerd', pid: daemonPid(), fd });
    this.node = new ClusterNode({
      sim,
      host: host.name,
      kernel,
      world,
      endpoint: { sim, kernel, plane: world.plane, owner: owner(25) },
      description: () => descriptionOf(host),
    });
    const address = () => this.node.dataAddress;
    this.#gossip = new Gossip({
      sim,
      kernel,
      controller,
      owner: owner(31),
      address,
      others: () => this.node.session?.last?.peers ?? [],
      onTable: discovery({ controller, address }),
    });
    this.#networks = new NodeNetworks({
      sim,
      controller,
      setUp: () => spend(containers.store.context, true, 'network'),
      onNetwork: (action, { networkId, name, driver }) =>
        containers.store.context.events.log('network', action, networkId, { name, type: driver }),
      onChange: () => this.#gossip.refresh(),
    });
    this.#agent = new Agent({
      sim,
      executor: createExecutor({
        containers,
        networks: this.#networks,
        assignments: () => this.node.session?.last,
      }),
      report: (updates) => this.#report(updates),
    });
    this.node.work = this;
    this.routes = [
      ...swarmRoutes(sim, this.node),
      ...nodeRoutes(sim, this.node),
      ...serviceLogRoutes(sim, this.node, world.logs),
      ...serviceRoutes(sim, this.node),
      ...secretRoutes(sim, this.node),
      ...distributionRoutes(containers),
    ];
  }

  // ---- work -----------------------------------------------------------------------------

  begin(): void {
    this.#gossip.start();
    this.#agent.resume();
    const { world, containers } = this.#options;
    const { nodeId } = this.node;
    if (nodeId !== undefined)
      world.logs.set(nodeId, (taskId) => {
        // Nobody reads it to the managers when its daemon does not run.
        if (containers.store.context.scope.ended) return undefined;
        const label = 'com.docker.swarm.task.id';
        const row = containers.store.rows().find((one) => one.config.Labels[label] === taskId);
        return row && containers.store.runtime(row).log;
      });
  }

  apply(assignments: Assignments): void {
    this.#networks.apply(assignments);
    this.#agent.apply(assignments);
    this.#gossip.refresh();
  }

  changed(changes: readonly SwarmChange[]): void {
    logChanges(this.#options.containers.store.context.events, changes);
  }

  forget(): void {
    this.#agent.lose();
    this.#gossip.lose();
    this.#networks.lose();
  }

  *end(): Op<void> {
    yield* this.#agent.end();
    this.#gossip.stop();
    yield* sleep(this.#options.sim, millis(20));
  }

  /** Plain containers that are still on networks of the swarm go on without them (daemon.clearAttachableNetworks). */
  *over(): Op<void> {
    const { controller, containers } = this.#options;
    yield* this.#networks.ingressSettled();
    for (const { networkId, scope } of controller.networks()) {
      if (scope !== 'swarm') continue;
      for (const { containerId } of controller.endpoints(networkId))
        if (containers.store.find(containerId).ok)
          yield* containers.disconnect(containerId, networkId, true);
    }
    this.#networks.removeAll();
  }

  *#report(
    updates: readonly { readonly taskId: string; readonly status: TaskStatus }[],
  ): Op<boolean> {
    const { session, nodeId } = this.node;
    if (!session || nodeId === undefined) return false;
    const answer = yield* session.ask({ kind: 'status', nodeId, updates });
    return answer.ok;
  }

  dataPathAddress(): Ipv4 | undefined {
    return this.node.nodeId === undefined ? undefined : parseIpv4(this.node.dataAddress);
  }

  dataPathPort(): number | undefined {
    return this.#networks.dataPathPort;
  }

  endpointsChanged(): void {
    this.#gossip.refresh();
  }

  // ---- the daemon's comings and goings -------------------------------------------------

  stop(): Op<void> {
    return this.node.stop();
  }

  stopped(): void {
    this.#networks.removeAll();
  }

  lose(): void {
    this.node.lose();
  }

  boot(): Op<void> {
    return this.node.boot();
  }

  // ---- what the daemon asks -------------------------------------------------------------

  status(): string {
    const { state, manager } = this.node;
    return state === 'active' ? `active/${manager ? 'manager' : 'worker'}` : state;
  }

  info(): object {
    const { node } = this;
    const { manager } = node;
    const leaderless = manager !== undefined && manager.raft.leader === undefined;
    const base = {
      NodeID: node.nodeId ?? '',
      NodeAddr: node.state === 'locked' ? '' : node.address,
      LocalNodeState: node.state,
      ControlAvailable: manager !== undefined,
      Error: leaderless ? noLeader.message : '',
      RemoteManagers: this.#remoteManagers(),
    };
    if (!manager || leaderless) return base;
    const { store } = manager.swarm;
    const nodes = store.all(store.rows.nodes);
    return {
      ...base,
      Nodes: nodes.length,
      Managers: nodes.filter((row) => row.manager).length,
      Cluster: clusterView(this.#options.sim, store.clusterRow),
    };
  }

  #remoteManagers(): object[] | null {
    const { state, managers } = this.node;
    if (state === 'inactive' || state === 'locked') return null;
    return managers.map(({ nodeId, address }) => ({ NodeID: nodeId, Addr: address }));
  }

  networks() {
    if (this.node.state === 'inactive' || this.node.state === 'locked') return undefined;
    return clusterNetworks(this.#options.sim, this.node, {
      peers: (networkId) => this.#gossip.peers(networkId),
      services: (networkId) => networkServices(this.#options.controller, networkId),
    });
  }

  knowsNetwork(term: string): boolean {
    const store = this.node.manager?.swarm.store;
    const all = store?.all(store.rows.networks) ?? [];
    return (
      this.#networks.knows(term) ||
      all.some(({ id, spec }) => id === term || spec.Name === term) ||
      this.node.state === 'active'
    );
  }

  *attachNetwork(
    network: string,
    containerId: string,
    addresses: readonly string[],
  ): Op<Result<NetworkAttachment, Failure>> {
    const { session, nodeId } = this.node;
    if (!session || nodeId === undefined)
      return err(failure('not_found', `network ${network} not found`));
    const request = { kind: 'attach', nodeId, network, containerId, addresses } as const;
    const answer = yield* session.ask(request, 20_000_000 as Parameters<typeof session.ask>[1]);
    if (!answer.ok) return err(noAttachment);
    const reply = answer.value as AttachReply;
    if ('failure' in reply && reply.failure.message === noAttachment.message)
      return err(noAttachment);
    if ('failure' in reply)
      return err({
        ...reply.failure,
        message: `Could not attach to network ${network}: ${reply.failure.message}`,
      });
    const [attachment] = reply.task.attachments;
    const address = attachment?.addresses[0];
    if (!attachment || address === undefined)
      return err(failure('system', 'attaching to network failed'));
    const { networkId } = attachment;
    this.#attached.set(`${networkId}/${containerId}`, reply.task.id);
    for (let i = 0; i < 100 && !this.#networks.isReady(networkId); i += 1)
      yield* sleep(this.#options.sim, millis(10));
    if (!this.#networks.ensure(networkId))
      return err(failure('system', `network ${network} not found`));
    return ok({ networkId, address });
  }

  *detachNetwork(networkId: string, containerId: string): Op<void> {
    const key = `${networkId}/${containerId}`;
    const taskId = this.#attached.get(key);
    const { session, nodeId } = this.node;
    this.#attached.delete(key);
    this.#gossip.refresh();
    if (taskId === undefined || !session || nodeId === undefined) return;
    yield* session.ask({ kind: 'detach', nodeId, taskId });
    this.#networks.tidy();
  }
}
