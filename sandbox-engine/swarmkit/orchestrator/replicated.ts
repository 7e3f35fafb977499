// Keeps replicated services at their number: makes missing tasks, removes surplus ones, replaces those that have ended.
// Mirrors: swarmkit manager/orchestrator/replicated. What has ended is seen to at once; slots are counted when the service
// has changed.
import { mapOrder } from '../../sim/index.ts';
import { rank, type ServiceRow } from '../objects.ts';
import type { Swarm } from '../swarm.ts';
import { needsRestart, type RestartSupervisor } from './restart.ts';
import { type Slot, slotsBy, updatableTasks } from './slots.ts';
import { createTask, isUsable, replicasOf, setDesired, tasksOf } from './tasks.ts';
import type { UpdateSupervisor } from './updates.ts';

export class ReplicatedServices {
  readonly #swarm: Swarm;
  readonly #restarts: RestartSupervisor;
  readonly #updates: UpdateSupervisor;

  constructor(swarm: Swarm, restarts: RestartSupervisor, updates: UpdateSupervisor) {
    this.#swarm = swarm;
    this.#restarts = restarts;
    this.#updates = updates;
  }

  /** Tasks that have ended, or whose node is down, drained or gone. */
  replaceEnded(service: ServiceRow): void {
    const { rows } = this.#swarm.store;
    for (const task of tasksOf(this.#swarm, service)) {
      if (rank(task.desiredState) > rank('running')) continue;
      const lost = task.nodeId !== '' && !isUsable(rows.nodes.get(task.nodeId));
      if (needsRestart(task) || lost) this.#restarts.restart(service, task);
    }
  }

  /** The service is new or has changed. */
  reconcile(service: ServiceRow): void {
    const { slots, dead } = this.#slots(service);
    const wanted = replicasOf(service);
    // The walk over a map of Go's: the order in which slots are updated.
    let order = mapOrder(this.#swarm.sim.rng('swarmkit/update'), [...slots.values()]);
    if (order.length > wanted) {
      order = fairest(order);
      for (const slot of order.splice(wanted))
        for (const task of slot) setDesired(this.#swarm, task, 'remove');
    } else this.#grow(service, slots, dead, wanted - order.length);
    const { store } = this.#swarm;
    // Old tasks of slots that have been scaled away go with the next change of the service (053:56-60).
    for (const slot of dead.values())
      for (const task of slot) store.remove(store.rows.tasks, task.id);
    this.#updates.update(service, order);
  }

  /** Slots with something that runs, is to run, or is not to be run again; and the others. */
  #slots(service: ServiceRow): { slots: Map<number, Slot>; dead: Map<number, Slot> } {
    const slots = new Map<number, Slot>();
    const dead = new Map<number, Slot>();
    for (const [number, tasks] of slotsBy(tasksOf(this.#swarm, service), ({ slot }) => slot)) {
      const updatable = updatableTasks(this.#restarts, tasks, service);
      if (updatable.length > 0) slots.set(number, updatable);
      else dead.set(number, tasks);
    }
    return { slots, dead };
  }

  #grow(
    service: ServiceRow,
    slots: ReadonlyMap<number, Slot>,
    dead: Map<number, Slot>,
    missing: number,
  ): void {
    let slot = 0;
    for (let made = 0; made < missing; made += 1) {
      do slot += 1;
      while (slots.has(slot));
      // The old tasks of a slot that is filled again are its history.
      dead.delete(slot);
      createTask(this.#swarm, service, { slot, nodeId: '' }, 'running');
    }
  }
}

/** Last come those to remove: from the nodes with the most tasks; what does not run yet before what runs, then high slots. */
function fairest(slots: readonly Slot[]): Slot[] {
  const runs = (slot: Slot) => Number(slot.some((task) => task.status.state === 'running'));
  const seen = new Map<string, number>();
  return slots
    .toSorted((a, b) => runs(b) - runs(a) || (a[0]?.slot ?? 0) - (b[0]?.slot ?? 0))
    .map((slot) => {
      const [{ nodeId = '' } = {}] = slot;
      // In the middle of an update, or without a node: the first to go.
      if (slot.length !== 1 || nodeId === '') return { slot, ordinal: Number.MAX_SAFE_INTEGER };
      const ordinal = (seen.get(nodeId) ?? 0) + 1;
      seen.set(nodeId, ordinal);
      return { slot, ordinal };
    })
    .sort((a, b) => a.ordinal - b.ordinal)
    .map(({ slot }) => slot);
}
