// The console and the browser pane as clients of the world: what they do is in the input log, what they read is not.
import { expect, it } from 'vitest';
import type { ApiCall, ApiResult, BrowseResult, LabInput } from '../protocol/index.ts';
import { micros, seconds } from '../sim/index.ts';
import type { Lab, LabOptions } from './api.ts';
import { createLab, replayed } from './index.ts';

const swarm: LabOptions = { seed: 3, scenario: 'swarm' };
const createPets =
  'docker service create -p 5000:5000 -d --name pets --replicas=1 nicolaka/pets_web:1.0';

const pass = (lab: Lab, time: number): void =>
  lab.sim.runUntil(micros(lab.sim.now() + seconds(time)));

function withPets(): Lab {
  const lab = createLab(swarm);
  lab.terminal('manager1');
  pass(lab, 1);
  lab.input({ do: 'run', terminal: 'manager1', line: createPets });
  pass(lab, 10);
  return lab;
}

function act(lab: Lab, call: ApiCall): ApiResult {
  const pending = lab.perform({ do: 'api', ...call });
  pass(lab, 1);
  return pending.result as ApiResult;
}

function open(lab: Lab, url: string, times?: number): readonly BrowseResult[] {
  const pending = lab.perform({ do: 'browse', url, ...(times !== undefined && { times }) });
  pass(lab, 15);
  const result = pending.result as BrowseResult | readonly BrowseResult[];
  return Array.isArray(result) ? result : [result as BrowseResult];
}

const read = (lab: Lab, path: string, query = '', host = 'manager1'): ApiResult =>
  lab.view('api', { host, path, query }) as ApiResult;

interface Service {
  readonly ID: string;
  readonly Version: { readonly Index: number };
  readonly Spec: { readonly Name: string; readonly Mode: object };
}

function scale(lab: Lab, replicas: number): ApiResult {
  const [service] = read(lab, '/services').body as readonly Service[];
  const { ID = '', Version, Spec } = service ?? ({} as Partial<Service>);
  return act(lab, {
    host: 'manager1',
    method: 'POST',
    path: `/services/${ID}/update`,
    query: { version: String(Version?.Index) },
    body: { ...Spec, Mode: { Replicated: { Replicas: replicas } } },
  });
}

it('scales a service, and the replay of the input log does the same', () => {
  const lab = withPets();
  expect(scale(lab, 10)).toEqual({ status: 200, body: { Warnings: null } });
  pass(lab, 10);
  const look = (one: Lab) => one.exec('manager1', 'docker service ps -q pets | sort').stdout;
  const copy = replayed(swarm, lab.session().inputs, lab.sim.now());
  expect(look(copy)).toBe(look(lab));
  expect(look(lab).trim().split('\n')).toHaveLength(10);
});

it('reads without a trace: the world goes on as if nobody had asked', () => {
  const asked = withPets();
  const unasked = withPets();
  const { revision } = asked.sim.journal;
  const next = asked.sim.nextAt();
  for (const path of ['/services', '/nodes', '/networks', '/tasks', '/containers/json'])
    expect(read(asked, path).status).toBe(200);
  expect(read(asked, '/services/pets/logs', 'stdout=1').status).toBe(200);
  expect(asked.ask({ about: 'api', host: 'manager1', path: '/services/pets' })).toMatchObject({
    status: 200,
    body: { Spec: { Name: 'pets' } },
  });
  expect([asked.sim.journal.revision, asked.sim.nextAt()]).toEqual([revision, next]);
  expect(asked.session().inputs).toEqual(unasked.session().inputs);
  const look = (lab: Lab) => {
    scale(lab, 5);
    pass(lab, 8);
    return lab.exec('manager1', 'docker service ps pets; docker node ls; conntrack -L').stdout;
  };
  expect(look(asked)).toBe(look(unasked));
});

it('reads the logs of a service', () => {
  const lab = withPets();
  open(lab, 'http://manager1:5000/');
  const logs = lab.ask({
    about: 'api',
    host: 'manager1',
    path: '/services/pets/logs',
    query: { stdout: '1', stderr: '1' },
  }) as ApiResult;
  expect(logs.body).toBe(lab.exec('manager1', 'docker service logs --raw pets 2>&1').stdout);
});

it('says what the daemon says: to a worker, to a stale version, to what is not there', () => {
  const lab = withPets();
  expect(read(lab, '/services', '', 'worker1')).toEqual({
    status: 503,
    error: lab.exec('worker1', 'docker service ls').stderr.trim(),
  });
  expect(read(lab, '/services/nothing').error).toBe(
    'Error response from daemon: service nothing not found',
  );
  scale(lab, 2);
  const [service] = read(lab, '/services').body as readonly Service[];
  const stale = act(lab, {
    host: 'manager1',
    method: 'POST',
    path: `/services/${service?.ID}/update`,
    query: { version: '1' },
    body: service?.Spec,
  });
  expect(stale.error).toBe(
    'Error response from daemon: rpc error: code = Unknown desc = update out of sequence',
  );
});

it('asks a manager that does not lead as well, in a copy', () => {
  const lab = withPets();
  lab.exec('manager1', 'docker node promote worker1');
  pass(lab, 5);
  lab.input({ do: 'run', terminal: 'manager1', line: 'docker node promote worker1' });
  pass(lab, 5);
  const answer = read(lab, '/services', '', 'worker1');
  expect((answer.body as readonly Service[]).map(({ Spec }) => Spec.Name)).toEqual(['pets']);
});

it('opens the published port on any node, and says who served it and on which way', () => {
  const lab = withPets();
  scale(lab, 4);
  pass(lab, 10);
  const pages = open(lab, 'http://worker3:5000/', 8);
  const names = new Set(pages.map(({ served }) => served?.container));
  expect(names.size).toBe(4);
  for (const { status, entered, path, served, body } of pages) {
    expect([status, entered, path[0]]).toEqual([200, 'worker3', 'worker3']);
    expect(path.at(-1)).toBe(served?.host);
    const host = served?.host ?? '';
    const id = lab.exec(host, `docker inspect -f '{{.Config.Hostname}}' ${served?.container}`);
    expect(body).toContain(`Served by: ${id.stdout.trim()}`);
  }
  const log = lab.session().inputs.filter(({ do: what }) => what === 'browse');
  expect(log).toEqual([
    { at: expect.any(Number), do: 'browse', url: 'http://worker3:5000/', times: 8 },
  ] satisfies LabInput[]);
});

it.each([
  [
    'http://manager1:81/',
    'refused',
    7,
    /^Failed to connect to manager1:81 after \d+ ms: Connection refused$/,
  ],
  ['http://192.168.56.99/', 'no-route', 7, /No route to host$/],
  ['http://nothing.example/', 'unknown-host', 6, /^Could not resolve host: nothing.example$/],
  ['http://203.0.113.99/', 'no-route', 7, /^Failed to connect to 203.0.113.99:80 after \d+ ms/],
  ['ftp://manager1/', 'bad-address', 3, /^URL rejected/],
  ['http://manager1:22/', 'refused', 7, /refused/],
])('%s: %s', (url, cause, exit, text) => {
  const [page] = open(createLab(swarm), url);
  expect(page).toMatchObject({ status: 0, failure: { cause, exit } });
  expect(page?.failure?.text).toMatch(text);
});

it('reaches the internet by name', () => {
  const [page] = open(createLab(swarm), 'example.com');
  expect(page).toMatchObject({ status: 200, entered: 'gateway' });
  expect(page?.body).toContain('Hello from example.com');
});

it('gives up where nobody answers', () => {
  const lab = createLab(swarm);
  lab.exec('manager1', 'iptables -I INPUT -p tcp --dport 81 -j DROP');
  const [page] = open(lab, 'http://manager1:81/');
  expect(page?.failure).toEqual({
    cause: 'timed-out',
    exit: 28,
    text: 'Connection timed out after 10000 milliseconds',
  });
});

it('says when there is no daemon', () => {
  expect(read(createLab(swarm), '/services', '', 'manager9')).toMatchObject({
    status: 0,
    error: expect.stringContaining('Cannot connect to the Docker daemon'),
  });
});
