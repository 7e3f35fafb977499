import { beforeEach, expect, test } from 'vitest';
import { micros } from '../../sim/index.ts';
import { TestEngine } from '../testing.ts';

interface Inspected {
  readonly RestartCount: number;
  readonly State: {
    readonly Status: string;
    readonly ExitCode: number;
    readonly Error: string;
    readonly Health?: { readonly Status: string };
  };
}

let engine: TestEngine;
beforeEach(() => {
  engine = new TestEngine();
});

const state = (name: string): string => {
  const { State, RestartCount } = engine.get<Inspected>(`/containers/${name}/json`);
  return `${State.Status} ${State.ExitCode} ${RestartCount}`;
};
const sleeping = (HostConfig: object = {}) => ({
  Image: 'alpine',
  Cmd: ['sleep', '100000'],
  HostConfig,
});
const policy = (Name: string, MaximumRetryCount = 0) => ({
  RestartPolicy: { Name, MaximumRetryCount },
});

test('process 1 without a handler hears SIGTERM not at all and dies of SIGKILL after the grace period', () => {
  engine.start('c1', sleeping());
  const before = engine.sim.now();
  engine.ask('POST', '/containers/c1/stop', { t: '2' });
  expect(state('c1')).toBe('exited 137 0');
  expect(Math.round((engine.sim.now() - before) / 1e6)).toBe(2);
  expect(engine.ask('POST', '/containers/c1/stop').status).toBe(304);
});

test('the time of its start is when it was begun, before networks and process are there', () => {
  engine.ask('POST', '/containers/create', { name: 'c1' }, sleeping());
  engine.run(3);
  const begun = engine.sim.now();
  engine.ask('POST', '/containers/c1/start');
  expect(engine.sim.now() - begun).toBeGreaterThan(100_000);
  const startedAt = engine.daemon.containers.store.rows()[0]?.state.startedAt ?? 0;
  expect(startedAt - begun).toBeLessThan(10_000);
});

test('with an init it does: docker-init hands signals on (086:47)', () => {
  engine.start('c1', sleeping({ Init: true }));
  const before = engine.sim.now();
  engine.ask('POST', '/containers/c1/stop', { t: '10' });
  expect(state('c1')).toBe('exited 143 0');
  expect(Math.round((engine.sim.now() - before) / 1e6)).toBe(0);
  engine.start('c2', { ...sleeping({ Init: true }), Cmd: ['sh', '-c', 'exit 7'] });
  engine.run(1);
  expect(state('c2')).toBe('exited 7 0');
  // Whatever it can catch, but for its own faults.
  engine.start('c3', sleeping({ Init: true }));
  engine.ask('POST', '/containers/c3/kill', { signal: 'ABRT' });
  engine.run(1);
  expect(state('c3')).toBe('running 0 0');
  engine.ask('POST', '/containers/c3/kill', { signal: 'ALRM' });
  engine.run(1);
  expect(state('c3')).toBe('exited 142 0');
});

test('nginx hears SIGQUIT and says goodbye', () => {
  engine.start('web', { Image: 'nginx:alpine' });
  engine.run(1);
  engine.ask('POST', '/containers/web/stop');
  expect(state('web')).toBe('exited 0 0');
});

test('restart policies', () => {
  engine.start('always', { ...sleeping(policy('always')), Cmd: ['sleep', '2'] });
  engine.start('failing', { ...sleeping(policy('on-failure', 3)), Cmd: ['false'] });
  engine.run(7);
  expect(state('always')).toMatch(/^running 0 [23]$/);
  expect(state('failing')).toBe('exited 1 3');
  engine.ask('POST', '/containers/always/kill');
  engine.run(5);
  expect(state('always')).toMatch(/^exited 137/);
});

test('what always runs comes back with the daemon, killed or not; what is unless-stopped only if it was not', () => {
  engine.start('always', sleeping(policy('always')));
  engine.start('unless', sleeping(policy('unless-stopped')));
  engine.start('kept', sleeping(policy('unless-stopped')));
  engine.start('never', sleeping());
  engine.ask('POST', '/containers/always/kill');
  engine.ask('POST', '/containers/unless/kill');
  const stop = engine.sim.spawn('daemon', engine.daemon.stop());
  while (!stop.ended) engine.sim.runNext();
  engine.daemon.boot();
  engine.run(5);
  expect(['always', 'unless', 'kept', 'never'].map(state)).toEqual([
    'running 0 0',
    'exited 137 0',
    'running 0 0',
    'exited 137 0',
  ]);
});

test('commands that cannot be run leave the container created', () => {
  const prefix =
    'failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: ';
  expect(engine.start('n1', { Image: 'alpine', Cmd: ['nosuchcmd'] })).toBe(
    `${prefix}"nosuchcmd": executable file not found in $PATH`,
  );
  expect(state('n1')).toBe('created 127 0');
  expect(engine.start('n2', { Image: 'alpine', Cmd: ['/etc/passwd'] })).toBe(
    `${prefix}"/etc/passwd": permission denied`,
  );
  expect(state('n2')).toBe('created 126 0');
});

test('a container that removes itself is gone after its end', () => {
  engine.start('gone', { Image: 'alpine', Cmd: ['true'], HostConfig: { AutoRemove: true } });
  engine.run(1);
  expect(engine.refusal('GET', '/containers/gone/json')).toBe('404 No such container: gone');
});

test('health is starting, healthy, unhealthy', () => {
  engine.start('h1', {
    Image: 'lab/health',
    Cmd: ['sleep', '100000'],
    Healthcheck: { Test: ['CMD', 'test', '-e', '/tmp/ok'] },
  });
  const health = (): string =>
    engine.get<Inspected>('/containers/h1/json').State.Health?.Status ?? '';
  expect(health()).toBe('starting');
  engine.exec('h1', ['touch', '/tmp/ok']);
  engine.run(3);
  expect(health()).toBe('healthy');
  engine.daemon.containers.store
    .runtime(engine.daemon.containers.store.rows()[0] as never)
    .fs.remove('/tmp/ok');
  engine.run(5);
  expect(health()).toBe('unhealthy');
});

test('events of a life', () => {
  engine.start('c1', sleeping());
  engine.ask('POST', '/containers/c1/kill');
  engine.ask('DELETE', '/containers/c1');
  const seen = engine.daemon.events
    .recent()
    .map(({ type, action, attributes }) =>
      [type, action, attributes.signal ?? attributes.exitCode ?? ''].join(' ').trim(),
    );
  expect(seen).toEqual([
    'container create',
    'network connect',
    'container start',
    'container kill 9',
    'network disconnect',
    'container die 137',
    'container destroy',
  ]);
});

test('paused containers take no commands', () => {
  engine.start('c1', sleeping());
  engine.ask('POST', '/containers/c1/pause');
  expect(state('c1')).toBe('paused 0 0');
  expect(engine.refusal('POST', '/containers/c1/exec', {}, { Cmd: ['true'] })).toBe(
    '409 Container c1 is paused, unpause the container before exec',
  );
  engine.ask('POST', '/containers/c1/unpause');
  expect(state('c1')).toBe('running 0 0');
});

test('a container that is being started is removed when it has been', () => {
  engine.ask('POST', '/containers/create', { name: 'early' }, sleeping());
  const start = engine.sim.spawn(
    'start',
    engine.daemon.api.handle({ method: 'POST', path: '/containers/early/start' }),
  );
  engine.sim.runUntil(micros(engine.sim.now() + 20_000));
  expect(engine.ask('DELETE', '/containers/early', { force: '1' }).status).toBe(204);
  expect(start.result?.status).toBe(204);
  expect(engine.refusal('GET', '/containers/early/json')).toBe('404 No such container: early');
});
