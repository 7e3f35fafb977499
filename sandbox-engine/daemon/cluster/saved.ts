// What a node keeps in /var/lib/docker/swarm, and goes on from when its daemon starts again.
// Mirrors: moby daemon/cluster (docker-state.json), swarmkit node/node.go (state.json), ca/keyreadwriter.go.
import type { HardState, NodeTls, RaftMember } from '../../swarmkit/index.ts';

export interface Saved {
  readonly nodeId: string;
  readonly cluster: string;
  readonly listen: { readonly host: string; readonly port: string };
  /** What was asked for; '' lets managers see for themselves. */
  readonly advertise: string;
  readonly dataPath: string;
  isManager: boolean;
  managers: readonly RaftMember[];
  readonly raft: HardState;
  /** Its certificate, as far as it shows. */
  tls: NodeTls;
  /** The key that a manager's own files are locked with; '' when they are not. */
  lockKey: string;
}
