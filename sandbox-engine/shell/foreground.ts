// Waiting for the command in the foreground: the terminal belongs to it meanwhile, ^C and ^Z reach it.
//
// Mirrors: bash's wait_for(): a shell without job control ends by SIGINT itself when its command did.
import { type Process, signals } from '../os/index.ts';
import type { Op } from '../sim/index.ts';
import { describeSignal, jobLine } from './jobs.ts';
import type { Shell } from './shell.ts';
import { handleSignal, interrupted } from './signals.ts';

const stopped = 128 + 20;

/** Waits until all have ended, or stopped; answers the status of the last. */
export function* waitForeground(
  shell: Shell,
  processes: readonly Process[],
  text: string,
  resumed?: { readonly group: number },
): Op<number> {
  const first = processes[0];
  if (!first) return 1;
  const tty = shell.options.monitor ? shell.process.tty : undefined;
  const group = resumed?.group ?? first.row.group;
  const mode = tty?.mode;
  if (tty) tty.foreground = group;
  const signalsSeen = yield* waitAll(shell, processes);
  if (tty) {
    tty.foreground = shell.process.row.group;
    if (mode) tty.mode = mode;
    tty.echo = true;
  }
  const last = processes.at(-1) as Process;
  if (last.exitStatus === undefined) {
    yield* suspended(shell, group, processes, text);
    return stopped;
  }
  yield* afterwards(shell, processes, text, signalsSeen);
  if (shell.flow) return shell.status;
  return last.exitStatus;
}

const isStopped = (one: Process): boolean => one.exitStatus === undefined && one.row.state === 'T';

/** Answers the signals that reached the shell meanwhile. */
function* waitAll(shell: Shell, processes: readonly Process[]): Op<number[]> {
  const seen: number[] = [];
  for (;;) {
    const running = processes.filter((one) => one.exitStatus === undefined);
    const held = shell.options.monitor && running.every(isStopped);
    if (running.length === 0 || held) break;
    const wake = yield { keys: running.map((one) => one.endKey) };
    if (wake.by !== 'signal') continue;
    for (
      let signal = shell.process.takeSignal();
      signal !== undefined;
      signal = shell.process.takeSignal()
    )
      seen.push(signal);
  }
  for (
    let signal = shell.process.takeSignal();
    signal !== undefined;
    signal = shell.process.takeSignal()
  )
    seen.push(signal);
  return seen;
}

function* suspended(
  shell: Shell,
  group: number,
  processes: readonly Process[],
  text: string,
): Op<void> {
  const known = shell.jobs.all().find((job) => job.group === group);
  const job = known ?? shell.jobs.add(group, processes, text, false);
  job.foreground = false;
  job.told = true;
  shell.jobs.touch(job);
  yield* shell.process.err(`\n${jobLine(shell.jobs, job)}`);
  if (shell.isInteractive && shell.dialect.name === 'bash') shell.abort(stopped);
}

/** What signals that came during the command, and its own end by a signal, lead to. */
function* afterwards(
  shell: Shell,
  processes: readonly Process[],
  text: string,
  seen: readonly number[],
): Op<void> {
  const last = processes.at(-1) as Process;
  const byInterrupt = processes.some((one) => one.exitSignal === signals.SIGINT);
  shell.status = last.exitStatus ?? 0;
  for (const signal of seen) {
    const trapped = shell.traps.commands.has(signal);
    if (signal === signals.SIGINT && !trapped) {
      if (byInterrupt && !shell.isInteractive) yield* interrupted(shell);
    } else yield* handleSignal(shell, signal);
    if (shell.flow) return;
  }
  yield* reportSignal(shell, last, text);
  if (byInterrupt && shell.isInteractive) {
    yield* shell.process.err('\n');
    shell.abort(130);
  }
}

const silent: ReadonlySet<number> = new Set([signals.SIGINT, signals.SIGPIPE]);

/** `Terminated`, `Killed`: said by the shell whose command ended so. */
function* reportSignal(shell: Shell, process: Process, text: string): Op<void> {
  const signal = process.exitSignal;
  if (signal === undefined || silent.has(signal) || shell.isSubshell) return;
  const words = describeSignal(signal);
  if (shell.isInteractive || shell.dialect.name !== 'bash') {
    yield* shell.process.err(`${words}\n`);
    return;
  }
  yield* shell.process.err(`${shell.prefix()}${process.pid} ${words.padEnd(23)} ${text}\n`);
}
