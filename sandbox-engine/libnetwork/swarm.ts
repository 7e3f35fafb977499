// A node's part in a swarm network: the network's row, and its load-balancer sandbox (ingress_sbox, lb_…).
//
// Mirrors: libnetwork/network.go createLoadBalancerSandbox, moby daemon/network.go setupIngress. What is in
// those sandboxes is the matter of service/.
import type { Failure, Result } from '../std/index.ts';
import { ok } from '../std/index.ts';
import type { NetworkRow, SwarmNetworkSpec } from './api.ts';
import { vxlanIdList } from './drivers/overlay/options.ts';
import type { OverlayDriver } from './drivers/overlay/overlay.ts';
import { onHost } from './rows.ts';
import { deleteSandbox, disconnect, join, openSandbox } from './sandbox/sandboxes.ts';
import { bindKnown, forgetServiceEndpoints } from './service/endpoints.ts';
import { loadBalancerContainer } from './service/place.ts';
import { endpointsOn, networkRow, type SandboxOrder, type State } from './state.ts';

const sandboxKey = ({ ingress, networkId }: NetworkRow): string =>
  ingress ? 'ingress_sbox' : `lb_${networkId.slice(0, 9)}`;

/** Mirrors: libnetwork/osl/sandbox_linux.go (ApplyOSTweaks). */
const balancerSysctls = {
  'net.ipv4.vs.conn_reuse_mode': '0',
  'net.ipv4.vs.conntrack': '1',
  'net.ipv4.vs.expire_nodest_conn': '1',
  'net.ipv4.vs.expire_quiescent_template': '1',
} as const;

const loadBalancerOrder = (network: NetworkRow): SandboxOrder => ({
  containerId: loadBalancerContainer(network),
  containerName: loadBalancerContainer(network),
  hostname: '',
  domainname: '',
  kind: network.ingress ? 'ingress' : 'load-balancer',
  ports: [],
  extraHosts: [],
  dns: [],
  dnsSearch: [],
  dnsOptions: [],
  fs: undefined,
  sysctls: balancerSysctls,
});

export function addSwarmNetwork(state: State, spec: SwarmNetworkSpec): Result<NetworkRow, Failure> {
  const found = networkRow(state, spec.networkId);
  const network = found ?? state.context.rows.networks.put(swarmRow(state, spec));
  if (!spec.loadBalancerAddress) {
    if (!found) bindKnown(state, network);
    return ok(network);
  }
  const name = `${network.name}-endpoint`;
  if (endpointsOn(state, network.networkId).some((endpoint) => endpoint.name === name))
    return ok(network);
  const live = openSandbox(state, loadBalancerOrder(network), sandboxKey(network));
  const settings = { network: network.networkId, allocatedAddress: spec.loadBalancerAddress };
  const joined = join(state, live, network, settings, { name, anonymous: true });
  if (!joined.ok) return joined;
  bindKnown(state, network);
  return ok(network);
}

function swarmRow({ context }: State, spec: SwarmNetworkSpec): NetworkRow {
  const { networkId, name, subnets, ingress, internal, attachable, options, labels } = spec;
  return {
    id: onHost(context.host, networkId),
    host: context.host,
    networkId,
    name,
    driver: 'overlay',
    scope: 'swarm',
    createdAt: context.sim.now(),
    ipam: {
      driver: 'default',
      options: null,
      config: subnets.map(({ subnet, gateway, ipRange }) => ({
        subnet,
        ...(ipRange !== undefined && { ipRange }),
        gateway,
      })),
    },
    subnets,
    internal,
    attachable,
    ingress,
    configOnly: false,
    configFrom: '',
    enableIpv4: true,
    enableIpv6: false,
    options: { [vxlanIdList]: subnets.map(({ vni }) => vni).join(','), ...options },
    labels: labels ?? {},
  };
}

/** The node's last endpoint on the network is gone, or the node leaves the swarm. */
export function removeSwarmNetwork(state: State, overlay: OverlayDriver, networkId: string): void {
  const { rows } = state.context;
  const network = networkRow(state, networkId);
  if (!network) return;
  forgetServiceEndpoints(state, networkId);
  for (const { sandbox } of endpointsOn(state, networkId)) {
    const row = rows.sandboxes.get(sandbox);
    if (row?.containerId === loadBalancerContainer(network)) deleteSandbox(state, sandbox);
    else disconnect(state, sandbox, networkId);
  }
  overlay.forget(networkId);
  for (const name of rows.names.where('network', network.id)) rows.names.remove(name.id);
  rows.networks.remove(network.id);
}
