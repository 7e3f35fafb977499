// macvlan and ipvlan: devices that share another device (their lower one) and reach its LAN as stations of their own.
//
// Mirrors: drivers/net/macvlan.c in bridge mode, drivers/net/ipvlan in l2 mode. What one sends to another on the same
// lower device stays there; all else leaves by the lower device, so the host itself is not reached.
// Differs: no other modes.
import type { EthernetFrame } from '../wire/index.ts';
import { isGroup, receiveSoon, sendFrame } from './links.ts';
import { deliverFrame, receiveFrame } from './receive.ts';
import type { Device } from './state.ts';

/** A macvlan knows its frames by its own MAC address; ipvlans share one and go by the IPv4 address. */
function isFor(device: Device, { destination, payload }: EthernetFrame): boolean {
  if (destination !== device.row.mac) return false;
  if (device.row.kind === 'macvlan') return true;
  const address = payload.kind === 'arp' ? payload.targetIp : payload.destination;
  return device.addresses.some((row) => row.address === address);
}

export function stackedTransmit(device: Device, frame: EthernetFrame, flow: number): void {
  const { lower } = device;
  if (!lower) return;
  const others = lower.uppers.filter((other) => other !== device);
  if (isGroup(frame.destination)) {
    for (const other of others) receiveSoon(other, frame, flow);
    sendFrame(lower, frame, flow);
    return;
  }
  const other = others.find((candidate) => isFor(candidate, frame));
  if (other) receiveSoon(other, frame, flow);
  else sendFrame(lower, frame, flow);
}

/** What the lower device does with what it receives (Linux: its rx_handler). */
export function lowerReceive(lower: Device, frame: EthernetFrame, flow: number): void {
  if (isGroup(frame.destination)) {
    for (const upper of lower.uppers) receiveFrame(upper, frame, flow);
    deliverFrame(lower, frame, flow);
    return;
  }
  const upper = lower.uppers.find((candidate) => isFor(candidate, frame));
  if (upper) receiveFrame(upper, frame, flow);
  else deliverFrame(lower, frame, flow);
}

/** Puts a device on its lower one. */
export function stack(upper: Device, lower: Device): void {
  upper.lower = lower;
  lower.uppers.push(upper);
  lower.receive = lowerReceive;
}

export function unstack(upper: Device): void {
  const { lower } = upper;
  if (!lower) return;
  upper.lower = undefined;
  lower.uppers.splice(lower.uppers.indexOf(upper), 1);
  if (lower.uppers.length === 0) lower.receive = undefined;
}
