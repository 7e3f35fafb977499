// Loads Compose files: interpolation, checks, and one form for what may be written in several.
//
// Mirrors: docker/cli cli/compose/loader, cli/compose/schema. Differs: of the JSON schema only names of fields and the
// kinds of values are checked.
import { err, ok, type Result } from '../../std/index.ts';
import { parsePorts } from '../flags/ports.ts';
import { isObject, type Json, put } from '../json.ts';
import { interpolated } from './interpolate.ts';
import { wrongFormat, wrongKind } from './kinds.ts';
import { LoadError, refuse } from './refuse.ts';
import { parseYaml } from './yaml.ts';

const serviceFields =
  'build cap_add cap_drop cgroupns_mode cgroup_parent command configs container_name credential_spec depends_on deploy devices dns dns_search domainname entrypoint environment env_file expose external_links extra_hosts hostname healthcheck image init ipc isolation labels links logging mac_address network_mode networks oom_score_adj pid ports privileged read_only restart secrets security_opt shm_size stdin_open stop_grace_period stop_signal sysctls tmpfs tty ulimits user userns_mode volumes working_dir'.split(
    ' ',
  );
const deployFields =
  'mode replicas labels update_config rollback_config resources restart_policy placement endpoint_mode'.split(
    ' ',
  );
const updateFields = 'parallelism delay failure_action monitor max_failure_ratio order'.split(' ');
const deployParts: Readonly<Record<string, readonly string[]>> = {
  update_config: updateFields,
  rollback_config: updateFields,
  resources: ['limits', 'reservations'],
  restart_policy: ['condition', 'delay', 'max_attempts', 'window'],
  placement: ['constraints', 'preferences', 'max_replicas_per_node'],
};
const networkFields = 'name driver driver_opts ipam external internal attachable labels'.split(' ');
const volumeFields = 'name driver driver_opts external labels'.split(' ');
const fileFields = 'name file external labels driver driver_opts template_driver'.split(' ');
const rootFields = 'version services networks volumes secrets configs'.split(' ');
const forbidden =
  'extends volume_driver volumes_from cpu_quota cpu_shares cpuset mem_limit memswap_limit'.split(
    ' ',
  );

export interface Compose {
  readonly version: string;
  /** Normalised; in the order of the file. */
  readonly services: Readonly<Record<string, Json>>;
  readonly networks: Readonly<Record<string, Json>>;
  readonly volumes: Readonly<Record<string, Json>>;
  readonly secrets: Readonly<Record<string, Json>>;
  readonly configs: Readonly<Record<string, Json>>;
  /** Members of the file that begin with `x-`. */
  readonly extras: Json;
}

export interface LoadOptions {
  readonly environment: ReadonlyMap<string, string>;
  /** Where relative paths of files start from. */
  readonly directory: string;
  readonly interpolate: boolean;
  /** The text of a file that the Compose file names. */
  readonly readFile: (path: string) => { readonly text: string } | { readonly error: string };
}

/** Loads and merges Compose files, the later ones over the earlier. */
export function loadCompose(
  sources: readonly string[],
  options: LoadOptions,
): Result<Compose, string> {
  try {
    return ok(sources.map((source) => loadOne(source, options)).reduce(merged));
  } catch (error) {
    if (error instanceof LoadError) return err(error.message);
    throw error;
  }
}

function loadOne(source: string, options: LoadOptions): Compose {
  const parsed = parseYaml(source);
  if (!parsed.ok) return refuse(parsed.error);
  if (!isObject(parsed.value)) return refuse('top-level object must be a mapping');
  const version = parsed.value.version === undefined ? '3.13' : String(parsed.value.version);
  if (parsed.value.version !== undefined && typeof parsed.value.version !== 'string')
    refuse('version must be a string');
  if (!/^3(?:\.(?:\d|1[0-3]))?$/.test(version))
    refuse(`unsupported Compose file version: ${version}`);
  const root = (
    options.interpolate ? interpolated(parsed.value, options.environment) : parsed.value
  ) as Json;
  checkFields('(root)', root, rootFields);
  const section = (name: string): Json => {
    const value = root[name] ?? {};
    return isObject(value) ? value : refuse(`${name} must be a mapping`);
  };
  const services = section('services');
  const used = Object.entries(services).flatMap(([, service]) =>
    isObject(service) ? forbidden.filter((field) => field in service) : [],
  );
  if (used.length > 0)
    refuse(`Compose file contains unsupported options:\n\n${[...new Set(used)].join(', ')}`);
  return {
    version,
    services: mapped('services', services, (name, service) =>
      normalService(name, service, options),
    ),
    networks: mapped('networks', section('networks'), (name, value) =>
      checked(`networks.${name}`, value, networkFields),
    ),
    volumes: mapped('volumes', section('volumes'), (name, value) =>
      checked(`volumes.${name}`, value, volumeFields),
    ),
    secrets: mapped('secrets', section('secrets'), (name, value) =>
      fileObject(`secrets.${name}`, value, options),
    ),
    configs: mapped('configs', section('configs'), (name, value) =>
      fileObject(`configs.${name}`, value, options),
    ),
    extras: extensionsOf(root),
  };
}

function merged(base: Compose, over: Compose): Compose {
  const services = new Map(Object.entries(base.services));
  for (const [name, service] of Object.entries(over.services)) {
    const before = services.get(name);
    services.set(name, before ? deepMerge(before, service) : service);
  }
  return {
    version: over.version,
    services: Object.fromEntries(services),
    networks: { ...base.networks, ...over.networks },
    volumes: { ...base.volumes, ...over.volumes },
    secrets: { ...base.secrets, ...over.secrets },
    configs: { ...base.configs, ...over.configs },
    extras: { ...base.extras, ...over.extras },
  };
}

function deepMerge(base: Json, over: Json): Json {
  const out = new Map(Object.entries(base));
  for (const [key, value] of Object.entries(over)) {
    const before = out.get(key);
    if (isObject(before) && isObject(value)) out.set(key, deepMerge(before, value));
    else if (
      Array.isArray(before) &&
      Array.isArray(value) &&
      !['command', 'entrypoint'].includes(key)
    )
      out.set(key, [...before, ...value]);
    else out.set(key, value);
  }
  return Object.fromEntries(out);
}

// ---- checks -------------------------------------------------------------------------------------

const isExtension = (name: string): boolean => name.startsWith('x-');
const extensionsOf = (value: Json): Json =>
  Object.fromEntries(Object.entries(value).filter(([name]) => isExtension(name)));

function checkFields(place: string, value: Json, known: readonly string[]): void {
  for (const field of Object.keys(value))
    if (!known.includes(field) && !isExtension(field))
      refuse(`${place} Additional property ${field} is not allowed`);
}

function checked(place: string, value: unknown, known: readonly string[]): Json {
  if (value === null || value === undefined) return {};
  if (!isObject(value)) return refuse(`${place} must be a mapping`);
  checkFields(place, value, known);
  return { ...ordered(value, known), ...extensionsOf(value) };
}

/** The fields in the order in which the CLI writes them. */
const ordered = (value: Json, known: readonly string[]): Json =>
  Object.fromEntries(
    known.filter((field) => value[field] !== undefined).map((field) => [field, value[field]]),
  );

function mapped(
  place: string,
  section: Json,
  each: (name: string, value: unknown) => Json,
): Record<string, Json> {
  const out: [string, Json][] = [];
  for (const [name, value] of Object.entries(section)) {
    if (isExtension(name)) continue;
    if (!/^[a-zA-Z0-9._-]+$/.test(name))
      refuse(`${place} Additional property ${name} is not allowed`);
    out.push([name, each(name, value)]);
  }
  return Object.fromEntries(out);
}

function fileObject(place: string, value: unknown, options: LoadOptions): Json {
  const item = checked(place, value, fileFields);
  return typeof item.file === 'string' ? { ...item, file: absolute(item.file, options) } : item;
}

const absolute = (path: string, options: LoadOptions): string => {
  if (path.startsWith('/')) return path;
  const parts = [...options.directory.split('/')];
  for (const part of path.split('/'))
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  return parts.join('/') || '/';
};

// ---- one form for services ----------------------------------------------------------------------

const asText = (value: unknown): string =>
  value === null || value === undefined ? '' : String(value);

/** A list of `K=V` or a mapping → a mapping of texts; a name without a value is null. */
export function asMap(value: unknown): Record<string, string | null> {
  const out: Record<string, string | null> = {};
  if (Array.isArray(value))
    for (const item of value.map(String)) {
      const equals = item.indexOf('=');
      put(
        out,
        equals < 0 ? item : item.slice(0, equals),
        equals < 0 ? null : item.slice(equals + 1),
      );
    }
  else if (isObject(value))
    for (const [key, item] of Object.entries(value))
      put(out, key, item === null ? null : asText(item));
  return out;
}

const labelMap = (value: unknown): Record<string, string> =>
  Object.fromEntries(Object.entries(asMap(value)).map(([k, v]) => [k, v ?? '']));

export const asList = (value: unknown): string[] =>
  value === undefined || value === null
    ? []
    : Array.isArray(value)
      ? value.map(asText)
      : [asText(value)];

/** Command lines: a text is split as a shell would. */
function words(value: unknown): string[] {
  if (Array.isArray(value)) return value.map(asText);
  return [...asText(value).matchAll(/(?:"(?:[^"\\]|\\.)*"|'[^']*'|\\.|[^\s"'\\])+/g)].map((m) =>
    m[0].replace(/"((?:[^"\\]|\\.)*)"|'([^']*)'|\\(.)/g, (_, d?: string, s?: string, e?: string) =>
      d !== undefined ? d.replace(/\\(["\\$`])/g, '$1') : (s ?? e ?? ''),
    ),
  );
}

function normalService(name: string, value: unknown, options: LoadOptions): Json {
  const place = `services.${name}`;
  if (!isObject(value)) return refuse(`${place} must be a mapping`);
  checkFields(place, value, serviceFields);
  const wrong = wrongKind(value) ?? wrongFormat(value);
  if (wrong !== undefined) refuse(`${place}.${wrong}`);
  const deploy = value.deploy;
  if (deploy !== undefined && deploy !== null) checked(`${place}.deploy`, deploy, deployFields);
  const out: Record<string, unknown> = {};
  for (const field of serviceFields) {
    const given = value[field];
    if (given === undefined || (given === null && field !== 'networks')) continue;
    // Only of init does the CLI know whether it was said.
    if (given === false && field !== 'init') continue;
    out[field] = normalField(place, field, given, options);
  }
  const environment = environmentOf(value, options);
  if (Object.keys(environment).length > 0) out.environment = environment;
  return { ...out, ...extensionsOf(value) };
}

function environmentOf(service: Json, options: LoadOptions): Record<string, string | null> {
  const fromFiles: Record<string, string | null> = {};
  for (const path of asList(service.env_file)) {
    const read = options.readFile(absolute(path, options));
    if ('error' in read) return refuse(read.error);
    const lines = read.text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line && !line.startsWith('#'));
    Object.assign(fromFiles, asMap(lines));
  }
  const all = { ...fromFiles, ...asMap(service.environment) };
  for (const [key, item] of Object.entries(all))
    if (item === null) all[key] = options.environment.get(key) ?? null;
  return all;
}

function normalField(place: string, field: string, value: unknown, options: LoadOptions): unknown {
  switch (field) {
    case 'command':
    case 'entrypoint':
      return words(value);
    case 'environment':
      return asMap(value);
    case 'labels':
    case 'sysctls':
      return labelMap(value);
    case 'dns':
    case 'dns_search':
    case 'tmpfs':
    case 'env_file':
      return asList(value);
    case 'extra_hosts':
      return isObject(value)
        ? Object.entries(value).map(([host, ip]) => `${host}:${asText(ip)}`)
        : asList(value);
    case 'networks':
      return Array.isArray(value)
        ? Object.fromEntries(value.map((one) => [asText(one), null]))
        : value;
    case 'ports':
      if (!Array.isArray(value)) return refuse(`${place}.ports must be a list`);
      return value.flatMap((port) => normalPort(place, port));
    case 'volumes':
      if (!Array.isArray(value)) return refuse(`${place}.volumes must be a list`);
      return value.map((volume) => normalVolume(volume, options));
    case 'secrets':
    case 'configs':
      if (!Array.isArray(value)) return refuse(`${place}.${field} must be a list`);
      return value.map((item) => (typeof item === 'string' ? { source: item } : item));
    case 'deploy':
      return normalDeploy(value as Json);
    default:
      return value;
  }
}

function normalDeploy(deploy: Json): Json {
  const out: Record<string, unknown> = {};
  for (const field of deployFields) {
    const value = deploy[field];
    if (value === undefined || value === null) continue;
    const order = deployParts[field];
    out[field] =
      field === 'labels'
        ? labelMap(value)
        : order && isObject(value)
          ? ordered(value, order)
          : value;
  }
  return out;
}

function normalPort(place: string, value: unknown): Json[] {
  if (isObject(value))
    return [
      {
        ...(value.mode === undefined ? {} : { mode: value.mode }),
        target: value.target,
        ...(value.published === undefined ? {} : { published: Number(value.published) }),
        ...(value.protocol === undefined ? {} : { protocol: value.protocol }),
      },
    ];
  const parsed = parsePorts(asText(value));
  if (!parsed.ok) return refuse(`${place}.ports: ${parsed.error}`);
  return parsed.value.map(({ port, hostPort }) => {
    const [target = '', protocol = 'tcp'] = port.split('/');
    return {
      mode: 'ingress',
      target: Number(target),
      ...(hostPort ? { published: Number(hostPort.split('-')[0]) } : {}),
      protocol,
    };
  });
}

function normalVolume(value: unknown, options: LoadOptions): Json {
  if (isObject(value)) {
    const source = value.source;
    return value.type === 'bind' && typeof source === 'string'
      ? { ...value, source: absolute(source, options) }
      : value;
  }
  const [first = '', second, mode = ''] = asText(value).split(':');
  if (second === undefined) return { type: 'volume', target: first };
  const isPath = /^[./~]/.test(first);
  return {
    type: isPath ? 'bind' : 'volume',
    source: isPath ? absolute(first, options) : first,
    target: second,
    ...(mode.split(',').includes('ro') ? { read_only: true } : {}),
  };
}
