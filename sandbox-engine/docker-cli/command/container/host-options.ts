// Options of run and create that docker checks itself before it asks the engine: devices, modes, log and security options.
//
// Mirrors: docker/cli cli/command/container/opts.go (parse, validateDevice, parseLoggingOpts, parseSecurityOpts).
import { err, ok, type Result } from '../../../std/index.ts';
import type { Flags } from '../../flags/parse.ts';
import type { Json } from '../../json.ts';

const isDeviceMode = (text: string): boolean =>
  /^[rwm]{1,3}$/.test(text) && new Set(text).size === text.length;

function deviceMapping(value: string): Result<Json, string> {
  const parts = value.split(':');
  const [source = '', second, third] = parts;
  if (parts.length > 3 || source === '') return err(`bad format for path: ${value}`);
  const onlyMode = parts.length === 2 && isDeviceMode(second ?? '');
  const inside = second === undefined || onlyMode ? source : second;
  if (third !== undefined && !isDeviceMode(third)) return err(`bad mode specified: ${third}`);
  if (!inside.startsWith('/')) return err(`${inside} is not an absolute path`);
  return ok({
    PathOnHost: source,
    PathInContainer: inside,
    CgroupPermissions: third ?? (onlyMode ? second : 'rwm'),
  });
}

/** The values of --device as the API takes them. */
export function deviceMappings(values: readonly string[]): Result<readonly Json[], string> {
  const devices: Json[] = [];
  for (const value of values) {
    const device = deviceMapping(value);
    if (!device.ok) return device;
    devices.push(device.value);
  }
  return ok(devices);
}

/** What is wrong with a namespace that a container is to share. */
export function modeProblem(flags: Flags): string | undefined {
  const pid = flags.text('pid');
  if (pid !== '' && pid !== 'host' && !/^container:./.test(pid)) return '--pid: invalid PID mode';
  if (!['', 'host'].includes(flags.text('uts'))) return '--uts: invalid UTS mode';
  if (!['', 'host'].includes(flags.text('userns'))) return '--userns: invalid USER mode';
  return ['', 'private', 'host'].includes(flags.text('cgroupns'))
    ? undefined
    : '--cgroupns: invalid CGROUP mode';
}

/** What is wrong with --log-opt, --security-opt and --storage-opt. */
export function optionProblem(flags: Flags): string | undefined {
  if (flags.text('log-driver') === 'none' && flags.list('log-opt').length > 0)
    return 'invalid logging opts for driver none';
  for (const option of flags.list('security-opt')) {
    const cut = option.includes('=') ? option.indexOf('=') : option.indexOf(':');
    const key = cut < 0 ? option : option.slice(0, cut);
    const isEmpty = cut < 0 || cut === option.length - 1;
    if (isEmpty && key !== 'no-new-privileges')
      return `Invalid --security-opt: ${JSON.stringify(option)}`;
  }
  return flags.list('storage-opt').some((option) => !option.includes('='))
    ? 'invalid storage option'
    : undefined;
}
