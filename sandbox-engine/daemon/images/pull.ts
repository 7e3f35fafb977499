// Pulling an image: asks the registry, then downloads and extracts the layers that the host has not, with progress.
//
// Mirrors: moby distribution/pull_v2.go and pkg/streamformatter. Differs: layers come one after the other, at 10 MB/s.
import type { ImageDefinition, ImageLayer } from '../../apps/index.ts';
import { millis, type Op, sleep } from '../../sim/index.ts';
import { type Failure, ok, type Result } from '../../std/index.ts';
import type { DaemonContext } from '../context.ts';
import { PieceStream } from '../stream.ts';
import { familiarString, type Reference } from './reference.ts';
import type { ImageStore } from './store.ts';

/** Bytes per millisecond. */
const downloadRate = 10_000;
const extractRate = 20_000;
const steps = 4;

/** The answer to a pull begins when the registry has answered; an error before that is the whole answer. */
export function* pullImage(
  context: DaemonContext,
  store: ImageStore,
  reference: Reference,
): Op<Result<PieceStream, Failure>> {
  const wanted = reference.digest ?? reference.tag ?? 'latest';
  const answer = yield* context.registry.resolve(reference.path, wanted);
  if (!answer.ok) return answer;
  const { image } = answer.value;
  const stream = new PieceStream(context.sim);
  context.sim.spawn(
    `${context.host.name}: pull ${familiarString(reference)}`,
    download(context, store, reference, image, stream),
  );
  return ok(stream);
}

function* download(
  context: DaemonContext,
  store: ImageStore,
  reference: Reference,
  image: ImageDefinition,
  stream: PieceStream,
): Op<void> {
  const { sim } = context;
  const name = familiarString(reference);
  const known = store.named(reference)?.imageId === image.id;
  stream.message({
    status: `Pulling from ${reference.path}`,
    id: reference.digest ?? reference.tag ?? 'latest',
  });
  if (!store.byId(image.id)) {
    const pulled = yield* pullLayers(context, store, reference, image, stream);
    if (!pulled.ok) {
      const { message } = pulled.error;
      stream.message({ errorDetail: { message }, error: message });
      stream.end();
      return;
    }
  }
  yield* sleep(sim, millis(20));
  store.add(image, reference);
  stream.message({ status: `Digest: ${image.digest}` });
  stream.message({
    status: known
      ? `Status: Image is up to date for ${name}`
      : `Status: Downloaded newer image for ${name}`,
  });
  context.events.log('image', 'pull', name, { name: reference.familiar });
  stream.end();
}

function* pullLayers(
  context: DaemonContext,
  store: ImageStore,
  reference: Reference,
  image: ImageDefinition,
  stream: PieceStream,
): Op<Result<void, Failure>> {
  const here = new Set(
    store.rows().flatMap((row) => store.definition(row.imageId).layers.map((l) => l.diffId)),
  );
  const say = (layer: ImageLayer, status: string): void =>
    stream.message({ status, progressDetail: {}, id: shortBlob(layer) });
  const missing = image.layers.filter((layer) => !here.has(layer.diffId));
  for (const layer of image.layers)
    say(layer, missing.includes(layer) ? 'Pulling fs layer' : 'Already exists');
  for (const layer of missing) {
    const fetched = yield* context.registry.fetch(reference.path, layer);
    if (!fetched.ok) return fetched;
    yield* progress(context, stream, layer, 'Downloading', downloadRate);
    say(layer, 'Verifying Checksum');
    say(layer, 'Download complete');
    yield* progress(context, stream, layer, 'Extracting', extractRate);
    say(layer, 'Pull complete');
  }
  return ok(undefined);
}

const shortBlob = (layer: ImageLayer): string => layer.blob.slice('sha256:'.length).slice(0, 12);

function* progress(
  context: DaemonContext,
  stream: PieceStream,
  layer: ImageLayer,
  status: string,
  rate: number,
): Op<void> {
  const total = layer.compressedSize;
  for (let step = 1; step <= steps; step += 1) {
    yield* sleep(context.sim, millis(Math.ceil(total / rate / steps)));
    const current = Math.floor((total * step) / steps);
    stream.message({
      status,
      progressDetail: { current, total },
      progress: progressBar(current, total),
      id: shortBlob(layer),
    });
  }
}

/** Mirrors: jsonmessage.JSONProgress.String for a wide terminal. */
export function progressBar(current: number, total: number): string {
  const filled = Math.min(50, Math.floor((current * 50) / total));
  const bar = `${'='.repeat(filled)}>${' '.repeat(50 - filled)}`;
  return `[${bar}] ${humanSize(current).padStart(8)}/${humanSize(total)}`;
}

/** Mirrors: units.HumanSize: four significant digits in decimal units. */
export function humanSize(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let size = bytes;
  let unit = 0;
  while (size >= 1_000 && unit < units.length - 1) {
    size /= 1_000;
    unit += 1;
  }
  return `${Number(size.toPrecision(4))}${units[unit]}`;
}
