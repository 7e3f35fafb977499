// What is mounted in a container: `-v`, `--mount`, `--tmpfs`, `--volumes-from` and the volumes of its image.
//
// Mirrors: moby volume/mounts (linux_parser.go) and daemon/volumes.go.
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
import type { DaemonContext } from '../context.ts';
import { type VolumeStore, volumeNameProblem, volumePath } from '../volumes/store.ts';
import type { ContainerConfig, ContainerRow, HostConfig, MountPoint } from './rows.ts';

const invalid = (message: string): Failure => failure('invalid_parameter', message);

/** A mount as asked for, before volumes are made. */
interface MountSpec {
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

export interface Mounts {
  readonly points: readonly MountPoint[];
  readonly anonymous: readonly string[];
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

const cleanPath = (path: string): string => {
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
function parseMount(value: unknown, hostFs: FileSystem): Result<MountSpec, Failure> {
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

/** All mounts of a new container: checked, and their volumes made. Sorted by destination. */
export function resolveMounts(
  context: DaemonContext,
  volumes: VolumeStore,
  config: ContainerConfig,
  host: HostConfig,
  inherited: readonly MountPoint[],
): Result<Mounts, Failure> {
  const specs: MountSpec[] = [];
  for (const text of host.Binds ?? []) {
    const spec = parseBind(text);
    if (!spec.ok) return spec;
    specs.push(spec.value);
  }
  for (const value of listOf(host.Mounts)) {
    const spec = parseMount(value, context.host.fs);
    if (!spec.ok) return spec;
    specs.push(spec.value);
  }
  for (const [destination, options] of Object.entries(objectOf(host.Tmpfs))) {
    specs.push({
      type: 'tmpfs',
      options: textOf(options),
      source: '',
      destination: cleanPath(destination),
      mode: '',
      writable: true,
      create: false,
    });
  }
  const twice = specs.find((spec, at) =>
    specs.some((other, index) => index < at && other.destination === spec.destination),
  );
  if (twice) return err(invalid(`Duplicate mount point: ${twice.destination}`));
  const taken = new Set([...specs, ...inherited].map((mount) => mount.destination));
  for (const destination of Object.keys(config.Volumes ?? {})) {
    if (taken.has(destination)) continue;
    specs.push({
      type: 'volume',
      source: '',
      destination,
      mode: '',
      writable: true,
      create: true,
    });
  }
  const own = new Set(specs.map((spec) => spec.destination));
  return makeMounts(
    context,
    volumes,
    specs,
    inherited.filter((m) => !own.has(m.destination)),
  );
}

function makeMounts(
  context: DaemonContext,
  volumes: VolumeStore,
  specs: readonly MountSpec[],
  inherited: readonly MountPoint[],
): Result<Mounts, Failure> {
  const points: MountPoint[] = [...inherited];
  const anonymous: string[] = [];
  for (const spec of specs) {
    if (spec.type === 'volume' && spec.source !== '') {
      const problem = volumeNameProblem(spec.source);
      if (problem) return err(problem);
    }
  }
  for (const spec of specs) {
    const { destination, mode, writable } = spec;
    if (spec.type !== 'volume') {
      if (spec.type === 'bind' && spec.create && !context.host.fs.exists(spec.source))
        context.host.fs.mkdir(spec.source, { parents: true });
      const propagation = spec.type === 'bind' ? spec.propagation || 'rprivate' : '';
      points.push({
        type: spec.type,
        source: spec.source,
        destination,
        mode,
        writable,
        propagation,
        ...(spec.options && { options: spec.options }),
      });
      continue;
    }
    const made = volumes.create(
      {
        name: spec.source,
        driver: spec.driver ?? '',
        options: spec.driverOptions ?? null,
        labels: spec.labels ?? null,
      },
      spec.source === '',
    );
    if (!made.ok) return made;
    const { name, driver } = made.value;
    if (spec.source === '') anonymous.push(name);
    points.push({
      type: 'volume',
      name,
      source: volumePath(name),
      destination,
      driver,
      mode,
      writable,
      propagation: '',
      ...(spec.noCopy && { noCopy: true }),
    });
  }
  return ok({
    points: points.sort((a, b) => (a.destination < b.destination ? -1 : 1)),
    anonymous,
  });
}

const wanted = ({ options = '' }: MountPoint): readonly string[] => options.split(',');

/** The last value of an option such as `size`. */
const optionOf = (mount: MountPoint, name: string): string | undefined =>
  wanted(mount)
    .filter((one) => one.startsWith(`${name}=`))
    .at(-1)
    ?.slice(name.length + 1);

/** Permissions of a tmpfs' root: everybody's, with the sticky bit, unless it is told otherwise. */
const tmpfsMode = (mount: MountPoint): number =>
  Number.parseInt(optionOf(mount, 'mode') ?? '1777', 8);

/** As /proc/mounts shows it. dockerd says nosuid, nodev and noexec unless it is told otherwise. */
function tmpfsOptions(mount: MountPoint): string {
  const words = new Set(wanted(mount));
  const [, amount = '', unit = ''] = /^(\d+)([kmg]?)$/i.exec(optionOf(mount, 'size') ?? '') ?? [];
  const kilobytes = { k: 1, m: 2 ** 10, g: 2 ** 20 }[unit.toLowerCase()] ?? 2 ** -10;
  const mode = tmpfsMode(mount);
  return [
    mount.writable && !words.has('ro') ? 'rw' : 'ro',
    ...['suid', 'dev', 'exec'].filter((word) => !words.has(word)).map((word) => `no${word}`),
    'relatime',
    ...(amount === '' ? [] : [`size=${Math.ceil(Number(amount) * kilobytes)}k`]),
    ...(mode === 0o1777 ? [] : [`mode=${mode.toString(8).padStart(3, '0')}`]),
  ].join(',');
}

/** Shows the mounts in a container's root. A volume that is empty gets what the image has at its place. */
export function mountAll(
  context: DaemonContext,
  fs: FileSystem,
  row: ContainerRow,
  tmpfs: (mount: MountPoint) => string,
): void {
  for (const mount of row.mounts) {
    const source = mount.type === 'tmpfs' ? tmpfs(mount) : mount.source;
    if (mount.type === 'tmpfs') context.host.fs.chmod(source, tmpfsMode(mount));
    if (mount.type === 'volume') {
      context.host.fs.mkdir(source, { parents: true });
      if (!mount.noCopy) copyUp(fs, mount.destination, context.host.fs, source);
    }
    if (!fs.exists(mount.destination)) {
      const isFile = context.host.fs.stat(source);
      if (isFile.ok && isFile.value.type === 'file') fs.write(mount.destination, '');
      else fs.mkdir(mount.destination, { parents: true });
    }
    fs.mountTree(mount.destination, context.host.fs, source, {
      readOnly: !mount.writable || (mount.type === 'tmpfs' && wanted(mount).includes('ro')),
      ...(mount.type === 'tmpfs' && { shown: { type: 'tmpfs', options: tmpfsOptions(mount) } }),
    });
  }
}

function copyUp(from: FileSystem, path: string, to: FileSystem, target: string): void {
  const existing = to.list(target);
  if (!existing.ok || existing.value.length > 0) return;
  copyTree(from, path, to, target);
}

/** Copies what is in a directory. */
export function copyTree(from: FileSystem, path: string, to: FileSystem, target: string): void {
  const names = from.list(path);
  if (!names.ok) return;
  for (const name of names.value) {
    const source = `${path}/${name}`;
    const stat = from.stat(source, { followLinks: false });
    if (!stat.ok) continue;
    const copy = `${target}/${name}`;
    const { type, mode } = stat.value;
    if (type === 'directory') {
      to.mkdir(copy, { mode });
      copyTree(from, source, to, copy);
    } else if (type === 'symlink') to.symlink(stat.value.target ?? '', copy);
    else if (type === 'program') to.place(copy, { type, program: stat.value.program ?? '' });
    else if (type === 'file') {
      const text = from.read(source);
      if (text.ok) to.write(copy, text.value, { mode });
    }
  }
}
