// What the daemons of a world share so that they can form swarms: the objects of all swarms, and the wires between managers.
import type { Sim } from '../../sim/index.ts';
import {
  Announcer,
  ConstraintEnforcer,
  createOrchestrator,
  createSwarmRows,
  Hints,
  type PartFactory,
  type Placements,
  RootRotation,
  Scheduler,
  type Swarm,
  type SwarmRows,
  TaskReaper,
} from '../../swarmkit/index.ts';
import { ControlPlane } from './control-plane.ts';
import type { LogSource } from './service-logs.ts';

export interface ClusterWorld {
  readonly sim: Sim;
  readonly rows: SwarmRows;
  /** The swarms by id; all managers of one hold the same object. */
  readonly swarms: Map<string, Swarm>;
  readonly plane: ControlPlane;
  /** What leaders do. */
  readonly parts: readonly PartFactory[];
  /** Where the logs of tasks are, by node id. */
  readonly logs: Map<string, LogSource>;
}

export interface ClusterWorldOptions {
  /** Replays only: where the scheduler's lots fell, by task name (`web.1`), as the recording shows them. */
  readonly placements?: Placements;
}

/** Made once per world. */
export function createClusterWorld(sim: Sim, options: ClusterWorldOptions = {}): ClusterWorld {
  const hints = new Hints(options.placements);
  return {
    sim,
    rows: createSwarmRows(sim.journal),
    swarms: new Map(),
    plane: new ControlPlane(),
    // In the order in which they look at a change.
    parts: [
      (swarm) => new ConstraintEnforcer(swarm),
      createOrchestrator,
      (swarm) => new TaskReaper(swarm),
      (swarm) => new Scheduler(swarm, hints),
      (swarm) => new RootRotation(swarm),
      (swarm) => new Announcer(swarm),
    ],
    logs: new Map(),
  };
}
