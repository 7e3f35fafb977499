// What an image is: a configuration, layers of files, and the names under which a registry serves it.
//
// Mirrors: the OCI image specification (config, manifest, layers) as far as `docker image inspect` and `history` show it.
// Differs: the sizes of layers are stated, since the files in them are program names instead of machine code.
import type { FileTree } from '../os/index.ts';

/** How a container is checked for health; durations in nanoseconds, 0 for the default. */
export interface Healthcheck {
  readonly Test: readonly string[];
  readonly Interval?: number;
  readonly Timeout?: number;
  readonly StartPeriod?: number;
  readonly StartInterval?: number;
  readonly Retries?: number;
}

/** What containers get from their image, with Docker's own names and in the order of `image inspect`. */
export interface ImageConfig {
  readonly Cmd: readonly string[] | null;
  readonly Entrypoint: readonly string[] | null;
  readonly Env: readonly string[];
  readonly ExposedPorts?: Readonly<Record<string, object>>;
  readonly Healthcheck?: Healthcheck;
  readonly Labels: Readonly<Record<string, string>> | null;
  readonly OnBuild: null;
  readonly StopSignal?: string;
  readonly User: string;
  readonly Volumes: Readonly<Record<string, object>> | null;
  readonly WorkingDir: string;
}

export interface ImageLayer {
  /** `sha256:` and 64 digits, of the files: what `RootFS.Layers` lists. */
  readonly diffId: string;
  /** `sha256:` and 64 digits, of the compressed layer: what `docker pull` shows the start of. */
  readonly blob: string;
  /** Bytes as the registry sends them. */
  readonly compressedSize: number;
  /** Bytes on disk. */
  readonly size: number;
  readonly tree: FileTree;
}

export interface HistoryEntry {
  readonly createdBy: string;
  readonly size: number;
}

export interface ImageDefinition {
  /** `sha256:` and 64 digits. */
  readonly id: string;
  /** Digest of the manifest: `sha256:` and 64 digits. */
  readonly digest: string;
  /** Milliseconds between the image's making and the start of the lab. */
  readonly ageMillis: number;
  readonly config: ImageConfig;
  /** Lowest first. */
  readonly layers: readonly ImageLayer[];
  /** Latest step first, as `docker history` prints it. */
  readonly history: readonly HistoryEntry[];
}

/** A name under which the public registry serves an image: `library/nginx`, `alpine`. */
export interface PublishedTag {
  readonly repository: string;
  readonly tag: string;
  readonly image: ImageDefinition;
}

/** Size of all layers in bytes. */
export const imageSize = (image: ImageDefinition): number =>
  image.layers.reduce((sum, layer) => sum + layer.size, 0);
