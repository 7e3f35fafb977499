// What the daemons of a world share so that they can form swarms: the objects of all swarms, and the wires between managers.
import type { Sim } from '../../sim/index.ts';
import {
  Announcer,
  createSwarmRows,
  type PartFactory,
  type Swarm,
  type SwarmRows,
} from '../../swarmkit/index.ts';
import { ControlPlane } from './control-plane.ts';

export interface ClusterWorld {
  readonly sim: Sim;
  readonly rows: SwarmRows;
  /** The swarms by id; all managers of one hold the same object. */
  readonly swarms: Map<string, Swarm>;
  readonly plane: ControlPlane;
  /** What leaders do. */
  readonly parts: readonly PartFactory[];
}

export interface ClusterWorldOptions {
  /** Replays only: where the scheduler's ties went, by task name (`web.1`), oldest task first. */
  readonly placements?: Readonly<Record<string, readonly string[]>>;
}

/** Made once per world. */
export function createClusterWorld(sim: Sim, _options: ClusterWorldOptions = {}): ClusterWorld {
  return {
    sim,
    rows: createSwarmRows(sim.journal),
    swarms: new Map(),
    plane: new ControlPlane(),
    parts: [(swarm) => new Announcer(swarm)],
  };
}
