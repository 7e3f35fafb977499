// `docker run --init`: docker-init is the container's first process; it starts the command and hands signals on to it, so
// that a command that knows nothing of them ends when the container is stopped. Mirrors: tini.
import { type FileError, type Program, signals, strerror } from '../../os/index.ts';

/** What tini keeps to itself: faults of its own, its terminal's, its child's end, and what nobody can catch. */
const kept: readonly number[] = [
  signals.SIGABRT,
  signals.SIGTTIN,
  signals.SIGCHLD,
  signals.SIGKILL,
  signals.SIGSTOP,
];
const handedOn = Object.values(signals).filter((signal) => !kept.includes(signal));

/** tini's statuses for a command that its child cannot become. */
const statuses: Readonly<Record<string, number>> = { ENOENT: 127, EACCES: 126 };

export const initArgv = (command: readonly string[]): readonly string[] => [
  '/sbin/docker-init',
  '--',
  ...command,
];

/** The child, where execvp fails in it. */
const notStarted = (command: string, error: FileError): Program =>
  function* (child) {
    yield* child.err(`[FATAL tini (${child.pid})] exec ${command} failed: ${strerror(error)}\n`);
    return statuses[error] ?? 1;
  };

/** Ends with the status of the command. */
export const initProgram = (command: readonly string[]): Program =>
  function* dockerInit(process) {
    let child = process.spawn({ argv: command, group: true });
    if (!child.ok && child.error !== 'EAGAIN') {
      const program = notStarted(command[0] ?? '', child.error);
      child = process.spawn({ argv: initArgv(command), program, group: true });
    }
    if (!child.ok) {
      yield* process.err(`[FATAL tini (${process.pid})] fork failed: ${strerror(child.error)}\n`);
      return 1;
    }
    for (const signal of handedOn) process.handle(signal, 'catch');
    for (;;) {
      if (child.value.exitStatus !== undefined) return child.value.exitStatus;
      yield { keys: [child.value.endKey] };
      for (let signal = process.takeSignal(); signal !== undefined; signal = process.takeSignal())
        process.kill(child.value.pid, signal);
    }
  };
