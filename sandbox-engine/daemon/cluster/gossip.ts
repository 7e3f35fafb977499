// How nodes learn of each other's endpoints: every node tells all others, by UDP on port 7946, what it has on each network;
// those that take part in the network make neighbours, FDB entries and names of it.
//
// Mirrors: libnetwork/networkdb over memberlist: a member is probed every second, and what a member that does not answer has
// told is forgotten after about five seconds; what is new is told in rounds. Differs: a node's whole table of a network is
// told, to all members, rather than event by event to three of them; what got lost is asked for after the next probe.
import type { Kernel, SocketId } from '../../kernel/index.ts';
import type { NetworkController, ServiceEndpoint } from '../../libnetwork/index.ts';
import { receiveDatagram, type SocketContext } from '../../os/index.ts';
import {
  type Coroutine,
  micros,
  millis,
  type Op,
  type Sim,
  seconds,
  sleep,
} from '../../sim/index.ts';
import { formatIpv4, type Ipv4, type Mac, parseIpv4 } from '../../wire/index.ts';
import type { NetworkPeer } from '../networks/index.ts';
import { Broadcasts, byKey } from './broadcasts.ts';

export const gossipPort = 7946;
const probeEvery = seconds(1);
/** What is new is told once in so long: memberlist's GossipInterval for a LAN. */
const roundEvery = millis(200);
/** Without a sign of life for so long, a member has failed. */
const failedAfter = seconds(6);

/** Where an endpoint of a node is: what the tunnels of others need. */
export interface PeerRecord {
  readonly address: Ipv4;
  readonly mac: Mac;
}

/** What a node tells of one network: its endpoints, and which of them serve under which names. */
export interface Records {
  readonly peers: readonly PeerRecord[];
  readonly services: readonly ServiceEndpoint[];
}

const nothing: Records = { peers: [], services: [] };

interface Table {
  readonly generation: number;
  readonly records: Records;
}

interface Sender {
  readonly name: string;
  readonly ip: string;
}

type Message =
  | {
      readonly type: 'probe' | 'answer';
      readonly from: Sender;
      readonly generations: Readonly<Record<string, number>>;
    }
  | { readonly type: 'want'; readonly from: Sender; readonly networks: readonly string[] }
  | {
      readonly type: 'table';
      readonly from: Sender;
      readonly networkId: string;
      readonly table: Table;
    };

interface Member {
  name: string;
  readonly ip: string;
  heardAt: number;
  readonly tables: Map<string, Table>;
}

/** Told when the records of a network have changed, own ones included. */
export type TableListener = (
  networkId: string,
  node: string,
  before: Records,
  after: Records,
) => void;

export interface GossipOptions {
  readonly sim: Sim;
  readonly kernel: Kernel;
  readonly controller: NetworkController;
  readonly owner: () => { readonly program: string; readonly pid: number; readonly fd: number };
  /** This node's address, and those of the others. */
  readonly address: () => string;
  readonly others: () => readonly string[];
  readonly onTable: TableListener;
}

export class Gossip {
  readonly #options: GossipOptions;
  readonly #context: SocketContext;
  #name = '';
  #sockets: SocketId[] = [];
  #coroutines: Coroutine<void>[] = [];
  readonly #members = new Map<string, Member>();
  readonly #own = new Map<string, Table>();
  /** Of all tables together: a network that leaves and comes back does not begin again below what others have heard. */
  #generation = 0;
  #next = 0;
  readonly #broadcasts = new Broadcasts();
  /** Nodes do not keep step: by how much this one's rounds are shifted. */
  #phase = 0;

  constructor(options: GossipOptions) {
    this.#options = options;
    const { sim, kernel } = options;
    this.#context = { sim, kernel, netns: kernel.initNetns };
  }

  start(): void {
    const { sim, kernel, owner } = this.#options;
    this.#name = sim.rng('daemon/gossip').hex(12);
    this.#phase = sim.rng('daemon/gossip-rounds').below(roundEvery);
    const where = { port: gossipPort, family: 'any', owner: owner() } as const;
    const udp = kernel.sockets.udpBind(kernel.initNetns, where);
    const tcp = kernel.sockets.tcpListen(kernel.initNetns, { ...where, backlog: 4096 });
    if (tcp.ok) this.#sockets.push(tcp.value);
    if (!udp.ok) return;
    this.#sockets.push(udp.value);
    this.#coroutines = [
      sim.spawn('gossip: listen', this.#listen(udp.value)),
      sim.spawn('gossip: probe', this.#probe()),
      sim.spawn('gossip: rounds', this.#rounds()),
    ];
  }

  stop(): void {
    const { sim, kernel } = this.#options;
    for (const coroutine of this.#coroutines) sim.cancel(coroutine as Coroutine<unknown>);
    for (const socket of this.#sockets) kernel.sockets.close(socket);
    this.#coroutines = [];
    this.#sockets = [];
    this.#broadcasts.clear();
    for (const [networkId, table] of [...this.#own])
      this.#changed(networkId, this.#options.address(), table.records, nothing);
    this.#own.clear();
    for (const member of this.#members.values()) this.#forget(member);
    this.#members.clear();
  }

  /** The machine has lost its power, and what it had heard. */
  lose(): void {
    this.#coroutines = [];
    this.#sockets = [];
    this.#broadcasts.clear();
    this.#own.clear();
    this.#members.clear();
  }

  /** The nodes that take part in a network. */
  peers(networkId: string): readonly NetworkPeer[] {
    const own = this.#own.has(networkId) ? [{ name: this.#name, ip: this.#options.address() }] : [];
    const others = [...this.#members.values()].filter(({ tables }) => tables.has(networkId));
    return [...own, ...others.map(({ name, ip }) => ({ name, ip }))];
  }

  /** Looks what this node has on its swarm networks, and has the others told what has changed. */
  refresh(): void {
    const { controller, address } = this.#options;
    if (this.#sockets.length === 0) return;
    const networks = controller.networks().filter((network) => network.scope === 'swarm');
    const here = new Set(networks.map(({ networkId }) => networkId));
    for (const [networkId, table] of [...this.#own]) {
      if (here.has(networkId)) continue;
      this.#own.delete(networkId);
      this.#broadcasts.drop(networkId);
      this.#changed(networkId, address(), table.records, nothing);
      for (const member of this.#members.values()) this.#forgetTable(member, networkId);
    }
    for (const { networkId } of networks) this.#refreshNetwork(networkId);
  }

  #refreshNetwork(networkId: string): void {
    const { controller, address } = this.#options;
    const records = recordsOf(controller, networkId);
    const before = this.#own.get(networkId);
    if (before && sameRecords(before.records, records)) return;
    this.#generation += 1;
    const table = { generation: this.#generation, records };
    this.#own.set(networkId, table);
    this.#changed(networkId, address(), before?.records ?? nothing, records);
    this.#broadcasts.add(networkId, before?.records.services ?? [], records.services);
    this.#options.sim.wake(this.#queued);
    if (!before) this.#tellAll({ type: 'want', from: this.#self(), networks: [networkId] });
  }

  /** Woken when something waits for the next round. */
  get #queued(): string {
    return `gossip/${this.#name}`;
  }

  *#rounds(): Op<void> {
    const { sim } = this.#options;
    for (;;) {
      if (this.#broadcasts.isEmpty) yield { keys: [this.#queued] };
      const since = (sim.now() + roundEvery - this.#phase) % roundEvery;
      yield* sleep(sim, micros(roundEvery - since));
      for (const networkId of this.#broadcasts.take()) {
        const table = this.#own.get(networkId);
        if (table)
          this.#tellAll(
            this.#tableMessage(networkId, table, (all) => this.#broadcasts.inOrder(all)),
          );
      }
    }
  }

  #tableMessage(
    networkId: string,
    { generation, records }: Table,
    order: (services: Records['services']) => Records['services'],
  ): Message {
    const table = { generation, records: { ...records, services: order(records.services) } };
    return { type: 'table', from: this.#self(), networkId, table };
  }

  #self(): Sender {
    return { name: this.#name, ip: this.#options.address() };
  }

  #changed(networkId: string, node: string, before: Records, after: Records): void {
    this.#options.onTable(networkId, node, before, after);
  }

  // ---- telling --------------------------------------------------------------------------

  #tellAll(message: Message): void {
    for (const ip of this.#options.others()) this.#tell(ip, message);
  }

  #tell(ip: string, message: Message): void {
    const { kernel } = this.#options;
    const to = parseIpv4(ip);
    const socket = this.#sockets.at(-1);
    if (to === undefined || !socket) return;
    const count =
      message.type === 'table'
        ? message.table.records.peers.length + message.table.records.services.length
        : 0;
    const payload = { kind: 'control', message, size: 120 + 180 * count } as const;
    kernel.sockets.udpSend(socket, to, gossipPort, payload);
  }

  #generations(): Record<string, number> {
    return Object.fromEntries([...this.#own].map(([id, { generation }]) => [id, generation]));
  }

  *#probe(): Op<void> {
    const { sim } = this.#options;
    for (;;) {
      this.refresh();
      const others = this.#options.others();
      const ip = others[this.#next % Math.max(1, others.length)];
      this.#next += 1;
      if (ip !== undefined)
        this.#tell(ip, {
          type: 'probe',
          from: this.#self(),
          generations: this.#generations(),
        });
      const limit = sim.now() - failedAfter;
      for (const member of [...this.#members.values()])
        if (member.heardAt < limit) {
          this.#members.delete(member.ip);
          this.#forget(member);
        }
      yield* sleep(sim, micros(probeEvery));
    }
  }

  // ---- hearing --------------------------------------------------------------------------

  *#listen(socket: SocketId): Op<void> {
    for (;;) {
      const datagram = yield* receiveDatagram(this.#context, socket);
      if (!datagram.ok) continue;
      const { payload, from } = datagram.value;
      if (payload.kind === 'control') this.#hear(formatIpv4(from), payload.message as Message);
    }
  }

  #hear(ip: string, message: Message): void {
    if (!this.#options.others().includes(ip)) return;
    const member = this.#member(ip, message.from.name);
    switch (message.type) {
      case 'probe':
        this.#tell(ip, {
          type: 'answer',
          from: this.#self(),
          generations: this.#generations(),
        });
        this.#compare(member, message.generations);
        return;
      case 'answer':
        this.#compare(member, message.generations);
        return;
      case 'want':
        for (const networkId of message.networks) {
          const table = this.#own.get(networkId);
          if (table) this.#tell(ip, this.#tableMessage(networkId, table, byKey));
        }
        return;
      case 'table':
        this.#learn(member, message.networkId, message.table);
    }
  }

  #member(ip: string, name: string): Member {
    const known = this.#members.get(ip);
    if (known && known.name !== name) this.#forget(known);
    const member = known ?? { name, ip, heardAt: 0, tables: new Map<string, Table>() };
    member.name = name;
    member.heardAt = this.#options.sim.now();
    this.#members.set(ip, member);
    return member;
  }

  /** Asks for what was missed, and drops what the member no longer takes part in. */
  #compare(member: Member, generations: Readonly<Record<string, number>>): void {
    const missed: string[] = [];
    for (const id in generations)
      if (this.#own.has(id) && member.tables.get(id)?.generation !== generations[id])
        missed.push(id);
    if (missed.length > 0)
      this.#tell(member.ip, { type: 'want', from: this.#self(), networks: missed });
    for (const networkId of [...member.tables.keys()])
      if (generations[networkId] === undefined) this.#forgetTable(member, networkId);
  }

  #learn(member: Member, networkId: string, table: Table): void {
    if (!this.#own.has(networkId)) return;
    const before = member.tables.get(networkId);
    if (before && before.generation >= table.generation) return;
    member.tables.set(networkId, table);
    this.#changed(networkId, member.ip, before?.records ?? nothing, table.records);
  }

  #forgetTable(member: Member, networkId: string): void {
    const table = member.tables.get(networkId);
    if (!table) return;
    member.tables.delete(networkId);
    this.#changed(networkId, member.ip, table.records, nothing);
  }

  #forget(member: Member): void {
    for (const networkId of [...member.tables.keys()]) this.#forgetTable(member, networkId);
  }
}

function recordsOf(controller: NetworkController, networkId: string): Records {
  const peers = controller
    .endpoints(networkId)
    .flatMap(({ address, mac }) =>
      address === undefined || mac === undefined ? [] : [{ address, mac }],
    );
  const services = controller
    .serviceEndpoints(networkId)
    .filter((endpoint) => endpoint.local && endpoint.announced)
    .map(({ endpointId, node, name, aliases, address, service, disabled }) => ({
      endpointId,
      node,
      name,
      aliases,
      address,
      ...(service && { service }),
      disabled,
    }));
  return { peers, services };
}

const sameRecords = (a: Records, b: Records): boolean => JSON.stringify(a) === JSON.stringify(b);
