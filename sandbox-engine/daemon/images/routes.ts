// The routes of images.
import type { ApiRequest, ApiResponse } from '../../api/index.ts';
import { millis, type Op, sleep } from '../../sim/index.ts';
import { failure } from '../../std/index.ts';
import type { DaemonContext } from '../context.ts';
import { filtersOf, flag } from '../query.ts';
import {
  answered,
  failed,
  json,
  type Route,
  type RouteParams,
  route,
  slowRoute,
  streamed,
} from '../router.ts';
import { PieceStream } from '../stream.ts';
import { imageFilters, imageHistory, inspectImage, listImages } from './inspect.ts';
import { pullImage } from './pull.ts';
import { parseReference } from './reference.ts';
import { ImageRemover } from './remove.ts';
import type { ImageStore } from './store.ts';

const name = (params: RouteParams): string => params.name ?? '';

export function imageRoutes(context: DaemonContext, store: ImageStore): Route[] {
  const { sim } = context;
  const remover = new ImageRemover(context, store);
  return [
    route('GET', '/images/json', (request) => {
      const filters = filtersOf(request, imageFilters);
      if (!filters.ok) return failed(filters.error);
      return answered(listImages(sim, store, filters.value), json);
    }),
    route('GET', '/images/search', () =>
      failed(
        failure('not_implemented', 'docker search: not simulated here: the registry has no index'),
      ),
    ),
    route('GET', '/images/:name+/json', (_request, params) =>
      answered(store.find(name(params)), (row) => json(inspectImage(sim, store, row))),
    ),
    route('GET', '/images/:name+/history', (_request, params) =>
      answered(store.find(name(params)), (row) => json(imageHistory(sim, store, row))),
    ),
    route('POST', '/images/:name+/tag', (request, params) =>
      answered(
        store.tag(name(params), request.query?.repo ?? '', request.query?.tag ?? ''),
        () => ({ status: 201 }),
      ),
    ),
    route('DELETE', '/images/:name+', (request, params) =>
      answered(remover.remove(name(params), flag(request, 'force')), json),
    ),
    route('POST', '/images/prune', (request) => {
      const filters = filtersOf(request, ['dangling', 'label', 'label!', 'until']);
      if (!filters.ok) return failed(filters.error);
      return answered(remover.prune(filters.value), json);
    }),
    slowRoute('POST', '/images/create', (request) => create(context, store, request)),
    slowRoute('GET', '/distribution/:name+/json', (_request, params) =>
      distribution(context, name(params)),
    ),
    slowRoute('POST', '/images/:name+/push', (request, params) =>
      push(context, store, name(params), request.query?.tag ?? ''),
    ),
    route('GET', '/images/get', (request) => save(store, request.query?.names ?? '')),
    route('GET', '/images/:name+/get', (_request, params) => save(store, name(params))),
    route('POST', '/images/load', () =>
      failed(failure('not_implemented', 'docker load: not simulated here: there are no tar files')),
    ),
  ];
}

const save = (store: ImageStore, term: string): ApiResponse =>
  failed(
    store.find(term).ok
      ? failure('not_implemented', 'docker save: not simulated here: there are no tar files')
      : failure('not_found', `No such image: ${term}`),
  );

/** The registry is read-only: what it has, it says so; everything else it refuses. */
function* push(
  context: DaemonContext,
  store: ImageStore,
  term: string,
  tag: string,
): Op<ApiResponse> {
  const reference = parseReference(tag ? `${term}:${tag}` : term);
  if (!reference.ok) return failed(reference.error);
  const row = store.named(reference.value);
  if (!row) {
    const message = `An image does not exist locally with the tag: ${reference.value.familiar}`;
    return failed(failure('not_found', message));
  }
  const stream = new PieceStream(context.sim);
  const { domain, path } = reference.value;
  stream.message({ status: `The push refers to repository [${domain}/${path}]` });
  const layers = store.definition(row.imageId).layers.map((l) => l.diffId.slice(7, 19));
  for (const id of layers) stream.message({ status: 'Preparing', progressDetail: {}, id });
  const known = yield* context.registry.resolve(path, reference.value.tag ?? 'latest');
  const message = known.ok
    ? "received unexpected HTTP status: 501 Unsupported method ('PUT')"
    : 'denied: requested access to the resource is denied';
  if (known.ok)
    for (const id of layers)
      stream.message({ status: 'Layer already exists', progressDetail: {}, id });
  stream.message({ errorDetail: { message }, error: message });
  stream.end();
  return streamed(stream);
}

function* create(context: DaemonContext, store: ImageStore, request: ApiRequest): Op<ApiResponse> {
  const from = request.query?.fromImage ?? '';
  const tag = request.query?.tag ?? '';
  if (!from)
    return failed(failure('not_implemented', 'docker import: not simulated here: no archives'));
  const text = tag ? `${from}${tag.startsWith('sha256:') ? '@' : ':'}${tag}` : from;
  const reference = parseReference(text);
  if (!reference.ok) return failed(reference.error);
  const pulled = yield* pullImage(context, store, reference.value);
  return answered(pulled, (stream) => streamed(stream));
}

/** What the registry has under a name: how `docker service create` pins tags to digests. */
function* distribution(context: DaemonContext, term: string): Op<ApiResponse> {
  const reference = parseReference(term);
  if (!reference.ok) return failed(reference.error);
  const { path, tag, digest } = reference.value;
  yield* sleep(context.sim, millis(2));
  const answer = yield* context.registry.resolve(path, digest ?? tag ?? 'latest');
  return answered(answer, ({ image }) =>
    json({
      Descriptor: {
        mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
        digest: image.digest,
        size: 500 + 80 * image.layers.length,
      },
      Platforms: [{ architecture: 'amd64', os: 'linux' }],
    }),
  );
}
