// A container and its networks: joining them at its start, leaving them at its end, and changes in between.
//
// Mirrors: moby daemon/container_operations.go (initializeNetworking, allocateNetwork, releaseNetwork, ConnectToNetwork).
import type { SandboxFiles, SandboxRow } from '../../libnetwork/index.ts';
import { validateEndpointSettings } from '../../libnetwork/index.ts';
import type { FileSystem } from '../../os/index.ts';
import type { Op } from '../../sim/index.ts';
import { err, type Failure, failure, ok, type Result } from '../../std/index.ts';
import { formatIpv4 } from '../../wire/index.ts';
import { sortedKeys } from '../body.ts';
import { endpointSettings, isUserMode, portsOf } from './attachments.ts';
import { type Attachment, type ContainerRow, hasProcess, shortId } from './rows.ts';
import type { ContainerStore } from './store.ts';

/** The three files that Docker manages, and where they are on the host. */
export const managedFiles = ['/etc/hostname', '/etc/hosts', '/etc/resolv.conf'] as const;

export const containerDirectory = (row: ContainerRow): string =>
  `/var/lib/docker/containers/${row.containerId}`;

const hostPath = (row: ContainerRow, path: string): string =>
  `${containerDirectory(row)}/${path.slice('/etc/'.length)}`;

function sandboxFiles(hostFs: FileSystem, row: ContainerRow): SandboxFiles {
  hostFs.mkdir(containerDirectory(row), { parents: true });
  return {
    writeFile(path, text) {
      hostFs.write(hostPath(row, path), text);
    },
    readFile(path) {
      const file = hostFs.read(hostPath(row, path));
      return file.ok ? file.value : undefined;
    },
  };
}

/** Shows the managed files (its own, or those of the container whose namespace it shares) in a container's root. */
export function mountManagedFiles(store: ContainerStore, row: ContainerRow, fs: FileSystem): void {
  const owner = sharedWith(store, row);
  const source = owner?.ok ? owner.value : row;
  const hostFs = store.context.host.fs;
  for (const path of managedFiles) {
    const from = hostPath(source, path);
    if (!hostFs.exists(from)) continue;
    fs.mountTree(path, hostFs, from);
  }
}

/** The container whose network namespace this one uses; undefined when it has one of its own. */
export function sharedWith(
  store: ContainerStore,
  row: ContainerRow,
): Result<ContainerRow, Failure> | undefined {
  const mode = row.hostConfig.NetworkMode;
  if (!mode.startsWith('container:')) return undefined;
  const found = store.find(mode.slice('container:'.length));
  if (!found.ok) {
    return err({
      ...found.error,
      message: `joining network namespace of container: ${found.error.message}`,
    });
  }
  if (!hasProcess(found.value.state)) {
    return err(
      failure(
        'conflict',
        `cannot join network namespace of a non running container: container ${found.value.containerId} is not running`,
      ),
    );
  }
  return found;
}

export const sandboxOf = (store: ContainerStore, row: ContainerRow): SandboxRow | undefined => {
  const shared = sharedWith(store, row);
  const owner = shared?.ok ? shared.value : row;
  return store.context.controller.sandboxOf(owner.containerId);
};

const setupFailure = (error: Failure): Failure => ({
  ...error,
  message: `failed to set up container networking: ${error.message}`,
});

/** Makes the container's network stack. On failure nothing is left of it. */
export function* joinNetworks(
  store: ContainerStore,
  row: ContainerRow,
): Op<Result<SandboxRow, Failure>> {
  const shared = sharedWith(store, row);
  if (shared) {
    if (!shared.ok) return shared;
    const sandbox = sandboxOf(store, row);
    return sandbox ? ok(sandbox) : err(failure('system', 'the other container has no sandbox'));
  }
  const hosts = extraHosts(store, row);
  if (!hosts.ok) return hosts;
  const placed = yield* takePlaces(store, row);
  if (!placed.ok) return err(setupFailure(placed.error));
  const current = placed.value;
  const mode = current.hostConfig.NetworkMode;
  const { context } = store;
  const made = context.controller.createSandbox({
    containerId: current.containerId,
    containerName: current.name,
    hostname: current.config.Hostname,
    domainname: current.config.Domainname,
    kind: mode === 'host' || mode === 'none' ? mode : 'own',
    networks: Object.entries(current.networks).map(([name, attachment]) =>
      endpointSettings(name, attachment),
    ),
    ports: mode === 'host' ? [] : portsOf(current.config, current.hostConfig),
    extraHosts: hosts.value,
    dns: current.hostConfig.Dns ?? [],
    dnsSearch: current.hostConfig.DnsSearch ?? [],
    dnsOptions: current.hostConfig.DnsOptions ?? [],
    sysctls: (current.hostConfig.Sysctls ?? {}) as Readonly<Record<string, string>>,
    fs: sandboxFiles(context.host.fs, current),
  });
  if (!made.ok) {
    yield* givePlacesBack(store, current);
    return err(setupFailure(made.error));
  }
  noteEndpoints(store, current, made.value);
  return made;
}

/** Writes down what the endpoints are called and on which networks they are, and tells of them. */
function noteEndpoints(store: ContainerStore, row: ContainerRow, sandbox: SandboxRow): void {
  const { controller } = store.context;
  const networks: Record<string, Attachment> = {};
  for (const endpoint of controller.endpointsOf(sandbox.id)) {
    const attachment =
      row.networks[endpoint.networkName] ??
      row.networks[endpoint.networkId] ??
      row.networks[endpoint.settings.network];
    if (!attachment) continue;
    const dnsNames = isUserMode(endpoint.networkName) ? endpoint.dnsNames : null;
    networks[endpoint.networkName] = { ...attachment, networkId: endpoint.networkId, dnsNames };
    networkEvent(store, row, 'connect', endpoint.networkId);
  }
  store.update(row, { networks: sortedKeys(networks) });
}

function networkEvent(
  store: ContainerStore,
  row: ContainerRow,
  action: 'connect' | 'disconnect',
  networkId: string,
): void {
  const network = store.context.controller.networks().find((n) => n.networkId === networkId);
  store.context.events.log('network', action, networkId, {
    container: row.containerId,
    name: network?.name ?? '',
    type: network?.driver ?? '',
  });
}

/** `/etc/hosts` lines: --link on the default bridge, then --add-host. */
function extraHosts(
  store: ContainerStore,
  row: ContainerRow,
): Result<{ readonly name: string; readonly address: string }[], Failure> {
  const hosts: { name: string; address: string }[] = [];
  for (const link of row.links) {
    const other = store.get(link.container);
    if (!other || !hasProcess(other.state)) {
      return err(
        failure(
          'conflict',
          `Cannot link to a non running container: /${other?.name ?? ''} AS /${row.name}/${link.alias}`,
        ),
      );
    }
    const names = [link.alias, other.config.Hostname, other.name];
    hosts.push({ name: [...new Set(names)].join(' '), address: bridgeAddress(store, other) });
  }
  for (const entry of row.hostConfig.ExtraHosts ?? []) {
    const cut = entry.search(/[:=]/);
    const [name, address] = [entry.slice(0, cut), entry.slice(cut + 1)];
    hosts.push({ name, address: address === 'host-gateway' ? gatewayAddress(store) : address });
  }
  return ok(hosts);
}

/** A container's address on the default bridge. */
export function bridgeAddress(store: ContainerStore, row: ContainerRow): string {
  const sandbox = sandboxOf(store, row);
  const endpoint =
    sandbox &&
    store.context.controller.endpointsOf(sandbox.id).find((e) => e.networkName === 'bridge');
  return endpoint?.address === undefined ? '' : formatIpv4(endpoint.address);
}

const gatewayAddress = (store: ContainerStore): string => {
  const bridge = store.context.controller.find('bridge');
  return (bridge.ok && bridge.value.subnets[0]?.gateway) || '172.17.0.1';
};

// ---- attachable swarm networks -----------------------------------------------------------------

/** Asks the managers for addresses on swarm networks that the container is to join by itself. */
function* takePlaces(store: ContainerStore, row: ContainerRow): Op<Result<ContainerRow, Failure>> {
  const networks: Record<string, Attachment> = {};
  for (const [name, attachment] of Object.entries(row.networks)) {
    const place = yield* takePlace(store, row, name, attachment);
    if (!place.ok) {
      yield* givePlacesBack(store, { ...row, networks });
      return place;
    }
    networks[name] = place.value;
  }
  return ok(store.update(row, { networks }));
}

function* takePlace(
  store: ContainerStore,
  row: ContainerRow,
  name: string,
  attachment: Attachment,
): Op<Result<Attachment, Failure>> {
  if (attachment.allocatedAddress && !attachment.attached) return ok(attachment);
  const { controller, cluster } = store.context;
  const found = controller.find(name);
  if (found.ok && found.value.scope === 'local') return ok(attachment);
  if (!cluster || !/^active/.test(cluster.status()))
    return found.ok ? ok(attachment) : err(found.error);
  const asked = attachment.ipam?.IPv4Address;
  const place = yield* cluster.attachNetwork(
    name,
    row.containerId,
    typeof asked === 'string' ? [asked] : [],
  );
  if (!place.ok) return place;
  return ok({
    ...attachment,
    networkId: place.value.networkId,
    allocatedAddress: place.value.address,
    attached: true,
  });
}

function* givePlacesBack(store: ContainerStore, row: ContainerRow): Op<void> {
  for (const attachment of Object.values(row.networks)) {
    if (attachment.attached && attachment.allocatedAddress) yield* detach(store, row, attachment);
  }
}

function* detach(store: ContainerStore, row: ContainerRow, attachment: Attachment): Op<void> {
  yield* store.context.cluster?.detachNetwork(attachment.networkId, row.containerId) ?? none();
}

function* none(): Op<void> {}

/** The container has stopped: its network stack goes. */
export function* leaveNetworks(store: ContainerStore, row: ContainerRow): Op<void> {
  const { controller } = store.context;
  const sandbox = controller.sandboxOf(row.containerId);
  if (!sandbox) return;
  const endpoints = controller.endpointsOf(sandbox.id);
  controller.deleteSandbox(sandbox.id);
  for (const endpoint of endpoints) networkEvent(store, row, 'disconnect', endpoint.networkId);
  const current = store.get(row.id);
  if (!current) return;
  const networks = Object.fromEntries(
    Object.entries(current.networks).map(([name, attachment]): [string, Attachment] => [
      name,
      attachment.attached ? { ...attachment, allocatedAddress: undefined } : attachment,
    ]),
  );
  store.update(current, { networks });
  yield* givePlacesBack(store, current);
}

// ---- network connect and disconnect -------------------------------------------------------------

const sharing =
  'container sharing network namespace with another container or host cannot be connected to any other network';

/** Why a container in that mode may not be connected to one more network. */
function connectProblem(row: ContainerRow, name: string): Failure | undefined {
  const mode = row.hostConfig.NetworkMode;
  if (mode === 'host' || mode.startsWith('container:')) return failure('forbidden', sharing);
  if (name === 'host') {
    return failure(
      'forbidden',
      'cannot connect container to host network - container must be created in host network mode',
    );
  }
  if (name === 'none' || mode === 'none') {
    return failure(
      'forbidden',
      'container cannot be connected to multiple networks with one of the networks in private (none) mode',
    );
  }
  return undefined;
}

/** `docker network connect`: at once when the container runs, else from its next start on. */
export function* connectContainer(
  store: ContainerStore,
  term: string,
  network: string,
  wanted: Attachment,
): Op<Result<void, Failure>> {
  const found = store.find(term);
  if (!found.ok) return found;
  const row = found.value;
  const { controller } = store.context;
  const known = controller.find(network);
  const name = known.ok ? known.value.name : network;
  const refused = connectProblem(row, name);
  if (refused) return err(refused);
  const { network: _, ...settings } = endpointSettings(name, wanted);
  const valid = validateEndpointSettings(name, known.ok ? known.value : undefined, settings);
  if (!valid.ok) return valid;
  const running = hasProcess(row.state);
  if (!running) {
    if (!known.ok && !store.context.cluster?.knowsNetwork(network)) return known;
    const networks = sortedKeys({ ...row.networks, [name]: wanted });
    store.update(row, { networks });
    return ok(undefined);
  }
  const place = yield* takePlace(store, row, name, wanted);
  if (!place.ok) return place;
  const sandbox = controller.sandboxOf(row.containerId);
  if (!sandbox) return err(failure('system', `container ${row.containerId} has no sandbox`));
  const joined = controller.connect(sandbox.id, endpointSettings(name, place.value));
  if (!joined.ok) {
    if (place.value.attached) yield* detach(store, row, place.value);
    return joined;
  }
  const endpoint = joined.value;
  const dnsNames = isUserMode(endpoint.networkName) ? endpoint.dnsNames : null;
  const attachment = { ...place.value, networkId: endpoint.networkId, dnsNames };
  store.update(row, {
    networks: sortedKeys({ ...row.networks, [endpoint.networkName]: attachment }),
  });
  networkEvent(store, row, 'connect', endpoint.networkId);
  return ok(undefined);
}

/** `docker network disconnect`. */
export function* disconnectContainer(
  store: ContainerStore,
  term: string,
  network: string,
  force: boolean,
): Op<Result<void, Failure>> {
  const found = store.find(term);
  if (!found.ok) return found;
  const row = found.value;
  const { controller } = store.context;
  const known = controller.find(network);
  if (!known.ok) return known;
  const { name, networkId } = known.value;
  if (name === 'host' && row.hostConfig.NetworkMode === 'host') {
    return err(
      failure(
        'forbidden',
        'cannot disconnect container from host network - container was created in host network mode',
      ),
    );
  }
  const attachment = row.networks[name];
  if (!attachment) {
    return err(
      failure('forbidden', `container ${row.containerId} is not connected to network ${name}`),
    );
  }
  const sandbox = controller.sandboxOf(row.containerId);
  if (sandbox) {
    const left = controller.disconnect(sandbox.id, networkId, force);
    if (!left.ok) return left;
    networkEvent(store, row, 'disconnect', networkId);
    if (attachment.attached) yield* detach(store, row, attachment);
  }
  const networks = Object.fromEntries(Object.entries(row.networks).filter(([n]) => n !== name));
  store.update(row, { networks });
  return ok(undefined);
}

/** Variables that a container gets for each of its links. */
export function linkVariables(store: ContainerStore, row: ContainerRow): string[] {
  return row.links.flatMap(({ container, alias }) => {
    const other = store.get(container);
    if (!other) return [];
    const prefix = alias.toUpperCase().replaceAll('-', '_');
    const address = bridgeAddress(store, other);
    const ports = Object.keys(other.config.ExposedPorts ?? {}).map((p) => p.split('/'));
    const first = ports[0];
    const lines = first ? [`${prefix}_PORT=${first[1]}://${address}:${first[0]}`] : [];
    for (const [port, protocol = 'tcp'] of ports) {
      const name = `${prefix}_PORT_${port}_${protocol.toUpperCase()}`;
      lines.push(
        `${name}=${protocol}://${address}:${port}`,
        `${name}_ADDR=${address}`,
        `${name}_PORT=${port}`,
        `${name}_PROTO=${protocol}`,
      );
    }
    lines.push(`${prefix}_NAME=/${row.name}/${alias}`);
    const inherited = other.config.Env.filter(
      (entry) => !/^(HOME|PATH|HOSTNAME|TERM)=/.test(entry),
    );
    for (const entry of inherited) lines.push(`${prefix}_ENV_${entry}`);
    return lines;
  });
}

export const ownHostname = (row: ContainerRow): string =>
  row.config.Hostname || shortId(row.containerId);
