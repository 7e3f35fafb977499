// docker run and docker create.
//
// Mirrors: docker/cli cli/command/container/{run,create}.go.
import { signals } from '../../../os/index.ts';
import { type Coroutine, join, type Op } from '../../../sim/index.ts';
import { err, ok, type Result } from '../../../std/index.ts';
import { type Cli, exitWith, fail, type Outcome } from '../../cli.ts';
import type { ApiError } from '../../client.ts';
import type { Flags } from '../../flags/parse.ts';
import { number, object, text, texts } from '../../json.ts';
import { pullImage } from '../image/pull.ts';
import { familiarWithTag, parseReference } from '../image/reference.ts';
import { attachFlags, containerBody } from './config.ts';
import { attach, forcedExit } from './stream.ts';

const platformPattern =
  /^(?:linux|windows|darwin|freebsd)(?:\/\w+)*$|^(?:amd64|arm64|arm|386|s390x|ppc64le|riscv64)$/;

/** What `docker run` and `docker create` say when something goes wrong before the container runs. */
function refused(verb: 'run' | 'create', message: string): Outcome {
  const status = /executable file not found|no such file or directory/.test(message)
    ? 127
    : /permission denied|is a directory/.test(message)
      ? 126
      : 125;
  return fail(
    `docker: ${message}\n\nRun 'docker ${verb} --help' for more information`,
    verb === 'run' && /Error response from daemon/.test(message) ? status : 125,
  );
}

const signalNames = new Map<number, string>(
  Object.entries(signals).map(([name, n]) => [n, name.replace(/^SIG/, '')]),
);

/** Creates the container, pulling its image first where that is asked for or needed. Answers its id. */
function* createContainer(
  cli: Cli,
  flags: Flags,
  args: readonly string[],
  detached: boolean,
): Op<Result<string, string>> {
  const [image = '', ...command] = args;
  const body = containerBody(cli, flags, image, command, detached);
  if (!body.ok) return body;
  const platform = flags.text('platform');
  if (platform && !platformPattern.test(platform))
    return err(
      `error parsing specified platform: ${JSON.stringify(platform)}: unknown operating system or architecture: invalid argument`,
    );
  const isId = /^(?:sha256:)?[0-9a-f]{64}$/.test(image);
  const reference = parseReference(image);
  if (!reference.ok && !isId) return err(reference.error);
  const pull = flags.text('pull');
  if (!['always', 'missing', 'never'].includes(pull))
    return err(`invalid pull option: '${pull}': must be one of "always", "missing" or "never"`);
  const options = { fd: 2, quiet: flags.on('quiet'), platform } as const;
  if (pull === 'always' && reference.ok) {
    const pulled = yield* pullImage(cli, reference.value, options);
    if (!pulled.ok) return pulled;
  }
  const post = (): Op<Result<unknown, ApiError>> =>
    cli.client.post(
      '/containers/create',
      { name: flags.given('name'), platform: platform || undefined },
      body.value,
    );
  let made = yield* post();
  const missing =
    !made.ok && made.error.status === 404 && made.error.message.includes('No such image');
  if (missing && pull === 'missing' && reference.ok) {
    if (!options.quiet)
      yield* cli.err(`Unable to find image '${familiarWithTag(reference.value)}' locally\n`);
    const pulled = yield* pullImage(cli, reference.value, options);
    if (!pulled.ok) return pulled;
    made = yield* post();
  }
  if (!made.ok) return err(made.error.message);
  for (const warning of texts(made.value, 'Warnings')) yield* cli.err(`WARNING: ${warning}\n`);
  const id = text(made.value, 'Id');
  const cidfile = flags.text('cidfile');
  if (cidfile) cli.process.fs.write(cli.file(cidfile), id);
  return ok(id);
}

export function* create(cli: Cli, flags: Flags, args: readonly string[]): Op<Outcome> {
  const made = yield* createContainer(cli, flags, args, false);
  if (!made.ok) return refused('create', made.error);
  yield* cli.out(`${made.value}\n`);
  return undefined;
}

export function* run(cli: Cli, flags: Flags, args: readonly string[]): Op<Outcome> {
  const detached = flags.on('detach');
  if (detached && flags.has('attach')) return refused('run', 'Conflicting options: -a and -d');
  const held = attachFlags(flags, detached);
  if (!detached && flags.on('tty') && held.stdin && !cli.inIsTty())
    return fail('the input device is not a TTY');
  const made = yield* createContainer(cli, flags, args, detached);
  if (!made.ok) return refused('run', made.error);
  const id = made.value;
  const ended = awaitExit(cli, id, flags.on('rm') ? 'removed' : 'next-exit');
  if (detached) {
    const started = yield* cli.client.post(`/containers/${id}/start`);
    yield* cli.out(`${id}\n`);
    return started.ok ? undefined : refused('run', started.error.message);
  }
  return yield* runAttached(cli, flags, id, ended);
}

function* runAttached(cli: Cli, flags: Flags, id: string, ended: ExitWait): Op<Outcome> {
  const held = attachFlags(flags, false);
  const tty = flags.on('tty');
  const attached = yield* cli.client.request('POST', `/containers/${id}/attach`, {
    stream: 1,
    stdin: held.stdin ? 1 : undefined,
    stdout: held.stdout ? 1 : undefined,
    stderr: held.stderr ? 1 : undefined,
    detachKeys: flags.given('detach-keys'),
  });
  if (!attached.ok) return refused('run', attached.error.message);
  const started = yield* cli.client.post(`/containers/${id}/start`);
  if (!started.ok) {
    attached.value.stream?.close();
    if (flags.on('rm')) yield* join(ended);
    return refused('run', started.error.message);
  }
  if (attached.value.stream) {
    const how = yield* attach(cli, attached.value.stream, {
      stdin: held.stdin,
      tty,
      detachKeys: flags.text('detach-keys'),
      resize: (columns, rows) => resizeContainer(cli, id, columns, rows),
      ...(flags.on('sig-proxy') && !tty
        ? { signal: (signal: number) => forwardSignal(cli, id, signal) }
        : {}),
    });
    if (how === 'detached') return undefined;
    if (how === 'forced') return forcedExit;
  }
  const status = yield* join(ended);
  return exitWith(exitStatus(status));
}

// ---- shared with start, attach --------------------------------------------------------------

export type ExitWait = Coroutine<Result<unknown, ApiError>>;

/** Begins to wait for the end of the container's next (or present) run, or for its removal. */
export const awaitExit = (
  cli: Cli,
  id: string,
  condition: 'next-exit' | 'removed' | 'not-running',
): ExitWait =>
  cli.sim.spawn('docker wait', cli.client.post(`/containers/${id}/wait`, { condition }));

export function exitStatus(answer: Result<unknown, ApiError> | undefined): number {
  if (!answer?.ok) return 125;
  return text(object(answer.value, 'Error'), 'Message') ? 125 : number(answer.value, 'StatusCode');
}

export function* resizeContainer(cli: Cli, id: string, columns: number, rows: number): Op<void> {
  yield* cli.client.post(`/containers/${id}/resize`, { h: rows, w: columns });
}

export function* forwardSignal(cli: Cli, id: string, signal: number): Op<void> {
  yield* cli.client.post(`/containers/${id}/kill`, { signal: signalNames.get(signal) ?? signal });
}
