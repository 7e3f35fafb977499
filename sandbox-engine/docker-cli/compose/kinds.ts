// Of what kind the values in a Compose file are.
// Mirrors: docker/cli cli/compose/schema (config_schema_v3.x.json) and its words for a value of another kind. Differs: only
// the plain fields of services and of their deploy parts.
import { parsePorts } from '../flags/ports.ts';
import { parseDuration } from '../flags/values.ts';
import { isObject, type Json } from '../json.ts';

type Kind = 'string' | 'boolean' | 'integer' | 'number' | 'list' | 'mapping';

const kinds: Readonly<Record<Kind, string>> = {
  string:
    'cgroup_parent container_name domainname hostname image ipc isolation mac_address network_mode pid restart stop_grace_period stop_signal user userns_mode working_dir deploy.mode deploy.endpoint_mode deploy.update_config.delay deploy.update_config.failure_action deploy.update_config.monitor deploy.update_config.order deploy.rollback_config.delay deploy.rollback_config.failure_action deploy.rollback_config.monitor deploy.rollback_config.order deploy.restart_policy.condition deploy.restart_policy.delay deploy.restart_policy.window deploy.resources.limits.cpus deploy.resources.limits.memory deploy.resources.reservations.cpus deploy.resources.reservations.memory',
  boolean: 'init privileged read_only stdin_open tty',
  integer:
    'deploy.replicas deploy.update_config.parallelism deploy.rollback_config.parallelism deploy.restart_policy.max_attempts deploy.resources.limits.pids deploy.placement.max_replicas_per_node',
  number: 'deploy.update_config.max_failure_ratio deploy.rollback_config.max_failure_ratio',
  list: 'cap_add cap_drop devices external_links links security_opt ports volumes secrets configs deploy.placement.constraints deploy.placement.preferences',
  mapping:
    'deploy healthcheck logging ulimits deploy.update_config deploy.rollback_config deploy.resources deploy.resources.limits deploy.resources.reservations deploy.restart_policy deploy.placement',
};

const isOf: Readonly<Record<Kind, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  integer: (value) => Number.isInteger(value),
  number: (value) => typeof value === 'number',
  list: Array.isArray,
  mapping: isObject,
};

/** The first field of a service whose value is of another kind than it must be: `image must be a string`. */
export function wrongKind(service: Json): string | undefined {
  for (const [kind, paths] of Object.entries(kinds) as [Kind, string][])
    for (const path of paths.split(' ')) {
      const value = valueAt(service, path);
      if (value === undefined || value === null || isOf[kind](value)) continue;
      return `${path} must be a ${kind}`;
    }
  return undefined;
}

const valueAt = (service: Json, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>((value, name) => (isObject(value) ? value[name] : undefined), service);

const durations =
  'stop_grace_period healthcheck.interval healthcheck.timeout healthcheck.start_period deploy.update_config.delay deploy.update_config.monitor deploy.rollback_config.delay deploy.rollback_config.monitor deploy.restart_policy.delay deploy.restart_policy.window'.split(
    ' ',
  );

/** The first value that is of the right kind and makes no sense all the same: `ports.0 Does not match format 'ports'`. */
export function wrongFormat(service: Json): string | undefined {
  for (const path of durations) {
    const value = valueAt(service, path);
    if (typeof value === 'string' && typeof parseDuration(value) === 'string')
      return `${path} Does not match format 'duration'`;
  }
  const ports = Array.isArray(service.ports) ? service.ports : [];
  const at = ports.findIndex((port) => !isObject(port) && !parsePorts(String(port)).ok);
  return at < 0 ? undefined : `ports.${at} Does not match format 'ports'`;
}

/** A text that was put in for variables, as the kind that its place wants: undefined when it cannot be that. */
export function cast(path: string, value: string): unknown {
  const field = path.replace(/^services\.[^.]+\./, '');
  const kind = field === path ? undefined : kindOf.get(field);
  if (kind === 'boolean') {
    if (/^(?:y|yes|true|on)$/i.test(value)) return true;
    return /^(?:n|no|false|off)$/i.test(value) ? false : undefined;
  }
  if (kind === 'integer') return /^[+-]?\d+$/.test(value) ? Number(value) : undefined;
  if (kind === 'number') return Number.isNaN(Number(value)) ? undefined : Number(value);
  return value;
}

const kindOf: ReadonlyMap<string, Kind> = new Map(
  (Object.entries(kinds) as [Kind, string][]).flatMap(([kind, paths]) =>
    paths.split(' ').map((path): [string, Kind] => [path, kind]),
  ),
);
