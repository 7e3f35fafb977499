// How long the engine takes for the steps of a container's life.
//
// A task of a swarm takes as long as on the recorded machines: three to five seconds until it runs when it is alone, and
// longer where several start at once, so that the states on the way can be seen. Most of it is what iptables and ip are
// called for, and they are called one after another. A container that somebody starts by hand is waited for at a
// prompt: it takes what a fast machine needs.
import { millis, type Op, sleep } from '../../sim/index.ts';
import type { DaemonContext } from '../context.ts';

interface Cost {
  /** Milliseconds that pass anyway. */
  readonly passes?: number;
  /** Milliseconds of the processor, which all tasks of the host share. */
  readonly works?: number;
  /** The host does this for one task after another. */
  readonly inTurn?: true;
  /** Milliseconds for a container that somebody starts by hand. */
  readonly byHand?: number;
}

const costs = {
  /** The node takes part in a swarm network: its namespace and load balancer. */
  network: { works: 600 },
  /** Directories and layers of a container. */
  create: { works: 150, byHand: 30 },
  /** Its start, up to the network namespace. */
  setup: { passes: 1_100, works: 200, byHand: 40 },
  /** One interface. */
  interface: { works: 150 },
  /** Rules of the embedded DNS server. */
  resolver: { works: 250 },
  /** Rules that lead published ports to the task's own. */
  redirect: { works: 480 },
  /** From the network to the process. */
  launch: { passes: 1_400, works: 80, byHand: 60 },
  /**
   * The process itself. Tasks that a host begins at once do not come up at once: in the recordings their ages differ by
   * 0.4 s on average (21 neighbours in the tables of 002, 053-055 and 060), and by 0.3 s (median 0.25 s) in eight runs of
   * ten tasks on four machines that had nothing else to do (40 neighbours, by the tasks' own timestamps).
   */
  process: { works: 220, inTurn: true },
  /** A task enters the load balancer of its service on one network. */
  serve: { works: 50 },
  /** The load balancer is the first of its service on this node. */
  balancer: { works: 300 },
  /** And has published ports. */
  publish: { works: 250 },
  /** A task takes no more requests on one network. */
  leave: { works: 450 },
  /** After the process has ended. */
  teardown: { passes: 300, works: 250, byHand: 15 },
  /** Its state goes to the disk. */
  checkpoint: { works: 15, byHand: 2 },
  /** Leaving one network. */
  unplug: { works: 350 },
} as const satisfies Record<string, Cost>;

/** A manager's processor is busy with the swarm as well. */
const managerFactor = 1.3;

/** Lets pass what a step takes, or several of the kind. `managed`: the container is a task of a swarm. */
export function* spend(
  context: DaemonContext,
  managed: boolean,
  step: keyof typeof costs,
  times = 1,
): Op<void> {
  const { passes = 0, works = 0, inTurn, byHand = 0 }: Cost = costs[step];
  const waits = times > 0 ? (managed ? passes : byHand) : 0;
  if (waits > 0) yield* sleep(context.sim, millis(waits));
  if (!managed) return;
  const manages = context.cluster?.status().startsWith('active/manager') ?? false;
  yield* context.workload.work(works * times * (manages ? managerFactor : 1), inTurn);
}
