// The swarm as its managers see it: objects, store, allocator, raft, and what leaders do. Knows nothing of hosts.

export {
  Agent,
  type AgentOptions,
  type Executor,
  type TaskController,
  type TaskExit,
} from './agent.ts';
export { Allocator, holdsAddresses, usesIngress } from './allocator/allocator.ts';
export { Announcer, type Assignments, assignmentsFor } from './assignments.ts';
export { type ClusterChanges, roleOfToken, updateCluster } from './control/cluster.ts';
export { createNetwork, removeNetwork } from './control/networks.ts';
export { removeNode, updateNode } from './control/nodes.ts';
export { createSecret, removeSecret, type SecretKind, updateSecret } from './control/secrets.ts';
export { createService, removeService, updateService } from './control/services.ts';
export { Dispatcher, type Registration } from './dispatcher.ts';
export {
  base64,
  fingerprintOf,
  isUnlockKey,
  newId,
  parseJoinToken,
  randomBytes,
} from './identity.ts';
export * from './objects.ts';
export { ConstraintEnforcer } from './orchestrator/enforcer.ts';
export { TaskReaper } from './orchestrator/reaper.ts';
export { createOrchestrator } from './orchestrator/services.ts';
export {
  defaultUpdateConfig,
  isDirty,
  isGlobal,
  isGlobalJob,
  isReplicated,
  isReplicatedJob,
  replicasOf,
} from './orchestrator/tasks.ts';
export {
  type HardState,
  newHardState,
  Raft,
  type RaftEvents,
  type RaftMember,
  type RaftMessage,
  type RaftReply,
  type RaftTransport,
} from './raft.ts';
export { type NodeTls, RootRotation, signingCa, tlsOf } from './root-rotation.ts';
export { type RpcCode, rpcError } from './rpc.ts';
export { Hints, type Placements } from './scheduler/hints.ts';
export { Scheduler } from './scheduler/scheduler.ts';
export type * from './specs.ts';
export { createSwarmRows, type SwarmChange, type SwarmRows, type SwarmStore } from './store.ts';
export {
  createSwarm,
  defaultClusterSpec,
  type LeaderPart,
  type PartFactory,
  Swarm,
  type SwarmOptions,
} from './swarm.ts';
