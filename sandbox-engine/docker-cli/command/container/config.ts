// Makes the body of POST /containers/create from the flags of run and create.
//
// Mirrors: docker/cli cli/command/container/opts.go (parse).
import { err, ok, type Result } from '../../../std/index.ts';
import type { Cli } from '../../cli.ts';
import { parseMount } from '../../flags/mounts.ts';
import type { Flags } from '../../flags/parse.ts';
import { parsePorts } from '../../flags/ports.ts';
import { parseUlimits, type Ulimit } from '../../flags/ulimits.ts';
import { compact, type Json } from '../../json.ts';
import { environment, labels, mapOf } from '../files.ts';
import { deviceMappings, modeProblem, optionProblem } from './host-options.ts';
import { containerNetworks, isMac } from './networks.ts';

const orNull = (items: readonly string[]): readonly string[] | null =>
  items.length > 0 ? items : null;
const orAbsent = <T>(items: readonly T[]): readonly T[] | undefined =>
  items.length > 0 ? items : undefined;

interface Ports {
  readonly exposed: Record<string, Json>;
  readonly bindings: Record<string, Json[]>;
}

function ports(flags: Flags): Result<Ports, string> {
  const exposed: Record<string, Json> = {};
  const bindings: Record<string, Json[]> = {};
  for (const given of flags.list('publish')) {
    const parsed = parsePorts(given);
    if (!parsed.ok) return parsed;
    for (const { port, hostIp, hostPort } of parsed.value) {
      exposed[port] = {};
      bindings[port] = [...(bindings[port] ?? []), { HostIp: hostIp, HostPort: hostPort }];
    }
  }
  for (const given of flags.list('expose')) {
    if (given.includes(':')) return err(`invalid port format for --expose: ${given}`);
    const parsed = parsePorts(given);
    if (!parsed.ok)
      return err(`invalid range format for --expose: ${given}, error: ${parsed.error}`);
    for (const { port } of parsed.value) exposed[port] = {};
  }
  return ok({ exposed, bindings });
}

/** -v: binds have a source, anonymous volumes only a path inside. */
function volumes(cli: Cli, flags: Flags): { binds: string[]; anonymous: Record<string, Json> } {
  const binds: string[] = [];
  const anonymous: Record<string, Json> = {};
  for (const given of flags.list('volume')) {
    const [source = '', ...rest] = given.split(':');
    if (rest.length === 0) anonymous[given] = {};
    else if (
      source === '.' ||
      source.startsWith('./') ||
      source.startsWith('../') ||
      source === '..'
    )
      binds.push([cli.file(source), ...rest].join(':'));
    else binds.push(given);
  }
  return { binds, anonymous };
}

function healthcheck(flags: Flags): Result<Json | undefined, string> {
  const given = [
    'health-cmd',
    'health-interval',
    'health-timeout',
    'health-retries',
    'health-start-period',
    'health-start-interval',
  ].filter((name) => flags.has(name));
  if (flags.on('no-healthcheck'))
    return given.length > 0
      ? err('--no-healthcheck conflicts with --health-* options')
      : ok({ Test: ['NONE'] });
  if (given.length === 0) return ok(undefined);
  for (const name of given)
    if ((flags.number(name) ?? 0) < 0) return err(`--${name} cannot be negative`);
  return ok(
    compact({
      Test: flags.has('health-cmd') ? ['CMD-SHELL', flags.text('health-cmd')] : undefined,
      Interval: flags.number('health-interval'),
      Timeout: flags.number('health-timeout'),
      StartPeriod: flags.number('health-start-period'),
      StartInterval: flags.number('health-start-interval'),
      Retries: flags.number('health-retries'),
    }),
  );
}

function restartPolicy(flags: Flags): Result<Json, string> {
  const [name = '', count, ...more] = flags.text('restart').split(':');
  if (flags.has('restart') && name === '' && count !== undefined)
    return err('invalid restart policy format: no policy provided before colon');
  if (more.length > 0)
    return err('invalid restart policy format: maximum retry count must be an integer');
  if (count !== undefined && !/^\d+$/.test(count))
    return err('invalid restart policy format: maximum retry count must be an integer');
  return ok({ Name: name, MaximumRetryCount: Number(count ?? 0) });
}

/** Flags whose effect nothing here could show. */
const refused =
  'gpus use-api-socket blkio-weight-device device-cgroup-rule device-read-bps device-read-iops device-write-bps device-write-iops kernel-memory'.split(
    ' ',
  );

/** The whole body, without the stdin, stdout and stderr of the client (`attached`). */
export function containerBody(
  cli: Cli,
  flags: Flags,
  image: string,
  command: readonly string[],
  detached: boolean,
): Result<Json, string> {
  const unknown = refused.find((name) => flags.has(name));
  if (unknown) return err(`not simulated here: --${unknown}`);
  const mac = flags.given('mac-address');
  if (mac !== undefined && !isMac(mac)) return err(`${mac} is not a valid mac address`);
  const swappiness = flags.number('memory-swappiness') ?? -1;
  if (swappiness !== -1 && (swappiness < 0 || swappiness > 100))
    return err(`invalid value: ${swappiness}. Valid memory swappiness range is 0-100`);
  const mounts: Json[] = [];
  for (const given of flags.list('mount')) {
    const mount = parseMount(given, (path) => cli.file(path));
    if (!mount.ok) return mount;
    mounts.push(mount.value);
  }
  const published = ports(flags);
  if (!published.ok) return published;
  const devices = deviceMappings(flags.list('device'));
  if (!devices.ok) return devices;
  const env = environment(cli, flags);
  if (!env.ok) return env;
  const label = labels(cli, flags);
  if (!label.ok) return label;
  const badMode = modeProblem(flags) ?? optionProblem(flags);
  if (badMode !== undefined) return err(badMode);
  const health = healthcheck(flags);
  if (!health.ok) return health;
  const policy = restartPolicy(flags);
  if (!policy.ok) return policy;
  if (flags.on('rm') && flags.has('restart') && !['', 'no'].includes(String(policy.value.Name)))
    return err('conflicting options: cannot specify both --restart and --rm');
  const limits = parseUlimits(flags.list('ulimit'));
  if (!limits.ok) return limits;
  const networks = containerNetworks(flags);
  if (!networks.ok) return networks;
  const { binds, anonymous } = volumes(cli, flags);
  const attached = attachFlags(flags, detached);
  const entrypoint = flags.given('entrypoint');
  return ok({
    ...compact({
      Hostname: flags.text('hostname'),
      Domainname: flags.text('domainname'),
      User: flags.text('user'),
      AttachStdin: attached.stdin,
      AttachStdout: attached.stdout,
      AttachStderr: attached.stderr,
      ExposedPorts:
        Object.keys(published.value.exposed).length > 0 ? published.value.exposed : undefined,
      Tty: flags.on('tty'),
      OpenStdin: flags.on('interactive'),
      StdinOnce: flags.on('interactive') && attached.stdin,
      Env: env.value.length > 0 ? env.value : null,
      Cmd: orNull(command),
      Healthcheck: health.value,
      Image: image,
      Volumes: anonymous,
      WorkingDir: flags.text('workdir'),
      Entrypoint: entrypoint === undefined ? null : entrypoint === '' ? [''] : [entrypoint],
      OnBuild: null,
      Labels: label.value,
      StopSignal: flags.given('stop-signal'),
      StopTimeout: flags.number('stop-timeout'),
    }),
    HostConfig: hostConfig(flags, {
      binds,
      bindings: published.value.bindings,
      devices: devices.value,
      mode: networks.value.mode,
      mounts,
      policy: policy.value,
      ulimits: limits.value,
    }),
    NetworkingConfig: { EndpointsConfig: networks.value.endpoints },
  });
}

export interface Attached {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
}

/** Which of the container's streams the client holds. */
export function attachFlags(flags: Flags, detached: boolean): Attached {
  if (detached) return { stdin: false, stdout: false, stderr: false };
  const given = flags.list('attach').map((name) => name.toLowerCase());
  return {
    stdin: given.includes('stdin') || flags.on('interactive'),
    stdout: given.length === 0 || given.includes('stdout'),
    stderr: given.length === 0 || given.includes('stderr'),
  };
}

interface HostParts {
  readonly binds: readonly string[];
  readonly bindings: Readonly<Record<string, Json[]>>;
  readonly devices: readonly Json[];
  readonly mode: string;
  readonly mounts: readonly Json[];
  readonly policy: Json;
  readonly ulimits: readonly Ulimit[];
}

function hostConfig(flags: Flags, parts: HostParts): Json {
  const tmpfs = Object.fromEntries(
    flags.list('tmpfs').map((given) => {
      const at = given.indexOf(':');
      return at < 0 ? [given, ''] : [given.slice(0, at), given.slice(at + 1)];
    }),
  );
  return compact({
    Binds: orNull(parts.binds),
    ContainerIDFile: flags.text('cidfile'),
    LogConfig: { Type: flags.text('log-driver'), Config: mapOf(flags.list('log-opt')) },
    NetworkMode: parts.mode,
    PortBindings: parts.bindings,
    RestartPolicy: parts.policy,
    AutoRemove: flags.on('rm'),
    VolumeDriver: flags.text('volume-driver'),
    VolumesFrom: orNull(flags.list('volumes-from')),
    Annotations: flags.has('annotation') ? mapOf(flags.list('annotation')) : undefined,
    CapAdd: orNull(flags.list('cap-add')),
    CapDrop: orNull(flags.list('cap-drop')),
    CgroupnsMode: flags.text('cgroupns'),
    Dns: [...flags.list('dns')],
    DnsOptions: [...flags.list('dns-option'), ...flags.list('dns-opt')],
    DnsSearch: [...flags.list('dns-search')],
    ExtraHosts: orNull(flags.list('add-host').map((host) => host.replace(/^([^:=]+)=/, '$1:'))),
    GroupAdd: orNull(flags.list('group-add')),
    IpcMode: flags.text('ipc'),
    Links: orNull(flags.list('link')),
    OomScoreAdj: flags.number('oom-score-adj') ?? 0,
    PidMode: flags.text('pid'),
    Privileged: flags.on('privileged'),
    PublishAllPorts: flags.on('publish-all'),
    ReadonlyRootfs: flags.on('read-only'),
    SecurityOpt: orNull(flags.list('security-opt')),
    StorageOpt: flags.has('storage-opt') ? mapOf(flags.list('storage-opt')) : undefined,
    Tmpfs: Object.keys(tmpfs).length > 0 ? tmpfs : undefined,
    UTSMode: flags.text('uts'),
    UsernsMode: flags.text('userns'),
    ShmSize: flags.number('shm-size') ?? 0,
    Sysctls: flags.has('sysctl') ? mapOf(flags.list('sysctl')) : undefined,
    Runtime: flags.given('runtime'),
    Isolation: flags.text('isolation'),
    CpuShares: flags.number('cpu-shares') ?? 0,
    Memory: flags.number('memory') ?? 0,
    NanoCpus: flags.number('cpus') ?? 0,
    CgroupParent: flags.text('cgroup-parent'),
    BlkioWeight: flags.number('blkio-weight') ?? 0,
    BlkioWeightDevice: [],
    BlkioDeviceReadBps: [],
    BlkioDeviceWriteBps: [],
    BlkioDeviceReadIOps: [],
    BlkioDeviceWriteIOps: [],
    CpuPeriod: flags.number('cpu-period') ?? 0,
    CpuQuota: flags.number('cpu-quota') ?? 0,
    CpusetCpus: flags.text('cpuset-cpus'),
    CpusetMems: flags.text('cpuset-mems'),
    Devices: parts.devices,
    MemoryReservation: flags.number('memory-reservation') ?? 0,
    MemorySwap: flags.number('memory-swap') ?? 0,
    MemorySwappiness: Number(flags.text('memory-swappiness') || -1),
    OomKillDisable: flags.on('oom-kill-disable'),
    PidsLimit: flags.number('pids-limit') ?? 0,
    Ulimits: parts.ulimits,
    Mounts: orAbsent(parts.mounts),
    Init: flags.has('init') ? flags.on('init') : undefined,
  });
}
