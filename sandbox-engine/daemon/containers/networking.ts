// A container and its networks: joining them at its start, leaving them at its end.
//
// Mirrors: moby daemon/container_operations.go (initializeNetworking, allocateNetwork, releaseNetwork).
import type { EndpointRow, JoiningStep, SandboxFiles, SandboxRow } from '../../libnetwork/index.ts';
import type { FileSystem } from '../../os/index.ts';
import type { Op } from '../../sim/index.ts';
import { err, type Failure, failure, ok, type Result } from '../../std/index.ts';
import { sortedKeys } from '../body.ts';
import type { DaemonContext } from '../context.ts';
import { endpointSettings, isUserMode, portsOf } from './attachments.ts';
import { spend } from './durations.ts';
import { extraHosts } from './links.ts';
import { sandboxOf, sharedWith } from './namespaces.ts';
import { type Attachment, type ContainerRow, shortId } from './rows.ts';
import type { ContainerStore } from './store.ts';

/** The three files that Docker manages, and where they are on the host. */
export const managedFiles = ['/etc/hostname', '/etc/hosts', '/etc/resolv.conf'] as const;

export const containerDirectory = (row: ContainerRow): string =>
  `/var/lib/docker/containers/${row.containerId}`;

/** The log as a file of the host. */
export const logPath = (row: ContainerRow): string =>
  `${containerDirectory(row)}/${row.containerId}-json.log`;

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
  const building = context.controller.buildSandbox({
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
  let progress = building.next();
  while (!progress.done) {
    yield* spendOnJoining(context, current.managed, progress.value);
    progress = building.next();
  }
  const made = progress.value;
  if (!made.ok) {
    yield* givePlacesBack(store, current);
    return err(setupFailure(made.error));
  }
  noteEndpoints(store, current, made.value);
  return made;
}

function* spendOnJoining(
  context: DaemonContext,
  managed: boolean,
  progress: JoiningStep,
): Op<void> {
  if (progress.step === 'interface') {
    yield* spend(context, managed, 'interface');
    return;
  }
  if (progress.resolver) yield* spend(context, managed, 'resolver');
  yield* spend(context, managed, 'redirect', progress.ports);
}

/** What the container says of an endpoint's network; nothing of docker_gwbridge, which libnetwork adds by itself. */
const attachmentOf = (row: ContainerRow, endpoint: EndpointRow): Attachment | undefined =>
  row.networks[endpoint.networkName] ??
  row.networks[endpoint.networkId] ??
  row.networks[endpoint.settings.network];

/** Writes down what the endpoints are called and on which networks they are, and tells of them. */
function noteEndpoints(store: ContainerStore, row: ContainerRow, sandbox: SandboxRow): void {
  const { controller } = store.context;
  const networks: Record<string, Attachment> = {};
  for (const endpoint of controller.endpointsOf(sandbox.id)) {
    const attachment = attachmentOf(row, endpoint);
    if (!attachment) continue;
    const dnsNames = isUserMode(endpoint.networkName) ? endpoint.dnsNames : null;
    networks[endpoint.networkName] = { ...attachment, networkId: endpoint.networkId, dnsNames };
    networkEvent(store, row, 'connect', endpoint.networkId);
  }
  store.update(row, { networks: sortedKeys(networks) });
}

export function networkEvent(
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

export function* takePlace(
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

export function* detach(
  store: ContainerStore,
  row: ContainerRow,
  attachment: Attachment,
): Op<void> {
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
  for (const endpoint of endpoints)
    if (attachmentOf(row, endpoint)) networkEvent(store, row, 'disconnect', endpoint.networkId);
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

export const ownHostname = (row: ContainerRow): string =>
  row.config.Hostname || shortId(row.containerId);
