// jobs, fg, bg, wait, kill, disown, suspend.
import { type Process, signalNames, signalNumber, signals } from '../../os/index.ts';
import type { Op } from '../../sim/index.ts';
import { waitForeground } from '../foreground.ts';
import { type Job, jobLine, jobState, jobStatus } from '../jobs.ts';
import type { Shell } from '../shell.ts';
import { handleSignal } from '../signals.ts';
import type { RunBuiltin } from './index.ts';
import { appletName } from './test.ts';
import { signalList } from './trap.ts';
import { takeOptions } from './usage.ts';

function* jobs(shell: Shell, words: readonly string[]): Op<number> {
  const options = yield* takeOptions(
    shell,
    words,
    'lnprs',
    'jobs [-lnprs] [jobspec ...] or jobs -x command [args]',
  );
  if (!options) return 2;
  const { letters, rest } = options;
  const listed =
    rest.length === 0 ? shell.jobs.all() : rest.flatMap((name) => shell.jobs.find(name) ?? []);
  for (const job of [...listed]) {
    const state = jobState(job);
    if (letters.has('r') && state !== 'Running') continue;
    if (letters.has('s') && state !== 'Stopped') continue;
    const line = letters.has('p')
      ? `${job.processes[0]?.pid}\n`
      : jobLine(shell.jobs, job, { pids: letters.has('l') });
    yield* shell.out(line, 'jobs');
    if (state === 'Done') shell.jobs.remove(job);
  }
  if (rest.length === 0 || listed.length > 0) return 0;
  yield* noSuchJob(shell, 'jobs', rest[0] as string);
  return 1;
}

function* noSuchJob(shell: Shell, command: string, name: string): Op<void> {
  const { name: dialect } = shell.dialect;
  if (dialect === 'bash') {
    yield* shell.complain(`${name}: no such job`, command);
    return;
  }
  const text =
    name === 'current'
      ? 'No current job'
      : dialect === 'ash'
        ? `${name}: no such job`
        : `No such job: ${name}`;
  yield* shell.complain(text, command);
}

/** The job that a word names; without one the current job. Undefined: there is none; it was reported. */
function* namedJob(shell: Shell, command: string, name: string | undefined): Op<Job | undefined> {
  const job = name === undefined ? shell.jobs.current() : shell.jobs.find(name);
  if (!job) yield* noSuchJob(shell, command, name ?? 'current');
  return job;
}

function* controlled(shell: Shell, command: string): Op<boolean> {
  if (shell.options.monitor) return true;
  if (shell.dialect.name === 'bash') yield* shell.complain('no job control', command);
  else yield* noSuchJob(shell, command, 'current');
  return false;
}

function* fg(shell: Shell, words: readonly string[]): Op<number> {
  const bash = shell.dialect.name === 'bash';
  if (!(yield* controlled(shell, 'fg'))) return bash ? 1 : 2;
  const job = yield* namedJob(shell, 'fg', words[1]);
  if (!job) return bash ? 1 : 2;
  yield* shell.out(`${job.text}\n`, 'fg');
  job.told = false;
  resume(shell, job);
  const status = yield* waitForeground(shell, job.processes, job.text, { group: job.group });
  if (jobState(job) === 'Done') shell.jobs.remove(job);
  return status;
}

function* bg(shell: Shell, words: readonly string[]): Op<number> {
  const bash = shell.dialect.name === 'bash';
  if (!(yield* controlled(shell, 'bg'))) return bash ? 1 : 2;
  const job = yield* namedJob(shell, 'bg', words[1]);
  if (!job) return bash ? 1 : 2;
  resume(shell, job);
  job.told = false;
  shell.lastBackground = job.processes.at(-1)?.pid;
  yield* shell.out(
    bash
      ? `[${job.number}]${shell.jobs.mark(job)} ${job.text} &\n`
      : `[${job.number}] ${job.text}\n`,
    'bg',
  );
  return 0;
}

function resume(shell: Shell, job: Job): void {
  for (const process of job.processes)
    if (process.exitStatus === undefined) shell.process.host.kill(process.row.pid, signals.SIGCONT);
}

function* wait(shell: Shell, words: readonly string[]): Op<number> {
  const options = yield* takeOptions(shell, words, 'fnp:', 'wait [-fn] [-p var] [id ...]');
  if (!options) return 2;
  if (options.letters.has('n')) return yield* waitAny(shell);
  if (options.rest.length === 0) {
    for (const job of [...shell.jobs.own]) {
      const status = yield* waitJob(shell, job);
      if (status === undefined) return shell.status;
    }
    return 0;
  }
  let status = 0;
  for (const name of options.rest) {
    status = yield* waitNamed(shell, name);
    if (shell.flow) return shell.status;
  }
  return status;
}

function* waitNamed(shell: Shell, name: string): Op<number> {
  const bash = shell.dialect.name === 'bash';
  if (!name.startsWith('%') && !/^\d+$/.test(name)) {
    yield* shell.complain(`\`${name}': not a pid or valid job spec`, 'wait');
    return bash ? 1 : 2;
  }
  const job = name.startsWith('%') ? shell.jobs.find(name) : shell.jobs.byPid(Number(name));
  if (job) return (yield* waitJob(shell, job)) ?? shell.status;
  const ended = shell.jobs.ended.get(Number(name));
  if (ended !== undefined) return ended;
  if (name.startsWith('%')) {
    yield* noSuchJob(shell, 'wait', name);
    return bash ? 127 : 2;
  }
  if (bash) yield* shell.complain(`pid ${name} is not a child of this shell`, 'wait');
  return 127;
}

/** Undefined: a signal came first; the status says which. */
function* waitJob(shell: Shell, job: Job): Op<number | undefined> {
  while (jobState(job) === 'Running') {
    if (!(yield* pause(shell, job.processes))) return undefined;
  }
  const status = jobStatus(job);
  if (jobState(job) === 'Done') {
    if (!shell.isInteractive) shell.jobs.remove(job);
    else if (job.told) shell.jobs.remove(job);
  }
  return status;
}

function* waitAny(shell: Shell): Op<number> {
  for (;;) {
    const all = shell.jobs.own;
    const ended = all.find((job) => jobState(job) === 'Done');
    if (ended) {
      shell.jobs.remove(ended);
      return jobStatus(ended);
    }
    if (all.length === 0) return 127;
    if (
      !(yield* pause(
        shell,
        all.flatMap((job) => job.processes),
      ))
    )
      return shell.status;
  }
}

/** Waits for a change; false when a signal ended the wait. */
function* pause(shell: Shell, processes: readonly Process[]): Op<boolean> {
  const keys = processes.filter((one) => one.exitStatus === undefined).map((one) => one.endKey);
  const wake = yield { keys };
  if (wake.by !== 'signal') return true;
  const signal = shell.process.takeSignal();
  if (signal === undefined || signal === signals.SIGCHLD) return true;
  yield* handleSignal(shell, signal);
  if (!shell.flow) shell.status = 128 + signal;
  return false;
}

const killUsage = 'kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]';

function* kill(shell: Shell, words: readonly string[]): Op<number> {
  const args = words.slice(1);
  if (args[0] === '-l' || args[0] === '-L') return yield* listSignals(shell, args.slice(1));
  let signal: number | undefined = signals.SIGTERM;
  const [first = ''] = args;
  if (first === '-s' || first === '-n') {
    signal = signalNumber(args[1] ?? '');
    if (signal === undefined) return yield* wrongSignal(shell, args[1] ?? '');
    args.splice(0, 2);
  } else if (/^-./.test(first) && first !== '--') {
    signal = signalNumber(first.slice(1));
    if (signal === undefined) return yield* wrongSignal(shell, first.slice(1));
    args.shift();
  }
  if (args[0] === '--') args.shift();
  if (args.length === 0) {
    yield* shell.process.err(`kill: usage: ${killUsage}\n`);
    return 2;
  }
  let status = 0;
  for (const target of args) if (!(yield* killOne(shell, target, signal))) status = 1;
  // Its own signal may have ended this shell.
  if (shell.process.exitStatus !== undefined) yield {};
  return status;
}

function* wrongSignal(shell: Shell, name: string): Op<number> {
  const { name: dialect } = shell.dialect;
  if (dialect === 'ash')
    yield* shell.process.err(`${appletName(shell)}: bad signal name '${name}'\n`);
  else
    yield* shell.complain(
      dialect === 'bash' ? `${name}: invalid signal specification` : `Illegal option -${name[0]}`,
      'kill',
    );
  return dialect === 'dash' ? 2 : 1;
}

function* killOne(shell: Shell, target: string, signal: number): Op<boolean> {
  if (target.startsWith('%')) {
    const job = shell.jobs.find(target);
    if (!job) {
      yield* noSuchJob(shell, 'kill', target);
      return false;
    }
    killJob(shell, job, signal);
    return true;
  }
  if (!/^-?\d+$/.test(target)) {
    yield* complainOfPid(
      shell,
      target,
      'arguments must be process or job IDs',
      `invalid number '${target}'`,
    );
    return false;
  }
  const sent = shell.process.kill(Number(target), signal);
  if (sent.ok) return true;
  const why = sent.error === 'EPERM' ? 'Operation not permitted' : 'No such process';
  yield* complainOfPid(shell, `(${target}) - ${why}`, '', `can't kill pid ${target}: ${why}`);
  return false;
}

function killJob(shell: Shell, job: Job, signal: number): void {
  const { host } = shell.process;
  const stopped = jobState(job) === 'Stopped';
  for (const process of job.processes) host.kill(process.row.pid, signal);
  if (stopped && (signal === signals.SIGTERM || signal === signals.SIGHUP)) resume(shell, job);
}

function* complainOfPid(shell: Shell, subject: string, bash: string, ash: string): Op<void> {
  if (shell.dialect.name === 'ash') yield* shell.process.err(`${appletName(shell)}: ${ash}\n`);
  else if (shell.dialect.name === 'dash')
    yield* shell.complain(bash === '' ? 'No such process\n' : `Illegal number: ${subject}`, 'kill');
  else yield* shell.complain(bash === '' ? subject : `${subject}: ${bash}`, 'kill');
}

function* listSignals(shell: Shell, names: readonly string[]): Op<number> {
  if (names.length === 0) {
    const ash = signalNames.slice(1).map((name, i) => `${String(i + 1).padStart(2)}) ${name}\n`);
    yield* shell.out(shell.dialect.name === 'bash' ? signalList() : ash.join(''), 'kill');
    return 0;
  }
  for (const name of names) {
    const number = signalNumber(
      /^\d+$/.test(name) && Number(name) > 128 ? String(Number(name) - 128) : name,
    );
    if (number === undefined) return yield* wrongSignal(shell, name);
    const shown = /^\d+$/.test(name) ? (signalNames[number] ?? '') : String(number);
    yield* shell.out(`${shown}\n`, 'kill');
  }
  return 0;
}

function* disown(shell: Shell, words: readonly string[]): Op<number> {
  const options = yield* takeOptions(
    shell,
    words,
    'ahr',
    'disown [-h] [-ar] [jobspec ... | pid ...]',
  );
  if (!options) return 2;
  if (options.letters.has('a')) {
    for (const job of [...shell.jobs.all()]) shell.jobs.remove(job);
    return 0;
  }
  const names: readonly (string | undefined)[] =
    options.rest.length === 0 ? [undefined] : options.rest;
  for (const name of names) {
    const job = yield* namedJob(shell, 'disown', name);
    if (!job) return 1;
    if (!options.letters.has('h')) shell.jobs.remove(job);
  }
  return 0;
}

export const jobBuiltins: Readonly<Record<string, RunBuiltin>> = {
  jobs,
  fg,
  bg,
  wait,
  kill,
  disown,
};
