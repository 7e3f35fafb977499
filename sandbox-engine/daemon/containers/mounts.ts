// What is mounted in a container: `-v`, `--mount`, `--tmpfs`, `--volumes-from` and the volumes of its image.
//
// Mirrors: moby volume/mounts (linux_parser.go) and daemon/volumes.go.
import type { FileSystem } from '../../os/index.ts';
import { err, type Failure, failure, ok, type Result } from '../../std/index.ts';
import { booleanOf, isObject, listOf, objectOf, textMapOf, textOf } from '../body.ts';
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
  readonly labels?: Readonly<Record<string, string>> | null;
  /** Binds of `-v` make the directory on the host. */
  readonly create: boolean;
}

export interface Mounts {
  readonly points: readonly MountPoint[];
  readonly anonymous: readonly string[];
}

const modes = new Set(
  'ro rw z Z shared rshared slave rslave private rprivate nocopy consistent cached delegated'.split(
    ' ',
  ),
);

/** `source:destination[:mode]` of `-v`. */
export function parseBind(text: string): Result<MountSpec, Failure> {
  const [first = '', second, third, ...more] = text.split(':');
  const refuse = (why: string): Result<never, Failure> =>
    err(invalid(`invalid volume specification: '${text}'${why}`));
  if (more.length > 0 || first === '' || second === '') return refuse('');
  const [source, destination] = second === undefined ? ['', first] : [first, second];
  const mode = third ?? '';
  const words = mode === '' ? [] : mode.split(',');
  if (words.some((word) => !modes.has(word))) return err(invalid(`invalid mode: ${mode}`));
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
  return ok({
    type,
    source,
    destination: cleanPath(destination),
    mode: bind || mode !== '' ? mode : source ? 'z' : '',
    writable: !words.includes('ro'),
    create: true,
  });
}

const cleanPath = (path: string): string => {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
};

/** One entry of `HostConfig.Mounts`. */
function parseMount(value: unknown, hostFs: FileSystem): Result<MountSpec, Failure> {
  const body = objectOf(value);
  const type = textOf(body.Type);
  const source = textOf(body.Source);
  const target = textOf(body.Target);
  const refuse = (why: string): Result<never, Failure> =>
    err(invalid(`invalid mount config for type "${type}": ${why}`));
  if (type !== 'bind' && type !== 'volume' && type !== 'tmpfs') {
    return err(failure('not_implemented', `not simulated here: mounts of type "${type}"`));
  }
  if (target === '') return refuse('field Target must not be empty');
  if (!target.startsWith('/'))
    return refuse(`invalid mount path: '${target}' mount path must be absolute`);
  if (type === 'bind') {
    if (source === '') return refuse('field Source must not be empty');
    if (!source.startsWith('/'))
      return refuse(`invalid mount path: '${source}' mount path must be absolute`);
    if (!hostFs.exists(source)) return refuse(`bind source path does not exist: ${source}`);
  }
  const volume = objectOf(body.VolumeOptions);
  const driver = textOf(objectOf(volume.DriverConfig).Name);
  return ok({
    type,
    source,
    destination: cleanPath(target),
    mode: type === 'volume' && source !== '' ? 'z' : '',
    writable: !booleanOf(body.ReadOnly),
    ...(driver && { driver }),
    labels: textMapOf(volume.Labels),
    create: false,
  });
}

/** All mounts of a new container: checked, and their volumes made. Sorted by destination. */
export function resolveMounts(
  context: DaemonContext,
  volumes: VolumeStore,
  config: ContainerConfig,
  host: HostConfig,
  from: readonly ContainerRow[],
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
  for (const destination of isObject(host.Tmpfs) ? Object.keys(host.Tmpfs) : []) {
    specs.push({
      type: 'tmpfs',
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
  const inherited = from.flatMap((row) => row.mounts);
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
      const propagation = spec.type === 'bind' ? 'rprivate' : '';
      points.push({
        type: spec.type,
        source: spec.source,
        destination,
        mode,
        writable,
        propagation,
      });
      continue;
    }
    const made = volumes.create(
      { name: spec.source, driver: spec.driver ?? '', labels: spec.labels ?? null },
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
    });
  }
  return ok({
    points: points.sort((a, b) => (a.destination < b.destination ? -1 : 1)),
    anonymous,
  });
}

/** What dockerd mounts a tmpfs with, unless it is told otherwise. */
const tmpfsOptions = ({ writable }: MountPoint): string =>
  `${writable ? 'rw' : 'ro'},nosuid,nodev,noexec,relatime`;

/** Shows the mounts in a container's root. A volume that is empty gets what the image has at its place. */
export function mountAll(
  context: DaemonContext,
  fs: FileSystem,
  row: ContainerRow,
  tmpfs: (mount: MountPoint) => string,
): void {
  for (const mount of row.mounts) {
    const source = mount.type === 'tmpfs' ? tmpfs(mount) : mount.source;
    if (mount.type === 'volume') {
      context.host.fs.mkdir(source, { parents: true });
      copyUp(fs, mount.destination, context.host.fs, source);
    }
    if (!fs.exists(mount.destination)) {
      const isFile = context.host.fs.stat(source);
      if (isFile.ok && isFile.value.type === 'file') fs.write(mount.destination, '');
      else fs.mkdir(mount.destination, { parents: true });
    }
    fs.mountTree(mount.destination, context.host.fs, source, {
      readOnly: !mount.writable,
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
