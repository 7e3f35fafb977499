import { describe, expect, test } from 'vitest';
import { Sim } from '../../sim/index.ts';
import { door } from '../../std/index.ts';
import { createHost } from '../host.ts';
import { fakeKernel, testHost } from '../testing.ts';
import { createOsWorld } from '../world.ts';

const image = {
  '/etc/passwd': 'root:x:0:0\n',
  '/etc/motd': 'hello',
  '/etc/nginx/conf.d/default.conf': 'server {}',
  '/var/run': { link: '/run' },
  '/run': { directory: true },
  '/bin/sh': { program: 'sh' },
  '/loop': { link: 'loop' },
} as const;

const fresh = () => testHost().newFileSystem('c1', [image]);

describe('look-up', () => {
  test('follows links, and tells what is wrong', () => {
    const fs = fresh();
    fs.write('/run/docker.pid', '1');
    expect(fs.read('/var/run/docker.pid')).toEqual({ ok: true, value: '1' });
    expect(fs.realPath('/var/run/docker.pid')).toEqual({ ok: true, value: '/run/docker.pid' });
    expect(fs.read('/nosuch')).toEqual({ ok: false, error: 'ENOENT' });
    expect(fs.read('/etc')).toEqual({ ok: false, error: 'EISDIR' });
    expect(fs.read('/etc/passwd/x')).toEqual({ ok: false, error: 'ENOTDIR' });
    expect(fs.read('/loop')).toEqual({ ok: false, error: 'ELOOP' });
    expect(fs.stat('/var/run', { followLinks: false })).toMatchObject({
      ok: true,
      value: { type: 'symlink', target: '/run', size: 4 },
    });
    expect(fs.read('/etc/../etc/./motd')).toEqual({ ok: true, value: 'hello' });
  });

  test('resolve makes paths absolute and normal', () => {
    const fs = fresh();
    const cases = ['a', './a', '../a', '/x//y/', '/x/./y/../z', '', '.', '/', '..'];
    expect(cases.map((path) => fs.resolve('/root', path))).toEqual([
      '/root/a',
      '/root/a',
      '/a',
      '/x/y',
      '/x/z',
      '/root',
      '/root',
      '/',
      '/',
    ]);
  });
});

describe('the writable layer', () => {
  test('changes one root and leaves the image alone', () => {
    const host = testHost();
    const one = host.newFileSystem('c1', [image]);
    const two = host.newFileSystem('c2', [image]);
    one.write('/etc/motd', ' again', { append: true });
    expect(one.read('/etc/motd')).toEqual({ ok: true, value: 'hello again' });
    expect(two.read('/etc/motd')).toEqual({ ok: true, value: 'hello' });
  });

  test('removed files and directories are gone, and can be made anew', () => {
    const fs = fresh();
    expect(fs.remove('/etc/nginx')).toEqual({ ok: false, error: 'ENOTEMPTY' });
    expect(fs.remove('/etc/nginx', { recursive: true })).toEqual({ ok: true, value: undefined });
    expect(fs.exists('/etc/nginx/conf.d/default.conf')).toBe(false);
    expect(fs.list('/etc')).toEqual({ ok: true, value: ['motd', 'passwd'] });
    fs.mkdir('/etc/nginx');
    expect(fs.list('/etc/nginx')).toEqual({ ok: true, value: [] });
    fs.mkdir('/etc/nginx/conf.d');
    expect(fs.exists('/etc/nginx/conf.d/default.conf')).toBe(false);
  });

  test('mkdir', () => {
    const fs = fresh();
    expect(fs.mkdir('/a/b')).toEqual({ ok: false, error: 'ENOENT' });
    expect(fs.mkdir('/a/b', { parents: true }).ok).toBe(true);
    expect(fs.mkdir('/a/b')).toEqual({ ok: false, error: 'EEXIST' });
    expect(fs.mkdir('/a/b', { parents: true }).ok).toBe(true);
    expect(fs.mkdir('/etc/motd/x', { parents: true })).toEqual({ ok: false, error: 'ENOTDIR' });
  });

  test('rename moves files and whole trees', () => {
    const fs = fresh();
    fs.rename('/etc/nginx', '/opt');
    expect(fs.read('/opt/conf.d/default.conf')).toEqual({ ok: true, value: 'server {}' });
    expect(fs.exists('/etc/nginx')).toBe(false);
    fs.rename('/etc/motd', '/etc/passwd');
    expect(fs.read('/etc/passwd')).toEqual({ ok: true, value: 'hello' });
    expect(fs.rename('/opt', '/opt/x')).toEqual({ ok: false, error: 'EINVAL' });
    expect(fs.rename('/nosuch', '/y')).toEqual({ ok: false, error: 'ENOENT' });
  });

  test('is what docker diff lists', () => {
    const fs = fresh();
    fs.write('/etc/motd', 'x');
    fs.write('/data/new', 'héllo');
    fs.mkdir('/data');
    fs.write('/data/new', 'héllo');
    fs.remove('/etc/nginx', { recursive: true });
    expect(fs.changes()).toEqual([
      { kind: 'A', path: '/data' },
      { kind: 'A', path: '/data/new' },
      { kind: 'C', path: '/etc' },
      { kind: 'C', path: '/etc/motd' },
      { kind: 'D', path: '/etc/nginx' },
    ]);
    expect(fs.upperBytes()).toBe(7);
  });

  test('an open file outlives its removal and follows a rename', () => {
    const host = testHost();
    const opened = host.open(host.fs, '/tmp/log', 'append');
    const file = opened.ok ? opened.value : host.nullFile();
    file.write('a');
    host.fs.rename('/tmp/log', '/tmp/old');
    file.write('b');
    expect(host.fs.read('/tmp/old')).toEqual({ ok: true, value: 'ab' });
    host.fs.remove('/tmp/old');
    file.write('c');
    expect(host.fs.exists('/tmp/old')).toBe(false);
  });
});

describe('mounts', () => {
  test('a volume shows in two roots and hides what was there', () => {
    const host = testHost({ tree: { '/srv/data/a': '1' } });
    const fs = host.newFileSystem('c1', [image]);
    fs.mountTree('/etc/nginx', host.fs, '/srv/data');
    fs.write('/etc/nginx/b', '2');
    expect(host.fs.read('/srv/data/b')).toEqual({ ok: true, value: '2' });
    expect(fs.list('/etc/nginx')).toEqual({ ok: true, value: ['a', 'b'] });
    expect(fs.changes()).toEqual([]);
    expect(fs.remove('/etc/nginx', { recursive: true })).toEqual({ ok: false, error: 'EBUSY' });
    fs.unmount('/etc/nginx');
    expect(fs.list('/etc/nginx')).toEqual({ ok: true, value: ['conf.d'] });
  });

  test('a single file can be mounted, at a place that did not exist', () => {
    const host = testHost({ tree: { '/srv/hosts': '127.0.0.1 localhost' } });
    const fs = host.newFileSystem('c1', [image]);
    fs.mountTree('/new/place/hosts', host.fs, '/srv/hosts');
    expect(fs.read('/new/place/hosts')).toEqual({ ok: true, value: '127.0.0.1 localhost' });
    expect(fs.list('/new')).toEqual({ ok: true, value: ['place'] });
  });

  test('what is mounted read-only refuses changes with EROFS, and only through that path', () => {
    const host = testHost({
      tree: { '/srv/data/a': '1', '/srv/data/dir/b': '2', '/srv/sub/c': '' },
    });
    host.fs.mountTree('/srv/data/sub', host.fs, '/srv/sub');
    const fs = host.newFileSystem('c1', [image]);
    fs.mountTree('/t', host.fs, '/srv/data', { readOnly: true });
    const refused = { ok: false, error: 'EROFS' };
    expect(fs.write('/t/a', 'x')).toEqual(refused);
    expect(fs.write('/t/new', 'x')).toEqual(refused);
    expect(fs.write('/t/sub/c', 'x')).toEqual(refused);
    expect(fs.mkdir('/t/x/y', { parents: true })).toEqual(refused);
    expect(fs.mkdir('/t/dir')).toEqual({ ok: false, error: 'EEXIST' });
    expect(fs.remove('/t/a')).toEqual(refused);
    expect(fs.remove('/t/dir', { recursive: true })).toEqual(refused);
    expect(fs.remove('/t/nosuch')).toEqual({ ok: false, error: 'ENOENT' });
    expect(fs.remove('/t', { recursive: true })).toEqual({ ok: false, error: 'EBUSY' });
    expect(fs.rename('/t/a', '/t/b')).toEqual(refused);
    expect(fs.rename('/t/a', '/a')).toEqual(refused);
    expect(fs.rename('/etc/motd', '/t/motd')).toEqual(refused);
    expect(fs.symlink('a', '/t/link')).toEqual(refused);
    expect(fs.chmod('/t/a', 0o600)).toEqual(refused);
    expect(fs.setModified('/t/dir', 0)).toEqual(refused);
    for (const mode of ['write', 'append'] as const)
      expect(host.open(fs, '/t/a', mode)).toEqual(refused);
    expect(host.open(fs, '/t/new', 'write')).toEqual(refused);
    expect(host.open(fs, '/t/a', 'read').ok).toBe(true);
    expect(fs.stat('/t/a')).toMatchObject({ value: { readOnly: true } });
    expect(host.fs.stat('/srv/data/a')).not.toMatchObject({ value: { readOnly: true } });
    expect(host.fs.write('/srv/data/a', 'new').ok).toBe(true);
    expect(fs.read('/t/a')).toEqual({ ok: true, value: 'new' });
  });

  test('a read-only root leaves what is mounted in it writable', () => {
    const host = testHost({ tree: { '/srv/data/a': '1', '/srv/hosts': 'x' } });
    const fs = host.newFileSystem('c1', [image]);
    fs.mountTree('/etc/nginx', host.fs, '/srv/data');
    fs.mountTree('/etc/hosts', host.fs, '/srv/hosts');
    fs.remount({ readOnly: true });
    const refused = { ok: false, error: 'EROFS' };
    expect(fs.write('/etc/motd', 'x')).toEqual(refused);
    expect(fs.mkdir('/new')).toEqual(refused);
    expect(fs.remove('/etc', { recursive: true })).toEqual(refused);
    expect(fs.remove('/etc/hosts')).toEqual(refused);
    expect(fs.changes()).toEqual([]);
    for (const path of [
      '/etc/nginx/new',
      '/etc/hosts',
      '/dev/null',
      '/proc/sys/net/ipv4/ip_forward',
    ])
      expect([path, fs.write(path, '1\n').ok]).toEqual([path, true]);
    expect(fs.read('/proc/mounts')).toMatchObject({
      value: expect.stringMatching(/^overlay \/ overlay ro,/),
    });
    fs.remount({ readOnly: false });
    expect(fs.write('/etc/motd', 'x').ok).toBe(true);
  });

  test('a service is reached through its socket, also where that is mounted', () => {
    const host = testHost({ tree: { '/var/run': { link: '/run' }, '/run': { directory: true } } });
    const socket = door<string>('/var/run/docker.sock');
    host.provide(socket, 'engine');
    const fs = host.newFileSystem('c1', [image]);
    expect(host.connect(socket)).toBe('engine');
    expect(host.connect(socket, fs)).toBe(undefined);
    fs.mountTree('/var/run/docker.sock', host.fs, '/var/run/docker.sock');
    expect(host.connect(socket, fs)).toBe('engine');
    host.withdraw(socket);
    expect(host.connect(socket)).toBe(undefined);
  });
});

describe('computed files', () => {
  test('sysctls are read and written under /proc/sys', () => {
    const { fs } = testHost();
    const path = '/proc/sys/net/ipv4/ip_forward';
    expect(fs.read(path)).toEqual({ ok: true, value: '1\n' });
    expect(fs.write(path, '0\n').ok).toBe(true);
    expect(fs.read(path)).toEqual({ ok: true, value: '0\n' });
    expect(fs.write(path, 'x')).toEqual({ ok: false, error: 'EINVAL' });
    expect(fs.list('/proc/sys/net/ipv4')).toEqual({ ok: true, value: ['conf', 'ip_forward'] });
    expect(fs.write('/proc/nosuch', 'x')).toEqual({ ok: false, error: 'EPERM' });
  });

  test('a process has a directory with its network namespace', () => {
    const { fs } = testHost();
    expect(fs.stat('/proc/1/ns/net')).toMatchObject({
      ok: true,
      value: { type: 'netns', netns: 'manager1/init' },
    });
    expect(fs.read('/proc/1/cmdline')).toEqual({ ok: true, value: '/sbin/init\0' });
  });
});

test('four hosts with a large image start quickly', () => {
  const tree = Object.fromEntries(
    Array.from({ length: 3000 }, (_, i) => [`/usr/share/d${i % 50}/f${i}`, 'x']),
  );
  const sim = new Sim({ seed: 1, epochMillis: 0 });
  const world = createOsWorld(sim);
  const before = performance.now();
  for (const name of ['a', 'b', 'c', 'd'])
    createHost({
      world,
      name,
      kernel: fakeKernel(name),
      tree,
      programs: new Map(),
      env: new Map(),
    });
  expect(performance.now() - before).toBeLessThan(120);
});
