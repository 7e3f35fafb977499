import { expect, test } from 'vitest';
import { createLab } from '../../tests/fake-lab/index.ts';
import type { WorkerMessage } from '../protocol/index.ts';
import { Views } from './views.ts';

test('that a view has nothing to show is told once, and once more of another world', () => {
  const lab = { ...createLab({ seed: 1, scenario: 'swarm' }), view: () => undefined };
  const told: WorkerMessage[] = [];
  const views = new Views();
  const tell = () => views.tell(lab, (message) => told.push(message));
  views.subscribe('request', { port: '5000' });
  tell();
  tell();
  expect(told).toHaveLength(1);
  expect(told[0]).toMatchObject({ type: 'view', view: 'request', value: undefined });
  views.forget();
  tell();
  expect(told).toHaveLength(2);
});
