// `ip neigh`.
import type { LinkRow, NeighbourRow, NeighbourState } from '../../kernel/index.ts';
import {
  type Cidr,
  contains,
  formatIpv4,
  type Ipv4,
  type Mac,
  parseIpv4,
} from '../../wire/index.ts';
import { parseMac, parseNetwork } from '../common/addresses.ts';
import { type JsonObject, writeJson } from '../common/json.ts';
import { Words } from '../common/words.ts';
import { incomplete } from './arguments.ts';
import {
  type Answer,
  done,
  findLink,
  guarded,
  type IpContext,
  kernelError,
  noDevice,
  printed,
  usageError,
} from './context.ts';

const states: readonly NeighbourState[] = [
  'INCOMPLETE',
  'REACHABLE',
  'STALE',
  'DELAY',
  'PROBE',
  'FAILED',
  'PERMANENT',
];

interface NeighbourFilter {
  link?: LinkRow;
  to?: Cidr;
  states?: readonly string[];
}

function parseFilter(context: IpContext, args: readonly string[]): NeighbourFilter | Answer {
  const words = new Words(args);
  const filter: NeighbourFilter = {};
  while (words.more) {
    const word = words.next() ?? '';
    if (word === 'proxy') return { states: [] };
    const key = ['dev', 'nud', 'to'].includes(word) ? word : 'to';
    const value = key === word ? words.next() : word;
    if (value === undefined) return incomplete;
    if (key === 'dev') {
      const link = findLink(context, value);
      if (!link) return noDevice(value);
      filter.link = link;
    } else if (key === 'nud') {
      const state = value.toUpperCase();
      if (state !== 'ALL' && !(states as readonly string[]).includes(state))
        return usageError(`Error: argument "${value}" is wrong: nud state is bad\n`);
      if (state !== 'ALL') filter.states = [...(filter.states ?? []), state];
    } else {
      const to = parseNetwork(value);
      if (!to) return usageError(`Error: any valid prefix is expected rather than "${value}".`, 1);
      filter.to = to;
    }
  }
  return filter;
}

function filtered(context: IpContext, filter: NeighbourFilter): readonly NeighbourRow[] {
  if (context.options.family === 'inet6') return [];
  return context.kernel
    .neighbours(context.netns)
    .filter(
      (row) =>
        (!filter.link || row.link === filter.link.id) &&
        (!filter.to || contains(filter.to, row.address)) &&
        (!filter.states || filter.states.includes(row.state)),
    );
}

function neighbourLine(context: IpContext, row: NeighbourRow, filter: NeighbourFilter): string {
  const words = [
    formatIpv4(row.address),
    ...(filter.link ? [] : [`dev ${context.kernel.link(row.link)?.name ?? '?'}`]),
    ...(row.mac === undefined || row.state === 'FAILED' || row.state === 'INCOMPLETE'
      ? []
      : [`lladdr ${row.mac}`]),
    ...(context.options.statistics > 0 ? [usage(context, row)] : []),
    row.state,
  ];
  return `${words.join(' ')} `;
}

/** Seconds since it was last used, confirmed and updated. */
function usage(context: IpContext, row: NeighbourRow): string {
  const age = Math.floor((context.process.sim.now() - row.confirmedAt) / 1_000_000);
  return `used ${age}/${age}/${age} probes ${row.state === 'FAILED' ? 6 : 1}`;
}

const neighbourJson = (context: IpContext, row: NeighbourRow): JsonObject => ({
  dst: formatIpv4(row.address),
  dev: context.kernel.link(row.link)?.name,
  lladdr: row.mac,
  state: [row.state],
});

export function showNeighbours(context: IpContext, args: readonly string[]): Answer {
  const filter = parseFilter(context, args);
  if ('status' in filter) return filter;
  const rows = filtered(context, filter);
  if (context.options.json)
    return printed(
      writeJson(
        rows.map((row) => neighbourJson(context, row)),
        context.options.pretty,
      ),
    );
  return printed(rows.map((row) => `${neighbourLine(context, row, filter)}\n`).join(''));
}

export function flushNeighbours(context: IpContext, args: readonly string[]): Answer {
  if (args.length === 0) return usageError('Flush requires arguments.');
  const filter = parseFilter(context, args);
  if ('status' in filter) return filter;
  return guarded(context, () => {
    for (const row of filtered(context, filter)) {
      if (row.state !== 'PERMANENT' || filter.states)
        context.kernel.neighbourDelete(row.link, row.address);
    }
    return done;
  });
}

interface Neighbour {
  address: Ipv4 | undefined;
  mac: Mac | undefined;
  device: string | undefined;
  state: NeighbourState;
}

function parseNeighbour(args: readonly string[]): Neighbour | Answer {
  const words = new Words(args);
  const entry: Neighbour = {
    address: undefined,
    mac: undefined,
    device: undefined,
    state: 'PERMANENT',
  };
  while (words.more) {
    const word = words.next() ?? '';
    const key = ['dev', 'nud', 'lladdr', 'to'].includes(word) ? word : 'to';
    const value = key === word ? words.next() : word;
    if (value === undefined) return incomplete;
    if (key === 'dev') entry.device = value;
    else if (key === 'nud') {
      const state = states.find((s) => s === value.toUpperCase());
      if (!state) return usageError(`Error: argument "${value}" is wrong: nud state is bad\n`);
      entry.state = state;
    } else if (key === 'lladdr') {
      entry.mac = parseMac(value);
      if (!entry.mac) return usageError(`"${value}" is invalid lladdr.`, 1);
    } else {
      entry.address = parseIpv4(value);
      if (entry.address === undefined)
        return usageError(`Error: any valid address is expected rather than "${value}".`, 1);
    }
  }
  if (entry.device === undefined || entry.address === undefined)
    return usageError('Device and destination are required arguments.');
  return entry;
}

export function changeNeighbour(
  context: IpContext,
  verb: 'add' | 'change' | 'replace' | 'delete',
  args: readonly string[],
): Answer {
  const entry = parseNeighbour(args);
  if ('status' in entry) return entry;
  const { address, mac, device, state } = entry;
  const link = device === undefined ? undefined : findLink(context, device);
  if (!link || address === undefined) return noDevice(device ?? '');
  return guarded(context, () => {
    const { kernel, netns } = context;
    const before = kernel
      .neighbours(netns)
      .find((row) => row.link === link.id && row.address === address);
    if (verb === 'delete') {
      const removed = kernel.neighbourDelete(link.id, address);
      return removed.ok ? done : kernelError('ENOENT');
    }
    if (verb === 'add' && before) return kernelError('EEXIST');
    if (verb === 'change' && !before) return kernelError('ENOENT');
    const hardware = mac ?? before?.mac;
    if (!hardware) return kernelError('EINVAL');
    const added = kernel.neighbourAdd(link.id, address, hardware, state);
    return added.ok ? done : kernelError(added.error);
  });
}
