// The container that a task asks for: the body of `POST /containers/create`, its attachments, its secret files.
// Mirrors: moby daemon/cluster/executor/container/container.go.
import type { ServiceBinding } from '../../libnetwork/index.ts';
import {
  type ContainerSpec,
  isPredefined,
  type SwarmNetworkRow,
  type SwarmNodeRow,
  type TaskRow,
  taskName,
} from '../../swarmkit/index.ts';
import type { JsonObject } from '../body.ts';
import { noAttachment, taskAttachment } from '../containers/attachments.ts';
import type { Attachment } from '../containers/rows.ts';

const labelPrefix = 'com.docker.swarm';

function labels(task: TaskRow, node: SwarmNodeRow, spec: ContainerSpec): Record<string, string> {
  return {
    ...(spec.Labels as Record<string, string> | undefined),
    [`${labelPrefix}.task`]: '',
    [`${labelPrefix}.task.id`]: task.id,
    [`${labelPrefix}.task.name`]: taskName(task),
    [`${labelPrefix}.node.id`]: node.id,
    [`${labelPrefix}.service.id`]: task.serviceId,
    [`${labelPrefix}.service.name`]: task.serviceName,
  };
}

/** Ports that are published on the node itself. */
const hostPorts = (task: TaskRow) =>
  (task.endpoint?.ports ?? []).filter((port) => port.PublishMode === 'host');

function portBindings(task: TaskRow): Record<string, object[]> {
  const bindings: Record<string, object[]> = {};
  for (const { Protocol, TargetPort, PublishedPort } of hostPorts(task)) {
    const key = `${TargetPort}/${Protocol}`;
    const binding = { HostIp: '', HostPort: PublishedPort ? String(PublishedPort) : '' };
    bindings[key] = [...(bindings[key] ?? []), binding];
  }
  return bindings;
}

type FindNetwork = (id: string) => SwarmNetworkRow | undefined;

/** The network of the node itself that the task asks for: `host`, `bridge`. */
function predefined(task: TaskRow, network: FindNetwork): string | undefined {
  const [first] = task.attachments;
  const row = first && network(first.networkId);
  return row && isPredefined(row) ? row.spec.Name : undefined;
}

/** `spec`: with its templates filled in. */
export function containerBody(
  task: TaskRow,
  spec: ContainerSpec,
  node: SwarmNodeRow,
  network: FindNetwork,
): JsonObject {
  const { Limits = {}, Reservations = {} } = task.spec.Resources ?? {};
  const dns = (spec.DNSConfig ?? {}) as JsonObject;
  const body: JsonObject = spec;
  const bindings = portBindings(task);
  const log = (task.spec.LogDriver ?? {}) as JsonObject;
  return {
    Image: spec.Image,
    Hostname: spec.Hostname ?? '',
    User: body.User,
    Env: spec.Env ?? [],
    Cmd: body.Args,
    Entrypoint: body.Command,
    WorkingDir: body.Dir,
    Labels: labels(task, node, spec),
    Tty: body.TTY === true,
    OpenStdin: body.OpenStdin === true,
    StopSignal: body.StopSignal,
    Healthcheck: body.Healthcheck,
    ExposedPorts: Object.fromEntries(Object.keys(bindings).map((port) => [port, {}])),
    HostConfig: {
      NetworkMode: predefined(task, network) ?? 'bridge',
      PortBindings: bindings,
      LogConfig: { Type: log.Name ?? '', Config: log.Options ?? {} },
      Mounts: spec.Mounts ?? [],
      Init: body.Init,
      Isolation: body.Isolation ?? 'default',
      ReadonlyRootfs: body.ReadOnly === true,
      Dns: dns.Nameservers ?? null,
      DnsSearch: dns.Search ?? null,
      DnsOptions: dns.Options ?? null,
      ExtraHosts: hostLines(body.Hosts),
      GroupAdd: body.Groups ?? null,
      OomScoreAdj: body.OomScoreAdj ?? 0,
      CapAdd: body.CapabilityAdd ?? null,
      CapDrop: body.CapabilityDrop ?? null,
      Sysctls: body.Sysctls,
      Memory: Limits.MemoryBytes ?? 0,
      NanoCpus: Limits.NanoCPUs ?? 0,
      MemoryReservation: Reservations.MemoryBytes ?? 0,
      PidsLimit: Limits.Pids ?? null,
      Ulimits: body.Ulimits ?? [],
    },
  };
}

/**
 * What is wrong with a task's mounts before its container is made: a source that starts with `/` would otherwise turn a
 * volume into a bind, and the other way round. Mirrors: moby daemon/cluster/executor/container/validate.go.
 */
export function mountProblem(spec: ContainerSpec): string | undefined {
  for (const mount of spec.Mounts ?? []) {
    const { Type, Source = '', Target = '' } = mount as JsonObject;
    const [source, target] = [String(Source), String(Target)];
    if (!target.startsWith('/') && Type !== 'npipe')
      return `invalid mount target, must be an absolute path: ${target}`;
    if (Type === 'bind' && !source.startsWith('/'))
      return `invalid bind mount source, must be an absolute path: ${source}`;
    if (Type === 'volume' && source.startsWith('/'))
      return `invalid volume mount source, must not be an absolute path: ${source}`;
    if (Type === 'tmpfs' && source !== '') return 'invalid tmpfs source, source must be empty';
    if (Type === 'npipe' && source === '') return 'invalid npipe source, source must not be empty';
  }
  return undefined;
}

/** `IP name alias` becomes `name:IP`. */
function hostLines(value: unknown): string[] | null {
  if (!Array.isArray(value) || value.length === 0) return null;
  return value.flatMap((line) => {
    const [address = '', ...names] = String(line).split(/\s+/);
    return names.map((name) => `${name}:${address}`);
  });
}

/** By network name. */
export function containerNetworks(
  task: TaskRow,
  network: FindNetwork,
): Readonly<Record<string, Attachment>> {
  const attachments: Record<string, Attachment> = {};
  for (const { networkId, addresses, aliases } of task.attachments) {
    const row = network(networkId);
    const [address] = addresses;
    if (!row || address === undefined) continue;
    attachments[row.spec.Name] = taskAttachment({
      address,
      service: binding(task, networkId, aliases, row.spec.Ingress),
    });
  }
  if (Object.keys(attachments).length > 0) return attachments;
  return { [predefined(task, network) ?? 'bridge']: noAttachment };
}

function binding(
  task: TaskRow,
  networkId: string,
  aliases: readonly string[],
  ingress: boolean,
): ServiceBinding {
  const vip = task.endpoint?.virtualIps.find((one) => one.networkId === networkId);
  const ports = ingress ? (task.endpoint?.ports ?? []) : [];
  return {
    serviceId: task.serviceId,
    serviceName: task.serviceName,
    ...(vip && { virtualIp: vip.address.split('/')[0] ?? '' }),
    aliases,
    ports: ports
      .filter((port) => port.PublishMode === 'ingress')
      .map(({ Protocol, TargetPort, PublishedPort }) => ({
        protocol: Protocol,
        targetPort: TargetPort,
        publishedPort: PublishedPort ?? 0,
      })),
  };
}

export interface SecretFile {
  readonly path: string;
  readonly text: string;
  readonly mode: number;
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Base64 as text, read as UTF-8. */
export function decodeBase64(data: string): string {
  const bytes: number[] = [];
  let bits = 0;
  let count = 0;
  for (const letter of data.replace(/=+$/, '')) {
    bits = (bits << 6) | alphabet.indexOf(letter);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes.push((bits >> count) & 255);
    bits &= (1 << count) - 1;
  }
  return decodeUtf8(bytes);
}

function decodeUtf8(bytes: readonly number[]): string {
  let text = '';
  for (let i = 0; i < bytes.length; ) {
    const first = bytes[i] ?? 0;
    const extra = first < 0x80 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
    let point = extra === 0 ? first : first & (0x3f >> extra);
    for (let n = 1; n <= extra; n += 1) point = (point << 6) | ((bytes[i + n] ?? 0) & 0x3f);
    text += String.fromCodePoint(point);
    i += extra + 1;
  }
  return text;
}
