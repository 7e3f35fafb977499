// What a device does with a frame that reaches it: hand it to its bridge, or to ARP and IP.
// Mirrors: __netif_receive_skb_core, eth_type_trans. Differs: no IPv6, no VLANs.

import type { EthernetFrame } from '../wire/index.ts';
import { ipInput } from './ip-input.ts';
import { newContext } from './ip-output.ts';
import { drop, type FrameEvent, isGroup, noteReceived } from './links.ts';
import { arpInput } from './neighbour.ts';
import type { Device } from './state.ts';

/** A frame comes off a wire (or out of a tunnel). */
export function receiveFrame(device: Device, frame: EthernetFrame, flow: number): void {
  if (!device.row.up || device.netns.gone) {
    drop(device, frame, flow, { kind: 'device-down', device: device.row.name });
    return;
  }
  noteReceived(device, frame);
  if (device.receive) device.receive(device, frame, flow);
  else deliverFrame(device, frame, flow);
}

/** A crossing is over. What this host sends of its own from here on starts counting anew. */
export function frameArrives({ device, frame, flow, crossings }: FrameEvent): void {
  const { world } = device.netns;
  world.crossings = crossings;
  receiveFrame(device, frame, flow);
  world.crossings = 0;
}

/** To the network layer, unless the frame is meant for another station. */
export function deliverFrame(device: Device, frame: EthernetFrame, flow: number): void {
  if (frame.destination !== device.row.mac && !isGroup(frame.destination)) {
    const [name, mac] = [device.row.name, frame.destination];
    drop(device, frame, flow, { kind: 'not-for-device', device: name, mac });
    return;
  }
  toNetwork(device, frame, flow);
}

/** To ARP or IP, whoever the frame is addressed to. */
export function toNetwork(device: Device, { payload }: EthernetFrame, flow: number): void {
  if (payload.kind === 'arp') arpInput(device, payload, flow);
  else ipInput(device, newContext(device.netns, payload, flow));
}
