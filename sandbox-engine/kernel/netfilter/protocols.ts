// Names that the iptables tools know by number: protocols, ports, TCP flags, ICMP types.
// Mirrors: /etc/protocols and /etc/services of Debian (those that occur in labs), extensions/libxt_icmp.h.

/** Protocol names by number. */
const protocols = new Map<string, number>([
  ['icmp', 1],
  ['tcp', 6],
  ['udp', 17],
  ['gre', 47],
  ['esp', 50],
  ['ah', 51],
  ['sctp', 132],
]);

export const protocolNumber = (name: string): number | undefined =>
  protocols.get(name) ?? (/^\d{1,3}$/.test(name) && Number(name) < 256 ? Number(name) : undefined);

/** The name that a protocol goes by; undefined when there is no such protocol. `all` and 0 are ''. */
export function protocolName(text: string): string | undefined {
  const lower = text.toLowerCase();
  if (lower === 'all' || lower === '0') return '';
  if (protocols.has(lower)) return lower;
  const number = protocolNumber(lower);
  if (number === undefined) return undefined;
  for (const [name, n] of protocols) if (n === number) return name;
  return String(number);
}

const services: Readonly<Record<string, number>> = {
  tcpmux: 1,
  echo: 7,
  'ftp-data': 20,
  ftp: 21,
  ssh: 22,
  telnet: 23,
  smtp: 25,
  domain: 53,
  bootps: 67,
  bootpc: 68,
  tftp: 69,
  http: 80,
  pop3: 110,
  ntp: 123,
  snmp: 161,
  imap2: 143,
  https: 443,
  syslog: 514,
  socks: 1080,
  mysql: 3306,
  postgresql: 5432,
  redis: 6379,
  'http-alt': 8080,
};

export function parsePort(text: string): number | undefined {
  if (/^\d+$/.test(text)) return Number(text) < 65_536 ? Number(text) : undefined;
  return services[text];
}

export function portName(port: number): string {
  for (const [name, n] of Object.entries(services)) if (n === port) return name;
  return String(port);
}

export const tcpFlagBits = { FIN: 1, SYN: 2, RST: 4, PSH: 8, ACK: 16, URG: 32 } as const;

/** `SYN,ACK` (also ALL and NONE) as bits. */
export function parseTcpFlags(text: string): number | undefined {
  let bits = 0;
  for (const word of text.split(',')) {
    const name = word.toUpperCase();
    if (name === 'ALL') bits = 63;
    else if (name in tcpFlagBits) bits |= tcpFlagBits[name as keyof typeof tcpFlagBits];
    else if (name !== 'NONE') return undefined;
  }
  return bits;
}

export function formatTcpFlags(bits: number): string {
  const names = Object.entries(tcpFlagBits).filter(([, bit]) => bits & bit);
  return names.length === 0 ? 'NONE' : names.map(([name]) => name).join(',');
}

/** ICMP types by name, as `type` or `type/code`; the first name of a value is the one that is printed. */
const icmpTypes: Readonly<Record<string, string>> = {
  any: 'any',
  'echo-reply': '0',
  pong: '0',
  'destination-unreachable': '3',
  'network-unreachable': '3/0',
  'host-unreachable': '3/1',
  'protocol-unreachable': '3/2',
  'port-unreachable': '3/3',
  'fragmentation-needed': '3/4',
  'source-route-failed': '3/5',
  'network-prohibited': '3/9',
  'host-prohibited': '3/10',
  'communication-prohibited': '3/13',
  'source-quench': '4',
  redirect: '5',
  'echo-request': '8',
  ping: '8',
  'time-exceeded': '11',
  'ttl-exceeded': '11',
  'ttl-zero-during-transit': '11/0',
  'parameter-problem': '12',
  'timestamp-request': '13',
  'timestamp-reply': '14',
};

/** A type as it is kept: `8`, `3/4`, `any`; undefined when there is none of that name. */
export function parseIcmpType(text: string): string | undefined {
  const byName = icmpTypes[text.toLowerCase()];
  if (byName !== undefined) return byName;
  const match = /^(\d{1,3})(?:\/(\d{1,3}))?$/.exec(text);
  if (!match || Number(match[1]) > 255 || Number(match[2] ?? 0) > 255) return undefined;
  return text === '255' ? 'any' : text;
}

export function icmpTypeName(type: string): string | undefined {
  return Object.entries(icmpTypes).find(([, value]) => value === type)?.[0];
}
