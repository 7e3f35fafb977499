// What the embedded DNS server knows itself: names on the networks of the asking container.
//
// Mirrors: libnetwork/resolver.go (handleIPQuery, handlePTRQuery, handleMXQuery), libnetwork/sandbox.go ResolveName.

import type { DnsQuestion, DnsRecord } from '../../wire/index.ts';
import { formatIpv4, type Ipv4, ip, parseIpv4 } from '../../wire/index.ts';
import type { Context } from '../context.ts';
import { addressesOf, nameOf } from '../names.ts';
import { byLookup, type Membership } from '../sandbox/order.ts';

/** Seconds; the same for every answer (resolver.go respTTL). */
const ttl = 600;

/** The answers to a question, or undefined when it is to be asked outside. */
export function answerLocally(
  context: Context,
  members: readonly Membership[],
  question: DnsQuestion,
  ndotsSet: boolean,
): readonly DnsRecord[] | undefined {
  const name = question.name.replace(/\.$/, '');
  switch (question.type) {
    case 'A': {
      const addresses = resolve(context, members, name);
      if (!addresses) return unknownName(name, ndotsSet);
      const order = context.sim.rng('libnetwork/dns-order').shuffled(addresses);
      return order.map((address) => record(question, formatIpv4(address)));
    }
    case 'AAAA':
      // Why: a name that has only IPv4 addresses exists, so the answer is empty and nobody else is asked.
      return resolve(context, members, name) ? [] : unknownName(name, ndotsSet);
    case 'MX':
      return resolve(context, members, name) ? [] : undefined;
    case 'PTR': {
      const found = reverse(context, members, name);
      return found === undefined ? undefined : [record(question, found)];
    }
    default:
      return undefined;
  }
}

const record = ({ name, type }: DnsQuestion, data: string): DnsRecord => ({
  name,
  type,
  ttl,
  data,
});

/** With an explicit `ndots`, a single label is for the search list of the client, not for the outside. */
const unknownName = (name: string, ndotsSet: boolean): readonly DnsRecord[] | undefined =>
  ndotsSet && !name.includes('.') ? [] : undefined;

/** `a.b.c` is looked for as it is, then as `a.b` on network `c`, then as `a` on network `b.c`. */
function readings(name: string): { readonly label: string; readonly network: string }[] {
  const labels = name.split('.');
  const whole = { label: name, network: '' };
  const split = labels.slice(1).map((_, i) => ({
    label: labels.slice(0, labels.length - 1 - i).join('.'),
    network: labels.slice(labels.length - 1 - i).join('.'),
  }));
  return [whole, ...split];
}

/** The addresses of a name on the first network that knows it. */
export function resolve(
  context: Context,
  members: readonly Membership[],
  name: string,
): readonly Ipv4[] | undefined {
  const networks = [...members].sort(byLookup);
  for (const { label, network } of readings(name)) {
    const asked = networks.filter((member) => network === '' || member.network.name === network);
    for (const { endpoint } of asked) {
      const link = linkedName(endpoint.settings.links, label);
      const found = link ? addressesOf(context, endpoint.networkId, link) : [];
      if (found.length > 0) return found;
    }
    for (const { endpoint } of asked) {
      if (linkedName(endpoint.settings.links, label) !== undefined) continue;
      const found = addressesOf(context, endpoint.networkId, label);
      if (found.length > 0) return found;
    }
  }
  return undefined;
}

const linkedName = (
  links: readonly { readonly container: string; readonly alias: string }[] | undefined,
  alias: string,
): string | undefined => links?.find((link) => link.alias === alias)?.container;

/** The name behind `4.3.2.1.in-addr.arpa`, with its network, if a network of the container knows it. */
function reverse(
  context: Context,
  members: readonly Membership[],
  name: string,
): string | undefined {
  const suffix = '.in-addr.arpa';
  if (!name.toLowerCase().endsWith(suffix)) return undefined;
  const dotted = name.slice(0, -suffix.length).split('.').reverse().join('.');
  const address = parseIpv4(dotted);
  if (address === undefined) return undefined;
  for (const { endpoint, network } of [...members].sort(byLookup)) {
    const found = nameOf(context, endpoint.networkId, address);
    if (found !== undefined) return `${found}.${network.name}`;
  }
  return undefined;
}

/** Where the embedded DNS server is found in every sandbox that has one. */
export const resolverAddress = ip('127.0.0.11');
