// Volumes: directories of the host that containers mount by name.
//
// Mirrors: moby volume/service and volume/local.
import type { FileSystem } from '../../os/index.ts';
import { compareText, err, type Failure, failure, ok, type Result } from '../../std/index.ts';
import { type JsonObject, textMapOf, textOf } from '../body.ts';
import type { ContainerRow } from '../containers/rows.ts';
import { type DaemonContext, timestamp } from '../context.ts';
import type { Filters } from '../query.ts';
import type { VolumeRow } from './rows.ts';

export const volumeFilters = ['dangling', 'driver', 'label', 'name'];

const namePattern = /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/;

/** Where the local driver keeps a volume's files on the host. */
export const volumePath = (name: string): string => `/var/lib/docker/volumes/${name}/_data`;

/** Why the local driver does not take a name. */
export function volumeNameProblem(name: string): Failure | undefined {
  if (namePattern.test(name)) return undefined;
  if (name.length === 1 && /[a-zA-Z0-9]/.test(name)) {
    return failure(
      'invalid_parameter',
      `create ${name}: volume name is too short, names should be at least two alphanumeric characters`,
    );
  }
  return failure(
    'invalid_parameter',
    `create ${name}: "${name}" includes invalid characters for a local volume name, only "[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed. If you intended to pass a host directory, use absolute path`,
  );
}

export interface VolumeRequest {
  readonly name: string;
  readonly driver: string;
  readonly options: Readonly<Record<string, string>> | null;
  readonly labels: Readonly<Record<string, string>> | null;
}

export class VolumeStore {
  readonly #context: DaemonContext;

  constructor(context: DaemonContext) {
    this.#context = context;
  }

  get #host(): string {
    return this.#context.host.name;
  }

  /** By name. */
  rows(): VolumeRow[] {
    return this.#context.collections.volumes
      .where('host', this.#host)
      .sort((a, b) => compareText(a.name, b.name));
  }

  get(name: string): VolumeRow | undefined {
    return this.#context.collections.volumes.get(`${this.#host}/${name}`);
  }

  find(name: string): Result<VolumeRow, Failure> {
    const row = this.get(name);
    if (row) return ok(row);
    // A manager looks among the cluster's volumes next, and there the words are others.
    const message = this.#context.cluster?.status().startsWith('active/manager')
      ? `volume ${name} not found`
      : `get ${name}: no such volume`;
    return err(failure('not_found', message));
  }

  create(request: Partial<VolumeRequest>, anonymous = false): Result<VolumeRow, Failure> {
    const name = request.name || this.#context.sim.rng('daemon/volume ids').hex(64);
    const driver = request.driver || 'local';
    if (driver !== 'local') {
      return err(
        failure(
          'not_found',
          `create ${name}: error looking up volume plugin ${driver}: plugin "${driver}" not found`,
        ),
      );
    }
    const problem = volumeNameProblem(name);
    if (problem) return err(problem);
    const known = this.get(name);
    if (known) return ok(known);
    this.#context.host.fs.mkdir(volumePath(name), { parents: true });
    const some = (map: Readonly<Record<string, string>> | null | undefined) =>
      map && Object.keys(map).length > 0 ? map : null;
    const row = this.#context.collections.volumes.put({
      id: `${this.#host}/${name}`,
      host: this.#host,
      name,
      driver,
      createdAt: this.#context.sim.now(),
      labels: anonymous ? { 'com.docker.volume.anonymous': '' } : some(request.labels),
      options: some(request.options),
      anonymous,
    });
    this.#context.events.log('volume', 'create', name, { driver });
    return ok(row);
  }

  /** Containers, running or not, that mount it. */
  users(name: string): ContainerRow[] {
    return this.#context.collections.containers
      .where('host', this.#host)
      .filter((row) => row.mounts.some((mount) => mount.name === name));
  }

  remove(name: string, force: boolean): Result<void, Failure> {
    const found = this.find(name);
    if (!found.ok) return force ? ok(undefined) : found;
    const users = this.users(name).map((row) => row.containerId);
    if (users.length > 0) {
      return err(failure('conflict', `remove ${name}: volume is in use - [${users.join(', ')}]`));
    }
    this.#drop(found.value);
    return ok(undefined);
  }

  #drop(row: VolumeRow): void {
    this.#context.host.fs.remove(`/var/lib/docker/volumes/${row.name}`, { recursive: true });
    this.#context.collections.volumes.remove(row.id);
    this.#context.events.log('volume', 'destroy', row.name, { driver: row.driver });
  }

  list(filters: Filters): Result<object, Failure> {
    const dangling = filters.boolean('dangling', false);
    if (!dangling.ok) return dangling;
    const rows = this.rows().filter(
      (row) =>
        filters.fuzzy('name', row.name) &&
        filters.exact('driver', row.driver) &&
        filters.labels('label', row.labels) &&
        (!filters.has('dangling') || dangling.value === (this.users(row.name).length === 0)),
    );
    return ok({ Volumes: rows.map((row) => this.inspect(row)), Warnings: null });
  }

  inspect(row: VolumeRow): Record<string, unknown> {
    return {
      CreatedAt: timestamp(this.#context.sim, row.createdAt).replace(/\.\d+Z$/, 'Z'),
      Driver: row.driver,
      Labels: row.labels,
      Mountpoint: volumePath(row.name),
      Name: row.name,
      Options: row.options,
      Scope: 'local',
    };
  }

  /** Bytes in a volume. */
  size(row: VolumeRow): number {
    return treeBytes(this.#context.host.fs, volumePath(row.name));
  }

  /** Removes unused volumes: those without a name only, unless `all=true` asks for all. */
  prune(filters: Filters): Result<object, Failure> {
    const all = filters.boolean('all', false);
    if (!all.ok) return all;
    const deleted: string[] = [];
    let reclaimed = 0;
    for (const row of this.rows()) {
      if (!row.anonymous && !all.value) continue;
      if (this.users(row.name).length > 0 || !filters.labels('label', row.labels)) continue;
      reclaimed += this.size(row);
      this.#drop(row);
      deleted.push(row.name);
    }
    this.#context.events.log('volume', 'prune', '', { reclaimed: String(reclaimed) });
    return ok({ VolumesDeleted: deleted.length > 0 ? deleted : null, SpaceReclaimed: reclaimed });
  }
}

/** The body of `POST /volumes/create`. */
export const volumeRequest = (body: JsonObject): VolumeRequest => ({
  name: textOf(body.Name),
  driver: textOf(body.Driver),
  options: textMapOf(body.DriverOpts),
  labels: textMapOf(body.Labels),
});

/** Bytes of the files at and below a path. */
export function treeBytes(fs: FileSystem, path: string): number {
  const stat = fs.stat(path, { followLinks: false });
  if (!stat.ok) return 0;
  if (stat.value.type !== 'directory') return stat.value.type === 'file' ? stat.value.size : 0;
  const names = fs.list(path);
  if (!names.ok) return 0;
  return names.value.reduce((sum, name) => sum + treeBytes(fs, `${path}/${name}`), 0);
}
