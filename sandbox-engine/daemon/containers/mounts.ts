// What is mounted in a container: `-v`, `--mount`, `--tmpfs`, `--volumes-from` and the volumes of its image.
//
// Mirrors: moby daemon/volumes.go.
import type { FileSystem } from '../../os/index.ts';
import { err, type Failure, failure, ok, type Result } from '../../std/index.ts';
import { listOf, objectOf, textOf } from '../body.ts';
import type { DaemonContext } from '../context.ts';
import { type VolumeStore, volumeNameProblem, volumePath } from '../volumes/store.ts';
import { cleanPath, type MountSpec, parseBind, parseMount } from './mount-specs.ts';
import type { ContainerConfig, ContainerRow, HostConfig, MountPoint } from './rows.ts';

const invalid = (message: string): Failure => failure('invalid_parameter', message);

export interface Mounts {
  readonly points: readonly MountPoint[];
  readonly anonymous: readonly string[];
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
