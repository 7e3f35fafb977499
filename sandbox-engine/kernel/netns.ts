// Network namespaces: making one with its `lo`, and deleting it with all that is in it.
// Mirrors: net/core/net_namespace.c. Differs: a namespace lives until it is deleted, not until its last user ends.
import type { Ipv4, Mac } from '../wire/index.ts';
import { addDevice, deleteDevice, makeLinkLocal, moveDevice, updateLink } from './device.ts';
import { dummyTransmit } from './links.ts';
import type { FilterEnvironment } from './netfilter/hook.ts';
import { forgetNamespaceId } from './nsid.ts';
import { addressType, outputPath, selectAddress, sourceFor } from './route.ts';
import type { NetnsId } from './rows.ts';
import { SocketTable } from './socket-table.ts';
import { type HostState, type Namespace, traceHop } from './state.ts';
import { SysctlTable } from './sysctl.ts';
import { disarm } from './tcp-output.ts';

/** Makes a namespace; its `lo` is down and has no address. */
export function createNamespace(host: HostState, id: NetnsId): Namespace {
  const { world } = host;
  world.netns.put({
    id,
    host: host.name,
    nextIfindex: 1,
    peerIds: [],
    createdAt: world.sim.now(),
  });
  const isInit = host.namespaces.size === 0;
  const base: Omit<Namespace, 'loopback' | 'filter'> = {
    id,
    host,
    world,
    devices: new Map(),
    ipvs: undefined,
    xfrm: undefined,
    routing: { ordered: undefined, cache: new Map(), paths: new Map() },
    sockets: new SocketTable(),
    sysctl: isInit ? new SysctlTable() : new SysctlTable(host.init.sysctl),
    vxlans: new Map(),
    pathMtus: new Map<Ipv4, number>(),
    redirects: new Map(),
    connectingFrom: new Map(),
    nextPacketId: host.rng.below(65_536),
    gone: false,
  };
  const netns = base as Namespace;
  world.namespaces.set(id, netns);
  host.namespaces.set(id, netns);
  netns.filter = host.filterFactory(filterEnvironment(netns));
  netns.loopback = addDevice(
    netns,
    { name: 'lo', kind: 'loopback', mac: '00:00:00:00:00:00' as Mac, mtu: 65_536 },
    dummyTransmit,
  );
  netns.sysctl.onChange = (name) => {
    if (name.includes('disable_ipv6')) ipv6Switched(netns);
  };
  return netns;
}

/** IPv6 was switched on or off somewhere: link-local addresses come and go with it. */
function ipv6Switched(netns: Namespace): void {
  for (const device of netns.devices.values())
    if (netns.sysctl.ipv6Enabled(device.row.name)) makeLinkLocal(device);
    else if (device.row.ipv6LinkLocal) updateLink(device, { ipv6LinkLocal: undefined });
}

function filterEnvironment(netns: Namespace): FilterEnvironment {
  const { world, host } = netns;
  return {
    sim: world.sim,
    host: host.name,
    netns: netns.id,
    addressType: (address) => addressType(netns, address),
    sourceAddress: (link, destination) => {
      const path = outputPath(netns, destination);
      if (path.ok && path.value.device.id === link.id) return sourceFor(path.value, destination);
      const device = netns.devices.get(link.id);
      return device && selectAddress(device, destination);
    },
    primaryAddress: (link) =>
      netns.devices.get(link.id)?.addresses.find((row) => !row.secondary)?.address,
    mtu: (link) => link.mtu,
    sysctl: (name) => netns.sysctl.get(name),
    get tracing() {
      return world.trace.enabled;
    },
    trace: (context, stage, decision, cause) =>
      traceHop(netns, {
        flow: context.flow,
        link: (context.outLink ?? context.inLink)?.name,
        stage,
        decision,
        cause,
        packet: context.packet,
      }),
  };
}

/** Deletes a namespace: sockets, devices (an uplink goes back to the host), rules and rows. */
export function deleteNamespace(netns: Namespace): void {
  const { world, host } = netns;
  closeSockets(netns);
  for (const device of [...netns.devices.values()]) {
    if (!world.devices.has(device.id)) continue;
    if (device.row.kind === 'ether' && netns !== host.init)
      moveDevice(device, host.init, device.row.name);
    else deleteDevice(device);
  }
  forget(netns);
}

function closeSockets(netns: Namespace): void {
  const { world, sockets } = netns;
  netns.gone = true;
  for (const socket of sockets.all.values()) {
    if (socket.kind === 'tcp') {
      disarm(socket);
      socket.state = 'CLOSED';
      socket.error = 'ENETDOWN';
    }
    world.sockets.remove(socket.id);
    world.sim.wake(socket.key);
  }
  sockets.all.clear();
  sockets.connections.clear();
  sockets.listeners.clear();
  sockets.udp.clear();
  sockets.icmp.clear();
}

function forget(netns: Namespace): void {
  const { world, host } = netns;
  for (const route of world.routes.where('netns', netns.id)) world.routes.remove(route.id);
  netns.filter.dispose?.();
  netns.ipvs?.dispose?.();
  netns.xfrm?.dispose?.();
  host.namespaces.delete(netns.id);
  world.namespaces.delete(netns.id);
  for (const other of host.namespaces.values()) forgetNamespaceId(other, netns);
  world.netns.remove(netns.id);
}
