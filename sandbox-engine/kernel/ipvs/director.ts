// The way of packets through IPVS: from clients to servers, and back.
//
// Mirrors: net/netfilter/ipvs/ip_vs_core.c (ip_vs_in_hook, ip_vs_out_hook, ip_vs_schedule, ip_vs_leave), ip_vs_xmit.c
// (ip_vs_nat_xmit, ip_vs_dr_xmit). Differs: no persistence, no tunnelling, no SCTP, no one-packet scheduling; of ICMP
// only errors that servers send are translated.
import { type Ipv4Packet, packetLength } from '../../wire/index.ts';
import type { Decision, IpvsOutcome } from '../decision.ts';
import { icmpTypes, sendIcmpError, unreachableCodes } from '../icmp-send.ts';
import type { IpvsHooks, IpvsVerdict, PacketContext } from '../netfilter/hook.ts';
import { outputPath } from '../route.ts';
import { type Namespace, traceHop } from '../state.ts';
import type { Balanced, Connection, Connections } from './connections.ts';
import { matchText, type Service } from './service.ts';

/** By the text of their match. */
export type Services = ReadonlyMap<string, Service>;

/** Is a parameter under net.ipv4.vs switched on? */
export const parameter = ({ sysctl }: Namespace, name: string): boolean =>
  (sysctl.get(`net.ipv4.vs.${name}`) ?? '0') !== '0';

const said = ({ match, schedulerName }: Service, outcome: IpvsOutcome): Decision => ({
  kind: 'ipvs',
  service: match,
  scheduler: schedulerName,
  outcome,
});

export class Director implements IpvsHooks {
  readonly #netns: Namespace;
  readonly #services: Services;
  readonly #connections: Connections;

  constructor(netns: Namespace, services: Services, connections: Connections) {
    this.#netns = netns;
    this.#services = services;
    this.#connections = connections;
  }

  localIn(context: PacketContext): IpvsVerdict {
    if (this.#idle(context) || this.#answered(context)) return 'continue';
    return this.#request(context, 'input');
  }

  localOut(context: PacketContext): IpvsVerdict {
    if (this.#idle(context) || this.#answered(context)) return 'continue';
    return this.#request(context, 'output');
  }

  forward(context: PacketContext): void {
    if (!this.#idle(context) && !this.#answered(context)) this.#errorAnswered(context);
  }

  #idle({ ipvs }: PacketContext): boolean {
    return ipvs || (this.#services.size === 0 && this.#connections.size === 0);
  }

  #flag(name: string): boolean {
    return parameter(this.#netns, name);
  }

  /** A packet for a virtual service: finds or makes its connection, and sends it to the server. */
  #request(context: PacketContext, hook: 'input' | 'output'): IpvsVerdict {
    const { packet } = context;
    const { transport } = packet;
    if (transport.protocol !== 'tcp' && transport.protocol !== 'udp') return 'continue';
    const known = this.#known(packet, transport);
    if (known === 'drop') return 'drop';
    const connection = known ?? this.#schedule(context, transport);
    if (typeof connection === 'string') return connection;
    const { destination, service } = connection;
    const bytes = packetLength(packet);
    for (const statistics of [service.statistics, destination.statistics])
      statistics.packet('in', bytes);
    const half = destination.forwarding === 'Route';
    this.#connections.advance(connection, half ? 'half' : 'in', transport);
    this.#trace(context, connection, known === undefined);
    return this.#transmit(context, connection, transport, hook);
  }

  #known(packet: Ipv4Packet, transport: Balanced): Connection | 'drop' | undefined {
    const found = this.#connections.ofRequest(packet, transport);
    if (!found) return undefined;
    if (!found.destination.available) {
      if (!this.#flag('expire_nodest_conn')) return 'drop';
      const tracked = this.#flag('conntrack');
      this.#connections.forget(found);
      // Its conntrack entry still leads to the old server: the next packet can be scheduled anew.
      return tracked ? 'drop' : undefined;
    }
    const again = transport.protocol === 'tcp' && transport.syn && !transport.ack;
    if (!again || !this.#flag('conn_reuse_mode')) return found;
    const ended = found.state === 'TIME_WAIT' || found.state === 'CLOSE';
    const quiescent = this.#flag('expire_nodest_conn') && found.destination.weight === 0;
    if (!ended && !quiescent) return found;
    this.#connections.forget(found);
    return undefined;
  }

  #serviceOf({ packet, mark }: PacketContext, { protocol, destinationPort }: Balanced) {
    const marked = mark === 0 ? undefined : this.#services.get(matchText({ fwmark: mark }));
    if (marked) return marked;
    const address = packet.destination;
    return (
      this.#services.get(matchText({ protocol, address, port: destinationPort })) ??
      this.#services.get(matchText({ protocol, address, port: 0 }))
    );
  }

  /** Chooses a server for a new connection. */
  #schedule(context: PacketContext, transport: Balanced): Connection | 'continue' | 'drop' {
    // What does not begin a connection is none of a service's business: the host itself answers it.
    if (transport.protocol === 'tcp' && !transport.syn) return 'continue';
    const service = this.#serviceOf(context, transport);
    if (!service) return 'continue';
    const server = service.scheduler.choose(service.servers);
    if (!server) return this.#leave(context, service);
    service.statistics.connection();
    server.statistics.connection();
    const { packet } = context;
    return this.#connections.add({
      protocol: transport.protocol,
      client: packet.source,
      clientPort: transport.sourcePort,
      virtual: packet.destination,
      virtualPort: transport.destinationPort,
      server: server.address,
      serverPort: server.port === 0 ? transport.destinationPort : server.port,
      service,
      destination: server,
    });
  }

  /** There is no server: the client is told that nobody is there. */
  #leave(context: PacketContext, service: Service): 'drop' {
    const netns = this.#netns;
    if (netns.world.trace.enabled)
      traceHop(netns, {
        flow: context.flow,
        stage: 'ipvs',
        decision: said(service, { kind: 'no-server' }),
        cause: { collection: 'ipvs', id: service.id },
        packet: context.packet,
      });
    sendIcmpError(netns, context, icmpTypes.unreachable, unreachableCodes.port);
    return 'drop';
  }

  #transmit(
    context: PacketContext,
    connection: Connection,
    transport: Balanced,
    hook: 'input' | 'output',
  ): IpvsVerdict {
    const netns = this.#netns;
    const { packet } = context;
    context.ipvs = true;
    const { forwarding } = connection.destination;
    if (forwarding === 'Local') return 'continue';
    const path = outputPath(netns, connection.server);
    const mtu = path.ok ? path.value.device.row.mtu : Number.POSITIVE_INFINITY;
    if (packet.dontFragment && packetLength(packet) > mtu) {
      sendIcmpError(netns, context, icmpTypes.unreachable, unreachableCodes.fragmentationNeeded, {
        mtu,
      });
      return 'drop';
    }
    if (hook === 'input' && packet.ttl <= 1) {
      sendIcmpError(netns, context, icmpTypes.timeExceeded, 0);
      return 'drop';
    }
    const ttl = hook === 'input' ? packet.ttl - 1 : packet.ttl;
    this.#leaveUntracked(context);
    if (forwarding === 'Route') {
      context.packet = { ...packet, ttl };
      return { via: connection.server };
    }
    const { server, serverPort } = connection;
    context.packet = {
      ...packet,
      ttl,
      destination: server,
      transport: { ...transport, destinationPort: serverPort },
    };
    if (context.conntrack) netns.filter.expectReplyFrom?.(context, server, serverPort);
    return 'forward';
  }

  /** A server's answer gets the virtual address as its source. False: it is no such answer. */
  #answered(context: PacketContext): boolean {
    const { packet } = context;
    const { transport } = packet;
    if (transport.protocol !== 'tcp' && transport.protocol !== 'udp') return false;
    const connection = this.#connections.ofAnswer(packet, transport);
    if (connection?.destination.forwarding !== 'Masq') return false;
    const bytes = packetLength(packet);
    const { virtual, virtualPort, service, destination } = connection;
    for (const statistics of [service.statistics, destination.statistics])
      statistics.packet('out', bytes);
    this.#connections.advance(connection, 'out', transport);
    context.packet = {
      ...packet,
      source: virtual,
      transport: { ...transport, sourcePort: virtualPort },
    };
    this.#mark(context);
    this.#say(context, connection, { kind: 'answer', server: connection.server });
    return true;
  }

  /** An ICMP error about a packet that had been given to a server: the client knows only the virtual address. */
  #errorAnswered(context: PacketContext): void {
    const { packet } = context;
    const quoted = packet.transport.protocol === 'icmp' ? packet.transport.quoted : undefined;
    const inner = quoted?.transport;
    if (!quoted || (inner?.protocol !== 'tcp' && inner?.protocol !== 'udp')) return;
    const answer = { ...quoted, source: quoted.destination, destination: quoted.source };
    const ports = { sourcePort: inner.destinationPort, destinationPort: inner.sourcePort };
    const connection = this.#connections.ofAnswer(answer, { ...inner, ...ports });
    if (connection?.destination.forwarding !== 'Masq') return;
    const { virtual, virtualPort, server } = connection;
    const asked: Ipv4Packet = {
      ...quoted,
      destination: virtual,
      transport: { ...inner, destinationPort: virtualPort },
    };
    const { transport } = packet;
    if (transport.protocol !== 'icmp') return;
    context.packet = {
      ...packet,
      source: packet.source === server ? virtual : packet.source,
      transport: { ...transport, quoted: asked },
    };
    this.#mark(context);
  }

  #mark(context: PacketContext): void {
    context.ipvs = true;
    this.#leaveUntracked(context);
  }

  /** Without vs/conntrack, connection tracking is not to see what IPVS has taken. */
  #leaveUntracked(context: PacketContext): void {
    if (this.#flag('conntrack')) return;
    context.conntrack = undefined;
    context.untracked = true;
  }

  #trace(context: PacketContext, connection: Connection, isNew: boolean): void {
    const { server, serverPort: port, destination } = connection;
    const { forwarding } = destination;
    this.#say(context, connection, { kind: isNew ? 'new' : 'known', server, port, forwarding });
  }

  #say(context: PacketContext, { service }: Connection, outcome: IpvsOutcome): void {
    const netns = this.#netns;
    if (!netns.world.trace.enabled) return;
    traceHop(netns, {
      flow: context.flow,
      stage: 'ipvs',
      decision: said(service, outcome),
      cause: { collection: 'ipvs', id: service.id },
      packet: context.packet,
    });
  }
}
