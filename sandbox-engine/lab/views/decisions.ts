// A decision of the kernel as the page gets it: the same facts, with addresses as text.
import type * as kernel from '../../kernel/index.ts';
import type { Decision, IpvsOutcome, Loss, RuleEffect } from '../../protocol/index.ts';
import { unreachable } from '../../std/index.ts';
import { formatCidr, formatIpv4, type Ipv4 } from '../../wire/index.ts';

const hex = (n: number, digits = 1): string => `0x${n.toString(16).padStart(digits, '0')}`;
const spi = (n: number): string => hex(n, 8);

/** `10.0.0.2`, `10.0.0.2:80`, `:80`. */
const endpoint = (address: Ipv4 | undefined, port: number | undefined): string =>
  `${address === undefined ? '' : formatIpv4(address)}${port === undefined ? '' : `:${port}`}`;

export function decisionView(decision: kernel.Decision): Decision {
  switch (decision.kind) {
    case 'route':
      return { kind: 'route', route: routeText(decision) };
    case 'neighbour': {
      const { kind, address, mac, state } = decision;
      return { kind, address: formatIpv4(address), ...(mac && { mac }), state };
    }
    case 'arp-request':
    case 'arp-proxy':
      return { ...decision, address: formatIpv4(decision.address) };
    case 'rule':
      return { ...decision, effect: effectView(decision.effect) };
    case 'ipvs': {
      const { kind, service, scheduler, outcome } = decision;
      return { kind, service: serviceText(service), scheduler, outcome: outcomeView(outcome) };
    }
    case 'encrypt':
    case 'decrypt':
    case 'no-xfrm-state':
      return { ...decision, spi: spi(decision.spi) };
    case 'encapsulate':
    case 'decapsulate':
      return { ...decision, node: formatIpv4(decision.node) };
    case 'socket': {
      const { kind, protocol, port, program } = decision;
      return { kind, protocol, port, ...(program !== undefined && { program }) };
    }
    case 'connection': {
      const { kind, remote, port, state, program } = decision;
      const named = program !== undefined && { program };
      return { kind, remote: endpoint(remote, port), state, ...named };
    }
    case 'lost':
      return { kind: 'lost', loss: lossView(decision.loss) };
    default:
      return decision;
  }
}

/** In the words of `ip route get`. */
function routeText({
  type,
  destination,
  via,
  device,
}: Extract<kernel.Decision, { kind: 'route' }>): string {
  const whole = { 0: 'default', 32: formatIpv4(destination.base) };
  const to = whole[destination.prefixLength as 0 | 32] ?? formatCidr(destination);
  const way = via === undefined ? '' : ` via ${formatIpv4(via)}`;
  return `${type === 'unicast' ? '' : `${type} `}${to}${way} dev ${device}`;
}

function effectView(effect: kernel.RuleEffect): RuleEffect {
  switch (effect.name) {
    case 'ACCEPT':
    case 'DROP':
    case 'LOG':
      return { target: effect.name };
    case 'REJECT':
      return { target: effect.name, answer: effect.with };
    case 'MARK': {
      const { value, mask } = effect;
      const mark = mask === 0xffff_ffff ? hex(value) : `${hex(value)}/${hex(mask)}`;
      return { target: effect.name, mark };
    }
    case 'DNAT':
    case 'SNAT':
      return { target: effect.name, to: endpoint(effect.address, effect.port) };
    case 'MASQUERADE':
      return {
        target: effect.name,
        ...(effect.address !== undefined && { to: formatIpv4(effect.address) }),
      };
    case 'REDIRECT':
      return {
        target: effect.name,
        ...(effect.address !== undefined && { to: endpoint(effect.address, effect.port) }),
      };
    default:
      return unreachable(effect);
  }
}

/** As `ipvsadm -L` heads it. */
const serviceText = (match: kernel.IpvsMatch): string =>
  'fwmark' in match
    ? `FWM ${match.fwmark}`
    : `${match.protocol.toUpperCase()} ${endpoint(match.address, match.port)}`;

function outcomeView(outcome: kernel.IpvsOutcome): IpvsOutcome {
  switch (outcome.kind) {
    case 'new':
    case 'known': {
      const { kind, server, port, forwarding } = outcome;
      return { kind, server: endpoint(server, port), forwarding };
    }
    case 'answer':
      return { kind: outcome.kind, server: formatIpv4(outcome.server) };
    case 'no-server':
      return outcome;
    default:
      return unreachable(outcome);
  }
}

const lossView = (loss: kernel.Loss): Loss =>
  loss.kind === 'no-arp-answer' ? { ...loss, address: formatIpv4(loss.address) } : loss;
