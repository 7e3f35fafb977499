export type * from './decision.ts';
export { strerror } from './errno.ts';
export type * from './ipvs/index.ts';
export { createKernel, type KernelOptions } from './kernel.ts';
export type * from './kernel-api.ts';
export type * from './netfilter/api.ts';
export {
  type FilterEnvironment,
  type FilterFactory,
  type IpvsHooks,
  type PacketContext,
  type PacketFilter,
  passThroughFilter,
  type RejectKind,
  type Verdict,
  type XfrmHooks,
} from './netfilter/hook.ts';
export * from './netfilter/index.ts';
export * from './netfilter/index.ts';
export type * from './rows.ts';
export type { NetworkWorld } from './state.ts';
export { Trace } from './trace.ts';
export { createNetworkWorld } from './world.ts';
export type * from './xfrm/index.ts';
