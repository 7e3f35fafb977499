// What all hosts of a lab share: the collections of kernel rows, the LAN segments, the trace, and who handles events.
import { Collection, type Sim } from '../sim/index.ts';
import { type AgeingEvent, ageEntries } from './bridge.ts';
import { nextHopUnreachable, reject } from './icmp-send.ts';
import { loopbackInput } from './ip-input.ts';
import type { LoopbackEvent } from './ip-output.ts';
import type { FrameEvent } from './links.ts';
import { type NeighbourEvent, neighbourTimer } from './neighbour.ts';
import { createNetfilter } from './netfilter/index.ts';
import { frameArrives } from './receive.ts';
import type {
  AddressRow,
  FdbRow,
  IpvsServiceRow,
  LinkRow,
  NeighbourRow,
  NetnsRow,
  RouteRow,
  SocketRow,
  XfrmPolicyRow,
  XfrmStateRow,
} from './rows.ts';
import type { NetworkWorld } from './state.ts';
import { endConnection } from './tcp.ts';
import { delayedAck, type TcpEvent, tcpTimer } from './tcp-output.ts';
import { Trace } from './trace.ts';

/** Makes the network of a lab; once for each `Sim`. */
export function createNetworkWorld(sim: Sim): NetworkWorld {
  const { journal } = sim;
  const byNetns = { netns: (row: { readonly netns: string }) => row.netns };
  sim.on<FrameEvent>('kernel.frame', frameArrives);
  sim.on<LoopbackEvent>('kernel.loopback', loopbackInput);
  sim.on<NeighbourEvent>('kernel.neighbour', neighbourTimer);
  sim.on<AgeingEvent>('kernel.ageing', ageEntries);
  sim.on<TcpEvent>('kernel.tcp', ({ connection }) => tcpTimer(connection, endConnection));
  sim.on<TcpEvent>('kernel.tcp.ack', ({ connection }) => delayedAck(connection));
  return {
    sim,
    trace: new Trace(),
    netns: new Collection<NetnsRow>(journal, 'netns', { host: (row) => row.host }),
    links: new Collection<LinkRow>(journal, 'links', byNetns),
    addresses: new Collection<AddressRow>(journal, 'addresses', {
      ...byNetns,
      link: (row) => row.link,
    }),
    routes: new Collection<RouteRow>(journal, 'routes', byNetns),
    neighbours: new Collection<NeighbourRow>(journal, 'neighbours', byNetns),
    fdb: new Collection<FdbRow>(journal, 'fdb', byNetns),
    sockets: new Collection<SocketRow>(journal, 'sockets', byNetns),
    ipvs: new Collection<IpvsServiceRow>(journal, 'ipvs', byNetns),
    xfrmStates: new Collection<XfrmStateRow>(journal, 'xfrmStates', byNetns),
    xfrmPolicies: new Collection<XfrmPolicyRow>(journal, 'xfrmPolicies', byNetns),
    segments: new Map(),
    devices: new Map(),
    namespaces: new Map(),
    jitter: sim.rng('kernel/jitter'),
    nextFlow: 0,
    crossings: 0,
    netfilter: createNetfilter(sim),
    unreachable: nextHopUnreachable,
    rejected: reject,
  };
}
