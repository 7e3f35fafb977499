// The register of match and target extensions, and the names of those that exist but are not simulated.
import type { Match, Target } from './api.ts';
import type { Extension } from './extension.ts';
import { icmpMatch, multiportMatch, sctpMatch, tcpMatch, udpMatch } from './port-matches.ts';
import { limitMatch } from './rate-match.ts';
import {
  addrtypeMatch,
  bpfMatch,
  commentMatch,
  conntrackMatch,
  ipvsMatch,
  markMatch,
  policyMatch,
  stateMatch,
  statisticMatch,
} from './state-matches.ts';
import {
  dnatTarget,
  logTarget,
  markTarget,
  masqueradeTarget,
  redirectTarget,
  rejectTarget,
  snatTarget,
  tcpmssTarget,
} from './targets.ts';

type MatchExtensions = { readonly [Name in Match['name']]: Extension<never> };
type ExtendedTarget = Exclude<Target['name'], 'ACCEPT' | 'DROP' | 'RETURN' | 'jump'>;
type TargetExtensions = { readonly [Name in ExtendedTarget]: Extension<never> };

// `Extension` is not variant in its value: within a register it is only ever given back what it made itself.
const widen = <Value>(extension: Extension<Value>): Extension<never> =>
  extension as unknown as Extension<never>;

const matches: MatchExtensions = {
  tcp: widen(tcpMatch),
  udp: widen(udpMatch),
  sctp: widen(sctpMatch),
  icmp: widen(icmpMatch),
  multiport: widen(multiportMatch),
  conntrack: widen(conntrackMatch),
  state: widen(stateMatch),
  addrtype: widen(addrtypeMatch),
  mark: widen(markMatch),
  ipvs: widen(ipvsMatch),
  policy: widen(policyMatch),
  bpf: widen(bpfMatch),
  statistic: widen(statisticMatch),
  limit: widen(limitMatch),
  comment: widen(commentMatch),
};

const targets: TargetExtensions = {
  REJECT: widen(rejectTarget),
  LOG: widen(logTarget),
  MASQUERADE: widen(masqueradeTarget),
  DNAT: widen(dnatTarget),
  SNAT: widen(snatTarget),
  REDIRECT: widen(redirectTarget),
  MARK: widen(markTarget),
  TCPMSS: widen(tcpmssTarget),
};

const own = (register: object, name: string): Extension<object> | undefined =>
  Object.hasOwn(register, name)
    ? (register as Readonly<Record<string, Extension<object>>>)[name]
    : undefined;

export const findMatch = (name: string): Extension<object> | undefined => own(matches, name);
export const findTarget = (name: string): Extension<object> | undefined => own(targets, name);

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

export const unsimulatedMatches = words(
  'ah bpfilter cgroup cluster connbytes connlabel connlimit connmark cpu dccp devgroup dscp dst ecn esp hashlimit ' +
    'helper iprange length mac nfacct osf owner physdev pkttype quota rateest realm recent rpfilter set socket ' +
    'string tcpmss time tos ttl u32 unclean',
);

export const unsimulatedTargets = words(
  'AUDIT CHECKSUM CLASSIFY CLUSTERIP CONNMARK CONNSECMARK CT DSCP ECN HMARK IDLETIMER LED NETMAP NFLOG NFQUEUE NOTRACK ' +
    'QUEUE RATEEST SECMARK SET SYNPROXY TCPOPTSTRIP TEE TOS TPROXY TRACE TTL ULOG',
);
