// `ip route add`, `del` and the listing of routes.
import { err, ok, type Result } from '../std/index.ts';
import type { RouteSpec } from './kernel-api.ts';
import { insertRoute, outputPath, routesChanged, sameNetwork } from './route.ts';
import type { Errno, LinkId, NetnsId, RouteRow } from './rows.ts';
import type { Namespace, NetworkWorld } from './state.ts';

const deviceless = ['blackhole', 'unreachable', 'prohibit'] as const;
const needsNoDevice = (type: RouteRow['type']): boolean =>
  (deviceless as readonly string[]).includes(type);

/**
 * Adds a route to the main table (local and broadcast ones: to the local table). Errors: EEXIST (same destination and
 * metric), ENETUNREACH (the gateway is not on a subnet of ours), ENETDOWN (the device is down), ENODEV, EINVAL.
 */
export function addRoute(netns: Namespace, spec: RouteSpec): Result<RouteRow, Errno> {
  const type = spec.type ?? 'unicast';
  const table = type === 'local' || type === 'broadcast' ? 'local' : 'main';
  const metric = spec.metric ?? 0;
  const taken = netns.world.routes
    .where('netns', netns.id)
    .some(
      (row) =>
        row.table === table &&
        row.metric === metric &&
        sameNetwork(row.destination, spec.destination),
    );
  if (taken) return err('EEXIST');
  const link = needsNoDevice(type) ? ok(undefined) : egressOf(netns, spec);
  if (!link.ok) return link;
  return ok(
    insertRoute(netns, {
      destination: spec.destination,
      type,
      table,
      metric,
      protocol: spec.protocol ?? 'boot',
      scope: spec.scope ?? defaultScope(type, spec),
      ...(spec.via === undefined ? {} : { via: spec.via }),
      ...(link.value === undefined ? {} : { link: link.value }),
      ...(spec.source === undefined ? {} : { source: spec.source }),
    }),
  );
}

function defaultScope(type: RouteRow['type'], spec: RouteSpec): RouteRow['scope'] {
  if (type === 'local') return 'host';
  if (type === 'broadcast') return 'link';
  return spec.via === undefined && !needsNoDevice(type) ? 'link' : 'global';
}

/** The device that a route goes out by: given, or the one on whose subnet the gateway is. */
function egressOf(netns: Namespace, spec: RouteSpec): Result<LinkId, Errno> {
  const named = spec.link === undefined ? undefined : netns.devices.get(spec.link);
  if (spec.link !== undefined && !named) return err('ENODEV');
  if (named && !named.row.up) return err('ENETDOWN');
  if (spec.via === undefined) return named ? ok(named.id) : err('ENODEV');
  const way = outputPath(netns, spec.via);
  if (!way.ok || way.value.route.via !== undefined) return err('ENETUNREACH');
  if (way.value.route.type === 'local') return err('EINVAL');
  if (named && way.value.device !== named) return err('ENETUNREACH');
  return ok(way.value.device.id);
}

/** ESRCH: there is no route like that. The first one that fits all that is said of it goes. */
export function deleteRoute(
  netns: Namespace,
  wanted: Partial<RouteSpec> & Pick<RouteSpec, 'destination'>,
): Result<void, Errno> {
  const found = listRoutes(netns.world, netns.id, 'all').find(
    (row) =>
      sameNetwork(row.destination, wanted.destination) &&
      row.table === (wanted.type === 'local' || wanted.type === 'broadcast' ? 'local' : 'main') &&
      (wanted.type === undefined || row.type === wanted.type) &&
      (wanted.via === undefined || row.via === wanted.via) &&
      (wanted.link === undefined || row.link === wanted.link) &&
      (wanted.source === undefined || row.source === wanted.source) &&
      (wanted.scope === undefined || row.scope === wanted.scope) &&
      (wanted.protocol === undefined || row.protocol === wanted.protocol) &&
      (wanted.metric === undefined || row.metric === wanted.metric),
  );
  if (!found) return err('ESRCH');
  netns.world.routes.remove(found.id);
  routesChanged(netns);
  return ok(undefined);
}

/** In the order in which the kernel's trie is walked: by address, shorter prefixes first, then by metric. */
export function listRoutes(
  world: NetworkWorld,
  netns: NetnsId,
  table: RouteRow['table'] | 'all',
): RouteRow[] {
  return world.routes
    .where('netns', netns)
    .filter((row) => table === 'all' || row.table === table)
    .sort(
      (a, b) =>
        (a.table === b.table ? 0 : a.table === 'main' ? -1 : 1) ||
        a.destination.base - b.destination.base ||
        a.destination.prefixLength - b.destination.prefixLength ||
        a.metric - b.metric,
    );
}
