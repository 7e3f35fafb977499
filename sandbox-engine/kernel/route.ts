// Routing tables of a namespace: lookup, source address selection, and the routes that addresses bring with them.
// Mirrors: net/ipv4/fib_frontend.c, fib_semantics.c. Differs: no policy rules, no multipath; a route whose device has no
// carrier is still used (ignore_routes_with_linkdown=0 is Linux's default, too).
import { err, ok, type Result } from '../std/index.ts';
import {
  broadcastIpv4,
  type Cidr,
  cidrOf,
  contains,
  type Ipv4,
  ipv4,
  isLoopback,
  isMulticast,
  netmask,
} from '../wire/index.ts';
import type { AddressRow, Errno, LinkId, RouteRow } from './rows.ts';
import type { Device, Namespace, Path } from './state.ts';

/** Forget what lookups found: call after any change of routes, addresses or devices. */
export function routesChanged(netns: Namespace): void {
  netns.routing.ordered = undefined;
  netns.routing.cache.clear();
  netns.routing.paths.clear();
}

/** The route of a destination: the local table first, then the longest prefix, the lowest metric, the oldest. */
export function findRoute(netns: Namespace, destination: Ipv4): RouteRow | undefined {
  const { cache } = netns.routing;
  const known = cache.get(destination);
  if (known !== undefined || cache.has(destination)) return known;
  const found = orderedRoutes(netns).find((route) => contains(route.destination, destination));
  if (cache.size > 4096) cache.clear();
  cache.set(destination, found);
  return found;
}

function orderedRoutes(netns: Namespace): readonly RouteRow[] {
  if (netns.routing.ordered) return netns.routing.ordered;
  const rows = netns.world.routes.where('netns', netns.id);
  rows.sort(
    (a, b) =>
      tableOrder(a) - tableOrder(b) ||
      b.destination.prefixLength - a.destination.prefixLength ||
      a.metric - b.metric,
  );
  netns.routing.ordered = rows;
  return rows;
}

const tableOrder = (route: RouteRow): number => (route.table === 'local' ? 0 : 1);

/** Resolves a destination that is to be sent to. Errors: ENETUNREACH, EHOSTUNREACH, EACCES, EINVAL (blackhole). */
export function outputPath(netns: Namespace, destination: Ipv4): Result<Path, Errno> {
  const { paths } = netns.routing;
  const known = paths.get(destination);
  if (known) return known;
  const path = resolvePath(netns, destination);
  if (paths.size > 4096) paths.clear();
  paths.set(destination, path);
  return path;
}

function resolvePath(netns: Namespace, destination: Ipv4): Result<Path, Errno> {
  const route = findRoute(netns, destination);
  if (!route) return err('ENETUNREACH');
  switch (route.type) {
    case 'local':
      return ok({ route, device: netns.loopback, nextHop: destination });
    case 'blackhole':
      return err('EINVAL');
    case 'unreachable':
      return err('EHOSTUNREACH');
    case 'prohibit':
      return err('EACCES');
    default: {
      const device = route.link && netns.devices.get(route.link);
      if (!device) return err('ENETUNREACH');
      return ok({ route, device, nextHop: route.via ?? destination });
    }
  }
}

/** The address that a packet to `destination` along this path bears. Mirrors: fib_result_prefsrc, inet_select_addr. */
export function sourceFor(path: Path, destination: Ipv4): Ipv4 | undefined {
  if (path.route.source !== undefined) return path.route.source;
  if (path.route.type === 'local') return destination;
  return selectAddress(path.device, path.nextHop);
}

/** A device's best address for speaking to a neighbour: of the neighbour's subnet, or else its first. */
export function selectAddress(device: Device, neighbour: Ipv4): Ipv4 | undefined {
  let first: Ipv4 | undefined;
  for (const row of device.addresses) {
    if (row.secondary || row.scope === 'host') continue;
    if (contains(cidrOf(row.address, row.prefixLength), neighbour)) return row.address;
    first ??= row.address;
  }
  if (first !== undefined) return first;
  for (const other of device.netns.devices.values())
    for (const row of other.addresses) if (row.scope === 'global') return row.address;
  return undefined;
}

export function isLocal(netns: Namespace, address: Ipv4): boolean {
  return findRoute(netns, address)?.type === 'local';
}

/** What `-m addrtype` calls it. Mirrors: inet_addr_type. */
export function addressType(
  netns: Namespace,
  address: Ipv4,
): 'LOCAL' | 'BROADCAST' | 'MULTICAST' | 'UNICAST' | 'BLACKHOLE' | 'UNREACHABLE' | 'PROHIBIT' {
  if (isMulticast(address)) return 'MULTICAST';
  if (address === broadcastIpv4 || address >>> 24 === 0) return 'BROADCAST';
  switch (findRoute(netns, address)?.type) {
    case 'local':
      return 'LOCAL';
    case 'broadcast':
      return 'BROADCAST';
    case 'blackhole':
      return 'BLACKHOLE';
    case 'unreachable':
      return 'UNREACHABLE';
    case 'prohibit':
      return 'PROHIBIT';
    default:
      return 'UNICAST';
  }
}

/** May a packet with this source come in by this device? 0 off, 1 strict, 2 loose. Mirrors: fib_validate_source. */
export function validSource(device: Device, source: Ipv4): boolean {
  const { netns } = device;
  if (isLoopback(source)) return netns.sysctl.deviceFlag('route_localnet', device.row.name);
  if (isMulticast(source) || source === broadcastIpv4) return false;
  const route = source === 0 ? undefined : findRoute(netns, source);
  if (route?.type === 'local') return netns.sysctl.deviceFlag('accept_local', device.row.name);
  if (route?.type === 'broadcast') return false;
  const filter = netns.sysctl.deviceMaximum('rp_filter', device.row.name);
  if (filter === 0 || source === 0) return true;
  if (route?.type !== 'unicast') return false;
  return filter === 2 || route.link === device.id;
}

// ---- the routes of addresses ----------------------------------------------------------------

/** Puts one route in; the kernel's own ones pass through here as well. */
export function insertRoute(netns: Namespace, fields: Omit<RouteRow, 'id' | 'netns'>): RouteRow {
  const { world } = netns;
  const row = world.routes.put({
    ...fields,
    id: `${netns.host.name}/route${world.sim.count(`${netns.host.name}/route`)}`,
    netns: netns.id,
  });
  routesChanged(netns);
  return row;
}

/** Adds what an address brings: the local route always, the others when the device is up. Mirrors: fib_add_ifaddr. */
export function addAddressRoutes(device: Device, row: AddressRow): void {
  for (const route of addressRoutes(device, row)) {
    if (route.type !== 'local' && !device.row.up) continue;
    const exists = device.netns.world.routes
      .where('netns', device.netns.id)
      .some((other) => sameRoute(other, route));
    if (!exists) insertRoute(device.netns, route);
  }
}

export function removeAddressRoutes(device: Device, row: AddressRow): void {
  const { world } = device.netns;
  const kept = device.addresses.filter((other) => other !== row);
  const stillWanted = kept.flatMap((other) => addressRoutes(device, other));
  for (const route of addressRoutes(device, row)) {
    if (stillWanted.some((other) => sameRoute(other, route))) continue;
    for (const existing of world.routes.where('netns', device.netns.id))
      if (sameRoute(existing, route)) world.routes.remove(existing.id);
  }
  // Routes that name the address as their source go with it (fib_sync_down_addr).
  for (const existing of world.routes.where('netns', device.netns.id))
    if (existing.source === row.address && !kept.some((other) => other.address === row.address))
      world.routes.remove(existing.id);
  routesChanged(device.netns);
}

const sameRoute = (a: Omit<RouteRow, 'id' | 'netns'>, b: Omit<RouteRow, 'id' | 'netns'>): boolean =>
  a.table === b.table &&
  a.type === b.type &&
  a.destination.base === b.destination.base &&
  a.destination.prefixLength === b.destination.prefixLength &&
  a.link === b.link &&
  a.metric === b.metric;

function addressRoutes(device: Device, row: AddressRow): Omit<RouteRow, 'id' | 'netns'>[] {
  const network = cidrOf(row.address, row.prefixLength);
  const isLo = device.row.kind === 'loopback';
  const primary =
    device.addresses.find(
      (other) =>
        !other.secondary &&
        other.prefixLength === row.prefixLength &&
        contains(network, other.address),
    )?.address ?? row.address;
  const source = row.secondary ? primary : row.address;
  const own = { link: device.id, source, protocol: 'kernel', metric: 0 } as const;
  const routes: Omit<RouteRow, 'id' | 'netns'>[] = [
    {
      ...own,
      destination: { base: row.address, prefixLength: 32 },
      type: 'local',
      scope: 'host',
      table: 'local',
    },
  ];
  if (row.secondary) return routes;
  if (row.prefixLength < 32)
    routes.push({
      ...own,
      destination: network,
      type: isLo ? 'local' : 'unicast',
      scope: isLo ? 'host' : 'link',
      table: isLo ? 'local' : 'main',
    });
  const last = ipv4(network.base | (~netmask(row.prefixLength) >>> 0));
  const broadcasts = new Set<Ipv4>(row.prefixLength < 31 ? [last] : []);
  if (row.broadcast !== undefined && row.broadcast !== broadcastIpv4) broadcasts.add(row.broadcast);
  for (const broadcast of broadcasts)
    routes.push({
      ...own,
      destination: { base: broadcast, prefixLength: 32 },
      type: 'broadcast',
      scope: 'link',
      table: 'local',
    });
  return routes;
}

/** A device went down: its routes vanish, except that its addresses stay local. Mirrors: fib_sync_down_dev. */
export function removeRoutesOf(netns: Namespace, link: LinkId, options: { local: boolean }): void {
  for (const route of netns.world.routes.where('netns', netns.id))
    if (route.link === link && (options.local || route.type !== 'local'))
      netns.world.routes.remove(route.id);
  routesChanged(netns);
}

/** Is the address on a subnet of this device? */
export const onLink = (device: Device, address: Ipv4): boolean =>
  device.addresses.some((row) => contains(cidrOf(row.address, row.prefixLength), address));

export const sameNetwork = (a: Cidr, b: Cidr): boolean =>
  a.base === b.base && a.prefixLength === b.prefixLength;
