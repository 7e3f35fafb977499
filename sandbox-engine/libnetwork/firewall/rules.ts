// Words for writing iptables rules as data: `{ inInterface: not('docker0'), …, target: drop }`.

import type {
  Match,
  Negatable,
  Netfilter,
  RuleSpec,
  TableName,
  Target,
} from '../../kernel/index.ts';
import { assert } from '../../std/index.ts';
import { type Cidr, cidrOf, type Ipv4 } from '../../wire/index.ts';

export const is = <T>(value: T): Negatable<T> => ({ value, not: false });
export const not = <T>(value: T): Negatable<T> => ({ value, not: true });
export const only = (address: Ipv4): Negatable<Cidr> => is(cidrOf(address, 32));

export const accept: Target = { name: 'ACCEPT' };
export const drop: Target = { name: 'DROP' };
export const returns: Target = { name: 'RETURN' };
export const masquerade: Target = { name: 'MASQUERADE' };
export const jump = (chain: string): Target => ({ name: 'jump', chain });

export const established: Match = {
  name: 'conntrack',
  states: is(['RELATED', 'ESTABLISHED']),
};
export const toLocal: Match = { name: 'addrtype', destinationType: is('LOCAL') };
export const fromLocal: Match = { name: 'addrtype', sourceType: is('LOCAL') };

/** `-p tcp -m tcp --dport N`. */
export function toPort(
  protocol: 'tcp' | 'udp' | 'sctp',
  port: number,
): Pick<RuleSpec, 'protocol' | 'matches'> {
  return {
    protocol: is(protocol),
    matches: [{ name: protocol, destinationPorts: is({ from: port, to: port }) }],
  };
}

/** `-p tcp -m tcp --sport N`. */
export function fromPort(
  protocol: 'tcp' | 'udp' | 'sctp',
  port: number,
): Pick<RuleSpec, 'protocol' | 'matches'> {
  return {
    protocol: is(protocol),
    matches: [{ name: protocol, sourcePorts: is({ from: port, to: port }) }],
  };
}

/** Appends a rule, or puts it first. The chains that libnetwork writes to are its own, so this cannot fail. */
export function add(
  filter: Netfilter,
  table: TableName,
  chain: string,
  rule: RuleSpec,
  where: 'first' | 'last' = 'last',
): void {
  const added =
    where === 'first' ? filter.insert(table, chain, 0, rule) : filter.append(table, chain, rule);
  assert(added.ok, `adding a rule to ${table} ${chain}: ${added.ok ? '' : added.error}`);
}

/** Removes a rule. One that somebody has already deleted by hand is no error. */
export function remove(filter: Netfilter, table: TableName, chain: string, rule: RuleSpec): void {
  filter.delete(table, chain, rule);
}

/** Makes a chain unless it is there. */
export function chain(filter: Netfilter, table: TableName, name: string): void {
  if (!filter.chain(table, name)) filter.newChain(table, name);
}

/** Puts a rule first or last unless it is there. */
export function ensure(
  filter: Netfilter,
  table: TableName,
  chainName: string,
  rule: RuleSpec,
  where: 'first' | 'last' = 'last',
): void {
  if (filter.find(table, chainName, rule) === undefined) add(filter, table, chainName, rule, where);
}
