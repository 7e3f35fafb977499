// The namespace of an overlay network on one node: a bridge and a VXLAN device per subnet that has endpoints.
//
// Mirrors: libnetwork/drivers/overlay/ov_network.go (initSandbox, setupSubnetSandbox). Differs: the number before the
// network's id stays 1, as it was seen to.
import type { LinkId, LinkRow, NetnsId } from '../../../kernel/index.ts';
import { assert, must } from '../../../std/index.ts';
import { type Cidr, contains, type Ipv4, parseCidr, parseIpv4 } from '../../../wire/index.ts';
import type { NetworkRow } from '../../api.ts';
import { type Context, dataPathPort, publishNetns, withdrawNetns } from '../../context.ts';
import { freeName, setLoopbackUp, withBroadcast } from '../../sandbox/interface.ts';
import { overlayMtu } from './options.ts';

export interface OverlaySegment {
  readonly subnet: Cidr;
  readonly bridge: LinkId;
  readonly vxlan: LinkId;
}

export interface OverlayNamespace {
  readonly netns: NetnsId;
  readonly key: string;
  /** Made when something is put into the subnet. */
  readonly segments: OverlaySegment[];
}

/** Made when the first endpoint of the network joins on this node. */
export function openNamespace(context: Context, network: NetworkRow): OverlayNamespace {
  const key = `1-${network.networkId.slice(0, 10)}`;
  const netns = context.kernel.netnsAdd();
  setLoopbackUp(context.kernel, netns);
  publishNetns(context, key, netns, { kind: 'overlay', networkId: network.networkId });
  return { netns, key, segments: [] };
}

/** The segment of an address, which is made if it is missing; undefined where no subnet has it. */
export function openSegment(
  context: Context,
  network: NetworkRow,
  namespace: OverlayNamespace,
  address: Ipv4 | undefined,
): OverlaySegment | undefined {
  const found = segmentOf(namespace, address);
  if (found || address === undefined) return found;
  const subnet = network.subnets.find((one) => contains(cidrOf(one), address));
  if (!subnet) return undefined;
  const made = makeSegment(context, network, namespace.netns, subnet);
  namespace.segments.push(made);
  return made;
}

export const cidrOf = ({ subnet }: NetworkRow['subnets'][number]): Cidr =>
  must(parseCidr(subnet), subnet);

function makeSegment(
  context: Context,
  network: NetworkRow,
  netns: NetnsId,
  row: NetworkRow['subnets'][number],
): OverlaySegment {
  const { kernel } = context;
  const { gateway, vni = 0 } = row;
  const subnet = cidrOf(row);
  const mtu = overlayMtu(network);
  const bridge = kernel.linkAdd(netns, {
    name: freeName(kernel, netns, 'br'),
    kind: 'bridge',
    mtu,
  });
  assert(bridge.ok, `making the bridge of network ${network.name}`);
  kernel.linkSet(bridge.value.id, { defaultPvid: 0 });
  noIpv6(context, netns, bridge.value.name);
  const address = parseIpv4(gateway ?? '');
  if (address !== undefined)
    kernel.addressAdd(bridge.value.id, address, subnet.prefixLength, withBroadcast(subnet));
  const vxlan = makeVxlan(context, network, vni, mtu);
  kernel.linkSet(vxlan.id, { netns });
  const name = freeName(kernel, netns, 'vxlan');
  kernel.linkSet(vxlan.id, { name, master: bridge.value.id });
  noIpv6(context, netns, name);
  kernel.linkSet(bridge.value.id, { up: true });
  kernel.linkSet(vxlan.id, { up: true });
  return { subnet, bridge: bridge.value.id, vxlan: vxlan.id };
}

/** Made in the host's namespace, so that its packets leave from there, and moved. */
function makeVxlan(context: Context, network: NetworkRow, vni: number, mtu: number): LinkRow {
  const { kernel } = context;
  const made = kernel.linkAdd(kernel.initNetns, {
    name: `vx-${vni.toString(16).padStart(6, '0')}-${network.networkId.slice(0, 5)}`,
    kind: 'vxlan',
    mtu,
    vxlan: {
      vni,
      port: dataPathPort(context),
      proxy: true,
      learning: true,
      l2miss: true,
      l3miss: true,
    },
  });
  assert(made.ok, `making the VXLAN device of network ${network.name}`);
  return made.value;
}

export const noIpv6 = ({ kernel }: Context, netns: NetnsId, name: string): void => {
  kernel.sysctlSet(netns, `net.ipv6.conf.${name}.disable_ipv6`, '1');
};

export function closeNamespace(context: Context, namespace: OverlayNamespace): void {
  withdrawNetns(context, namespace.key);
  context.kernel.netnsDelete(namespace.netns);
}

export const segmentOf = (
  { segments }: OverlayNamespace,
  address: Ipv4 | undefined,
): OverlaySegment | undefined =>
  segments.find(({ subnet }) => address !== undefined && contains(subnet, address));
