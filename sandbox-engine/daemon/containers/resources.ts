// Limits of memory and CPU: what the engine refuses, and what the machines' kernel cannot do and is warned of.
//
// Mirrors: moby daemon/daemon_unix.go verifyPlatformContainerResources, on cgroup v2 without swap accounting and cpusets.
import { type Failure, failure } from '../../std/index.ts';
import { type JsonObject, numberOf, textOf } from '../body.ts';

const invalid = (message: string): Failure => failure('invalid_parameter', message);

/** The machines of the lab have one processor. */
const processors = 1;
const leastMemory = 6 * 1024 * 1024;

function memoryProblem(host: JsonObject): Failure | undefined {
  const memory = numberOf(host.Memory);
  const reservation = numberOf(host.MemoryReservation);
  if (memory !== 0 && memory < leastMemory) return invalid('Minimum memory limit allowed is 6MB');
  if (memory === 0 && numberOf(host.MemorySwap) > 0)
    return invalid('You should always set the Memory limit when using Memoryswap limit, see usage');
  if (reservation > 0 && reservation < leastMemory)
    return invalid('Minimum memory reservation allowed is 6MB');
  if (memory > 0 && reservation > memory)
    return invalid('Minimum memory limit can not be less than memory reservation limit, see usage');
  return undefined;
}

function cpuProblem(host: JsonObject): Failure | undefined {
  const cpus = numberOf(host.NanoCpus);
  const period = numberOf(host.CpuPeriod);
  const quota = numberOf(host.CpuQuota);
  if (cpus > 0 && period > 0)
    return invalid('Conflicting options: Nano CPUs and CPU Period cannot both be set');
  if (cpus > 0 && quota > 0)
    return invalid('Conflicting options: Nano CPUs and CPU Quota cannot both be set');
  if (cpus < 0 || cpus > processors * 1e9)
    return invalid(
      `range of CPUs is from 0.01 to ${processors}.00, as there are only ${processors} CPUs available`,
    );
  if (period !== 0 && (period < 1000 || period > 1_000_000))
    return invalid(
      'CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)',
    );
  if (quota > 0 && quota < 1000)
    return invalid('CPU cfs quota can not be less than 1ms (i.e. 1000)');
  return undefined;
}

export const resourceProblem = (host: JsonObject): Failure | undefined =>
  memoryProblem(host) ?? cpuProblem(host);

const discarded = (what: string, how = 'Limitation'): string =>
  `Your kernel does not support ${what} or the cgroup is not mounted. ${how}`;

/** What a client asks of the kernel that it does not do. */
export function resourceWarnings(host: JsonObject): string[] {
  const warnings: string[] = [];
  if (numberOf(host.Memory) > 0 && numberOf(host.MemorySwap) !== -1)
    warnings.push(discarded('swap limit capabilities', 'Memory limited without swap.'));
  if (typeof host.MemorySwappiness === 'number' && host.MemorySwappiness !== -1)
    warnings.push(discarded('memory swappiness capabilities', 'Memory swappiness discarded.'));
  if (host.OomKillDisable === true)
    warnings.push('Your kernel does not support OomKillDisable. OomKillDisable discarded.');
  if (textOf(host.CpusetCpus) !== '' || textOf(host.CpusetMems) !== '')
    warnings.push(discarded('cpuset', 'Cpuset discarded.'));
  return warnings;
}
