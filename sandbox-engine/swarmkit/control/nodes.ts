// Changing and removing nodes. Mirrors: swarmkit manager/controlapi/node.go and manager/role_manager.go.
import { err, type Failure, ok, type Result } from '../../std/index.ts';
import type { SwarmNodeRow } from '../objects.ts';
import { rpcError } from '../rpc.ts';
import type { NodeSpec } from '../specs.ts';
import type { Swarm } from '../swarm.ts';

export function updateNode(
  swarm: Swarm,
  nodeId: string,
  version: number,
  spec: NodeSpec,
): Result<SwarmNodeRow, Failure> {
  const { store } = swarm;
  const node = store.rows.nodes.get(nodeId);
  if (!node) return err(rpcError('NotFound', `node ${nodeId} not found`));
  if (version !== node.version) return err(rpcError('Unknown', 'update out of sequence'));
  if (node.spec.Role === 'manager' && spec.Role === 'worker') {
    const allowed = mayDemote(swarm, nodeId);
    if (!allowed.ok) return allowed;
  }
  return ok(
    store.transaction(() => {
      const updated = store.update(store.rows.nodes, nodeId, { spec });
      if (spec.Role === 'worker') swarm.removeMember(nodeId);
      swarm.dispatcher.announce(nodeId);
      return updated;
    }),
  );
}

function mayDemote(swarm: Swarm, nodeId: string): Result<void, Failure> {
  const { nodes } = swarm.store.rows;
  const managers = swarm.store.all(nodes).filter((node) => node.spec.Role === 'manager');
  if (managers.length === 1)
    return err(
      rpcError('FailedPrecondition', 'attempting to demote the last manager of the swarm'),
    );
  const others = managers.filter((node) => node.id !== nodeId && node.manager);
  const reachable = others.filter((node) => node.manager?.reachability === 'reachable');
  if (2 * reachable.length <= others.length)
    return err(
      rpcError(
        'FailedPrecondition',
        "can't remove member from the raft: this would result in a loss of quorum",
      ),
    );
  return ok(undefined);
}

export function removeNode(swarm: Swarm, nodeId: string, force: boolean): Result<void, Failure> {
  const { store } = swarm;
  const node = store.rows.nodes.get(nodeId);
  if (!node) return err(rpcError('NotFound', `node ${nodeId} not found`));
  if (node.manager)
    return err(
      rpcError(
        'FailedPrecondition',
        `node ${nodeId} is a cluster manager and is a member of the raft cluster. It must be demoted to worker before removal`,
      ),
    );
  if (!force && node.status.state !== 'down')
    return err(rpcError('FailedPrecondition', `node ${nodeId} is not down and can't be removed`));
  store.transaction(() => {
    for (const task of store.rows.tasks.where('node', nodeId))
      store.update(store.rows.tasks, task.id, {
        status: { ...task.status, at: swarm.sim.now(), state: 'orphaned' },
      });
    store.remove(store.rows.nodes, nodeId);
    swarm.dispatcher.forget(nodeId);
  });
  return ok(undefined);
}
