// What runc is told of a container's resource limits and kernel parameters, and what it refuses.
//
// Mirrors: runc libcontainer (configs/validate/validator.go sysctl, process_linux.go setupRlimits).
import { limitNumber, mostOpenFiles, type ResourceLimits } from '../../os/index.ts';
import { listOf, numberOf, objectOf, textMapOf, textOf } from '../body.ts';
import type { HostConfig } from './rows.ts';

/** What dockerd of the lab's machines has itself and hands on (001:45). */
const openFiles = { soft: 65_536, hard: 65_536 };

/** --ulimit over what the engine itself has; -1 is no limit. */
export function limitsOf(host: HostConfig): ResourceLimits {
  const given = listOf(host.Ulimits).map((one) => {
    const { Name, Soft, Hard } = objectOf(one);
    return [textOf(Name), { soft: numberOf(Soft), hard: numberOf(Hard) }] as const;
  });
  return new Map([['nofile', openFiles], ...given]);
}

/** setrlimit(2) refuses more open files than fs.nr_open. */
export function limitProblem(limits: ResourceLimits): string | undefined {
  const files = limits.get('nofile');
  const tooMany = files && (files.hard < 0 || files.hard > mostOpenFiles);
  return tooMany
    ? `unable to start container process: error setting rlimits for ready process: error setting rlimit type ${limitNumber('nofile')}: operation not permitted`
    : undefined;
}

const ipcParameters = new Set(
  'msgmax msgmnb msgmni sem shmall shmmax shmmni shm_rmid_forced'
    .split(' ')
    .map((name) => `kernel.${name}`),
);

/** Only parameters that a container has for itself may be set. */
export function sysctlProblem(host: HostConfig): string | undefined {
  for (const name of Object.keys(textMapOf(host.Sysctls) ?? {})) {
    if (ipcParameters.has(name) || name.startsWith('fs.mqueue.')) {
      if (host.IpcMode !== 'host') continue;
      return `sysctl "${name}" is not allowed in the hosts ipc namespace`;
    }
    if (name.startsWith('net.')) {
      if (host.NetworkMode !== 'host') continue;
      return `sysctl "${name}" not allowed in host network namespace`;
    }
    if (name === 'kernel.domainname' && host.UTSMode !== 'host') continue;
    if (name === 'kernel.hostname' && host.UTSMode !== 'host')
      return `sysctl "${name}" is not allowed as it conflicts with the OCI "hostname" field`;
    return `sysctl "${name}" is not in a separate kernel namespace`;
  }
  return undefined;
}
