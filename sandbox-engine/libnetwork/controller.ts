// One daemon's libnetwork: the door behind which networks, sandboxes and endpoints are made.
//
// Mirrors: libnetwork/controller.go, moby daemon/daemon_unix.go (initNetworkController, initBridgeDriver).
import { assert } from '../std/index.ts';
import type { NetworkController, NetworkControllerOptions, NetworkSpec } from './api.ts';
import { netnsDirectory } from './context.ts';
import { bridgeDriver } from './drivers/bridge/bridge.ts';
import { bridgeOption } from './drivers/bridge/options.ts';
import { lanDriver } from './drivers/lan.ts';
import { singletonDriver } from './drivers/null.ts';
import { type OverlayDriver, overlayDriver } from './drivers/overlay/overlay.ts';
import { setUpHostFirewall } from './firewall/host.ts';
import { addNames, removeNames } from './names.ts';
import { createNetwork, findNetwork, makeNetwork, removeNetwork } from './networks.ts';
import { PortAllocator } from './ports/allocator.ts';
import { onHost } from './rows.ts';
import {
  connect,
  createSandbox,
  deleteSandbox,
  disconnect,
  renameContainer,
} from './sandbox/sandboxes.ts';
import {
  addServiceEndpoint,
  disableService,
  disableServiceEndpoint,
  enableService,
  loadBalancers,
  removeServiceEndpoint,
  serviceEndpoints,
} from './service/endpoints.ts';
import { releasePorts } from './service/ingress.ts';
import { createServiceState } from './service/state.ts';
import {
  driverOf,
  endpointsIn,
  endpointsOn,
  networkNamed,
  networksOf,
  type State,
} from './state.ts';
import { addSwarmNetwork, removeSwarmNetwork } from './swarm.ts';

/** The networks that every daemon has. */
const predefined: readonly NetworkSpec[] = [
  { name: 'none', driver: 'null' },
  { name: 'host', driver: 'host' },
  {
    name: 'bridge',
    driver: 'bridge',
    options: {
      [bridgeOption.defaultBridge]: 'true',
      [bridgeOption.icc]: 'true',
      [bridgeOption.masquerade]: 'true',
      [bridgeOption.hostBinding]: '0.0.0.0',
      [bridgeOption.name]: 'docker0',
      [bridgeOption.mtu]: '1500',
    },
  },
];

/** Starts libnetwork on a host: firewall chains, then the predefined networks, unless they are there already. */
export function createNetworkController(options: NetworkControllerOptions): NetworkController {
  const overlay = overlayDriver(options);
  const state: State = {
    context: options,
    drivers: new Map(
      [
        bridgeDriver(options),
        overlay,
        singletonDriver(options, 'host'),
        singletonDriver(options, 'null'),
        lanDriver(options, 'macvlan'),
        lanDriver(options, 'ipvlan'),
      ].map((driver) => [driver.name, driver]),
    ),
    ports: new PortAllocator(),
    live: new Map(),
    services: createServiceState(),
  };
  setUpHostFirewall(options.kernel);
  restore(state);
  for (const spec of predefined) {
    if (networkNamed(state, spec.name)) continue;
    const made = makeNetwork(state, spec);
    assert(made.ok, `making network ${spec.name}: ${made.ok ? '' : made.error.message}`);
  }
  return controllerOf(state, overlay);
}

/**
 * What is left of the daemon's last run: sandboxes and swarm networks are forgotten (their namespaces are gone, or were
 * given up), local networks come back, docker0 first.
 */
function restore(state: State): void {
  const { rows, host, placeNetns } = state.context;
  for (const { id, key } of rows.namespaces.where('host', host)) {
    rows.namespaces.remove(id);
    placeNetns?.(`${netnsDirectory}/${key}`, undefined);
  }
  for (const { id } of rows.endpoints.where('host', host)) rows.endpoints.remove(id);
  for (const { id } of rows.serviceEndpoints.where('host', host)) rows.serviceEndpoints.remove(id);
  for (const { id } of rows.loadBalancers.where('host', host)) rows.loadBalancers.remove(id);
  for (const { id } of rows.sandboxes.where('host', host)) rows.sandboxes.remove(id);
  const networks = networksOf(state);
  for (const { id } of networks)
    for (const name of rows.names.where('network', id)) rows.names.remove(name.id);
  for (const network of networks) {
    if (network.scope === 'swarm') rows.networks.remove(network.id);
    else if (!network.configOnly) driverOf(state, network).restoreNetwork?.(network);
  }
}

function controllerOf(state: State, overlay: OverlayDriver): NetworkController {
  const { context } = state;
  const { rows, host } = context;
  return {
    host,
    networks: () => networksOf(state),
    find: (term) => findNetwork(networksOf(state), term),
    endpoints: (networkId) => endpointsOn(state, networkId),
    createNetwork: (spec) => createNetwork(state, spec),
    removeNetwork: (networkId) => removeNetwork(state, networkId),
    createSandbox: (spec) => createSandbox(state, spec),
    deleteSandbox: (sandbox) => deleteSandbox(state, sandbox),
    sandboxOf: (containerId) => rows.sandboxes.first('container', onHost(host, containerId)),
    endpointsOf: (sandbox) => endpointsIn(state, sandbox),
    connect: (sandbox, settings) => connect(state, sandbox, settings),
    disconnect: (sandbox, networkId) => disconnect(state, sandbox, networkId),
    rename: (containerId, name) => renameContainer(state, containerId, name),
    addSwarmNetwork: (spec) => addSwarmNetwork(state, spec),
    removeSwarmNetwork: (networkId) => removeSwarmNetwork(state, overlay, networkId),
    addPeer: (networkId, peer) => overlay.addPeer(networkId, peer),
    removePeer: (networkId, peer) => overlay.removePeer(networkId, peer),
    addNames: (networkId, owner, names) => addNames(context, networkId, owner, names),
    removeNames: (networkId, owner) => removeNames(context, networkId, owner),
    enableService: (sandbox) => enableService(state, sandbox),
    disableService: (sandbox) => disableService(state, sandbox),
    serviceEndpoints: (networkId) => serviceEndpoints(state, networkId),
    addServiceEndpoint: (networkId, row) => addServiceEndpoint(state, networkId, row),
    disableServiceEndpoint: (networkId, id) => disableServiceEndpoint(state, networkId, id),
    removeServiceEndpoint: (networkId, id) => removeServiceEndpoint(state, networkId, id),
    loadBalancers: (networkId) => loadBalancers(state, networkId),
    setEncryptionKeys: (keys) => overlay.setKeys(keys),
    shutdown() {
      for (const { id } of rows.sandboxes.where('host', host)) deleteSandbox(state, id);
      releasePorts(state);
    },
  };
}
