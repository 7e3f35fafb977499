// docker exec, attach and start.
//
// Mirrors: docker/cli cli/command/container/{exec,attach,start}.go.
import { join, type Op } from '../../../sim/index.ts';
import { type Cli, exitWith, fail, type Outcome } from '../../cli.ts';
import type { Flags } from '../../flags/parse.ts';
import { flag, number, text } from '../../json.ts';
import { environment } from '../files.ts';
import { awaitExit, exitStatus, forwardSignal, resizeContainer } from './run.ts';
import { attach as attachStream, forcedExit } from './stream.ts';

const noTty = 'the input device is not a TTY';
const detachedMessage = 'read escape sequence';

export function* exec(cli: Cli, flags: Flags, args: readonly string[]): Op<Outcome> {
  const [name = '', ...command] = args;
  const env = environment(cli, flags);
  if (!env.ok) return fail(env.error);
  const [detach, tty, stdin] = [flags.on('detach'), flags.on('tty'), flags.on('interactive')];
  const found = yield* cli.client.get(`/containers/${name}/json`);
  if (!found.ok) return fail(found.error.message);
  if (!detach && tty && stdin && !cli.inIsTty()) return fail(noTty);
  const made = yield* cli.client.post(
    `/containers/${name}/exec`,
    {},
    {
      User: flags.text('user'),
      Privileged: flags.on('privileged'),
      Tty: tty,
      AttachStdin: !detach && stdin,
      AttachStderr: !detach,
      AttachStdout: !detach,
      DetachKeys: flags.text('detach-keys'),
      Env: env.value.length > 0 ? env.value : null,
      WorkingDir: flags.text('workdir'),
      Cmd: command,
    },
  );
  if (!made.ok) return fail(made.error.message);
  const id = text(made.value, 'Id');
  const started = yield* cli.client.request(
    'POST',
    `/exec/${id}/start`,
    {},
    { Detach: detach, Tty: tty },
  );
  if (!started.ok) return fail(started.error.message);
  if (detach) return undefined;
  if (started.value.stream) {
    const how = yield* attachStream(cli, started.value.stream, {
      stdin,
      tty,
      detachKeys: flags.text('detach-keys'),
      *resize(columns, rows) {
        yield* cli.client.post(`/exec/${id}/resize`, { h: rows, w: columns });
      },
    });
    if (how === 'detached') return fail(detachedMessage);
    if (how === 'forced') return forcedExit;
  }
  const ended = yield* cli.client.get(`/exec/${id}/json`);
  return ended.ok ? exitWith(number(ended.value, 'ExitCode')) : fail(ended.error.message);
}

export function* attach(cli: Cli, flags: Flags, [name = '']: readonly string[]): Op<Outcome> {
  const found = yield* cli.client.get(`/containers/${name}/json`);
  if (!found.ok) return fail(found.error.message);
  const { value } = found;
  if (!flag(value, 'State.Running'))
    return fail('cannot attach to a stopped container, start it first');
  if (flag(value, 'State.Paused'))
    return fail('cannot attach to a paused container, unpause it first');
  if (flag(value, 'State.Restarting'))
    return fail('cannot attach to a restarting container, wait until it is running');
  const tty = flag(value, 'Config.Tty');
  const stdin = !flags.on('no-stdin') && flag(value, 'Config.OpenStdin');
  if (tty && stdin && !cli.inIsTty()) return fail(noTty);
  const id = text(value, 'Id');
  const ended = awaitExit(cli, id, 'not-running');
  const answer = yield* cli.client.request('POST', `/containers/${id}/attach`, {
    stream: 1,
    stdin: stdin ? 1 : undefined,
    stdout: 1,
    stderr: 1,
  });
  if (!answer.ok) return fail(answer.error.message);
  if (answer.value.stream) {
    const how = yield* attachStream(cli, answer.value.stream, {
      stdin,
      tty,
      detachKeys: flags.text('detach-keys'),
      resize: (columns, rows) => resizeContainer(cli, id, columns, rows),
      ...(flags.on('sig-proxy') && !tty
        ? { signal: (signal: number) => forwardSignal(cli, id, signal) }
        : {}),
    });
    if (how === 'detached') return fail(detachedMessage);
    if (how === 'forced') return forcedExit;
  }
  return exitWith(exitStatus(yield* join(ended)));
}

export function* start(cli: Cli, flags: Flags, names: readonly string[]): Op<Outcome> {
  if (flags.on('attach') || flags.on('interactive')) return yield* startAttached(cli, flags, names);
  const failed: string[] = [];
  for (const name of names) {
    const started = yield* cli.client.post(`/containers/${name}/start`);
    if (started.ok) yield* cli.out(`${name}\n`);
    else {
      yield* cli.err(`${started.error.message}\n`);
      failed.push(name);
    }
  }
  return failed.length > 0
    ? fail(`Error: failed to start containers: ${failed.join(', ')}`)
    : undefined;
}

function* startAttached(cli: Cli, flags: Flags, names: readonly string[]): Op<Outcome> {
  const [name = ''] = names;
  if (names.length > 1) return fail('you cannot start and attach multiple containers at once');
  const found = yield* cli.client.get(`/containers/${name}/json`);
  if (!found.ok) return fail(found.error.message);
  const id = text(found.value, 'Id');
  const tty = flag(found.value, 'Config.Tty');
  const stdin = flags.on('interactive') && flag(found.value, 'Config.OpenStdin');
  const attached = yield* cli.client.request('POST', `/containers/${id}/attach`, {
    stream: 1,
    stdin: stdin ? 1 : undefined,
    stdout: 1,
    stderr: 1,
  });
  if (!attached.ok) return fail(attached.error.message);
  const ended = awaitExit(
    cli,
    id,
    flag(found.value, 'HostConfig.AutoRemove') ? 'removed' : 'next-exit',
  );
  const started = yield* cli.client.post(`/containers/${id}/start`);
  if (!started.ok) {
    attached.value.stream?.close();
    return fail(started.error.message);
  }
  if (attached.value.stream) {
    const how = yield* attachStream(cli, attached.value.stream, {
      stdin,
      tty,
      detachKeys: flags.text('detach-keys'),
      resize: (columns, rows) => resizeContainer(cli, id, columns, rows),
      ...(tty ? {} : { signal: (signal: number) => forwardSignal(cli, id, signal) }),
    });
    if (how === 'detached') return undefined;
    if (how === 'forced') return forcedExit;
  }
  return exitWith(exitStatus(yield* join(ended)));
}
