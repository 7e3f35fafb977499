// The routes of the engine itself: ping, version, info, disk usage, events, login.
//
// Mirrors: moby daemon/server/router/system.
import type { ApiRequest, ApiResponse } from '../../api/index.ts';
import type { Micros, Op } from '../../sim/index.ts';
import { failure } from '../../std/index.ts';
import type { Containers } from '../containers/containers.ts';
import { type DaemonEvent, eventMessage, timeOf } from '../events.ts';
import { type Filters, filtersOf } from '../query.ts';
import { failed, json, type Route, route, streamed } from '../router.ts';
import { PieceStream } from '../stream.ts';
import { apiVersion, diskUsage, info, version } from './info.ts';

const eventFilters = [
  'config',
  'container',
  'daemon',
  'event',
  'id',
  'image',
  'label',
  'network',
  'node',
  'plugin',
  'scope',
  'secret',
  'service',
  'type',
  'volume',
];

export function systemRoutes(containers: Containers, engineId: string): Route[] {
  const { context } = containers.store;
  const ping = (): ApiResponse => ({
    status: 200,
    headers: {
      'Api-Version': apiVersion,
      'Builder-Version': '2',
      'Docker-Experimental': 'false',
      Ostype: 'linux',
      Swarm: context.cluster?.status() ?? 'inactive',
    },
    body: 'OK',
  });
  return [
    route('GET', '/_ping', ping),
    route('HEAD', '/_ping', ping),
    route('GET', '/version', () => json(version)),
    route('GET', '/info', () => json(info(containers, engineId))),
    route('GET', '/system/df', () => json(diskUsage(containers))),
    route('GET', '/events', (request) => events(containers, request)),
    route('GET', '/plugins', () => json([])),
    route('GET', '/plugins/:name+/json', (_request, params) =>
      failed(failure('not_found', `plugin "${params.name ?? ''}" not found`)),
    ),
    route('POST', '/auth', () =>
      failed(
        failure(
          'not_implemented',
          'docker login: not simulated here: the registry has no accounts',
        ),
      ),
    ),
    route('POST', '/build', () =>
      failed(
        failure(
          'not_implemented',
          'docker build: not simulated here: images come from the registry',
        ),
      ),
    ),
    route('POST', '/build/prune', () => json({ CachesDeleted: null, SpaceReclaimed: 0 })),
  ];
}

function events(containers: Containers, request: ApiRequest): ApiResponse {
  const { context } = containers.store;
  const filters = filtersOf(request, eventFilters);
  if (!filters.ok) return failed(filters.error);
  const bound = (name: string): Micros | undefined => {
    const text = request.query?.[name];
    return text ? timeOf(context.sim, text) : undefined;
  };
  const since = bound('since');
  const until = bound('until');
  const stream = new PieceStream(context.sim);
  const log = context.events;
  const position = log.position;
  if (since !== undefined) {
    for (const event of log.recent()) {
      const inTime = event.at >= since && (until === undefined || event.at <= until);
      if (inTime && fits(filters.value, event)) stream.message(eventMessage(context.sim, event));
    }
  }
  context.sim.spawn(`${context.host.name}: events`, follow());
  return streamed(stream);

  function* follow(): Op<void> {
    let at = position;
    while (!stream.closed && (until === undefined || context.sim.now() < until)) {
      const fresh = log.from(at);
      at = log.position;
      for (const event of fresh)
        if (fits(filters.ok ? filters.value : undefined, event))
          stream.message(eventMessage(context.sim, event));
      const keys = [log.key, stream.key];
      yield until === undefined ? { keys } : { keys, until };
    }
    stream.end();
  }
}

/** Mirrors: moby daemon/events/filter.go. */
function fits(filters: Filters | undefined, event: DaemonEvent): boolean {
  if (!filters) return true;
  const actions = filters.get('event');
  const bare = event.action.split(':')[0] ?? '';
  return (
    (actions.length === 0 || actions.includes(event.action) || actions.includes(bare)) &&
    filters.exact('type', event.type) &&
    filters.exact('scope', event.scope) &&
    filters.labels('label', event.attributes) &&
    filters.prefix('id', event.id) &&
    (
      [
        'config',
        'container',
        'daemon',
        'network',
        'node',
        'plugin',
        'secret',
        'service',
        'volume',
      ] as const
    ).every((kind) => fitsObject(filters, kind, event)) &&
    fitsImage(filters, event)
  );
}

/** `container=web`: events of that object, by name or the beginning of its id. */
function fitsObject(filters: Filters, kind: DaemonEvent['type'], event: DaemonEvent): boolean {
  const wanted = filters.get(kind);
  if (wanted.length === 0) return true;
  if (event.type !== kind) return false;
  const name = event.attributes.name;
  return wanted.some((term) => term === name || event.id.startsWith(term));
}

function fitsImage(filters: Filters, event: DaemonEvent): boolean {
  const wanted = filters.get('image');
  if (wanted.length === 0) return true;
  const image = event.type === 'image' ? event.id : (event.attributes.image ?? '');
  const named = event.type === 'image' ? (event.attributes.name ?? '') : image;
  const repository = image.replace(/[:@].*$/, '');
  return wanted.some((term) => term === image || term === named || term === repository);
}
