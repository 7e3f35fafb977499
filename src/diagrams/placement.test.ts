// Why a task is where it is, and why it is nowhere: the scheduler's reasons in the reader's language.
import { expect, test } from 'vitest';
import type { PlacementView } from '../../sandbox-engine/protocol/index.ts';
import { placementMermaid, placementTwin } from './placement.ts';

const verdict = { spreadOut: false, failures: 0, ofService: 0, all: 0, best: false };
const view: PlacementView = {
  service: 'web',
  found: true,
  constraints: ['node.labels.disk == ssd'],
  spread: [],
  nodes: [
    { id: 'm', name: 'manager1' },
    { id: 'a', name: 'worker1' },
    { id: 'b', name: 'worker2' },
  ],
  tasks: [
    {
      id: 't1',
      name: 'web.1',
      state: 'running',
      host: 'worker1',
      verdicts: [
        { ...verdict, node: 'm', refusedBy: 'constraints' },
        { ...verdict, node: 'a', all: 3, best: true },
        { ...verdict, node: 'b', refusedBy: 'resources' },
      ],
    },
    {
      id: 't2',
      name: 'web.2',
      state: 'pending',
      error: 'no suitable node (insufficient resources on 2 nodes; scheduling constraints …)',
      verdicts: [
        { ...verdict, node: 'm', refusedBy: 'constraints' },
        { ...verdict, node: 'a', refusedBy: 'resources' },
        { ...verdict, node: 'b', refusedBy: 'resources' },
      ],
    },
  ],
};

test('a task that is nowhere says who refused it for what, and quotes docker', () => {
  expect(placementTwin(view, 'zh').items.map(({ text }) => text)).toEqual([
    '约束：node.labels.disk == ssd',
    'web.1 → worker1：只有它可以',
    'web.2：没有放置；没有合适的节点：1 个不满足约束，2 个资源不够；docker service ps 里写着 “no suitable node (insufficient resources on 2 nodes; scheduling constraints …)”',
  ]);
  expect(placementTwin(view, 'en').items.map(({ text }) => text)).toEqual([
    'constraint: node.labels.disk == ssd',
    'web.1 → worker1: the only one that may',
    'web.2: not placed; no node fits: constraint not met (1), not enough resources (2); docker service ps says “no suitable node (insufficient resources on 2 nodes; scheduling constraints …)”',
  ]);
  expect(placementMermaid(view, 'zh')).toContain('没有合适的节点：1 个不满足约束，2 个资源不够');
});

test('placement says what was seen of each node, and why one was chosen', () => {
  const seen = { spreadOut: false, failures: 0, ofService: 0, all: 1, best: false };
  const view: PlacementView = {
    service: 'web',
    found: true,
    constraints: ['node.role==worker'],
    spread: [],
    nodes: [
      { id: 'm', name: 'manager1' },
      { id: 'w1', name: 'worker1' },
      { id: 'w2', name: 'worker2' },
    ],
    tasks: [
      {
        id: 't1',
        name: 'web.1',
        state: 'running',
        host: 'worker1',
        verdicts: [
          { ...seen, node: 'm', refusedBy: 'constraints' },
          { ...seen, node: 'w1', best: true },
          { ...seen, node: 'w2', best: true },
        ],
      },
      { id: 't2', name: 'web.2', state: 'pending', error: 'no suitable node', verdicts: [] },
    ],
  };
  expect(placementTwin(view, 'en')).toEqual({
    summary: '2 tasks of web on 1 host, 1 not placed',
    items: [
      { text: 'constraint: node.role==worker' },
      {
        text: 'web.1 → worker1: tie of 2, drawn by lot',
        items: [
          { text: 'manager1: constraint not met' },
          { text: 'worker1: 0 of it, 1 in all ← placed here' },
          { text: 'worker2: 0 of it, 1 in all' },
        ],
      },
      { text: 'web.2: not placed; docker service ps says “no suitable node”', items: [] },
    ],
  });
  expect(placementMermaid(view, 'zh')).toContain('2 个节点并列，抽签');
});
