// Values and checks about the swarm, in a world whose service runs on several nodes.
import { beforeAll, describe, expect, it } from 'vitest';
import type { Check, LabDefinition, ValueSource } from '../protocol/index.ts';
import { micros, seconds } from '../sim/index.ts';
import type { Lab } from './api.ts';
import { createLab } from './index.ts';

const values: Record<string, ValueSource> = {
  'web.vip': { of: 'service', service: 'web', network: 'net', field: 'vip' },
  'web.id': { of: 'service', service: 'web', field: 'shortId' },
  'one.host': { of: 'task', task: 'web', slot: 1, field: 'host' },
  'one.ip': { of: 'task', task: 'web', slot: 1, network: 'net', field: 'address' },
  'w1.name': { of: 'task', task: 'web', host: 'worker1', field: 'name' },
  'other.ip': { of: 'task', task: 'web', notOn: 'worker1', network: 'net', field: 'address' },
  'net.vni': { of: 'network', network: 'net', host: 'manager1', field: 'vni' },
  'net.ns': { of: 'network', network: 'net', host: 'worker1', field: 'namespace' },
  'net.lb': { of: 'network', network: 'net', host: 'worker1', field: 'balancer' },
  'w1.address': { of: 'node', node: 'worker1', field: 'address' },
};

const checks: Record<string, Check[]> = {
  all: [
    { kind: 'service', service: 'web', replicas: 4, running: 4, network: 'net', publishes: 8080 },
    { kind: 'task', task: 'web', host: 'worker1', count: 1 },
    { kind: 'network', network: 'net', host: 'worker2', driver: 'overlay' },
    { kind: 'resolves', name: 'web', from: 'worker1', task: 'web', to: ['{{web.vip}}'] },
    { kind: 'resolves', name: 'tasks.web', from: 'worker1', task: 'web', count: 4 },
    { kind: 'reachable', to: '{{other.ip}}', from: 'worker1', task: 'web' },
  ],
  replicas: [{ kind: 'service', service: 'web', replicas: 5 }],
  running: [{ kind: 'service', service: 'web', running: 3 }],
  port: [{ kind: 'service', service: 'web', publishes: 80 }],
  gone: [{ kind: 'service', service: 'web', absent: true }],
  count: [{ kind: 'task', task: 'web', host: 'manager1', count: 2 }],
  unknown: [{ kind: 'resolves', name: 'web', from: 'worker1', to: ['{{web.vip}}'] }],
};

const definition: LabDefinition = {
  id: 'test',
  order: 0,
  minutes: 1,
  scenario: 'swarm',
  seed: 3,
  values,
  steps: [],
  predictions: [],
  tries: Object.entries(checks).map(([id, check]) => ({ id, check })),
};

describe('of a service with four tasks', () => {
  let lab: Lab;
  const run = (line: string, wait: number) => {
    lab.input({ do: 'run', terminal: 'manager1', line });
    lab.sim.runUntil(micros(lab.sim.now() + seconds(wait)));
  };
  const ask = (id: string) => lab.ask({ about: 'try', lab: 'test', try: id });

  beforeAll(() => {
    lab = createLab({ seed: 3, scenario: 'swarm', definition });
    lab.terminal('manager1');
    lab.sim.runUntil(micros(lab.sim.now() + seconds(1)));
    run('docker network create -d overlay net', 2);
  });

  it('a manager has the network before any task does', () => {
    expect(lab.view('values', {})).toMatchObject({ 'net.vni': '4097' });
  });

  it('values are found wherever the tasks are', () => {
    run(
      'docker service create -d --name web --network net --replicas 4 -p 8080:80 nginx:alpine',
      20,
    );
    const found = lab.view('values', {}) as Record<string, string>;
    expect(found).toEqual({
      'web.vip': '10.0.1.2',
      'web.id': expect.stringMatching(/^[0-9a-z]{12}$/),
      'one.host': expect.stringMatching(/^(manager1|worker[123])$/),
      'one.ip': expect.stringMatching(/^10\.0\.1\.\d+$/),
      'w1.name': expect.stringMatching(/^web\.[1-4]\.[0-9a-z]{25}$/),
      'other.ip': expect.stringMatching(/^10\.0\.1\.\d+$/),
      'net.vni': '4097',
      'net.ns': expect.stringMatching(/^1-[0-9a-z]{10}$/),
      'net.lb': expect.stringMatching(/^lb_[0-9a-z]{9}$/),
      'w1.address': '192.168.56.11',
    });
  });

  it('checks hold when they are so', () => {
    expect(ask('all')).toMatchObject({ holds: true });
  });

  it.each([
    ['replicas', { kind: 'service-has', service: 'web', what: { kind: 'replicas', count: 4 } }],
    ['running', { kind: 'service-has', service: 'web', what: { kind: 'running', count: 4 } }],
    ['port', { kind: 'service-has', service: 'web', what: { kind: 'ports', ports: [8080] } }],
    ['gone', { kind: 'service', service: 'web', there: true }],
    ['count', { kind: 'tasks', service: 'web', host: 'manager1', count: 1 }],
    ['unknown', { kind: 'resolves', from: { host: 'worker1' }, name: 'web', addresses: [] }],
  ])('otherwise they tell what is: %s', (id, found) => {
    expect(ask(id)).toEqual({ holds: false, found: [found] });
  });
});
