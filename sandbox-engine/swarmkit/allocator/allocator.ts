// Gives networks their subnets, nodes and services their addresses, and tasks theirs; a task without anything left to
// allocate becomes PENDING. Mirrors: swarmkit manager/allocator/network.go and moby's cnmallocator.
import type { Sim } from '../../sim/index.ts';
import { compareText } from '../../std/index.ts';
import { parseIpv4 } from '../../wire/index.ts';
import {
  isNodeLocal,
  rank,
  type ServiceRow,
  type SwarmNetworkRow,
  type SwarmNodeRow,
  type TaskAttachment,
  type TaskRow,
  type VirtualIp,
} from '../objects.ts';
import type { EndpointSpec, NetworkAttachmentConfig } from '../specs.ts';
import type { SwarmStore } from '../store.ts';
import { type AddressPool, poolOf } from './addresses.ts';
import { isPublished, PortAllocator } from './ports.ts';
import { allocateSubnets, askedVnis } from './subnets.ts';

const firstVni = 4096;

/** Who holds an address: `task <id>`, `service <id>`, `node <id>`. */
interface Holding {
  readonly networkId: string;
  readonly address: string;
}

export class Allocator {
  readonly #sim: Sim;
  readonly #store: SwarmStore;
  readonly ports = new PortAllocator();
  readonly #pools = new Map<string, AddressPool[]>();
  readonly #held = new Map<string, Holding[]>();
  readonly #knownServices = new Set<string>();
  /** The version of each node when it was looked at last. */
  readonly #lookedAt = new Map<string, number>();
  #nextVni = firstVni;

  /** Takes over what the rows say is given out already. */
  constructor(sim: Sim, store: SwarmStore) {
    this.#sim = sim;
    this.#store = store;
    const { rows } = store;
    for (const network of store.all(rows.networks)) {
      const asked = askedVnis(network)?.length ?? 0;
      for (const { vni } of network.subnets.slice(asked))
        this.#nextVni = Math.max(this.#nextVni, vni + 1);
      this.#openPools(network);
    }
    for (const node of store.all(rows.nodes))
      for (const [networkId, address] of Object.entries(node.attachments))
        this.#note(`node ${node.id}`, networkId, address);
    for (const service of store.all(rows.services)) {
      for (const { networkId, address } of service.endpoint?.virtualIps ?? [])
        this.#note(`service ${service.id}`, networkId, address);
      const ports = service.endpoint?.ports ?? [];
      this.ports.allocate(service.id, ports, ports);
    }
    for (const task of store.all(rows.tasks))
      if (holdsAddresses(task))
        for (const { networkId, addresses } of task.attachments)
          for (const address of addresses) this.#note(`task ${task.id}`, networkId, address);
  }

  /**
   * A new leader's allocator writes down anew what it has taken over: networks, nodes and services with virtual addresses,
   * each by id. Nothing in them differs, but whoever watches hears of it (052:24). Mirrors: doNetworkInit.
   */
  restore(): void {
    const { rows } = this.#store;
    const byId = <T extends { readonly id: string }>(list: readonly T[]): T[] =>
      list.toSorted((a, b) => compareText(a.id, b.id));
    const networks = byId(this.#store.all(rows.networks));
    if (!networks.some(({ subnets }) => subnets.length > 0)) return;
    const ingressFirst = [
      ...networks.filter(({ spec }) => spec.Ingress),
      ...networks.filter(({ spec }) => !spec.Ingress),
    ];
    this.#store.transaction(() => {
      for (const network of ingressFirst)
        if (isNodeLocal(network) || network.subnets.length > 0)
          this.#store.update(rows.networks, network.id, {});
    });
    this.#store.transaction(() => {
      for (const node of byId(this.#store.all(rows.nodes)))
        if (Object.keys(node.attachments).length > 0) this.#store.update(rows.nodes, node.id, {});
    });
    this.#store.transaction(() => {
      for (const service of byId(this.#store.all(rows.services)))
        if (service.endpoint?.virtualIps.length) this.#store.update(rows.services, service.id, {});
    });
  }

  /**
   * One round over everything that may want something, or has something to give back. Each network, service and node is a
   * transaction; tasks are one together.
   */
  run(): void {
    this.#release();
    this.#allocateNetworks();
    this.#allocateNodes();
    this.#allocateServices();
    this.#store.transaction(() => this.#allocateTasks());
    this.#allocateNodes();
  }

  ingress(): SwarmNetworkRow | undefined {
    return this.#networks().find((network) => network.spec.Ingress);
  }

  // ---- networks -------------------------------------------------------------------------

  #networks(): SwarmNetworkRow[] {
    return this.#store.all(this.#store.rows.networks).filter((row) => !isNodeLocal(row));
  }

  #allocateNetworks(): void {
    const { rows, clusterRow } = this.#store;
    for (const network of this.#networks()) {
      if (network.subnets.length > 0) continue;
      const others = this.#networks();
      const given = allocateSubnets(clusterRow, others, network, () => this.#takeVni());
      if (!given.ok) continue;
      this.#openPools(this.#store.update(rows.networks, network.id, { subnets: given.value }));
    }
  }

  /** The next number that no user has given to a network. */
  #takeVni(): number {
    const used = new Set(this.#networks().flatMap(({ subnets }) => subnets.map(({ vni }) => vni)));
    while (used.has(this.#nextVni)) this.#nextVni += 1;
    return this.#nextVni++;
  }

  #openPools(network: SwarmNetworkRow): void {
    const pools = network.subnets.map(({ subnet, gateway }, index) =>
      poolOf(subnet, gateway, network.spec.Ipam[index]?.IPRange),
    );
    this.#pools.set(network.id, pools);
  }

  #note(owner: string, networkId: string, address: string): void {
    for (const pool of this.#pools.get(networkId) ?? []) pool.note(address);
    this.#hold(owner, { networkId, address });
  }

  #hold(owner: string, holding: Holding): void {
    this.#held.set(owner, [...(this.#held.get(owner) ?? []), holding]);
  }

  #take(owner: string, networkId: string, wanted?: string): string | undefined {
    const requested = wanted === undefined ? undefined : parseIpv4(wanted);
    for (const pool of this.#pools.get(networkId) ?? []) {
      const address = requested === undefined ? pool.allocate() : pool.request(requested);
      if (address === undefined) continue;
      this.#hold(owner, { networkId, address });
      return address;
    }
    return undefined;
  }

  // ---- giving back ----------------------------------------------------------------------

  #release(): void {
    const { rows } = this.#store;
    const networks = new Set(this.#networks().map((network) => network.id));
    for (const id of [...this.#pools.keys()]) if (!networks.has(id)) this.#pools.delete(id);
    for (const [owner, holdings] of [...this.#held]) {
      const [kind, id = ''] = owner.split(' ');
      const keep = (holding: Holding): boolean => {
        if (kind === 'task') {
          const task = rows.tasks.get(id);
          return task !== undefined && holdsAddresses(task);
        }
        if (kind === 'service')
          return (rows.services.get(id)?.endpoint?.virtualIps ?? []).some(
            (vip) => vip.address === holding.address,
          );
        return rows.nodes.get(id)?.attachments[holding.networkId] === holding.address;
      };
      const kept = holdings.filter(keep);
      for (const { networkId, address } of holdings.filter((holding) => !keep(holding)))
        for (const pool of this.#pools.get(networkId) ?? []) pool.release(address);
      if (kept.length > 0) this.#held.set(owner, kept);
      else this.#held.delete(owner);
    }
    for (const service of this.#portOwners()) this.ports.release(service);
  }

  /** Services that are gone but still own ports. */
  #portOwners(): string[] {
    const known = this.#knownServices;
    const gone = [...known].filter((id) => !this.#store.rows.services.has(id));
    for (const id of gone) known.delete(id);
    return gone;
  }

  // ---- nodes ----------------------------------------------------------------------------

  /**
   * A node has an address on ingress when it has been looked at since ingress is there (one that is made anew comes with a
   * node's first task on it or its next change: 088:94-98), and one on each network of which it has tasks, until the last of them has ended:
   * managers then tell of the node's change (053:30). In 071:39-64 the next tasks come before the last have ended. Nodes
   * come in the order of the tasks that they were given (071:38): it is a task's coming to a node that makes the allocator
   * look at the node.
   */
  #allocateNodes(): void {
    const { rows } = this.#store;
    const ofTasks = this.#store
      .all(rows.tasks)
      .flatMap((task) => (holdsAddresses(task) ? (rows.nodes.get(task.nodeId) ?? []) : []));
    for (const { id } of new Set([...ofTasks, ...this.#store.all(rows.nodes)])) {
      const node = rows.nodes.get(id);
      if (!node) continue;
      const wanted = this.#networksOf(node, this.#lookedAt.get(id) !== node.version);
      this.#lookedAt.set(id, node.version);
      const attachments: Record<string, string> = {};
      for (const id of wanted) {
        const address = node.attachments[id] ?? this.#take(`node ${node.id}`, id);
        if (address !== undefined) attachments[id] = address;
      }
      const before = Object.keys(node.attachments);
      const same =
        before.length === Object.keys(attachments).length &&
        before.every((id) => attachments[id] !== undefined);
      if (same) continue;
      this.#lookedAt.set(id, this.#store.update(rows.nodes, id, { attachments }).version);
      this.#release();
    }
  }

  #networksOf(node: SwarmNodeRow, changed: boolean): Set<string> {
    const wanted = new Set<string>();
    const ingress = this.ingress();
    const has = ingress && node.attachments[ingress.id] !== undefined;
    if (ingress && ingress.subnets.length > 0 && (has || changed)) wanted.add(ingress.id);
    for (const task of this.#store.rows.tasks.where('node', node.id))
      if (holdsAddresses(task))
        for (const { networkId, addresses } of task.attachments)
          if (addresses.length > 0) wanted.add(networkId);
    return wanted;
  }

  // ---- services -------------------------------------------------------------------------

  #allocateServices(): void {
    const { rows } = this.#store;
    for (const service of this.#store.all(rows.services)) {
      this.#knownServices.add(service.id);
      if (isAllocated(service, this.#networksFor(service))) continue;
      this.#allocateService(service);
    }
  }

  /** The networks on which the service has a virtual address: ingress first. */
  #networksFor(service: ServiceRow): readonly string[] {
    const { EndpointSpec: endpoint = {}, TaskTemplate } = service.spec;
    if (endpoint.Mode === 'dnsrr') return [];
    const ingress = usesIngress(endpoint) ? this.ingress()?.id : undefined;
    const own = (TaskTemplate.Networks ?? []).map(({ Target }) => Target);
    const all = [...(ingress === undefined ? [] : [ingress]), ...own];
    return [...new Set(all)].filter((id) => this.#pools.has(id));
  }

  #allocateService(service: ServiceRow): void {
    const { rows } = this.#store;
    const spec = service.spec.EndpointSpec ?? {};
    const had = service.endpoint;
    const ports = this.ports.allocate(service.id, spec.Ports ?? [], had?.ports ?? []);
    if (!ports) return;
    const wanted = this.#networksFor(service);
    const kept = (had?.virtualIps ?? []).filter((vip) => wanted.includes(vip.networkId));
    const virtualIps: VirtualIp[] = [...kept];
    for (const networkId of wanted) {
      if (kept.some((vip) => vip.networkId === networkId)) continue;
      const address = this.#take(`service ${service.id}`, networkId);
      if (address !== undefined) virtualIps.push({ networkId, address });
    }
    this.#store.update(rows.services, service.id, { endpoint: { spec, ports, virtualIps } });
  }

  // ---- tasks ----------------------------------------------------------------------------

  #allocateTasks(): void {
    const { rows } = this.#store;
    for (const task of this.#store.all(rows.tasks)) {
      if (task.status.state !== 'new' || rank(task.desiredState) > rank('complete')) continue;
      const service = task.serviceId === '' ? undefined : rows.services.get(task.serviceId);
      if (service && !isAllocated(service, this.#networksFor(service))) continue;
      const attachments = this.#attach(task, service);
      if (!attachments) continue;
      this.#store.update(rows.tasks, task.id, {
        attachments,
        endpoint: service?.endpoint ?? task.endpoint,
        status: {
          ...task.status,
          at: this.#sim.now(),
          state: 'pending',
          message: 'pending task scheduling',
        },
      });
    }
  }

  #attach(task: TaskRow, service: ServiceRow | undefined): TaskAttachment[] | undefined {
    if (task.attachments.length > 0) return [...task.attachments];
    const own = task.spec.Networks ?? [];
    const ingress = service && usesIngress(service.endpoint?.spec ?? {}) && this.ingress();
    const wanted: readonly NetworkAttachmentConfig[] = ingress
      ? [{ Target: ingress.id }, ...own]
      : own;
    const attachments: TaskAttachment[] = [];
    for (const { Target: networkId, Aliases: aliases = [] } of wanted) {
      const network = this.#store.rows.networks.get(networkId);
      if (!network || isNodeLocal(network)) {
        // A network of the nodes themselves (host, bridge).
        attachments.push({ networkId, addresses: [], aliases });
        continue;
      }
      const [requested] = requestedAddresses(task, networkId);
      const address = this.#take(`task ${task.id}`, networkId, requested);
      if (address === undefined) {
        this.#giveBack(`task ${task.id}`);
        return undefined;
      }
      attachments.push({ networkId, addresses: [address], aliases });
    }
    return attachments;
  }

  #giveBack(owner: string): void {
    for (const { networkId, address } of this.#held.get(owner) ?? [])
      for (const pool of this.#pools.get(networkId) ?? []) pool.release(address);
    this.#held.delete(owner);
  }
}

/** Addresses that a plain container asked for. */
function requestedAddresses(task: TaskRow, networkId: string): readonly string[] {
  const config = task.spec.Networks?.find(({ Target }) => Target === networkId);
  return (config as { readonly Addresses?: readonly string[] } | undefined)?.Addresses ?? [];
}

/** A task's addresses are free again when it has ended. */
export const holdsAddresses = (task: TaskRow): boolean =>
  rank(task.status.state) <= rank('running') &&
  !(rank(task.status.state) < rank('assigned') && rank(task.desiredState) > rank('complete'));

export const usesIngress = (endpoint: EndpointSpec): boolean =>
  endpoint.Mode !== 'dnsrr' &&
  (endpoint.Ports ?? []).some((port) => port.PublishMode === 'ingress');

function isAllocated(service: ServiceRow, networks: readonly string[]): boolean {
  const { endpoint, spec } = service;
  const { Mode: mode = 'vip', Ports: ports = [] } = spec.EndpointSpec ?? {};
  if (!endpoint) return networks.length === 0 && ports.length === 0;
  if ((endpoint.spec.Mode ?? 'vip') !== mode || !isPublished(ports, endpoint.ports)) return false;
  return (
    networks.length === endpoint.virtualIps.length &&
    networks.every((id) => endpoint.virtualIps.some((vip) => vip.networkId === id))
  );
}
