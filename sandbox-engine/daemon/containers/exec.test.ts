import { expect, test } from 'vitest';
import { TestEngine } from '../testing.ts';

const alpine = { Image: 'alpine', Cmd: ['sleep', '100000'] };

test('an exec has the environment of the container and its own', () => {
  const engine = new TestEngine();
  engine.start('c1', { ...alpine, Hostname: 'me', Env: ['B=2'] });
  expect(engine.exec('c1', ['env'], { Env: ['C=3'] })).toEqual({
    text: 'B=2\nC=3\nHOME=/root\nHOSTNAME=me\nPATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n'
      .split('\n')
      .sort((a, b) => order(a) - order(b))
      .join('\n'),
    exitCode: 0,
  });
});

const order = (line: string): number =>
  ['PATH', 'HOSTNAME', 'B', 'C', 'HOME', ''].indexOf(line.split('=')[0] ?? '');

test('what cannot be run is said in the stream', () => {
  const engine = new TestEngine();
  engine.start('c1', alpine);
  const prefix = 'OCI runtime exec failed: exec failed: unable to start container process: ';
  expect(engine.exec('c1', ['nosuchcmd'])).toEqual({
    text: `${prefix}exec: "nosuchcmd": executable file not found in $PATH\r\n`,
    exitCode: 127,
  });
  expect(engine.exec('c1', ['true'], { WorkingDir: '/nosuch' })).toEqual({
    text: `${prefix}chdir to cwd ("/nosuch") set in config.json failed: no such file or directory\r\n`,
    exitCode: 127,
  });
});

test('input goes in and answers come out, with a terminal and without', () => {
  const engine = new TestEngine();
  engine.start('c1', alpine);
  const session = (Tty: boolean) => {
    const made = engine.ask(
      'POST',
      '/containers/c1/exec',
      {},
      {
        Cmd: ['sh'],
        Tty,
        AttachStdin: true,
        AttachStdout: true,
      },
    );
    const { Id } = made.body as { readonly Id: string };
    const { stream } = engine.ask('POST', `/exec/${Id}/start`, {}, { Tty });
    stream?.send('hello\n');
    const answer = engine.text(stream);
    if (Tty) stream?.send('\x04');
    else stream?.closeInput();
    engine.run(1);
    return { answer, over: stream?.take() === null };
  };
  expect(session(false)).toEqual({ answer: 'heard hello\n', over: true });
  expect(session(true)).toEqual({ answer: 'hello\r\nheard hello\r\n', over: true });
});

test('attached clients hear a container out, and its log remembers', () => {
  const engine = new TestEngine();
  const created = engine.ask(
    'POST',
    '/containers/create',
    { name: 'c1' },
    {
      Image: 'alpine',
      Cmd: ['sh'],
      OpenStdin: true,
      StdinOnce: true,
      AttachStdin: true,
      AttachStdout: true,
    },
  );
  expect(created.status).toBe(201);
  const attached = engine.ask('POST', '/containers/c1/attach', {
    stream: '1',
    stdin: '1',
    stdout: '1',
    stderr: '1',
  });
  attached.stream?.send('early\n');
  engine.ask('POST', '/containers/c1/start');
  attached.stream?.send('late\n');
  attached.stream?.closeInput();
  expect(engine.text(attached.stream)).toBe('heard early\nheard late\n');
  expect(attached.stream?.take()).toBe(null);
  const logs = engine.ask('GET', '/containers/c1/logs', { stdout: '1', tail: '1' });
  expect(engine.text(logs.stream)).toBe('heard late\n');
});
