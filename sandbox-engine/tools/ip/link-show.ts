// `ip link show` and the link half of `ip addr show`.
import type { LinkRow } from '../../kernel/index.ts';
import type { JsonObject } from '../common/json.ts';
import {
  broadcastMacOf,
  linkFlags,
  lowerLink,
  queueDiscipline,
  queueLength,
} from '../common/links.ts';
import { type IpContext, netnsName } from './context.ts';
import { detailJson, detailLines } from './link-details.ts';

/** `@veth1`, `@if14`, or nothing. */
function nameSuffix(context: IpContext, link: LinkRow): string {
  const lower = lowerLink(context.kernel, link);
  if (!lower) return '';
  return lower.here ? `@${lower.here.name}` : `@if${lower.ifindex}`;
}

/** Flags with M-DOWN, which says that the other end in the same namespace is not up. */
export function shownFlags(context: IpContext, link: LinkRow): readonly string[] {
  const lower = lowerLink(context.kernel, link);
  const flags = linkFlags(context.kernel, link);
  return lower?.here && !lower.here.up ? [...flags, 'M-DOWN'] : flags;
}

/** ` link-netns NAME` where the namespace has a name, ` link-netnsid N` where it has none. */
function namespaceOfLower(context: IpContext, link: LinkRow): string {
  const lower = lowerLink(context.kernel, link);
  if (lower?.netnsId === undefined) return '';
  const name = netnsName(context, lower.netns);
  return name === undefined ? ` link-netnsid ${lower.netnsId}` : ` link-netns ${name}`;
}

const masterName = (context: IpContext, link: LinkRow): string | undefined =>
  link.master === undefined ? undefined : context.kernel.link(link.master)?.name;

export interface LinkLineOptions {
  /** `mode DEFAULT`: only `ip link` prints it. */
  readonly mode: boolean;
  /** The line with the hardware address: not with -4 and -6. */
  readonly hardware: boolean;
}

/** The lines of one device, without those of its addresses. */
export function linkLines(context: IpContext, link: LinkRow, shown: LinkLineOptions): string[] {
  const { kernel, options } = context;
  const master = masterName(context, link);
  const length = queueLength(link);
  const first = [
    `${link.ifindex}: ${link.name}${nameSuffix(context, link)}:`,
    `<${shownFlags(context, link).join(',')}>`,
    `mtu ${link.mtu} qdisc ${queueDiscipline(link)}`,
    ...(master === undefined ? [] : [`master ${master}`]),
    `state ${kernel.linkState(link.id).operational}`,
    ...(shown.mode ? ['mode DEFAULT'] : []),
    // Before 6.14 a queue of no length was left out, but not the blank before it.
    `group default ${length > 0 || context.version !== '6.1.0' ? `qlen ${length}` : ''}`,
  ].join(' ');
  const netns = namespaceOfLower(context, link);
  if (!shown.hardware) return [`${first}${netns}`];
  const type = link.kind === 'loopback' ? 'loopback' : 'ether';
  const hardware = `    link/${type} ${link.mac} brd ${broadcastMacOf(link)}${netns}`;
  const details = options.details ? detailLines(context, link, shown.mode) : [''];
  return [
    first,
    `${hardware}${details[0] ?? ''}`,
    ...details.slice(1),
    ...(link.alias ? [`    alias ${link.alias}`] : []),
    ...(options.statistics > 0 ? statisticsLines(context, link) : []),
  ];
}

/** Columns as wide as the widest number in them. Mirrors: print_stats64 of iproute2. */
function statisticsLines(context: IpContext, link: LinkRow): string[] {
  const { rxBytes, rxPackets, txBytes, txPackets } = context.kernel.linkCounters(link.id);
  const rows = [
    {
      head: ['RX:', 'bytes', 'packets', 'errors', 'dropped', 'missed', 'mcast'],
      values: [rxBytes, rxPackets, 0, 0, 0, 0],
    },
    {
      head: ['TX:', 'bytes', 'packets', 'errors', 'dropped', 'carrier', 'collsns'],
      values: [txBytes, txPackets, 0, 0, 0, 0],
    },
  ];
  const least = [10, 7, 6, 7, 7, 7, 10];
  const widths = least.map((width, i) =>
    Math.max(width, ...rows.map((row) => `${row.values[i] ?? ''}`.length)),
  );
  return rows.flatMap(({ head: [name = '', ...titles], values }) => [
    `    ${name} ${titles.map((t, i) => t.padStart((widths[i] ?? 0) - (i === 0 ? 4 : 0))).join(' ')} ${' '.repeat(widths[6] ?? 0)}`,
    `    ${values.map((v, i) => `${v}`.padStart(widths[i] ?? 0)).join(' ')} `,
  ]);
}

/** One line of `-br`: name, state, and what follows. */
export function briefLine(context: IpContext, link: LinkRow, rest: string): string {
  const name = `${link.name}${nameSuffix(context, link)}`;
  const state = context.kernel.linkState(link.id).operational;
  return `${name.padEnd(16)} ${state.padEnd(14)} ${rest}`;
}

/** The fields of a device with -j. */
export function linkJson(context: IpContext, link: LinkRow, shown: LinkLineOptions): JsonObject {
  const { kernel, options } = context;
  const lower = lowerLink(kernel, link);
  const linkedTo: JsonObject = lower?.here
    ? { link: lower.here.name }
    : lower
      ? { link_index: lower.ifindex }
      : {};
  const operational = kernel.linkState(link.id).operational;
  const flags = shownFlags(context, link);
  if (options.brief) {
    const brief = { ...linkedTo, ifname: link.name, operstate: operational };
    return shown.hardware ? { ...brief, address: link.mac, flags } : brief;
  }
  const netns = lower?.netnsId === undefined ? undefined : netnsName(context, lower.netns);
  return {
    ifindex: link.ifindex,
    ...linkedTo,
    ifname: link.name,
    flags,
    mtu: link.mtu,
    qdisc: queueDiscipline(link),
    master: masterName(context, link),
    operstate: operational,
    linkmode: shown.mode ? 'DEFAULT' : undefined,
    group: 'default',
    txqlen: queueLength(link),
    ...(shown.hardware && {
      link_type: link.kind === 'loopback' ? 'loopback' : 'ether',
      address: link.mac,
      broadcast: broadcastMacOf(link),
    }),
    link_netns: netns,
    link_netnsid: netns === undefined ? lower?.netnsId : undefined,
    ...(options.details && detailJson(context, link)),
    ifalias: link.alias,
    ...(options.statistics > 0 && statisticsJson(context, link)),
  };
}

function statisticsJson(context: IpContext, link: LinkRow): JsonObject {
  const counters = context.kernel.linkCounters(link.id);
  return {
    stats64: {
      rx: {
        bytes: counters.rxBytes,
        packets: counters.rxPackets,
        errors: 0,
        dropped: 0,
        over_errors: 0,
        multicast: 0,
      },
      tx: {
        bytes: counters.txBytes,
        packets: counters.txPackets,
        errors: 0,
        dropped: 0,
        carrier_errors: 0,
        collisions: 0,
      },
    },
  };
}
