// One node's Docker Engine: its parts put together behind the routes of its API.
//
// Mirrors: moby cmd/dockerd and daemon/daemon.go.

import { dockerSocket, type EngineApi } from '../api/index.ts';
import { type PublishedTag, publishedTags } from '../apps/index.ts';
import type { NetworkController } from '../libnetwork/index.ts';
import type { Host } from '../os/index.ts';
import { millis, type Op, type Sim, sleep, within } from '../sim/index.ts';
import { Clients } from './clients.ts';
import type { ClusterPort } from './cluster-port.ts';
import { Containers } from './containers/containers.ts';
import { containerRoutes } from './containers/routes.ts';
import type { DaemonCollections, DaemonContext, Registry } from './context.ts';
import { EventLog } from './events.ts';
import { publicRegistry } from './images/registry.ts';
import { imageRoutes } from './images/routes.ts';
import { ImageStore } from './images/store.ts';
import { networkRoutes } from './networks/index.ts';
import { createRouter, type Route } from './router.ts';
import { systemRoutes } from './system/routes.ts';
import { volumeRoutes } from './volumes/routes.ts';
import { VolumeStore } from './volumes/store.ts';
import { type Computer, Workload } from './workload.ts';

export interface DaemonOptions {
  readonly sim: Sim;
  readonly host: Host;
  readonly collections: DaemonCollections;
  readonly controller: NetworkController;
  /** Where images are pulled from; by default the public registry. */
  readonly registry?: Registry;
  /** What the host has pulled already; by default everything that the labs use. */
  readonly images?: readonly PublishedTag[];
  /** What the host shares with others; by default a computer of its own. */
  readonly computer?: Computer;
}

export interface Daemon {
  readonly api: EngineApi;
  readonly context: DaemonContext;
  readonly containers: Containers;
  readonly images: ImageStore;
  readonly volumes: VolumeStore;
  readonly events: EventLog;
  /** Its part in a swarm: routes, and what /info and the networks say. To be set once, before the first request. */
  joinCluster(cluster: ClusterPort): void;
  /** It answers at its socket. */
  readonly running: boolean;
  /** After `stop` or `lose`: soon answers at the socket again and starts the containers whose policy says so. */
  boot(): void;
  /** A clean stop: the containers are stopped too. Nothing when it does not run. */
  stop(): Op<void>;
  /** The machine has lost its power: containers are gone, nobody was told. */
  lose(): void;
}

/** How long dockerd takes to come up. */
const bootMillis = 800;

/** Makes the engine of a host and lets it answer at /var/run/docker.sock. */
export function createDaemon(options: DaemonOptions): Daemon {
  const { sim, host, controller, collections } = options;
  const events = new EventLog(sim, host.name);
  const context: DaemonContext = {
    sim,
    host,
    controller,
    collections,
    events,
    workload: new Workload(sim, host.name, options.computer),
    scope: sim.scope(`dockerd of ${host.name}`),
    registry: options.registry ?? publicRegistry(host, publishedTags),
    cluster: undefined,
  };
  const images = new ImageStore(context);
  images.preload(options.images ?? publishedTags);
  const volumes = new VolumeStore(context);
  const containers = new Containers(context, images, volumes);
  const rng = sim.rng('daemon/engine ids');
  const engineId = [8, 4, 4, 4, 12].map((length) => rng.hex(length)).join('-');
  const routes: Route[] = [
    ...systemRoutes(containers, engineId),
    ...containerRoutes(containers),
    ...imageRoutes(context, images),
    ...volumeRoutes(context, volumes),
    ...networkRoutes({
      sim,
      controller,
      events,
      containers,
      cluster: () => context.cluster?.networks(),
    }),
  ];
  let api = createRouter(sim, routes);
  const clients = new Clients(context, (request) => api.handle(request));
  const door: EngineApi = { handle: (request) => clients.handle(request) };
  host.provide(dockerSocket, door);
  let running = true;
  return {
    api: door,
    get running() {
      return running;
    },
    context,
    containers,
    images,
    volumes,
    events,
    joinCluster(cluster) {
      context.cluster = cluster;
      api = createRouter(sim, [...cluster.routes, ...routes]);
    },
    boot() {
      context.scope = sim.scope(`dockerd of ${host.name}`);
      sim.spawn('dockerd starts', comeUp(), context.scope);
    },
    *stop() {
      if (context.scope.ended) return;
      yield* within(sim, context.scope, goDown());
      if (context.scope.ended) return;
      clients.hangUp();
      sim.endScope(context.scope);
      controller.shutdown();
    },
    lose() {
      running = false;
      sim.loseScope(context.scope);
      clients.hangUp();
      context.workload.lose();
      context.cluster?.lose();
      containers.lifecycle.crashed();
      controller.lose();
    },
  };

  /** It answers when all is done; who has connected before that waits. */
  function* comeUp(): Op<void> {
    yield* sleep(sim, millis(bootMillis));
    controller.restart();
    clients.wait();
    host.provide(dockerSocket, door);
    yield* containers.lifecycle.boot('local');
    yield* context.cluster?.boot() ?? nothing();
    yield* containers.lifecycle.boot('swarm');
    clients.serve();
    running = true;
  }

  function* goDown(): Op<void> {
    running = false;
    host.withdraw(dockerSocket);
    yield* context.cluster?.stop() ?? nothing();
    yield* containers.lifecycle.shutDown();
    context.cluster?.stopped();
  }
}

function* nothing(): Op<void> {}
