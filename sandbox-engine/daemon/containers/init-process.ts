// `docker run --init`: docker-init is the container's first process; it starts the command and hands signals on to it, so
// that a command that knows nothing of them ends when the container is stopped. Mirrors: tini.
import { type Program, signals } from '../../os/index.ts';

const handedOn = [
  signals.SIGHUP,
  signals.SIGINT,
  signals.SIGQUIT,
  signals.SIGTERM,
  signals.SIGUSR1,
  signals.SIGUSR2,
  signals.SIGWINCH,
];

const notStarted = 127;

export const initArgv = (command: readonly string[]): readonly string[] => [
  '/sbin/docker-init',
  '--',
  ...command,
];

/** Ends with the status of the command. */
export const initProgram = (command: readonly string[]): Program =>
  function* dockerInit(process) {
    const child = process.spawn({ argv: command, group: true });
    if (!child.ok) return notStarted;
    for (const signal of handedOn) process.handle(signal, 'catch');
    for (;;) {
      if (child.value.exitStatus !== undefined) return child.value.exitStatus;
      yield { keys: [child.value.endKey] };
      for (let signal = process.takeSignal(); signal !== undefined; signal = process.takeSignal())
        process.kill(child.value.pid, signal);
    }
  };
