// Names to addresses and back, as programs with the C library see it: numbers, /etc/hosts, then DNS.
//
// Mirrors: getaddrinfo(3), getnameinfo(3), resolv.conf(5) of glibc with `hosts: files dns`, and the order of answers
// of RFC 6724 as glibc sorts IPv4 (rules 1, 6 and 9). Differs: of IPv6 only what /etc/hosts says about ::1 is answered.
import { type Micros, micros, type Op, seconds } from '../sim/index.ts';
import { err, ok, type Result } from '../std/index.ts';
import { type DnsPayload, formatIpv4, type Ipv4, ip, netmask, parseIpv4 } from '../wire/index.ts';
import type { FileSystem } from './api.ts';
import { askServer, dnsQuery, reverseName, withoutFinalDot } from './dns.ts';
import { receiveDatagram, type SocketContext } from './sockets.ts';

/** Where a name is looked up. A `Process` is one. */
export interface ResolverContext extends SocketContext {
  readonly fs: FileSystem;
}

export type ResolveError = 'EAI_NONAME' | 'EAI_AGAIN' | 'EAI_FAIL' | 'EAI_NODATA';

/** Mirrors: gai_strerror(3) of glibc. */
export const resolveErrorText: Readonly<Record<ResolveError, string>> = {
  EAI_NONAME: 'Name or service not known',
  EAI_AGAIN: 'Temporary failure in name resolution',
  EAI_FAIL: 'Non-recoverable failure in name resolution',
  EAI_NODATA: 'No address associated with hostname',
};

/** An address that a name stands for. Of IPv6 there is only the loopback, ::1. */
export type HostAddress =
  | { readonly family: 'ipv4'; readonly address: Ipv4 }
  | { readonly family: 'ipv6'; readonly address: '::1' };

export const formatHostAddress = (host: HostAddress): string =>
  host.family === 'ipv4' ? formatIpv4(host.address) : host.address;

// ---- resolv.conf and hosts ------------------------------------------------------------------

export interface ResolverConfig {
  readonly nameservers: readonly Ipv4[];
  readonly search: readonly string[];
  readonly ndots: number;
  /** For each try. */
  readonly timeout: Micros;
  readonly attempts: number;
}

/** /etc/resolv.conf; what it does not say has glibc's defaults. */
export function readResolverConfig(fs: FileSystem): ResolverConfig {
  const file = fs.read('/etc/resolv.conf');
  const lines = (file.ok ? file.value : '').split('\n').map((line) => line.trim().split(/\s+/));
  const values = (keyword: string): string[][] =>
    lines.filter(([first]) => first === keyword).map(([, ...rest]) => rest);
  const option = (name: string, standard: number): number => {
    const texts = values('options').flat();
    const text = texts.findLast((o) => o.startsWith(`${name}:`));
    const value = Number(text?.slice(name.length + 1));
    return text !== undefined && Number.isInteger(value) ? value : standard;
  };
  const nameservers = values('nameserver')
    .map(([address = '']) => parseIpv4(address))
    .filter((address) => address !== undefined)
    .slice(0, 3);
  return {
    nameservers: nameservers.length > 0 ? nameservers : [ip('127.0.0.1')],
    search: [...values('search'), ...values('domain')][0] ?? [],
    ndots: Math.min(option('ndots', 1), 15),
    timeout: seconds(Math.min(option('timeout', 5), 30)),
    attempts: Math.min(option('attempts', 2), 5),
  };
}

interface HostsLine {
  readonly address: string;
  /** The first is the canonical one. */
  readonly names: readonly string[];
}

/** The lines of /etc/hosts. */
export function readHosts(fs: FileSystem): readonly HostsLine[] {
  const file = fs.read('/etc/hosts');
  if (!file.ok) return [];
  return file.value.split('\n').flatMap((line) => {
    const [address, ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    return address && names.length > 0 ? [{ address, names }] : [];
  });
}

function fromHosts(fs: FileSystem, name: string): readonly HostAddress[] {
  const wanted = name.toLowerCase();
  const lines = readHosts(fs).filter((l) => l.names.some((n) => n.toLowerCase() === wanted));
  return lines.flatMap((line): HostAddress[] => {
    const address = parseIpv4(line.address);
    if (address !== undefined) return [{ family: 'ipv4', address }];
    return line.address === '::1' ? [{ family: 'ipv6', address: '::1' }] : [];
  });
}

// ---- DNS ------------------------------------------------------------------------------------

/** The full names that are asked for one after the other, by `search` and `ndots`. */
export function candidateNames(config: ResolverConfig, name: string): readonly string[] {
  if (name.endsWith('.')) return [withoutFinalDot(name)];
  const searched = config.search.map((domain) => withoutFinalDot(`${name}.${domain}`));
  const dots = name.split('.').length - 1;
  return dots >= config.ndots ? [name, ...searched] : [...searched, name];
}

const asked = ['A', 'AAAA'] as const;

/** A and AAAA of one name from one server, sent together from one socket; undefined: not both in time. */
function* askBoth(
  context: SocketContext,
  server: Ipv4,
  name: string,
  until: Micros,
): Op<readonly DnsPayload[] | undefined> {
  const { sockets } = context.kernel;
  const bound = sockets.udpBind(context.netns, {});
  if (!bound.ok) return undefined;
  try {
    const queries = asked.map((type) => dnsQuery(context, { name, type }));
    for (const query of queries) {
      if (!sockets.udpSend(bound.value, server, 53, query).ok) return undefined;
    }
    const answers = new Map<number, DnsPayload>();
    while (answers.size < queries.length) {
      const arrived = yield* receiveDatagram(context, bound.value, until);
      if (!arrived.ok) {
        if (arrived.error === 'EINTR') continue;
        return undefined;
      }
      const { payload, from } = arrived.value;
      if (from !== server || payload.kind !== 'dns' || !payload.response) continue;
      if (queries.some((q) => q.id === payload.id)) answers.set(payload.id, payload);
    }
    return queries.flatMap((q) => answers.get(q.id) ?? []);
  } finally {
    sockets.close(bound.value);
  }
}

/** Tries every server `attempts` times. A server that fails (SERVFAIL, REFUSED, silence) gives way to the next. */
function* askServers(
  context: SocketContext,
  config: ResolverConfig,
  name: string,
): Op<Result<readonly DnsPayload[], 'EAI_AGAIN'>> {
  for (let attempt = 0; attempt < config.attempts; attempt += 1) {
    for (const server of config.nameservers) {
      const until = micros(context.sim.now() + config.timeout);
      const answers = yield* askBoth(context, server, name, until);
      const failed = answers?.some((a) => a.rcode === 'SERVFAIL' || a.rcode === 'REFUSED') ?? true;
      if (answers && !failed) return ok(answers);
    }
  }
  return err('EAI_AGAIN');
}

function* fromDns(
  context: ResolverContext,
  name: string,
): Op<Result<readonly HostAddress[], ResolveError>> {
  const config = readResolverConfig(context.fs);
  let failure: ResolveError = 'EAI_NONAME';
  for (const candidate of candidateNames(config, name)) {
    const answers = yield* askServers(context, config, candidate);
    if (!answers.ok) {
      failure = 'EAI_AGAIN';
      continue;
    }
    const addresses = answers.value
      .flatMap((message) => message.answers)
      .filter((record) => record.type === 'A')
      .flatMap((record): HostAddress[] => {
        const address = parseIpv4(record.data);
        return address === undefined ? [] : [{ family: 'ipv4', address }];
      });
    if (addresses.length > 0) return ok(addresses);
    if (answers.value.some((message) => message.rcode === 'NOERROR')) failure = 'EAI_NODATA';
  }
  return err(failure);
}

// ---- what programs call ---------------------------------------------------------------------

/** How far from its own source address a destination is, for RFC 6724 rule 9: 0 when on another subnet. */
function distance(context: SocketContext, address: Ipv4): number {
  const route = context.kernel.routeLookup(context.netns, address);
  if (!route.ok) return 64;
  const { source } = route.value;
  const own = context.kernel
    .addresses({ netns: context.netns })
    .find((row) => row.address === source);
  const mask = netmask(own?.prefixLength ?? 32);
  if ((address & mask) !== (source & mask)) return 0;
  return 32 - Math.clz32(address ^ source);
}

/** glibc's order: IPv6 first, unreachable last, then nearest first; otherwise as they came. */
function inOrder(context: SocketContext, hosts: readonly HostAddress[]): HostAddress[] {
  const rank = (host: HostAddress): number =>
    host.family === 'ipv6' ? -1 : distance(context, host.address);
  return hosts
    .map((host) => ({ host, rank: rank(host) }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ host }) => host);
}

export interface LookupOptions {
  /** Only addresses of that family. */
  readonly family?: 'ipv4' | 'ipv6';
  /** Leave the order as it came, as gethostbyname does. */
  readonly unsorted?: boolean;
}

/** The addresses of a name, best first; never an empty list. Mirrors: getaddrinfo(3). */
export function* lookupName(
  context: ResolverContext,
  name: string,
  options: LookupOptions = {},
): Op<Result<readonly HostAddress[], ResolveError>> {
  const wanted = (hosts: readonly HostAddress[]): HostAddress[] =>
    hosts.filter((host) => options.family === undefined || host.family === options.family);
  const number = parseIpv4(name);
  if (number !== undefined || name === '::1') {
    const host: HostAddress =
      number === undefined
        ? { family: 'ipv6', address: '::1' }
        : { family: 'ipv4', address: number };
    return wanted([host]).length > 0 ? ok([host]) : err('EAI_NONAME');
  }
  if (name === '' || /[^\w.-]/.test(name)) return err('EAI_NONAME');
  const local = wanted(fromHosts(context.fs, withoutFinalDot(name)));
  if (local.length > 0) return ok(options.unsorted ? local : inOrder(context, local));
  if (options.family === 'ipv6') return err('EAI_NONAME');
  const answer = yield* fromDns(context, name);
  if (!answer.ok || options.unsorted) return answer;
  return ok(inOrder(context, answer.value));
}

/** The IPv4 addresses of a name, best first; never an empty list. */
export function* lookupIpv4(
  context: ResolverContext,
  name: string,
): Op<Result<readonly Ipv4[], ResolveError>> {
  const hosts = yield* lookupName(context, name, { family: 'ipv4' });
  if (!hosts.ok) return hosts;
  return ok(hosts.value.flatMap((h) => (h.family === 'ipv4' ? [h.address] : [])));
}

/** The name of an address, without a final dot; undefined when none is known. Mirrors: getnameinfo(3), NI_NAMEREQD. */
export function* lookupAddress(context: ResolverContext, address: Ipv4): Op<string | undefined> {
  const text = formatIpv4(address);
  const local = readHosts(context.fs).find((line) => line.address === text);
  if (local) return local.names[0];
  const config = readResolverConfig(context.fs);
  for (let attempt = 0; attempt < config.attempts; attempt += 1) {
    for (const server of config.nameservers) {
      const question = { name: reverseName(address), type: 'PTR' };
      const until = micros(context.sim.now() + config.timeout);
      const answer = yield* askServer(context, { address: server }, question, until);
      if (!answer.ok) continue;
      const { rcode, answers } = answer.value;
      if (rcode === 'SERVFAIL' || rcode === 'REFUSED') continue;
      const record = answers.find((r) => r.type === 'PTR');
      return record && withoutFinalDot(record.data);
    }
  }
  return undefined;
}
