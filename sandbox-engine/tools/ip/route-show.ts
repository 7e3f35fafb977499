// `ip route show` and `ip route get`.
import type { Kernel, LinkRow, RouteRow } from '../../kernel/index.ts';
import {
  type Cidr,
  contains,
  formatCidr,
  formatIpv4,
  type Ipv4,
  parseIpv4,
} from '../../wire/index.ts';
import { parseNetwork } from '../common/addresses.ts';
import { type JsonObject, writeJson } from '../common/json.ts';
import { isRunning } from '../common/links.ts';
import { Words } from '../common/words.ts';
import { incomplete } from './arguments.ts';
import {
  type Answer,
  findLink,
  type IpContext,
  kernelError,
  noDevice,
  printed,
  usageError,
} from './context.ts';

export interface RouteFilter {
  link?: LinkRow;
  table: 'main' | 'local' | 'all' | 'other';
  tableGiven: boolean;
  type?: string;
  protocol?: string;
  scope?: string;
  via?: Ipv4;
  source?: Ipv4;
  /** `exact`: that very network; `root`: it and what lies in it; `match`: what holds it. */
  prefix?: { readonly how: 'exact' | 'root' | 'match'; readonly network: Cidr };
}

const routeTypes = ['unicast', 'local', 'broadcast', 'blackhole', 'unreachable', 'prohibit'];

export function parseRouteFilter(
  context: IpContext,
  args: readonly string[],
): RouteFilter | Answer {
  const words = new Words(args);
  const filter: RouteFilter = { table: 'main', tableGiven: false };
  while (words.more) {
    const word = words.next() ?? '';
    const keys = [
      'table',
      'protocol',
      'scope',
      'type',
      'dev',
      'oif',
      'iif',
      'via',
      'src',
      'to',
      'root',
      'match',
      'exact',
    ];
    // The first four may be abbreviated.
    const key = keys.find((k, i) => k === word || (i < 4 && k.startsWith(word)));
    let value = key ? words.next() : word;
    if (value === undefined) return incomplete;
    if (key === 'dev' || key === 'oif' || key === 'iif') {
      const link = findLink(context, value);
      if (!link) return noDevice(value);
      filter.link = link;
    } else if (key === 'table') {
      filter.tableGiven = true;
      const numbers: Readonly<Record<string, string>> = {
        '254': 'main',
        '255': 'local',
        '0': 'all',
      };
      value = numbers[value] ?? value;
      filter.table = value === 'main' || value === 'local' || value === 'all' ? value : 'other';
    } else if (key === 'type') {
      if (!routeTypes.includes(value))
        return usageError(`Error: argument "${value}" is wrong: node type value is invalid\n`);
      filter.type = value;
    } else if (key === 'protocol') filter.protocol = value;
    else if (key === 'scope') filter.scope = value;
    else if (key === 'via' || key === 'src') {
      const address = parseIpv4(value);
      if (address === undefined)
        return usageError(`Error: any valid prefix is expected rather than "${value}".`, 1);
      filter[key === 'via' ? 'via' : 'source'] = address;
    } else {
      const how = key === 'root' || key === 'match' ? key : 'exact';
      const network = parseNetwork(value);
      if (!network)
        return usageError(`Error: any valid prefix is expected rather than "${value}".`, 1);
      filter.prefix = { how, network };
    }
  }
  return filter;
}

const sameNetwork = (a: Cidr, b: Cidr): boolean =>
  a.base === b.base && a.prefixLength === b.prefixLength;

function passesPrefix(route: RouteRow, prefix: RouteFilter['prefix']): boolean {
  if (!prefix) return true;
  const { how, network } = prefix;
  if (how === 'exact') return sameNetwork(route.destination, network);
  if (how === 'root')
    return (
      route.destination.prefixLength >= network.prefixLength &&
      contains(network, route.destination.base)
    );
  return (
    route.destination.prefixLength <= network.prefixLength &&
    contains(route.destination, network.base)
  );
}

/** The routes that pass, in the order in which the kernel's trie gives them. */
export function filteredRoutes(context: IpContext, filter: RouteFilter): readonly RouteRow[] {
  if (filter.table === 'other') return [];
  const rows = context.kernel.routes(context.netns, filter.table);
  const passing = rows.filter(
    (row) =>
      (!filter.link || row.link === filter.link.id) &&
      (filter.type === undefined || row.type === filter.type) &&
      (filter.protocol === undefined || row.protocol === filter.protocol) &&
      (filter.scope === undefined || row.scope === filter.scope) &&
      (filter.via === undefined || row.via === filter.via) &&
      (filter.source === undefined || row.source === filter.source) &&
      passesPrefix(row, filter.prefix),
  );
  return passing
    .map((row, index) => ({ row, index }))
    .sort(
      (a, b) =>
        tableOrder(a.row) - tableOrder(b.row) ||
        a.row.destination.base - b.row.destination.base ||
        b.row.destination.prefixLength - a.row.destination.prefixLength ||
        a.row.metric - b.row.metric ||
        a.index - b.index,
    )
    .map(({ row }) => row);
}

const tableOrder = (row: RouteRow): number => (row.table === 'main' ? 0 : 1);

export const formatDestination = (network: Cidr): string => {
  if (network.prefixLength === 0) return 'default';
  return network.prefixLength === 32 ? formatIpv4(network.base) : formatCidr(network);
};

function routeLine(context: IpContext, route: RouteRow, filter: RouteFilter): string {
  const { kernel, options } = context;
  const link = route.link === undefined ? undefined : kernel.link(route.link);
  const detailed = options.details;
  const words = [
    ...(route.type !== 'unicast' || detailed ? [route.type] : []),
    formatDestination(route.destination),
    ...(route.via === undefined ? [] : [`via ${formatIpv4(route.via)}`]),
    ...(link && !filter.link ? [`dev ${link.name}`] : []),
    ...(filter.table === 'all' && (route.table !== 'main' || detailed)
      ? [`table ${route.table}`]
      : []),
    ...((route.protocol !== 'boot' || detailed) && filter.protocol === undefined
      ? [`proto ${route.protocol}`]
      : []),
    ...((route.scope !== 'global' || detailed) && filter.scope === undefined
      ? [`scope ${route.scope}`]
      : []),
    ...(route.source === undefined ? [] : [`src ${formatIpv4(route.source)}`]),
    ...(route.metric === 0 ? [] : [`metric ${route.metric}`]),
    ...(isLinkDown(kernel, route, link) ? ['linkdown'] : []),
  ];
  return `${words.join(' ')} `;
}

/** Addresses of the host itself stay reachable when a device has no carrier. Mirrors: fib_sync_down_dev. */
const isLinkDown = (kernel: Kernel, route: RouteRow, link: LinkRow | undefined): boolean =>
  route.type !== 'local' && link !== undefined && link.up && !isRunning(kernel, link);

function routeJson(context: IpContext, route: RouteRow, filter: RouteFilter): JsonObject {
  const link = route.link === undefined ? undefined : context.kernel.link(route.link);
  return {
    type: route.type === 'unicast' ? undefined : route.type,
    dst: formatDestination(route.destination),
    gateway: route.via === undefined ? undefined : formatIpv4(route.via),
    dev: link?.name,
    table: filter.table === 'all' && route.table !== 'main' ? route.table : undefined,
    protocol: route.protocol === 'boot' ? undefined : route.protocol,
    scope: route.scope === 'global' ? undefined : route.scope,
    prefsrc: route.source === undefined ? undefined : formatIpv4(route.source),
    metric: route.metric || undefined,
    flags: isLinkDown(context.kernel, route, link) ? ['linkdown'] : [],
  };
}

// ---- IPv6: what the kernel's own addresses bring with them --------------------------------------

interface Inet6Route {
  readonly type: string;
  readonly text: string;
  readonly table: 'main' | 'local';
  readonly link: LinkRow;
}

function inet6Routes(context: IpContext): readonly Inet6Route[] {
  const up = context.kernel.links(context.netns).filter((link) => link.up);
  const addresses = up.flatMap((link) =>
    context.kernel.ipv6Addresses(link.id).map((row) => ({ link, row })),
  );
  const linkLocal = addresses.filter(({ row }) => row.scope === 'link');
  const tail = (metric: number): string => `proto kernel metric ${metric} pref medium`;
  return [
    ...linkLocal.map(({ link }) => ({
      type: 'unicast',
      table: 'main' as const,
      link,
      text: `fe80::/64 dev ${link.name} ${tail(256)}`,
    })),
    ...addresses.map(({ link, row }) => ({
      type: 'local',
      table: 'local' as const,
      link,
      text: `local ${row.address} dev ${link.name} table local ${tail(0)}`,
    })),
    ...linkLocal.map(({ link }) => ({
      type: 'multicast',
      table: 'local' as const,
      link,
      text: `multicast ff00::/8 dev ${link.name} table local ${tail(256)}`,
    })),
  ];
}

function inet6Lines(context: IpContext, filter: RouteFilter): readonly string[] {
  return inet6Routes(context)
    .filter(
      (route) =>
        (filter.table === 'all' || route.table === filter.table) &&
        (filter.type === undefined || route.type === filter.type) &&
        (!filter.link || route.link.id === filter.link.id) &&
        !filter.prefix,
    )
    .map(({ text }) => {
      const withoutTable = filter.table === 'all' ? text : text.replace(' table local', '');
      return filter.link ? withoutTable.replace(/ dev \S+/, '') : withoutTable;
    });
}

// ---- the commands -----------------------------------------------------------------------------

export function showRoutes(context: IpContext, args: readonly string[]): Answer {
  const filter = parseRouteFilter(context, args);
  if ('status' in filter) return filter;
  if (filter.table === 'other')
    return usageError('Error: ipv4: FIB table does not exist.\nDump terminated', 2);
  const { family, json, pretty } = context.options;
  const routes = family === 'inet6' ? [] : filteredRoutes(context, filter);
  if (json)
    return printed(
      writeJson(
        routes.map((route) => routeJson(context, route, filter)),
        pretty,
      ),
    );
  // IPv6 is listed with -6, and without a family only by `table all`.
  const inet6 = family === 'inet6' || (family === undefined && filter.table === 'all');
  const lines = [
    ...routes.map((route) => routeLine(context, route, filter)),
    ...(inet6 ? inet6Lines(context, filter) : []),
  ];
  return printed(lines.map((line) => `${line}\n`).join(''));
}

export function getRoute(context: IpContext, args: readonly string[]): Answer {
  const words = new Words(args);
  let destination: Ipv4 | undefined;
  let from: Ipv4 | undefined;
  while (words.more) {
    const word = words.next() ?? '';
    const key = ['from', 'to', 'oif', 'dev', 'iif', 'mark', 'uid'].includes(word) ? word : 'to';
    const value = key === word ? words.next() : word;
    if (value === undefined) return incomplete;
    if (key === 'oif' || key === 'dev' || key === 'iif') {
      if (!findLink(context, value)) return noDevice(value);
      continue;
    }
    if (key === 'mark' || key === 'uid') continue;
    const address = parseIpv4(value.replace(/\/32$/, ''));
    if (address === undefined)
      return usageError(`Error: any valid prefix is expected rather than "${value}".`, 1);
    if (key === 'from') from = address;
    else destination = address;
  }
  if (destination === undefined) return usageError('need at least a destination address', 1);
  const found = context.kernel.routeLookup(context.netns, destination);
  if (!found.ok) return kernelError(found.error);
  const { route, link, nextHop, source } = found.value;
  const row = link === undefined ? undefined : context.kernel.link(link);
  const shownSource = from ?? source;
  if (context.options.json) {
    const record: JsonObject = {
      type: route.type === 'unicast' ? undefined : route.type,
      dst: formatIpv4(destination),
      gateway: nextHop === destination ? undefined : formatIpv4(nextHop),
      dev: row?.name,
      prefsrc: formatIpv4(shownSource),
      flags: [],
      uid: 0,
      cache: route.type === 'local' ? ['local'] : [],
    };
    return printed(writeJson([record], context.options.pretty));
  }
  const line = [
    ...(route.type === 'unicast' ? [] : [route.type]),
    formatIpv4(destination),
    ...(from === undefined ? [] : [`from ${formatIpv4(from)}`]),
    ...(nextHop === destination || route.type !== 'unicast' ? [] : [`via ${formatIpv4(nextHop)}`]),
    ...(row ? [`dev ${row.name}`] : []),
    ...(from === undefined ? [`src ${formatIpv4(source)}`] : []),
    'uid 0',
  ].join(' ');
  const caches: Readonly<Record<string, string>> = {
    local: 'cache <local> ',
    broadcast: 'cache <local,brd> ',
  };
  const separator = context.options.oneLine ? '\\' : '\n';
  return printed(`${line} ${separator}    ${caches[route.type] ?? 'cache '}\n`);
}
