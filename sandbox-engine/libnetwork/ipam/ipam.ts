// Subnets for networks and addresses for endpoints. What is taken is read from the rows of networks and endpoints, so
// that nothing can be given out twice and nothing is lost when a network or an endpoint goes.
//
// Mirrors: libnetwork/network.go ipamAllocate, libnetwork/ipams/defaultipam. Differs: IPv4 only.
import { err, type Failure, failure, must, ok, type Result } from '../../std/index.ts';
import {
  type Cidr,
  contains,
  formatCidr,
  formatIpv4,
  type Ipv4,
  overlaps,
  parseCidr,
  parseInterface,
  parseIpv4,
} from '../../wire/index.ts';
import type { EndpointSettings, IpamConfig, NetworkRow } from '../api.ts';
import type { Context } from '../context.ts';
import { onHost } from '../rows.ts';
import { isFree, lowestFree } from './addresses.ts';
import { firstFreePool, hostNetworks } from './pools.ts';

/** Subnets of the networks of local scope: one address space, apart from that of swarm networks. */
function takenSubnets(context: Context): Cidr[] {
  return context.rows.networks
    .where('host', context.host)
    .filter(({ scope }) => scope === 'local')
    .flatMap(({ subnets }) => subnets.map(({ subnet }) => must(parseCidr(subnet), subnet)));
}

export type Allocation = Pick<NetworkRow, 'subnets' | 'userSubnets'> & {
  readonly config: readonly IpamConfig[];
};

/** Chooses or checks the subnets and gateways of a new network. */
export function allocateSubnets(
  context: Context,
  configs: readonly IpamConfig[],
): Result<Allocation, Failure> {
  const taken = takenSubnets(context);
  if (configs.length === 0) {
    const host = hostNetworks(context.kernel, context.readHostFile('/etc/resolv.conf') ?? '');
    const pool = firstFreePool([...taken, ...host]);
    if (!pool)
      return err(
        failure('invalid_parameter', 'all predefined address pools have been fully subnetted'),
      );
    const gateway = formatIpv4(must(lowestFree(pool, pool, new Set()), 'a first address'));
    const chosen = { subnet: formatCidr(pool), gateway };
    return ok({ config: [chosen], subnets: [chosen], userSubnets: false });
  }
  const subnets: { subnet: string; gateway?: string }[] = [];
  for (const config of configs) {
    const subnet = must(parseCidr(config.subnet), config.subnet);
    // Why: with an ip-range Docker only adds a part to the pool and does not look for overlaps.
    if (!config.ipRange && taken.some((other) => overlaps(other, subnet)))
      return err(
        failure(
          'forbidden',
          'invalid pool request: Pool overlaps with other one on this address space',
        ),
      );
    const gateway = gatewayOf(config, subnet);
    if (!gateway.ok) return gateway;
    subnets.push({ subnet: formatCidr(subnet), gateway: formatIpv4(gateway.value) });
    taken.push(subnet);
  }
  return ok({ config: configs, subnets, userSubnets: true });
}

/** The gateway is taken first, then the auxiliary addresses, which must not be it. */
function gatewayOf(config: IpamConfig, subnet: Cidr): Result<Ipv4, Failure> {
  const range = parseCidr(config.ipRange ?? config.subnet) ?? subnet;
  const given = parseIpv4(config.gateway ?? '');
  const gateway = given ?? lowestFree(subnet, range, new Set());
  if (gateway === undefined)
    return err(failure('forbidden', 'no available addresses on this pool'));
  if (!isFree(subnet, gateway, new Set()))
    return err(
      failure(
        'forbidden',
        `failed to allocate gateway (${config.gateway}): Address already in use`,
      ),
    );
  const taken = new Set([gateway]);
  for (const [name, text] of Object.entries(config.auxAddresses ?? {})) {
    const address = must(parseIpv4(text), text);
    if (!isFree(subnet, address, taken))
      return err(
        failure(
          'forbidden',
          `failed to allocate secondary ip address (${name}:${text}): Address already in use`,
        ),
      );
    taken.add(address);
  }
  return ok(gateway);
}

function takenAddresses(context: Context, network: NetworkRow): Set<Ipv4> {
  const taken = new Set<Ipv4>();
  const take = (text: string | undefined): void => {
    const address = parseIpv4(text ?? '');
    if (address !== undefined) taken.add(address);
  };
  for (const { gateway } of network.subnets) take(gateway);
  for (const { auxAddresses } of network.ipam.config)
    for (const address of Object.values(auxAddresses ?? {})) take(address);
  const endpoints = context.rows.endpoints.where(
    'network',
    onHost(context.host, network.networkId),
  );
  for (const { address } of endpoints) if (address !== undefined) taken.add(address);
  return taken;
}

export interface Lease {
  readonly address: Ipv4;
  readonly prefixLength: number;
}

/** An address for an endpoint: the one that the swarm allocated, the one asked for, or the lowest free one. */
export function allocateAddress(
  context: Context,
  network: NetworkRow,
  settings: EndpointSettings,
): Result<Lease, Failure> {
  if (settings.allocatedAddress !== undefined) {
    const given = parseInterface(settings.allocatedAddress);
    return ok(must(given, `address ${settings.allocatedAddress} of a swarm network`));
  }
  const taken = takenAddresses(context, network);
  const wanted = parseIpv4(settings.address ?? '');
  for (const [index, { subnet: text }] of network.subnets.entries()) {
    const subnet = must(parseCidr(text), text);
    const { prefixLength } = subnet;
    if (wanted !== undefined) {
      if (!contains(subnet, wanted)) continue;
      return isFree(subnet, wanted, taken)
        ? ok({ address: wanted, prefixLength })
        : err(failure('forbidden', 'Address already in use'));
    }
    const range = parseCidr(network.ipam.config[index]?.ipRange ?? text) ?? subnet;
    const address = lowestFree(subnet, range, taken);
    if (address !== undefined) return ok({ address, prefixLength });
  }
  return err(
    failure(
      'system',
      `no available IPv4 addresses on this network's address pools: ${network.name} (${network.networkId})`,
    ),
  );
}
