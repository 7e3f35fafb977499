// Bridge networks: a Linux bridge with the gateway's address, a veth pair per endpoint, and iptables rules.
//
// Mirrors: libnetwork/drivers/bridge/bridge_linux.go, setup_device_linux.go, setup_ipv4_linux.go. Differs: IPv6 and
// hairpin mode are left out; a bridge that is already there is used as it is.
import type { LinkRow, NetnsId } from '../../../kernel/index.ts';
import { assert, err, type Failure, failure, must, ok, type Result } from '../../../std/index.ts';
import { overlaps, parseCidr, parseIpv4 } from '../../../wire/index.ts';
import type { EndpointRow, NetworkRow } from '../../api.ts';
import { type Context, newMac, newVethName } from '../../context.ts';
import {
  addEndpointRules,
  addNetworkRules,
  type FirewalledBridge,
  removeEndpointRules,
  removeNetworkRules,
  restoreNetworkRules,
} from '../../firewall/bridge.ts';
import { withBroadcast } from '../../sandbox/interface.ts';
import type { Driver, Joined, JoinRequest } from '../driver.ts';
import { bridgeOptions } from './options.ts';

/** The network by which containers of overlay networks reach the outside. */
export const gatewayNetworkName = 'docker_gwbridge';

/** Linux: IFNAMSIZ leaves 15 characters. */
const longestName = 15;

const hasBridge = (row: NetworkRow): row is NetworkRow & { bridge: string } =>
  row.bridge !== undefined;

/** What the rules of that network depend on. Its options were checked when it was made. */
export function firewalledBridge(row: NetworkRow): FirewalledBridge {
  const options = bridgeOptions(row.options, row.internal);
  assert(options.ok && hasBridge(row), `options of network ${row.name}`);
  const subnet = must(parseCidr(row.subnets[0]?.subnet ?? ''), `subnet of network ${row.name}`);
  const { icc, masquerade, gatewayMode } = options.value;
  return { bridge: row.bridge, subnet, internal: row.internal, icc, masquerade, gatewayMode };
}

/** Conflicts with the other bridge networks of this daemon. */
function conflict(context: Context, row: NetworkRow, name: string): Failure | undefined {
  const subnet = parseCidr(row.subnets[0]?.subnet ?? '');
  for (const other of context.rows.networks.where('host', context.host)) {
    if (!hasBridge(other)) continue;
    const theirs = parseCidr(other.subnets[0]?.subnet ?? '');
    const reason =
      other.bridge === name
        ? 'networks have same bridge name'
        : subnet && theirs && overlaps(subnet, theirs)
          ? 'networks have overlapping IPv4'
          : undefined;
    if (reason)
      return failure(
        'forbidden',
        `cannot create network ${row.networkId} (${name}): conflicts with network ${other.networkId} (${other.bridge}): ${reason}`,
      );
  }
  return undefined;
}

/** The bridge device with the gateway's address, up. */
function makeBridge(context: Context, row: NetworkRow, name: string, mtu: number): LinkRow {
  const { kernel } = context;
  const init = kernel.initNetns;
  const found = kernel.linkByName(init, name);
  const made = found
    ? ok(found)
    : kernel.linkAdd(init, { name, kind: 'bridge', mac: newMac(context), mtu });
  assert(made.ok, `making bridge ${name}`);
  const { gateway, subnet } = row.subnets[0] ?? {};
  const address = parseIpv4(gateway ?? '');
  const network = parseCidr(subnet ?? '');
  if (address !== undefined && network && !kernel.isLocalAddress(init, address))
    kernel.addressAdd(made.value.id, address, network.prefixLength, withBroadcast(network));
  kernel.sysctlSet(init, `net.ipv6.conf.${name}.accept_ra`, '0');
  kernel.linkSet(made.value.id, { up: true });
  return made.value;
}

function createNetwork(context: Context, row: NetworkRow): Result<NetworkRow, Failure> {
  if (row.subnets.length > 1)
    return err(failure('invalid_parameter', `bridge driver doesn't support multiple subnets`));
  const options = bridgeOptions(row.options, row.internal);
  if (!options.ok) return options;
  const name = options.value.name ?? `br-${row.networkId.slice(0, 12)}`;
  const clash = conflict(context, row, name);
  if (clash) return err(clash);
  if (name.length > longestName) return err(failure('system', 'numerical result out of range'));
  makeBridge(context, row, name, options.value.mtu);
  // Why: only with br_netfilter do frames from port to port pass the rule that forbids them (setup_bridgenetfiltering.go).
  if (!options.value.icc)
    context.kernel.sysctlSet(context.kernel.initNetns, 'net.bridge.bridge-nf-call-iptables', '1');
  const complete = { ...row, bridge: name };
  addNetworkRules(context.kernel.netfilter(context.kernel.initNetns), firewalledBridge(complete));
  return ok(complete);
}

/**
 * A veth pair with its outer end on the bridge. The inner end is made in the container's namespace, where it takes the
 * next number; for docker_gwbridge it is made on the host and moved, and keeps the host's number.
 */
function makePair(
  context: Context,
  network: NetworkRow,
  netns: NetnsId,
  mac: Joined['mac'],
): { readonly host: LinkRow; readonly container: LinkRow } {
  const { kernel } = context;
  const options = bridgeOptions(network.options, network.internal);
  const mtu = options.ok ? options.value.mtu : 1500;
  const bornInside = network.name !== gatewayNetworkName;
  const peer = {
    name: newVethName(context),
    netns: bornInside ? netns : kernel.initNetns,
    mtu,
    ...(mac && { mac }),
  };
  const made = kernel.linkAdd(kernel.initNetns, {
    name: newVethName(context),
    kind: 'veth',
    mtu,
    mac: newMac(context),
    peer,
  });
  assert(made.ok && made.value.peer, `making a veth pair for network ${network.name}`);
  const bridge = must(
    kernel.linkByName(kernel.initNetns, network.bridge ?? ''),
    `bridge of network ${network.name}`,
  );
  kernel.linkSet(made.value.id, { master: bridge.id, up: true });
  if (!bornInside) kernel.linkSet(made.value.peer, { netns });
  return { host: made.value, container: must(kernel.link(made.value.peer), 'the other end') };
}

function join(
  context: Context,
  network: NetworkRow,
  request: JoinRequest,
): Result<Joined, Failure> {
  const { kernel } = context;
  if (!kernel.linkByName(kernel.initNetns, network.bridge ?? ''))
    return err(failure('system', `bridge device with name ${network.bridge} does not exist`));
  const mac = request.mac ?? newMac(context);
  const { host, container } = makePair(context, network, request.netns, mac);
  if (request.address !== undefined)
    addEndpointRules(
      kernel.netfilter(kernel.initNetns),
      firewalledBridge(network),
      request.address,
    );
  const gateway = network.internal ? undefined : parseIpv4(network.subnets[0]?.gateway ?? '');
  return ok({ link: container.id, hostLink: host.id, mac, gateway });
}

function leave(context: Context, network: NetworkRow, endpoint: EndpointRow): void {
  const { kernel } = context;
  if (endpoint.hostLink && kernel.link(endpoint.hostLink)) kernel.linkDelete(endpoint.hostLink);
  if (endpoint.address !== undefined)
    removeEndpointRules(
      kernel.netfilter(kernel.initNetns),
      firewalledBridge(network),
      endpoint.address,
    );
}

function restoreNetwork(context: Context, row: NetworkRow): void {
  const options = bridgeOptions(row.options, row.internal);
  if (!options.ok || !hasBridge(row)) return;
  makeBridge(context, row, row.bridge, options.value.mtu);
  const { kernel } = context;
  restoreNetworkRules(kernel.netfilter(kernel.initNetns), firewalledBridge(row));
}

function deleteNetwork(context: Context, row: NetworkRow): void {
  const { kernel } = context;
  removeNetworkRules(kernel.netfilter(kernel.initNetns), firewalledBridge(row));
  const bridge = kernel.linkByName(kernel.initNetns, row.bridge ?? '');
  if (bridge) kernel.linkDelete(bridge.id);
}

export const bridgeDriver = (context: Context): Driver => ({
  name: 'bridge',
  hasAddresses: true,
  createNetwork: (row) => createNetwork(context, row),
  deleteNetwork: (row) => deleteNetwork(context, row),
  restoreNetwork: (row) => restoreNetwork(context, row),
  join: (network, request) => join(context, network, request),
  leave: (network, endpoint) => leave(context, network, endpoint),
});
