// The routes of volumes.
import type { ApiRequest, ApiResponse } from '../../api/index.ts';
import { type Op, seconds, sleep } from '../../sim/index.ts';
import { objectOf } from '../body.ts';
import type { DaemonContext } from '../context.ts';
import { filtersOf, flag } from '../query.ts';
import { answered, failed, json, noContent, type Route, route, slowRoute } from '../router.ts';
import { type VolumeStore, volumeFilters, volumeRequest } from './store.ts';

export function volumeRoutes(context: DaemonContext, store: VolumeStore): Route[] {
  return [
    route('GET', '/volumes', (request) => {
      const filters = filtersOf(request, volumeFilters);
      return filters.ok ? answered(store.list(filters.value), json) : failed(filters.error);
    }),
    slowRoute('POST', '/volumes/create', (request) => create(context, store, request)),
    route('POST', '/volumes/prune', (request) => {
      const filters = filtersOf(request, ['all', 'label', 'label!']);
      return filters.ok ? answered(store.prune(filters.value), json) : failed(filters.error);
    }),
    route('GET', '/volumes/:name', (_request, params) =>
      answered(store.find(params.name ?? ''), (row) => json(store.inspect(row))),
    ),
    route('DELETE', '/volumes/:name', (request, params) =>
      answered(store.remove(params.name ?? '', flag(request, 'force')), () => noContent),
    ),
  ];
}

/** Moby asks for a plugin's socket again and again for so long. */
const pluginSearch = seconds(15);

function* create(context: DaemonContext, store: VolumeStore, request: ApiRequest): Op<ApiResponse> {
  const wanted = volumeRequest(objectOf(request.body));
  if (wanted.driver && wanted.driver !== 'local') yield* sleep(context.sim, pluginSearch);
  return answered(store.create(wanted), (row) => json(store.inspect(row), 201));
}
