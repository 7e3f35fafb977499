// Jobs: the pipelines that a shell has started and not yet forgotten.
//
// Mirrors: bash(1) JOB CONTROL: numbers, `+` and `-`, `%…` names, the lines of `jobs`.
import type { Process } from '../os/index.ts';
import { signals } from '../os/index.ts';

export interface Job {
  readonly number: number;
  readonly group: number;
  readonly processes: readonly Process[];
  /** The command as it was typed. */
  readonly text: string;
  /** Was the user told that it has stopped or ended? */
  told: boolean;
  foreground: boolean;
}

type JobState = 'Running' | 'Stopped' | 'Done';

export const jobState = (job: Job): JobState => {
  const running = job.processes.filter((one) => one.exitStatus === undefined);
  if (running.length === 0) return 'Done';
  return running.every((one) => one.row.state === 'T') ? 'Stopped' : 'Running';
};

/** The status of a job that has ended: its last process's. */
export const jobStatus = (job: Job): number => job.processes.at(-1)?.exitStatus ?? 0;

export class Jobs {
  #jobs: Job[] = [];
  /** Most recent last: `+` is the last of those that are left. */
  #recent: Job[] = [];
  /** Ended children whose status `wait` may still ask for. */
  readonly ended = new Map<number, number>();

  /** Jobs that a subshell got from its parent: it can list them, not wait for them. */
  #inherited = false;

  all(): readonly Job[] {
    return this.#jobs;
  }

  /** Jobs of the shell's own, which it must outlive. */
  get own(): readonly Job[] {
    return this.#inherited ? [] : this.#jobs;
  }

  forSubshell(): Jobs {
    const jobs = new Jobs();
    jobs.#jobs = [...this.#jobs];
    jobs.#recent = [...this.#recent];
    jobs.#inherited = true;
    return jobs;
  }

  add(group: number, processes: readonly Process[], text: string, foreground: boolean): Job {
    if (this.#inherited) {
      this.#jobs = [];
      this.#recent = [];
      this.#inherited = false;
    }
    const number = (this.#jobs.at(-1)?.number ?? 0) + 1;
    const job: Job = { number, group, processes, text, told: false, foreground };
    this.#jobs.push(job);
    this.#recent.push(job);
    return job;
  }

  remove(job: Job): void {
    this.#jobs = this.#jobs.filter((one) => one !== job);
    this.#recent = this.#recent.filter((one) => one !== job);
    for (const process of job.processes)
      if (process.exitStatus !== undefined) this.ended.set(process.pid, process.exitStatus);
  }

  /** Makes it the current job. */
  touch(job: Job): void {
    this.#recent = [...this.#recent.filter((one) => one !== job), job];
  }

  /** Stopped jobs come first, then the most recent. */
  #ranked(): Job[] {
    const stopped = this.#recent.filter((job) => jobState(job) === 'Stopped');
    const others = this.#recent.filter((job) => jobState(job) !== 'Stopped');
    return [...others, ...stopped].reverse();
  }

  current(): Job | undefined {
    return this.#ranked()[0];
  }

  previous(): Job | undefined {
    return this.#ranked()[1] ?? this.#ranked()[0];
  }

  mark(job: Job): string {
    if (job === this.current()) return '+';
    return job === this.previous() ? '-' : ' ';
  }

  /** `%1`, `%+`, `%-`, `%text`, `%?text`; also without the percent sign. */
  find(name: string): Job | undefined {
    const key = name.replace(/^%/, '');
    if (key === '' || key === '+' || key === '%') return this.current();
    if (key === '-') return this.previous();
    if (/^\d+$/.test(key)) return this.#jobs.find((job) => job.number === Number(key));
    const matching = this.#jobs.filter((job) =>
      key.startsWith('?') ? job.text.includes(key.slice(1)) : job.text.startsWith(key),
    );
    return matching.length === 1 ? matching[0] : undefined;
  }

  byPid(pid: number): Job | undefined {
    return this.#jobs.find((job) => job.processes.some((one) => one.pid === pid));
  }
}

/** `[1]+  Done                    sleep 1`. */
export function jobLine(jobs: Jobs, job: Job, options: { readonly pids?: boolean } = {}): string {
  const state = describeState(job);
  const background = state === 'Running' ? ' &' : '';
  const pid = options.pids ? `${String(job.processes[0]?.pid ?? '').padStart(5)} ` : '';
  return `[${job.number}]${jobs.mark(job)}  ${pid}${state.padEnd(24)}${job.text}${background}\n`;
}

function describeState(job: Job): string {
  const state = jobState(job);
  if (state !== 'Done') return state;
  const last = job.processes.at(-1);
  if (last?.exitSignal !== undefined) return describeSignal(last.exitSignal);
  return jobStatus(job) === 0 ? 'Done' : `Exit ${jobStatus(job)}`;
}

/** strsignal(3), as shells report a job that a signal ended. */
export function describeSignal(signal: number): string {
  return signalTexts.get(signal) ?? `Signal ${signal}`;
}

const signalTexts: ReadonlyMap<number, string> = new Map([
  [signals.SIGHUP, 'Hangup'],
  [signals.SIGINT, 'Interrupt'],
  [signals.SIGQUIT, 'Quit'],
  [signals.SIGABRT, 'Aborted'],
  [signals.SIGKILL, 'Killed'],
  [signals.SIGUSR1, 'User defined signal 1'],
  [signals.SIGUSR2, 'User defined signal 2'],
  [signals.SIGPIPE, 'Broken pipe'],
  [signals.SIGALRM, 'Alarm clock'],
  [signals.SIGTERM, 'Terminated'],
]);
