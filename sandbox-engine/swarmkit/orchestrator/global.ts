// Keeps a task of each global service on every node that may have one. Mirrors: swarmkit manager/orchestrator/global.
// What has ended is seen to at once; a service's nodes when it has changed, a node's services when the node has.
import { mapOrder } from '../../sim/index.ts';
import { fitsConstraints } from '../constraint.ts';
import { isTerminal, rank, type ServiceRow, type SwarmNodeRow, type TaskRow } from '../objects.ts';
import type { Swarm } from '../swarm.ts';
import type { RestartSupervisor } from './restart.ts';
import { type Slot, slotsBy, updatableTasks } from './slots.ts';
import { createTask, isDirty, isUsable, setDesired, tasksOf } from './tasks.ts';
import type { UpdateSupervisor } from './updates.ts';

const fits = (service: ServiceRow, node: SwarmNodeRow): boolean =>
  fitsConstraints(service.spec.TaskTemplate.Placement?.Constraints, node);

export class GlobalServices {
  readonly #swarm: Swarm;
  readonly #restarts: RestartSupervisor;
  readonly #updates: UpdateSupervisor;
  /** The nodes as they were when they were last looked at. */
  #looked: ReadonlyMap<string, SwarmNodeRow>;

  constructor(swarm: Swarm, restarts: RestartSupervisor, updates: UpdateSupervisor) {
    this.#swarm = swarm;
    this.#restarts = restarts;
    this.#updates = updates;
    this.#looked = this.#nodes();
  }

  #nodes(): ReadonlyMap<string, SwarmNodeRow> {
    const { store } = this.#swarm;
    return new Map(store.all(store.rows.nodes).map((node) => [node.id, node]));
  }

  /** Tasks that have ended. */
  replaceEnded(service: ServiceRow): void {
    const { rows } = this.#swarm.store;
    for (const task of tasksOf(this.#swarm, service)) {
      if (rank(task.desiredState) > rank('running') || !isTerminal(task.status.state)) continue;
      const node = rows.nodes.get(task.nodeId);
      if (!node || !isUsable(node)) continue;
      if (node.spec.Availability === 'pause' || !fits(service, node))
        setDesired(this.#swarm, task, 'shutdown');
      else this.#restarts.restart(service, task);
    }
  }

  /** The service is new or has changed. */
  reconcile(service: ServiceRow): void {
    const { sim } = this.#swarm;
    const slots = slotsBy(tasksOf(this.#swarm, service), ({ nodeId }) => nodeId);
    const outdated: Slot[] = [];
    const nodes = [...this.#nodes().values()].filter(isUsable);
    for (const node of mapOrder(sim.rng('swarmkit/update'), nodes)) {
      const tasks = this.#updatable(service, slots.get(node.id));
      slots.delete(node.id);
      if (!fits(service, node)) this.#shutDown(tasks);
      // A paused node's tasks stay as they are until it is active again.
      else if (node.spec.Availability === 'pause') continue;
      else if (tasks.length === 0) this.#add(service, node);
      else outdated.push(tasks);
    }
    for (const tasks of slots.values()) this.#shutDown(this.#updatable(service, tasks));
    if (outdated.length > 0) this.#updates.update(service, outdated);
  }

  #updatable(service: ServiceRow, tasks: Slot | undefined): Slot {
    return tasks ? updatableTasks(this.#restarts, tasks, service) : [];
  }

  #add(service: ServiceRow, node: SwarmNodeRow): void {
    createTask(this.#swarm, service, { slot: 0, nodeId: node.id }, 'running');
  }

  #shutDown(tasks: readonly TaskRow[]): void {
    for (const task of tasks) setDesired(this.#swarm, task, 'shutdown');
  }

  /** Nodes that have come, changed or gone. */
  followNodes(services: readonly ServiceRow[]): void {
    const before = this.#looked;
    const now = this.#nodes();
    this.#looked = now;
    for (const node of now.values())
      if (before.get(node.id) !== node) for (const service of services) this.#onNode(service, node);
    const { store } = this.#swarm;
    for (const id of before.keys())
      if (!now.has(id))
        for (const service of services)
          for (const task of tasksOf(this.#swarm, service))
            if (task.nodeId === id) store.remove(store.rows.tasks, task.id);
  }

  /** This is no rollout: what is out of date here is replaced at once. */
  #onNode(service: ServiceRow, node: SwarmNodeRow): void {
    const here = tasksOf(this.#swarm, service).filter((task) => task.nodeId === node.id);
    if (!isUsable(node)) {
      this.#shutDown(here);
      return;
    }
    if (node.spec.Availability === 'pause' || !fits(service, node)) return;
    const tasks = here.length === 0 ? [] : updatableTasks(this.#restarts, here, service);
    const clean = tasks.filter((task) => !isDirty(this.#swarm, service, task));
    if (clean.length === 0) this.#add(service, node);
    const [kept] = clean;
    this.#shutDown(tasks.filter((task) => task !== kept));
  }
}
