// A loaded Compose file in the form in which `docker stack config` writes it: Go's structures in their order, without
// what is empty, sizes in bytes, durations as Go says them, maps sorted.
//
// Mirrors: docker/cli cli/compose/types/types.go (yaml tags, MarshalYAML).
import { goDuration } from '../../gotemplate/index.ts';
import { compareText, sortedBy } from '../../std/index.ts';
import { parseBytes } from '../flags/sizes.ts';
import { parseDuration } from '../flags/values.ts';
import { isObject, type Json } from '../json.ts';
import type { Compose } from './load.ts';

/** Turns a value into what is written, or undefined where nothing is. */
type Form = (value: unknown) => unknown;

const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === '' ||
  value === 0 ||
  value === false ||
  (Array.isArray(value) && value.length === 0) ||
  (isObject(value) && Object.keys(value).length === 0);

/** As it stands; nothing where it is Go's zero value. */
const plain: Form = (value) => (isEmpty(value) ? undefined : value);
/** A pointer in Go: written wherever it was said. */
const pointer: Form = (value) => value ?? undefined;
const sorted: Form = (value) =>
  isObject(value) && !isEmpty(value)
    ? Object.fromEntries(sortedBy(Object.entries(value), ([key]) => key))
    : plain(value);
const size: Form = (value) => {
  const bytes = typeof value === 'string' ? parseBytes(value) : value;
  return typeof bytes === 'number' && bytes !== 0 ? String(bytes) : undefined;
};
const sizeNumber: Form = (value) => {
  const bytes = typeof value === 'string' ? parseBytes(value) : value;
  return typeof bytes === 'number' && bytes !== 0 ? bytes : undefined;
};
const durationPointer: Form = (value) => {
  if (value === undefined || value === null) return undefined;
  const nanos = parseDuration(String(value));
  return typeof nanos === 'number' ? goDuration(nanos) : value;
};
const duration: Form = (value) => {
  const text = durationPointer(value);
  return text === '0s' ? undefined : text;
};

type Shape = readonly (readonly [string, Form, string?])[];

/** Fields in their order; those that begin with `x-` come last. */
function shaped(shape: Shape): Form {
  return (value) => {
    if (!isObject(value)) return undefined;
    const fields = shape.flatMap(([name, form, written = name]): [string, unknown][] => {
      const item = form(value[name]);
      return item === undefined ? [] : [[written, item]];
    });
    return Object.fromEntries([...fields, ...extensions(value)]);
  };
}

const extensions = (value: Json): [string, unknown][] =>
  Object.entries(value)
    .filter(([name]) => name.startsWith('x-'))
    .sort(([a], [b]) => compareText(a, b));

const filled =
  (form: Form): Form =>
  (value) =>
    plain(form(value));
const each =
  (form: Form): Form =>
  (value) =>
    Array.isArray(value) && value.length > 0 ? value.map(form) : undefined;

const names = (text: string, form: Form): Shape =>
  text.split(' ').map((name) => [name, form] as const);

const build = shaped([
  ...names('context dockerfile', plain),
  ...names('args labels', sorted),
  ...names('cache_from extra_hosts network target', plain),
]);
const buildOf: Form = (value) =>
  typeof value === 'string' ? plain(build({ context: value })) : plain(build(value));

const rollout = shaped([
  ['parallelism', pointer],
  ['delay', duration],
  ['failure_action', plain],
  ['monitor', duration],
  ['max_failure_ratio', plain],
  ['order', plain],
]);

const cpus: Form = (value) => (isEmpty(value) ? undefined : String(value));
const generic = shaped([['discrete_resource_spec', filled(shaped(names('kind value', pointer)))]]);
const resources = shaped([
  [
    'limits',
    filled(
      shaped([
        ['cpus', cpus],
        ['memory', size],
        ['pids', plain],
      ]),
    ),
  ],
  [
    'reservations',
    filled(
      shaped([
        ['cpus', cpus],
        ['memory', size],
        ['generic_resources', each(generic)],
      ]),
    ),
  ],
]);

const deploy = shaped([
  ['mode', plain],
  ['replicas', pointer],
  ['labels', sorted],
  ['update_config', filled(rollout)],
  ['rollback_config', filled(rollout)],
  ['resources', filled(resources)],
  [
    'restart_policy',
    filled(
      shaped([
        ['condition', plain],
        ['delay', durationPointer],
        ['max_attempts', pointer],
        ['window', durationPointer],
      ]),
    ),
  ],
  [
    'placement',
    filled(
      shaped([
        ['constraints', plain],
        ['preferences', each(shaped(names('spread', plain)))],
        ['max_replicas_per_node', plain],
      ]),
    ),
  ],
  ['endpoint_mode', plain],
]);

const healthTest: Form = (value) =>
  typeof value === 'string' && value !== '' ? ['CMD-SHELL', value] : plain(value);
const health = shaped([
  ['test', healthTest],
  ['timeout', durationPointer],
  ['interval', durationPointer],
  ['retries', pointer],
  ['start_period', durationPointer],
  ['start_interval', durationPointer],
  ['disable', plain],
]);

const attachment = shaped([
  ['aliases', plain],
  ['driver_opts', sorted],
  ...names('ipv4_address ipv6_address', plain),
]);
/** A network that nothing more is said of is null. */
const attachments: Form = (value) =>
  isObject(value) && !isEmpty(value)
    ? sorted(
        Object.fromEntries(
          Object.entries(value).map(([name, one]) => [name, one === null ? null : attachment(one)]),
        ),
      )
    : undefined;

const file = shaped([...names('source target uid gid', plain), ['mode', pointer]]);

const volume = shaped([
  ...names('type source target read_only consistency', plain),
  ['bind', filled(shaped(names('propagation', plain)))],
  ['volume', filled(shaped(names('nocopy subpath', plain)))],
  ['image', filled(shaped(names('subpath', plain)))],
  ['tmpfs', filled(shaped([['size', sizeNumber]]))],
]);

const ulimit: Form = (value) =>
  isObject(value) ? shaped(names('soft hard', plain))(value) : value;
const ulimits: Form = (value) =>
  isObject(value)
    ? sorted(Object.fromEntries(Object.entries(value).map(([name, one]) => [name, ulimit(one)])))
    : undefined;

const service = shaped([
  ['build', buildOf],
  ...names('cap_add cap_drop cgroupns_mode cgroup_parent command', plain),
  ['configs', each(file)],
  ...names('container_name credential_spec depends_on', plain),
  ['deploy', filled(deploy)],
  ...names('devices dns dns_search domainname entrypoint', plain),
  ['environment', sorted],
  ...names('env_file expose external_links extra_hosts hostname', plain),
  ['healthcheck', filled(health)],
  ['image', plain],
  ['init', pointer],
  ...names('ipc isolation', plain),
  ['labels', sorted],
  ['links', plain],
  [
    'logging',
    filled(
      shaped([
        ['driver', plain],
        ['options', sorted],
      ]),
    ),
  ],
  ...names('mac_address network_mode', plain),
  ['networks', attachments],
  ['pid', plain],
  ['ports', each(shaped(names('mode target published protocol', plain)))],
  ...names('privileged read_only restart', plain),
  ['secrets', each(file)],
  ...names('security_opt shm_size stdin_open', plain),
  ['stop_grace_period', durationPointer],
  ['stop_signal', plain],
  ['sysctls', sorted],
  ...names('tmpfs tty', plain),
  ['ulimits', ulimits],
  ['user', plain],
  // The structure has no name for it in YAML, so Go makes one of the field's.
  ['oom_score_adj', plain, 'oomscoreadj'],
  ['userns_mode', plain],
  ['volumes', each(volume)],
  ['working_dir', plain],
]);

const network = shaped([
  ...names('name driver', plain),
  ['driver_opts', sorted],
  [
    'ipam',
    filled(
      shaped([
        ['driver', plain],
        ['config', each(shaped(names('subnet', plain)))],
      ]),
    ),
  ],
  ...names('external internal attachable', plain),
  ['labels', sorted],
]);
const volumes = shaped([
  ...names('name driver', plain),
  ['driver_opts', sorted],
  ['external', plain],
  ['labels', sorted],
]);
const fileObject = shaped([
  ...names('name file external', plain),
  ['labels', sorted],
  ['driver', plain],
  ['driver_opts', sorted],
  ['template_driver', plain],
]);

/** What is external has the name that it goes by outside. */
const named = (name: string, value: Json): Json => {
  const { external } = value;
  if (isObject(external)) return { ...value, name: external.name ?? name, external: true };
  return external === true ? { ...value, name: value.name ?? name } : value;
};

/** The whole file, as an object whose members are written in their order. */
export function configOutput(compose: Compose): Json {
  const section = (value: Readonly<Record<string, Json>>, form: Form): Json | undefined =>
    isEmpty(value)
      ? undefined
      : Object.fromEntries(
          sortedBy(Object.entries(value), ([name]) => name).map(([name, one]) => [
            name,
            form(named(name, one)),
          ]),
        );
  const members = {
    version: compose.version,
    services: section(compose.services, service) ?? {},
    networks: section(compose.networks, network),
    volumes: section(compose.volumes, volumes),
    secrets: section(compose.secrets, fileObject),
    configs: section(compose.configs, fileObject),
    ...compose.extras,
  };
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
