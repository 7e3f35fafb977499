// Removing images: names first, then, when no name is left, the image and the layers that no other image needs.
//
// Mirrors: moby daemon/images/image_delete.go and image_prune.go.
import { mapOrder } from '../../sim/index.ts';
import { err, type Failure, failure, ok, type Result } from '../../std/index.ts';
import { type ContainerRow, countsAsRunning, shortId } from '../containers/rows.ts';
import type { DaemonContext } from '../context.ts';
import type { Filters } from '../query.ts';
import type { ImageRow } from './rows.ts';
import type { ImageStore } from './store.ts';

export type Removal = { readonly Untagged: string } | { readonly Deleted: string };

const shortImageId = (imageId: string): string => imageId.replace(/^sha256:/, '').slice(0, 12);

/** The part of a name before its tag or digest. */
const repositoryOf = (name: string): string =>
  name.includes('@') ? name.slice(0, name.indexOf('@')) : name.slice(0, name.lastIndexOf(':'));

const referencesOf = (row: ImageRow): string[] => [...row.tags, ...row.digests].sort();

/** At most one tag, and everything in one repository. */
const isSingleReference = (row: ImageRow): boolean =>
  row.tags.length <= 1 && new Set(referencesOf(row).map(repositoryOf)).size <= 1;

export class ImageRemover {
  readonly #context: DaemonContext;
  readonly #store: ImageStore;

  constructor(context: DaemonContext, store: ImageStore) {
    this.#context = context;
    this.#store = store;
  }

  #users(row: ImageRow): ContainerRow[] {
    return this.#context.collections.containers
      .where('host', this.#context.host.name)
      .filter((container) => container.imageId === row.imageId);
  }

  remove(term: string, force: boolean): Result<Removal[], Failure> {
    const found = this.#store.find(term);
    if (!found.ok) return found;
    const removals: Removal[] = [];
    const byId = this.#isIdPrefix(found.value, term);
    const refused = byId
      ? this.#dropAll(found.value, force, removals)
      : this.#dropName(found.value, term, force, removals);
    if (refused) return err(refused);
    const rest = this.#store.byId(found.value.imageId);
    if (!rest || (!byId && referencesOf(rest).length > 0)) return ok(removals);
    const conflict = this.#conflict(rest, { force, ofReferences: true });
    if (conflict) return byId ? err(conflict) : ok(removals);
    for (const name of referencesOf(rest)) this.#untag(rest, name, removals);
    this.#delete(rest, removals);
    return ok(removals);
  }

  #isIdPrefix(row: ImageRow, term: string): boolean {
    return row.imageId.startsWith(`sha256:${term.replace(/^sha256:/, '')}`);
  }

  /** Removes one name, and with the last tag of a repository its digests. */
  #dropName(row: ImageRow, term: string, force: boolean, removals: Removal[]): Failure | undefined {
    const name = this.#nameIn(row, term);
    const user = this.#users(row)[0];
    if (!force && isSingleReference(row) && user) {
      return failure(
        'conflict',
        `conflict: unable to remove repository reference "${term}" (must force) - container ${shortId(user.containerId)} is using its referenced image ${shortImageId(row.imageId)}`,
      );
    }
    const left = this.#untag(row, name, removals);
    const repository = repositoryOf(name);
    if (name.includes('@') || left.tags.some((tag) => repositoryOf(tag) === repository)) return;
    for (const digest of left.digests.filter((d) => repositoryOf(d) === repository))
      this.#untag(row, digest, removals);
    return undefined;
  }

  #nameIn(row: ImageRow, term: string): string {
    const short = term.replace(/^docker\.io\//, '').replace(/^library\//, '');
    const wanted = short.includes('@') ? short.replace(/:[^/@]+@/, '@') : short;
    const names = referencesOf(row);
    return names.find((name) => name === wanted || name === `${wanted}:latest`) ?? wanted;
  }

  /** An id was given: all its names go at once if they are one repository's. */
  #dropAll(row: ImageRow, force: boolean, removals: Removal[]): Failure | undefined {
    if (!isSingleReference(row)) return undefined;
    const conflict = this.#conflict(row, { force, ofReferences: false });
    if (conflict) return conflict;
    for (const name of referencesOf(row)) this.#untag(row, name, removals);
    return undefined;
  }

  #conflict(
    row: ImageRow,
    options: { readonly force: boolean; readonly ofReferences: boolean },
  ): Failure | undefined {
    const refuse = (how: string, why: string): Failure =>
      failure(
        'conflict',
        `conflict: unable to delete ${shortImageId(row.imageId)} (${how}) - ${why}`,
      );
    const running = this.#users(row).find((user) => countsAsRunning(user.state));
    if (running) {
      const user = shortId(running.containerId);
      return refuse('cannot be forced', `image is being used by running container ${user}`);
    }
    if (options.force) return undefined;
    if (options.ofReferences && referencesOf(row).length > 0)
      return refuse('must be forced', 'image is referenced in multiple repositories');
    const stopped = this.#users(row)[0];
    if (!stopped) return undefined;
    const user = shortId(stopped.containerId);
    return refuse('must be forced', `image is being used by stopped container ${user}`);
  }

  #untag(row: ImageRow, name: string, removals: Removal[]): ImageRow {
    const current = this.#store.byId(row.imageId) ?? row;
    const left = this.#store.dropReference(current, name);
    this.#context.events.log('image', 'untag', row.imageId, { name: row.imageId });
    removals.push({ Untagged: name });
    return left;
  }

  #delete(row: ImageRow, removals: Removal[]): void {
    const layers = this.#store.definition(row.imageId).layers;
    this.#store.forget(row);
    this.#context.events.log('image', 'delete', row.imageId, { name: row.imageId });
    removals.push({ Deleted: row.imageId });
    const needed = new Set(
      this.#store
        .rows()
        .flatMap((other) =>
          this.#store.definition(other.imageId).layers.map((layer) => layer.diffId),
        ),
    );
    for (const layer of [...layers].reverse())
      if (!needed.has(layer.diffId)) removals.push({ Deleted: layer.diffId });
  }

  /** `docker image prune`: images without a name, or with `dangling=false` all that no container uses. */
  prune(filters: Filters): Result<object, Failure> {
    const dangling = filters.boolean('dangling', true);
    if (!dangling.ok) return dangling;
    const before = mapOrder(this.#context.sim.rng('daemon/image map'), this.#store.rows());
    const removals: Removal[] = [];
    let reclaimed = 0;
    for (const row of before) {
      if (dangling.value && row.tags.length > 0) continue;
      if (this.#users(row).length > 0) continue;
      if (!filters.labels('label', this.#store.definition(row.imageId).config.Labels)) continue;
      for (const name of referencesOf(row)) this.#untag(row, name, removals);
      const at = removals.length;
      this.#delete(row, removals);
      const gone = new Set(removals.slice(at).map((r) => ('Deleted' in r ? r.Deleted : '')));
      for (const layer of this.#store.definition(row.imageId).layers)
        if (gone.has(layer.diffId)) reclaimed += layer.size;
    }
    this.#context.events.log('image', 'prune', '', { reclaimed: String(reclaimed) });
    return ok({
      ImagesDeleted: removals.length > 0 ? removals : null,
      SpaceReclaimed: reclaimed,
    });
  }
}
