// The iptables rules that come and go with a bridge network, with an endpoint on it, and with a published port.
//
// Mirrors: libnetwork/drivers/bridge/internal/iptabler (network.go, endpoint.go, port.go) of 28.5, userland proxy on.
// Differs: hairpin rules (userland-proxy=false) and IPv6 are left out.
import type { Netfilter, RuleSpec, TableName } from '../../kernel/index.ts';
import { type Cidr, cidrOf, type Ipv4, isLoopback } from '../../wire/index.ts';
import type { GatewayMode } from '../drivers/bridge/options.ts';
import { chains } from './host.ts';
import {
  accept,
  add,
  drop,
  ensure,
  established,
  is,
  jump,
  masquerade,
  not,
  only,
  remove,
  returns,
  toPort,
} from './rules.ts';

/** What the rules of a network depend on. */
export interface FirewalledBridge {
  readonly bridge: string;
  readonly subnet: Cidr;
  readonly internal: boolean;
  readonly icc: boolean;
  readonly masquerade: boolean;
  readonly gatewayMode: GatewayMode;
}

interface PlacedRule {
  readonly table: TableName;
  readonly chain: string;
  readonly rule: RuleSpec;
  readonly where: 'first' | 'last';
}

const last = (table: TableName, chain: string, rule: RuleSpec): PlacedRule => ({
  table,
  chain,
  rule,
  where: 'last',
});
const first = (table: TableName, chain: string, rule: RuleSpec): PlacedRule => ({
  table,
  chain,
  rule,
  where: 'first',
});

function internalRules({ bridge, subnet, icc }: FirewalledBridge): PlacedRule[] {
  return [
    first('filter', chains.isolation1, {
      destination: not(subnet),
      inInterface: is(bridge),
      matches: [],
      target: drop,
    }),
    first('filter', chains.isolation1, {
      source: not(subnet),
      outInterface: is(bridge),
      matches: [],
      target: drop,
    }),
    last('filter', chains.forward, {
      inInterface: is(bridge),
      outInterface: is(bridge),
      matches: [],
      target: icc ? accept : drop,
    }),
  ];
}

function natRules(network: FirewalledBridge): PlacedRule[] {
  const { bridge, subnet } = network;
  if (network.gatewayMode === 'routed' || !network.masquerade) return [];
  return [
    first('nat', 'POSTROUTING', {
      source: is(subnet),
      outInterface: not(bridge),
      matches: [],
      target: masquerade,
    }),
    first('nat', chains.docker, { inInterface: is(bridge), matches: [], target: returns }),
  ];
}

/** What becomes of packets to containers whose port is not published. */
function inboundRules({ bridge, gatewayMode }: FirewalledBridge): PlacedRule[] {
  const icmp: RuleSpec = {
    outInterface: is(bridge),
    protocol: is('icmp'),
    matches: [],
    target: accept,
  };
  const others: RuleSpec = {
    inInterface: not(bridge),
    outInterface: is(bridge),
    matches: [],
    target: gatewayMode === 'nat-unprotected' ? accept : drop,
  };
  return [
    ...(gatewayMode === 'routed' ? [last('filter', chains.docker, icmp)] : []),
    last('filter', chains.docker, others),
  ];
}

function outboundRules({ bridge, icc }: FirewalledBridge): PlacedRule[] {
  const from = { inInterface: is(bridge), matches: [] };
  if (icc) return [last('filter', chains.forward, { ...from, target: accept })];
  return [
    last('filter', chains.forward, { ...from, outInterface: is(bridge), target: drop }),
    last('filter', chains.forward, { ...from, outInterface: not(bridge), target: accept }),
  ];
}

function networkRules(network: FirewalledBridge): PlacedRule[] {
  if (network.internal) return internalRules(network);
  const { bridge } = network;
  const out = { outInterface: is(bridge) };
  return [
    ...natRules(network),
    ...inboundRules(network),
    last('filter', chains.bridge, { ...out, matches: [], target: jump(chains.docker) }),
    last('filter', chains.conntrack, { ...out, matches: [established], target: accept }),
    ...outboundRules(network),
    last('filter', chains.isolation1, {
      inInterface: is(bridge),
      outInterface: not(bridge),
      matches: [],
      target: jump(chains.isolation2),
    }),
    first('filter', chains.isolation2, { ...out, matches: [], target: drop }),
  ];
}

/** No packet reaches a container's address from another interface: published ports are the way in. */
function endpointRules(network: FirewalledBridge, address: Ipv4): PlacedRule[] {
  if (network.internal || network.gatewayMode !== 'nat') return [];
  return [
    last('raw', 'PREROUTING', {
      destination: only(address),
      inInterface: not(network.bridge),
      matches: [],
      target: drop,
    }),
  ];
}

/** One published port with an IPv4 host address. */
export interface FirewalledPort {
  readonly protocol: 'tcp' | 'udp' | 'sctp';
  readonly hostIp: Ipv4;
  readonly hostPort: number;
  readonly address: Ipv4;
  readonly containerPort: number;
}

function portRules(network: FirewalledBridge, port: FirewalledPort): PlacedRule[] {
  if (network.internal) return [];
  const { bridge } = network;
  const rules: PlacedRule[] = [];
  if (network.gatewayMode !== 'routed')
    rules.push(
      last('nat', chains.docker, {
        ...(port.hostIp === 0 ? {} : { destination: only(port.hostIp) }),
        inInterface: not(bridge),
        ...toPort(port.protocol, port.hostPort),
        target: { name: 'DNAT', address: port.address, port: port.containerPort },
      }),
    );
  if (isLoopback(port.hostIp))
    rules.push(
      last('raw', 'PREROUTING', {
        destination: is(cidrOf(port.hostIp, 32)),
        inInterface: not('lo'),
        ...toPort(port.protocol, port.hostPort),
        target: drop,
      }),
    );
  if (network.gatewayMode !== 'nat-unprotected')
    rules.push(
      first('filter', chains.docker, {
        destination: only(port.address),
        inInterface: not(bridge),
        outInterface: is(bridge),
        ...toPort(port.protocol, port.containerPort),
        target: accept,
      }),
    );
  return rules;
}

const addAll = (filter: Netfilter, rules: readonly PlacedRule[]): void => {
  for (const { table, chain, rule, where } of rules) add(filter, table, chain, rule, where);
};
const removeAll = (filter: Netfilter, rules: readonly PlacedRule[]): void => {
  for (const { table, chain, rule } of rules) remove(filter, table, chain, rule);
};

export const addNetworkRules = (filter: Netfilter, network: FirewalledBridge): void =>
  addAll(filter, networkRules(network));
/** After a restart: adds those that are not there (any more). */
export function restoreNetworkRules(filter: Netfilter, network: FirewalledBridge): void {
  for (const { table, chain, rule, where } of networkRules(network))
    ensure(filter, table, chain, rule, where);
}
export const removeNetworkRules = (filter: Netfilter, network: FirewalledBridge): void =>
  removeAll(filter, networkRules(network));
export const addEndpointRules = (filter: Netfilter, network: FirewalledBridge, to: Ipv4): void =>
  addAll(filter, endpointRules(network, to));
export const removeEndpointRules = (filter: Netfilter, network: FirewalledBridge, to: Ipv4): void =>
  removeAll(filter, endpointRules(network, to));
export const addPortRules = (
  filter: Netfilter,
  network: FirewalledBridge,
  port: FirewalledPort,
): void => addAll(filter, portRules(network, port));
export const removePortRules = (
  filter: Netfilter,
  network: FirewalledBridge,
  port: FirewalledPort,
): void => removeAll(filter, portRules(network, port));
