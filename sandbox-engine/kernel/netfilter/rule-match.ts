// Does a packet match a rule? Mirrors: ip_packet_match of ip_tables.c and the match functions of xt_tcpudp, xt_multiport,
// xt_conntrack, xt_addrtype, xt_mark, xt_ipvs, xt_policy, xt_bpf, xt_statistic, xt_limit.
import type { Rng } from '../../sim/index.ts';
import { unreachable } from '../../std/index.ts';
import { contains, type Ipv4Packet } from '../../wire/index.ts';
import type { LinkRow } from '../rows.ts';
import type { HookName, Match, Negatable, PortRange, RuleRow, RuleSpec } from './api.ts';
import type { Tracked } from './conntrack.ts';
import type { FilterEnvironment, PacketContext } from './hook.ts';
import { protocolNumber, tcpFlagBits } from './protocols.ts';
import { type Credit, spendCredit } from './rate-match.ts';

export interface MatchScope {
  readonly environment: FilterEnvironment;
  readonly context: PacketContext;
  readonly hook: HookName;
  /** Undefined: INVALID. */
  readonly tracked: Tracked | undefined;
  /** Packets that each `-m statistic --mode nth` rule has seen, by rule id. */
  readonly seen: Map<string, number>;
  /** What each `-m limit` rule still lets through, by rule id. */
  readonly credits: Map<string, Credit>;
  readonly rng: Rng;
}

const hasInput: ReadonlySet<HookName> = new Set(['PREROUTING', 'INPUT', 'FORWARD']);
const hasOutput: ReadonlySet<HookName> = new Set(['FORWARD', 'OUTPUT', 'POSTROUTING']);
const wireProtocols = { icmp: 1, tcp: 6, udp: 17, esp: 50 } as const;

export function ruleMatches(row: RuleRow, scope: MatchScope): boolean {
  if (!headerMatches(row.spec, scope)) return false;
  for (const match of row.spec.matches) if (!matches(match, row, scope)) return false;
  return true;
}

function headerMatches(spec: RuleSpec, { context, hook }: MatchScope): boolean {
  const { source, destination, inInterface, outInterface, protocol } = spec;
  const { packet } = context;
  if (source && contains(source.value, packet.source) === source.not) return false;
  if (destination && contains(destination.value, packet.destination) === destination.not)
    return false;
  if (inInterface) {
    const link = hasInput.has(hook) ? context.inLink : undefined;
    if (isNamed(link, inInterface.value) === inInterface.not) return false;
  }
  if (outInterface) {
    const link = hasOutput.has(hook) ? context.outLink : undefined;
    if (isNamed(link, outInterface.value) === outInterface.not) return false;
  }
  if (!protocol) return true;
  const { value, not } = protocol;
  const is =
    value === packet.transport.protocol ||
    protocolNumber(value) === wireProtocols[packet.transport.protocol];
  return is !== not;
}

function isNamed(link: LinkRow | undefined, pattern: string): boolean {
  const name = link?.name ?? '';
  return pattern.endsWith('+') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

const within = (port: number, range: PortRange): boolean => port >= range.from && port <= range.to;

const accepts = (ports: Negatable<PortRange> | undefined, port: number): boolean =>
  ports === undefined || within(port, ports.value) !== ports.not;

function matches(match: Match, row: RuleRow, scope: MatchScope): boolean {
  const { context, tracked } = scope;
  switch (match.name) {
    case 'tcp':
    case 'udp':
    case 'sctp':
      return portsMatch(match, context.packet);
    case 'icmp':
      return icmpMatches(match.type, context.packet);
    case 'multiport':
      return multiportMatches(match, context.packet);
    case 'conntrack':
    case 'state':
      return match.states.value.some((state) => hasState(tracked, state)) !== match.states.not;
    case 'addrtype':
      return (
        isOfType(match.sourceType, context.packet.source, scope) &&
        isOfType(match.destinationType, context.packet.destination, scope)
      );
    case 'mark': {
      const { value, mask } = match.mark.value;
      return ((context.mark & mask) >>> 0 === value) !== match.mark.not;
    }
    case 'comment':
      return true;
    case 'ipvs':
      return context.ipvs !== (match.not === true);
    case 'policy':
      return (match.direction === 'in' && context.decrypted) === (match.policy === 'ipsec');
    case 'bpf':
      return vniOf(context.packet) === match.vni;
    case 'statistic':
      return drawn(match, row, scope);
    case 'limit': {
      const { sim } = scope.environment;
      const { allowed, credit } = spendCredit(match, scope.credits.get(row.id), sim.now());
      scope.credits.set(row.id, credit);
      return allowed;
    }
    default:
      return unreachable(match);
  }
}

function portsMatch(
  match: Extract<Match, { name: 'tcp' | 'udp' | 'sctp' }>,
  { transport }: Ipv4Packet,
): boolean {
  if (transport.protocol !== match.name) return false;
  if (!accepts(match.sourcePorts, transport.sourcePort)) return false;
  if (!accepts(match.destinationPorts, transport.destinationPort)) return false;
  if (!match.flags || transport.protocol !== 'tcp') return true;
  const { FIN, SYN, RST, PSH, ACK } = tcpFlagBits;
  const bits =
    (transport.fin ? FIN : 0) |
    (transport.syn ? SYN : 0) |
    (transport.rst ? RST : 0) |
    (transport.psh ? PSH : 0) |
    (transport.ack ? ACK : 0);
  const { mask, set } = match.flags.value;
  return ((bits & mask) === set) !== match.flags.not;
}

function icmpMatches(type: Negatable<string>, { transport }: Ipv4Packet): boolean {
  if (transport.protocol !== 'icmp') return false;
  const [number, code] = type.value.split('/');
  const is =
    type.value === 'any' ||
    (transport.type === Number(number) && (code === undefined || transport.code === Number(code)));
  return is !== type.not;
}

function multiportMatches(
  { which, ports }: Extract<Match, { name: 'multiport' }>,
  { transport }: Ipv4Packet,
): boolean {
  if (transport.protocol !== 'tcp' && transport.protocol !== 'udp') return false;
  const { sourcePort, destinationPort } = transport;
  const is = ports.value.some(
    (range) =>
      (which !== 'dports' && within(sourcePort, range)) ||
      (which !== 'sports' && within(destinationPort, range)),
  );
  return is !== ports.not;
}

function hasState(tracked: Tracked | undefined, state: string): boolean {
  if (!tracked) return state === 'INVALID';
  if (state === 'SNAT') return tracked.entry.sourceNat;
  if (state === 'DNAT') return tracked.entry.destinationNat;
  return tracked.state === state;
}

function isOfType(
  type: Negatable<string> | undefined,
  address: Ipv4Packet['source'],
  { environment }: MatchScope,
): boolean {
  if (!type) return true;
  return type.value.split(',').includes(environment.addressType(address)) !== type.not;
}

function vniOf({ transport }: Ipv4Packet): number | undefined {
  return transport.protocol === 'udp' && transport.payload.kind === 'vxlan'
    ? transport.payload.vni
    : undefined;
}

function drawn(
  match: Extract<Match, { name: 'statistic' }>,
  row: RuleRow,
  { seen, rng }: MatchScope,
): boolean {
  if (match.mode === 'random')
    return rng.below(0x8000_0000) < Number(match.probability ?? 0) * 0x8000_0000;
  const count = seen.get(row.id) ?? 0;
  seen.set(row.id, count + 1);
  return count % (match.every ?? 1) === (match.packet ?? 0);
}
