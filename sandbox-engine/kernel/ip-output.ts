// Sending IPv4: routing, the OUTPUT and POSTROUTING hooks, the MTU, xfrm, and the hand-over to a neighbour or to lo.
// Mirrors: ip_local_out, ip_output, ip_finish_output. Differs: no fragments; a packet over the MTU that may be fragmented
// goes out whole.
import { micros, type SimEvent } from '../sim/index.ts';
import { err, ok, type Result } from '../std/index.ts';
import {
  type Ipv4,
  type Ipv4Packet,
  ipv6Loopback,
  packetLength,
  type Transport,
} from '../wire/index.ts';
import { sendToNeighbour } from './neighbour.ts';
import type { HookName } from './netfilter/api.ts';
import type { PacketContext, Verdict, XfrmHooks } from './netfilter/hook.ts';
import { outputPath, sourceFor } from './route.ts';
import type { Errno } from './rows.ts';
import { type Device, type Namespace, type Path, traceHop } from './state.ts';

/** A packet comes round on `lo`. It keeps its marks and its tracked connection, as an skb does. */
export interface LoopbackEvent extends SimEvent {
  readonly kind: 'kernel.loopback';
  readonly netns: Namespace;
  readonly context: PacketContext;
}

const loopbackLatency = micros(12);

/** What a local sender wants sent. */
export interface Outgoing {
  readonly destination: Ipv4;
  /** By default what routing chooses. */
  readonly source?: Ipv4 | undefined;
  readonly transport: Transport;
  readonly flow: number;
  readonly ttl?: number | undefined;
  readonly dontFragment?: boolean | undefined;
}

/** Sends a packet of this namespace's own. Errors are those that the sending socket gets at once. */
export function sendPacket(netns: Namespace, outgoing: Outgoing): Result<void, Errno> {
  const path = outputPath(netns, outgoing.destination);
  if (!path.ok) return path;
  const source = outgoing.source ?? sourceFor(path.value, outgoing.destination);
  if (source === undefined) return err('ENETUNREACH');
  const packet: Ipv4Packet = {
    kind: 'ipv4',
    id: nextPacketId(netns),
    source,
    destination: outgoing.destination,
    ttl: outgoing.ttl ?? netns.sysctl.defaultTtl,
    dontFragment: outgoing.dontFragment ?? false,
    transport: outgoing.transport,
  };
  if (
    packet.dontFragment &&
    packetLength(packet) > pathMtu(netns, path.value.device, packet.destination)
  )
    return err('EMSGSIZE');
  const { world } = netns;
  const { crossings } = world;
  if (!carriesFrame(outgoing.transport)) world.crossings = 0;
  const result = output(netns, newContext(netns, packet, outgoing.flow), path.value);
  world.crossings = crossings;
  return result;
}

/** A tunnel's packet is one more crossing of the frame inside. */
const carriesFrame = (transport: Transport): boolean =>
  transport.protocol === 'udp' && transport.payload.kind === 'vxlan';

export function newContext(netns: Namespace, packet: Ipv4Packet, flow: number): PacketContext {
  return {
    netns: netns.id,
    packet,
    inLink: undefined,
    outLink: undefined,
    mark: 0,
    conntrack: undefined,
    flow,
    ipvs: false,
    decrypted: false,
  };
}

export function nextPacketId(netns: Namespace): number {
  netns.nextPacketId = (netns.nextPacketId + 1) & 0xffff;
  return netns.nextPacketId;
}

/** The largest packet to a destination by that device, as far as routers have told. */
export function pathMtu(netns: Namespace, device: Device, destination: Ipv4): number {
  const { mtu } = device.row;
  const learned = netns.pathMtus.size > 0 ? netns.pathMtus.get(destination) : undefined;
  return learned !== undefined && learned < mtu ? learned : mtu;
}

/** From OUTPUT on. IPVS comes in here with packets whose destination it has chosen. */
export function output(netns: Namespace, context: PacketContext, path: Path): Result<void, Errno> {
  context.outLink = path.device.row;
  if (netns.world.trace.enabled) traceRoute(netns, context, path);
  const before = context.packet.destination;
  const markBefore = context.mark;
  if (!passes(netns, 'OUTPUT', context)) return err('EPERM');
  const balanced = context.ipvs ? 'continue' : (netns.ipvs?.localOut?.(context) ?? 'continue');
  if (balanced === 'drop') return err('EPERM');
  const to = typeof balanced === 'object' ? balanced.via : context.packet.destination;
  let way = path;
  if (to !== before || context.mark !== markBefore) {
    const again = outputPath(netns, to);
    if (!again.ok) return again;
    way = again.value;
    context.outLink = way.device.row;
    if (netns.world.trace.enabled) traceRoute(netns, context, way);
  }
  return finish(netns, context, way);
}

/** From POSTROUTING on: the last part of the way for own and forwarded packets. */
export function finish(netns: Namespace, context: PacketContext, path: Path): Result<void, Errno> {
  if (!passes(netns, 'POSTROUTING', context)) return err('EPERM');
  netns.filter.confirm?.(context);
  if (netns.xfrm && !encrypt(netns, netns.xfrm, context)) return ok(undefined);
  if (path.device === netns.loopback) {
    const event: LoopbackEvent = { kind: 'kernel.loopback', netns, context };
    netns.world.sim.after(loopbackLatency, event);
  } else sendToNeighbour(path.device, path.nextHop, context);
  return ok(undefined);
}

/** What xfrm has made of a packet passes OUTPUT and POSTROUTING once more. False: it goes no further. */
function encrypt(netns: Namespace, xfrm: XfrmHooks, context: PacketContext): boolean {
  const transformed = xfrm.output(context);
  if (!transformed) return false;
  if (transformed === context.packet) return true;
  context.packet = transformed;
  context.conntrack = undefined;
  if (!passes(netns, 'OUTPUT', context) || !passes(netns, 'POSTROUTING', context)) return false;
  netns.filter.confirm?.(context);
  return true;
}

/** Runs one hook; what it rejects is answered by `rejected` (set by ICMP, which lies above). */
export function passes(netns: Namespace, hook: HookName, context: PacketContext): boolean {
  // ip6tables has no rules on these hosts.
  if (context.packet.destination === ipv6Loopback) return true;
  const verdict: Verdict = netns.filter.hook(hook, context);
  if (verdict.action === 'accept') return true;
  if (verdict.action === 'reject') netns.world.rejected(context, netns, verdict.with);
  return false;
}

/** Writes a routing decision into the trace: what `ip route get` says. */
export function traceRoute(
  netns: Namespace,
  context: PacketContext,
  { route, device }: Path,
): void {
  const { type, destination, via } = route;
  const { name } = device.row;
  traceHop(netns, {
    flow: context.flow,
    link: name,
    stage: 'route',
    decision: { kind: 'route', type, destination, via, device: name },
    cause: { collection: 'routes', id: route.id },
    packet: context.packet,
  });
}
