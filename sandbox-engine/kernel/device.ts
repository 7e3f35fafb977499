// Devices' lives: making, moving between namespaces, up and down, bridge membership, deletion.
// Mirrors: net/core/dev.c, net/bridge/br_if.c, drivers/net/veth.c.
import { err, ok, type Result } from '../std/index.ts';
import { ip, type Mac } from '../wire/index.ts';
import { addAddress, removeAddress } from './address.ts';
import { bridgeReceive, flushPort } from './bridge.ts';
import { hasCarrier, plug } from './links.ts';
import { flushNeighbours } from './neighbour.ts';
import { namespaceId } from './nsid.ts';
import { addAddressRoutes, removeRoutesOf, routesChanged } from './route.ts';
import type { Errno, LinkId, LinkRow } from './rows.ts';
import { unstack } from './stacked.ts';
import type { Device, Namespace, Transmit } from './state.ts';
import { removeRemote, vxlanClose, vxlanOpen } from './vxlan.ts';

/** Changes a device's row. */
export function updateLink(device: Device, fields: Partial<LinkRow>): void {
  device.row = device.netns.world.links.update(device.id, fields);
}

/** Enters a new device, which is down. */
export function addDevice(
  netns: Namespace,
  fields: Omit<LinkRow, 'id' | 'netns' | 'ifindex' | 'up'> & { readonly ifindex?: number },
  transmit: Transmit,
): Device {
  const { world, host } = netns;
  const row = world.links.put({
    ...fields,
    id: `${host.name}/link${world.sim.count(`${host.name}/link`)}` as LinkId,
    netns: netns.id,
    ifindex: fields.ifindex ?? takeIfindex(netns),
    up: false,
  });
  const device: Device = {
    id: row.id,
    row,
    netns,
    transmit,
    receive: undefined,
    addresses: [],
    neighbours: new Map(),
    peer: undefined,
    master: undefined,
    lower: undefined,
    uppers: [],
    ports: [],
    mtuFixed: false,
    fdb: new Map(),
    ageingTimer: undefined,
    remotes: new Map(),
    carrier: false,
    taps: [],
    lastArrival: 0,
    rxPackets: 0,
    rxBytes: 0,
    txPackets: 0,
    txBytes: 0,
  };
  world.devices.set(device.id, device);
  enter(device, netns);
  return device;
}

function enter(device: Device, netns: Namespace): void {
  netns.devices.set(device.id, device);
  netns.sysctl.addDevice(device.row.name);
  for (const socket of netns.sockets.all.values())
    if (socket.kind === 'capture' && socket.link === 'any') device.taps.push(socket);
}

/** The next interface number of a namespace. */
function takeIfindex(netns: Namespace): number {
  const { world } = netns;
  let index = world.netns.must(netns.id).nextIfindex;
  while (ifindexTaken(netns, index)) index += 1;
  world.netns.update(netns.id, { nextIfindex: index + 1 });
  return index;
}

export const ifindexTaken = (netns: Namespace, index: number): boolean =>
  [...netns.devices.values()].some((device) => device.row.ifindex === index);

export const deviceByName = (netns: Namespace, name: string): Device | undefined => {
  for (const device of netns.devices.values()) if (device.row.name === name) return device;
  return undefined;
};

// ---- up and down --------------------------------------------------------------------------------

/** EADDRINUSE: a VXLAN device's UDP port is taken. */
export function bringUp(device: Device): Result<void, Errno> {
  if (device.row.up) return ok(undefined);
  if (device.row.kind === 'vxlan') {
    const opened = vxlanOpen(device);
    if (!opened.ok) return opened;
  }
  updateLink(device, { up: true });
  if (device.row.kind === 'loopback' && device.addresses.length === 0)
    addAddress(device, ip('127.0.0.1'), 8, { scope: 'host' });
  for (const address of device.addresses) addAddressRoutes(device, address);
  carrierChanged(device);
  return ok(undefined);
}

export function takeDown(device: Device): void {
  if (!device.row.up) return;
  if (device.row.kind === 'vxlan') vxlanClose(device);
  updateLink(device, { up: false, ipv6LinkLocal: undefined });
  removeRoutesOf(device.netns, device.id, { local: false });
  flushNeighbours(device, { permanent: true });
  carrierChanged(device);
}

/** Works out the carrier anew, and that of the peer and the bridge which depend on it. */
export function carrierChanged(device: Device): void {
  refreshCarrier(device);
  if (device.peer) refreshCarrier(device.peer);
}

function refreshCarrier(device: Device): void {
  const carrier = hasCarrier(device);
  if (carrier === device.carrier) return;
  device.carrier = carrier;
  if (carrier) makeLinkLocal(device);
  else {
    flushNeighbours(device, { permanent: false });
    if (device.master) flushPort(device.master, device, { permanent: false });
  }
  if (device.master) refreshCarrier(device.master);
  for (const upper of device.uppers) refreshCarrier(upper);
}

/** A device with a carrier gives itself fe80::/64 from its MAC address, once, unless IPv6 is switched off there. */
export function makeLinkLocal(device: Device): void {
  const { row, netns } = device;
  if (row.kind === 'loopback' || row.ipv6LinkLocal || !device.carrier) return;
  if (!netns.sysctl.ipv6Enabled(row.name)) return;
  updateLink(device, { ipv6LinkLocal: linkLocalAddress(row.mac) });
}

/** `fe80::42:acff:fe11:2`: EUI-64, written the short way. */
function linkLocalAddress(mac: Mac): string {
  const bytes = mac.split(':').map((b) => Number.parseInt(b, 16));
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = bytes;
  const groups = [((a ^ 2) << 8) | b, (c << 8) | 0xff, 0xfe00 | d, (e << 8) | f];
  const text = groups.map((group) => group.toString(16));
  while (text[0] === '0') text.shift();
  return `fe80::${text.join(':')}`;
}

// ---- bridges ------------------------------------------------------------------------------------

/** Errors: EINVAL (not a bridge, another namespace, lo), ELOOP (a bridge as a port), EBUSY (already a port). */
export function enslave(port: Device, bridge: Device): Result<void, Errno> {
  if (port.master === bridge) return ok(undefined);
  if (bridge.row.kind !== 'bridge' || bridge.netns !== port.netns) return err('EINVAL');
  if (port.row.kind === 'loopback') return err('EINVAL');
  if (port.row.kind === 'bridge') return err('ELOOP');
  if (port.uppers.length > 0) return err('EBUSY');
  if (port.master) release(port);
  port.master = bridge;
  port.receive = bridgeReceive;
  const numbers = bridge.ports.map((other) => other.row.portNumber);
  let portNumber = 1;
  while (numbers.includes(portNumber)) portNumber += 1;
  bridge.ports.push(port);
  updateLink(port, { master: bridge.id, portNumber });
  refreshBridge(bridge);
  carrierChanged(bridge);
  return ok(undefined);
}

export function release(port: Device): void {
  const bridge = port.master;
  if (!bridge) return;
  flushPort(bridge, port, { permanent: true });
  bridge.ports.splice(bridge.ports.indexOf(port), 1);
  port.master = undefined;
  port.receive = undefined;
  updateLink(port, { master: undefined, hairpin: undefined, portNumber: undefined });
  refreshBridge(bridge);
  carrierChanged(bridge);
}

/** A bridge takes the lowest MAC address and the smallest MTU of its ports unless told otherwise. */
export function refreshBridge(bridge: Device): void {
  if (!bridge.row.macFixed) {
    const macs = bridge.ports.map((port) => port.row.mac).sort();
    const mac = macs[0] ?? ('00:00:00:00:00:00' as Mac);
    if (mac !== bridge.row.mac) setMac(bridge, mac);
  }
  if (!bridge.mtuFixed) {
    const mtu = Math.min(...bridge.ports.map((port) => port.row.mtu), 1500);
    if (mtu !== bridge.row.mtu) updateLink(bridge, { mtu });
  }
}

export function setMac(device: Device, mac: Mac): void {
  if (mac === device.row.mac) return;
  updateLink(device, { mac });
  flushNeighbours(device, { permanent: false });
  if (device.master) refreshBridge(device.master);
}

// ---- moving and deleting --------------------------------------------------------------------------

/** EEXIST: there is a device of that name. It arrives down and without addresses. */
export function moveDevice(device: Device, target: Namespace, name: string): Result<void, Errno> {
  const { netns: source } = device;
  if (source === target) return ok(undefined);
  if (device.row.kind === 'loopback' || device.row.kind === 'bridge') return err('EINVAL');
  if (deviceByName(target, name)) return err('EEXIST');
  namespaceId(source, target);
  leave(device);
  const { ifindex } = device.row;
  device.netns = target;
  device.taps = [];
  updateLink(device, {
    netns: target.id,
    name,
    ifindex: ifindexTaken(target, ifindex) ? takeIfindex(target) : ifindex,
  });
  enter(device, target);
  for (const entries of device.remotes.values())
    for (const entry of entries)
      entry.row = target.world.fdb.update(entry.row.id, { netns: target.id });
  noteLinkNamespaces(device);
  return ok(undefined);
}

/** Namespaces give each other numbers when they see devices whose other end lies there. */
export function noteLinkNamespaces(device: Device): void {
  const { peer, netns } = device;
  if (peer && peer.netns !== netns) {
    namespaceId(netns, peer.netns);
    namespaceId(peer.netns, netns);
  }
  if (device.lower && device.lower.netns !== netns) namespaceId(netns, device.lower.netns);
  const underlay = device.row.vxlan && netns.world.namespaces.get(device.row.vxlan.underlay);
  if (underlay && underlay !== netns) namespaceId(netns, underlay);
}

/** Takes a device out of its namespace: down, off its bridge, without addresses, routes and neighbours. */
function leave(device: Device): void {
  const { netns } = device;
  takeDown(device);
  release(device);
  for (const address of [...device.addresses]) removeAddress(device, address);
  flushNeighbours(device, { permanent: true });
  removeRoutesOf(netns, device.id, { local: true });
  netns.devices.delete(device.id);
  netns.sysctl.removeDevice(device.row.name);
  routesChanged(netns);
}

/** Deletes a device, and its peer with it. */
export function deleteDevice(device: Device): void {
  const { world } = device.netns;
  const { peer } = device;
  for (const port of [...device.ports]) release(port);
  for (const upper of [...device.uppers]) deleteDevice(upper);
  unstack(device);
  leave(device);
  for (const mac of [...device.remotes.keys()]) removeRemote(device, mac, undefined);
  if (device.ageingTimer) device.ageingTimer.cancelled = true;
  plug(device, undefined);
  world.devices.delete(device.id);
  world.links.remove(device.id);
  if (peer) {
    device.peer = undefined;
    peer.peer = undefined;
    deleteDevice(peer);
  }
}
