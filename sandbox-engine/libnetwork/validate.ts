// What `network create` and `network connect` refuse before anything is made, in Docker's words.
//
// Mirrors: moby api/types/network (ValidateIPAM, EndpointIPAMConfig), daemon/container_operations.go
// validateEndpointSettings, internal/multierror. Differs: IPv6 subnets are refused, since IPv6 is not simulated.
import { err, type Failure, failure, ok, type Result } from '../std/index.ts';
import {
  type Cidr,
  contains,
  formatCidr,
  parseCidr,
  parseInterface,
  parseIpv4,
} from '../wire/index.ts';
import type { EndpointSettings, IpamConfig, NetworkRow } from './api.ts';

/** Several errors as Go's multierror prints them: one stands alone, more become a list. */
export const joinErrors = (errors: readonly string[]): string =>
  errors.length === 1 ? (errors[0] ?? '') : errors.map((e) => `* ${e}`).join('\n');

const invalid = (message: string): Failure => failure('invalid_parameter', message);

/** The plain refusal of what this simulator leaves out. */
export const notSimulated = (what: string): Failure =>
  failure('not_implemented', `not simulated here: ${what}`);

export const isPredefined = (name: string): boolean =>
  ['bridge', 'host', 'none', 'default'].includes(name);

/** User-defined networks have DNS, aliases and fixed addresses; the three of every host do not. */
export const isUserDefined = (name: string): boolean => !isPredefined(name);

/** `invalid network config:` and what is wrong with subnets, ranges, gateways and auxiliary addresses. */
export function validateIpam(configs: readonly IpamConfig[]): Result<void, Failure> {
  const errors = configs.flatMap(ipamErrors);
  if (errors.length > 0) return err(invalid(`invalid network config:\n${joinErrors(errors)}`));
  if (configs.some(({ subnet }) => subnet.includes(':'))) return err(notSimulated('IPv6 subnets'));
  return ok(undefined);
}

function ipamErrors(config: IpamConfig): string[] {
  if (config.subnet.includes(':')) return [];
  const given = /\/\d{1,2}$/.test(config.subnet) ? parseInterface(config.subnet) : undefined;
  const subnet = parseCidr(config.subnet);
  if (!given || !subnet) return [`invalid subnet ${config.subnet}: invalid CIDR block notation`];
  const errors: string[] = [];
  if (given.address !== subnet.base)
    errors.push(`invalid subnet ${config.subnet}: it should be ${formatCidr(subnet)}`);
  if (config.ipRange) {
    for (const error of rangeErrors(config.ipRange, subnet))
      errors.push(`invalid ip-range ${config.ipRange}: ${error}`);
  }
  if (config.gateway) {
    const error = addressError(config.gateway, subnet);
    if (error) errors.push(`invalid gateway ${config.gateway}: ${error}`);
  }
  for (const [name, address] of Object.entries(config.auxAddresses ?? {})) {
    const error = addressError(address, subnet);
    if (error) errors.push(`invalid auxiliary address ${name}: ${error}`);
  }
  return errors;
}

function rangeErrors(text: string, subnet: Cidr): string[] {
  const given = /\/\d{1,2}$/.test(text) ? parseInterface(text) : undefined;
  const range = parseCidr(text);
  if (!given || !range) return ['invalid CIDR block notation'];
  const errors: string[] = [];
  if (range.prefixLength < subnet.prefixLength)
    errors.push(`CIDR block is bigger than its parent subnet ${formatCidr(subnet)}`);
  if (given.address !== range.base) errors.push(`it should be ${formatCidr(range)}`);
  if (!contains(subnet, given.address))
    errors.push(`parent subnet ${formatCidr(subnet)} doesn't contain ip-range`);
  return errors;
}

function addressError(text: string, subnet: Cidr): string | undefined {
  if (text.includes(':')) return 'parent subnet is an IPv4 block';
  const address = parseIpv4(text);
  if (address === undefined) return 'invalid address';
  if (!contains(subnet, address))
    return `parent subnet ${formatCidr(subnet)} doesn't contain this address`;
  return undefined;
}

const needsUserSubnets =
  'user specified IP address is supported only when connecting to networks with user configured subnets';

/** `invalid endpoint settings:` and why; `network` is undefined while the network is not known to this node. */
export function validateEndpointSettings(
  networkName: string,
  network: NetworkRow | undefined,
  settings: Omit<EndpointSettings, 'network'>,
): Result<void, Failure> {
  const errors: string[] = [];
  const { address, address6, aliases = [] } = settings;
  if (!isUserDefined(networkName)) {
    if (address || address6)
      errors.push('user specified IP address is supported on user defined networks only');
    if (aliases.length > 0)
      errors.push('network-scoped alias is supported only for containers in user defined networks');
  }
  if (address && parseIpv4(address) === undefined) errors.push(`invalid IPv4 address: ${address}`);
  if (address6 && !address6.includes(':')) errors.push(`invalid IPv6 address: ${address6}`);
  if (network) {
    if (address) {
      const error = outOfSubnets(address, network);
      if (error) errors.push(error);
    }
    if (address6) errors.push(needsUserSubnets);
  }
  return errors.length > 0
    ? err(invalid(`invalid endpoint settings:\n${joinErrors(errors)}`))
    : ok(undefined);
}

function outOfSubnets(text: string, network: NetworkRow): string | undefined {
  // The subnets of a swarm's networks come to a node as if a user had configured them.
  if (!network.userSubnets && network.scope !== 'swarm') return needsUserSubnets;
  const address = parseIpv4(text);
  const inside = network.ipam.config.some(({ subnet, ipRange }) =>
    [subnet, ipRange].some((block) => {
      const parsed = block ? parseCidr(block) : undefined;
      return parsed && address !== undefined && contains(parsed, address);
    }),
  );
  return inside ? undefined : `no configured subnet or ip-range contain the IP address ${text}`;
}
