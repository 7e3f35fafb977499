// Creating a container: configuration, name, mounts, writable layer; nothing runs yet.
//
// Mirrors: moby daemon/create.go.

import type { ImageConfig } from '../../apps/index.ts';
import { validateEndpointSettings } from '../../libnetwork/index.ts';
import type { FileTree } from '../../os/index.ts';
import { longId } from '../../sim/index.ts';
import { err, type Failure, failure, ok, type Result } from '../../std/index.ts';
import { type JsonObject, objectOf, textOf, textsOf } from '../body.ts';
import type { ImageStore } from '../images/store.ts';
import type { VolumeStore } from '../volumes/store.ts';
import { attachmentsOf, endpointSettings, linkOf } from './attachments.ts';
import { containerConfig, hostConfig } from './config.ts';
import { ContainerLog } from './log.ts';
import { logProblem } from './log-options.ts';
import { mountsProblem, parseVolumesFrom } from './mount-specs.ts';
import { resolveMounts } from './mounts.ts';
import { generateName } from './names.ts';
import { containerDirectory, logPath } from './networking.ts';
import { resourceWarnings } from './resources.ts';
import type { Attachment, ContainerRow, HostConfig, MountPoint } from './rows.ts';
import { shortId } from './rows.ts';
import type { ContainerStore } from './store.ts';
import { nameProblem, requestProblem, settingsProblem } from './validate.ts';

export interface CreateRequest {
  /** '' makes one up. */
  readonly name: string;
  /** The body of `POST /containers/create`: a container configuration with `HostConfig` and `NetworkingConfig`. */
  readonly body: JsonObject;
  /** A swarm task's attachments, by network name, instead of `NetworkingConfig`. */
  readonly networks?: Readonly<Record<string, Attachment>>;
  /** A swarm task. */
  readonly managed?: boolean;
}

export interface Created {
  readonly row: ContainerRow;
  readonly warnings: readonly string[];
}

/** Before the image is looked at, a request is checked as if it had none. */
const scratch: ImageConfig = {
  ...{ Cmd: null, Entrypoint: null, Env: [], Labels: null, OnBuild: null },
  ...{ User: '', Volumes: null, WorkingDir: '' },
};

/** The parts of the daemon that creating needs. */
export interface CreateParts {
  readonly store: ContainerStore;
  readonly images: ImageStore;
  readonly volumes: VolumeStore;
}

export function createContainer(
  parts: CreateParts,
  request: CreateRequest,
): Result<Created, Failure> {
  const { store, images } = parts;
  const { context } = store;
  const { body } = request;
  const host = resolveMode(store, hostConfig(objectOf(body.HostConfig)));
  const problem =
    (request.managed ? undefined : requestProblem(body, host)) ??
    settingsProblem(containerConfig(body, scratch, ''), host, mountsProblem(host, context.host.fs));
  if (problem) return err(problem);
  const image = images.find(textOf(body.Image));
  if (!image.ok) return image;
  const definition = images.definition(image.value.imageId);
  const containerId = longId(context.sim.rng('daemon/container ids'));
  const hostname = host.NetworkMode === 'host' ? context.host.name : shortId(containerId);
  const config = containerConfig(body, definition.config, hostname);
  const networks = request.networks ?? attachmentsOf(body.NetworkingConfig, body, host);
  const badNetwork = networkProblem(parts, networks);
  if (badNetwork) return err(badNetwork);
  const command = [...(config.Entrypoint ?? []), ...(config.Cmd ?? [])];
  if (command.length === 0) return err(failure('invalid_parameter', 'no command specified'));
  const badLog = logProblem(objectOf(host.LogConfig));
  if (badLog) return err(badLog);
  const badName = request.name === '' ? undefined : nameProblem(request.name);
  if (badName) return err(badName);
  const name = chooseName(store, request.name);
  if (!name.ok) return name;
  const links = resolveLinks(store, host);
  if (!links.ok) return links;
  const from = volumesFrom(store, host);
  if (!from.ok) return from;
  const mounts = resolveMounts(context, parts.volumes, config, host, from.value);
  if (!mounts.ok) return mounts;
  const row: ContainerRow = {
    id: `${store.host}/${containerId}`,
    host: store.host,
    containerId,
    name: name.value,
    createdAt: context.sim.now(),
    path: command[0] ?? '',
    args: command.slice(1),
    imageId: image.value.imageId,
    config,
    hostConfig: { ...host, Links: null },
    state: {
      status: 'created',
      pid: 0,
      exitCode: 0,
      error: '',
      startedAt: undefined,
      finishedAt: undefined,
    },
    restartCount: 0,
    mounts: mounts.value.points,
    anonymousVolumes: mounts.value.anonymous,
    networks,
    links: links.value,
    manuallyStopped: false,
    layerId: longId(context.sim.rng('daemon/layer ids')),
    managed: request.managed ?? false,
  };
  addToStore(
    store,
    row,
    definition.layers.map((layer) => layer.tree),
  );
  return ok({ row, warnings: warningsOf(objectOf(body.HostConfig), host) });
}

/** `asked`: as the client sent it. */
function warningsOf(asked: JsonObject, host: HostConfig): string[] {
  const warnings = resourceWarnings(asked);
  if (host.NetworkMode === 'host' && Object.keys(host.PortBindings ?? {}).length > 0)
    warnings.push('Published ports are discarded when using host network mode');
  return warnings;
}

function addToStore(store: ContainerStore, row: ContainerRow, layers: readonly FileTree[]): void {
  const { context } = store;
  const fs = context.host.newFileSystem(`${store.host}/overlay2/${row.layerId}`, layers);
  const { WorkingDir } = row.config;
  if (WorkingDir !== '' && !fs.exists(WorkingDir)) fs.mkdir(WorkingDir, { parents: true });
  const log = new ContainerLog(context.sim, row.containerId);
  context.host.fs.mkdir(containerDirectory(row), { parents: true });
  context.host.fs.mountVirtual(logPath(row), { type: 'file', text: () => log.asJsonLines() });
  store.add(row, {
    fs,
    log,
    process: undefined,
    shim: undefined,
    io: undefined,
    early: [],
    attached: new Set(),
    restart: undefined,
    backoff: 0,
    health: undefined,
    execs: new Set(),
  });
  for (const mount of row.mounts) {
    if (mount.type !== 'volume') continue;
    if (!fs.exists(mount.destination)) fs.mkdir(mount.destination, { parents: true });
  }
  store.event(row, 'create');
}

/** `container:NAME` becomes `container:ID` where there is such a container. */
function resolveMode(store: ContainerStore, host: HostConfig): HostConfig {
  if (!host.NetworkMode.startsWith('container:')) return host;
  const found = store.find(host.NetworkMode.slice('container:'.length));
  return found.ok ? { ...host, NetworkMode: `container:${found.value.containerId}` } : host;
}

export function nameConflict(name: string, owner: ContainerRow): Failure {
  return failure(
    'conflict',
    `Conflict. The container name "/${name}" is already in use by container "${owner.containerId}". You have to remove (or rename) that container to be able to reuse that name.`,
  );
}

function chooseName(store: ContainerStore, wanted: string): Result<string, Failure> {
  if (wanted !== '') {
    const name = wanted.replace(/^\//, '');
    const owner = store.named(name);
    return owner ? err(nameConflict(name, owner)) : ok(name);
  }
  const rng = store.context.sim.rng('daemon/container names');
  for (let tries = 0; ; tries += 1) {
    const name = generateName(rng, tries);
    if (!store.named(name)) return ok(name);
  }
}

function networkProblem(
  parts: CreateParts,
  networks: Readonly<Record<string, Attachment>>,
): Failure | undefined {
  for (const [name, attachment] of Object.entries(networks)) {
    if (attachment.allocatedAddress) continue;
    const found = parts.store.context.controller.find(name);
    const { network: _, ...settings } = endpointSettings(name, attachment);
    const valid = validateEndpointSettings(name, found.ok ? found.value : undefined, settings);
    if (!valid.ok)
      return {
        ...valid.error,
        message: `invalid config for network ${name}: ${valid.error.message}`,
      };
  }
  return undefined;
}

/** `--link` on the default bridge; on user-defined networks links belong to the attachment. */
function resolveLinks(
  store: ContainerStore,
  host: HostConfig,
): Result<ContainerRow['links'], Failure> {
  const links: ContainerRow['links'][number][] = [];
  for (const text of host.Links ?? []) {
    const { container, alias } = linkOf(text);
    const found = store.find(container);
    if (!found.ok) {
      return err(
        failure(
          'invalid_parameter',
          `could not get container for ${container}: ${found.error.message}`,
        ),
      );
    }
    links.push({ container: found.value.id, alias });
  }
  return ok(links);
}

/** What the containers named by `--volumes-from` have mounted. */
function volumesFrom(store: ContainerStore, host: HostConfig): Result<MountPoint[], Failure> {
  const mounts: MountPoint[] = [];
  for (const entry of textsOf(host.VolumesFrom) ?? []) {
    const parsed = parseVolumesFrom(entry);
    if (!parsed.ok) return parsed;
    const found = store.find(parsed.value.container);
    if (!found.ok) return found;
    const { writable } = parsed.value;
    for (const mount of found.value.mounts)
      mounts.push({ ...mount, mode: '', writable: mount.writable && writable });
  }
  return ok(mounts);
}
