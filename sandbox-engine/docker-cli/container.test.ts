import { expect, test } from 'vitest';
import type { ApiRequest, ApiStream, StreamPiece } from '../api/index.ts';
import type { Host } from '../os/index.ts';
import { onTerminal, run } from '../os/testing.ts';
import { dockerHost, FakeEngine, fakeStream, type Reply } from './testing.ts';

/** A stream that stays open: the test puts pieces in and sees what was sent. */
class OpenStream implements ApiStream {
  readonly key = 'open-stream';
  readonly sent: string[] = [];
  inputClosed = false;
  closed = false;
  #pieces: (StreamPiece | null)[] = [];
  host: Host | undefined;

  put(piece: StreamPiece | null): void {
    this.#pieces.push(piece);
    this.host?.sim.wake(this.key);
  }

  take(): StreamPiece | null | undefined {
    return this.#pieces.shift();
  }

  send(text: string): void {
    this.sent.push(text);
  }

  closeInput(): void {
    this.inputClosed = true;
  }

  close(): void {
    this.closed = true;
  }
}

const running = { Id: 'c'.repeat(64), State: { Running: true }, Config: { Tty: false } };

const execRoutes = (stream: ApiStream, exit = 0): Record<string, Reply> => ({
  'GET /containers/c1/json': running,
  'POST /containers/c1/exec': { Id: 'e1' },
  'POST /exec/e1/start': () => ({ status: 101, stream }),
  'POST /exec/e1/resize': {},
  'GET /exec/e1/json': { ExitCode: exit },
});

test('ps', () => {
  const host = dockerHost(
    new FakeEngine({
      'GET /containers/json': [
        {
          Id: '8e60e851380dc870ca16037d8f96927f01ef51fca59e2cbeb720bc43cf1ca7f6',
          Names: ['/c1'],
          Image:
            'nginx:alpine@sha256:3f5acb8f527576f9909d28d896999965a6b4c28d01b2a5da611c1920e9c8bdec',
          ImageID: 'sha256:0904f9f70803a6ca241b0cdc8f6a966e4a8bf9b7130e0f628cc0ac813ebece7d',
          Command: "/docker-entrypoint.sh nginx -g 'daemon off;'",
          Created: 1_735_689_535,
          Ports: [
            { IP: '0.0.0.0', PrivatePort: 80, PublicPort: 8080, Type: 'tcp' },
            { IP: '::', PrivatePort: 80, PublicPort: 8080, Type: 'tcp' },
            { PrivatePort: 443, Type: 'tcp' },
            { PrivatePort: 444, Type: 'tcp' },
          ],
          Labels: { app: 'x' },
          State: 'running',
          Status: 'Up About a minute',
          NetworkSettings: { Networks: { brA: {} } },
          Mounts: [],
        },
      ],
    }),
  );
  expect(run(host, ['docker', 'ps']).stdout).toBe(
    `CONTAINER ID   IMAGE          COMMAND                  CREATED              STATUS              PORTS                                                  NAMES
8e60e851380d   nginx:alpine   "/docker-entrypoint.…"   About a minute ago   Up About a minute   443-444/tcp, 0.0.0.0:8080->80/tcp, [::]:8080->80/tcp   c1
`,
  );
  expect(run(host, ['docker', 'ps', '-q', '--format', '{{.Names}}'])).toEqual({
    stdout: '8e60e851380d\n',
    stderr: 'WARNING: Ignoring custom format, because both --format and --quiet are set.\n',
    exit: 0,
  });
  expect(run(host, ['docker', 'ps', '--format', '{{.Foo}}'])).toEqual({
    stdout: '',
    stderr:
      'failed to execute template: template: :1:2: executing "" at <.Foo>: can\'t evaluate field Foo in type *formatter.ContainerContext\n',
    exit: 1,
  });
});

test('the size is asked for when the template mentions it', () => {
  const engine = new FakeEngine({ 'GET /containers/json': [] });
  run(dockerHost(engine), ['docker', 'ps', '--format', '{{.Names}} {{.Size}}']);
  run(dockerHost(engine), ['docker', 'ps', '--format', '{{.Names}}']);
  expect(engine.requests.map((request) => request.query)).toEqual([{ size: '1' }, {}]);
});

test('run sends what its flags say', () => {
  let sent: ApiRequest | undefined;
  const engine = new FakeEngine({
    'POST /containers/create': (request: ApiRequest) => {
      sent = request;
      return { status: 201, body: { Id: 'abc', Warnings: [] } };
    },
    'POST /containers/abc/wait': { StatusCode: 0 },
    'POST /containers/abc/start': {},
  });
  const words =
    'run -itd --name c1 --net n1 --network-alias a --ip 10.0.0.5 -p 127.0.0.1:8000-8001:80-81/udp -e A=1 -l x=y -v v1:/data -v /anon --restart on-failure:3 --memory 64m --cpus 0.5 --hostname h alpine sh -c ls';
  expect(run(dockerHost(engine), ['docker', ...words.split(' ')])).toEqual({
    stdout: 'abc\n',
    stderr: '',
    exit: 0,
  });
  expect(sent?.query).toEqual({ name: 'c1' });
  expect(sent?.body).toMatchObject({
    Hostname: 'h',
    AttachStdin: false,
    AttachStdout: false,
    Tty: true,
    OpenStdin: true,
    StdinOnce: false,
    Env: ['A=1'],
    Cmd: ['sh', '-c', 'ls'],
    Image: 'alpine',
    Labels: { x: 'y' },
    Volumes: { '/anon': {} },
    ExposedPorts: { '80/udp': {}, '81/udp': {} },
    HostConfig: {
      Binds: ['v1:/data'],
      NetworkMode: 'n1',
      PortBindings: {
        '80/udp': [{ HostIp: '127.0.0.1', HostPort: '8000' }],
        '81/udp': [{ HostIp: '127.0.0.1', HostPort: '8001' }],
      },
      RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 3 },
      Memory: 67_108_864,
      NanoCpus: 500_000_000,
    },
    NetworkingConfig: {
      EndpointsConfig: { n1: { IPAMConfig: { IPv4Address: '10.0.0.5' }, Aliases: ['a'] } },
    },
  });
});

test.each([
  ['-p 80:80:80:80', 'Invalid ip address 80:80: address 80:80:: too many colons in address'],
  ['-p 99999:80', 'Invalid hostPort: 99999'],
  ['-p 8001:abc', 'Invalid containerPort: abc'],
  [
    '-p 8001-8003:80-81',
    'Invalid ranges specified for container and host Ports: 80-81 and 8001-8003',
  ],
  ['-p 8004:80/foo', 'Invalid proto: foo'],
  ['--mac-address zz', 'zz is not a valid mac address'],
  ['--network-alias foo', 'network-scoped aliases are only supported for user-defined networks'],
  [
    '--net bridge --net s1',
    'conflicting options: cannot attach both user-defined and non-user-defined network-modes',
  ],
  ['--rm --restart always', 'conflicting options: cannot specify both --restart and --rm'],
  ['--env-file nosuch', 'open nosuch: no such file or directory'],
  [
    '--platform foo',
    'error parsing specified platform: "foo": unknown operating system or architecture: invalid argument',
  ],
])('run %s is refused', (words, message) => {
  const done = run(dockerHost(new FakeEngine()), ['docker', 'run', ...words.split(' '), 'alpine']);
  expect(done).toEqual({
    stdout: '',
    stderr: `docker: ${message}\n\nRun 'docker run --help' for more information\n`,
    exit: 125,
  });
});

test('run pulls what is not there', () => {
  let tries = 0;
  const engine = new FakeEngine({
    'POST /containers/create': () => {
      tries += 1;
      return tries === 1
        ? { status: 404, body: { message: 'No such image: alpine:latest' } }
        : { status: 201, body: { Id: 'abc', Warnings: ['careful'] } };
    },
    'POST /images/create': () => ({
      status: 200,
      stream: fakeStream([
        { channel: 'json', message: { status: 'Pulling from library/alpine', id: 'latest' } },
        {
          channel: 'json',
          message: { status: 'Pulling fs layer', progressDetail: {}, id: '213f' },
        },
        {
          channel: 'json',
          message: { status: 'Downloading', progressDetail: { current: 5, total: 10 }, id: '213f' },
        },
        { channel: 'json', message: { status: 'Pull complete', progressDetail: {}, id: '213f' } },
        {
          channel: 'json',
          message: { status: 'Status: Downloaded newer image for alpine:latest' },
        },
      ]),
    }),
    'POST /containers/abc/wait': { StatusCode: 7 },
    'POST /containers/abc/attach': () => ({
      status: 101,
      stream: fakeStream([{ channel: 'stdout', text: 'hello\n' }]),
    }),
    'POST /containers/abc/start': {},
  });
  expect(run(dockerHost(engine), ['docker', 'run', 'alpine', 'echo', 'hello'])).toEqual({
    stdout: 'hello\n',
    stderr:
      "Unable to find image 'alpine:latest' locally\nlatest: Pulling from library/alpine\n213f: Pulling fs layer\n213f: Pull complete\nStatus: Downloaded newer image for alpine:latest\nWARNING: careful\n",
    exit: 7,
  });
});

test.each([
  ['exec: "x": executable file not found in $PATH', 127],
  ['exec: "/etc/passwd": permission denied', 126],
  ['something else', 125],
])('a container that cannot start: %s', (message, exit) => {
  const engine = new FakeEngine({
    'POST /containers/create': { Id: 'abc' },
    'POST /containers/abc/attach': () => ({ status: 101, stream: fakeStream([]) }),
    'POST /containers/abc/start': () => ({ status: 400, body: { message } }),
  });
  expect(run(dockerHost(engine), ['docker', 'run', 'alpine', 'x'])).toEqual({
    stdout: '',
    stderr: `docker: Error response from daemon: ${message}\n\nRun 'docker run --help' for more information\n`,
    exit,
  });
});

test('exec without a terminal forwards standard input and the exit code', () => {
  const stream = new OpenStream();
  const engine = new FakeEngine(execRoutes(stream, 9));
  const host = dockerHost(engine);
  stream.host = host;
  stream.put({ channel: 'stdout', text: 'out\n' });
  stream.put({ channel: 'stderr', text: 'err\n' });
  const finish = stream.closeInput.bind(stream);
  stream.closeInput = () => {
    finish();
    stream.put(null);
  };
  const done = run(host, ['docker', 'exec', '-i', 'c1', 'cat'], { stdin: 'typed\n' });
  expect(done).toEqual({ stdout: 'out\n', stderr: 'err\n', exit: 9 });
  expect(stream.sent.join('')).toBe('typed\n');
  expect(run(host, ['docker', 'exec', '-it', 'c1', 'cat']).stderr).toBe(
    'the input device is not a TTY\n',
  );
});

test('exec -it is raw while it runs, follows the size, and lets go on ^P^Q', () => {
  const stream = new OpenStream();
  const engine = new FakeEngine(execRoutes(stream));
  const host = dockerHost(engine);
  stream.host = host;
  const session = onTerminal(host, ['docker', 'exec', '-it', 'c1', 'sh'], {
    columns: 90,
    rows: 30,
  });
  session.type('l', 1);
  expect(session.tty.mode).toBe('raw');
  expect(engine.requests.find((request) => request.path.endsWith('/resize'))?.query).toEqual({
    h: '30',
    w: '90',
  });
  stream.put({ channel: 'stdout', text: '/ # ' });
  expect(session.type('s\r', 1)).toBe('/ # ');
  expect(stream.sent.join('')).toBe('ls\r');
  expect(session.type('\x10x\x10\x11', 1)).toBe('read escape sequence\r\n');
  expect(stream.sent.join('')).toBe('ls\r\x10x');
  expect([session.tty.mode, session.process.exitStatus, stream.closed]).toEqual([
    'cooked',
    1,
    true,
  ]);
});

test('signals reach the container of a run without a terminal', () => {
  const stream = new OpenStream();
  const engine = new FakeEngine({
    'POST /containers/create': { Id: 'abc' },
    'POST /containers/abc/attach': () => ({ status: 101, stream }),
    'POST /containers/abc/start': {},
    'POST /containers/abc/wait': { StatusCode: 130 },
    'POST /containers/abc/kill': () => {
      stream.put(null);
      return { status: 204 };
    },
  });
  const host = dockerHost(engine);
  stream.host = host;
  const session = onTerminal(host, ['docker', 'run', 'alpine', 'sleep', '100']);
  session.type('', 1);
  expect(session.process.exitStatus).toBe(undefined);
  session.type('\x03', 1);
  expect(engine.requests.at(-1)?.query).toEqual({ signal: 'INT' });
  expect(session.process.exitStatus).toBe(130);
});

test('inspect sees the struct first, and the JSON when that fails', () => {
  const network = {
    Name: 'brA',
    Id: '5c32',
    Created: '2026-11-22T00:19:23.218254233Z',
    Labels: {},
  };
  const host = dockerHost(new FakeEngine({ 'GET /networks/brA': network }));
  const inspect = (...words: string[]) => run(host, ['docker', 'network', 'inspect', ...words]);
  expect(inspect('brA', '-f', '{{.Created}}').stdout).toBe(
    '2026-11-22 00:19:23.218254233 +0000 UTC\n',
  );
  expect(inspect('brA', '-f', '{{.Id}} {{.Created}}').stdout).toBe(
    '5c32 2026-11-22T00:19:23.218254233Z\n',
  );
  expect(inspect('brA', '-f', '{{.Nosuch}}')).toEqual({
    stdout: '\n',
    stderr:
      'template parsing error: template: :1:2: executing "" at <.Nosuch>: map has no entry for key "Nosuch"\n',
    exit: 1,
  });
  expect(inspect('nosuch')).toEqual({
    stdout: '[]\n',
    stderr: 'Error response from daemon: no such thing: /networks/nosuch\n',
    exit: 1,
  });
});
