// `ip route add | append | replace | change | delete | flush`.
import type { RouteRow, RouteSpec } from '../../kernel/index.ts';
import { type Cidr, cidrOf, parseIpv4 } from '../../wire/index.ts';
import { parsePrefix } from '../common/addresses.ts';
import { Words } from '../common/words.ts';
import { incomplete } from './arguments.ts';
import {
  type Answer,
  done,
  explainedError,
  findLink,
  guarded,
  type IpContext,
  kernelError,
  noDevice,
  notSimulated,
  usageError,
} from './context.ts';
import { filteredRoutes, parseRouteFilter } from './route-show.ts';

const types = ['unicast', 'local', 'broadcast', 'blackhole', 'unreachable', 'prohibit'] as const;
const scopes = ['host', 'link', 'global'] as const;
const protocols = ['kernel', 'boot', 'static'] as const;
const keys = [
  'dev',
  'oif',
  'via',
  'src',
  'metric',
  'priority',
  'preference',
  'proto',
  'protocol',
  'scope',
  'table',
  'mtu',
  'advmss',
  'initcwnd',
  'nexthop',
];

type ParsedRoute = { readonly route: RouteSpec; readonly hostBits: boolean };

const isOneOf = <T extends string>(text: string, list: readonly T[]): text is T =>
  (list as readonly string[]).includes(text);

function parseRoute(context: IpContext, args: readonly string[]): ParsedRoute | Answer {
  const words = new Words(args);
  let route: Partial<RouteSpec> = {};
  let hostBits = false;
  while (words.more) {
    const word = words.next() ?? '';
    if (word === 'onlink') continue;
    if (isOneOf(word, types)) {
      route = { ...route, type: word };
      continue;
    }
    const key = keys.includes(word) ? word : 'to';
    const value = key === word || word === 'to' ? words.next() : word;
    if (value === undefined) return incomplete;
    if (key === 'to') {
      const prefix = parsePrefix(value);
      if (!prefix)
        return usageError(`Error: any valid prefix is expected rather than "${value}".`, 1);
      const destination: Cidr = cidrOf(prefix.address, prefix.prefixLength);
      hostBits = destination.base !== prefix.address;
      route = { ...route, destination };
      continue;
    }
    const part = routePart(context, key, value);
    if ('status' in part) return part;
    route = { ...route, ...part };
  }
  const { destination } = route;
  if (!destination) return usageError('Command line is not complete. Try option "help"');
  return { route: { ...route, destination }, hostBits };
}

function routePart(context: IpContext, key: string, value: string): Partial<RouteSpec> | Answer {
  switch (key) {
    case 'dev':
    case 'oif': {
      const link = findLink(context, value);
      return link ? { link: link.id } : noDevice(value);
    }
    case 'via':
    case 'src': {
      const address = parseIpv4(value);
      if (address === undefined)
        return usageError(`Error: inet address is expected rather than "${value}".`, 1);
      return key === 'via' ? { via: address } : { source: address };
    }
    case 'metric':
    case 'priority':
    case 'preference':
      if (!/^\d+$/.test(value))
        return usageError(`Error: argument "${value}" is wrong: "metric" value is invalid\n`);
      return { metric: Number(value) };
    case 'proto':
    case 'protocol':
      return isOneOf(value, protocols)
        ? { protocol: value }
        : notSimulated(`ip route proto ${value}`);
    case 'scope':
      return isOneOf(value, scopes)
        ? { scope: value }
        : usageError(`Error: argument "${value}" is wrong: invalid "scope" value\n`);
    case 'table':
      return value === 'main' || value === '254' ? {} : notSimulated(`ip route table ${value}`);
    default:
      return notSimulated(`ip route ${key}`);
  }
}

/** The routes of the main table to the same network with the same metric. */
function sameRoutes(context: IpContext, route: RouteSpec): readonly RouteRow[] {
  const { base, prefixLength } = route.destination;
  return context.kernel
    .routes(context.netns, 'main')
    .filter(
      (row) =>
        row.destination.base === base &&
        row.destination.prefixLength === prefixLength &&
        row.metric === (route.metric ?? 0),
    );
}

export type RouteVerb = 'add' | 'append' | 'prepend' | 'replace' | 'change';

export function changeRoute(context: IpContext, verb: RouteVerb, args: readonly string[]): Answer {
  const parsed = parseRoute(context, args);
  if ('status' in parsed) return parsed;
  const { route, hostBits } = parsed;
  return guarded(context, () => {
    const { kernel, netns } = context;
    if (hostBits) return explainedError('Invalid prefix for given prefix length.');
    const before = sameRoutes(context, route)[0];
    if (verb === 'change' && !before) return kernelError('ENOENT');
    const forwarding = route.type === undefined || route.type === 'unicast';
    if (forwarding && route.link === undefined && route.via === undefined)
      return kernelError('ENODEV');
    if ((verb === 'replace' || verb === 'change') && before)
      kernel.routeDelete(netns, specOf(before));
    const added = kernel.routeAdd(netns, { protocol: 'boot', ...route });
    if (added.ok) return done;
    if (before && verb !== 'add') kernel.routeAdd(netns, specOf(before));
    if (added.error === 'ENETUNREACH') return explainedError('Nexthop has invalid gateway.');
    if (added.error === 'ENETDOWN') return explainedError('Device for nexthop is not up.');
    return kernelError(added.error);
  });
}

const specOf = (row: RouteRow): RouteSpec => ({
  destination: row.destination,
  type: row.type,
  ...(row.via !== undefined && { via: row.via }),
  ...(row.link !== undefined && { link: row.link }),
  ...(row.source !== undefined && { source: row.source }),
  scope: row.scope,
  protocol: row.protocol,
  metric: row.metric,
});

export function deleteRoute(context: IpContext, args: readonly string[]): Answer {
  const parsed = parseRoute(context, args);
  if ('status' in parsed) return parsed;
  return guarded(context, () => {
    const removed = context.kernel.routeDelete(context.netns, parsed.route);
    return removed.ok ? done : kernelError(removed.error);
  });
}

export function flushRoutes(context: IpContext, args: readonly string[]): Answer {
  if (args.length === 0) return usageError('"ip route flush" requires arguments.', 1);
  if (args[0] === 'cache') return done;
  const filter = parseRouteFilter(context, args);
  if ('status' in filter) return filter;
  return guarded(context, () => {
    for (const row of filteredRoutes(context, filter)) {
      if (row.table === 'main') context.kernel.routeDelete(context.netns, specOf(row));
    }
    return done;
  });
}
