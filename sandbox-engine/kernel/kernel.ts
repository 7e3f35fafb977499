// One host's kernel: the `Kernel` door over namespaces, devices, addresses, routes, neighbours, FDBs and sockets.
import type { Rng } from '../sim/index.ts';
import { assert, err, must, ok, type Result } from '../std/index.ts';
import { type Ipv4, isMulticast, type Mac } from '../wire/index.ts';
import { addAddress, removeAddress } from './address.ts';
import { bringUp, deleteDevice, deviceByName } from './device.ts';
import { addFdb, deleteFdb, listFdb } from './fdb.ts';
import { IpvsTable } from './ipvs/index.ts';
import type { Kernel, RouteDecision } from './kernel-api.ts';
import { addLink, changeLink, linkStateOf } from './link-verbs.ts';
import { announce, putNeighbour, removeNeighbour } from './neighbour.ts';
import type { FilterFactory } from './netfilter/hook.ts';
import { createNamespace, deleteNamespace } from './netns.ts';
import { namespaceId } from './nsid.ts';
import { isLocal, outputPath, sourceFor } from './route.ts';
import { addRoute, deleteRoute, listRoutes } from './route-verbs.ts';
import type { Errno, LinkId, NeighbourRow, NetnsId } from './rows.ts';
import { createSockets } from './sockets.ts';
import type { Device, HostState, Namespace, NetworkWorld } from './state.ts';
import { XfrmTable } from './xfrm/index.ts';

export interface KernelOptions {
  readonly host: string;
  /** The host's uplink, which is made as eth0 (interface 2), up and without an address. Default: none. */
  readonly uplink?: { readonly mac: Mac; readonly segment?: string; readonly mtu?: number };
  /** Default: the world's netfilter. */
  readonly filter?: FilterFactory;
  readonly rng?: Rng;
}

/** Boots a host's network stack: `lo` up with 127.0.0.1/8, eth0 up. The host's name must not be in use. */
export function createKernel(world: NetworkWorld, options: KernelOptions): Kernel {
  const host = createHost(world, options);
  bringUpDevices(host, options);
  return kernelOf(host, options);
}

function bringUpDevices(host: HostState, options: KernelOptions): void {
  const { world } = host;
  bringUp(host.init.loopback);
  if (options.uplink) {
    const { mac, mtu = 1500, segment } = options.uplink;
    const made = addLink(host, host.init, {
      name: 'eth0',
      kind: 'ether',
      mac,
      mtu,
      ...(segment === undefined ? {} : { segment }),
    });
    assert(made.ok, `eth0 of ${options.host}`);
    bringUp(must(world.devices.get(made.value.id), 'eth0'));
  }
}

function createHost(world: NetworkWorld, options: KernelOptions): HostState {
  const id = `${options.host}/init` as NetnsId;
  assert(!world.namespaces.has(id), `two hosts named ${options.host}`);
  const rng = options.rng ?? world.sim.rng(`kernel/${options.host}`);
  const base: Omit<HostState, 'init'> = {
    name: options.host,
    world,
    rng,
    filterFactory: options.filter ?? world.netfilter.factory,
    namespaces: new Map(),
    hashSeed: rng.below(0x1_0000_0000),
  };
  const host = base as HostState;
  host.init = createNamespace(host, id);
  return host;
}

function kernelOf(host: HostState, options: KernelOptions): Kernel {
  const { world } = host;
  const netnsOf = (id: NetnsId): Namespace => must(host.namespaces.get(id), `namespace ${id}`);
  const deviceOf = (id: LinkId): Device | undefined => {
    const device = world.devices.get(id);
    return device?.netns.host === host ? device : undefined;
  };
  const onDevice = <T>(id: LinkId, act: (device: Device) => Result<T, Errno>): Result<T, Errno> => {
    const device = deviceOf(id);
    return device ? act(device) : err('ENODEV');
  };
  return {
    host: host.name,
    initNetns: host.init.id,

    netnsAdd: () => {
      const number = world.sim.count(`${host.name}/netns`);
      return createNamespace(host, `${host.name}/netns${number}` as NetnsId).id;
    },
    netnsDelete: (id) => {
      const netns = host.namespaces.get(id);
      assert(netns !== host.init, 'the host keeps its own namespace');
      if (netns) deleteNamespace(netns);
    },
    netnsList: () => [...host.namespaces.keys()],
    peerNetnsId: (id, other) => namespaceId(netnsOf(id), netnsOf(other)),
    knownNetnsId: (id, other) => {
      const number = world.netns.must(id).peerIds.indexOf(other);
      return number < 0 ? undefined : number;
    },

    linkAdd: (id, spec) => addLink(host, netnsOf(id), spec),
    linkDelete: (id) =>
      onDevice(id, (device) => {
        if (device.row.kind === 'loopback') return err('EOPNOTSUPP');
        deleteDevice(device);
        return ok(undefined);
      }),
    linkSet: (id, changes) => onDevice(id, (device) => changeLink(device, changes)),
    link: (id) => world.links.get(id),
    linkByName: (id, name) => {
      const netns = host.namespaces.get(id);
      return netns && deviceByName(netns, name)?.row;
    },
    links: (id) => world.links.where('netns', id).sort((a, b) => a.ifindex - b.ifindex),
    linkState: (id) => linkStateOf(world, id),
    linkCounters: (id) => {
      const { rxPackets = 0, rxBytes = 0, txPackets = 0, txBytes = 0 } = deviceOf(id) ?? {};
      return { rxPackets, rxBytes, txPackets, txBytes };
    },

    addressAdd: (link, address, prefixLength, options) =>
      onDevice(link, (device) => addAddress(device, address, prefixLength, options)),
    addressDelete: (link, address, prefixLength) =>
      onDevice(link, (device) => {
        const row = device.addresses.find(
          (each) => each.address === address && each.prefixLength === prefixLength,
        );
        if (!row) return err('EADDRNOTAVAIL');
        removeAddress(device, row);
        return ok(undefined);
      }),
    addresses: (scope) =>
      'netns' in scope
        ? world.addresses.where('netns', scope.netns)
        : world.addresses.where('link', scope.link),
    isLocalAddress: (id, address) => isLocal(netnsOf(id), address),
    ipv6Addresses: (id) => {
      const row = world.links.get(id);
      if (!row?.up) return [];
      if (row.kind === 'loopback')
        return deviceOf(id)?.netns.sysctl.ipv6Enabled('lo')
          ? [{ address: '::1', prefixLength: 128, scope: 'host', protocol: 'kernel_lo' }]
          : [];
      if (!row.ipv6LinkLocal) return [];
      return [
        { address: row.ipv6LinkLocal, prefixLength: 64, scope: 'link', protocol: 'kernel_ll' },
      ];
    },
    announce: (link, address) => {
      const device = deviceOf(link);
      if (device) announce(device, address);
    },

    routeAdd: (id, route) => addRoute(netnsOf(id), route),
    routeDelete: (id, route) => deleteRoute(netnsOf(id), route),
    routes: (id, table = 'main') => listRoutes(world, id, table),
    routeLookup: (id, destination) => lookUp(netnsOf(id), destination),

    neighbourAdd: (link, address, mac, state = 'PERMANENT') =>
      onDevice(link, (device) => {
        if (isMulticast(address)) return err('EINVAL');
        putNeighbour(device, address, mac, state);
        return ok(undefined);
      }),
    neighbourDelete: (link, address) =>
      onDevice(link, (device) =>
        removeNeighbour(device, address) ? ok(undefined) : err('ENOENT'),
      ),
    neighbours: (id) => listNeighbours(world, id),

    fdbAdd: (link, mac, options) => onDevice(link, (device) => addFdb(device, mac, options)),
    fdbDelete: (link, mac, options) =>
      onDevice(link, (device) => deleteFdb(device, mac, options?.remote)),
    fdb: (id) => listFdb(world, id),

    sysctl: (id, name) => host.namespaces.get(id)?.sysctl.get(name),
    sysctlSet: (id, name, value) => netnsOf(id).sysctl.set(name, value),
    sysctls: (id) => netnsOf(id).sysctl.all(),

    netfilter: (id) => netnsOf(id).filter,
    ipvsTable: (id) => {
      const netns = netnsOf(id);
      if (netns.ipvs instanceof IpvsTable) return netns.ipvs;
      const table = new IpvsTable(netns);
      netns.ipvs = table;
      return table;
    },
    xfrmTable: (id) => {
      const netns = netnsOf(id);
      if (netns.xfrm instanceof XfrmTable) return netns.xfrm;
      const table = new XfrmTable(netns);
      netns.xfrm = table;
      return table;
    },
    setXfrm: (id, hooks) => {
      netnsOf(id).xfrm = hooks;
    },
    xfrm: (id) => host.namespaces.get(id)?.xfrm,
    halt: () => halt(host),
    boot: () => {
      host.init = createNamespace(host, host.init.id);
      bringUpDevices(host, options);
    },
    sockets: createSockets(host),
  };
}

/** The neighbours of a namespace, with the time of their last sign of life. */
function listNeighbours(world: NetworkWorld, netns: NetnsId): NeighbourRow[] {
  return world.neighbours.where('netns', netns).map((row) => {
    const live = world.devices.get(row.link)?.neighbours.get(row.address);
    return live?.row === row ? { ...row, confirmedAt: live.confirmedAt } : row;
  });
}

function lookUp(netns: Namespace, destination: Ipv4): Result<RouteDecision, Errno> {
  const path = outputPath(netns, destination);
  if (!path.ok) return path;
  const { route, device, nextHop } = path.value;
  const source = sourceFor(path.value, destination);
  if (source === undefined) return err('ENETUNREACH');
  return ok({ route, link: device.id, nextHop, source });
}

function halt(host: HostState): void {
  const { init } = host;
  for (const netns of [...host.namespaces.values()]) if (netns !== init) deleteNamespace(netns);
  deleteNamespace(init);
}
