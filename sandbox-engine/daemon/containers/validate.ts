// What `docker create` refuses, in the daemon's words and in its order.
//
// Mirrors: moby daemon/container.go verifyContainerSettings, daemon_unix.go verifyPlatformContainerSettings,
// runconfig/hostconfig_unix.go validateNetMode.
import { signalNumber } from '../../os/index.ts';
import { type Failure, failure } from '../../std/index.ts';
import { type JsonObject, numberOf, objectOf, textOf } from '../body.ts';
import { capabilityProblem } from './capabilities.ts';
import { isValidName } from './names.ts';
import { resourceProblem } from './resources.ts';
import type { ContainerConfig, HostConfig, RestartPolicy } from './rows.ts';

const invalid = (message: string): Failure => failure('invalid_parameter', message);

export function nameProblem(name: string): Failure | undefined {
  return isValidName(name)
    ? undefined
    : invalid(`Invalid container name (${name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed`);
}

/** Mirrors: api/types/container.ValidateRestartPolicy. */
export function restartProblem(policy: RestartPolicy): Failure | undefined {
  const { Name, MaximumRetryCount } = policy;
  if (!['', 'no', 'always', 'on-failure', 'unless-stopped'].includes(Name)) {
    return invalid(
      `invalid restart policy: unknown policy '${Name}'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'`,
    );
  }
  if (Name !== 'on-failure' && MaximumRetryCount !== 0) {
    return invalid(
      `invalid restart policy: maximum retry count can only be used with 'on-failure'${MaximumRetryCount < 0 ? ' and cannot be negative' : ''}`,
    );
  }
  if (MaximumRetryCount < 0)
    return invalid('invalid restart policy: maximum retry count cannot be negative');
  return undefined;
}

/** What is refused as soon as a request is read; `body`: as the client sent it. Tasks are not asked. */
export function requestProblem(body: JsonObject, host: HostConfig): Failure | undefined {
  const isolation = textOf(host.Isolation);
  return (
    networkModeProblem(body, host) ??
    (isDefaultIsolation(isolation)
      ? undefined
      : invalid(`invalid isolation (${isolation}): linux only supports 'default'`))
  );
}

const isDefaultIsolation = (isolation: string): boolean =>
  ['', 'default'].includes(isolation.toLowerCase());

/** What does not go with the network stack of another container or of the host. */
function networkModeProblem(body: JsonObject, host: HostConfig): Failure | undefined {
  const { NetworkMode } = host;
  const conflict = (what: string): Failure => invalid(`conflicting options: ${what}`);
  if (NetworkMode.startsWith('container:')) {
    if (NetworkMode === 'container:')
      return invalid('invalid network mode: invalid container format container:<name|id>');
    if (textOf(body.Hostname) !== '') return conflict('hostname and the network mode');
    if (host.Links)
      return conflict(
        "container type network can't be used with links. This would result in undefined behavior",
      );
    if (host.Dns?.length) return conflict('dns and the network mode');
    if (host.ExtraHosts?.length) return conflict('custom host-to-IP mapping and the network mode');
    if (Object.keys(host.PortBindings).length > 0 || host.PublishAllPorts)
      return conflict('port publishing and the container type network mode');
    if (Object.keys(objectOf(body.ExposedPorts)).length > 0)
      return conflict('port exposing and the container type network mode');
  }
  if (host.UTSMode === 'host' && textOf(body.Hostname) !== '')
    return conflict('hostname and the UTS mode');
  return NetworkMode === 'host' && host.Links
    ? conflict(
        "host type networking can't be used with links. This would result in undefined behavior",
      )
    : undefined;
}

const shortestHealthNanos = 1_000_000;

function healthProblem({ Healthcheck: health }: ContainerConfig): Failure | undefined {
  if (!health) return undefined;
  const short = (name: 'Interval' | 'Timeout' | 'StartPeriod' | 'StartInterval') => {
    const value = health[name] ?? 0;
    return value !== 0 && value < shortestHealthNanos
      ? invalid(`${name} in Healthcheck cannot be less than 1ms`)
      : undefined;
  };
  return (
    short('Interval') ??
    short('Timeout') ??
    ((health.Retries ?? 0) < 0
      ? invalid('Retries in Healthcheck cannot be negative')
      : undefined) ??
    short('StartPeriod') ??
    short('StartInterval')
  );
}

function configProblem(config: ContainerConfig): Failure | undefined {
  const { WorkingDir, StopSignal } = config;
  if (WorkingDir !== '' && !WorkingDir.startsWith('/')) {
    return invalid(
      `the working directory '${WorkingDir}' is invalid, it needs to be an absolute path`,
    );
  }
  if (StopSignal !== undefined && !signalNumber(StopSignal))
    return invalid(`invalid signal: ${StopSignal}`);
  const unnamed = config.Env.find((entry) => entry === '' || entry.startsWith('='));
  if (unnamed !== undefined) return invalid(`invalid environment variable: ${unnamed}`);
  return healthProblem(config);
}

const ipcModes = new Set(['', 'none', 'private', 'host', 'shareable']);
const sharesContainer = (mode: string): boolean => /^container:./.test(mode);

function namespaceProblem(host: HostConfig): Failure | undefined {
  const ipc = textOf(host.IpcMode);
  if (!ipcModes.has(ipc) && !sharesContainer(ipc)) return invalid(`invalid IPC mode: ${ipc}`);
  if (host.PidMode !== '' && host.PidMode !== 'host' && !sharesContainer(host.PidMode))
    return invalid(`invalid PID mode: ${host.PidMode}`);
  if (numberOf(host.ShmSize) < 0) return invalid('SHM size can not be less than 0');
  if (!['', 'host'].includes(textOf(host.UTSMode)))
    return invalid(`invalid UTS mode: ${textOf(host.UTSMode)}`);
  return undefined;
}

const runtimes = new Set(['runc', 'io.containerd.runc.v2']);

function platformProblem(host: HostConfig): Failure | undefined {
  const problem = resourceProblem(host) ?? namespaceProblem(host);
  if (problem) return problem;
  const score = numberOf(host.OomScoreAdj);
  if (score < -1000 || score > 1000)
    return invalid(`Invalid value ${score}, range for oom score adj is [-1000, 1000]`);
  const runtime = textOf(host.Runtime);
  if (!runtimes.has(runtime)) return invalid(`unknown or invalid runtime name: ${runtime}`);
  for (const path of Object.keys(objectOf(host.Tmpfs))) {
    if (!path.startsWith('/'))
      return invalid(`invalid mount path: '${path}' mount path must be absolute`);
    if (/^\/+$/.test(path)) return invalid("invalid specification: destination can't be '/'");
  }
  const cgroups = textOf(host.CgroupnsMode);
  return ['', 'private', 'host'].includes(cgroups)
    ? undefined
    : invalid(`invalid cgroup namespace mode: ${cgroups}`);
}

/** `mounts`: what is wrong with `HostConfig.Mounts`, which is found between the one and the other. */
export function settingsProblem(
  config: ContainerConfig,
  host: HostConfig,
  mounts: Failure | undefined,
): Failure | undefined {
  const common = configProblem(config);
  if (common) return common;
  if (host.AutoRemove && host.RestartPolicy.Name !== 'no' && host.RestartPolicy.Name !== '')
    return invalid("can't create 'AutoRemove' container with restart policy");
  const isolation = textOf(host.Isolation);
  return (
    mounts ??
    restartProblem(host.RestartPolicy) ??
    capabilityProblem(host) ??
    (isDefaultIsolation(isolation)
      ? undefined
      : invalid(`invalid isolation '${isolation}' on linux`)) ??
    platformProblem(host)
  );
}
