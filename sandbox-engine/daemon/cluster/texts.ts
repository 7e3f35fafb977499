// What a node says about its place in a swarm. Mirrors: moby daemon/cluster/errors.go.
import { type Failure, failure } from '../../std/index.ts';

const unavailable = (message: string): Failure => failure('unavailable', message);

export const noSwarm = unavailable('This node is not part of a swarm');
export const swarmExists = unavailable(
  'This node is already part of a swarm. Use "docker swarm leave" to leave this swarm and join another one.',
);
export const joinTimeout = unavailable(
  'Timeout was reached before node joined. The attempt to join the swarm will continue in the background. Use the "docker info" command to see the current swarm status of your node.',
);
export const notManagerOutside = unavailable(
  'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again.',
);
export const notManagerWorker = unavailable(
  "This node is not a swarm manager. Worker nodes can't be used to view or modify cluster state. Please run this command on a manager node or promote the current node to a manager.",
);
export const swarmLocked = unavailable(
  'Swarm is encrypted and needs to be unlocked before it can be used. Please use "docker swarm unlock" to unlock it.',
);
export const notLocked = failure('conflict', 'swarm is not locked');
export const noLeader = failure(
  'system',
  "rpc error: code = Unknown desc = The swarm does not have a leader. It's possible that too few managers are online. Make sure more than half of the managers are online.",
);
export const deadlineExceeded = failure(
  'system',
  'rpc error: code = DeadlineExceeded desc = context deadline exceeded',
);

/** What a manager is told that wants to leave. `reachable`, `unreachable`: managers, where there is a leader to ask. */
export function leaveWarning(
  managers: { readonly reachable: number; readonly unreachable: number } | undefined,
): string {
  const asked =
    'You are attempting to leave the swarm on a node that is participating as a manager. ';
  const restore =
    'The only way to restore a swarm that has lost consensus is to reinitialize it with `--force-new-cluster`. Use `--force` to suppress this message.';
  // Two managers are one too few to lose one: raft needs more than half.
  if (!managers || managers.reachable - 2 > managers.unreachable) return asked + restore;
  const { reachable, unreachable } = managers;
  if (reachable === 1 && unreachable === 0)
    return `${asked}Removing the last manager erases all current state of the swarm. Use \`--force\` to ignore this message.`;
  return `${asked}Removing this node leaves ${reachable - 1} managers out of ${reachable + unreachable}. Without a Raft quorum your swarm will be inaccessible. ${restore}`;
}
