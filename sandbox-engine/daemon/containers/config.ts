// What a request to create a container becomes: its configuration merged with the image's, and its host configuration
// with all defaults filled in, both in the key order of `docker inspect`.
//
// Mirrors: moby daemon/{commit.go merge, create.go, daemon_unix.go adaptContainerSettings}, api/types/container.
import type { Healthcheck, ImageConfig } from '../../apps/index.ts';
import {
  booleanOf,
  isObject,
  type JsonObject,
  listOf,
  numberOf,
  objectOf,
  sortedKeys,
  textMapOf,
  textOf,
  textsOf,
} from '../body.ts';
import type { ContainerConfig, HostConfig, HostPort, RestartPolicy } from './rows.ts';

const objectKeys = (value: unknown): Readonly<Record<string, object>> =>
  sortedKeys(Object.fromEntries(Object.keys(objectOf(value)).map((key) => [key, {}])));

const nonEmpty = <T>(list: readonly T[] | null): readonly T[] | null =>
  list && list.length > 0 ? list : null;

/** The name before `=`. */
const variable = (entry: string): string => entry.split('=')[0] ?? '';

/** The user's variables, then those of the image that they do not replace. */
function mergeEnv(given: readonly string[], image: readonly string[]): readonly string[] {
  const names = new Set(given.map(variable));
  return [...given, ...image.filter((entry) => !names.has(variable(entry)))];
}

function mergeCommand(
  body: JsonObject,
  image: ImageConfig,
): { readonly Cmd: readonly string[] | null; readonly Entrypoint: readonly string[] | null } {
  const cmd = nonEmpty(commandOf(body.Cmd));
  const entrypoint = nonEmpty(commandOf(body.Entrypoint));
  if (entrypoint) {
    const cleared = entrypoint.length === 1 && entrypoint[0] === '';
    return { Cmd: cmd, Entrypoint: cleared ? null : entrypoint };
  }
  return { Cmd: cmd ?? image.Cmd, Entrypoint: image.Entrypoint };
}

/** Old clients send a single text. */
const commandOf = (value: unknown): readonly string[] | null =>
  typeof value === 'string' ? [value] : textsOf(value);

function mergeHealthcheck(value: unknown, image: Healthcheck | undefined): Healthcheck | undefined {
  if (!isObject(value)) return image;
  const test = textsOf(value.Test) ?? [];
  const pick = (name: keyof Healthcheck & string): number =>
    numberOf(value[name]) || numberOf(image?.[name]);
  const some = (name: keyof Healthcheck & string): object => {
    const number = pick(name);
    return number === 0 ? {} : { [name]: number };
  };
  return {
    Test: test.length > 0 ? test : (image?.Test ?? []),
    ...some('Interval'),
    ...some('Timeout'),
    ...some('StartPeriod'),
    ...some('StartInterval'),
    ...some('Retries'),
  };
}

/** The configuration of a new container. `hostname`: what it is called when the user does not say. */
export function containerConfig(
  body: JsonObject,
  image: ImageConfig,
  hostname: string,
): ContainerConfig {
  const ports = { ...image.ExposedPorts, ...objectKeys(body.ExposedPorts) };
  const health = mergeHealthcheck(body.Healthcheck, image.Healthcheck);
  const volumes = objectKeys(body.Volumes);
  const { Cmd, Entrypoint } = mergeCommand(body, image);
  const stopSignal = textOf(body.StopSignal) || image.StopSignal;
  return {
    Hostname: textOf(body.Hostname) || hostname,
    Domainname: textOf(body.Domainname),
    User: textOf(body.User) || image.User,
    AttachStdin: booleanOf(body.AttachStdin),
    AttachStdout: booleanOf(body.AttachStdout),
    AttachStderr: booleanOf(body.AttachStderr),
    ...(Object.keys(ports).length > 0 && { ExposedPorts: sortedKeys(ports) }),
    Tty: booleanOf(body.Tty),
    OpenStdin: booleanOf(body.OpenStdin),
    StdinOnce: booleanOf(body.StdinOnce),
    Env: mergeEnv(textsOf(body.Env) ?? [], image.Env),
    Cmd,
    ...(health && { Healthcheck: health }),
    Image: textOf(body.Image),
    Volumes: Object.keys(volumes).length > 0 ? volumes : image.Volumes,
    WorkingDir: textOf(body.WorkingDir) || image.WorkingDir,
    Entrypoint,
    OnBuild: null,
    Labels: sortedKeys({ ...image.Labels, ...textMapOf(body.Labels) }),
    ...(stopSignal && { StopSignal: stopSignal }),
    ...(typeof body.StopTimeout === 'number' && { StopTimeout: body.StopTimeout }),
  };
}

// ---- HostConfig -------------------------------------------------------------------------------

const maskedPaths = [
  '/proc/asound',
  '/proc/acpi',
  '/proc/interrupts',
  '/proc/kcore',
  '/proc/keys',
  '/proc/latency_stats',
  '/proc/timer_list',
  '/proc/timer_stats',
  '/proc/sched_debug',
  '/proc/scsi',
  '/sys/firmware',
  '/sys/devices/virtual/powercap',
];
const readonlyPaths = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'];

function portBindings(value: unknown): Readonly<Record<string, readonly HostPort[]>> {
  const entries = Object.entries(objectOf(value)).map(([port, list]): [string, HostPort[]] => [
    port.includes('/') ? port : `${port}/tcp`,
    listOf(list).map((binding) => {
      const { HostIp, HostPort } = objectOf(binding);
      return { HostIp: textOf(HostIp), HostPort: textOf(HostPort) };
    }),
  ]);
  return sortedKeys(Object.fromEntries(entries));
}

function restartPolicy(value: unknown): RestartPolicy {
  const { Name, MaximumRetryCount } = objectOf(value);
  return { Name: textOf(Name) || 'no', MaximumRetryCount: numberOf(MaximumRetryCount) };
}

const megabytes64 = 67_108_864;

/** Keys that stand only where they were given something. */
function given(body: JsonObject, ...names: readonly string[]): JsonObject {
  const present = names.filter((name) => {
    const value = body[name];
    if (value === null || value === undefined) return false;
    if (Array.isArray(value)) return value.length > 0;
    return !isObject(value) || Object.keys(value).length > 0;
  });
  return Object.fromEntries(present.map((name) => [name, body[name]]));
}

/** As sent, or null. */
const asGiven = (body: JsonObject, ...names: readonly string[]): JsonObject =>
  Object.fromEntries(names.map((name) => [name, body[name] ?? null]));
const numbers = (body: JsonObject, ...names: readonly string[]): JsonObject =>
  Object.fromEntries(names.map((name) => [name, numberOf(body[name])]));
const texts = (body: JsonObject, ...names: readonly string[]): JsonObject =>
  Object.fromEntries(names.map((name) => [name, textOf(body[name])]));

/** A task's ulimits are an empty list where nothing was sent. */
export function hostConfig(body: JsonObject): HostConfig {
  const logging = objectOf(body.LogConfig);
  const privileged = booleanOf(body.Privileged);
  const memory = numberOf(body.Memory);
  return {
    Binds: nonEmpty(textsOf(body.Binds)),
    ContainerIDFile: textOf(body.ContainerIDFile),
    LogConfig: {
      Type: textOf(logging.Type) || 'json-file',
      Config: textMapOf(logging.Config) ?? {},
    },
    NetworkMode: networkMode(textOf(body.NetworkMode)),
    PortBindings: portBindings(body.PortBindings),
    RestartPolicy: restartPolicy(body.RestartPolicy),
    AutoRemove: booleanOf(body.AutoRemove),
    VolumeDriver: textOf(body.VolumeDriver),
    VolumesFrom: nonEmpty(textsOf(body.VolumesFrom)),
    ConsoleSize: Array.isArray(body.ConsoleSize) ? body.ConsoleSize : [0, 0],
    ...given(body, 'Annotations'),
    ...asGiven(body, 'CapAdd', 'CapDrop'),
    CgroupnsMode: textOf(body.CgroupnsMode) || 'private',
    Dns: textsOf(body.Dns),
    DnsOptions: textsOf(body.DnsOptions),
    DnsSearch: textsOf(body.DnsSearch),
    ExtraHosts: textsOf(body.ExtraHosts),
    ...asGiven(body, 'GroupAdd'),
    IpcMode: textOf(body.IpcMode) || 'private',
    Cgroup: textOf(body.Cgroup),
    Links: nonEmpty(textsOf(body.Links)),
    OomScoreAdj: numberOf(body.OomScoreAdj),
    PidMode: textOf(body.PidMode),
    Privileged: privileged,
    PublishAllPorts: booleanOf(body.PublishAllPorts),
    ReadonlyRootfs: booleanOf(body.ReadonlyRootfs),
    ...asGiven(body, 'SecurityOpt'),
    ...given(body, 'StorageOpt', 'Tmpfs'),
    ...texts(body, 'UTSMode', 'UsernsMode'),
    ShmSize: numberOf(body.ShmSize) || megabytes64,
    ...given(body, 'Sysctls'),
    Runtime: textOf(body.Runtime) || 'runc',
    Isolation: textOf(body.Isolation),
    CpuShares: numberOf(body.CpuShares),
    Memory: memory,
    NanoCpus: numberOf(body.NanoCpus),
    CgroupParent: textOf(body.CgroupParent),
    BlkioWeight: numberOf(body.BlkioWeight),
    ...asGiven(
      body,
      'BlkioWeightDevice',
      'BlkioDeviceReadBps',
      'BlkioDeviceWriteBps',
      'BlkioDeviceReadIOps',
      'BlkioDeviceWriteIOps',
    ),
    ...numbers(body, 'CpuPeriod', 'CpuQuota', 'CpuRealtimePeriod', 'CpuRealtimeRuntime'),
    ...texts(body, 'CpusetCpus', 'CpusetMems'),
    ...asGiven(body, 'Devices', 'DeviceCgroupRules', 'DeviceRequests'),
    MemoryReservation: numberOf(body.MemoryReservation),
    // The machines' kernel cannot limit swap: a memory limit comes without one.
    MemorySwap: memory > 0 ? -1 : numberOf(body.MemorySwap),
    MemorySwappiness: memorySwappiness(body.MemorySwappiness),
    // Not on cgroup v2.
    OomKillDisable: null,
    PidsLimit: numberOf(body.PidsLimit) > 0 ? body.PidsLimit : null,
    Ulimits: body.Ulimits ?? [],
    ...numbers(body, 'CpuCount', 'CpuPercent', 'IOMaximumIOps', 'IOMaximumBandwidth'),
    ...given(body, 'Mounts'),
    MaskedPaths: privileged ? null : maskedPaths,
    ReadonlyPaths: privileged ? null : readonlyPaths,
    ...(typeof body.Init === 'boolean' && { Init: body.Init }),
  };
}

/** -1 is how the CLI says that nothing was said. */
const memorySwappiness = (value: unknown): number | null =>
  typeof value === 'number' && value >= 0 ? value : null;

/** `default` is the bridge. */
export const networkMode = (mode: string): string =>
  mode === '' || mode === 'default' ? 'bridge' : mode;
