import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { ApiRequest } from '../api/index.ts';
import { run } from '../os/testing.ts';
import { parseYaml } from './compose/yaml.ts';
import { dockerHost, FakeEngine } from './testing.ts';

interface Step {
  readonly seq: number;
  readonly cmd: string;
  readonly stdout: string;
  readonly stdin?: string;
}

const steps = readFileSync(
  fileURLToPath(new URL('../../tests/golden/065-stack.jsonl', import.meta.url)),
  'utf8',
)
  .split('\n')
  .filter(Boolean)
  .map((line) => JSON.parse(line) as Step);
const step = (seq: number): Step => steps.find((one) => one.seq === seq) as Step;

const files = {
  '/root/app/stack.yml': step(7).stdin ?? '',
  '/root/app/sec.txt': 's\n',
  '/root/app/cfg.txt': 'c\n',
};

test('stack config prints the recorded file', () => {
  const host = dockerHost(new FakeEngine(), files);
  expect(run(host, step(8).cmd.split(' ')).stdout).toBe(step(8).stdout);
});

const rich = `version: "3.9"
x-common: &common
  logging: {driver: json-file, options: {max-size: "1m"}}
services:
  web:
    <<: *common
    image: nginx:alpine
    build: .
    command: ["--save", "", "yes", "12:30", "a: b", "* x"]
    entrypoint: ["sh", "-c", "echo a\\necho b\\n"]
    env_file: e.env
    environment: {B: two, A: 1, C: }
    healthcheck: {interval: 90s, test: "true", retries: 3, disable: false}
    read_only: false
    tty: true
    deploy:
      resources: {limits: {cpus: '0.5', memory: 64M}, reservations: {memory: 1g}}
      update_config: {parallelism: 0, delay: 0s, max_failure_ratio: 0}
    ulimits: {nproc: 50, nofile: {hard: 200, soft: 100}}
    volumes:
      - {type: tmpfs, target: /t, tmpfs: {size: 1000}}
    x-note: here
networks:
  out: {external: true}
  back: {internal: false, labels: {b: c, a: b}}
`;

test('stack config writes what Go has in its structures', () => {
  const host = dockerHost(new FakeEngine(), { '/root/c.yml': rich, '/root/e.env': 'X=1\n' });
  expect(run(host, 'docker stack config -c /root/c.yml'.split(' ')).stdout).toBe(
    `version: "3.9"
services:
  web:
    build:
      context: .
    command:
      - --save
      - ""
      - "yes"
      - "12:30"
      - 'a: b'
      - '* x'
    deploy:
      update_config:
        parallelism: 0
      resources:
        limits:
          cpus: "0.5"
          memory: "67108864"
        reservations:
          memory: "1073741824"
    entrypoint:
      - sh
      - -c
      - |
        echo a
        echo b
    environment:
      A: "1"
      B: two
      C: null
      X: "1"
    env_file:
      - e.env
    healthcheck:
      test:
        - CMD-SHELL
        - "true"
      interval: 1m30s
      retries: 3
    image: nginx:alpine
    logging:
      driver: json-file
      options:
        max-size: 1m
    tty: true
    ulimits:
      nofile:
        soft: 100
        hard: 200
      nproc: 50
    volumes:
      - type: tmpfs
        target: /t
        tmpfs:
          size: 1000
    x-note: here
networks:
  back:
    labels:
      a: b
      b: c
  out:
    name: out
    external: true
x-common:
  logging:
    driver: json-file
    options:
      max-size: 1m
`,
  );
});

const created = (id: string) => (request: ApiRequest) => ({
  status: 201,
  body: { ID: `${id}-${(request.body as { Name: string }).Name}`, Id: id },
});

test('stack deploy creates networks, secrets, configs and services in that order', () => {
  const engine = new FakeEngine({
    'GET /info': { Swarm: { ControlAvailable: true } },
    'GET /services': [],
    'GET /networks': [],
    'GET /secrets': [{ ID: 's1', Spec: { Name: 'app_sec' } }],
    'GET /configs': [{ ID: 'c1', Spec: { Name: 'app_cfg' } }],
    'POST /networks/create': created('n'),
    'POST /secrets/create': created('s'),
    'POST /configs/create': created('c'),
    'POST /services/create': created('v'),
  });
  const host = dockerHost(engine, files);
  const done = run(host, [
    'docker',
    'stack',
    'deploy',
    '-c',
    '/root/app/stack.yml',
    '--resolve-image',
    'never',
    'app',
  ]);
  expect(done).toEqual({
    stdout:
      'Creating network app_front\nCreating network app_back\nCreating secret app_sec\nCreating config app_cfg\nCreating service app_web\nCreating service app_cache\nCreating service app_agent\n',
    stderr:
      'Since --detach=false was not specified, tasks will be created in the background.\nIn a future release, --detach=false will become the default.\n',
    exit: 0,
  });
  const bodies = engine.requests
    .filter((request) => request.path === '/services/create')
    .map((request) => request.body);
  expect(bodies[1]).toEqual({
    Name: 'app_cache',
    Labels: { 'com.docker.stack.image': 'redis', 'com.docker.stack.namespace': 'app' },
    TaskTemplate: {
      ContainerSpec: {
        Image: 'redis:latest',
        Labels: { 'com.docker.stack.namespace': 'app' },
        Privileges: { CredentialSpec: null, SELinuxContext: null, NoNewPrivileges: false },
        Mounts: [
          {
            Type: 'volume',
            Source: 'app_data',
            Target: '/data',
            VolumeOptions: { Labels: { 'com.docker.stack.namespace': 'app' } },
          },
        ],
      },
      Resources: {},
      Placement: { Constraints: ['node.role == worker'] },
      Networks: [
        { Target: 'app_back', Aliases: ['cache'] },
        { Target: 'app_front', Aliases: ['cache'] },
      ],
      ForceUpdate: 0,
    },
    Mode: { Replicated: {} },
    EndpointSpec: {},
  });
  expect(bodies[2]).toMatchObject({
    Mode: { Global: {} },
    TaskTemplate: {
      ContainerSpec: {
        Args: ['sleep', '100000'],
        Env: ['A=1'],
        Secrets: [
          {
            File: { Name: 'sec', UID: '0', GID: '0', Mode: 292 },
            SecretID: 's1',
            SecretName: 'app_sec',
          },
        ],
        Configs: [
          {
            File: { Name: '/cfg', UID: '0', GID: '0', Mode: 292 },
            ConfigID: 'c1',
            ConfigName: 'app_cfg',
          },
        ],
      },
      Networks: [{ Target: 'app_back', Aliases: ['bg', 'agent'] }],
    },
  });
});

test.each([
  ['foo: bar', '(root) Additional property foo is not allowed'],
  [
    'version: "3"\nservices:\n  w:\n    foo: bar\n',
    'services.w Additional property foo is not allowed',
  ],
  [
    'version: "3"\nservices:\n  w:\n    ports: ["80:80"]\n',
    'invalid image reference for service w: no image specified',
  ],
  [
    'version: "9"\nservices:\n  w:\n    image: nginx:alpine\n',
    'unsupported Compose file version: 9',
  ],
  ['', 'top-level object must be a mapping'],
])('a bad file: %j', (source, message) => {
  const engine = new FakeEngine({ 'GET /info': { Swarm: { ControlAvailable: true } } });
  const host = dockerHost(engine, { '/tmp/b.yml': source });
  const done = run(host, ['docker', 'stack', 'deploy', '-d', '-c', '/tmp/b.yml', 's']);
  expect(done).toEqual({ stdout: '', stderr: `${message}\n`, exit: 1 });
});

test('images are checked first; an undeclared network is made before it is missed', () => {
  const engine = new FakeEngine({
    'GET /info': { Swarm: { ControlAvailable: true } },
    'GET /networks': [],
    'POST /networks/create': { Id: 'n1' },
  });
  const deploy = (service: string) => {
    const host = dockerHost(engine, { '/tmp/b.yml': `services:\n  w:\n    ${service}\n` });
    return run(host, ['docker', 'stack', 'deploy', '-c', '/tmp/b.yml', 's']);
  };
  expect(deploy('image: NGINX').stderr).toBe(
    'invalid image reference for service w: invalid reference format: repository name (library/NGINX) must be lowercase\n',
  );
  const undeclared = deploy('image: nginx\n    networks: [nn]');
  expect(undeclared.stdout).toBe('Creating network s_nn\n');
  expect(undeclared.stderr.split('\n').slice(2)).toEqual(['service w: undefined network "nn"', '']);
  expect(deploy('image: nginx\n    secrets: [foo]').stderr).toContain(
    'service w: undefined secret "foo"\n',
  );
  // A name that every JavaScript object knows is as undeclared as any other.
  expect(deploy('image: nginx\n    configs: [constructor]').stderr).toContain(
    'service w: undefined config "constructor"\n',
  );
  expect(deploy('image: nginx\n    volumes: ["toString:/v"]').stderr).toContain(
    'service w: undefined volume "toString"\n',
  );
  expect(deploy('image: nginx\n    deploy: {mode: foo}').stderr).toContain(
    'service w: Unknown mode: foo\n',
  );
  expect(deploy('image: nginx\n    deploy: {mode: global, replicas: 2}').stderr).toContain(
    'service w: replicas can only be used with replicated or replicated-job mode\n',
  );
});

test('options that a swarm does not know are named', () => {
  const source =
    'services:\n  w:\n    image: nginx:alpine\n    build: .\n    container_name: x\n    depends_on: [z]\n    links: [z]\n  z:\n    image: alpine\n';
  const host = dockerHost(new FakeEngine(), { '/tmp/b.yml': source });
  const done = run(host, ['docker', 'stack', 'deploy', '-d', '-c', '/tmp/b.yml', 's']);
  expect(done.stderr).toContain(
    'Ignoring unsupported options: build, links\n\nIgnoring deprecated options:\n\ncontainer_name: Setting the container name is not supported.\n\n',
  );
});

test('values of another kind are refused; what variables put in becomes what is wanted', () => {
  const config = (yaml: string) =>
    run(
      dockerHost(new FakeEngine(), { '/c.yml': yaml }),
      'docker stack config -c /c.yml'.split(' '),
    );
  const of = (fields: string) => config(`services: {a: {image: x, ${fields}}}`);
  expect(config('services: {a: {image: 5}}').stderr).toBe('services.a.image must be a string\n');
  expect(of('tty: maybe').stderr).toBe('services.a.tty must be a boolean\n');
  expect(of('deploy: {replicas: x}').stderr).toBe('services.a.deploy.replicas must be a integer\n');
  expect(of('deploy: {resources: {limits: {cpus: 0.5}}}').stderr).toBe(
    'services.a.deploy.resources.limits.cpus must be a string\n',
  );
  expect(of('deploy: {update_config: {delay: abc}}').stderr).toBe(
    "services.a.deploy.update_config.delay Does not match format 'duration'\n",
  );
  expect(of('ports: ["80:80", "99999:80"]').stderr).toBe(
    "services.a.ports.1 Does not match format 'ports'\n",
  );
  expect(
    of(
      'hostname: "{{.Node.Hostname}}-on", user: "10", init: false, tty: false, command: ["it\'s: so"]',
    ).stdout,
  ).toBe(
    `version: "3.13"
services:
  a:
    command:
      - 'it''s: so'
    hostname: '{{.Node.Hostname}}-on'
    image: x
    init: false
    user: "10"
`,
  );
  expect(of(`tty: "\${T:-yes}", deploy: {replicas: "\${N:-3}"}`).stdout).toContain(
    'deploy:\n      replicas: 3\n',
  );
  expect(of(`deploy: {replicas: "\${N:-many}"}`).stderr).toMatch(
    /^error while interpolating services\.a\.deploy\.replicas: failed to cast to expected type: /,
  );
});

test('YAML in all its shapes', () => {
  const source = `# comment
a: &anchor
  x: 1
  y: "two # not a comment"   # comment
b:
  <<: *anchor
  z: 'it''s'
list:
- plain text
- key: v
  more: [1, "b", {c: d}, e f]
-   - nested
    - true
literal: |
  line 1
    line 2

folded: >-
  one
  two
long: a text that
  goes on
empty:
port: "8080:80"
time: 10:30
octal: 0440
flow: {a: [x, y],
  b: null}
`;
  const parsed = parseYaml(source);
  expect(parsed).toEqual({
    ok: true,
    value: {
      a: { x: 1, y: 'two # not a comment' },
      b: { x: 1, y: 'two # not a comment', z: "it's" },
      list: ['plain text', { key: 'v', more: [1, 'b', { c: 'd' }, 'e f'] }, ['nested', true]],
      literal: 'line 1\n  line 2\n',
      folded: 'one two',
      long: 'a text that goes on',
      empty: null,
      port: '8080:80',
      time: '10:30',
      octal: 288,
      flow: { a: ['x', 'y'], b: null },
    },
  });
});

test('stack config writes times, sizes and what is nothing as the types of the loader do (asked of the real one)', () => {
  const source = `services:
  a:
    image: alpine
    stop_grace_period: 90s
    shm_size: 64M
    healthcheck: {interval: 1m, timeout: 0s, test: [CMD, x], retries: 0}
    deploy: {update_config: {delay: 0s, monitor: 1h, parallelism: 0, max_failure_ratio: 0}, restart_policy: {delay: 90s, window: 0s, max_attempts: 0}, resources: {limits: {memory: 1g, cpus: "0"}}, replicas: 0}
    environment: {A: "2020-01-01", B: "12:30:45", C: "1e3", D: "-x", E: "- x", F: "?x", Y: "yes"}
    privileged: false
networks:
  n: {internal: false, attachable: false, external: false}
`;
  const host = dockerHost(new FakeEngine(), { '/c.yml': source });
  expect(run(host, 'docker stack config -c /c.yml'.split(' ')).stdout).toBe(`version: "3.13"
services:
  a:
    deploy:
      replicas: 0
      update_config:
        parallelism: 0
        monitor: 1h0m0s
      resources:
        limits:
          cpus: "0"
          memory: "1073741824"
      restart_policy:
        delay: 1m30s
        max_attempts: 0
        window: 0s
    environment:
      A: "2020-01-01"
      B: "12:30:45"
      C: "1e3"
      D: -x
      E: '- x'
      F: ?x
      "Y": "yes"
    healthcheck:
      test:
        - CMD
        - x
      timeout: 0s
      interval: 1m0s
      retries: 0
    image: alpine
    shm_size: 64M
    stop_grace_period: 1m30s
networks:
  "n": {}
`);
});
