// Where the scheduler put the tasks of a service, and how it saw the nodes when it decided.
import type { PlacedTaskView, PlacementView } from '../../protocol/index.ts';
import { compareNatural, compareText } from '../../std/index.ts';
import { isTerminal, type TaskRow } from '../../swarmkit/index.ts';
import { hostOfTask, serviceNamed } from '../swarm-facts.ts';
import type { World } from '../world.ts';
import { shortTaskName } from './swarm.ts';

export function placementView(world: World, service: string): PlacementView {
  const row = serviceNamed(world, service);
  const { nodes, tasks } = world.swarm.rows;
  const placement = row?.spec.TaskTemplate.Placement;
  return {
    service,
    found: row !== undefined,
    constraints: placement?.Constraints ?? [],
    spread: (placement?.Preferences ?? []).map(({ Spread }) => Spread.SpreadDescriptor),
    ...(placement?.MaxReplicas !== undefined &&
      placement.MaxReplicas > 0 && { maxReplicas: placement.MaxReplicas }),
    nodes: nodes
      .where('cluster', row?.cluster ?? '')
      .map(({ id, description }) => ({ id, name: description?.hostname ?? id }))
      .sort((a, b) => compareNatural(a.name, b.name)),
    tasks: (row ? tasks.where('service', row.id) : [])
      .filter((task) => !isTerminal(task.status.state))
      .map((task) => taskView(world, task))
      .sort((a, b) => compareNatural(a.name, b.name) || compareText(a.id, b.id)),
  };
}

function taskView(world: World, task: TaskRow): PlacedTaskView {
  const host = hostOfTask(world, task);
  const { error } = task.status;
  return {
    id: task.id,
    name: shortTaskName(task),
    state: task.status.state,
    ...(host !== undefined && { host }),
    ...(error !== '' && { error }),
    verdicts: (task.placement ?? []).map(({ nodeId, refusedBy, spreadOut, ...verdict }) => ({
      node: nodeId,
      ...(refusedBy !== undefined && { refusedBy }),
      spreadOut: spreadOut ?? false,
      ...verdict,
    })),
  };
}
