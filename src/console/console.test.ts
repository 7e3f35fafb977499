import { expect, test } from 'vitest';
import type { BrowseResult } from '../../sandbox-engine/protocol/index.ts';
import { browserStrings } from '../i18n/browser-strings.ts';
import { consoleStrings } from '../i18n/console-strings.ts';
import { changeService, removeService, setAvailability } from './actions.ts';
import { html } from './html.ts';
import { servicesTable } from './lists.ts';
import {
  type ApiNetwork,
  type ApiNode,
  type ApiService,
  type ApiTask,
  networkRows,
  nodeRows,
  portText,
  serviceRows,
  stackRows,
  taskRows,
} from './objects.ts';
import { sharesHtml, sharesOf } from './served.ts';

const pets: ApiService = {
  ID: 'p1',
  Version: { Index: 21 },
  Spec: {
    Name: 'pets',
    Labels: { 'com.docker.stack.namespace': 'zoo' },
    TaskTemplate: { ContainerSpec: { Image: 'pets_web:1.0@sha256:abc' }, Networks: [] },
    Mode: { Replicated: { Replicas: 1 } },
  },
  Endpoint: {
    Ports: [{ Protocol: 'tcp', TargetPort: 5000, PublishedPort: 5000, PublishMode: 'ingress' }],
  },
  ServiceStatus: { RunningTasks: 1, DesiredTasks: 1 },
};
const agent: ApiService = {
  ID: 'a1',
  Version: { Index: 3 },
  Spec: { Name: 'agent', Labels: {}, TaskTemplate: {}, Mode: { Global: {} } },
  Endpoint: {},
};
const worker1: ApiNode = {
  ID: 'n1',
  Version: { Index: 9 },
  Spec: { Labels: {}, Role: 'worker', Availability: 'active' },
  Description: { Hostname: 'worker1' },
  Status: { State: 'ready', Addr: '192.168.56.11' },
};
const manager1: ApiNode = {
  ...worker1,
  ID: 'n0',
  Spec: { Labels: {}, Role: 'manager', Availability: 'active' },
  Description: { Hostname: 'manager1' },
  ManagerStatus: { Leader: true, Reachability: 'reachable' },
};
const task = (ID: string, more: Partial<ApiTask>): ApiTask => ({
  ID,
  Version: { Index: 1 },
  ServiceID: 'p1',
  NodeID: 'n1',
  Spec: { ContainerSpec: { Image: 'pets_web:1.0@sha256:abc' } },
  Status: { State: 'running', Timestamp: '2026-11-22T00:00:01Z' },
  DesiredState: 'running',
  ...more,
});

test('services are rows by name, with ports as docker service ls writes them', () => {
  const rows = serviceRows([pets, agent]);
  expect(
    rows.map(({ name, mode, replicas, image, stack }) => ({ name, mode, replicas, image, stack })),
  ).toEqual([
    { name: 'agent', mode: 'global', replicas: undefined, image: '', stack: undefined },
    { name: 'pets', mode: 'replicated', replicas: 1, image: 'pets_web:1.0', stack: 'zoo' },
  ]);
  expect(rows[1]?.ports.map(portText)).toEqual(['*:5000->5000/tcp']);
  expect(
    portText({ Protocol: 'udp', TargetPort: 53, PublishedPort: 53, PublishMode: 'host' }),
  ).toBe('53->53/udp (host)');
  expect(stackRows(rows)).toEqual([{ name: 'zoo', services: ['pets'] }]);
});

test('tasks are named for their slot or node, in order, the newest of a slot first', () => {
  const rows = taskRows(
    [
      task('t3', { Slot: 10 }),
      task('t1', { Slot: 2, DesiredState: 'shutdown' }),
      task('t2', { Slot: 2, Status: { State: 'running', Timestamp: '2026-11-22T00:00:09Z' } }),
      task('t4', { ServiceID: 'a1', NodeID: 'n0' }),
    ],
    [pets, agent],
    [manager1, worker1],
  );
  expect(rows.map(({ id, name, node }) => [id, name, node])).toEqual([
    ['t4', 'agent.manager1', 'manager1'],
    ['t2', 'pets.2', 'worker1'],
    ['t1', 'pets.2', 'worker1'],
    ['t3', 'pets.10', 'worker1'],
  ]);
});

test('nodes and networks', () => {
  expect(nodeRows([worker1, manager1]).map(({ name, manager }) => [name, manager])).toEqual([
    ['manager1', 'Leader'],
    ['worker1', ''],
  ]);
  const overnet: ApiNetwork = {
    Id: 'x',
    Name: 'overnet',
    Driver: 'overlay',
    Scope: 'swarm',
    Internal: false,
    Attachable: true,
    Options: { encrypted: '' },
    IPAM: { Config: [{ Subnet: '10.0.1.0/24' }] },
  };
  expect(networkRows([overnet])).toEqual([
    {
      id: 'x',
      name: 'overnet',
      driver: 'overlay',
      scope: 'swarm',
      subnet: '10.0.1.0/24',
      flags: ['attachable', 'encrypted'],
    },
  ]);
});

test('an action is a request, and the command that does the same', () => {
  expect(changeService(pets, { replicas: 10 })).toEqual({
    call: {
      method: 'POST',
      path: '/services/p1/update',
      query: { version: '21' },
      body: { ...pets.Spec, Mode: { Replicated: { Replicas: 10 } } },
    },
    command: 'docker service scale pets=10',
  });
  const both = changeService(pets, { replicas: 2, image: 'pets_web:2.0' });
  expect(both.command).toBe('docker service update --image pets_web:2.0 --replicas 2 pets');
  expect(both.call.body).toMatchObject({
    TaskTemplate: { ContainerSpec: { Image: 'pets_web:2.0' } },
  });
  expect(removeService(pets)).toEqual({
    call: { method: 'DELETE', path: '/services/p1' },
    command: 'docker service rm pets',
  });
  expect(setAvailability(worker1, 'drain')).toEqual({
    call: {
      method: 'POST',
      path: '/nodes/n1/update',
      query: { version: '9' },
      body: { ...worker1.Spec, Availability: 'drain' },
    },
    command: 'docker node update --availability drain worker1',
  });
});

test('texts of the state are escaped', () => {
  expect(html`<b>${'<script>'}</b>${[html`<i>${'&'}</i>`, '"']}${undefined}`.html).toBe(
    '<b>&lt;script&gt;</b><i>&amp;</i>&quot;',
  );
  const [row] = serviceRows([{ ...pets, Spec: { ...pets.Spec, Name: '<img>' } }]);
  const table = servicesTable(consoleStrings.en, row ? [row] : [], ({ name }) => name);
  expect(table.html).toContain('&lt;img&gt;');
  expect(table.html).not.toContain('<img>');
});

test('who served how many: counted by container, the unanswered last', () => {
  const page = (container?: string): BrowseResult => ({
    status: container === undefined ? 0 : 200,
    headers: {},
    body: '',
    entered: 'manager1',
    path: [],
    took: 1,
    ...(container !== undefined && { served: { host: 'worker1', container } }),
  });
  const results = [page('pets.2'), page(), page('pets.1'), page('pets.2')];
  expect(sharesOf(results)).toEqual([
    { host: 'worker1', container: 'pets.1', count: 1 },
    { host: 'worker1', container: 'pets.2', count: 2 },
    { host: '', container: '', count: 1 },
  ]);
  expect(sharesHtml(results, browserStrings.en)).toContain(
    '4 requests, 3 answers, from 2 containers.',
  );
});
