import { expect, test } from 'vitest';
import { editedGenericResources, parseGenericResources } from './generic-resources.ts';
import { parseMount } from './mounts.ts';
import { checkValue } from './values.ts';

test.each([
  ['ulimit', 'ulimit', 'nofile=1024:2048', undefined],
  ['ulimit', 'ulimit', 'nofile=-1', undefined],
  ['ulimit', 'ulimit', 'nofile', 'invalid ulimit argument: nofile'],
  ['ulimit', 'ulimit', 'foo=1', 'invalid ulimit type: foo'],
  ['ulimit', 'ulimit', 'nofile=x', 'strconv.ParseInt: parsing "x": invalid syntax'],
  [
    'ulimit',
    'ulimit',
    'nofile=5:3',
    'ulimit soft limit must be less than or equal to hard limit: 5 > 3',
  ],
  [
    'ulimit',
    'ulimit',
    'nofile=-1:3',
    'ulimit soft limit must be less than or equal to hard limit: soft: -1 (unlimited), hard: 3',
  ],
  [
    'ulimit',
    'ulimit',
    'nofile=1:2:3',
    'too many limit value arguments - 1:2:3, can only have up to two, `soft[:hard]`',
  ],
  ['map', 'sysctl', 'net.core.somaxconn=1', undefined],
  ['map', 'sysctl', 'kernel.shmmax=1', undefined],
  ['map', 'sysctl', 'kernel.pid_max=1', "sysctl 'kernel.pid_max=1' is not allowed"],
  ['map', 'sysctl', 'foo', "sysctl 'foo' is not allowed"],
  ['list', 'sysctl', 'foo', undefined],
  ['network', 'network', 'a', undefined],
  ['network', 'network', 'name=a,alias=b', undefined],
  ['network', 'network', 'name=a,foo=b', 'invalid field key foo'],
  ['network', 'network', 'alias=b', 'network name/id is not specified'],
  ['list', 'label', '=x', "invalid label '=x': empty name"],
  ['list', 'container-label-add', 'a b=x', "label 'a b' contains whitespaces"],
  ['list', 'label-add', '=x', undefined],
  ['list', 'dns-search', '.', undefined],
  ['list', 'dns-search', 'a_b', 'a_b is not a valid domain'],
  [
    'list',
    'generic-resource',
    'gpu',
    'invalid generic-resource format `gpu` expected `name=value`',
  ],
  [
    'secret',
    'secret',
    'source=a,mode=09',
    'invalid mode specified: strconv.ParseUint: parsing "09": invalid syntax',
  ],
  ['secret', 'secret', 'source=a,foo=b', 'invalid field in secret request: foo'],
  ['config', 'config', 'source=a,foo=b', 'invalid field in config request: foo'],
])('%s --%s %s: %s', (type, name, text, problem) => {
  expect(checkValue(type, name, text)).toBe(problem);
});

test.each([
  ['type=tmpfs,target=/x,tmpfs-size=abc', 'invalid value for tmpfs-size: abc'],
  ['type=tmpfs,target=/x,tmpfs-mode=9', 'invalid value for tmpfs-mode: 9'],
  ['target=/x,readonly=maybe', 'invalid value for readonly: maybe'],
  ['target=/x,foo=1', "unexpected key 'foo' in 'foo=1'"],
  ['target=/x,image-subpath=a', "cannot mix 'image-*' options with mount type 'volume'"],
  [
    'type=bind,source=/a,target=/x,bind-recursive=foo',
    'invalid value for bind-recursive: foo (must be "enabled", "disabled", "writable", or "readonly")',
  ],
  [
    'type=bind,source=/a,target=/x,bind-recursive=writable',
    "option 'bind-recursive=writable' requires 'readonly' to be specified in conjunction",
  ],
  ['source=a', 'target is required'],
])('--mount %s: %s', (value, problem) => {
  expect(parseMount(value)).toEqual({ ok: false, error: problem });
});

test('a source that begins with a dot is a path below where the client stands', () => {
  const absolute = (path: string) => `/root/${path}`;
  const source = (text: string) => {
    const mount = parseMount(`type=bind,source=${text},target=/x`, absolute);
    return mount.ok && mount.value.Source;
  };
  expect(['./a', '..', 'a', '/a'].map(source)).toEqual(['/root/./a', '/root/..', 'a', '/a']);
});

test('a mount with all that it may say', () => {
  expect(
    parseMount('type=bind,src=/a,dst=/b,ro,bind-propagation=RSLAVE,bind-recursive=disabled'),
  ).toEqual({
    ok: true,
    value: {
      Type: 'bind',
      Source: '/a',
      Target: '/b',
      ReadOnly: true,
      BindOptions: { Propagation: 'rslave', NonRecursive: true },
    },
  });
  expect(
    parseMount(
      'source=v,target=/b,volume-nocopy,volume-label=a=b,volume-opt=type=tmpfs,volume-driver=local',
    ),
  ).toEqual({
    ok: true,
    value: {
      Type: 'volume',
      Source: 'v',
      Target: '/b',
      VolumeOptions: {
        NoCopy: true,
        Labels: { a: 'b' },
        DriverConfig: { Options: { type: 'tmpfs' }, Name: 'local' },
      },
    },
  });
});

const gpu = (Value: number) => ({ DiscreteResourceSpec: { Kind: 'gpu', Value } });

test('generic resources are amounts', () => {
  expect(parseGenericResources(['gpu=2'])).toEqual({ ok: true, value: [gpu(2)] });
  expect(parseGenericResources(['gpu=uuid1'])).toEqual({
    ok: false,
    error:
      'invalid generic-resource request `gpu=uuid1`, Named Generic Resources is not supported for service create or update',
  });
  expect(parseGenericResources(['gpu=-1'])).toEqual({
    ok: false,
    error:
      'invalid generic resource specification: could not parse GenericResource: cannot ask for negative resource gpu',
  });
});

test('an update replaces and removes generic resources by kind', () => {
  const before = { GenericResources: [gpu(1)] };
  expect(editedGenericResources(before, ['gpu=3'], [])).toEqual({ ok: true, value: [gpu(3)] });
  expect(editedGenericResources(before, [], ['gpu'])).toEqual({ ok: true, value: [] });
  expect(editedGenericResources(before, [], ['ssd'])).toEqual({
    ok: false,
    error: 'could not find generic-resource `ssd` to remove it',
  });
});
