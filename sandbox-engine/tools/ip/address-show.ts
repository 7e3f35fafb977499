// `ip addr show`.
import type { AddressRow, Ipv6Address, LinkRow } from '../../kernel/index.ts';
import { type Cidr, contains, formatIpv4 } from '../../wire/index.ts';
import { parseNetwork } from '../common/addresses.ts';
import { type JsonObject, writeJson } from '../common/json.ts';
import { Words } from '../common/words.ts';
import { type Answer, findLink, type IpContext, printed, usageError } from './context.ts';
import { briefLine, linkJson, linkLines, shownFlags } from './link-show.ts';

/** Which devices and addresses are shown. */
export interface ShowFilter {
  device?: string;
  up?: boolean;
  type?: string;
  master?: string;
  noMaster?: boolean;
  scope?: string;
  to?: Cidr;
  label?: string;
  secondary?: boolean;
}

/** Reads `[dev] NAME | up | type T | master M | scope S | to PREFIX | label L …`. */
export function parseShowFilter(args: readonly string[]): ShowFilter | Answer {
  const words = new Words(args);
  const filter: ShowFilter = {};
  while (words.more) {
    const word = words.next() ?? '';
    if (word === 'up') filter.up = true;
    else if (word === 'nomaster') filter.noMaster = true;
    else if (word === 'primary' || word === 'secondary') filter.secondary = word === 'secondary';
    else if (word === 'permanent' || word === 'dynamic') filter.scope ??= 'all';
    else if (['dev', 'type', 'master', 'scope', 'to', 'label', 'group'].includes(word)) {
      const value = words.next();
      if (value === undefined) return usageError('Command line is not complete. Try option "help"');
      if (word === 'dev') filter.device = value;
      if (word === 'type') filter.type = value;
      if (word === 'master') filter.master = value;
      if (word === 'scope') filter.scope = value;
      if (word === 'label') filter.label = value;
      if (word === 'to') {
        const to = parseNetwork(value);
        if (!to)
          return usageError(`Error: any valid prefix is expected rather than "${value}".`, 1);
        filter.to = to;
      }
    } else if (filter.device === undefined) filter.device = word;
    else return usageError(`Error: either "dev" is duplicate, or "${word}" is a garbage.`);
  }
  return filter;
}

/** The devices that the filter lets through, by number. */
export function filteredLinks(context: IpContext, filter: ShowFilter): readonly LinkRow[] | Answer {
  const { kernel, netns } = context;
  let links = kernel.links(netns);
  if (filter.device !== undefined) {
    const link = findLink(context, filter.device.replace(/@.*/, ''));
    if (!link) return usageError(`Device "${filter.device}" does not exist.`, 1);
    links = [link];
  }
  const master = filter.master === undefined ? undefined : findLink(context, filter.master);
  if (filter.master !== undefined && !master)
    return usageError(`Device "${filter.master}" does not exist.`, 1);
  return links.filter(
    (link) =>
      (!filter.up || link.up) &&
      (!filter.noMaster || link.master === undefined) &&
      (filter.type === undefined || link.kind === filter.type) &&
      (!master || link.master === master.id),
  );
}

// ---- addresses ------------------------------------------------------------------------------

/** The address as text with its prefix, and everything else a line says of it. */
interface ShownAddress {
  readonly family: 'inet' | 'inet6';
  readonly local: string;
  readonly prefixLength: number;
  readonly broadcast?: string | undefined;
  readonly scope: string;
  readonly secondary: boolean;
  readonly label?: string | undefined;
  readonly protocol?: string | undefined;
}

function addressesOf(context: IpContext, link: LinkRow, filter: ShowFilter): ShownAddress[] {
  const { family } = context.options;
  const rows = family === 'inet6' ? [] : context.kernel.addresses({ link: link.id });
  const inet = rows
    .filter((row) => !filter.to || contains(filter.to, row.address))
    .map((row) => inetAddress(row, link));
  const inet6 = family === 'inet' || filter.to ? [] : context.kernel.ipv6Addresses(link.id);
  return [...inet, ...inet6.map((row) => inet6Address(context, row))].filter(
    (address) =>
      (filter.scope === undefined || filter.scope === 'all' || address.scope === filter.scope) &&
      (filter.secondary === undefined || address.secondary === filter.secondary) &&
      (filter.label === undefined || address.label === filter.label),
  );
}

const inetAddress = (row: AddressRow, link: LinkRow): ShownAddress => ({
  family: 'inet',
  local: formatIpv4(row.address),
  prefixLength: row.prefixLength,
  broadcast: row.broadcast === undefined ? undefined : formatIpv4(row.broadcast),
  scope: row.scope,
  secondary: row.secondary ?? false,
  label: row.label ?? link.name,
});

const inet6Address = (context: IpContext, row: Ipv6Address): ShownAddress => ({
  family: 'inet6',
  local: row.address,
  prefixLength: row.prefixLength,
  scope: row.scope,
  secondary: false,
  protocol: context.version === '6.1.0' ? undefined : row.protocol,
});

function addressLines(address: ShownAddress): string[] {
  const words = [
    `    ${address.family} ${address.local}/${address.prefixLength}`,
    ...(address.broadcast === undefined ? [] : [`brd ${address.broadcast}`]),
    `scope ${address.scope}`,
    ...(address.protocol === undefined ? [] : [`proto ${address.protocol}`]),
    ...(address.secondary ? ['secondary'] : []),
    // IPv6 addresses have no label, but the blank before it.
    address.label ?? '',
  ];
  return [words.join(' '), '       valid_lft forever preferred_lft forever'];
}

const addressJson = (address: ShownAddress): JsonObject => ({
  family: address.family,
  local: address.local,
  prefixlen: address.prefixLength,
  broadcast: address.broadcast,
  scope: address.scope,
  protocol: address.protocol,
  secondary: address.secondary || undefined,
  label: address.label,
  valid_life_time: 4294967295,
  preferred_life_time: 4294967295,
});

// ---- the command ----------------------------------------------------------------------------

export function showAddresses(context: IpContext, args: readonly string[]): Answer {
  const filter = parseShowFilter(args);
  if ('status' in filter) return filter;
  const links = filteredLinks(context, filter);
  if ('status' in links) return links;
  const { options } = context;
  const narrowed = Boolean(options.family || filter.to || filter.scope || filter.label);
  const shown = links
    .map((link) => ({ link, addresses: addressesOf(context, link, filter) }))
    .filter(({ addresses }) => !narrowed || options.family === 'link' || addresses.length > 0);
  const line = { mode: false, hardware: options.family === undefined || options.family === 'link' };
  if (options.json) {
    const records = shown.map(({ link, addresses }) => ({
      ...linkJson(context, link, { ...line, hardware: line.hardware && !options.brief }),
      addr_info: addresses.map((a) =>
        options.brief ? { local: a.local, prefixlen: a.prefixLength } : addressJson(a),
      ),
    }));
    return printed(writeJson(records, options.pretty));
  }
  return printed(
    shown
      .map(({ link, addresses }) => {
        if (options.brief)
          return `${briefLine(context, link, addresses.map((a) => `${a.local}/${a.prefixLength} `).join(''))}\n`;
        if (options.oneLine)
          return addresses
            .map((a) => `${link.ifindex}: ${link.name}${addressLines(a).join('\\')}\n`)
            .join('');
        return `${[...linkLines(context, link, line), ...addresses.flatMap(addressLines)].join('\n')}\n`;
      })
      .join(''),
  );
}

/** `ip link show`. */
export function showLinks(context: IpContext, args: readonly string[]): Answer {
  const filter = parseShowFilter(args);
  if ('status' in filter) return filter;
  const links = filteredLinks(context, filter);
  if ('status' in links) return links;
  const { options } = context;
  const line = { mode: true, hardware: true };
  if (options.json) {
    const records = links.map((link) => linkJson(context, link, line));
    return printed(writeJson(records, options.pretty));
  }
  const text = links.map((link) => {
    if (!options.brief) return linkLines(context, link, line).join(options.oneLine ? '\\' : '\n');
    return briefLine(context, link, `${link.mac} <${shownFlags(context, link).join(',')}> `);
  });
  return printed(text.map((record) => `${record}\n`).join(''));
}
