// One run: a fresh swarm, a sequence of operations, and what must hold along the way, at rest, mended, and emptied.
import { type Facts, factsOf, type Law } from './facts.ts';
import {
  balancersAreRight,
  meshPortsAreOpen,
  networksAreWhereTheyAreUsed,
} from './laws/balancers.ts';
import { namesAreRight, namesOfContainersAreRight } from './laws/names.ts';
import { endpointsAgree, networksAgree, nodesAreListed } from './laws/networks.ts';
import {
  meshReachesAllTasks,
  tunnelsCarry,
  virtualAddressesReachAllTasks,
} from './laws/packets.ts';
import { type Inventory, inventoryOf, residue } from './laws/residue.ts';
import {
  commandLineAgrees,
  desiredTasksRun,
  drawingAgrees,
  nodesAgree,
  oneForEachNode,
} from './laws/tasks.ts';
import { interfacesAreDistinct, tunnelsKnowTheOthers } from './laws/tunnels.ts';
import { Model } from './model.ts';
import type { Step } from './operations.ts';
import { CommandFailed, Player } from './play.ts';
import { Watch } from './watch.ts';
import { SimWorld } from './world.ts';

/** In the order in which they are looked at: the causes before what follows from them. */
const laws: readonly Law[] = [
  desiredTasksRun,
  oneForEachNode,
  commandLineAgrees,
  nodesAreListed,
  endpointsAgree,
  nodesAgree,
  drawingAgrees,
  interfacesAreDistinct,
  networksAreWhereTheyAreUsed,
  networksAgree,
  tunnelsKnowTheOthers,
  balancersAreRight,
  meshPortsAreOpen,
  namesAreRight,
  namesOfContainersAreRight,
  tunnelsCarry,
  virtualAddressesReachAllTasks,
  meshReachesAllTasks,
];

export interface Outcome {
  /** What does not hold, one line each. */
  readonly broken: readonly string[];
  readonly world: SimWorld;
}

const fresh = new Map<number, Inventory>();

/** What the nodes of that world have before anything is done. */
function freshInventory(seed: number): Inventory {
  const known = fresh.get(seed);
  if (known) return known;
  const world = new SimWorld(seed);
  new Watch(world).settle();
  const inventory = inventoryOf(world);
  fresh.set(seed, inventory);
  return inventory;
}

export function run(seed: number, steps: readonly Step[]): Outcome {
  const world = new SimWorld(seed);
  const model = new Model(world.hosts);
  const player = new Player(world, model);
  const watch = new Watch(world);
  const broken: string[] = [];
  const stage = (name: string, found: readonly string[]): void => {
    broken.push(...found.map((line) => `${name}: ${line}`));
  };
  try {
    for (const step of steps) {
      player.step(step);
      stage('on the way', watch.look());
    }
    stage('at rest', [...watch.settle(), ...judged(factsOf(world, model))]);
    if (broken.length === 0) {
      player.mend();
      stage('mended', [...watch.settle(), ...judged(factsOf(world, model))]);
    }
    if (broken.length === 0) {
      player.removeAll();
      stage('emptied', [...watch.settle(), ...residue(freshInventory(seed), inventoryOf(world))]);
    }
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    broken.push(error.message);
  }
  return { broken, world };
}

export const judged = (facts: Facts): readonly string[] => laws.flatMap((law) => law(facts));
