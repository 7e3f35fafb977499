// `ip xfrm state` and `ip xfrm policy`: IPsec as encrypted overlays set it up.

import type { XfrmPolicyRow, XfrmStateRow } from '../../kernel/index.ts';
import { civilTime } from '../../std/index.ts';
import { formatIpv4 } from '../../wire/index.ts';
import {
  type Answer,
  expand,
  type IpContext,
  notSimulated,
  printed,
  unknownCommand,
} from './context.ts';

export function xfrmCommand(context: IpContext, args: readonly string[]): Answer {
  const [word = '', verb = 'list'] = args;
  const object = expand(word, ['state', 'policy', 'monitor', 'help']);
  if (word === '' || object === undefined) return unknownCommand(word, 'xfrm');
  const command = expand(verb, [
    'list',
    'show',
    'lst',
    'count',
    'flush',
    'get',
    'add',
    'update',
    'delete',
  ]);
  const listing = command === 'list' || command === 'show' || command === 'lst';
  if (!listing || object === 'monitor' || object === 'help')
    return notSimulated(`ip xfrm ${word} ${verb}`);
  const xfrm = context.kernel.xfrm?.(context.netns);
  if (!xfrm) return printed('');
  const text =
    object === 'state'
      ? (xfrm.states?.() ?? []).map((row) => stateText(context, row))
      : (xfrm.policies?.() ?? []).map(policyText);
  return printed(text.join(''));
}

const hex = (value: number, digits = 0): string => `0x${value.toString(16).padStart(digits, '0')}`;

function stateText(context: IpContext, row: XfrmStateRow): string {
  const { source, destination, spi, reqid, algorithm, key, icvBits } = row;
  const statistics = context.options.statistics > 0;
  const lines = [
    `src ${formatIpv4(source)} dst ${formatIpv4(destination)}`,
    statistics
      ? `\tproto esp spi ${hex(spi, 8)}(${spi}) reqid ${reqid}(${hex(reqid, 8)}) mode transport`
      : `\tproto esp spi ${hex(spi, 8)} reqid ${reqid} mode transport`,
    statistics ? '\treplay-window 0 seq 0x00000000 flag  (0x00000000)' : '\treplay-window 0 ',
    `\taead ${algorithm} ${key}${statistics ? ` (${(key.length - 2) * 4} bits)` : ''} ${icvBits}`,
    ...(row.usedAt === undefined ? [] : [`\tlastused ${timeText(context, row.usedAt)}`]),
    `\tanti-replay context: seq 0x0, oseq ${hex(row.outputSequence)}, bitmap 0x00000000`,
    `\tsel src 0.0.0.0/0 dst 0.0.0.0/0 ${statistics ? 'uid 0' : ''}`,
  ];
  return `${[...lines, ...(statistics ? stateLifetimes(context, row) : [])].join('\n')}\n`;
}

function stateLifetimes(context: IpContext, row: XfrmStateRow): string[] {
  const date = timeText(context, row.addedAt);
  const used = row.usedAt === undefined ? '-' : timeText(context, row.usedAt);
  return [
    '\tlifetime config:',
    '\t  limit: soft (INF)(bytes), hard (INF)(bytes)',
    '\t  limit: soft (INF)(packets), hard (INF)(packets)',
    '\t  expire add: soft 0(sec), hard 0(sec)',
    '\t  expire use: soft 0(sec), hard 0(sec)',
    '\tlifetime current:',
    `\t  ${row.bytes}(bytes), ${row.packets}(packets)`,
    `\t  add ${date} use ${used}`,
    '\tstats:',
    '\t  replay-window 0 replay 0 failed 0',
  ];
}

/** `2026-11-22 00:41:39`, UTC. */
function timeText(context: IpContext, micros: number): string {
  const { sim } = context.process;
  const { year, month, day, hour, minute, second } = civilTime(sim.epochMillis + micros / 1000);
  const two = (n: number): string => `${n}`.padStart(2, '0');
  return `${year}-${two(month)}-${two(day)} ${two(hour)}:${two(minute)}:${two(second)}`;
}

function policyText(row: XfrmPolicyRow): string {
  const port = row.destinationPort === undefined ? '' : `dport ${row.destinationPort} `;
  return [
    `src ${formatIpv4(row.source)}/32 dst ${formatIpv4(row.destination)}/32 proto udp ${port}`,
    `\tdir ${row.direction} priority 0 ptype main `,
    `\tmark ${hex(row.mark)}/0xffffffff `,
    `\ttmpl src ${formatIpv4(row.source)} dst ${formatIpv4(row.destination)}`,
    `\t\tproto esp spi ${hex(row.spi, 8)} reqid ${row.reqid} mode transport`,
    '',
  ].join('\n');
}
