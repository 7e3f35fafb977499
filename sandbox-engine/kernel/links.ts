// Frames on devices: sending, taps, counters, and what lies between two devices (a veth pair, a LAN segment).
//
// Inside a namespace a packet runs to completion; crossing from one device to another is an event after a small delay.
// Differs: no queues and no bandwidth: a link delays, it does not fill up.
import { limits, micros, type SimEvent } from '../sim/index.ts';
import { type EthernetFrame, frameLength, type Mac } from '../wire/index.ts';
import { type Loss, lost } from './decision.ts';
import { type Device, type NetworkWorld, newFlow, traceHop } from './state.ts';

/** A frame reaches a device. */
export interface FrameEvent extends SimEvent {
  readonly kind: 'kernel.frame';
  readonly device: Device;
  readonly frame: EthernetFrame;
  readonly flow: number;
  readonly crossings: number;
}

/** One way through a veth pair, and through the LAN's switch: microseconds, and as many at most on top. */
const vethLatency = { least: 15, spread: 20 } as const;
const lanLatency = { least: 90, spread: 60 } as const;

/** Sends a frame out of a device. A device that is down or has no carrier loses it. */
export function sendFrame(device: Device, frame: EthernetFrame, flow: number): void {
  if (!device.carrier) {
    const kind = device.row.up ? 'no-carrier' : 'device-down';
    drop(device, frame, flow, { kind, device: device.row.name });
    return;
  }
  device.txPackets += 1;
  device.txBytes += frameLength(frame);
  if (device.taps.length > 0) tap(device, 'out', frame);
  device.transmit(device, frame, flow);
}

/** Counts and shows to taps what has come in. */
export function noteReceived(device: Device, frame: EthernetFrame): void {
  device.rxPackets += 1;
  device.rxBytes += frameLength(frame);
  if (device.taps.length > 0) tap(device, 'in', frame);
}

export function tap(device: Device, direction: 'in' | 'out', frame: EthernetFrame): void {
  const { sim } = device.netns.world;
  for (const capture of device.taps) {
    if (capture.netns !== device.netns) continue;
    capture.frames.push({ at: sim.now(), link: device.row, direction, frame });
    sim.wake(capture.key);
  }
}

/** Writes a lost frame into the trace. */
export function drop(device: Device, frame: EthernetFrame, flow: number, loss: Loss): void {
  if (!device.netns.world.trace.enabled || frame.payload.kind === 'arp') return;
  traceHop(device.netns, {
    flow,
    link: device.row.name,
    stage: 'drop',
    decision: lost(loss),
    packet: frame,
  });
}

/** To the other end of the pair. */
export function vethTransmit(device: Device, frame: EthernetFrame, flow: number): void {
  const peer = device.peer;
  if (!peer) return;
  const delay = arrival(device, vethLatency);
  traceEgress(device, frame, flow, peer);
  scheduleFrame(device.netns.world, delay, peer, frame, flow);
}

/** To whoever on the segment has the address; to all when it is a group address. */
export function lanTransmit(device: Device, frame: EthernetFrame, flow: number): void {
  const { world } = device.netns;
  const stations = world.segments.get(device.row.segment ?? '');
  if (!stations) return;
  const delay = arrival(device, lanLatency);
  traceEgress(device, frame, flow, undefined);
  const group = isGroup(frame.destination);
  if (!group)
    for (const station of stations)
      if (answersTo(station, frame.destination)) {
        if (station !== device) scheduleFrame(world, delay, station, frame, flow);
        return;
      }
  // The switch floods; a network card passes on only what is for it, unless a bridge or a capture listens to all.
  for (const station of stations)
    if (station !== device && (group || station.receive || station.taps.length > 0))
      scheduleFrame(world, delay, station, frame, flow);
  if (!group) drop(device, frame, flow, { kind: 'nobody-on-lan', mac: frame.destination });
}

/** Its own address, and those of the macvlans that share it. */
const answersTo = ({ row, uppers }: Device, mac: Mac): boolean =>
  row.mac === mac || uppers.some((upper) => upper.row.mac === mac);

/** Broadcast and multicast addresses: the lowest bit of the first byte is set. */
export const isGroup = (mac: Mac): boolean => (Number.parseInt(mac.charAt(1), 16) & 1) === 1;

/** Dummy devices swallow what is sent. */
export function dummyTransmit(device: Device, frame: EthernetFrame, flow: number): void {
  drop(device, frame, flow, { kind: 'dummy', device: device.row.name });
}

/** A frame that a device receives without a wire: after as much time as a soft interrupt takes. */
export function receiveSoon(device: Device, frame: EthernetFrame, flow: number): void {
  scheduleFrame(device.netns.world, 2, device, frame, flow);
}

function scheduleFrame(
  world: NetworkWorld,
  delay: number,
  device: Device,
  frame: EthernetFrame,
  flow: number,
): void {
  const crossings = world.crossings + 1;
  if (crossings > limits.packetHops) {
    drop(device, frame, flow, { kind: 'loop', limit: limits.packetHops });
    return;
  }
  const event: FrameEvent = { kind: 'kernel.frame', device, frame, flow, crossings };
  world.sim.after(micros(delay), event);
}

function arrival(device: Device, latency: { least: number; spread: number }): number {
  const { sim, jitter } = device.netns.world;
  const now = sim.now();
  const at = Math.max(now + latency.least + jitter.below(latency.spread), device.lastArrival);
  device.lastArrival = at;
  return at - now;
}

function traceEgress(
  device: Device,
  frame: EthernetFrame,
  flow: number,
  peer: Device | undefined,
): void {
  if (!device.netns.world.trace.enabled || frame.payload.kind === 'arp') return;
  traceHop(device.netns, {
    flow,
    link: device.row.name,
    stage: 'egress',
    decision: peer
      ? { kind: 'to-peer', device: device.row.name, peer: peer.row.name }
      : { kind: 'to-lan', device: device.row.name, mac: frame.destination },
    cause: { collection: 'links', id: device.id },
    packet: frame,
  });
}

// ---- carrier --------------------------------------------------------------------------------

/** Whether a device can carry frames now: LOWER_UP. */
export function hasCarrier(device: Device): boolean {
  const { row } = device;
  if (!row.up) return false;
  switch (row.kind) {
    case 'ether':
      return row.segment !== undefined;
    case 'veth':
      return device.peer?.row.up === true;
    case 'bridge':
      return device.ports.some((port) => port.carrier);
    case 'macvlan':
    case 'ipvlan':
      return device.lower?.carrier === true;
    default:
      return true;
  }
}

/** Plugs a device into its LAN segment, or out of it. */
export function plug(device: Device, segment: string | undefined): void {
  const { segments } = device.netns.world;
  const before = device.row.segment;
  if (before !== undefined) segments.get(before)?.delete(device);
  if (segment === undefined) return;
  const members = segments.get(segment) ?? new Set<Device>();
  members.add(device);
  segments.set(segment, members);
}

/** For ARP and other traffic that belongs to no exchange. */
export const ownFlow = (device: Device): number => newFlow(device.netns.world);
