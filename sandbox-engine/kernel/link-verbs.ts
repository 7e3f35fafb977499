// `ip link add`, `ip link set`, and the state that `ip link` shows.
import { err, ok, type Result } from '../std/index.ts';
import { localMac, type Mac } from '../wire/index.ts';
import { bridgeTransmit } from './bridge.ts';
import {
  addDevice,
  bringUp,
  carrierChanged,
  deviceByName,
  enslave,
  ifindexTaken,
  makeLinkLocal,
  moveDevice,
  noteLinkNamespaces,
  refreshBridge,
  release,
  setMac,
  takeDown,
  updateLink,
} from './device.ts';
import type { LinkChanges, LinkSpec, LinkState } from './kernel-api.ts';
import { dummyTransmit, lanTransmit, plug, vethTransmit } from './links.ts';
import type { Errno, LinkId, LinkKind, LinkRow } from './rows.ts';
import { stack, stackedTransmit } from './stacked.ts';
import type { Device, HostState, Namespace, NetworkWorld, Transmit } from './state.ts';
import { vxlanTransmit } from './vxlan.ts';

const transmitters: Readonly<Record<LinkKind, Transmit>> = {
  loopback: dummyTransmit,
  dummy: dummyTransmit,
  ether: lanTransmit,
  veth: vethTransmit,
  bridge: bridgeTransmit,
  vxlan: vxlanTransmit,
  macvlan: stackedTransmit,
  ipvlan: stackedTransmit,
};

/** Makes a device. Errors: EEXIST (name, number or VNI taken), EINVAL (no such name can be), EOPNOTSUPP (veth alone). */
export function addLink(host: HostState, netns: Namespace, spec: LinkSpec): Result<LinkRow, Errno> {
  if (!validName(spec.name)) return err('EINVAL');
  if (deviceByName(netns, spec.name)) return err('EEXIST');
  if (spec.ifindex !== undefined && ifindexTaken(netns, spec.ifindex)) return err('EBUSY');
  if (spec.kind === 'veth') return addVeth(host, netns, spec);
  if (spec.kind === 'macvlan' || spec.kind === 'ipvlan') return addStacked(host, netns, spec);
  if (spec.vxlan && vniTaken(netns, spec.vxlan.vni, spec.vxlan.port)) return err('EEXIST');
  const device = addDevice(
    netns,
    {
      name: spec.name,
      kind: spec.kind,
      mac: spec.mac ?? randomMac(host),
      mtu: spec.mtu ?? 1500,
      ...(spec.ifindex === undefined ? {} : { ifindex: spec.ifindex }),
      ...(spec.kind === 'bridge' && spec.mac ? { macFixed: true } : {}),
      ...(spec.vxlan
        ? {
            vxlan: {
              vni: spec.vxlan.vni,
              port: spec.vxlan.port,
              underlay: netns.id,
              proxy: spec.vxlan.proxy ?? false,
              learning: spec.vxlan.learning ?? true,
              l2miss: spec.vxlan.l2miss ?? false,
              l3miss: spec.vxlan.l3miss ?? false,
            },
          }
        : {}),
      ...(spec.segment === undefined ? {} : { segment: spec.segment }),
    },
    transmitters[spec.kind],
  );
  device.mtuFixed = spec.mtu !== undefined;
  if (spec.segment !== undefined) plug(device, spec.segment);
  return ok(device.row);
}

/** The peer comes first and takes the lower number where both are born in one namespace. */
function addVeth(host: HostState, netns: Namespace, spec: LinkSpec): Result<LinkRow, Errno> {
  const { peer } = spec;
  if (!peer) return err('EINVAL');
  const peerNetns = peer.netns === undefined ? netns : host.namespaces.get(peer.netns);
  if (!peerNetns || !validName(peer.name)) return err('EINVAL');
  if (deviceByName(peerNetns, peer.name)) return err('EEXIST');
  if (peerNetns === netns && peer.name === spec.name) return err('EEXIST');
  const far = addDevice(
    peerNetns,
    {
      name: peer.name,
      kind: 'veth',
      mac: peer.mac ?? randomMac(host),
      mtu: peer.mtu ?? spec.mtu ?? 1500,
    },
    vethTransmit,
  );
  const near = addDevice(
    netns,
    {
      name: spec.name,
      kind: 'veth',
      mac: spec.mac ?? randomMac(host),
      mtu: spec.mtu ?? 1500,
      peer: far.id,
      ...(spec.ifindex === undefined ? {} : { ifindex: spec.ifindex }),
    },
    vethTransmit,
  );
  updateLink(far, { peer: near.id });
  near.peer = far;
  far.peer = near;
  noteLinkNamespaces(near);
  return ok(near.row);
}

/** An ipvlan has its lower device's address. A device carries macvlans, or ipvlans, or is a bridge's port. */
function addStacked(host: HostState, netns: Namespace, spec: LinkSpec): Result<LinkRow, Errno> {
  const { name, kind } = spec;
  const lower = spec.lower === undefined ? undefined : netns.devices.get(spec.lower);
  if (!lower || lower.row.kind === 'loopback') return err('EINVAL');
  if (lower.master || lower.uppers.some((other) => other.row.kind !== kind)) return err('EBUSY');
  const mac = kind === 'ipvlan' ? lower.row.mac : (spec.mac ?? randomMac(host));
  const mtu = spec.mtu ?? lower.row.mtu;
  const device = addDevice(
    netns,
    { name, kind, mac, mtu, lower: lower.id, ...(spec.ifindex && { ifindex: spec.ifindex }) },
    stackedTransmit,
  );
  stack(device, lower);
  return ok(device.row);
}

const randomMac = (host: HostState): Mac => localMac(host.rng.hex(12));

const validName = (name: string): boolean =>
  name.length > 0 && name.length < 16 && name !== '.' && name !== '..' && !/[\s/:]/.test(name);

const vniTaken = (netns: Namespace, vni: number, port: number): boolean =>
  [...netns.world.devices.values()].some(
    ({ row }) =>
      row.vxlan?.vni === vni && row.vxlan.port === port && row.vxlan.underlay === netns.id,
  );

/**
 * Changes a device: moved and renamed first, brought up last. Errors: EEXIST (name), EINVAL (MTU, master, namespace),
 * EADDRINUSE (VXLAN port), ELOOP.
 */
export function changeLink(device: Device, changes: LinkChanges): Result<LinkRow, Errno> {
  const steps: (() => Result<void, Errno>)[] = [
    () => {
      if (changes.up === false) takeDown(device);
      return ok(undefined);
    },
    () => renameOrMove(device, changes),
    () => setPlainFields(device, changes),
    () => setMaster(device, changes.master),
    () => (changes.up ? bringUp(device) : ok(undefined)),
  ];
  for (const step of steps) {
    const result = step();
    if (!result.ok) return result;
  }
  return ok(device.row);
}

function renameOrMove(device: Device, changes: LinkChanges): Result<void, Errno> {
  const name = changes.name ?? device.row.name;
  if (!validName(name)) return err('EINVAL');
  if (changes.netns !== undefined && changes.netns !== device.netns.id) {
    const target = device.netns.host.namespaces.get(changes.netns);
    return target ? moveDevice(device, target, name) : err('EINVAL');
  }
  if (name === device.row.name) return ok(undefined);
  if (deviceByName(device.netns, name)) return err('EEXIST');
  device.netns.sysctl.renameDevice(device.row.name, name);
  relabel(device, name);
  updateLink(device, { name });
  return ok(undefined);
}

/** Addresses are labelled with their device's name. */
function relabel(device: Device, name: string): void {
  const { world } = device.netns;
  device.addresses = device.addresses.map((row) =>
    row.label === device.row.name ? world.addresses.update(row.id, { label: name }) : row,
  );
}

function setPlainFields(device: Device, changes: LinkChanges): Result<void, Errno> {
  if (changes.mtu !== undefined) {
    if (changes.mtu < 68 || changes.mtu > 65_535) return err('EINVAL');
    device.mtuFixed = true;
    updateLink(device, { mtu: changes.mtu });
    if (device.master) refreshBridge(device.master);
  }
  if (changes.mac !== undefined) {
    if (device.row.kind === 'loopback') return err('EOPNOTSUPP');
    if (device.row.kind === 'bridge') updateLink(device, { macFixed: true });
    setMac(device, changes.mac);
  }
  if (changes.hairpin !== undefined) {
    if (!device.master) return err('EOPNOTSUPP');
    updateLink(device, { hairpin: changes.hairpin });
  }
  if (changes.defaultPvid !== undefined) updateLink(device, { defaultPvid: changes.defaultPvid });
  if (changes.alias !== undefined) updateLink(device, { alias: changes.alias });
  if (changes.queueLength !== undefined) updateLink(device, { queueLength: changes.queueLength });
  if (changes.segment !== undefined) {
    plug(device, changes.segment ?? undefined);
    updateLink(device, { segment: changes.segment ?? undefined });
    carrierChanged(device);
  }
  makeLinkLocal(device);
  return ok(undefined);
}

function setMaster(device: Device, master: LinkId | null | undefined): Result<void, Errno> {
  if (master === undefined) return ok(undefined);
  if (master === null) {
    release(device);
    return ok(undefined);
  }
  const bridge = device.netns.devices.get(master);
  return bridge ? enslave(device, bridge) : err('EINVAL');
}

// ---- state, from the rows alone so that it also holds when looking back ---------------------------

/** A device's operational state. A device that is down shows DOWN whatever it is. */
export function linkStateOf(world: NetworkWorld, id: LinkId): LinkState {
  const row = world.links.get(id);
  if (!row?.up) return { carrier: false, operational: 'DOWN' };
  const carrier = rowCarrier(world, row);
  switch (row.kind) {
    case 'veth':
      return { carrier, operational: carrier ? 'UP' : 'LOWERLAYERDOWN' };
    case 'bridge':
      return { carrier, operational: carrier ? 'UP' : 'DOWN' };
    case 'ether':
      // The uplink's driver does not report an operational state while the link is up.
      return { carrier, operational: carrier ? 'UNKNOWN' : 'DOWN' };
    case 'macvlan':
    case 'ipvlan':
      return { carrier, operational: carrier ? stackedState(world, row) : 'LOWERLAYERDOWN' };
    default:
      return { carrier, operational: 'UNKNOWN' };
  }
}

/** The state of the lower device is theirs, too. */
const stackedState = (world: NetworkWorld, row: LinkRow): LinkState['operational'] =>
  row.lower === undefined ? 'UNKNOWN' : linkStateOf(world, row.lower).operational;

function rowCarrier(world: NetworkWorld, row: LinkRow): boolean {
  if (!row.up) return false;
  switch (row.kind) {
    case 'ether':
      return row.segment !== undefined;
    case 'macvlan':
    case 'ipvlan': {
      const lower = row.lower === undefined ? undefined : world.links.get(row.lower);
      return lower !== undefined && rowCarrier(world, lower);
    }
    case 'veth':
      return row.peer !== undefined && world.links.get(row.peer)?.up === true;
    case 'bridge':
      return world.links
        .where('netns', row.netns)
        .some((port) => port.master === row.id && rowCarrier(world, port));
    default:
      return true;
  }
}
