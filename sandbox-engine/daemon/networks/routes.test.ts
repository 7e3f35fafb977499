// The routes of networks over a controller of their own: bodies as recorded (golden 020, 040, 070).
import { describe, expect, test } from 'vitest';
import type { ApiResponse } from '../../api/index.ts';
import type { NetworkRow, NetworkSpec } from '../../libnetwork/index.ts';
import { containerSpec, type TestHost, testHost, value } from '../../libnetwork/testing.ts';
import type { Op } from '../../sim/index.ts';
import { err, failure, ok } from '../../std/index.ts';
import { EventLog } from '../events.ts';
import { createRouter } from '../router.ts';
import type { ClusterNetworks } from './cluster.ts';
import { networkRoutes } from './routes.ts';

interface Daemon {
  readonly host: TestHost;
  readonly events: EventLog;
  call(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): ApiResponse;
  list(filters?: object): string[];
}

function daemon(cluster?: ClusterNetworks): Daemon {
  const host = testHost();
  const events = new EventLog(host.sim, 'h0');
  const nothing = function* () {
    return err(failure('not_found', 'No such container: c'));
  };
  const api = createRouter(
    host.sim,
    networkRoutes({
      sim: host.sim,
      controller: host.controller,
      events,
      containers: { connect: nothing, disconnect: nothing },
      cluster: () => cluster,
    }),
  );
  const call: Daemon['call'] = (method, path, body) => {
    const [bare = '', search = ''] = path.split('?');
    const query = Object.fromEntries(
      search
        .split('&')
        .filter((pair) => pair !== '')
        .map((pair) => pair.split('=').map(decodeURIComponent) as [string, string]),
    );
    const running = host.sim.spawn('request', api.handle({ method, path: bare, query, body }));
    while (!running.ended && host.sim.runNext());
    return running.result ?? { status: 0 };
  };
  const list: Daemon['list'] = (filters = {}) => {
    const answer = call('GET', `/networks?filters=${encodeURIComponent(JSON.stringify(filters))}`);
    return answer.status === 200
      ? (answer.body as { Name: string }[]).map(({ Name }) => Name).sort()
      : [(answer.body as { message: string }).message];
  };
  return { host, events, call, list };
}

const create = (more: object): object => ({
  Driver: 'bridge',
  IPAM: { Driver: 'default', Options: {}, Config: [] },
  Options: {},
  Labels: {},
  ...more,
});

describe('inspect', () => {
  test('shows keys in the order of 28.x', () => {
    const { call, host } = daemon();
    const { body } = call('POST', '/networks/create', create({ Name: 'br' }));
    const { Id } = body as { Id: string };
    const sandbox = value(host.controller.createSandbox(containerSpec('c1', ['br'])));
    const [endpoint] = host.controller.endpointsOf(sandbox.id);
    const shown = JSON.stringify(call('GET', '/networks/br').body, null, 4);
    expect(shown.replace(/"Created": "[^"]*"/, '"Created": "…"')).toBe(`{
    "Name": "br",
    "Id": "${Id}",
    "Created": "…",
    "Scope": "local",
    "Driver": "bridge",
    "EnableIPv4": true,
    "EnableIPv6": false,
    "IPAM": {
        "Driver": "default",
        "Options": {},
        "Config": [
            {
                "Subnet": "172.18.0.0/16",
                "Gateway": "172.18.0.1"
            }
        ]
    },
    "Internal": false,
    "Attachable": false,
    "Ingress": false,
    "ConfigFrom": {
        "Network": ""
    },
    "ConfigOnly": false,
    "Containers": {
        "${sandbox.containerId}": {
            "Name": "c1",
            "EndpointID": "${endpoint?.endpointId}",
            "MacAddress": "${endpoint?.mac}",
            "IPv4Address": "172.18.0.2/16",
            "IPv6Address": ""
        }
    },
    "Options": {},
    "Labels": {}
}`);
  });

  test('host and none have no address configuration; a subnet without gateway shows none', () => {
    const { call } = daemon();
    const ipam = (name: string): unknown =>
      (call('GET', `/networks/${name}`).body as { IPAM: object }).IPAM;
    expect(ipam('host')).toEqual({ Driver: 'default', Options: null, Config: null });
    const Config = [{ Subnet: '10.50.0.0/24' }];
    call('POST', '/networks/create', create({ Name: 'n2', IPAM: { Options: {}, Config } }));
    expect(ipam('n2')).toEqual({ Driver: 'default', Options: {}, Config });
  });

  test('ids may be shortened; what does not exist is not found', () => {
    const { call, host } = daemon();
    const { networkId } = value(host.controller.find('bridge'));
    expect(call('GET', `/networks/${networkId.slice(0, 5)}`).status).toBe(200);
    expect(call('GET', '/networks/nosuch')).toEqual({
      status: 404,
      body: { message: 'network nosuch not found' },
    });
  });
});

describe('list (040:15-30)', () => {
  function world(): Daemon {
    const made = daemon();
    made.call(
      'POST',
      '/networks/create',
      create({ Name: 'brA', Labels: { env: 'prod', tier: '1' } }),
    );
    made.call('POST', '/networks/create', create({ Name: 'brB', Labels: { env: 'dev' } }));
    return made;
  }

  test('filters', () => {
    const { list } = world();
    expect(list({ name: { br: true } })).toEqual(['brA', 'brB', 'bridge']);
    expect(list({ name: { brA: true, brB: true } })).toEqual(['brA', 'brB']);
    expect(list({ driver: { bridge: true }, name: { A: true } })).toEqual(['brA']);
    expect(list({ type: { custom: true } })).toEqual(['brA', 'brB']);
    expect(list({ type: { builtin: true } })).toEqual(['bridge', 'host', 'none']);
    expect(list({ dangling: { true: true } })).toEqual(['brA', 'brB']);
    expect(list({ dangling: { false: true } })).toEqual(['bridge', 'host', 'none']);
    expect(list({ label: { 'env=prod': true, 'tier=1': true } })).toEqual(['brA']);
    expect(list({ scope: { foo: true } })).toEqual([]);
    expect(list({ type: { foo: true } })).toEqual([`invalid filter: 'type'='foo'`]);
    expect(list({ dangling: { foo: true } })).toEqual([
      `invalid value for filter 'dangling', must be "true" (or "1"), or "false" (or "0")`,
    ]);
    expect(list({ foo: { bar: true } })).toEqual([`invalid filter 'foo'`]);
  });

  test('prune removes what no container uses', () => {
    const { call, host, list } = world();
    value(host.controller.createSandbox(containerSpec('c1', ['brB'])));
    expect(call('POST', '/networks/prune').body).toEqual({ NetworksDeleted: ['brA'] });
    expect(list()).toEqual(['brB', 'bridge', 'host', 'none']);
    expect(call('POST', '/networks/prune').body).toEqual({ NetworksDeleted: null });
  });

  test('creation and removal are events', () => {
    const { call, events } = world();
    expect(call('DELETE', '/networks/brA')).toEqual({ status: 204 });
    expect(events.recent().map(({ action, attributes }) => [action, attributes])).toEqual([
      ['create', { name: 'brA', type: 'bridge' }],
      ['create', { name: 'brB', type: 'bridge' }],
      ['destroy', { name: 'brA', type: 'bridge' }],
    ]);
    expect(call('DELETE', '/networks/bridge')).toEqual({
      status: 403,
      body: { message: 'bridge is a pre-defined network and cannot be removed' },
    });
  });
});

describe('on a manager', () => {
  test('swarm networks come from the cluster, and its names are taken', () => {
    const swarm: NetworkRow[] = [];
    const cluster: ClusterNetworks = {
      isManager: () => true,
      list: () => swarm,
      *create(spec: NetworkSpec): Op<ReturnType<typeof ok<string>>> {
        const networkId = `swarm${swarm.length}`.padEnd(25, 'x');
        swarm.push({
          id: networkId,
          host: '',
          networkId,
          name: spec.name,
          driver: 'overlay',
          scope: 'swarm',
          createdAt: 0,
          ipam: { driver: 'default', options: null, config: [] },
          subnets: [],
          internal: false,
          attachable: spec.attachable ?? false,
          ingress: false,
          configOnly: false,
          configFrom: '',
          enableIpv4: true,
          enableIpv6: false,
          options: {},
          labels: null,
        });
        return ok(networkId);
      },
      *remove(networkId) {
        swarm.splice(
          swarm.findIndex((row) => row.networkId === networkId),
          1,
        );
        return ok(undefined);
      },
      peers: () => [],
      services: () => [],
    };
    const { call, list } = daemon(cluster);
    const overlay = create({ Name: 'ov', Driver: 'overlay' });
    expect(call('POST', '/networks/create', overlay).status).toBe(201);
    expect(list()).toEqual(['bridge', 'host', 'none', 'ov']);
    const { Containers, Labels, Scope } = call('GET', '/networks/ov').body as Record<
      string,
      unknown
    >;
    expect({ Containers, Labels, Scope }).toEqual({
      Containers: null,
      Labels: null,
      Scope: 'swarm',
    });
    const refusals = [overlay, create({ Name: 'bridge' }), create({ Name: 'none' })].map(
      (body) => (call('POST', '/networks/create', body).body as { message: string }).message,
    );
    expect(refusals).toEqual([
      'network with name ov already exists',
      'network with name bridge already exists',
      'operation is not permitted on predefined none network',
    ]);
    expect(call('DELETE', '/networks/ov').status).toBe(204);
    expect(list()).toEqual(['bridge', 'host', 'none']);
  });

  test('without a swarm, overlay networks are refused', () => {
    const { call } = daemon();
    expect(call('POST', '/networks/create', create({ Name: 'x', Driver: 'overlay' }))).toEqual({
      status: 403,
      body: {
        message:
          'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again.',
      },
    });
  });
});
