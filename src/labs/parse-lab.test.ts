import { expect, test } from 'vitest';
import { parseLab } from './parse-lab.ts';

const problems = (text: string) =>
  parseLab('content/labs/x/lab.yaml', text, 'x').problems.map(({ line, message }) => [
    line,
    message,
  ]);

const head = 'id: x\norder: 1\nminutes: 5\nscenario: swarm\n';

test('a lab is read with its defaults', () => {
  const { lab, problems: none } = parseLab(
    'lab.yaml',
    `${head}values:
  c1.ip: { container: c1, host: manager1, network: br, field: address }
steps:
  - { id: a, host: manager1, command: docker network create br, check: [ { network: br, host: manager1, driver: bridge } ] }
  - { id: b, host: worker1, command: "ping {{c1.ip}} --format '{{ .ID }}'", lines: [2] }
`,
    'x',
  );
  expect(none).toEqual([]);
  expect(lab).toEqual({
    id: 'x',
    order: 1,
    minutes: 5,
    scenario: 'swarm',
    seed: 2,
    values: {
      'c1.ip': {
        of: 'container',
        container: 'c1',
        host: 'manager1',
        field: 'address',
        network: 'br',
      },
    },
    steps: [
      {
        id: 'a',
        host: 'manager1',
        command: 'docker network create br',
        check: [{ kind: 'network', network: 'br', host: 'manager1', driver: 'bridge' }],
        after: [],
        lines: [],
      },
      {
        id: 'b',
        host: 'worker1',
        command: "ping {{c1.ip}} --format '{{ .ID }}'",
        check: [],
        after: ['a'],
        lines: [2],
      },
    ],
    predictions: [],
    tries: [],
  });
});

test('each mistake is said with its line', () => {
  expect(
    problems(`${head}steps:
  - { id: A b, host: manager9, command: ls }
  - { id: c, host: manager1, command: "ping {{no.value}}", after: [zzz] }
  - { id: c, host: manager1, command: ls, check: [ { nonsense: 1 }, { output: "(" } ], extra: 1 }
predictions:
  - { id: p, before: nowhere, options: [ { id: o } ] }
`),
  ).toEqual([
    [6, 'A b: an id is made of a-z, 0-9 and -'],
    [6, 'there is no host manager9'],
    [7, "{{no.value}} is not among the lab's values"],
    [7, 'c needs zzz, which is not an earlier step'],
    [8, 'unknown key extra; there are id, host, command, via, check, wait, lines, after, inside'],
    [8, 'step c stands twice'],
    [
      8,
      'a check has one of reachable, resolves, published, service, task, container, network, file, exit, output',
    ],
    [8, 'Invalid regular expression: /(/m: Unterminated group'],
    [10, 'there is no step nowhere'],
    [10, 'no option has facts: none could be right'],
  ]);
});

test('values and checks may be about the swarm', () => {
  const { lab, problems: none } = parseLab(
    'lab.yaml',
    `${head}values:
  t.ip: { task: web, notOn: worker1, network: net, field: address }
  web.vip: { service: web, network: net, field: vip }
  net.ns: { network: net, host: worker1, field: namespace }
  w1.id: { node: worker1, field: id }
steps:
  - id: a
    host: manager1
    command: docker service create --name web nginx
    wait: 20
    check:
      - { service: web, replicas: 2, running: 2, network: net, publishes: 80 }
      - { task: web, host: worker1, count: 1 }
      - { resolves: web, from: worker1, task: web, to: ['{{web.vip}}'] }
      - { reachable: web, from: worker1, task: web, port: 80 }
`,
    'x',
  );
  expect(none).toEqual([]);
  expect(lab?.values).toEqual({
    't.ip': { of: 'task', task: 'web', notOn: 'worker1', network: 'net', field: 'address' },
    'web.vip': { of: 'service', service: 'web', network: 'net', field: 'vip' },
    'net.ns': { of: 'network', network: 'net', host: 'worker1', field: 'namespace' },
    'w1.id': { of: 'node', node: 'worker1', field: 'id' },
  });
  expect(lab?.steps[0]).toMatchObject({
    wait: 20,
    check: [
      { kind: 'service', service: 'web', replicas: 2, running: 2, network: 'net', publishes: 80 },
      { kind: 'task', task: 'web', host: 'worker1', count: 1 },
      { kind: 'resolves', name: 'web', from: 'worker1', task: 'web', to: ['{{web.vip}}'] },
      { kind: 'reachable', to: 'web', from: 'worker1', task: 'web', port: 80 },
    ],
  });
});

test('mistakes in values are said', () => {
  expect(
    problems(`${head}values:
  a.x: { task: web, field: address }
  b.x: { network: net, host: manager1, field: nothing }
  c.x: { field: id }
steps: [ { id: a, host: manager1, command: ls } ]
`),
  ).toEqual([
    [6, 'a task is that of a slot, or on a host, or notOn one'],
    [7, 'field is one of id, shortId, bridge, subnet, gateway, vni, namespace, balancer'],
    [8, 'a value has one of container, task, service, node, network'],
  ]);
});

test('broken YAML is said with its line', () => {
  expect(problems(`${head}steps: [ {`)[0]?.[0]).toBe(5);
});

test('a step may be done via the console or the browser pane, and not in a shell then', () => {
  const step = (more: string) =>
    `${head}steps:\n  - { id: a, host: manager1, command: docker service scale pets=10, ${more} }\n`;
  const { lab } = parseLab('lab.yaml', step('via: console'), 'x');
  expect(lab?.steps[0]?.via).toBe('console');
  expect(problems(step('via: telephone'))).toEqual([[6, 'via is console or browser']]);
  expect(problems(step('via: browser'))).toEqual([
    [6, 'what the browser opens stands in the command: http://HOST:PORT/'],
  ]);
});
