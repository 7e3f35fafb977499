import { describe, expect, it } from 'vitest';
import { micros } from '../../sim/index.ts';
import type { SwarmNodeRow, TaskRow } from '../objects.ts';
import type { NodeInfo } from './filters.ts';
import { GoMap } from './go-map.ts';
import { Hints } from './hints.ts';
import { fitToHints } from './lots.ts';
import { Plan } from './plan.ts';

const task = (serviceName: string, slot = 1, placement: object = {}): TaskRow =>
  ({
    id: `${serviceName}.${slot}`,
    serviceId: serviceName,
    serviceName,
    slot,
    specVersion: 1,
    spec: { Placement: placement },
    status: { state: 'pending', at: 0 },
    desiredState: 'running',
  }) as unknown as TaskRow;

/** Nodes with so many tasks of other services each, in the order in which they joined. */
const swarm = (others: Readonly<Record<string, number>>, labels = {}): NodeInfo[] =>
  Object.entries(others).map(([id, count]) => ({
    node: {
      id,
      description: { hostname: id },
      status: { state: 'ready' },
      spec: { Availability: 'active', Labels: (labels as Record<string, object>)[id] ?? {} },
    } as unknown as SwarmNodeRow,
    tasks: Array.from({ length: count }, (_, at) => ({
      ...task(`other${at}`),
      status: { state: 'running', at: 0 },
    })) as unknown as TaskRow[],
    failures: new Map(),
  }));

const plan = (nodes: readonly NodeInfo[], count: number, placement = {}) =>
  new Plan(micros(0), task('web', 1, placement), nodes).run(count).map(({ nodeId }) => nodeId);

describe('a group of tasks', () => {
  it('comes to the nodes in the order that the heap of the best gives (056:9-18)', () => {
    expect(plan(swarm({ m: 0, w1: 0, w2: 0, w3: 0 }), 1)).toEqual(['m']);
    expect(plan(swarm({ m: 1, w1: 0, w2: 0, w3: 0 }), 2)).toEqual(['w1', 'w2']);
    expect(plan(swarm({ m: 1, w1: 1, w2: 1, w3: 0 }), 3)).toEqual(['w3', 'w2', 'w1']);
    expect(plan(swarm({ m: 1, w1: 2, w2: 2, w3: 1 }), 5)).toEqual(['m', 'w3', 'w2', 'w1', 'm']);
  });

  it('ends where no node has room', () => {
    expect(plan(swarm({ m: 0, w1: 0 }), 3, { MaxReplicas: 1 })).toHaveLength(2);
  });

  it('finds a port of the host taken until the task that has it has stopped', () => {
    const ports = [{ PublishMode: 'host', PublishedPort: 80, Protocol: 'tcp' }];
    const going = (state: string) =>
      ({
        ...task('old'),
        endpoint: { ports },
        desiredState: 'shutdown',
        status: { state, at: 0 },
      }) as never;
    const nodes = (state: string) =>
      swarm({ m: 0, w1: 0 }).map((info, at) =>
        at === 0 ? { ...info, tasks: [going(state)] } : info,
      );
    const wanted = { ...task('web'), endpoint: { ports } } as never;
    const placed = (state: string) => new Plan(micros(0), wanted, nodes(state)).run(2).length;
    expect(placed('running')).toBe(1);
    expect(placed('shutdown')).toBe(2);
  });

  it('is spread over the values of a label, and then over the nodes that have it (055:33)', () => {
    const labels = { w1: { zone: 'a' }, w2: { zone: 'a' }, w3: { zone: 'b' } };
    const placement = { Preferences: [{ Spread: { SpreadDescriptor: 'node.labels.zone' } }] };
    const nodes = plan(swarm({ m: 0, w1: 0, w2: 0, w3: 0 }, labels), 6, placement);
    expect([...nodes].sort()).toEqual(['m', 'm', 'w1', 'w2', 'w3', 'w3']);
  });
});

describe("Go's maps", () => {
  it('are walked from one entry on, in the order in which they were filled', () => {
    const map = new GoMap();
    map.become(['a', 'b', 'c']);
    map.become(['b', 'c', 'd']);
    expect(map.from(0)).toEqual(['d', 'b', 'c']);
    expect(map.from(1)).toEqual(['b', 'c', 'd']);
    expect(map.hashed).toBe(false);
  });

  it('say nothing once they have held more than eight', () => {
    const map = new GoMap();
    map.become([...'abcdefghi']);
    map.become(['a']);
    expect(map.hashed).toBe(true);
  });
});

describe('a replay', () => {
  it('gives each task a node that it was recorded on, as far as that goes for all (055:18,66)', () => {
    const hints = new Hints({
      'web.1': ['w1', 'w2'],
      'web.2': ['w1'],
      'web.3': ['w1', 'w2'],
      'web.4': ['w1'],
    });
    const group = [1, 2, 3, 4].map((slot) => task('web', slot));
    const choices = ['w1', 'w2', 'w1', 'w2'].map((nodeId) => ({ nodeId, placement: [] }));
    const { tasks } = fitToHints(group, choices, hints, (id) => id);
    const placed = tasks.map(({ slot }, at) => `${slot} ${choices[at]?.nodeId}`);
    expect(placed.sort()).toEqual(['1 w2', '2 w1', '3 w2', '4 w1']);
  });
});
