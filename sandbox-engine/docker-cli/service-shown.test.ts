import { expect, test } from 'vitest';
import { run } from '../os/testing.ts';
import { pinned, task, web } from './service-testing.ts';
import { dockerHost, FakeEngine } from './testing.ts';

const agent = {
  ID: '6aa3x1pz4weoy9p0aq4fcxu3u',
  Spec: {
    Name: 'agent',
    TaskTemplate: { ContainerSpec: { Image: 'alpine:latest' } },
    Mode: { Global: {} },
  },
  ServiceStatus: { RunningTasks: 4, DesiredTasks: 4 },
};

test('service ls', () => {
  const host = dockerHost(new FakeEngine({ 'GET /services': [web, agent] }));
  expect(run(host, ['docker', 'service', 'ls']).stdout).toBe(
    `ID             NAME      MODE         REPLICAS   IMAGE           PORTS
6aa3x1pz4weo   agent     global       4/4        alpine:latest   
3hmj9yuk0zv5   web       replicated   1/2        nginx:alpine    *:8000-8001->80-81/tcp
`,
  );
  expect(run(host, ['docker', 'service', 'ls', '--format', 'json']).stdout).toContain(
    '"Ports":"*:8000-8001-\\u003e80-81/tcp","Replicas":"1/2"}\n',
  );
});

test('service ps puts older tasks of a slot below the newest', () => {
  const host = dockerHost(
    new FakeEngine({
      'GET /services': [web],
      [`GET /services/${web.ID}`]: web,
      'GET /nodes/n1': { Spec: {}, Description: { Hostname: 'worker1' } },
      'GET /tasks': [
        task('old', 1, 'n1', 'failed', 75, { Err: 'task: non-zero exit (1): a very long message' }),
        task('two', 2, 'n1', 'running', 3),
        task('new', 1, 'n1', 'running', 70),
      ],
    }),
  );
  expect(run(host, ['docker', 'service', 'ps', 'web']).stdout).toBe(
    `ID             NAME        IMAGE          NODE      DESIRED STATE   CURRENT STATE                ERROR                              PORTS
new000000000   web.1       nginx:alpine   worker1   Running         Running about a minute ago                                      
old000000000    \\_ web.1   nginx:alpine   worker1   Shutdown        Failed about a minute ago    "task: non-zero exit (1): a ve…"   
two000000000   web.2       nginx:alpine   worker1   Running         Running 3 seconds ago                                           
`,
  );
  expect(run(host, ['docker', 'service', 'ps', '-q', 'web']).stdout).toContain(
    `${'new'.padEnd(25, '0')}\n`,
  );
  expect(run(host, ['docker', 'service', 'ps', 'nope'])).toEqual({
    stdout: '',
    stderr: 'no such service: nope\n',
    exit: 1,
  });
});

test('service inspect --pretty', () => {
  const host = dockerHost(
    new FakeEngine({
      'GET /services/web': {
        ...web,
        Endpoint: { ...web.Endpoint, Ports: web.Endpoint.Ports.slice(0, 1) },
      },
    }),
  );
  expect(run(host, ['docker', 'service', 'inspect', '--pretty', 'web']).stdout).toBe(`
ID:\t\t3hmj9yuk0zv5wtz2nm6l5bau4
Name:\t\tweb
Labels:
 tier=front
Service Mode:\tReplicated
 Replicas:\t2
Placement:
UpdateConfig:
 Parallelism:\t1
 On failure:\tpause
 Monitoring Period: 5s
 Max failure ratio: 0
 Update order:      stop-first
RollbackConfig:
 Parallelism:\t1
 On failure:\tpause
 Monitoring Period: 5s
 Max failure ratio: 0
 Rollback order:    stop-first
ContainerSpec:
 Image:\t\t${pinned}
 Init:\t\tfalse
Resources:
Endpoint Mode:\tvip
Ports:
 PublishedPort = 8000
  Protocol = tcp
  TargetPort = 80
  PublishMode = ingress 

`);
});

test('service inspect --pretty: what few services have', () => {
  const service = {
    ...web,
    Spec: {
      Name: 'web',
      Labels: { b: '', a: '1' },
      TaskTemplate: {
        ContainerSpec: {
          Image: pinned,
          Sysctls: { 'net.ipv4.ip_forward': '1' },
          CapabilityAdd: ['CAP_NET_ADMIN', 'CAP_SYS_TIME'],
          Ulimits: [{ Name: 'nofile', Hard: 200, Soft: 100 }],
          Healthcheck: { Test: ['CMD-SHELL', 'true'], Interval: 5e9, Retries: 2 },
        },
        LogDriver: { Name: 'json-file', Options: { 'max-size': '1m' } },
        Placement: { MaxReplicas: 4 },
      },
      Mode: { ReplicatedJob: { MaxConcurrent: 1, TotalCompletions: 1 } },
    },
  };
  const host = dockerHost(new FakeEngine({ 'GET /services/web': service }));
  expect(run(host, ['docker', 'service', 'inspect', '--pretty', 'web']).stdout).toBe(`
ID:\t\t3hmj9yuk0zv5wtz2nm6l5bau4
Name:\t\tweb
Labels:
 a=1
 b
Service Mode:
Placement:
 Max Replicas Per Node:   4
ContainerSpec:
 Image:\t\t${pinned}
Capabilities:
 Add: CAP_NET_ADMIN, CAP_SYS_TIME
SysCtls:
 net.ipv4.ip_forward: 1
Ulimits:
 nofile: 100:200
Log Driver:
 Name:\t\tjson-file
 LogOpts:
  max-size:       1m

Resources:
Endpoint Mode:\tvip
Ports:
 PublishedPort = 8000
  Protocol = tcp
  TargetPort = 80
  PublishMode = ingress
 PublishedPort = 8001
  Protocol = tcp
  TargetPort = 81
  PublishMode = ingress
 PublishedPort = 53
  Protocol = udp
  TargetPort = 53
  PublishMode = host 
 Healthcheck:
  Interval = 5s
  Retries = 2
  StartPeriod =\t0s
  Timeout =\t0s
  Tests:
\t Test = CMD-SHELL
\t Test = true 

`);
});
