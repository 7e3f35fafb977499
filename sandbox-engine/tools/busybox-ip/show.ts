// `ip addr | link | route | neigh | rule show` of BusyBox.
import type { LinkRow, RouteRow } from '../../kernel/index.ts';
import { type Cidr, contains, formatCidr, formatIpv4, parseIpv4 } from '../../wire/index.ts';
import { parseNetwork } from '../common/addresses.ts';
import {
  broadcastMacOf,
  linkFlags,
  lowerLink,
  queueDiscipline,
  queueLength,
} from '../common/links.ts';
import {
  type Answer,
  type AppletContext,
  findLink,
  kernelError,
  noDevice,
  said,
} from './context.ts';

const printed = (lines: readonly string[]): Answer => ({
  out: lines.map((line) => `${line}\n`).join(''),
  status: 0,
});

// ---- devices and addresses --------------------------------------------------------------------

/**
 * BusyBox knows nothing of other namespaces: a far end elsewhere is taken for the device that has its number here, or is
 * `@ifN` and counts as down when there is none.
 */
function firstLine(context: AppletContext, link: LinkRow): string {
  const { kernel } = context;
  const lower = lowerLink(kernel, link);
  const taken = lower && kernel.links(link.netns).find((l) => l.ifindex === lower.ifindex);
  const suffix = lower ? `@${taken?.name ?? `if${lower.ifindex}`}` : '';
  const flags = [...linkFlags(kernel, link), ...(lower && !taken?.up ? ['M-DOWN'] : [])];
  const master = link.master === undefined ? undefined : kernel.link(link.master)?.name;
  const { operational } = kernel.linkState(link.id);
  const length = queueLength(link);
  return [
    `${link.ifindex}: ${link.name}${suffix}: <${flags.join(',')}>`,
    `mtu ${link.mtu} qdisc ${queueDiscipline(link)}`,
    ...(master === undefined ? [] : [`master ${master}`]),
    ...(operational === 'DOWN' || operational === 'LOWERLAYERDOWN' ? [`state ${operational}`] : []),
    length > 0 ? `qlen ${length}` : '',
  ].join(' ');
}

const hardwareLine = (link: LinkRow): string =>
  `    link/${link.kind === 'loopback' ? 'loopback' : 'ether'} ${link.mac} brd ${broadcastMacOf(link)}`;

/** The device that `[dev] NAME` asks for, or all. */
function chosenLinks(context: AppletContext, args: readonly string[]): readonly LinkRow[] | Answer {
  const name = args[0] === 'dev' ? args[1] : args[0];
  if (name === undefined || name === 'up' || name === 'to' || name === 'scope')
    return context.kernel.links(context.netns);
  const link = findLink(context, name);
  return link ? [link] : noDevice(name);
}

function addressLines(context: AppletContext, link: LinkRow): string[] {
  const inet = context.kernel
    .addresses({ link: link.id })
    .map((row) =>
      [
        `    inet ${formatIpv4(row.address)}/${row.prefixLength}`,
        ...(row.broadcast === undefined ? [] : [`brd ${formatIpv4(row.broadcast)}`]),
        `scope ${row.scope}`,
        ...(row.secondary ? ['secondary'] : []),
        row.label ?? link.name,
      ].join(' '),
    );
  const inet6 = context.kernel
    .ipv6Addresses(link.id)
    .map((row) => `    inet6 ${row.address}/${row.prefixLength} scope ${row.scope} `);
  return [...(context.family === 'inet6' ? [] : inet), ...(context.family === 'inet' ? [] : inet6)];
}

const lifetime = '       valid_lft forever preferred_lft forever';

export function showAddresses(context: AppletContext, args: readonly string[]): Answer {
  const links = chosenLinks(context, args);
  if ('status' in links) return links;
  const narrowed = context.family === 'inet' || context.family === 'inet6';
  return printed(
    links.flatMap((link) => {
      const lines = addressLines(context, link);
      if (narrowed && lines.length === 0) return [];
      if (context.oneLine)
        return lines.map((line) => `${link.ifindex}: ${link.name}${line}\\${lifetime}`);
      const head = narrowed
        ? [firstLine(context, link)]
        : [firstLine(context, link), hardwareLine(link)];
      return [...head, ...lines.flatMap((line) => [line, lifetime])];
    }),
  );
}

export function showLinks(context: AppletContext, args: readonly string[]): Answer {
  const links = chosenLinks(context, args);
  if ('status' in links) return links;
  const separator = context.oneLine ? '\\' : '\n';
  return printed(
    links.map((link) => `${firstLine(context, link)}${separator}${hardwareLine(link)}`),
  );
}

// ---- routes -----------------------------------------------------------------------------------

const formatDestination = (network: Cidr): string => {
  if (network.prefixLength === 0) return 'default';
  return network.prefixLength === 32 ? formatIpv4(network.base) : formatCidr(network);
};

function routeLine(
  context: AppletContext,
  route: RouteRow,
  all: boolean,
  withDevice: boolean,
): string {
  const device = route.link === undefined ? undefined : context.kernel.link(route.link)?.name;
  return [
    ...(route.type === 'unicast' ? [] : [route.type]),
    formatDestination(route.destination),
    ...(route.via === undefined ? [] : [`via ${formatIpv4(route.via)}`]),
    ...(device === undefined || !withDevice ? [] : [`dev ${device}`]),
    ...(all && route.table !== 'main' ? [`table ${route.table}`] : []),
    ...(route.scope === 'global' ? [] : [`scope ${route.scope}`]),
    // BusyBox writes a blank on both sides of these.
    ...(route.source === undefined ? [] : [` src ${formatIpv4(route.source)}`]),
    ...(route.metric === 0 ? [] : [` metric ${route.metric}`]),
    '',
  ].join(' ');
}

export function showRoutes(context: AppletContext, args: readonly string[]): Answer {
  if (context.family === 'inet6') return printed([]);
  let device: LinkRow | undefined;
  let table: 'main' | 'local' | 'all' = 'main';
  let network: Cidr | undefined;
  for (let i = 0; i < args.length; i += 1) {
    const word = args[i] ?? '';
    if (word === 'dev' || word === 'oif') {
      i += 1;
      device = findLink(context, args[i] ?? '');
      if (!device) return noDevice(args[i] ?? '');
    } else if (word === 'table') {
      i += 1;
      const name = args[i];
      if (name !== 'main' && name !== 'local' && name !== 'all')
        return said(`invalid argument '${name}' to 'table'`);
      table = name;
    } else if (word !== 'exact' && word !== 'root' && word !== 'match')
      network = parseNetwork(word);
  }
  const rows = context.kernel
    .routes(context.netns, table)
    .filter((row) => !device || row.link === device.id)
    .filter(
      (row) =>
        !network ||
        (contains(network, row.destination.base) &&
          row.destination.prefixLength === network.prefixLength),
    );
  const sorted = [...rows].sort(
    (a, b) =>
      (a.table === 'main' ? 0 : 1) - (b.table === 'main' ? 0 : 1) ||
      a.destination.base - b.destination.base ||
      b.destination.prefixLength - a.destination.prefixLength ||
      a.metric - b.metric,
  );
  return printed(sorted.map((row) => routeLine(context, row, table === 'all', !device)));
}

export function getRoute(context: AppletContext, args: readonly string[]): Answer {
  const text = args.find((word) => parseIpv4(word) !== undefined);
  const destination = text === undefined ? undefined : parseIpv4(text);
  if (destination === undefined) return said('need at least destination address');
  const found = context.kernel.routeLookup(context.netns, destination);
  if (!found.ok) return kernelError(found.error);
  const { route, link, nextHop, source } = found.value;
  const device = link === undefined ? undefined : context.kernel.link(link)?.name;
  return printed([
    [
      ...(route.type === 'unicast' ? [] : [route.type]),
      formatIpv4(destination),
      ...(nextHop === destination ? [] : [`via ${formatIpv4(nextHop)}`]),
      ...(device === undefined ? [] : [`dev ${device}`]),
      ` src ${formatIpv4(source)} `,
    ].join(' '),
  ]);
}

// ---- neighbours and rules ---------------------------------------------------------------------

export function showNeighbours(context: AppletContext, args: readonly string[]): Answer {
  const at = args.indexOf('dev');
  const name = at < 0 ? undefined : args[at + 1];
  const device = name === undefined ? undefined : findLink(context, name);
  if (name !== undefined && !device) return noDevice(name);
  const now = context.process.sim.now();
  const rows = context.kernel
    .neighbours(context.netns)
    .filter((row) => !device || row.link === device.id);
  return printed(
    rows.map((row) => {
      const age = Math.floor((now - row.confirmedAt) / 1_000_000);
      const known = row.mac !== undefined && row.state !== 'FAILED' && row.state !== 'INCOMPLETE';
      return [
        formatIpv4(row.address),
        ...(device ? [] : [`dev ${context.kernel.link(row.link)?.name ?? '?'}`]),
        ...(known ? [`lladdr ${row.mac}`] : []),
        `used ${age}/${age}/${age} probes ${row.state === 'FAILED' ? 6 : row.state === 'PERMANENT' ? 0 : 1} ${row.state}`,
      ].join(' ');
    }),
  );
}

export const showRules = (): Answer =>
  printed([
    '0:\tfrom all lookup local ',
    '32766:\tfrom all lookup main ',
    '32767:\tfrom all lookup default ',
  ]);
