// What `docker create` refuses, in the daemon's words and in its order.
//
// Mirrors: moby daemon/{container.go verifyContainerSettings, daemon_unix.go verifyPlatformContainerResources}.
import { type Failure, failure } from '../../std/index.ts';
import { numberOf } from '../body.ts';
import { isValidName } from './names.ts';
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

/** The machines of the lab have one processor. */
const processors = 1;
const leastMemory = 6 * 1024 * 1024;

function resourceProblem(host: HostConfig): Failure | undefined {
  const memory = numberOf(host.Memory);
  const cpus = numberOf(host.NanoCpus);
  if (memory !== 0 && memory < leastMemory) return invalid('Minimum memory limit allowed is 6MB');
  const reservation = numberOf(host.MemoryReservation);
  if (memory > 0 && reservation > memory) {
    return invalid('Minimum memory limit can not be less than memory reservation limit, see usage');
  }
  if (cpus < 0 || cpus > processors * 1e9) {
    return invalid(
      `range of CPUs is from 0.01 to ${processors}.00, as there are only ${processors} CPUs available`,
    );
  }
  return undefined;
}

export function settingsProblem(config: ContainerConfig, host: HostConfig): Failure | undefined {
  if (config.WorkingDir !== '' && !config.WorkingDir.startsWith('/')) {
    return invalid(
      `the working directory '${config.WorkingDir}' is invalid, it needs to be an absolute path`,
    );
  }
  const restart = restartProblem(host.RestartPolicy);
  if (restart) return restart;
  if (host.AutoRemove && host.RestartPolicy.Name !== 'no' && host.RestartPolicy.Name !== '')
    return invalid("can't create 'AutoRemove' container with restart policy");
  return resourceProblem(host);
}
