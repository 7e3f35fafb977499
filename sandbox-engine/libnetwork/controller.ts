// One daemon's libnetwork: the door behind which networks, sandboxes and endpoints are made.
//
// Mirrors: libnetwork/controller.go, moby daemon/daemon_unix.go (initNetworkController, initBridgeDriver).
import { assert } from '../std/index.ts';
import type {
  NetworkController,
  NetworkControllerOptions,
  NetworkRow,
  NetworkSpec,
} from './api.ts';
import { netnsDirectory, newId } from './context.ts';
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
  buildSandbox,
  connect,
  createSandbox,
  deleteSandbox,
  disconnect,
  renameContainer,
} from './sandbox/sandboxes.ts';
import {
  addServiceEndpoint,
  announceService,
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
  const run = start(options);
  begin(run.state);
  return controllerOf(run);
}

/** What one run of the daemon keeps in memory. */
interface Run {
  state: State;
  overlay: OverlayDriver;
}

function start(context: NetworkControllerOptions): Run {
  const overlay = overlayDriver(context);
  const state: State = {
    context,
    drivers: new Map(
      [
        bridgeDriver(context),
        overlay,
        singletonDriver(context, 'host'),
        singletonDriver(context, 'null'),
        lanDriver(context, 'macvlan'),
        lanDriver(context, 'ipvlan'),
      ].map((driver) => [driver.name, driver]),
    ),
    ports: new PortAllocator(),
    live: new Map(),
    services: createServiceState(),
  };
  return { state, overlay };
}

function begin(state: State): void {
  setUpHostFirewall(state.context.kernel);
  restore(state);
  for (const spec of predefined) {
    if (networkNamed(state, spec.name)) continue;
    const made = makeNetwork(state, spec);
    assert(made.ok, `making network ${spec.name}: ${made.ok ? '' : made.error.message}`);
  }
}

/** Sandboxes and swarm networks are forgotten: their namespaces are gone, or were given up. */
function forgetRun(state: State): void {
  const { rows, host, placeNetns } = state.context;
  for (const { id, key } of rows.namespaces.where('host', host)) {
    rows.namespaces.remove(id);
    placeNetns?.(`${netnsDirectory}/${key}`, undefined);
  }
  for (const { id } of rows.endpoints.where('host', host)) rows.endpoints.remove(id);
  for (const { id } of rows.serviceEndpoints.where('host', host)) rows.serviceEndpoints.remove(id);
  for (const { id } of rows.loadBalancers.where('host', host)) rows.loadBalancers.remove(id);
  for (const { id } of rows.sandboxes.where('host', host)) rows.sandboxes.remove(id);
  for (const { id, scope } of networksOf(state)) {
    for (const name of rows.names.where('network', id)) rows.names.remove(name.id);
    if (scope === 'swarm') rows.networks.remove(id);
  }
}

/** What is left of the daemon's last run: local networks come back, docker0 first. */
function restore(state: State): void {
  forgetRun(state);
  const networks = networksOf(state);
  const defaultBridge = networks.find(({ name }) => name === 'bridge');
  if (defaultBridge) driverOf(state, defaultBridge).restoreNetwork?.(renewed(state, defaultBridge));
  for (const network of networks)
    if (!network.configOnly && network !== defaultBridge)
      driverOf(state, network).restoreNetwork?.(network);
}

/** The default bridge network is made anew by each run of the daemon (057:12): another id, the same bridge. */
function renewed({ context }: State, network: NetworkRow): NetworkRow {
  const { rows, host, sim } = context;
  const networkId = newId(context);
  rows.networks.remove(network.id);
  return rows.networks.put({
    ...network,
    id: onHost(host, networkId),
    networkId,
    createdAt: sim.now(),
  });
}

function controllerOf(run: Run): NetworkController {
  const { context } = run.state;
  const { rows, host } = context;
  return {
    host,
    networks: () => networksOf(run.state),
    find: (term) => findNetwork(networksOf(run.state), term),
    endpoints: (networkId) => endpointsOn(run.state, networkId),
    createNetwork: (spec) => createNetwork(run.state, spec),
    removeNetwork: (networkId) => removeNetwork(run.state, networkId),
    createSandbox: (spec) => createSandbox(run.state, spec),
    buildSandbox: (spec) => buildSandbox(run.state, spec),
    deleteSandbox: (sandbox) => deleteSandbox(run.state, sandbox),
    sandboxOf: (containerId) => rows.sandboxes.first('container', onHost(host, containerId)),
    endpointsOf: (sandbox) => endpointsIn(run.state, sandbox),
    connect: (sandbox, settings) => connect(run.state, sandbox, settings),
    disconnect: (sandbox, networkId) => disconnect(run.state, sandbox, networkId),
    rename: (containerId, name) => renameContainer(run.state, containerId, name),
    addSwarmNetwork: (spec) => addSwarmNetwork(run.state, spec),
    removeSwarmNetwork: (networkId) => removeSwarmNetwork(run.state, run.overlay, networkId),
    addPeer: (networkId, peer) => run.overlay.addPeer(networkId, peer),
    removePeer: (networkId, peer) => run.overlay.removePeer(networkId, peer),
    addNames: (networkId, owner, names) => addNames(context, networkId, owner, names),
    removeNames: (networkId, owner) => removeNames(context, networkId, owner),
    enableService: (sandbox) => enableService(run.state, sandbox),
    announceService: (sandbox) => announceService(run.state, sandbox),
    disableService: (sandbox) => disableService(run.state, sandbox),
    serviceEndpoints: (networkId) => serviceEndpoints(run.state, networkId),
    addServiceEndpoint: (networkId, row) => addServiceEndpoint(run.state, networkId, row),
    disableServiceEndpoint: (networkId, id) => disableServiceEndpoint(run.state, networkId, id),
    removeServiceEndpoint: (networkId, id) => removeServiceEndpoint(run.state, networkId, id),
    loadBalancers: (networkId) => loadBalancers(run.state, networkId),
    setEncryptionKeys: (keys) => run.overlay.setKeys(keys),
    shutdown() {
      for (const { id } of rows.sandboxes.where('host', host)) deleteSandbox(run.state, id);
      releasePorts(run.state);
    },
    lose: () => forgetRun(run.state),
    restart() {
      Object.assign(run, start(context));
      begin(run.state);
    },
  };
}
