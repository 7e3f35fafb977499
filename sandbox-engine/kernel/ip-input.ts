// Receiving IPv4: PREROUTING, the routing decision, then local delivery (INPUT, IPVS, xfrm, sockets) or forwarding.
// Mirrors: ip_rcv, ip_route_input_slow, ip_local_deliver, ip_forward.
import { millis } from '../sim/index.ts';
import {
  broadcastIpv4,
  type EthernetFrame,
  type Ipv4,
  isLoopback,
  isMulticast,
  packetLength,
  zeroMac,
} from '../wire/index.ts';
import { type Loss, lost } from './decision.ts';
import { icmpInput } from './icmp.ts';
import { icmpTypes, sendIcmpError, unreachableCodes } from './icmp-send.ts';
import { finish, type LoopbackEvent, output, passes, traceRoute } from './ip-output.ts';
import { noteReceived } from './links.ts';
import type { PacketContext } from './netfilter/hook.ts';
import { findRoute, onLink, outputPath, validSource } from './route.ts';
import type { RouteRow } from './rows.ts';
import { type Device, type Namespace, type Path, traceHop } from './state.ts';
import { tcpInput } from './tcp-input.ts';
import { udpInput } from './udp.ts';

/** A packet has come in by a device (for a port of a bridge: by the bridge). */
export function ipInput(device: Device, context: PacketContext): void {
  const { netns } = device;
  context.inLink = device.row;
  context.outLink = undefined;
  if (netns.world.trace.enabled)
    traceHop(netns, {
      flow: context.flow,
      link: device.row.name,
      stage: 'ingress',
      decision: { kind: 'received', device: device.row.name },
      cause: { collection: 'links', id: device.id },
      packet: context.packet,
    });
  if (!passes(netns, 'PREROUTING', context)) return;
  const { destination, source } = context.packet;
  if (isMulticast(destination) || destination === broadcastIpv4) {
    deliver(device, context);
    return;
  }
  if (device !== netns.loopback) {
    const alien =
      isLoopback(destination) && !netns.sysctl.deviceFlag('route_localnet', device.row.name);
    if (alien || !validSource(device, source)) {
      lose(netns, context, { kind: 'martian' });
      return;
    }
  }
  const route = findRoute(netns, destination);
  if (route?.type === 'local' || route?.type === 'broadcast') {
    if (netns.world.trace.enabled)
      traceRoute(netns, context, { route, device: netns.loopback, nextHop: destination });
    deliver(device, context);
  } else forward(device, context, route);
}

/** A packet has gone round on `lo`. */
export function loopbackInput({ netns, context }: LoopbackEvent): void {
  const device = netns.loopback;
  if (netns.gone || !device.row.up) return;
  const frame: EthernetFrame = {
    source: zeroMac,
    destination: zeroMac,
    payload: context.packet,
  };
  device.txPackets += 1;
  device.txBytes += packetLength(context.packet) + 14;
  // Captures see a packet on lo once, coming in (libpcap leaves out the sending side there).
  noteReceived(device, frame);
  ipInput(device, context);
}

function lose(netns: Namespace, context: PacketContext, loss: Loss): void {
  if (!netns.world.trace.enabled) return;
  traceHop(netns, {
    flow: context.flow,
    link: context.inLink?.name,
    stage: 'drop',
    decision: lost(loss),
    packet: context.packet,
  });
}

// ---- local delivery -----------------------------------------------------------------------------

function deliver(device: Device, context: PacketContext): void {
  const { netns } = device;
  if (!passes(netns, 'INPUT', context)) return;
  if (netns.ipvs) {
    const verdict = netns.ipvs.localIn(context);
    if (verdict === 'drop') return;
    if (verdict !== 'continue') {
      const to = verdict === 'forward' ? context.packet.destination : verdict.via;
      const path = outputPath(netns, to);
      if (path.ok) output(netns, context, path.value);
      else sendIcmpError(netns, context, icmpTypes.unreachable, unreachableCodes.net);
      return;
    }
  }
  netns.filter.confirm?.(context);
  toTransport(device, context);
}

function toTransport(device: Device, context: PacketContext): void {
  const { netns } = device;
  const { transport } = context.packet;
  switch (transport.protocol) {
    case 'tcp':
      tcpInput(netns, context, transport);
      return;
    case 'udp':
      udpInput(netns, context, transport);
      return;
    case 'icmp':
      icmpInput(netns, context, transport);
      return;
    case 'esp':
      decrypt(device, context);
  }
}

/** What xfrm takes out of an ESP packet comes in once more, and passes the rules as decrypted. */
function decrypt(device: Device, context: PacketContext): void {
  const { netns } = device;
  const inner = netns.xfrm?.input(context);
  if (!inner) {
    if (!netns.xfrm)
      sendIcmpError(netns, context, icmpTypes.unreachable, unreachableCodes.protocol);
    else lose(netns, context, { kind: 'not-decrypted' });
    return;
  }
  context.packet = inner;
  context.decrypted = true;
  context.conntrack = undefined;
  ipInput(device, context);
}

// ---- forwarding ---------------------------------------------------------------------------------

function forward(device: Device, context: PacketContext, route: RouteRow | undefined): void {
  const { netns } = device;
  if (!netns.sysctl.forward) {
    lose(netns, context, { kind: 'not-forwarding' });
    return;
  }
  const path = forwardingPath(netns, context, route);
  if (!path) return;
  if (context.packet.ttl <= 1) {
    lose(netns, context, { kind: 'ttl' });
    sendIcmpError(netns, context, icmpTypes.timeExceeded, 0);
    return;
  }
  if (netns.world.trace.enabled) traceRoute(netns, context, path);
  redirectIfBetter(device, context, path);
  context.packet = { ...context.packet, ttl: context.packet.ttl - 1 };
  context.outLink = path.device.row;
  if (!passes(netns, 'FORWARD', context)) return;
  netns.ipvs?.forward(context);
  const { mtu } = path.device.row;
  if (context.packet.dontFragment && packetLength(context.packet) > mtu) {
    lose(netns, context, { kind: 'mtu', mtu, device: path.device.row.name });
    sendIcmpError(netns, context, icmpTypes.unreachable, unreachableCodes.fragmentationNeeded, {
      mtu,
    });
    return;
  }
  finish(netns, context, path);
}

function forwardingPath(
  netns: Namespace,
  context: PacketContext,
  route: RouteRow | undefined,
): Path | undefined {
  const path = outputPath(netns, context.packet.destination);
  if (path.ok) return path.value;
  lose(netns, context, route ? { kind: 'route-refuses', type: route.type } : { kind: 'no-route' });
  if (route?.type === 'blackhole') return undefined;
  const code =
    route?.type === 'prohibit'
      ? unreachableCodes.prohibited
      : route?.type === 'unreachable'
        ? unreachableCodes.host
        : unreachableCodes.net;
  sendIcmpError(netns, context, icmpTypes.unreachable, code);
  return undefined;
}

/** The sender could have reached the next hop itself: tell it. Mirrors: ip_rt_send_redirect. */
function redirectIfBetter(device: Device, context: PacketContext, path: Path): void {
  const { netns } = device;
  const { source } = context.packet;
  if (path.device !== device || !onLink(device, source)) return;
  if (!netns.sysctl.deviceFlag('send_redirects', device.row.name)) return;
  if (mayRedirect(netns, source))
    sendIcmpError(netns, context, icmpTypes.redirect, 1, { gateway: path.nextHop });
}

/** Nobody is told again and again: each time twice as long after the last, and no more than nine times in a row. */
function mayRedirect(netns: Namespace, peer: Ipv4): boolean {
  const now = netns.world.sim.now();
  const told = netns.redirects.get(peer);
  const quiet = told ? now - told.at : 0;
  if (!told || quiet > redirectSilence) {
    if (netns.redirects.size > 1024) netns.redirects.clear();
    netns.redirects.set(peer, { times: 1, at: now });
    return true;
  }
  if (told.times >= 9 || quiet < redirectLoad * 2 ** told.times) return false;
  netns.redirects.set(peer, { times: told.times + 1, at: now });
  return true;
}

const redirectLoad = millis(20);
const redirectSilence = millis(20 * 1024);
