import { expect, test } from 'vitest';
import type { LabDefinition } from '../../sandbox-engine/protocol/index.ts';
import { checkAnchors, checkPage } from './check-content.ts';
import { scanPage } from './scan-page.ts';

const step = (id: string) => ({
  id,
  host: 'manager1',
  command: 'ls',
  check: [],
  after: [],
  lines: [],
});
const lab: LabDefinition = {
  id: 'x',
  order: 1,
  minutes: 5,
  scenario: 'swarm',
  seed: 1,
  values: {},
  steps: [step('one'), step('two')],
  predictions: [
    {
      id: 'guess',
      before: 'two',
      options: [
        { id: 'a', holds: [] },
        { id: 'b', holds: [] },
      ],
    },
  ],
  tries: [],
};
const good = `# X {#x}

<Run step="one" />

<Predict id="guess">
  Which?
  <Option id="a">A</Option>
  <Option id="b">B</Option>
</Predict>

<Run step="two" />
`;
const check = (text: string) => {
  const page = scanPage('p.mdx', text);
  return [...page.problems, ...(page.problems.length === 0 ? checkPage(lab, page) : [])].map(
    ({ line, message }) => `${line}: ${message}`,
  );
};

test('a page that places everything once, in order, is right', () => {
  expect(check(good)).toEqual([]);
});

test('an unknown step, one that stands twice and one that is missing are said', () => {
  expect(check(good.replace('"two"', '"three"'))).toEqual([
    '11: there is no step three in the lab x',
    '1: the step two of the lab x is missing',
  ]);
  expect(check(`${good}\n<Run step="one" />\n`)).toContain(
    '13: the step one stands twice: it is on line 3 already',
  );
});

test('the order of lab.yaml is kept', () => {
  expect(
    check(good.replace('"one"', '"q"').replace('"two"', '"one"').replace('"q"', '"two"')),
  ).toEqual([
    '11: the step one comes earlier in lab.yaml: keep its order',
    '5: the prediction guess stands below the Run that it is about',
  ]);
});

test('broken MDX, unknown components and headings without anchor are said', () => {
  expect(check('text\n\n<Run step=>\n')[0]).toMatch(/^3: Unexpected character/);
  expect(check('## Title\n\n<Runn step="one" />\n\nimport x from "y"\n')).toEqual([
    '1: a heading without an anchor: ## Title {#anchor}',
    expect.stringMatching(/^3: unknown component <Runn>/),
    '5: no import or export lines in a page',
  ]);
});

test('bold that is not understood is said', () => {
  expect(check('**注意：**这里\n')).toEqual(['1: ** was not understood as bold: "**注意：**这里"']);
});

test('anchors that differ between the languages are said once', () => {
  const a = scanPage('en.mdx', '## A {#a}\n\n## B {#b}\n');
  const b = scanPage('zh.mdx', '## A {#a}\n\n### B {#b}\n');
  expect(checkAnchors(a, b)).toEqual([
    {
      file: 'zh.mdx',
      line: 3,
      message: 'heading 2 is ### {#b} here and ## {#b} in the other language',
    },
  ]);
});

test('a step that is done via the console stands in a Do, and no other does', () => {
  const withConsole: LabDefinition = {
    ...lab,
    steps: [step('one'), { ...step('two'), via: 'console' }],
  };
  const messages = (text: string) =>
    checkPage(withConsole, scanPage('p.mdx', text)).map(
      ({ line, message }) => `${line}: ${message}`,
    );
  const right = good.replace('<Run step="two" />', '<Do step="two">Press Save.</Do>');
  expect(messages(right)).toEqual([]);
  expect(messages(good)).toEqual(['11: the step two is done via the console: place it with <Do>']);
  expect(messages(right.replace('<Run step="one" />', '<Do step="one">x</Do>'))).toEqual([
    '3: the step one is done in a terminal: place it with <Run>',
  ]);
});
