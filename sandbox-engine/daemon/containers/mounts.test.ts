import { beforeEach, expect, test } from 'vitest';
import { TestEngine } from '../testing.ts';

let engine: TestEngine;
beforeEach(() => {
  engine = new TestEngine();
  engine.host.fs.mkdir('/srv/data', { parents: true });
  engine.host.fs.write('/srv/data/a', 'a');
});

/** The status of `touch PATH` as the container's own process. */
function touch(path: string, HostConfig: object): number {
  const name = `c${engine.sim.now()}`;
  engine.start(name, { Image: 'alpine', Cmd: ['touch', path], HostConfig });
  engine.run(2);
  const { State } = engine.get<{ State: { ExitCode: number } }>(`/containers/${name}/json`);
  return State.ExitCode;
}

test.each<[string, number, object]>([
  ['/t/a', 1, { Binds: ['/srv/data:/t:ro'] }],
  ['/t/new', 1, { Mounts: [{ Type: 'bind', Source: '/srv/data', Target: '/t', ReadOnly: true }] }],
  ['/t/new', 1, { Mounts: [{ Type: 'volume', Source: 'vol', Target: '/t', ReadOnly: true }] }],
  ['/t/new', 0, { Binds: ['/srv/data:/t'] }],
  ['/new', 1, { ReadonlyRootfs: true }],
  ['/new', 0, { Binds: ['/srv/data:/t:ro'] }],
  ['/t/new', 0, { ReadonlyRootfs: true, Binds: ['/srv/data:/t'] }],
  ['/t/new', 0, { ReadonlyRootfs: true, Binds: ['vol:/t'] }],
  ['/t/new', 0, { ReadonlyRootfs: true, Tmpfs: { '/t': '' } }],
  ['/t/new', 1, { ReadonlyRootfs: true, Binds: ['/srv/data:/t:ro'] }],
  ['/etc/hosts', 0, { ReadonlyRootfs: true }],
  ['/etc/resolv.conf', 0, { ReadonlyRootfs: true }],
])('touch %s exits with %i under %j', (path, status, host) => {
  expect(touch(path, host)).toBe(status);
  expect(engine.host.fs.read('/srv/data/a')).toEqual({ ok: true, value: 'a' });
});

test('a container with a read-only root starts again, with a mount point that its image has not', () => {
  const HostConfig = { ReadonlyRootfs: true, Binds: ['/srv/data:/new/place'] };
  engine.start('c1', { Image: 'alpine', Cmd: ['touch', '/new/place/x'], HostConfig });
  engine.run(2);
  engine.host.fs.remove('/srv/data/x');
  engine.ask('POST', '/containers/c1/start');
  engine.run(2);
  expect(engine.host.fs.exists('/srv/data/x')).toBe(true);
});

test('docker cp reaches what is writable', () => {
  const put = (path: string) => {
    const entries = [{ path: 'f', type: 'file', text: 'f' }];
    const { status, body } = engine.ask('PUT', '/containers/c1/archive', { path }, { entries });
    return `${status} ${JSON.stringify(body ?? null)}`;
  };
  const HostConfig = { ReadonlyRootfs: true, Binds: ['/srv/data:/t:ro', 'vol:/v'] };
  engine.start('c1', { Image: 'alpine', Cmd: ['sleep', '1000'], HostConfig });
  expect(put('/')).toContain('403 {"message":"container rootfs is marked read-only"}');
  expect(put('/t')).toContain('403 {"message":"mounted volume is marked read-only"}');
  expect(put('/v')).toMatch(/^200/);
});
