// Bridges: learning which MAC address is behind which port, forwarding, flooding, and the bridge device's own frames.
// Mirrors: net/bridge/br_input.c, br_forward.c, br_fdb.c; net/bridge/br_netfilter_hooks.c.
// Differs: no STP (off by default), no multicast snooping (groups are flooded), no VLAN filtering.
import { micros, type SimEvent, seconds } from '../sim/index.ts';
import type { EthernetFrame, Mac } from '../wire/index.ts';
import type { Decision } from './decision.ts';
import { newContext, passes } from './ip-output.ts';
import { drop, isGroup, noteReceived, sendFrame } from './links.ts';
import { deliverFrame, toNetwork } from './receive.ts';
import type { FdbRow } from './rows.ts';
import { type BridgeEntry, type Device, traceHop } from './state.ts';

/** Some learned entries of a bridge may be too old. */
export interface AgeingEvent extends SimEvent {
  readonly kind: 'kernel.ageing';
  readonly bridge: Device;
}

const ageing = seconds(300);

/** A frame comes in by a port. Linux: br_handle_frame, the port's rx_handler. */
export function bridgeReceive(port: Device, frame: EthernetFrame, flow: number): void {
  const bridge = port.master;
  if (!bridge?.row.up) {
    drop(port, frame, flow, { kind: 'bridge-down', port: port.row.name });
    return;
  }
  learn(bridge, port, frame.source);
  const { destination } = frame;
  if (isGroup(destination)) {
    flood(bridge, frame, flow, port);
    passUp(bridge, frame, flow);
  } else if (destination === bridge.row.mac || destination === port.row.mac) {
    trace(bridge, frame, flow, { kind: 'bridge-host', bridge: bridge.row.name }, undefined);
    passUp(bridge, frame, flow);
  } else forward(bridge, frame, flow, port);
}

/** The host sends by the bridge device. */
export function bridgeTransmit(bridge: Device, frame: EthernetFrame, flow: number): void {
  if (isGroup(frame.destination)) flood(bridge, frame, flow, undefined);
  else forward(bridge, frame, flow, undefined);
}

function passUp(bridge: Device, frame: EthernetFrame, flow: number): void {
  noteReceived(bridge, frame);
  if (isGroup(frame.destination)) deliverFrame(bridge, frame, flow);
  else toNetwork(bridge, frame, flow);
}

function forward(
  bridge: Device,
  frame: EthernetFrame,
  flow: number,
  from: Device | undefined,
): void {
  const entry = bridge.fdb.get(frame.destination);
  const known = { bridge: bridge.row.name, mac: frame.destination };
  if (!entry) {
    trace(bridge, frame, flow, { kind: 'bridge-flood', ...known }, undefined);
    flood(bridge, frame, flow, from);
    return;
  }
  const port = entry.port.row.name;
  trace(bridge, frame, flow, { kind: 'bridge-port', ...known, port }, entry);
  if (mayLeave(entry.port, from)) out(bridge, entry.port, frame, flow, from);
}

function flood(bridge: Device, frame: EthernetFrame, flow: number, from: Device | undefined): void {
  for (const port of [...bridge.ports])
    if (port.carrier && mayLeave(port, from)) out(bridge, port, frame, flow, from);
}

const mayLeave = (port: Device, from: Device | undefined): boolean =>
  port !== from || port.row.hairpin === true;

function out(
  bridge: Device,
  port: Device,
  frame: EthernetFrame,
  flow: number,
  from: Device | undefined,
): void {
  const passed = from ? filtered(bridge, frame, flow) : frame;
  if (passed) sendFrame(port, passed, flow);
}

/** With br_netfilter, IPv4 between ports meets the rules as if the bridge routed it. Undefined: a rule dropped it. */
function filtered(bridge: Device, frame: EthernetFrame, flow: number): EthernetFrame | undefined {
  const { netns } = bridge;
  const { payload } = frame;
  if (payload.kind !== 'ipv4' || !netns.sysctl.bridgeCallsIptables) return frame;
  const context = newContext(netns, payload, flow);
  context.inLink = bridge.row;
  if (!passes(netns, 'PREROUTING', context)) return undefined;
  context.outLink = bridge.row;
  if (!passes(netns, 'FORWARD', context)) return undefined;
  context.inLink = undefined;
  if (!passes(netns, 'POSTROUTING', context)) return undefined;
  netns.filter.confirm?.(context);
  return context.packet === payload ? frame : { ...frame, payload: context.packet };
}

function trace(
  bridge: Device,
  frame: EthernetFrame,
  flow: number,
  decision: Decision,
  entry: BridgeEntry | undefined,
): void {
  if (!bridge.netns.world.trace.enabled || frame.payload.kind === 'arp') return;
  traceHop(bridge.netns, {
    flow,
    link: bridge.row.name,
    stage: 'bridge',
    decision,
    cause: entry && { collection: 'fdb', id: entry.row.id },
    packet: frame,
  });
}

// ---- the forwarding database --------------------------------------------------------------------

function learn(bridge: Device, port: Device, mac: Mac): void {
  const { sim } = bridge.netns.world;
  const known = bridge.fdb.get(mac);
  if (known?.port === port) {
    known.seenAt = sim.now();
    return;
  }
  if (known?.row.permanent || isGroup(mac) || isOwn(bridge, mac)) return;
  putEntry(bridge, port, mac, false);
  if (!bridge.ageingTimer) armAgeing(bridge, ageing);
}

const isOwn = (bridge: Device, mac: Mac): boolean =>
  mac === bridge.row.mac || bridge.ports.some((port) => port.row.mac === mac);

/** Enters or moves an address. */
export function putEntry(bridge: Device, port: Device, mac: Mac, permanent: boolean): void {
  const { world, id: netns } = bridge.netns;
  const row: FdbRow = world.fdb.put({
    id: `${bridge.id}/fdb/${mac}`,
    netns,
    link: port.id,
    mac,
    table: 'bridge',
    permanent,
    seenAt: world.sim.now(),
  });
  // Newest first is the order in which the kernel lists them: an entry that moves keeps its place there.
  bridge.fdb.set(mac, { row, port, seenAt: world.sim.now() });
}

export function removeEntry(bridge: Device, mac: Mac): boolean {
  const entry = bridge.fdb.get(mac);
  if (!entry) return false;
  bridge.fdb.delete(mac);
  bridge.netns.world.fdb.remove(entry.row.id);
  return true;
}

/** Forgets what was learned from a port; with `permanent` also what was entered by hand. */
export function flushPort(bridge: Device, port: Device, options: { permanent: boolean }): void {
  for (const [mac, entry] of [...bridge.fdb])
    if (entry.port === port && (options.permanent || !entry.row.permanent))
      removeEntry(bridge, mac);
}

function armAgeing(bridge: Device, delay: number): void {
  const event: AgeingEvent = { kind: 'kernel.ageing', bridge };
  bridge.ageingTimer = bridge.netns.world.sim.after(micros(delay), event);
}

/** Forgets what has not been heard of for 300 s, and looks again when the next one may be that old. */
export function ageEntries({ bridge }: AgeingEvent): void {
  bridge.ageingTimer = undefined;
  if (bridge.netns.gone) return;
  const now = bridge.netns.world.sim.now();
  let next = Number.POSITIVE_INFINITY;
  for (const [mac, entry] of [...bridge.fdb]) {
    if (entry.row.permanent) continue;
    const left = entry.seenAt + ageing - now;
    if (left <= 0) removeEntry(bridge, mac);
    else next = Math.min(next, left);
  }
  if (next !== Number.POSITIVE_INFINITY) armAgeing(bridge, next);
}
