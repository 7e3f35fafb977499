// The exchanges that programs had with each other, found in the trace as it grows. What the engines say among themselves
// (heartbeats, gossip, pulls, the embedded DNS) is left out: it never stops, and nobody asked for it.
import type { Hop } from '../../kernel/index.ts';
import type { World } from '../world.ts';
import { type Opened, opened } from './packets.ts';

/** Exchanges of each protocol that are remembered, and how many hops of each: its beginning tells its way. */
const kept = 32;
const keptHops = 400;
const engine = 'dockerd';

export interface Exchange {
  readonly flow: number;
  readonly protocol: 'tcp' | 'udp' | 'icmp';
  /** Where it was sent to at first; 0 without ports. */
  readonly port: number;
  /** The latest echo request's number: a ping's hops are those of its last one. */
  echo: number | undefined;
  readonly hops: Hop[];
  /** Hops that there have been. */
  seen: number;
}

export class Requests {
  readonly #world: World;
  readonly #exchanges = new Map<number, Exchange>();
  #place = 0;

  constructor(world: World) {
    this.#world = world;
  }

  /** The last connection to that port (default: any); if there was none, the last ping or datagram. */
  last(port?: number): Exchange | undefined {
    this.#read();
    const found = [...this.#exchanges.values()].filter(
      (exchange) => port === undefined || exchange.port === port,
    );
    return found.findLast(({ protocol }) => protocol === 'tcp') ?? found.at(-1);
  }

  /** Another text when `last` may answer differently, or its exchange has come further. */
  stamp(): string {
    this.#read();
    let [flow, hops] = [0, 0];
    for (const exchange of this.#exchanges.values())
      [flow, hops] = [exchange.flow, hops + exchange.seen];
    return `${flow} ${hops}`;
  }

  #read(): void {
    const { trace } = this.#world.network;
    for (const hop of trace.since(this.#place)) this.#note(hop);
    this.#place = trace.total;
  }

  #note(hop: Hop): void {
    const known = this.#exchanges.get(hop.flow);
    const packet = opened(hop.packet);
    if (!packet) return;
    const exchange = known ?? this.#begin(hop, packet);
    if (!exchange) return;
    exchange.seen += 1;
    const { transport } = packet;
    if (
      transport.protocol === 'icmp' &&
      transport.type === 8 &&
      transport.sequence !== exchange.echo
    ) {
      exchange.echo = transport.sequence;
      exchange.hops.length = 0;
    }
    if (exchange.hops.length < keptHops) exchange.hops.push(hop);
    if (hop.stage === 'socket' && !packet.tunnel && hop.program === engine)
      this.#exchanges.delete(hop.flow);
  }

  #begin(hop: Hop, { transport }: Opened): Exchange | undefined {
    // What was under way when the trace began is not told from its middle.
    if (transport.protocol === 'tcp' && (!transport.syn || transport.ack)) return undefined;
    if (transport.protocol === 'icmp' && transport.type !== 8) return undefined;
    const ports = transport.protocol === 'icmp' ? undefined : transport;
    const isOwn =
      (transport.protocol === 'udp' && transport.payload.kind !== 'text') ||
      this.#isEngine(hop, ports?.sourcePort);
    if (isOwn) return undefined;
    const exchange: Exchange = {
      flow: hop.flow,
      protocol: transport.protocol,
      port: ports?.destinationPort ?? 0,
      echo: undefined,
      hops: [],
      seen: 0,
    };
    this.#exchanges.set(hop.flow, exchange);
    // A service that pings for ever does not push out the connections.
    const same = [...this.#exchanges.values()].filter(
      ({ protocol }) => protocol === exchange.protocol,
    );
    const [oldest] = same;
    if (same.length > kept && oldest) this.#exchanges.delete(oldest.flow);
    return exchange;
  }

  /** Did a host's engine send it? */
  #isEngine({ host, netns }: Hop, port: number | undefined): boolean {
    const kernel = this.#world.machines.get(host)?.host.kernel;
    return (
      port !== undefined &&
      kernel?.sockets
        .list(netns)
        .some(
          ({ localPort, owner, state }) =>
            localPort === port && state !== 'LISTEN' && owner?.program === engine,
        ) === true
    );
  }
}
