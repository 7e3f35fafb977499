// Runs one command to its end on a host, without or with a pseudo-terminal: what tests, the build and the replayer do.
//
// Mirrors: oracle/guest/agent.py, which ran the commands of the recordings: `bash -c COMMAND` in /root as root.
import {
  drainPipe,
  feedPipe,
  type Host,
  type OpenFile,
  type Process,
  signals,
  type Tty,
} from '../os/index.ts';
import { limits, type Micros, micros, type Op, type Sim, seconds, sleep } from '../sim/index.ts';
import { must } from '../std/index.ts';
import type { CommandResult, ExecOptions, RunningCommand } from './api.ts';

const environment: ReadonlyMap<string, string> = new Map([
  ['PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
  ['HOME', '/root'],
  ['LANG', 'C.UTF-8'],
  ['TERM', 'xterm'],
  ['USER', 'root'],
  ['PWD', '/root'],
]);

/** After this long a command is interrupted, and 5 s later killed. */
const patience = 120;

/** Sets `bash -c command` going on that host. */
export function startCommand(
  sim: Sim,
  host: Host,
  command: string,
  options: ExecOptions = {},
): RunningCommand {
  if (!host.up) return refused(`${host.name} is powered off\n`);
  return options.tty
    ? onTerminal(sim, host, command, options)
    : onPipes(sim, host, command, options);
}

const refused = (stderr: string): RunningCommand => ({
  ended: true,
  finish: () => ({ stdout: '', stderr, exit: 255 }),
});

function onPipes(sim: Sim, host: Host, command: string, options: ExecOptions): RunningCommand {
  const input = host.pipe();
  const output = host.pipe();
  const errors = host.pipe();
  const stdin = options.stdin === undefined ? host.nullFile() : input.reader;
  const started = host.spawn({
    argv: ['bash', '-c', command],
    env: environment,
    cwd: '/root',
    fds: new Map([
      [0, stdin],
      [1, output.writer],
      [2, errors.writer],
    ]),
    group: true,
  });
  const process = must(started.ok ? started.value : undefined, 'bash');
  for (const file of [input.reader, output.writer, errors.writer]) file.release();
  if (options.stdin === undefined) input.writer.release();
  else sim.spawn('exec: stdin', feedPipe(input.writer, options.stdin));
  const out = collect(sim, output.reader);
  const err = collect(sim, errors.reader);
  const deadline = deadlineOf(sim, options);
  const over = (): boolean => process.exitStatus !== undefined && out.ended() && err.ended();
  return {
    get ended() {
      return over();
    },
    finish() {
      runUntil(sim, process, over, deadline);
      return { stdout: out.text(), stderr: err.text(), exit: exitOf(process) };
    },
  };
}

function onTerminal(sim: Sim, host: Host, command: string, options: ExecOptions): RunningCommand {
  const tty = host.openTty({ columns: options.tty?.columns ?? 80, rows: 40 });
  const file = tty.open();
  const started = host.spawn({
    argv: ['bash', '-c', command],
    env: environment,
    cwd: '/root',
    tty,
    fds: new Map([
      [0, file],
      [1, file],
      [2, file],
    ]),
    group: true,
  });
  const process = must(started.ok ? started.value : undefined, 'bash');
  file.release();
  tty.foreground = process.row.group;
  if (options.send) sim.spawn('exec: typing', type(sim, tty, options.send));
  const deadline = deadlineOf(sim, options);
  let text = '';
  const over = (): boolean => {
    text += tty.takeOutput();
    return process.exitStatus !== undefined;
  };
  return {
    get ended() {
      return over();
    },
    finish(): CommandResult {
      runUntil(sim, process, over, deadline);
      text += tty.takeOutput();
      tty.hangUp();
      return { stdout: text, stderr: '', exit: exitOf(process) };
    },
  };
}

const deadlineOf = (sim: Sim, options: ExecOptions): Micros =>
  micros(sim.now() + seconds(options.timeoutSeconds ?? patience));

/** subprocess reports death by signal n as -n. */
const exitOf = (process: Process): number =>
  process.exitSignal === undefined ? (process.exitStatus ?? -1) : -process.exitSignal;

function runUntil(sim: Sim, process: Process, over: () => boolean, deadline: Micros): void {
  let interrupted = false;
  let killed = false;
  for (let events = 0; !over(); events += 1) {
    const next = sim.nextAt();
    const late = next === undefined || next > deadline || events > limits.eventsPerInstant * 20;
    if (late && !interrupted) {
      process.host.killGroup(process.row.group, signals.SIGINT);
      interrupted = true;
    } else if (late && next !== undefined && next > deadline + seconds(5) && !killed) {
      process.host.killGroup(process.row.group, signals.SIGKILL);
      killed = true;
    } else if (late && killed) return;
    if (!sim.runNext()) return;
  }
}

function* type(sim: Sim, tty: Tty, send: readonly (readonly [number, string])[]): Op<void> {
  for (const [delay, text] of send) {
    yield* sleep(sim, seconds(delay));
    tty.input(text);
  }
}

interface Collected {
  ended(): boolean;
  text(): string;
}

function collect(sim: Sim, reader: OpenFile): Collected {
  const parts: string[] = [];
  const pump = sim.spawn(
    'exec: output',
    drainPipe(reader, (part) => parts.push(part)),
  );
  return { ended: () => pump.ended, text: () => parts.join('') };
}
