// The matches on ports and packet types: tcp, udp, sctp, multiport, icmp.
// Mirrors: libxt_tcp.c, libxt_udp.c, libxt_sctp.c, libxt_multiport.c, libxt_icmp.h. Differs: no --tcp-option, no chunk types.
import { err, ok, type Result } from '../../std/index.ts';
import type { Match, Negatable, PortRange } from './api.ts';
import { bang, type Extension, type OptionUse } from './extension.ts';
import {
  formatTcpFlags,
  icmpTypeName,
  parseIcmpType,
  parsePort,
  parseTcpFlags,
  portName,
} from './protocols.ts';

type PortsMatch = Extract<Match, { name: 'tcp' | 'udp' | 'sctp' }>;

const badPort = (text: string) => err(`invalid port/service \`${text}' specified`);

function parseRange(text: string): Result<PortRange, string> {
  const [first = '', second, ...rest] = text.split(':');
  if (rest.length > 0) return badPort(text);
  const from = second !== undefined && first === '' ? 0 : parsePort(first);
  if (from === undefined) return badPort(first);
  const to = second === undefined ? from : second === '' ? 65_535 : parsePort(second);
  if (to === undefined) return badPort(second ?? '');
  if (to < from) return err('invalid portrange (min > max)');
  return ok({ from, to });
}

const formatRange = (range: PortRange): string =>
  range.from === range.to ? String(range.from) : `${range.from}:${range.to}`;

const listPort = (port: number, numeric: boolean): string =>
  numeric ? String(port) : portName(port);

const listRange = (range: PortRange, numeric: boolean): string =>
  range.from === range.to
    ? listPort(range.from, numeric)
    : `${listPort(range.from, numeric)}:${listPort(range.to, numeric)}`;

function listSide(
  side: 'spt' | 'dpt',
  ports: Negatable<PortRange> | undefined,
  numeric: boolean,
): string {
  if (!ports) return '';
  const plural = ports.value.from === ports.value.to ? '' : 's';
  return ` ${side}${plural}:${ports.not ? '!' : ''}${listRange(ports.value, numeric)}`;
}

function listFlags(flags: PortsMatch['flags'], numeric: boolean): string {
  if (!flags) return '';
  const two = (bits: number) => `0x${bits.toString(16).toUpperCase().padStart(2, '0')}`;
  const { mask, set } = flags.value;
  const text = numeric
    ? `${two(mask)}/${two(set)}`
    : `${formatTcpFlags(mask)}/${formatTcpFlags(set)}`;
  return ` flags:${flags.not ? '!' : ''}${text}`;
}

function takePorts(
  soFar: Partial<PortsMatch>,
  use: OptionUse,
): Result<Partial<PortsMatch>, string> {
  const [first = '', second = ''] = use.args;
  switch (use.name) {
    case 'sport':
    case 'source-port':
    case 'dport':
    case 'destination-port': {
      const range = parseRange(first);
      if (!range.ok) return range;
      const ports = { value: range.value, not: use.not };
      return ok(
        use.name.startsWith('s')
          ? { ...soFar, sourcePorts: ports }
          : { ...soFar, destinationPorts: ports },
      );
    }
    case 'syn':
      return ok({ ...soFar, flags: { value: { mask: 0x17, set: 0x02 }, not: use.not } });
    default: {
      const mask = parseTcpFlags(first);
      const set = parseTcpFlags(second);
      if (mask === undefined) return err(`Unknown TCP flag \`${first}'`);
      if (set === undefined) return err(`Unknown TCP flag \`${second}'`);
      return ok({ ...soFar, flags: { value: { mask, set }, not: use.not } });
    }
  }
}

function savePorts(match: PortsMatch): string {
  const { sourcePorts: from, destinationPorts: to, flags } = match;
  return (
    (from ? ` ${bang(from.not)}--sport ${formatRange(from.value)}` : '') +
    (to ? ` ${bang(to.not)}--dport ${formatRange(to.value)}` : '') +
    (flags
      ? ` ${bang(flags.not)}--tcp-flags ${formatTcpFlags(flags.value.mask)} ${formatTcpFlags(flags.value.set)}`
      : '')
  );
}

function portsExtension(name: PortsMatch['name']): Extension<PortsMatch> {
  const ports = { sport: 1, 'source-port': 1, dport: 1, 'destination-port': 1 };
  return {
    options: name === 'tcp' ? { ...ports, syn: 0, 'tcp-flags': 2 } : ports,
    initial: { name },
    take: takePorts,
    complete: (soFar) => ok({ ...soFar, name }),
    save: savePorts,
    list: (match, numeric) =>
      ` ${name}${listSide('spt', match.sourcePorts, numeric)}${listSide('dpt', match.destinationPorts, numeric)}${listFlags(match.flags, numeric)}`,
  };
}

export const tcpMatch = portsExtension('tcp');
export const udpMatch = portsExtension('udp');
export const sctpMatch = portsExtension('sctp');

type Multiport = Extract<Match, { name: 'multiport' }>;

const multiportOptions: Readonly<Record<string, Multiport['which']>> = {
  dports: 'dports',
  'destination-ports': 'dports',
  sports: 'sports',
  'source-ports': 'sports',
  ports: 'ports',
};

function parsePortList(text: string): Result<readonly PortRange[], string> {
  const ranges: PortRange[] = [];
  for (const part of text.split(',')) {
    const range = parseRange(part);
    if (!range.ok) return range;
    ranges.push(range.value);
  }
  return ranges.length > 15 ? err('too many ports specified') : ok(ranges);
}

export const multiportMatch: Extension<Multiport> = {
  options: Object.fromEntries(Object.keys(multiportOptions).map((option) => [option, 1])),
  initial: { name: 'multiport' },
  take(soFar, use) {
    const ports = parsePortList(use.args[0] ?? '');
    if (!ports.ok) return ports;
    const which = multiportOptions[use.name] ?? 'ports';
    return ok({ ...soFar, which, ports: { value: ports.value, not: use.not } });
  },
  complete({ which, ports }) {
    return which && ports
      ? ok({ name: 'multiport', which, ports })
      : err('multiport expection an option');
  },
  save: ({ which, ports }) =>
    ` ${bang(ports.not)}--${which} ${ports.value.map(formatRange).join(',')}`,
  list: ({ which, ports }, numeric) =>
    ` multiport ${which} ${ports.not ? ' !' : ''}${ports.value.map((p) => listRange(p, numeric)).join(',')}`,
};

type IcmpMatch = Extract<Match, { name: 'icmp' }>;

function listIcmp(type: Negatable<string>, numeric: boolean): string {
  const not = type.not ? '!' : '';
  const name = numeric ? undefined : icmpTypeName(type.value);
  if (name !== undefined) return ` icmp ${not}${name}`;
  const [number = '', code] = (type.value === 'any' ? '255' : type.value).split('/');
  const head = type.not ? ' icmp !type' : ' icmptype';
  return `${head} ${number}${code === undefined ? '' : ` code ${code}`}`;
}

export const icmpMatch: Extension<IcmpMatch> = {
  options: { 'icmp-type': 1 },
  initial: { name: 'icmp' },
  take(soFar, use) {
    const type = parseIcmpType(use.args[0] ?? '');
    return type === undefined
      ? err(`Unknown ICMP type \`${use.args[0]}'`)
      : ok({ ...soFar, type: { value: type, not: use.not } });
  },
  complete: ({ type }) => ok({ name: 'icmp', type: type ?? { value: 'any', not: false } }),
  save: ({ type }) => ` ${bang(type.not)}--icmp-type ${type.value}`,
  list: ({ type }, numeric) => listIcmp(type, numeric),
};
