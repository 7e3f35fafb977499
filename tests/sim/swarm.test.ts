// A swarm under random use and faults. Whatever is done to it, the laws of `laws/` hold: on the way, at rest, when all
// faults are over, and when everything has been removed.
//
// OVERNET_SIM_RUNS says how many sequences are tried (default 60: about half a minute on one core), OVERNET_SIM_LENGTH how
// long they are at most (default 14), OVERNET_SIM_SEED from which seed they are drawn (default 1: always the same ones).
// `OVERNET_SIM_RUNS=2000 OVERNET_SIM_SEED=$RANDOM npm run test:unit -- tests/sim` looks further.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { steps } from './operations.ts';
import { run } from './run.ts';

const numberOf = (name: string, otherwise: number): number =>
  Number(process.env[name] ?? otherwise);
const numRuns = numberOf('OVERNET_SIM_RUNS', 60);
const seed = numberOf('OVERNET_SIM_SEED', 1);
const sequences = steps(numberOf('OVERNET_SIM_LENGTH', 14));
/** Few worlds: what each has before anything is done is looked at once. */
const worlds = fc.integer({ min: 1, max: 4 });

/** Milliseconds: looking for a shorter failing sequence takes as long as a few hundred runs. */
const timeout = Math.max(600_000, numRuns * 3000);
const shownLines = 12;

test(
  'whatever is done to a swarm, all its layers agree',
  () => {
    fc.assert(
      fc.property(worlds, sequences, (world, sequence) => {
        const { broken, world: made } = run(world, sequence);
        if (broken.length === 0) return;
        const more = broken.length - shownLines;
        throw new Error(
          [
            `the world of seed ${world}:`,
            ...made.script,
            'does not hold:',
            ...broken.slice(0, shownLines),
            ...(more > 0 ? [`and ${more} more`] : []),
          ].join('\n'),
        );
      }),
      { seed, numRuns, includeErrorInReport: true },
    );
  },
  timeout,
);

test(
  'the same seed gives the same bytes',
  () => {
    fc.assert(
      fc.property(worlds, sequences, (world, sequence) => {
        const [one, other] = [run(world, sequence).world, run(world, sequence).world];
        expect(other.bytes).toEqual(one.bytes);
        expect(JSON.stringify(other.rows())).toBe(JSON.stringify(one.rows()));
      }),
      { seed: seed + 1, numRuns: Math.ceil(numRuns / 20) },
    );
  },
  timeout,
);
