// How long the engine takes for the steps of a container's life.
//
// A task of a swarm takes as long as on the recorded machines, of one processor each: three to five seconds until it runs,
// and longer where several start at once, so that the states on the way can be seen. A container that somebody starts by
// hand is waited for at a prompt: it takes what a fast machine needs.
import { millis, type Op, sleep } from '../../sim/index.ts';
import type { DaemonContext } from '../context.ts';
import type { ContainerRow } from './rows.ts';

/**
 * `create`: directories and layers. `setup`: the networks. `launch`: up to the process. `serve`: a task enters the load
 * balancers, on ingress with a good many rules. `teardown`: after the process has ended.
 */
export type Step = 'create' | 'setup' | 'launch' | 'serve' | 'teardown';

const byHand: Readonly<Record<Step, number>> = {
  create: 30,
  setup: 40,
  launch: 60,
  serve: 0,
  teardown: 15,
};

/** For a task: milliseconds that pass anyway, and milliseconds of the processor, which all tasks of the host share. */
interface Cost {
  readonly passes: number;
  readonly works: number;
  readonly worksPerNetwork?: number;
  readonly worksForIngress?: number;
}

const ofTasks: Readonly<Record<Step, Cost>> = {
  create: { passes: 0, works: 200 },
  setup: { passes: 900, works: 500, worksPerNetwork: 600 },
  launch: { passes: 200, works: 400 },
  serve: { passes: 0, works: 0, worksPerNetwork: 200, worksForIngress: 800 },
  teardown: { passes: 600, works: 1_200 },
};

type Spender = Pick<ContainerRow, 'managed' | 'networks'>;

/** Lets pass what a step takes. */
export function* spend(context: DaemonContext, row: Spender, step: Step): Op<void> {
  if (!row.managed) {
    yield* sleep(context.sim, millis(byHand[step]));
    return;
  }
  const { passes, works, worksPerNetwork = 0, worksForIngress = 0 } = ofTasks[step];
  const networks = Object.values(row.networks);
  const published = networks.some(
    ({ service }) => service !== undefined && service.ports.length > 0,
  );
  yield* sleep(context.sim, millis(passes));
  yield* context.workload.work(
    works + worksPerNetwork * networks.length + (published ? worksForIngress : 0),
  );
}
