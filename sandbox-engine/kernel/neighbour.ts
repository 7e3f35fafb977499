// Neighbours: which MAC address a next hop has, found out by ARP, and what happens while and when it cannot be.
// Mirrors: net/core/neighbour.c (states and timers), net/ipv4/arp.c. Differs: entries are not collected (hosts of a swarm
// raise gc_thresh above what a lab reaches), at most 101 packets wait for one answer.
import { type Micros, micros, type SimEvent, seconds } from '../sim/index.ts';
import {
  type ArpPacket,
  broadcastIpv4,
  broadcastMac,
  formatIpv4,
  type Ipv4,
  type Mac,
  zeroMac,
} from '../wire/index.ts';
import { lost } from './decision.ts';
import { ownFlow, sendFrame } from './links.ts';
import type { PacketContext } from './netfilter/hook.ts';
import { findRoute, isLocal, selectAddress } from './route.ts';
import type { NeighbourRow, NeighbourState } from './rows.ts';
import { type Device, type Namespace, type Neighbour, traceHop } from './state.ts';

/** A neighbour's time is up: resend, grow stale, probe, give up. */
export interface NeighbourEvent extends SimEvent {
  readonly kind: 'kernel.neighbour';
  readonly neighbour: Neighbour;
}

const solicitations = 3;
const retransmit = seconds(1);
const delayFirstProbe = seconds(5);
const queueLimit = 101;

/** Sends a packet to the next hop on that device, now or when its MAC address is known. */
export function sendToNeighbour(device: Device, nextHop: Ipv4, context: PacketContext): void {
  const group = groupMac(device, nextHop);
  if (group) {
    transmit(device, group, context);
    return;
  }
  const neighbour = device.neighbours.get(nextHop) ?? newNeighbour(device, nextHop);
  neighbour.usedAt = device.netns.world.sim.now();
  const { row } = neighbour;
  switch (row.state) {
    case 'FAILED':
      neighbour.probes = 0;
      enqueue(neighbour, context);
      setState(neighbour, 'INCOMPLETE', undefined);
      solicit(neighbour, context);
      return;
    case 'INCOMPLETE':
      enqueue(neighbour, context);
      return;
    case 'STALE':
      setState(neighbour, 'DELAY');
      arm(neighbour, delayFirstProbe);
      break;
    default:
      break;
  }
  if (row.mac) transmit(device, row.mac, context, row);
}

/** Broadcast and multicast need no ARP. */
function groupMac(device: Device, nextHop: Ipv4): Mac | undefined {
  if (nextHop >>> 28 === 14) {
    const low = [(nextHop >>> 16) & 127, (nextHop >>> 8) & 255, nextHop & 255];
    return `01:00:5e:${low.map((b) => b.toString(16).padStart(2, '0')).join(':')}` as Mac;
  }
  if (nextHop === broadcastIpv4) return broadcastMac;
  return findRoute(device.netns, nextHop)?.type === 'broadcast' ? broadcastMac : undefined;
}

function transmit(device: Device, mac: Mac, context: PacketContext, row?: NeighbourRow): void {
  if (row && device.netns.world.trace.enabled)
    traceHop(device.netns, {
      flow: context.flow,
      link: device.row.name,
      stage: 'neighbour',
      decision: { kind: 'neighbour', address: row.address, mac: row.mac, state: row.state },
      cause: { collection: 'neighbours', id: row.id },
      packet: context.packet,
    });
  sendFrame(
    device,
    { source: device.row.mac, destination: mac, payload: context.packet },
    context.flow,
  );
}

function enqueue(neighbour: Neighbour, context: PacketContext): void {
  if (neighbour.queue.length >= queueLimit) neighbour.queue.shift();
  neighbour.queue.push(context);
}

/** A new entry, which knows nothing yet; FAILED stands for Linux's NUD_NONE. */
function newNeighbour(device: Device, address: Ipv4): Neighbour {
  const { world } = device.netns;
  const row: NeighbourRow = {
    id: `${device.id}/neigh/${formatIpv4(address)}`,
    netns: device.netns.id,
    link: device.id,
    address,
    state: 'FAILED',
    confirmedAt: world.sim.now(),
  };
  const neighbour: Neighbour = {
    row,
    device,
    confirmedAt: world.sim.now(),
    usedAt: world.sim.now(),
    reachableFor: seconds(15) + world.jitter.below(seconds(30)),
    probes: 0,
    timer: undefined,
    queue: [],
  };
  device.neighbours.set(address, neighbour);
  return neighbour;
}

function setState(
  neighbour: Neighbour,
  state: NeighbourState,
  mac: Mac | undefined = neighbour.row.mac,
): void {
  const { world } = neighbour.device.netns;
  const { row } = neighbour;
  if (row.state === state && row.mac === mac && world.neighbours.has(row.id)) return;
  const confirmedAt = state === 'REACHABLE' ? world.sim.now() : row.confirmedAt;
  neighbour.row = world.neighbours.put({ ...row, state, mac, confirmedAt });
}

function arm(neighbour: Neighbour, delay: Micros): void {
  disarm(neighbour);
  const event: NeighbourEvent = { kind: 'kernel.neighbour', neighbour };
  neighbour.timer = neighbour.device.netns.world.sim.after(delay, event);
}

function disarm(neighbour: Neighbour): void {
  if (neighbour.timer) neighbour.timer.cancelled = true;
  neighbour.timer = undefined;
}

/** Asks once: everybody while the MAC address is unknown, the neighbour itself when only its life is in doubt. */
function solicit(neighbour: Neighbour, cause: PacketContext | undefined): void {
  const { device, row } = neighbour;
  neighbour.probes += 1;
  arm(neighbour, retransmit);
  const wanted = cause?.packet.source;
  const senderIp =
    wanted !== undefined && isLocal(device.netns, wanted)
      ? wanted
      : selectAddress(device, row.address);
  if (senderIp === undefined) return;
  const flow = cause?.flow ?? ownFlow(device);
  const to = row.state === 'PROBE' ? row.mac : undefined;
  if (cause && device.netns.world.trace.enabled)
    traceHop(device.netns, {
      flow,
      link: device.row.name,
      stage: 'neighbour',
      decision: { kind: 'arp-request', device: device.row.name, address: row.address },
      cause: { collection: 'neighbours', id: row.id },
      packet: cause.packet,
    });
  sendArp(device, 'request', senderIp, to ?? zeroMac, row.address, to ?? broadcastMac, flow);
}

function sendArp(
  device: Device,
  operation: ArpPacket['operation'],
  senderIp: Ipv4,
  targetMac: Mac,
  targetIp: Ipv4,
  destination: Mac,
  flow: number,
): void {
  const { mac } = device.row;
  const { world } = device.netns;
  const { crossings } = world;
  world.crossings = 0;
  sendFrame(
    device,
    {
      source: mac,
      destination,
      payload: { kind: 'arp', operation, senderMac: mac, senderIp, targetMac, targetIp },
    },
    flow,
  );
  world.crossings = crossings;
}

/** Gratuitous ARP: everybody on the link learns (bridges) or corrects (neighbours) where the address is. */
export function announce(device: Device, address: Ipv4): void {
  sendArp(device, 'request', address, zeroMac, address, broadcastMac, ownFlow(device));
}

/** The timer of a neighbour has run out. */
export function neighbourTimer({ neighbour }: NeighbourEvent): void {
  const { device } = neighbour;
  if (device.neighbours.get(neighbour.row.address) !== neighbour) return;
  const now = device.netns.world.sim.now();
  switch (neighbour.row.state) {
    case 'INCOMPLETE':
    case 'PROBE':
      if (neighbour.probes < solicitations) solicit(neighbour, neighbour.queue[0]);
      else fail(neighbour);
      return;
    case 'REACHABLE': {
      const left = neighbour.confirmedAt + neighbour.reachableFor - now;
      if (left > 0) arm(neighbour, micros(left));
      else if (now - neighbour.usedAt < delayFirstProbe) {
        setState(neighbour, 'DELAY');
        arm(neighbour, delayFirstProbe);
      } else setState(neighbour, 'STALE');
      return;
    }
    case 'DELAY':
      if (now - neighbour.confirmedAt < delayFirstProbe) reachable(neighbour);
      else {
        setState(neighbour, 'PROBE');
        neighbour.probes = 0;
        solicit(neighbour, undefined);
      }
      return;
    default:
      return;
  }
}

function reachable(neighbour: Neighbour, mac?: Mac): void {
  neighbour.confirmedAt = neighbour.device.netns.world.sim.now();
  neighbour.probes = 0;
  setState(neighbour, 'REACHABLE', mac ?? neighbour.row.mac);
  arm(neighbour, micros(neighbour.reachableFor));
}

function fail(neighbour: Neighbour): void {
  const { device } = neighbour;
  const { netns } = device;
  disarm(neighbour);
  setState(neighbour, 'FAILED', undefined);
  for (const context of neighbour.queue.splice(0)) {
    if (netns.world.trace.enabled)
      traceHop(netns, {
        flow: context.flow,
        link: device.row.name,
        stage: 'drop',
        decision: lost({ kind: 'no-arp-answer', address: neighbour.row.address }),
        cause: { collection: 'neighbours', id: neighbour.row.id },
        packet: context.packet,
      });
    netns.world.unreachable(context, netns);
  }
}

/** A transport protocol has had an answer from behind this next hop: it lives. Mirrors: dst_confirm. */
export function confirmNeighbour(netns: Namespace, destination: Ipv4): void {
  const route = findRoute(netns, destination);
  if (!route?.link) return;
  const neighbour = netns.devices.get(route.link)?.neighbours.get(route.via ?? destination);
  if (!neighbour) return;
  neighbour.confirmedAt = netns.world.sim.now();
  if (neighbour.row.state === 'PROBE') reachable(neighbour);
}

/** An ARP packet has come in for this namespace. Mirrors: arp_process. */
export function arpInput(device: Device, arp: ArpPacket, flow: number): void {
  const { netns } = device;
  // Its own words come back to it; ipvlans on one device speak with one address.
  if (arp.senderMac === device.row.mac && device.row.kind !== 'ipvlan') return;
  const own = isLocal(netns, arp.targetIp);
  if (arp.operation === 'request' && own && arp.senderIp !== arp.targetIp) {
    if (answersFor(device, arp.targetIp)) {
      learn(device, arp.senderIp, arp.senderMac, 'request', true);
      sendArp(device, 'reply', arp.targetIp, arp.senderMac, arp.senderIp, arp.senderMac, flow);
    }
    return;
  }
  learn(device, arp.senderIp, arp.senderMac, arp.operation, false);
}

function answersFor(device: Device, address: Ipv4): boolean {
  const ignore = device.netns.sysctl.deviceMaximum('arp_ignore', device.row.name);
  return ignore === 0 || device.addresses.some((row) => row.address === address);
}

/** Takes what an ARP packet says of its sender: into an entry that exists, or (asked by it) into a new one. */
function learn(
  device: Device,
  address: Ipv4,
  mac: Mac,
  operation: ArpPacket['operation'],
  create: boolean,
): void {
  const known = device.neighbours.get(address);
  if (!known && !create) return;
  const neighbour = known ?? newNeighbour(device, address);
  const { state } = neighbour.row;
  if (state === 'PERMANENT') return;
  if (operation === 'reply') reachable(neighbour, mac);
  else if (neighbour.row.mac !== mac || state === 'FAILED' || state === 'INCOMPLETE') {
    disarm(neighbour);
    setState(neighbour, 'STALE', mac);
  }
  flushQueue(neighbour);
}

function flushQueue(neighbour: Neighbour): void {
  const { mac } = neighbour.row;
  if (!mac) return;
  for (const context of neighbour.queue.splice(0))
    sendToNeighbour(neighbour.device, neighbour.row.address, context);
}

/** `ip neigh replace`. */
export function putNeighbour(device: Device, address: Ipv4, mac: Mac, state: NeighbourState): void {
  const neighbour = device.neighbours.get(address) ?? newNeighbour(device, address);
  disarm(neighbour);
  if (state === 'REACHABLE') reachable(neighbour, mac);
  else setState(neighbour, state, mac);
  flushQueue(neighbour);
}

export function removeNeighbour(device: Device, address: Ipv4): boolean {
  const neighbour = device.neighbours.get(address);
  if (!neighbour) return false;
  disarm(neighbour);
  device.neighbours.delete(address);
  device.netns.world.neighbours.remove(neighbour.row.id);
  return true;
}

/** The device went down, or has a new address: what it knew is void. */
export function flushNeighbours(device: Device, options: { permanent: boolean }): void {
  for (const [address, neighbour] of [...device.neighbours])
    if (options.permanent || neighbour.row.state !== 'PERMANENT') removeNeighbour(device, address);
}
