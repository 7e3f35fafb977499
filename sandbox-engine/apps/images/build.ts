// Builds image definitions from the steps of a Dockerfile, as the classic builder records them.
//
// Digests that the recordings show are given; all others are made up from the image's name, so that they stay the same.
import type { FileTree } from '../../os/index.ts';
import { rngStream } from '../../sim/index.ts';
import type { HistoryEntry, ImageConfig, ImageDefinition, ImageLayer } from '../image.ts';

/** A digest of the right shape; `start` is what is known of it. */
export const digestOf = (name: string, start = ''): string =>
  `sha256:${start}${rngStream(0, `apps/digest ${name}`).hex(64 - start.length)}`;

export function layerOf(
  name: string,
  layer: {
    readonly diffId: string;
    readonly blobStart?: string;
    readonly size: number;
    readonly compressedSize: number;
    readonly tree: FileTree;
  },
): ImageLayer {
  return {
    diffId: `sha256:${layer.diffId}`,
    blob: digestOf(`${name} blob`, layer.blobStart ?? ''),
    size: layer.size,
    compressedSize: layer.compressedSize,
    tree: layer.tree,
  };
}

export interface ImageSpec {
  readonly name: string;
  readonly id: string;
  readonly digest: string;
  readonly ageSeconds: number;
  readonly layers: readonly ImageLayer[];
  /** The steps below this image, latest first. */
  readonly base?: readonly HistoryEntry[];
  readonly config: Partial<ImageConfig>;
  /** What is known of the digest of the files that were added. */
  readonly filesStart?: string;
  /** Steps after the base, in the Dockerfile's order, without `/bin/sh -c #(nop)  `. */
  readonly steps: readonly string[];
}

export const defaultPath = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export function imageOf(spec: ImageSpec): ImageDefinition {
  const { config } = spec;
  const added = spec.steps.map(
    (step): HistoryEntry => ({ createdBy: `/bin/sh -c #(nop)  ${step}`, size: 0 }),
  );
  return {
    id: `sha256:${spec.id}`,
    digest: `sha256:${spec.digest}`,
    ageMillis: spec.ageSeconds * 1_000,
    layers: spec.layers,
    config: {
      Cmd: config.Cmd ?? null,
      Entrypoint: config.Entrypoint ?? null,
      Env: config.Env ?? [defaultPath],
      ...(config.ExposedPorts && { ExposedPorts: config.ExposedPorts }),
      ...(config.Healthcheck && { Healthcheck: config.Healthcheck }),
      Labels: config.Labels ?? null,
      OnBuild: null,
      ...(config.StopSignal && { StopSignal: config.StopSignal }),
      User: '',
      Volumes: config.Volumes ?? null,
      WorkingDir: config.WorkingDir ?? '',
    },
    history: [...added.reverse(), ...(spec.base ?? rootStep(spec))],
  };
}

/** `ADD rootfs.tar /` of an image from scratch. */
function rootStep(spec: ImageSpec): readonly HistoryEntry[] {
  const start = spec.filesStart ?? '';
  const file = start + rngStream(0, `apps/file ${spec.name}`).hex(64 - start.length);
  const size = spec.layers.reduce((sum, layer) => sum + layer.size, 0);
  return [{ createdBy: `/bin/sh -c #(nop) ADD file:${file} in / `, size }];
}
