// Sandboxes: the network stack of a container, and joining it to networks.
//
// Mirrors: libnetwork/controller.go NewSandbox, libnetwork/sandbox.go, libnetwork/osl/namespace_linux.go.

import { err, type Failure, failure, must, ok, type Result } from '../../std/index.ts';
import type {
  EndpointRow,
  EndpointSettings,
  JoiningStep,
  SandboxRow,
  SandboxSpec,
} from '../api.ts';
import { newId, publishNetns, withdrawNetns } from '../context.ts';
import { removeNames } from '../names.ts';
import { findNetwork } from '../networks.ts';
import { startResolver } from '../resolver/resolver.ts';
import { onHost } from '../rows.ts';
import {
  endpointsIn,
  type LiveSandbox,
  networkRow,
  networksOf,
  type SandboxOrder,
  type State,
  sandboxRow,
} from '../state.ts';
import {
  addEndpoint,
  dnsNamesOf,
  isResolvable,
  publishNames,
  removeEndpoint,
} from './endpoints.ts';
import {
  firstHosts,
  hostnamePath,
  hostsPath,
  internalResolvConf,
  legacyResolvConf,
  parseResolvConf,
  resolvConfPath,
} from './files.ts';
import { membersOf, settleGateway, unpublish } from './gateway.ts';
import { setLoopbackUp } from './interface.ts';
import { byJoining } from './order.ts';

const lastSegment = 12;

/** What runs in the container may use low ports and send pings without being root. Mirrors: daemon/oci_linux.go. */
const containerSysctls = {
  'net.ipv4.ip_unprivileged_port_start': '0',
  'net.ipv4.ping_group_range': '0 2147483647',
} as const;

const hostResolvConf = (state: State) =>
  parseResolvConf(state.context.readHostFile(resolvConfPath) ?? '');

/** Makes the namespace and its file. `key` is given for swarm's own sandboxes only. */
export function openSandbox(state: State, order: SandboxOrder, key?: string): LiveSandbox {
  const { context } = state;
  const { kernel, host, rows } = context;
  const sandboxId = newId(context);
  const own = order.kind !== 'host';
  const name = key ?? (own ? sandboxId.slice(0, lastSegment) : 'default');
  const netns = own ? kernel.netnsAdd() : kernel.initNetns;
  const kind = !own ? 'host' : order.fs ? 'container' : 'load-balancer';
  publishNetns(context, name, netns, { kind });
  const { containerId, containerName } = order;
  const id = onHost(host, sandboxId);
  rows.sandboxes.put({
    id,
    host,
    sandboxId,
    key: `/var/run/docker/netns/${name}`,
    containerId,
    containerName,
    netns,
    ports: [],
  });
  const live: LiveSandbox = {
    id,
    order,
    resolver: undefined,
    published: [],
    publishedOn: undefined,
  };
  state.live.set(id, live);
  if (own) {
    setLoopbackUp(kernel, netns);
    const sysctls = order.fs ? { ...containerSysctls, ...order.sysctls } : order.sysctls;
    for (const [sysctl, value] of Object.entries(sysctls ?? {}))
      kernel.sysctlSet(netns, sysctl, value);
  }
  return live;
}

function writeFiles(state: State, order: SandboxOrder): void {
  const { fs } = order;
  if (!fs) return;
  fs.writeFile(hostnamePath, `${order.hostname}\n`);
  if (order.kind === 'host') {
    fs.writeFile(hostsPath, state.context.readHostFile(hostsPath) ?? firstHosts(order));
    const text = state.context.readHostFile(resolvConfPath) ?? '';
    const plain = [order.dns, order.dnsSearch, order.dnsOptions].every((l) => l.length === 0);
    fs.writeFile(resolvConfPath, plain ? text : legacyResolvConf(order, parseResolvConf(text)));
    return;
  }
  fs.writeFile(hostsPath, firstHosts(order));
  fs.writeFile(resolvConfPath, legacyResolvConf(order, hostResolvConf(state)));
}

/** Makes a sandbox and joins it to its networks, telling what it is about to do; on failure nothing of it is left. */
export function* buildSandbox(state: State, spec: SandboxSpec): Joining<SandboxRow> {
  const { networks, ...order } = spec;
  const live = openSandbox(state, order);
  writeFiles(state, order);
  const joined = yield* joinAll(state, live, networks);
  if (joined.ok) return ok(sandboxRow(state, live.id));
  deleteSandbox(state, live.id);
  return joined;
}

export const createSandbox = (state: State, spec: SandboxSpec): Result<SandboxRow, Failure> =>
  atOnce(buildSandbox(state, spec));

/** What takes its time yields before it is done. */
type Joining<T> = Generator<JoiningStep, Result<T, Failure>>;

function atOnce<T>(joining: Joining<T>): Result<T, Failure> {
  for (;;) {
    const step = joining.next();
    if (step.done) return step.value;
  }
}

/** Joins the networks one by one; ports are published once the way out is known. */
function* joinAll(
  state: State,
  live: LiveSandbox,
  all: readonly EndpointSettings[],
): Joining<void> {
  const found: { settings: EndpointSettings; network: SandboxNetwork }[] = [];
  for (const settings of all) {
    const network = findNetwork(networksOf(state), settings.network);
    if (!network.ok) return network;
    found.push({ settings, network: network.value });
  }
  // A task's come as its node was given them, which is how Go mostly walks a small map: ingress first.
  if (!found.every(({ settings }) => settings.service !== undefined))
    found.sort((a, b) => byJoining(a.network, b.network));
  const { ports } = live.order;
  for (const [index, { settings, network }] of found.entries()) {
    const last = index === found.length - 1;
    live.order = { ...live.order, ports: last ? ports : [] };
    const joined = yield* joining(state, live, network, settings);
    if (!joined.ok) return joined;
  }
  live.order = { ...live.order, ports };
  return ok(undefined);
}

type SandboxNetwork = ReturnType<typeof networksOf>[number];

interface JoinAs {
  readonly name?: string;
  readonly anonymous?: boolean;
}

function* joining(
  state: State,
  live: LiveSandbox,
  network: SandboxNetwork,
  settings: EndpointSettings,
  how: JoinAs = {},
): Joining<EndpointRow> {
  const named = isResolvable(network);
  const { name = live.order.containerName, anonymous = false } = how;
  const resolvable = (named || network.ingress) && !anonymous;
  yield { step: 'interface' };
  if (!state.live.has(live.id)) return err(gone);
  const added = addEndpoint(state, live, { network, settings, name, resolvable });
  if (!added.ok) return added;
  const resolver = (named || network.ingress) && ensureResolver(state, live);
  yield {
    step: 'rules',
    resolver,
    ports: network.ingress ? (settings.service?.ports.length ?? 0) : 0,
  };
  if (!state.live.has(live.id)) return err(gone);
  const settled = settleGateway(state, live);
  if (settled.ok) return added;
  removeEndpoint(state, live, added.value);
  settleGateway(state, live);
  return settled;
}

const gone = failure('system', 'the sandbox was removed');

/** Joins a sandbox to a network; on failure nothing of it is left. */
export const join = (
  state: State,
  live: LiveSandbox,
  network: SandboxNetwork,
  settings: EndpointSettings,
  how: JoinAs = {},
): Result<EndpointRow, Failure> => atOnce(joining(state, live, network, settings, how));

/** Starts the embedded DNS server with the first network that has one; it stays until the sandbox goes. Started now? */
function ensureResolver(state: State, live: LiveSandbox): boolean {
  if (live.resolver || live.order.kind === 'host') return false;
  const { netns } = sandboxRow(state, live.id);
  const host = hostResolvConf(state);
  live.resolver = startResolver(state.context, {
    netns,
    order: live.order,
    host,
    members: () => membersOf(state, live.id),
  });
  live.order.fs?.writeFile(resolvConfPath, internalResolvConf(live.order, host));
  return true;
}

export const connect = (
  state: State,
  sandbox: string,
  settings: EndpointSettings,
): Result<EndpointRow, Failure> => {
  const live = must(state.live.get(sandbox), `sandbox ${sandbox}`);
  const network = findNetwork(networksOf(state), settings.network);
  return network.ok ? join(state, live, network.value, settings) : network;
};

/** Leaves a network. `force` is for endpoints whose container is gone; it makes no difference here. */
export function disconnect(
  state: State,
  sandbox: string,
  networkId: string,
): Result<void, Failure> {
  const live = must(state.live.get(sandbox), `sandbox ${sandbox}`);
  const row = endpointsIn(state, sandbox).find((endpoint) => endpoint.networkId === networkId);
  if (!row)
    return err(
      failure(
        'forbidden',
        `container ${live.order.containerId} is not connected to network ${networkRow(state, networkId)?.name ?? networkId}`,
      ),
    );
  if (live.publishedOn === row.endpointId) unpublish(state, live);
  removeEndpoint(state, live, row);
  return settleGateway(state, live);
}

export function deleteSandbox(state: State, sandbox: string): void {
  const live = state.live.get(sandbox);
  const { context } = state;
  const row = context.rows.sandboxes.get(sandbox);
  if (!live || !row) return;
  unpublish(state, live);
  live.resolver?.stop();
  for (const endpoint of endpointsIn(state, sandbox)) removeEndpoint(state, live, endpoint);
  state.live.delete(sandbox);
  context.rows.sandboxes.remove(sandbox);
  const key = row.key.slice(row.key.lastIndexOf('/') + 1);
  if (row.netns !== context.kernel.initNetns) {
    withdrawNetns(context, key);
    context.kernel.netnsDelete(row.netns);
    return;
  }
  const others = context.rows.sandboxes.where('host', context.host);
  if (!others.some(({ netns }) => netns === context.kernel.initNetns)) withdrawNetns(context, key);
}

/** The container has another name: endpoints and DNS follow, aliases stay. */
export function renameContainer(state: State, containerId: string, name: string): void {
  const { rows, host } = state.context;
  for (const sandbox of rows.sandboxes.where('container', onHost(host, containerId))) {
    const live = must(state.live.get(sandbox.id), `sandbox ${sandbox.id}`);
    const before = live.order.containerName;
    live.order = { ...live.order, containerName: name };
    rows.sandboxes.update(sandbox.id, { containerName: name });
    for (const endpoint of endpointsIn(state, sandbox.id)) {
      if (endpoint.name !== before) continue;
      const hasNames = endpoint.dnsNames.length > 0;
      const dnsNames = hasNames ? dnsNamesOf(live, endpoint.settings) : [];
      const row = rows.endpoints.update(endpoint.id, { name, dnsNames });
      removeNames(state.context, endpoint.networkId, endpoint.endpointId);
      publishNames(state, row);
    }
  }
}
