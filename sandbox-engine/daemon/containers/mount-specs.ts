// What is asked to be mounted in a container, checked: the values of `-v` and `--volumes-from`, and entries of
// `HostConfig.Mounts`.
//
// Mirrors: moby volume/mounts (linux_parser.go).
import type { FileSystem } from '../../os/index.ts';
import { err, type Failure, failure, ok, type Result } from '../../std/index.ts';
import {
  booleanOf,
  type JsonObject,
  listOf,
  numberOf,
  objectOf,
  textMapOf,
  textOf,
} from '../body.ts';
import type { HostConfig, MountPoint } from './rows.ts';

const invalid = (message: string): Failure => failure('invalid_parameter', message);

/** A mount as asked for, before volumes are made. */
export interface MountSpec {
  readonly type: MountPoint['type'];
  readonly source: string;
  readonly destination: string;
  readonly mode: string;
  readonly writable: boolean;
  readonly driver?: string;
  readonly driverOptions?: Readonly<Record<string, string>> | null;
  readonly labels?: Readonly<Record<string, string>> | null;
  readonly noCopy?: boolean;
  readonly propagation?: string;
  readonly options?: string;
  /** Binds of `-v` make the directory on the host. */
  readonly create: boolean;
}

const propagations = new Set('private rprivate slave rslave shared rshared'.split(' '));
/** Words of a mode: one of each kind at most. */
const modes = [
  new Set(['ro', 'rw']),
  new Set(['z', 'Z']),
  propagations,
  new Set(['nocopy']),
  new Set(['consistent', 'cached', 'delegated']),
];

function isMode(mode: string): boolean {
  const words = mode === '' ? [] : mode.split(',');
  const kinds = words.map((word) => modes.findIndex((kind) => kind.has(word)));
  return !kinds.includes(-1) && new Set(kinds).size === kinds.length;
}

/** `source:destination[:mode]` of `-v`. */
export function parseBind(text: string): Result<MountSpec, Failure> {
  const [first = '', second, third, ...more] = text.split(':');
  const refuse = (why: string): Result<never, Failure> =>
    err(invalid(`invalid volume specification: '${text}'${why}`));
  if (more.length > 0 || first === '' || second === '') return refuse('');
  // A destination alone cannot have a mode.
  if (second !== undefined && third === undefined && isMode(second)) return refuse('');
  const [source, destination] = second === undefined ? ['', first] : [first, second];
  const mode = third ?? '';
  const words = mode === '' ? [] : mode.split(',');
  if (!isMode(mode)) return err(invalid(`invalid mode: ${mode}`));
  const bind = source.startsWith('/');
  const type = bind ? 'bind' : 'volume';
  if (!destination.startsWith('/')) {
    return refuse(
      `: invalid mount config for type "${type}": invalid mount path: '${destination}' mount path must be absolute`,
    );
  }
  if (destination === '/')
    return refuse(
      `: invalid mount config for type "${type}": invalid specification: destination can't be '/'`,
    );
  const propagation = words.find((word) => propagations.has(word)) ?? '';
  const noCopy = words.includes('nocopy');
  const extra = bind ? noCopy && 'VolumeOptions' : propagation && 'BindOptions';
  if (extra)
    return refuse(
      `: invalid mount config for type "${type}": field ${extra} must not be specified`,
    );
  return ok({
    type,
    source,
    destination: cleanPath(destination),
    mode: bind || mode !== '' ? mode : source ? 'z' : '',
    writable: !words.includes('ro'),
    propagation,
    noCopy,
    create: true,
  });
}

/** `container[:mode]` of `--volumes-from`: `ro` shows all of its mounts read-only. */
export function parseVolumesFrom(
  text: string,
): Result<{ readonly container: string; readonly writable: boolean }, Failure> {
  if (text === '') return err(invalid('volumes-from specification cannot be an empty string'));
  const [container = '', mode = ''] = text.split(/:(.*)/s);
  const words = mode === '' ? [] : mode.split(',');
  const refused = words.some((word) => propagations.has(word) || word === 'nocopy');
  return refused || !isMode(mode)
    ? err(invalid(`invalid mode: ${mode}`))
    : ok({ container, writable: !words.includes('ro') });
}

/** What is wrong with the entries of `HostConfig.Mounts`. */
export function mountsProblem(host: HostConfig, hostFs: FileSystem): Failure | undefined {
  for (const value of listOf(host.Mounts)) {
    const spec = parseMount(value, hostFs);
    if (!spec.ok) return spec.error;
  }
  return undefined;
}

export const cleanPath = (path: string): string => {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
};

/** A relative path that does not lead out of its directory. Mirrors: Go's filepath.IsLocal. */
function isLocal(path: string): boolean {
  let depth = 0;
  for (const part of path.split('/')) {
    if (part === '..') depth -= 1;
    else if (part !== '' && part !== '.') depth += 1;
    if (depth < 0) return false;
  }
  return path !== '' && !path.startsWith('/');
}

/** One entry of `HostConfig.Mounts`. */
export function parseMount(value: unknown, hostFs: FileSystem): Result<MountSpec, Failure> {
  const body = objectOf(value);
  const type = textOf(body.Type);
  const source = textOf(body.Source);
  const target = textOf(body.Target);
  const refuse = (why: string): Result<never, Failure> =>
    err(invalid(`invalid mount config for type "${type}": ${why}`));
  if (target === '') return refuse('field Target must not be empty');
  if (/^\/+$/.test(target)) return refuse("invalid specification: destination can't be '/'");
  if (!target.startsWith('/'))
    return refuse(`invalid mount path: '${target}' mount path must be absolute`);
  if (type === 'bind') {
    if (source === '') return refuse('field Source must not be empty');
    const { Propagation } = objectOf(body.BindOptions);
    if (textOf(Propagation) !== '' && !propagations.has(textOf(Propagation)))
      return refuse(`invalid propagation mode: ${textOf(Propagation)}`);
    if (!source.startsWith('/'))
      return refuse(`invalid mount path: '${source}' mount path must be absolute`);
    if (!hostFs.exists(source)) return refuse(`bind source path does not exist: ${source}`);
  } else if (type === 'image' || type === 'cluster')
    return err(failure('not_implemented', `not simulated here: mounts of type "${type}"`));
  else if (type === 'tmpfs') {
    if (source !== '') return refuse('field Source must not be specified');
  } else if (type !== 'volume') return refuse('mount type unknown');
  const volume = objectOf(body.VolumeOptions);
  if (type === 'volume') {
    const subpath = textOf(volume.Subpath);
    if (subpath !== '' && source === '')
      return refuse('must not set Subpath when using anonymous volumes');
    if (subpath !== '' && !isLocal(subpath))
      return refuse('subpath must be a relative path within the volume');
    if (source === '' && booleanOf(body.ReadOnly))
      return refuse('must not set ReadOnly mode when using anonymous volumes');
    if (subpath !== '')
      return err(
        failure('not_implemented', 'not simulated here: a part of a volume (volume-subpath)'),
      );
  }
  const driver = textOf(objectOf(volume.DriverConfig).Name);
  return ok({
    type,
    source,
    destination: cleanPath(target),
    mode: type === 'volume' && source !== '' ? 'z' : '',
    writable: !booleanOf(body.ReadOnly),
    ...(driver && { driver }),
    driverOptions: textMapOf(objectOf(volume.DriverConfig).Options),
    noCopy: booleanOf(volume.NoCopy),
    labels: textMapOf(volume.Labels),
    propagation: textOf(objectOf(body.BindOptions).Propagation),
    options: tmpfsText(objectOf(body.TmpfsOptions)),
    create: false,
  });
}

/** `TmpfsOptions` as mount(8) takes them. Mirrors: linux_parser.go ConvertTmpfsOptions. */
function tmpfsText(options: JsonObject): string {
  const mode = numberOf(options.Mode);
  const size = numberOf(options.SizeBytes);
  const units = [
    ['g', 2 ** 30],
    ['m', 2 ** 20],
    ['k', 2 ** 10],
  ] as const;
  const [letter, bytes] = units.find(([, one]) => size % one === 0) ?? ['', 1];
  return [
    ...(mode === 0 ? [] : [`mode=${mode.toString(8)}`]),
    ...(size === 0 ? [] : [`size=${size / bytes}${letter}`]),
  ].join(',');
}
