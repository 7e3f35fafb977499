// Which subnet and which VXLAN id a new overlay network gets.
//
// Mirrors: libnetwork ipamutils (10.0.0.0/8 in /24, or the pools given at init), cnmallocator, and drvregistry's VXLAN id
// manager: subnets are the lowest free ones, ids count up and do not come back.
import { err, ok, type Result } from '../../std/index.ts';
import {
  type Cidr,
  cidrOf,
  formatCidr,
  formatIpv4,
  ipv4,
  overlaps,
  parseCidr,
} from '../../wire/index.ts';
import type { AllocatedSubnet, ClusterRow, SwarmNetworkRow } from '../objects.ts';

const defaultPools = ['10.0.0.0/8'];

const subnetsOf = (networks: readonly SwarmNetworkRow[]): Cidr[] =>
  networks.flatMap((network) => network.subnets.flatMap(({ subnet }) => parseCidr(subnet) ?? []));

function lowestFree(cluster: ClusterRow, taken: readonly Cidr[]): Cidr | undefined {
  const pools = cluster.addressPools.length > 0 ? cluster.addressPools : defaultPools;
  for (const text of pools) {
    const pool = parseCidr(text);
    if (!pool || cluster.subnetSize < pool.prefixLength) continue;
    const count = 2 ** (cluster.subnetSize - pool.prefixLength);
    const step = 2 ** (32 - cluster.subnetSize);
    for (let i = 0; i < count; i += 1) {
      const subnet = cidrOf(ipv4(pool.base + i * step), cluster.subnetSize);
      if (!taken.some((other) => overlaps(other, subnet))) return subnet;
    }
  }
  return undefined;
}

/** The first address of the range, or of the subnet behind its own address. */
function gatewayFor(subnet: Cidr, range: Cidr): string {
  const first = range.base === subnet.base ? range.base + 1 : range.base;
  return formatIpv4(ipv4(first));
}

const vxlanIdList = 'com.docker.network.driver.overlay.vxlanid_list';

/** VXLAN ids that the user asks for, one for each subnet; undefined: not numbers. */
export function askedVnis({ spec }: SwarmNetworkRow): readonly number[] | undefined {
  const list = spec.DriverOptions[vxlanIdList];
  if (list === undefined) return [];
  const words = list.split(',');
  return words.every((word) => /^\d+$/.test(word)) ? words.map(Number) : undefined;
}

/**
 * What the network gets, or why it gets nothing (then it takes no VXLAN id either). `nextVni` is asked once for each
 * subnet that the user has named no id for.
 */
export function allocateSubnets(
  cluster: ClusterRow,
  networks: readonly SwarmNetworkRow[],
  network: SwarmNetworkRow,
  nextVni: () => number,
): Result<readonly AllocatedSubnet[], string> {
  const taken = subnetsOf(networks);
  const wanted = network.spec.Ipam.length > 0 ? network.spec.Ipam : [{ Subnet: '' }];
  const chosen: { readonly subnet: Cidr; readonly gateway: string }[] = [];
  for (const config of wanted) {
    const subnet = config.Subnet ? parseCidr(config.Subnet) : lowestFree(cluster, taken);
    if (!subnet) return err('no subnet is free');
    if (taken.some((other) => overlaps(other, subnet)))
      return err('Pool overlaps with other one on this address space');
    taken.push(subnet);
    const range = ('IPRange' in config && config.IPRange && parseCidr(config.IPRange)) || subnet;
    const given = 'Gateway' in config ? config.Gateway : undefined;
    chosen.push({ subnet, gateway: given || gatewayFor(subnet, range) });
  }
  const asked = askedVnis(network);
  if (!asked) return err('invalid vxlan id value passed');
  const used = new Set(networks.flatMap(({ subnets }) => subnets.map(({ vni }) => vni)));
  if (asked.some((vni, i) => used.has(vni) || asked.indexOf(vni) !== i))
    return err('could not assign vxlan id');
  return ok(
    chosen.map(({ subnet, gateway }, i) => ({
      subnet: formatCidr(subnet),
      gateway,
      vni: asked[i] ?? nextVni(),
    })),
  );
}
