// The rows of images: what one host has pulled, under which names.
import type { Micros } from '../../sim/index.ts';

/** One image on one host. */
export interface ImageRow {
  /** `host/sha256:…`. */
  readonly id: string;
  readonly host: string;
  /** `sha256:` and 64 digits. */
  readonly imageId: string;
  /** Familiar names with tags: `nginx:alpine`. */
  readonly tags: readonly string[];
  /** Familiar names with digests: `nginx@sha256:…`. */
  readonly digests: readonly string[];
  /** When it was made, relative to the start of the lab. */
  readonly createdAt: Micros;
  /** When a name was last given to it on this host by `docker tag`. */
  readonly taggedAt: Micros | undefined;
  /** Bytes. */
  readonly size: number;
}
