// `docker exec`: a further process in a running container.
//
// Mirrors: moby daemon/exec.go.
import { longId, millis, type Op, sleep } from '../../sim/index.ts';
import { err, type Failure, failure, ok, type Result } from '../../std/index.ts';
import { booleanOf, type JsonObject, listOf, numberOf, textOf, textsOf } from '../body.ts';
import { PieceStream } from '../stream.ts';
import { runInside } from './inside.ts';
import type { ProcessIo } from './io.ts';
import { containerEnvironment } from './launch.ts';
import { type ContainerRow, type ExecRow, hasProcess } from './rows.ts';
import type { ContainerStore } from './store.ts';
import { findUser } from './users.ts';

/** How long runc takes to enter a container. */
const enterMillis = 30;

export class Execs {
  readonly #store: ContainerStore;
  readonly #io = new Map<string, ProcessIo>();
  /** Sizes asked for before the process was there. */
  readonly #sizes = new Map<string, { readonly columns: number; readonly rows: number }>();

  constructor(store: ContainerStore) {
    this.#store = store;
  }

  find(execId: string): Result<ExecRow, Failure> {
    const row = this.#store.context.collections.execs.get(`${this.#store.host}/${execId}`);
    return row ? ok(row) : err(failure('not_found', `No such exec instance: ${execId}`));
  }

  #running(term: string): Result<ContainerRow, Failure> {
    const found = this.#store.find(term);
    if (!found.ok) return found;
    const row = found.value;
    if (row.state.status === 'paused') {
      return err(
        failure('conflict', `Container ${term} is paused, unpause the container before exec`),
      );
    }
    if (row.state.status === 'restarting') {
      return err(
        failure(
          'conflict',
          `Container ${row.containerId} is restarting, wait until the container is running`,
        ),
      );
    }
    if (!hasProcess(row.state))
      return err(failure('conflict', `container ${row.containerId} is not running`));
    return ok(row);
  }

  create(term: string, body: JsonObject): Result<ExecRow, Failure> {
    const found = this.#running(term);
    if (!found.ok) return found;
    const container = found.value;
    const argv = textsOf(body.Cmd) ?? [];
    if (argv.length === 0) return err(failure('invalid_parameter', 'No exec command specified'));
    const user = textOf(body.User) || container.config.User;
    const { context } = this.#store;
    const execId = longId(context.sim.rng('daemon/exec ids'));
    const row = context.collections.execs.put({
      id: `${this.#store.host}/${execId}`,
      host: this.#store.host,
      execId,
      container: container.id,
      argv,
      user,
      cwd: textOf(body.WorkingDir) || container.config.WorkingDir || '/',
      env: textsOf(body.Env) ?? [],
      tty: booleanOf(body.Tty),
      privileged: booleanOf(body.Privileged),
      attachStdin: booleanOf(body.AttachStdin),
      attachStdout: booleanOf(body.AttachStdout),
      attachStderr: booleanOf(body.AttachStderr),
      detachKeys: textOf(body.DetachKeys),
      running: false,
      started: false,
      exitCode: undefined,
      pid: 0,
    });
    const [height, width] = listOf(body.ConsoleSize).map((n) => numberOf(n));
    if (height && width) this.#sizes.set(row.id, { columns: width, rows: height });
    this.#store.event(container, `exec_create: ${argv.join(' ')}`, { execID: execId });
    return ok(row);
  }

  /** Starts it; the stream carries its input and output, and ends with it. Detached there is no stream. */
  *start(execId: string, detach: boolean): Op<Result<PieceStream | undefined, Failure>> {
    const found = this.find(execId);
    if (!found.ok) return found;
    const row = found.value;
    if (row.started) {
      return err(failure('conflict', `exec command ${execId} is already running`));
    }
    const container = this.#running(row.container.slice(this.#store.host.length + 1));
    if (!container.ok) return container;
    const { fs } = this.#store.runtime(container.value);
    const user = findUser(fs, row.user, container.value.hostConfig.GroupAdd);
    if (!user.ok) return user;
    const { sim, collections } = this.#store.context;
    collections.execs.update(row.id, { started: true });
    this.#store.event(container.value, `exec_start: ${row.argv.join(' ')}`, { execID: execId });
    const env = containerEnvironment(this.#store, container.value, {
      home: user.value.home,
      tty: row.tty,
      extra: row.env,
    });
    yield* sleep(sim, millis(enterMillis));
    const stream = detach ? undefined : this.#streamOf(row);
    const ran = runInside(this.#store, container.value, {
      argv: row.argv,
      env,
      cwd: row.cwd,
      user: user.value,
      privileged: row.privileged,
      io: {
        tty: row.tty,
        stdin: row.attachStdin && !detach,
        ...this.#sizes.get(row.id),
      },
      output: (channel, text) => stream?.text(channel, text),
    });
    if (!ran.ok) return this.#refused(row, stream, ran.error);
    const { process, io } = ran.value;
    this.#io.set(row.id, io);
    io.onPrompt = (prompt) => stream?.push({ channel: 'prompt', ...prompt });
    collections.execs.update(row.id, { running: true, pid: process.row.pid });
    this.#store.runtime(container.value).execs.add(execId);
    process.onExit.push((status) =>
      sim.spawn(
        `${this.#store.host}: end of exec`,
        this.#ended(row, io, status, stream),
        this.#store.context.scope,
      ),
    );
    return ok(stream);
  }

  #refused(
    row: ExecRow,
    stream: PieceStream | undefined,
    problem: { readonly text: string; readonly exitCode: number },
  ): Result<PieceStream | undefined, Failure> {
    const { execs } = this.#store.context.collections;
    execs.update(row.id, { exitCode: problem.exitCode });
    const message = `OCI runtime exec failed: exec failed: unable to start container process: ${problem.text}`;
    if (!stream) return err(failure('invalid_parameter', message));
    stream.text('stdout', `${message}\r\n`);
    stream.end();
    return ok(stream);
  }

  #streamOf(row: ExecRow): PieceStream {
    return new PieceStream(this.#store.context.sim, {
      input: (text) => this.#io.get(row.id)?.input(text),
      inputClosed: () => this.#io.get(row.id)?.closeInput(),
    });
  }

  *#ended(
    row: ExecRow,
    io: ProcessIo,
    exitCode: number,
    stream: PieceStream | undefined,
  ): Op<void> {
    yield* io.drained();
    this.#io.delete(row.id);
    this.#sizes.delete(row.id);
    const { execs } = this.#store.context.collections;
    if (execs.has(row.id)) execs.update(row.id, { running: false, exitCode, pid: 0 });
    const container = this.#store.get(row.container);
    if (container) {
      this.#store.runtime(container).execs.delete(row.execId);
      this.#store.event(container, 'exec_die', {
        execID: row.execId,
        exitCode: String(exitCode),
      });
    }
    stream?.end();
  }

  resize(execId: string, columns: number, rows: number): Result<void, Failure> {
    const found = this.find(execId);
    if (!found.ok) return found;
    this.#sizes.set(found.value.id, { columns, rows });
    this.#io.get(found.value.id)?.resize(columns, rows);
    return ok(undefined);
  }

  inspect(row: ExecRow): object {
    return {
      ID: row.execId,
      Running: row.running,
      ExitCode: row.exitCode ?? null,
      ProcessConfig: {
        tty: row.tty,
        entrypoint: row.argv[0] ?? '',
        arguments: row.argv.slice(1),
        privileged: row.privileged,
        ...(row.user && { user: row.user }),
      },
      OpenStdin: row.attachStdin,
      OpenStderr: row.attachStderr,
      OpenStdout: row.attachStdout,
      CanRemove: !row.running && row.exitCode !== undefined,
      ContainerID: row.container.slice(row.host.length + 1),
      DetachKeys: row.detachKeys,
      Pid: row.pid,
    };
  }
}
