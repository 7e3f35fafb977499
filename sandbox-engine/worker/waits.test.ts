import { expect, test } from 'vitest';
import type { Lab } from '../lab/api.ts';
import { micros } from '../sim/index.ts';
import { Waits } from './waits.ts';

const question = { about: 'check', lab: 'x', step: 'a' } as const;

/** What was found, and when. */
const at = (count: number) => ({ kind: 'tasks', service: 'web', host: 'worker1', count });

/** A lab whose check holds from a moment on. */
function underTest(holdsFrom: number) {
  let now = 0;
  const sim = { now: () => micros(now) };
  const ask = () => ({ holds: now >= holdsFrom, found: [at(now / 1e6)] });
  const lab = { sim, ask } as unknown as Lab;
  const answers: unknown[] = [];
  const waits = new Waits();
  const answer = (request: number, value: unknown) => answers.push([request, value]);
  return {
    waits,
    answers,
    ask: (patience: number) => waits.ask(lab, 1, question, patience, answer),
    look: (at: number) => {
      now = at * 1e6;
      waits.look(lab, answer);
    },
    giveUp: () => waits.giveUp(answer),
  };
}

test('a question without patience is answered at once', () => {
  const { ask, answers, waits } = underTest(5e6);
  ask(0);
  expect(answers).toEqual([[1, { holds: false, found: [at(0)] }]]);
  expect(waits.busy).toBe(false);
});

test('one with patience is answered when its check holds', () => {
  const { ask, look, answers, waits } = underTest(5e6);
  ask(10);
  look(4);
  expect(answers).toEqual([]);
  expect(waits.busy).toBe(true);
  look(6);
  expect(answers).toEqual([[1, { holds: true, found: [at(6)] }]]);
  expect(waits.busy).toBe(false);
});

test('or when its time is over, or its world is gone', () => {
  const { ask, look, giveUp, answers } = underTest(50e6);
  ask(10);
  look(11);
  ask(10);
  giveUp();
  expect(answers).toEqual([
    [1, { holds: false, found: [at(11)] }],
    [1, { holds: false, found: [{ kind: 'rewound' }] }],
  ]);
});
