export {
  type Cluster,
  type ClusterOptions,
  type ClusterWorld,
  type ClusterWorldOptions,
  createCluster,
  createClusterWorld,
} from './cluster/index.ts';
export type { ClusterPort, NetworkAttachment } from './cluster-port.ts';
export { attachmentOf, noAttachment, taskAttachment } from './containers/attachments.ts';
export { Containers } from './containers/containers.ts';
export type { Created, CreateRequest } from './containers/create.ts';
export {
  type Attachment,
  type ContainerConfig,
  type ContainerRow,
  type ContainerState,
  countsAsRunning,
  type ExecRow,
  type HealthState,
  type HostConfig,
  hasProcess,
  type MountPoint,
  shortId,
} from './containers/rows.ts';
export {
  createDaemonCollections,
  type DaemonCollections,
  type DaemonContext,
  type Registry,
  type RegistryAnswer,
  timestamp,
  unixSeconds,
} from './context.ts';
export { createDaemon, type Daemon, type DaemonOptions } from './daemon.ts';
export { type DaemonEvent, EventLog, type EventType } from './events.ts';
export { publicRegistry } from './images/registry.ts';
export type { ImageRow } from './images/rows.ts';
export { ImageStore } from './images/store.ts';
export {
  type EngineProcesses,
  proxyStarter,
  startDockerd,
  startEngineProcesses,
} from './processes.ts';
export { Filters, filtersOf, flag, integer } from './query.ts';
export {
  answered,
  createRouter,
  failed,
  json,
  noContent,
  type Route,
  type RouteParams,
  route,
  slowRoute,
  streamed,
} from './router.ts';
export { PieceStream } from './stream.ts';
export type { VolumeRow } from './volumes/rows.ts';
export { Computer } from './workload.ts';
