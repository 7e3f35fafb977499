// Names and marks of services (golden 067, 003:46, 068:77).
import { expect, test } from 'vitest';
import { formatIpv4 } from '../../wire/index.ts';
import type { ServiceBinding } from '../api.ts';
import { containerSpec, type TestHost, value } from '../testing.ts';
import {
  ingressId,
  named,
  networkSpec,
  overlayId,
  startTask,
  sync,
  type TestTask,
  testSwarm,
} from './testing.ts';

const service = (serviceName: string, more: Partial<ServiceBinding> = {}): ServiceBinding => ({
  serviceId: `id-${serviceName}`,
  serviceName,
  aliases: [],
  ports: [],
  ...more,
});

/** Two nodes on ov. */
function twoNodes(): [TestHost, TestHost] {
  const hosts = testSwarm(2) as [TestHost, TestHost];
  hosts.forEach((host, n) => {
    value(host.controller.addSwarmNetwork(networkSpec('ov', `10.0.1.${20 + n}`)));
  });
  return hosts;
}

const task = (host: TestHost, name: string, address: string, of: ServiceBinding): TestTask =>
  startTask(host, { name, addresses: { ov: address }, service: of, port: 0 });

/** What the DNS servers of a host know, without the ids of containers. */
const names = (host: TestHost): string[] =>
  host.rows.names
    .all()
    .filter((row) => row.host === host.kernel.host && !/^[0-9a-f]{12}$/.test(row.name))
    .map(({ name, address, reverse }) => `${name} ${formatIpv4(address)}${reverse ? ' PTR' : ''}`)
    .sort();

const marks = (host: TestHost, networkId: string): string[] =>
  host.controller
    .loadBalancers(networkId)
    .map(({ serviceName, fwmark }) => `${serviceName} ${fwmark}`);

test('a service means its virtual address, tasks.SERVICE its tasks, on every node of the network', () => {
  const [a, b] = twoNodes();
  const web = service('web', { aliases: ['www'] });
  const tasks = [task(a, 'web.1.x', '10.0.1.3', web), task(b, 'web.2.y', '10.0.1.4', web)];
  sync([a, b]);
  const all = [
    'tasks.web 10.0.1.3',
    'tasks.web 10.0.1.4',
    'tasks.www 10.0.1.3',
    'tasks.www 10.0.1.4',
    'web 10.0.1.2',
    'web.1.x 10.0.1.3 PTR',
    'web.2.y 10.0.1.4 PTR',
    'www 10.0.1.2',
  ];
  expect(names(a)).toEqual(all);
  expect(names(b)).toEqual(all);
  for (const { host, sandbox } of tasks) host.controller.disableService(sandbox.id);
  sync([a, b]);
  expect(names(b)).toEqual(['web 10.0.1.2', 'www 10.0.1.2']);
  for (const { host, sandbox } of tasks) host.controller.deleteSandbox(sandbox.id);
  sync([a, b]);
  expect([names(a), names(b)]).toEqual([[], []]);
});

test('without a virtual address a service means its tasks', () => {
  const [a, b] = twoNodes();
  const rr = service('rr', { aliases: ['al1'] });
  for (const [host, name, address] of [
    [a, 'rr.1.x', '10.0.1.3'],
    [b, 'rr.2.y', '10.0.1.4'],
  ] as const) {
    const settings = { network: 'ov', allocatedAddress: `${address}/24`, service: rr };
    const sandbox = value(host.controller.createSandbox(containerSpec(name, [settings])));
    host.controller.enableService(sandbox.id);
  }
  sync([a, b]);
  expect(names(a)).toEqual([
    'al1 10.0.1.3',
    'al1 10.0.1.4',
    'rr 10.0.1.3',
    'rr 10.0.1.4',
    'rr.1.x 10.0.1.3 PTR',
    'rr.2.y 10.0.1.4 PTR',
    'tasks.al1 10.0.1.3',
    'tasks.al1 10.0.1.4',
    'tasks.rr 10.0.1.3',
    'tasks.rr 10.0.1.4',
  ]);
  expect(a.kernel.ipvsTable(named(a, 'lb_z9943kt4w')).services()).toEqual([]);
});

test('plain containers are known on other nodes by their names and aliases, also after a rename', () => {
  const [a, b] = twoNodes();
  const settings = { network: 'ov', allocatedAddress: '10.0.1.30/24', aliases: ['box'] };
  const spec = containerSpec('cl', [settings]);
  const { id } = value(a.controller.createSandbox(spec));
  sync([a, b]);
  expect(names(b)).toEqual(['box 10.0.1.30', 'cl 10.0.1.30 PTR']);
  a.controller.rename(spec.containerId, 'client');
  sync([a, b]);
  expect(names(b)).toEqual(['box 10.0.1.30', 'client 10.0.1.30 PTR']);
  a.controller.deleteSandbox(id);
  sync([a, b]);
  expect(names(b)).toEqual([]);
});

test('marks count up over all networks of a node, and are not given again', () => {
  const [a, b] = twoNodes();
  const ports = [{ protocol: 'tcp', targetPort: 80, publishedPort: 1080 }] as const;
  task(a, 'redis.1.x', '10.0.1.3', service('redis'));
  task(a, 'node.1.x', '10.0.1.4', service('node'));
  const nginx = startTask(a, {
    name: 'nginx.1.x',
    addresses: { ingress: '10.0.0.7', ov: '10.0.1.5' },
    service: service('nginx', { ports }),
    port: 0,
  });
  expect(marks(a, overlayId)).toEqual(['redis 256', 'node 257', 'nginx 259']);
  expect(marks(a, ingressId)).toEqual(['nginx 258']);
  sync([a, b]);
  expect(marks(b, ingressId)).toEqual(['nginx 256']);
  a.controller.deleteSandbox(nginx.sandbox.id);
  task(a, 'nginx.2.x', '10.0.1.6', service('nginx'));
  expect(marks(a, overlayId)).toEqual(['redis 256', 'node 257', 'nginx 260']);
});

test('a port of two services stays until the last of them has gone', () => {
  const [a] = twoNodes();
  const ports = [{ protocol: 'udp', targetPort: 53, publishedPort: 5353 }] as const;
  const start = (name: string, address: string, virtualIp: string) =>
    startTask(a, {
      name: `${name}.1.x`,
      addresses: { ingress: address },
      service: service(name, { ports, virtualIp }),
      port: 0,
    });
  const first = start('first', '10.0.0.7', '10.0.0.6');
  const second = start('second', '10.0.0.9', '10.0.0.8');
  const bound = () =>
    a.kernel.sockets
      .list(a.kernel.initNetns)
      .filter(({ protocol }) => protocol === 'udp')
      .map(({ localPort }) => localPort);
  expect(bound()).toEqual([4789, 5353]);
  a.controller.deleteSandbox(first.sandbox.id);
  expect(bound()).toEqual([4789, 5353]);
  a.controller.deleteSandbox(second.sandbox.id);
  expect(bound()).toEqual([4789]);
});

test('what was heard before a network is joined counts as soon as it is', () => {
  const [a, b] = testSwarm(2) as [TestHost, TestHost];
  value(a.controller.addSwarmNetwork(networkSpec('ov', '10.0.1.20')));
  task(a, 'web.1.x', '10.0.1.3', service('web'));
  for (const row of a.controller.serviceEndpoints(overlayId))
    b.controller.addServiceEndpoint(overlayId, row);
  expect(names(b)).toEqual([]);
  value(b.controller.addSwarmNetwork(networkSpec('ov', '10.0.1.21')));
  expect(names(b)).toEqual(['tasks.web 10.0.1.3', 'web 10.0.1.2', 'web.1.x 10.0.1.3 PTR']);
  expect(b.kernel.ipvsTable(named(b, 'lb_z9943kt4w')).services()).toHaveLength(1);
  b.controller.removeSwarmNetwork(overlayId);
  expect([names(b), b.controller.serviceEndpoints(overlayId)]).toEqual([[], []]);
});
