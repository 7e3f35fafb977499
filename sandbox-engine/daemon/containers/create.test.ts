import { expect, test } from 'vitest';
import { TestEngine } from '../testing.ts';

const engine = new TestEngine();
const refused = (HostConfig: object, more: object = {}): string =>
  engine.refusal(
    'POST',
    '/containers/create',
    {},
    {
      Image: 'alpine',
      Cmd: ['true'],
      HostConfig,
      ...more,
    },
  );

test.each([
  [
    { RestartPolicy: { Name: 'foo' } },
    "400 invalid restart policy: unknown policy 'foo'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'",
  ],
  [
    { RestartPolicy: { Name: 'always', MaximumRetryCount: 3 } },
    "400 invalid restart policy: maximum retry count can only be used with 'on-failure'",
  ],
  [{ Memory: 1024 }, '400 Minimum memory limit allowed is 6MB'],
  [
    { NanoCpus: 100e9 },
    '400 range of CPUs is from 0.01 to 1.00, as there are only 1 CPUs available',
  ],
  [
    { Binds: ['nosuch:rel'] },
    `400 invalid volume specification: 'nosuch:rel': invalid mount config for type "volume": invalid mount path: 'rel' mount path must be absolute`,
  ],
  [{ Binds: ['/a:/b:foo'] }, '400 invalid mode: foo'],
  [{ Binds: ['/a:/b:ro,rw'] }, '400 invalid mode: ro,rw'],
  [{ Binds: ['/a:rw'] }, "400 invalid volume specification: '/a:rw'"],
  [
    { Binds: ['/a:/b:nocopy'] },
    `400 invalid volume specification: '/a:/b:nocopy': invalid mount config for type "bind": field VolumeOptions must not be specified`,
  ],
  [
    { Binds: ['vol:/b:rshared'] },
    `400 invalid volume specification: 'vol:/b:rshared': invalid mount config for type "volume": field BindOptions must not be specified`,
  ],
  [
    { Mounts: [{ Type: 'volume', Target: '/x', VolumeOptions: { Subpath: 'a' } }] },
    '400 invalid mount config for type "volume": must not set Subpath when using anonymous volumes',
  ],
  [
    {
      Mounts: [{ Type: 'volume', Source: 'vol', Target: '/x', VolumeOptions: { Subpath: '../a' } }],
    },
    '400 invalid mount config for type "volume": subpath must be a relative path within the volume',
  ],
  [
    { Mounts: [{ Type: 'volume', Source: 'vol', Target: '/x', VolumeOptions: { Subpath: 'a' } }] },
    '501 not simulated here: a part of a volume (volume-subpath)',
  ],
  [
    { Binds: ['a!b:/x'] },
    '400 create a!b: "a!b" includes invalid characters for a local volume name, only "[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed. If you intended to pass a host directory, use absolute path',
  ],
  [
    { Mounts: [{ Type: 'bind', Source: '/nosuch', Target: '/x' }] },
    '400 invalid mount config for type "bind": bind source path does not exist: /nosuch',
  ],
  [{ CapAdd: ['FOO'] }, '400 invalid CapAdd: unknown capability: "CAP_FOO"'],
  [{ CapAdd: ['CAP_ALL'] }, '400 invalid CapAdd: unknown capability: "CAP_ALL"'],
  [{ CapDrop: ['cap_foo'] }, '400 invalid CapDrop: unknown capability: "CAP_FOO"'],
  [{ OomScoreAdj: 5000 }, '400 Invalid value 5000, range for oom score adj is [-1000, 1000]'],
  [{ Isolation: 'foo' }, "400 invalid isolation (foo): linux only supports 'default'"],
  [{ IpcMode: 'foo' }, '400 invalid IPC mode: foo'],
  [{ PidMode: 'foo' }, '400 invalid PID mode: foo'],
  [{ Runtime: 'foo' }, '400 unknown or invalid runtime name: foo'],
  [{ Tmpfs: { rel: '' } }, "400 invalid mount path: 'rel' mount path must be absolute"],
  [
    { MemorySwap: 5e6 },
    '400 You should always set the Memory limit when using Memoryswap limit, see usage',
  ],
  [
    { NanoCpus: 5e8, CpuQuota: 1000 },
    '400 Conflicting options: Nano CPUs and CPU Quota cannot both be set',
  ],
  [
    { LogConfig: { Type: 'json-file', Config: { foo: 'bar' } } },
    "400 unknown log opt 'foo' for json-file log driver",
  ],
  [{ LogConfig: { Type: 'foo' } }, "400 logger: no log driver named 'foo' is registered"],
  [{ VolumesFrom: ['x:foo'] }, '400 invalid mode: foo'],
  [
    { Mounts: [{ Type: 'foo', Target: '/x' }] },
    '400 invalid mount config for type "foo": mount type unknown',
  ],
  [
    { Mounts: [{ Type: 'tmpfs', Source: 'a', Target: '/x' }] },
    '400 invalid mount config for type "tmpfs": field Source must not be specified',
  ],
  [
    { Mounts: [{ Type: 'volume', Source: 'vol', Target: '/' }] },
    `400 invalid mount config for type "volume": invalid specification: destination can't be '/'`,
  ],
  [
    { NetworkMode: 'container:x', Dns: ['1.1.1.1'] },
    '400 conflicting options: dns and the network mode',
  ],
  [{ Links: ['nosuch'] }, '400 could not get container for nosuch: No such container: nosuch'],
])('host configuration %j is refused', (hostConfig, message) => {
  expect(refused(hostConfig)).toBe(message);
});

test.each([
  [{ StopSignal: 'FOO' }, '400 invalid signal: FOO'],
  [
    { WorkingDir: 'rel' },
    "400 the working directory 'rel' is invalid, it needs to be an absolute path",
  ],
  [
    { Healthcheck: { Test: ['NONE'], Interval: 1000 } },
    '400 Interval in Healthcheck cannot be less than 1ms',
  ],
  [{ Image: 'nosuch', StopSignal: 'FOO' }, '400 invalid signal: FOO'],
])('configuration %j is refused', (config, message) => {
  expect(refused({}, config)).toBe(message);
});

test('names', () => {
  const create = (name: string): string =>
    engine.refusal('POST', '/containers/create', { name }, { Image: 'alpine' });
  for (const name of ['a', '/x', 'bad name']) {
    expect(create(name)).toBe(
      `400 Invalid container name (${name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed`,
    );
  }
  expect(create('c1')).toBe('201 ');
  expect(create('c1')).toMatch(
    /^409 Conflict. The container name "\/c1" is already in use by container "[0-9a-f]{64}"\. You have to remove \(or rename\) that container to be able to reuse that name\.$/,
  );
});

test('made-up names are an adjective and a surname', () => {
  const { Id } = engine.ask('POST', '/containers/create', {}, { Image: 'alpine' }).body as {
    readonly Id: string;
  };
  const { Name } = engine.get<{ readonly Name: string }>(`/containers/${Id}/json`);
  expect(Name).toMatch(/^\/[a-z]+_[a-z]+$/);
});

test('images, working directories, endpoints', () => {
  expect(refused({}, { Image: 'nosuch2' })).toBe('404 No such image: nosuch2:latest');
  expect(refused({}, { WorkingDir: 'rel' })).toBe(
    "400 the working directory 'rel' is invalid, it needs to be an absolute path",
  );
  expect(
    refused(
      { NetworkMode: 'bridge' },
      {
        NetworkingConfig: {
          EndpointsConfig: { bridge: { IPAMConfig: { IPv4Address: '172.17.0.9' } } },
        },
      },
    ),
  ).toBe(
    '400 invalid config for network bridge: invalid endpoint settings:\n* user specified IP address is supported on user defined networks only\n* user specified IP address is supported only when connecting to networks with user configured subnets',
  );
});

test('ports are not published in the network of the host', () => {
  const PortBindings = { '80/tcp': [{ HostPort: '80' }] };
  const warnings = (NetworkMode: string) =>
    engine.ask(
      'POST',
      '/containers/create',
      {},
      {
        Image: 'alpine',
        Cmd: ['true'],
        HostConfig: { NetworkMode, PortBindings },
      },
    ).body;
  expect(warnings('host')).toMatchObject({
    Warnings: ['Published ports are discarded when using host network mode'],
  });
  expect(warnings('bridge')).toMatchObject({ Warnings: [] });
});
