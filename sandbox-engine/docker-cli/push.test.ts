import { expect, test } from 'vitest';
import { run } from '../os/testing.ts';
import { dockerHost, FakeEngine, fakeStream } from './testing.ts';

const pushed = () => ({
  status: 200,
  stream: fakeStream(
    [
      { status: 'The push refers to repository [docker.io/library/alpine]' },
      { status: 'Preparing', progressDetail: {}, id: '86fb87058eb8' },
      { errorDetail: { message: 'denied' }, error: 'denied' },
    ].map((message) => ({ channel: 'json', message })),
  ),
});

test('push shows what the daemon says, and an error as it stands in the stream', () => {
  const engine = new FakeEngine({ 'POST /images/alpine/push': pushed });
  expect(run(dockerHost(engine), ['docker', 'push', 'alpine'])).toEqual({
    stdout:
      'Using default tag: latest\nThe push refers to repository [docker.io/library/alpine]\n86fb87058eb8: Preparing\n',
    stderr: 'denied\n',
    exit: 1,
  });
  run(dockerHost(engine), ['docker', 'push', '-q', 'alpine:3']);
  expect(engine.requests.map((request) => request.query)).toEqual([
    { tag: 'latest' },
    { tag: '3' },
  ]);
  expect(run(dockerHost(engine), ['docker', 'push', '-a', 'alpine:3']).stderr).toBe(
    "tag can't be used with --all-tags/-a\n",
  );
});

test('the log of the client', () => {
  const host = dockerHost(new FakeEngine({ 'GET /containers/json': [] }));
  const said = (...words: string[]) => run(host, ['docker', ...words, 'ps', '-q']).stderr;
  expect(said('-D')).toMatch(
    /^time="\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ" level=debug msg="otel error" /,
  );
  expect(said('-l', 'debug')).toBe(said('-D'));
  expect(said('-l', 'warn')).toBe('');
  expect(said('-l', 'loud')).toBe('Unable to parse logging level: loud\n');
});
