// One exchange as it is drawn: the way of its first packet and of the first answer, stage by stage, with the addresses
// before and after each. All of it is what the trace recorded; nothing is worked out from what should have happened.
import type { Hop } from '../../kernel/index.ts';
import type {
  NamespaceView,
  PacketAddresses,
  RequestPlace,
  RequestStep,
  RequestView,
} from '../../protocol/index.ts';
import { formatIpv4 } from '../../wire/index.ts';
import type { World } from '../world.ts';
import { decisionView } from './decisions.ts';
import { identity } from './host.ts';
import { addressesOf, type Opened, opened } from './packets.ts';
import type { Exchange } from './requests.ts';

interface Seen extends Opened {
  readonly hop: Hop;
  readonly addresses: PacketAddresses;
}

export function requestView(world: World, exchange: Exchange): RequestView {
  const seen = exchange.hops.flatMap((hop): Seen[] => {
    const packet = opened(hop.packet);
    return packet ? [{ ...packet, hop, addresses: addressesOf(packet) }] : [];
  });
  const { sent, answered } = ways(seen);
  const there = steps(world, sent, 'there');
  const back = steps(world, answered, 'back');
  const last = there.at(-1);
  return {
    flow: exchange.flow,
    protocol: exchange.protocol,
    places: places(world, [...sent, ...answered]),
    there,
    back,
    ...(last && last.kind !== 'deliver' && { lost: last.decision }),
  };
}

// ---- which hops ----------------------------------------------------------------------------------

const arrives = ({ hop, tunnel }: Seen): boolean => hop.stage === 'socket' && !tunnel;

/** The hops of the first packet up to its end, and those of the first answer. */
function ways(seen: readonly Seen[]): { sent: readonly Seen[]; answered: readonly Seen[] } {
  const echo = seen.findLast(({ transport }) => isEcho(transport));
  const number = echo?.transport.protocol === 'icmp' ? echo.transport.sequence : undefined;
  const sent = untilEnd(seen.filter(({ transport }) => isRequest(transport, number)));
  const end = sent.at(-1);
  const after = end ? seen.slice(seen.indexOf(end) + 1) : [];
  const answered = untilEnd(after.filter(({ transport }) => isAnswer(transport, number)));
  const error = after.filter(({ transport }) => isError(transport));
  return { sent, answered: answered.length > 0 ? answered : untilEnd(error) };
}

const isEcho = (transport: Opened['transport']): boolean =>
  transport.protocol === 'icmp' && transport.type === 8;

function isRequest(transport: Opened['transport'], echo: number | undefined): boolean {
  if (transport.protocol === 'tcp') return transport.syn && !transport.ack;
  if (transport.protocol === 'icmp') return transport.type === 8 && transport.sequence === echo;
  return echo === undefined;
}

function isAnswer(transport: Opened['transport'], echo: number | undefined): boolean {
  if (transport.protocol === 'tcp') return (transport.syn && transport.ack) || transport.rst;
  if (transport.protocol === 'udp') return echo === undefined;
  return transport.type === 0 && transport.sequence === echo;
}

/** Unreachable, or the time to live is over. Redirects only say how to do better. */
const isError = (transport: Opened['transport']): boolean =>
  transport.protocol === 'icmp' && (transport.type === 3 || transport.type === 11);

/** One packet's hops: what is sent again later, after the first was lost without a word, is not told. */
function untilEnd(seen: readonly Seen[]): readonly Seen[] {
  const [first] = seen;
  const end = seen.findIndex(
    (one, i) =>
      arrives(one) ||
      one.hop.stage === 'drop' ||
      (i + 1 < seen.length && sameStart(first, seen[i + 1])),
  );
  return end < 0 ? seen : seen.slice(0, end + 1);
}

const sameStart = (first: Seen | undefined, other: Seen | undefined): boolean =>
  first !== undefined &&
  other !== undefined &&
  other.hop.at > first.hop.at &&
  other.hop.netns === first.hop.netns &&
  other.hop.stage === first.hop.stage &&
  sameDecision(other.hop, first.hop) &&
  other.packet.id !== first.packet.id;

const sameDecision = (a: Hop, b: Hop): boolean =>
  JSON.stringify(decisionView(a.decision)) === JSON.stringify(decisionView(b.decision));

// ---- how they are told ---------------------------------------------------------------------------

/** These write the hop when the packet has been changed; all others before. */
const toldAfterwards = new Set(['conntrack', 'ipvs']);

const same = (a: PacketAddresses, b: PacketAddresses): boolean =>
  a.source === b.source && a.destination === b.destination;

function steps(world: World, seen: readonly Seen[], way: 'there' | 'back'): RequestStep[] {
  let before = seen[0]?.addresses;
  return seen.map((one, i): RequestStep => {
    const from = before ?? one.addresses;
    const next = seen[i + 1];
    const nextTells =
      next !== undefined &&
      toldAfterwards.has(next.hop.cause?.collection ?? '') &&
      !same(next.addresses, one.addresses);
    const changedHere = !same(one.addresses, from);
    const after = changedHere || !next || nextTells ? one.addresses : next.addresses;
    before = after;
    const { hop, tunnel } = one;
    const matched = matchedOf(world, hop);
    return {
      id: `${way}/${i}`,
      place: hop.netns,
      ...(hop.link !== undefined && { device: hop.link }),
      stage: hop.stage,
      decision: decisionView(hop.decision),
      kind: kindOf(one, !same(from, after)),
      ...(matched !== undefined && { matched }),
      before: from,
      after,
      ...(hop.program !== undefined && { program: hop.program }),
      ...(tunnel && {
        tunnel: {
          source: formatIpv4(tunnel.outer.source),
          destination: formatIpv4(tunnel.outer.destination),
          ...(tunnel.vni !== undefined && { vni: tunnel.vni }),
          ...(tunnel.esp !== undefined && { esp: tunnel.esp }),
        },
      }),
    };
  });
}

/** What the counter of the rule that decided says, while the rule is there. */
function matchedOf({ network, machines }: World, { cause, host, netns }: Hop): number | undefined {
  if (cause?.collection !== 'rules' || !network.netfilter.rules.get(cause.id)) return undefined;
  const kernel = machines.get(host)?.host.kernel;
  // The namespace may have gone since, with its container or with the power.
  return kernel?.netnsList().includes(netns)
    ? kernel.netfilter(netns).counters(cause.id).packets
    : undefined;
}

function kindOf(one: Seen, translated: boolean): RequestStep['kind'] {
  const { hop } = one;
  if (dropsPacket(hop.decision)) return 'drop';
  if (arrives(one)) return 'deliver';
  if (['encapsulate', 'decapsulate', 'xfrm'].includes(hop.stage)) return 'tunnel';
  if (translated) return 'translate';
  if (hop.decision.kind === 'rule') return 'rule';
  return hop.stage === 'ipvs' ? 'translate' : 'pass';
}

/** It goes no further, though this is no stage of its own in the trace. */
function dropsPacket(decision: Hop['decision']): boolean {
  switch (decision.kind) {
    case 'policy-drop':
    case 'too-many-jumps':
    case 'no-xfrm-state':
    case 'lost':
      return true;
    case 'ipvs':
      return decision.outcome.kind === 'no-server';
    case 'rule': {
      const { effect } = decision;
      const refuses = effect.name === 'DROP' || effect.name === 'REJECT';
      const lacksAddress =
        (effect.name === 'MASQUERADE' || effect.name === 'REDIRECT') &&
        effect.address === undefined;
      return refuses || lacksAddress;
    }
    default:
      return false;
  }
}

function places(world: World, seen: readonly Seen[]): RequestPlace[] {
  const found = new Map<string, RequestPlace>();
  for (const { hop } of seen) {
    if (found.has(hop.netns)) continue;
    const machine = world.machines.get(hop.host);
    const { kind, name }: Pick<NamespaceView, 'kind' | 'name'> = machine
      ? identity(world, machine, hop.netns)
      : { kind: 'host', name: hop.host };
    found.set(hop.netns, { id: hop.netns, host: hop.host, kind, name });
  }
  return [...found.values()];
}
