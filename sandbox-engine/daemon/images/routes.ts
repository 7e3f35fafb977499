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
    route('GET', '/images/get', (request) => failed(missingToSave(request))),
  ];
}

const missingToSave = (request: ApiRequest) =>
  failure('not_found', `No such image: ${request.query?.names ?? ''}`);

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
