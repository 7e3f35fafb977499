// Rejects tasks whose node no longer fits what they ask for: labels, role, resources.
// Mirrors: swarmkit manager/orchestrator/constraintenforcer.
import { fitsConstraints } from '../constraint.ts';
import { isTerminal, rank, type SwarmNodeRow, type TaskRow } from '../objects.ts';
import type { LeaderPart, Swarm } from '../swarm.ts';

export class ConstraintEnforcer implements LeaderPart {
  readonly #swarm: Swarm;

  constructor(swarm: Swarm) {
    this.#swarm = swarm;
  }

  reconcile(): void {
    const { store } = this.#swarm;
    store.transaction(() => {
      for (const node of store.all(store.rows.nodes))
        if (node.spec.Availability === 'active' && node.status.state !== 'down')
          for (const task of store.rows.tasks.where('node', node.id))
            if (this.#breaks(task, node)) this.#reject(task);
    });
  }

  #breaks(task: TaskRow, node: SwarmNodeRow): boolean {
    if (task.serviceId === '' || isTerminal(task.status.state)) return false;
    if (rank(task.status.state) < rank('assigned')) return false;
    if (rank(task.desiredState) > rank('complete')) return false;
    return !fitsConstraints(task.spec.Placement?.Constraints, node);
  }

  #reject(task: TaskRow): void {
    const { store, sim } = this.#swarm;
    store.update(store.rows.tasks, task.id, {
      status: {
        ...task.status,
        at: sim.now(),
        state: 'rejected',
        message: 'task rejected by constraint enforcer',
        error: 'assigned node no longer meets constraints',
      },
    });
  }
}
