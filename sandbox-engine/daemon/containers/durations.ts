// How long the engine takes for the steps of a container's life.
//
// A task of a swarm takes as long as on the recorded machines, of one processor each: about four seconds until it runs,
// and longer where several start at once, so that the states on the way can be seen. A container that somebody starts by
// hand is waited for at a prompt: it takes what a fast machine needs.
import { millis, type Op, sleep } from '../../sim/index.ts';
import type { DaemonContext } from '../context.ts';

/** `create`: directories and layers. `setup`: up to the networks. `launch`: up to the process. `teardown`: after its end. */
export type Step = 'create' | 'setup' | 'launch' | 'teardown';

/** Milliseconds that pass anyway, and milliseconds of the processor that all tasks of the host share. */
interface Cost {
  readonly passes: number;
  readonly works: number;
}

const byHand: Readonly<Record<Step, number>> = { create: 30, setup: 40, launch: 60, teardown: 15 };

const ofTasks: Readonly<Record<Step, Cost>> = {
  create: { passes: 0, works: 200 },
  setup: { passes: 900, works: 1_900 },
  launch: { passes: 200, works: 400 },
  teardown: { passes: 100, works: 500 },
};

/** Lets pass what a step takes. `managed`: the container is a task of a swarm. */
export function* spend(context: DaemonContext, managed: boolean, step: Step): Op<void> {
  if (!managed) {
    yield* sleep(context.sim, millis(byHand[step]));
    return;
  }
  const { passes, works } = ofTasks[step];
  yield* sleep(context.sim, millis(passes));
  yield* context.workload.work(works);
}
