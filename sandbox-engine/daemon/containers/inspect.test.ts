import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { TestEngine } from '../testing.ts';

interface Step {
  readonly seq: number;
  readonly stdout?: string;
}

const golden = new URL('../../../tests/golden/020-inspect-single-host.jsonl', import.meta.url);
const steps = readFileSync(golden, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Step);
const recorded = (seq: number): unknown =>
  (JSON.parse(steps.find((step) => step.seq === seq)?.stdout ?? '[]') as unknown[])[0];

/** Leaves out what differs from run to run; key order counts. */
const comparable = (value: unknown): string =>
  JSON.stringify(value, null, 1)
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replace(/[0-9a-f]{64}/g, 'ID')
    .replace(/"(?:[0-9a-f]{2}:){5}[0-9a-f]{2}"/g, '"MAC"')
    .replace(/netns\/[0-9a-f]{12}/g, 'netns/KEY')
    .replace(/"[0-9a-f]{12}"/g, '"SHORT"')
    .replace(/"Pid": [1-9]\d*/g, '"Pid": N');

/** What the CLI sends for flags that were not given. */
const sent = {
  NetworkMode: 'default',
  Dns: [],
  DnsOptions: [],
  DnsSearch: [],
  BlkioWeightDevice: [],
  BlkioDeviceReadBps: [],
  BlkioDeviceWriteBps: [],
  BlkioDeviceReadIOps: [],
  BlkioDeviceWriteIOps: [],
  Devices: [],
  MemorySwappiness: -1,
};

test('containers on all kinds of networks are inspected as recorded', () => {
  const engine = new TestEngine();
  const inspect = (name: string): string => comparable(engine.get(`/containers/${name}/json`));
  const sleeping = { Image: 'alpine', Cmd: ['sleep', '1000'] };
  engine.start('plain', { ...sleeping, HostConfig: sent });
  expect(inspect('plain')).toBe(comparable(recorded(11)));
  engine.ask(
    'POST',
    '/networks/create',
    {},
    {
      Name: 'br0',
      Driver: 'bridge',
      IPAM: { Driver: 'default', Options: {}, Config: [] },
      Options: {},
      Labels: {},
    },
  );
  engine.start('userbr', {
    Image: 'nginx:alpine',
    Hostname: 'hh',
    Env: ['A=1'],
    Labels: { x: 'y' },
    ExposedPorts: { '80/tcp': {} },
    HostConfig: {
      ...sent,
      NetworkMode: 'br0',
      Binds: ['vol1:/data'],
      PortBindings: { '80/tcp': [{ HostIp: '', HostPort: '8081' }] },
      RestartPolicy: { Name: 'unless-stopped', MaximumRetryCount: 0 },
    },
    NetworkingConfig: { EndpointsConfig: { br0: { IPAMConfig: {} } } },
  });
  expect(inspect('userbr')).toBe(comparable(recorded(15)));
  engine.start('hostnet', { ...sleeping, HostConfig: { ...sent, NetworkMode: 'host' } });
  expect(inspect('hostnet')).toBe(comparable(recorded(19)));
  engine.start('nonet', { ...sleeping, HostConfig: { ...sent, NetworkMode: 'none' } });
  expect(inspect('nonet')).toBe(comparable(recorded(21)));
  engine.ask('POST', '/containers/plain/stop', { t: '1' });
  expect(inspect('plain')).toBe(comparable(recorded(42)));
});

test('images are inspected as recorded', () => {
  const engine = new TestEngine();
  const shape = (value: unknown): string =>
    comparable(value).replace(/overlay2\/[^/]+\//g, 'overlay2/DIR/');
  expect(shape(engine.get('/images/alpine/json'))).toBe(shape(recorded(9)));
});
