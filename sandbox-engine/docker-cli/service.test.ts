import { expect, test } from 'vitest';
import type { ApiRequest } from '../api/index.ts';
import { onTerminal, run, runUntil } from '../os/testing.ts';
import { pinned, task, web } from './service-testing.ts';
import { dockerHost, FakeEngine, fakeStream } from './testing.ts';

/** An engine in which the tasks of a new service run from the second look on. */
function growing(): FakeEngine {
  let looks = 0;
  return new FakeEngine({
    'GET /distribution/nginx:alpine/json': {
      Descriptor: { digest: pinned.split('@')[1] },
      Platforms: [{ architecture: 'amd64', os: 'linux' }],
    },
    'POST /services/create': { ID: web.ID },
    [`GET /services/${web.ID}`]: web,
    'GET /nodes': [{ ID: 'n1', Status: { State: 'ready' } }],
    'GET /tasks': () => {
      looks += 1;
      const state = looks > 2 ? 'running' : looks > 1 ? 'preparing' : 'pending';
      return {
        status: 200,
        body: [task('a', 1, 'n1', state, 1), task('b', 2, 'n1', looks > 3 ? 'running' : state, 1)],
      };
    },
  });
}

test('service create waits, and shows lines without a terminal', () => {
  const engine = growing();
  const done = run(dockerHost(engine), [
    'docker',
    'service',
    'create',
    '--name',
    'web',
    '--replicas',
    '2',
    'nginx:alpine',
  ]);
  const lines = done.stdout.split('\n').filter((line) => !line.startsWith('verify: Waiting'));
  expect(lines).toEqual([
    web.ID,
    'overall progress: 0 out of 2 tasks',
    '1/2:  ',
    '2/2:  ',
    'overall progress: 0 out of 2 tasks',
    'overall progress: 0 out of 2 tasks',
    'overall progress: 2 out of 2 tasks',
    `verify: Service ${web.ID} converged`,
    '',
  ]);
  expect(done.stdout).toContain('verify: Waiting 5 seconds to verify that tasks are stable...\n');
  const body = engine.requests.find((request) => request.path === '/services/create')?.body;
  expect(body).toEqual({
    Name: 'web',
    Labels: {},
    TaskTemplate: {
      ContainerSpec: { Image: pinned, Init: false, DNSConfig: {} },
      Resources: { Limits: {}, Reservations: {} },
      Placement: { Platforms: [{ Architecture: 'amd64', OS: 'linux' }] },
      ForceUpdate: 0,
    },
    Mode: { Replicated: { Replicas: 2 } },
    EndpointSpec: { Mode: 'vip' },
  });
});

test('service create redraws its lines on a terminal', () => {
  const host = dockerHost(growing());
  const session = onTerminal(
    host,
    ['docker', 'service', 'create', '--replicas', '2', 'nginx:alpine'],
    { columns: 120, rows: 24 },
  );
  runUntil(host.sim, () => session.process.exitStatus !== undefined);
  const shown = session.tty.takeOutput();
  const bar = (state: string, filled: number): string =>
    `${state.padEnd(9)} [${'='.repeat(filled)}>${' '.repeat(50 - filled)}] `;
  const begin = `${web.ID}\r\n\r\n\x1b[1A\x1b[2K\roverall progress: 0 out of 2 tasks \r\x1b[1B\r\n\x1b[1A\x1b[2K\r1/2:   \r\x1b[1B\r\n\x1b[1A\x1b[2K\r2/2:   \r\x1b[1B\x1b[2A\x1b[2K\r1/2: ${bar('pending', 16)}\r\x1b[2B\x1b[1A\x1b[2K\r2/2: ${bar('pending', 16)}\r\x1b[1B\x1b[3A\x1b[2K\roverall progress: 0 out of 2 tasks \r\x1b[3B`;
  expect(shown.slice(0, begin.length)).toBe(begin);
  // Which of the two is drawn first is left to chance.
  const next = [1, 2].map(
    (slot) => `\x1b[${3 - slot}A\x1b[2K\r${slot}/2: ${bar('preparing', 33)}\r\x1b[${3 - slot}B`,
  );
  expect(next).toContain(shown.slice(begin.length, begin.length + (next[0]?.length ?? 0)));
  expect(shown.endsWith(`\x1b[2K\rverify: Service ${web.ID} converged \r\x1b[1B`)).toBe(true);
});

test('a registry that does not answer is a warning', () => {
  const engine = new FakeEngine({ 'POST /services/create': { ID: 'x' } });
  const done = run(dockerHost(engine), ['docker', 'service', 'create', '-d', 'nosuchimage']);
  expect(done).toEqual({
    stdout: 'x\n',
    stderr:
      'image nosuchimage:latest could not be accessed on a registry to record\nits digest. Each node will access nosuchimage:latest independently,\npossibly leading to different nodes running different\nversions of the image.\n\n',
    exit: 0,
  });
});

test('service update edits the spec that is there', () => {
  let sent: ApiRequest | undefined;
  const old = {
    ...web,
    Spec: {
      ...web.Spec,
      TaskTemplate: {
        ...web.Spec.TaskTemplate,
        ContainerSpec: { Image: pinned, Env: ['A=1', 'B=2'], Labels: { x: 'y' } },
      },
      EndpointSpec: { Mode: 'vip', Ports: web.Endpoint.Ports.slice(0, 2) },
    },
  };
  const engine = new FakeEngine({
    'GET /services/web': old,
    [`POST /services/${web.ID}/update`]: (request: ApiRequest) => {
      sent = request;
      return { status: 200, body: {} };
    },
  });
  const words =
    'service update -d --env-add B=3 --env-add C=4 --env-rm A --publish-rm 80 --publish-add 9000:90 --replicas 5 --label-add k=v --limit-memory 100M --constraint-add node.role==worker --update-delay 3s --force web';
  const done = run(dockerHost(engine), ['docker', ...words.split(' ')]);
  expect(done).toEqual({ stdout: 'web\n', stderr: '', exit: 0 });
  expect(sent?.query).toEqual({ version: '29', registryAuthFrom: 'spec' });
  expect(sent?.body).toMatchObject({
    Labels: { tier: 'front', k: 'v' },
    TaskTemplate: {
      ContainerSpec: { Env: ['B=3', 'C=4'], Labels: { x: 'y' } },
      Resources: { Limits: { MemoryBytes: 104_857_600 } },
      Placement: { Constraints: ['node.role==worker'] },
      ForceUpdate: 1,
    },
    Mode: { Replicated: { Replicas: 5 } },
    UpdateConfig: { Parallelism: 1, Delay: 3e9 },
    EndpointSpec: {
      Ports: [
        { TargetPort: 81, PublishedPort: 8001 },
        { TargetPort: 90, PublishedPort: 9000, Protocol: 'tcp', PublishMode: 'ingress' },
      ],
    },
  });
});

test('service update adds and drops capabilities', () => {
  const spec = (changes: object) => ({
    ...web,
    Spec: {
      ...web.Spec,
      TaskTemplate: { ContainerSpec: { Image: pinned, ...changes } },
    },
  });
  const after = (before: object, words: string): unknown => {
    const engine = new FakeEngine({
      'GET /services/web': spec(before),
      [`POST /services/${web.ID}/update`]: {},
    });
    run(dockerHost(engine), ['docker', ...`service update -d ${words} web`.split(' ')]);
    return engine.requests.at(-1)?.body;
  };
  const before = { CapabilityAdd: ['CAP_NET_ADMIN'], CapabilityDrop: ['CAP_CHOWN'] };
  const container = (changes: object) => ({
    TaskTemplate: { ContainerSpec: { Image: pinned, ...changes } },
  });
  expect(after(before, '--cap-drop NET_ADMIN --cap-add chown')).toMatchObject(container({}));
  expect(after(before, '--cap-add SYS_TIME --cap-drop SYS_TIME')).toMatchObject(
    container({ CapabilityAdd: ['CAP_NET_ADMIN', 'CAP_SYS_TIME'], CapabilityDrop: ['CAP_CHOWN'] }),
  );
  expect(after(before, '--cap-add RESET --cap-drop ALL')).toMatchObject(
    container({ CapabilityDrop: ['ALL'] }),
  );
});

test('jobs have no rollouts, and their replicas are not changed', () => {
  const job = { ...web, Spec: { ...web.Spec, Mode: { ReplicatedJob: {} } } };
  const host = dockerHost(new FakeEngine({ 'GET /services/web': job }));
  expect(
    run(host, ['docker', ...'service create --mode global-job --update-delay 1s a'.split(' ')])
      .stderr,
  ).toBe('update and rollback configuration is not supported for jobs\n');
  expect(run(host, ['docker', ...'service update --replicas 2 web'.split(' ')]).stderr).toBe(
    'replicas can only be used with replicated mode\n',
  );
});

test('service logs name task and node', () => {
  const details = `com.docker.swarm.node.id=n1,com.docker.swarm.service.id=${web.ID},com.docker.swarm.task.id=t1`;
  const engine = new FakeEngine({
    'GET /services/web': web,
    [`GET /services/${web.ID}`]: web,
    'GET /tasks/t1': { ID: 't1', Slot: 2 },
    'GET /nodes/n1': { Spec: {}, Description: { Hostname: 'worker2' } },
    [`GET /services/${web.ID}/logs`]: () => ({
      status: 200,
      stream: fakeStream([
        { channel: 'stdout', text: `${details} line 0\n` },
        { channel: 'stderr', text: `${details} err 0\n` },
      ]),
    }),
  });
  expect(run(dockerHost(engine), ['docker', 'service', 'logs', 'web'])).toEqual({
    stdout: 'web.2.t1@worker2    | line 0\n',
    stderr: 'web.2.t1@worker2    | err 0\n',
    exit: 0,
  });
});
