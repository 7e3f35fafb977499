import { expect, test } from 'vitest';
import type { StepDefinition } from '../../sandbox-engine/protocol/index.ts';
import { sameUrl, stepOfCommand, stepOfUrl, urlIn } from './via.ts';

const step = (id: string, command: string, via?: 'console' | 'browser'): StepDefinition => ({
  id,
  host: 'manager1',
  command,
  check: [],
  after: id === 'again' ? ['open'] : [],
  lines: [],
  ...(via && { via }),
});
const lab = {
  steps: [
    step('scale', 'docker service scale -d pets=10', 'console'),
    step('typed', 'docker service rm pets'),
    step('open', 'curl -s http://manager1:80', 'browser'),
    step('again', 'for i in 1 2 3; do curl -s http://manager1/; done', 'browser'),
  ],
};

test('a command is the step that equals it, however one waits for its end', () => {
  expect(stepOfCommand(lab, new Set(), 'docker service scale pets=10')).toBe('scale');
  expect(stepOfCommand(lab, new Set(), 'docker service scale pets=9')).toBeUndefined();
  expect(stepOfCommand(lab, new Set(), 'docker service rm pets')).toBeUndefined();
});

test('an address is the next step that is due, and the last one when all have been done', () => {
  expect(stepOfUrl(lab, new Set(), 'manager1')).toBe('open');
  expect(stepOfUrl(lab, new Set(['open']), 'http://manager1/')).toBe('again');
  expect(stepOfUrl(lab, new Set(['open', 'again']), 'http://manager1/')).toBe('again');
  expect(stepOfUrl(lab, new Set(), 'http://worker1/')).toBeUndefined();
});

test('addresses are written in one way', () => {
  expect(['manager1', 'http://a:80/x', 'http://a:8000'].map(sameUrl)).toEqual([
    'http://manager1/',
    'http://a/x',
    'http://a:8000/',
  ]);
  expect(urlIn("curl 'http://a:1/b' | head")).toBe('http://a:1/b');
});
