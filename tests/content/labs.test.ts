// The content agrees with itself, and every lab runs: each step's check holds, and each question has one right answer.
import { expect, test } from 'vitest';
import { createLab } from '../../sandbox-engine/index.ts';
import type { Lab, LabOptions } from '../../sandbox-engine/lab/api.ts';
import type { CheckResult } from '../../sandbox-engine/protocol/index.ts';
import { micros } from '../../sandbox-engine/sim/index.ts';
import { bakeLab } from '../../src/labs/bake.ts';
import { formatProblem, readContent } from '../../src/labs/content.ts';

const content = readContent(process.cwd());

/** Types a command into a fresh terminal of the host; answers its exit status. */
function typed(world: Lab, host: string, line: string): number | undefined {
  const terminal = `${host}:9`;
  const prompt = (): number | undefined => {
    for (let events = 0; events < 1e6; events += 1) {
      const came = world.takeOutput().find((o) => o.kind === 'prompt' && o.terminal === terminal);
      if (came?.kind === 'prompt') return came.status;
      if (!world.sim.runNext()) return undefined;
    }
    return undefined;
  };
  const fresh = !world.session().inputs.some((i) => i.do === 'open' && i.terminal === terminal);
  world.terminal(terminal);
  if (fresh) prompt();
  world.input({ do: 'run', terminal, line });
  return prompt();
}

test('lab.yaml and both languages agree', () => {
  expect(content.problems.map(formatProblem)).toEqual([]);
  expect(content.labs.map(({ order }) => order)).toEqual(content.labs.map((_, i) => i));
});

for (const lab of content.labs) {
  /** Which answers were right, asked where the page asks: right after the step that the question is about. */
  const answers = new Map<string, string[]>();
  const watched = (options: LabOptions): Lab => {
    const world = createLab(options);
    const ask = world.ask.bind(world);
    world.ask = (question) => {
      const answer = ask(question);
      if (question.about === 'check')
        for (const { id, before } of lab.predictions)
          if (before === question.step) {
            const judged = ask({ about: 'prediction', lab: lab.id, prediction: id });
            const right = Object.entries(judged as Record<string, CheckResult>).filter(
              ([, { holds }]) => holds,
            );
            answers.set(
              id,
              right.map(([option]) => option),
            );
          }
      return answer;
    };
    return world;
  };
  const baked = bakeLab(lab, watched, []);
  /** The world at the lab's end. */
  const finishedWorld = (): Lab => {
    let world: Lab | undefined;
    bakeLab(
      lab,
      (options) => {
        world = createLab(options);
        return world;
      },
      [],
    );
    if (!world) throw new Error(`${lab.id} has no world`);
    return world;
  };

  test(`${lab.id}: every step's check holds`, () => {
    const failed = lab.steps.flatMap(({ id }) => {
      const step = baked.steps[id];
      return step?.check && !step.check.holds
        ? [`${id}: ${step.command}: ${JSON.stringify(step.check.found)}`]
        : [];
    });
    expect(failed).toEqual([]);
  });

  test(`${lab.id}: every question has one right answer`, () => {
    const wrong = [...answers].filter(([, right]) => right.length !== 1);
    expect(wrong).toEqual([]);
    expect(answers.size).toBe(lab.predictions.length);
  });

  test(`${lab.id}: what is to be tried can be done, and is not done already`, () => {
    const world = finishedWorld();
    const holds = (id: string) =>
      (world.ask({ about: 'try', lab: lab.id, try: id }) as CheckResult).holds;
    const found = lab.tries.map(({ id, solution }) => {
      const before = holds(id);
      const failed = solution.filter(({ host, command }) => typed(world, host, command) !== 0);
      let after = holds(id);
      // Tasks of a service need a while.
      for (let second = 0; second < 40 && !after; second += 2) {
        world.sim.runUntil(micros(world.sim.now() + 2e6));
        after = holds(id);
      }
      return { id, before, failed, after };
    });
    expect(found).toEqual(
      lab.tries.map(({ id }) => ({ id, before: false, failed: [], after: true })),
    );
  });

  test(`${lab.id}: the marked lines are there`, () => {
    const missing = lab.steps.flatMap(({ id, lines }) =>
      lines
        .filter((line) => !baked.steps[id]?.lines[line - 1])
        .map((line) => `${id}: line ${line} of ${baked.steps[id]?.lines.length}`),
    );
    expect(missing).toEqual([]);
  });

  test(`${lab.id}: two runs give the same`, () => {
    expect(bakeLab(lab, createLab, [])).toEqual(baked);
  });
}
