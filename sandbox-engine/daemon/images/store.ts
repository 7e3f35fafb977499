// The images that one daemon has: names, lookup, tags.
//
// Mirrors: moby image/store and reference/store. Differs: what an image holds is one object shared by all hosts, found by
// its id; a host's rows say which of them it has and how they are called there.
import { type ImageDefinition, imageSize, type PublishedTag } from '../../apps/index.ts';
import { micros } from '../../sim/index.ts';
import { compareText, err, type Failure, failure, must, ok, type Result } from '../../std/index.ts';
import type { DaemonContext } from '../context.ts';
import { familiarString, parseReference, type Reference } from './reference.ts';
import type { ImageRow } from './rows.ts';

const missing = (name: string): Failure => failure('not_found', `No such image: ${name}`);

export class ImageStore {
  readonly #context: DaemonContext;
  readonly #definitions = new Map<string, ImageDefinition>();

  constructor(context: DaemonContext) {
    this.#context = context;
  }

  get #host(): string {
    return this.#context.host.name;
  }

  /** Newest first. */
  rows(): ImageRow[] {
    return this.#context.collections.images
      .where('host', this.#host)
      .sort((a, b) => b.createdAt - a.createdAt);
  }

  definition(imageId: string): ImageDefinition {
    return must(this.#definitions.get(imageId), `the content of ${imageId}`);
  }

  byId(imageId: string): ImageRow | undefined {
    return this.#context.collections.images.get(`${this.#host}/${imageId}`);
  }

  /** Puts an image on this host, under a name or none. */
  add(image: ImageDefinition, reference?: Reference): ImageRow {
    this.#definitions.set(image.id, image);
    const row = this.byId(image.id) ?? {
      id: `${this.#host}/${image.id}`,
      host: this.#host,
      imageId: image.id,
      tags: [],
      digests: [],
      createdAt: micros(-image.ageMillis * 1_000),
      taggedAt: undefined,
      size: imageSize(image),
    };
    if (!reference) return this.#context.collections.images.put(row);
    const digest = `${reference.familiar}@${image.digest}`;
    const digests = row.digests.includes(digest)
      ? row.digests
      : [...row.digests, digest].sort(compareText);
    this.#context.collections.images.put({ ...row, digests });
    if (!reference.digest) this.setTag(image.id, familiarString(reference));
    return must(this.byId(image.id), image.id);
  }

  /** What a fresh host has: all of these images, pulled. */
  preload(tags: readonly PublishedTag[]): void {
    for (const { repository, tag, image } of tags) {
      const familiar = repository.replace(/^library\//, '');
      this.add(image, { domain: 'docker.io', path: repository, familiar, tag });
    }
  }

  /** Gives a name to an image; another image that had it loses it. */
  setTag(imageId: string, tag: string): void {
    const images = this.#context.collections.images;
    for (const other of this.rows()) {
      if (other.imageId !== imageId && other.tags.includes(tag))
        images.put({ ...other, tags: other.tags.filter((t) => t !== tag) });
    }
    const row = must(this.byId(imageId), imageId);
    if (!row.tags.includes(tag)) images.put({ ...row, tags: [...row.tags, tag].sort(compareText) });
  }

  dropReference(row: ImageRow, name: string): ImageRow {
    return this.#context.collections.images.put({
      ...row,
      tags: row.tags.filter((tag) => tag !== name),
      digests: row.digests.filter((digest) => digest !== name),
    });
  }

  forget(row: ImageRow): void {
    this.#context.collections.images.remove(row.id);
  }

  /** By name, by id, or by the first digits of its id. */
  find(term: string): Result<ImageRow, Failure> {
    const exact = /^(?:sha256:)?([0-9a-f]{64})$/.exec(term);
    if (exact) {
      const row = this.byId(`sha256:${exact[1]}`);
      return row ? ok(row) : err(missing(term));
    }
    const reference = parseReference(term);
    if (reference.ok) {
      const row = this.named(reference.value);
      if (row) return ok(row);
    }
    const byPrefix = this.idPrefix(term);
    if (byPrefix) return ok(byPrefix);
    if (!reference.ok) return reference;
    return err(missing(familiarString(reference.value)));
  }

  /** The image whose id starts so, if there is just one. */
  idPrefix(term: string): ImageRow | undefined {
    const digits = term.replace(/^sha256:/, '');
    if (!/^[0-9a-f]+$/.test(digits)) return undefined;
    const found = this.rows().filter((row) => row.imageId.startsWith(`sha256:${digits}`));
    return found.length === 1 ? found[0] : undefined;
  }

  /** By name alone. A digest counts more than a tag. */
  named(reference: Reference): ImageRow | undefined {
    const { digest, familiar } = reference;
    if (digest) return this.rows().find((row) => row.digests.includes(`${familiar}@${digest}`));
    const name = familiarString(reference);
    return this.rows().find((row) => row.tags.includes(name));
  }

  /** `docker tag`. */
  tag(term: string, repository: string, tag: string): Result<void, Failure> {
    const found = this.find(term);
    if (!found.ok) return found;
    const reference = parseReference(tag ? `${repository}:${tag}` : repository);
    if (!reference.ok) return reference;
    const name = familiarString(reference.value);
    this.setTag(found.value.imageId, name);
    const row = must(this.byId(found.value.imageId), term);
    this.#context.collections.images.put({ ...row, taggedAt: this.#context.sim.now() });
    this.#context.events.log('image', 'tag', row.imageId, { name });
    return ok(undefined);
  }
}
