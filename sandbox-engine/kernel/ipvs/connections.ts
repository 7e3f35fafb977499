// The connections that IPVS has given to servers, and their timeouts.
// Mirrors: net/netfilter/ipvs/ip_vs_conn.c. Differs: a connection whose time is over is forgotten when somebody looks.
import { type Sim, seconds } from '../../sim/index.ts';
import type { Ipv4, Ipv4Packet, TcpSegment, Transport } from '../../wire/index.ts';
import type { IpvsConnection } from '../rows.ts';
import type { IpvsTimeouts } from './api.ts';
import type { Server, Service } from './service.ts';
import { type BalancedTcpState, isActive, nextState, tcpTimeouts, type Way } from './tcp-states.ts';

/** What IPVS balances. */
export type Balanced = Extract<Transport, { protocol: 'tcp' | 'udp' }>;

export interface Connection {
  readonly protocol: 'tcp' | 'udp';
  readonly client: Ipv4;
  readonly clientPort: number;
  readonly virtual: Ipv4;
  readonly virtualPort: number;
  readonly server: Ipv4;
  readonly serverPort: number;
  readonly service: Service;
  readonly destination: Server;
  state: BalancedTcpState;
  expiresAt: number;
}

const sweepEvery = seconds(10);

const keyOf = (protocol: string, a: Ipv4, aPort: number, b: Ipv4, bPort: number): string =>
  `${protocol} ${a} ${aPort} ${b} ${bPort}`;

export class Connections {
  readonly #sim: Sim;
  readonly #fromClient = new Map<string, Connection>();
  readonly #fromServer = new Map<string, Connection>();
  #timeouts: IpvsTimeouts = {
    tcp: tcpTimeouts.ESTABLISHED,
    tcpFin: tcpTimeouts.FIN_WAIT,
    udp: 300,
  };
  #nextSweep: number = 0;

  constructor(sim: Sim) {
    this.#sim = sim;
  }

  get size(): number {
    return this.#fromClient.size;
  }

  get timeouts(): IpvsTimeouts {
    return this.#timeouts;
  }

  set timeouts({ tcp, tcpFin, udp }: IpvsTimeouts) {
    const before = this.#timeouts;
    this.#timeouts = {
      tcp: tcp || before.tcp,
      tcpFin: tcpFin || before.tcpFin,
      udp: udp || before.udp,
    };
  }

  /** The connection that a packet to a virtual service belongs to. */
  ofRequest(packet: Ipv4Packet, { protocol, sourcePort, destinationPort }: Balanced) {
    const { source, destination } = packet;
    const key = keyOf(protocol, source, sourcePort, destination, destinationPort);
    return this.#live(this.#fromClient.get(key));
  }

  /** The connection that a packet from a server belongs to. */
  ofAnswer(packet: Ipv4Packet, { protocol, sourcePort, destinationPort }: Balanced) {
    const { source, destination } = packet;
    const key = keyOf(protocol, source, sourcePort, destination, destinationPort);
    return this.#live(this.#fromServer.get(key));
  }

  add(connection: Omit<Connection, 'state' | 'expiresAt'>): Connection {
    this.#sweep(false);
    const made: Connection = { ...connection, state: 'NONE', expiresAt: 0 };
    this.#refresh(made);
    const { protocol, client, clientPort, virtual, virtualPort, server, serverPort } = made;
    this.#fromClient.set(keyOf(protocol, client, clientPort, virtual, virtualPort), made);
    this.#fromServer.set(keyOf(protocol, server, serverPort, client, clientPort), made);
    made.destination.inactive += 1;
    return made;
  }

  /** A packet has gone by: the state moves on, the time to live begins anew. */
  advance(connection: Connection, way: Way, transport: Balanced): void {
    if (transport.protocol === 'tcp') this.#advanceTcp(connection, way, transport);
    this.#refresh(connection);
  }

  forget(connection: Connection): void {
    const { protocol, client, clientPort, virtual, virtualPort, server, serverPort } = connection;
    const request = keyOf(protocol, client, clientPort, virtual, virtualPort);
    if (this.#fromClient.get(request) !== connection) return;
    this.#fromClient.delete(request);
    const answer = keyOf(protocol, server, serverPort, client, clientPort);
    if (this.#fromServer.get(answer) === connection) this.#fromServer.delete(answer);
    const { destination } = connection;
    if (this.#counted(connection)) destination.active -= 1;
    else destination.inactive -= 1;
    connection.expiresAt = 0;
  }

  /** Drops those whose server has been removed. Mirrors: ip_vs_expire_nodest_conn_flush. */
  forgetWithoutServer(): void {
    for (const connection of [...this.#fromClient.values()])
      if (!connection.destination.available) this.forget(connection);
  }

  list(): IpvsConnection[] {
    this.#sweep(true);
    return [...this.#fromClient.values()].map((connection) => {
      const { service: _, destination: __, state, protocol, ...rest } = connection;
      return { ...rest, protocol, state: protocol === 'udp' ? 'UDP' : state };
    });
  }

  /** Brings the servers' numbers of connections up to date. */
  settle(): void {
    this.#sweep(true);
  }

  clear(): void {
    this.#fromClient.clear();
    this.#fromServer.clear();
  }

  // ---- within ---------------------------------------------------------------------------

  #counted = ({ protocol, state }: Connection): boolean => protocol === 'tcp' && isActive(state);

  #advanceTcp(connection: Connection, way: Way, segment: TcpSegment): void {
    const before = isActive(connection.state);
    connection.state = nextState(connection.state, way, segment);
    const after = isActive(connection.state);
    if (before === after) return;
    const { destination } = connection;
    destination.active += after ? 1 : -1;
    destination.inactive += after ? -1 : 1;
  }

  #refresh(connection: Connection): void {
    connection.expiresAt = this.#sim.now() + seconds(this.#secondsToLive(connection));
  }

  #secondsToLive({ protocol, state }: Connection): number {
    if (protocol === 'udp') return this.#timeouts.udp;
    if (state === 'ESTABLISHED') return this.#timeouts.tcp;
    return state === 'FIN_WAIT' ? this.#timeouts.tcpFin : tcpTimeouts[state];
  }

  #live(connection: Connection | undefined): Connection | undefined {
    if (!connection || connection.expiresAt > this.#sim.now()) return connection;
    this.forget(connection);
    return undefined;
  }

  #sweep(always: boolean): void {
    const now = this.#sim.now();
    if (!always && now < this.#nextSweep) return;
    this.#nextSweep = now + sweepEvery;
    for (const connection of [...this.#fromClient.values()])
      if (connection.expiresAt <= now) this.forget(connection);
  }
}
