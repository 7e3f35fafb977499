// Slots: the tasks that stand, or have stood, in one place of a service - a replica's number, or a node.
// Mirrors: swarmkit manager/orchestrator/{slot,restart/restart}.go (UpdatableTasksInSlot).
import { compareText } from '../../std/index.ts';
import { rank, type ServiceRow, type TaskRow } from '../objects.ts';
import type { RestartSupervisor } from './restart.ts';

/** Tasks of one place. */
export type Slot = readonly TaskRow[];

/** A service's tasks by place, places and tasks in the order of the tasks' ids, in which the store gives them. */
export function slotsBy<Key>(tasks: readonly TaskRow[], keyOf: (task: TaskRow) => Key) {
  const slots = new Map<Key, TaskRow[]>();
  for (const task of tasks.toSorted((a, b) => compareText(a.id, b.id))) {
    const slot = slots.get(keyOf(task));
    if (slot) slot.push(task);
    else slots.set(keyOf(task), [task]);
  }
  return slots;
}

/**
 * What a rollout has to look after in a slot: the tasks that are to run; where there are none, the last one if its policy
 * keeps it from being replaced, so that a change of the service replaces it as it does others. A rollback leaves those alone.
 */
export function updatableTasks(restarts: RestartSupervisor, slot: Slot, service: ServiceRow): Slot {
  const wanted = slot.filter((task) => rank(task.desiredState) <= rank('running'));
  if (wanted.length > 0 || service.updateStatus?.state === 'rollback_started') return wanted;
  const newest = slot.reduce((a, b) => (b.status.at > a.status.at ? b : a));
  return restarts.shouldRestart(service, newest) ? [] : [newest];
}
