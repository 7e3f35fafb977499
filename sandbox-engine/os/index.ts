export * from './api.ts';
export { defaultEffect, signalNames, signalNumber } from './dispositions.ts';
export * from './dns.ts';
export type { FileRow } from './fs/upper.ts';
export { createHost, type HostOptions } from './host.ts';
export * from './http.ts';
export { isWide } from './line-discipline.ts';
export { drainPipe, feedPipe } from './pipe.ts';
export * from './resolve.ts';
export {
  initialLimits,
  limitNumber,
  mostOpenFiles,
  type ResourceLimit,
  type ResourceLimits,
} from './rlimits.ts';
export * from './socket-file.ts';
export * from './sockets.ts';
export * from './units.ts';
export { createOsWorld, type OsWorld } from './world.ts';
