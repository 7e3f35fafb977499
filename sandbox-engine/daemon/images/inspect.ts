// Images as JSON: `docker images`, `docker image inspect`, `docker history`.
//
// Mirrors: moby daemon/images/{images,image_history}.go and daemon/server/router/image, API 1.51.
import { rngStream, type Sim } from '../../sim/index.ts';
import { err, type Failure, failure, ok, type Result } from '../../std/index.ts';
import { timestamp, unixSeconds, zeroTime } from '../context.ts';
import type { Filters } from '../query.ts';
import { fitsPattern } from './reference.ts';
import type { ImageRow } from './rows.ts';
import type { ImageStore } from './store.ts';

export const imageFilters = ['before', 'dangling', 'label', 'reference', 'since', 'until'];

/** Name of the directory under which overlay2 keeps a layer: the same on all hosts, which started from one disk. */
export const layerDirectory = (diffId: string): string =>
  rngStream(0, `daemon/overlay2 ${diffId}`).hex(64);

/** An image's directories, for `GraphDriver`. */
export function overlayData(directory: string): Record<string, string> {
  const path = `/var/lib/docker/overlay2/${directory}`;
  return { MergedDir: `${path}/merged`, UpperDir: `${path}/diff`, WorkDir: `${path}/work` };
}

export function inspectImage(sim: Sim, store: ImageStore, row: ImageRow): object {
  const definition = store.definition(row.imageId);
  const top = definition.layers.at(-1);
  const lower = definition.layers.slice(0, -1).reverse();
  return {
    Id: row.imageId,
    RepoTags: row.tags,
    RepoDigests: row.digests,
    Parent: '',
    Comment: '',
    Created: timestamp(sim, row.createdAt),
    DockerVersion: '28.5.2+dfsg4',
    Author: '',
    Architecture: 'amd64',
    Os: 'linux',
    Size: row.size,
    GraphDriver: {
      Data: {
        ...(lower.length > 0 && {
          LowerDir: lower
            .map((l) => `/var/lib/docker/overlay2/${layerDirectory(l.diffId)}/diff`)
            .join(':'),
        }),
        ...overlayData(layerDirectory(top?.diffId ?? '')),
      },
      Name: 'overlay2',
    },
    RootFS: { Type: 'layers', Layers: definition.layers.map((layer) => layer.diffId) },
    Metadata: { LastTagTime: row.taggedAt === undefined ? zeroTime : timestamp(sim, row.taggedAt) },
    Config: definition.config,
  };
}

export function imageHistory(sim: Sim, store: ImageStore, row: ImageRow): object[] {
  return store.definition(row.imageId).history.map((entry, index) => ({
    Comment: '',
    Created: unixSeconds(sim, row.createdAt),
    CreatedBy: entry.createdBy,
    Id: index === 0 ? row.imageId : '<missing>',
    Size: entry.size,
    Tags: index === 0 && row.tags.length > 0 ? row.tags : null,
  }));
}

/** One element of `GET /images/json`. */
export function summary(
  sim: Sim,
  store: ImageStore,
  row: ImageRow,
  counts: { readonly containers: number; readonly sharedSize: number } = {
    containers: -1,
    sharedSize: -1,
  },
): Record<string, unknown> & { RepoTags: readonly string[]; RepoDigests: readonly string[] } {
  return {
    Containers: counts.containers,
    Created: unixSeconds(sim, row.createdAt),
    Id: row.imageId,
    Labels: store.definition(row.imageId).config.Labels,
    ParentId: '',
    RepoDigests: row.digests,
    RepoTags: row.tags,
    SharedSize: counts.sharedSize,
    Size: row.size,
  };
}

export function listImages(
  sim: Sim,
  store: ImageStore,
  filters: Filters,
): Result<object[], Failure> {
  const dangling = filters.boolean('dangling', false);
  if (!dangling.ok) return dangling;
  const bounds: Record<'before' | 'since', number | undefined> = {
    before: undefined,
    since: undefined,
  };
  for (const key of ['before', 'since'] as const) {
    const name = filters.get(key)[0];
    if (name === undefined) continue;
    const found = store.find(name);
    if (!found.ok) return err(failure('not_found', `No such image: ${name}`));
    bounds[key] = found.value.createdAt;
  }
  const patterns = filters.get('reference');
  const listed: object[] = [];
  for (const row of store.rows()) {
    if (bounds.before !== undefined && row.createdAt >= bounds.before) continue;
    if (bounds.since !== undefined && row.createdAt <= bounds.since) continue;
    if (!filters.labels('label', store.definition(row.imageId).config.Labels)) continue;
    if (filters.has('dangling') && dangling.value !== (row.tags.length === 0)) continue;
    if (patterns.length === 0) {
      listed.push(summary(sim, store, row));
      continue;
    }
    const fits = (name: string): boolean => patterns.some((pattern) => fitsPattern(pattern, name));
    const tags = row.tags.filter(fits);
    const digests = row.digests.filter(fits);
    if (tags.length + digests.length > 0)
      listed.push({ ...summary(sim, store, row), RepoDigests: digests, RepoTags: tags });
  }
  return ok(listed);
}

/** Bytes of a row's layers that another image of the host has too. */
export function sharedSize(store: ImageStore, row: ImageRow): number {
  const others = store.rows().filter((other) => other.id !== row.id);
  const elsewhere = new Set(
    others.flatMap((other) => store.definition(other.imageId).layers.map((l) => l.diffId)),
  );
  return store
    .definition(row.imageId)
    .layers.filter((layer) => elsewhere.has(layer.diffId))
    .reduce((sum, layer) => sum + layer.size, 0);
}

/** Bytes of all layers, each counted once. */
export function layersSize(store: ImageStore, rows: readonly ImageRow[]): number {
  const sizes = new Map<string, number>();
  for (const row of rows) {
    for (const layer of store.definition(row.imageId).layers) sizes.set(layer.diffId, layer.size);
  }
  return [...sizes.values()].reduce((sum, size) => sum + size, 0);
}
