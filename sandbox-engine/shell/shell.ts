// The state of one shell process: variables, functions, options, what it is doing, and how it complains.
//
// A subshell is a process of its own with a clone of this state.

import type { Assignment, CompoundCommand, CompoundList, Redirected } from 'unbash';
import type { Process } from '../os/index.ts';
import { signals } from '../os/index.ts';
import { limits, millis, type Op, seconds, sleep } from '../sim/index.ts';
import type { Dialect } from './dialect.ts';
import { keepOwn } from './environment.ts';
import { Jobs } from './jobs.ts';
import { lineOf } from './parse.ts';
import { Traps } from './traps.ts';
import { Variables } from './variables.ts';

/** Why the commands that follow are passed over. */
export type Flow =
  | { readonly kind: 'break' | 'continue'; readonly levels: number }
  | { readonly kind: 'return' }
  /** The shell ends. */
  | { readonly kind: 'exit' }
  /** Back to the prompt; a shell without prompt ends. */
  | { readonly kind: 'abort' };

export interface ShellFunction {
  readonly body: CompoundCommand | Redirected | CompoundList;
  readonly place: Place;
  /** As it was written: what `type` and `declare -f` show. */
  readonly text: string;
}

/** The text that commands come from, for line numbers and error messages. */
export interface Place {
  readonly text: string;
  /** The name that errors begin with. */
  readonly name: string;
  /** The line number of the text's first line. */
  readonly firstLine: number;
}

export interface ShellOptions {
  errexit: boolean;
  nounset: boolean;
  xtrace: boolean;
  pipefail: boolean;
  noclobber: boolean;
  noglob: boolean;
  noexec: boolean;
  verbose: boolean;
  allexport: boolean;
  notify: boolean;
  ignoreeof: boolean;
  monitor: boolean;
  posix: boolean;
  /** Read only from here on: how the shell was started. */
  interactive: boolean;
  login: boolean;
  stdin: boolean;
  command: boolean;
}

/** Counts commands, so that a runaway loop lets the clock move and ends. Shared with subshells. */
interface Budget {
  commands: number;
  sinceTick: number;
  /** The shells have been told that it is used up. */
  told: boolean;
  /** When the count began: work that takes simulated time is no runaway. */
  since: number;
}

const noOptions: ShellOptions = {
  errexit: false,
  nounset: false,
  xtrace: false,
  pipefail: false,
  noclobber: false,
  noglob: false,
  noexec: false,
  verbose: false,
  allexport: false,
  notify: false,
  ignoreeof: false,
  monitor: false,
  posix: false,
  interactive: false,
  login: false,
  stdin: false,
  command: false,
};

/** After so long the count of commands starts anew. */
const budgetWindow = seconds(30);

export class Shell {
  readonly process: Process;
  readonly dialect: Dialect;
  vars: Variables = new Variables();
  functions = new Map<string, ShellFunction>();
  aliases = new Map<string, string>();
  options: ShellOptions = { ...noOptions };
  /** shopt names that are on. */
  shopts = new Set<string>();
  positional: readonly string[] = [];
  /** `$0`. */
  name = 'bash';
  status = 0;
  pipeStatus: readonly number[] = [0];
  lastBackground: number | undefined;
  flow: Flow | undefined;
  jobs: Jobs = new Jobs();
  traps: Traps = new Traps();
  budget: Budget = { commands: 0, sinceTick: 0, told: false, since: 0 };
  /** Functions, subshells, `.` and eval around what runs now. */
  depth = 0;
  /** Loops around what runs now in this function. */
  loops = 0;
  /** Above 0: a failing command does not end the shell under `set -e`. */
  tested = 0;
  /** Functions and sourced files, innermost last: what `return` and `local` look at. */
  calls: { readonly name: string; readonly sourced: boolean }[] = [];
  place: Place = { text: '', name: 'bash', firstLine: 1 };
  /** Where in the text the current command starts. */
  position = 0;
  /** The pid that `$$` shows, also in subshells. */
  shellPid: number;
  isSubshell = false;
  /** Subshells around this one: BASH_SUBSHELL. */
  subshells = 0;
  /** Command substitutions around this one. */
  substitutions = 0;
  /** Remembered paths of commands: `hash`. */
  readonly hashed = new Map<string, { readonly path: string; hits: number }>();
  umask = 0o022;
  history: string[] = [];
  /** Signals that this shell catches for itself, without a trap. */
  readonly ownSignals = new Set<number>();
  /** getopts: how far it has come within a word such as `-abc`. */
  optionAt = { index: 1, sub: 1 };
  /** Array values among the words of the declaration that runs, by their place. */
  arrayArguments: ReadonlyMap<number, Assignment> = new Map();
  /** Aliases whose text is running: they are not expanded again. */
  readonly expanding = new Set<string>();
  /** Files that process substitutions hold open until the command has run. */
  temporaryFds: number[] = [];
  /** A status that a command substitution in an assignment left. */
  substitutionStatus: number | undefined;
  /** The redirections of this command stay: `exec >file`. */
  keepRedirections = false;
  startedAt: number;

  constructor(process: Process, dialect: Dialect) {
    this.process = process;
    this.dialect = dialect;
    this.shellPid = process.pid;
    this.startedAt = process.sim.now();
  }

  /** The state of a subshell that runs as `process`. */
  fork(process: Process): Shell {
    const child = new Shell(process, this.dialect);
    child.vars = this.vars.clone();
    child.functions = new Map(this.functions);
    child.aliases = new Map(this.aliases);
    child.options = { ...this.options, monitor: false };
    child.shopts = new Set(this.shopts);
    child.positional = this.positional;
    child.name = this.name;
    child.status = this.status;
    child.lastBackground = this.lastBackground;
    child.traps = this.traps.forSubshell();
    child.budget = this.budget;
    child.depth = this.depth + 1;
    child.tested = this.tested;
    child.calls = [...this.calls];
    child.place = this.place;
    child.position = this.position;
    child.shellPid = this.shellPid;
    child.isSubshell = true;
    child.subshells = this.subshells + 1;
    child.substitutions = this.substitutions;
    child.jobs = this.jobs.forSubshell();
    keepOwn(child);
    child.umask = this.umask;
    child.startedAt = this.startedAt;
    return child;
  }

  /** `flow` as it is now: after an operation the compiler still believes what was tested before it. */
  flowNow(): Flow | undefined {
    return this.flow;
  }

  get isInteractive(): boolean {
    return this.options.interactive && !this.isSubshell;
  }

  get line(): number {
    return this.place.firstLine + lineOf(this.place.text, this.position) - 1;
  }

  // ---- words about failures ---------------------------------------------------------------

  /** How an error message begins. `command`: the builtin that complains. */
  prefix(command?: string): string {
    const inner = command === undefined ? '' : `${command}: `;
    const { name } = this.place;
    if (this.dialect.name === 'dash') return `${name}: ${this.line}: ${inner}`;
    if (this.dialect.name === 'bash')
      return this.options.interactive && !this.inScript
        ? `${name}: ${inner}`
        : `${name}: line ${this.line}: ${inner}`;
    const script = !this.options.interactive && !this.options.command && !this.options.stdin;
    if (command === undefined && !script) return `${name}: `;
    const line = this.options.interactive ? '' : `line ${this.options.command ? 0 : this.line}: `;
    return `${name}: ${inner}${line}`;
  }

  /** Does the current text come from a sourced file? */
  get inScript(): boolean {
    return this.calls.some((call) => call.sourced);
  }

  *complain(text: string, command?: string): Op<void> {
    yield* this.process.err(`${this.prefix(command)}${text}\n`);
  }

  /** A failure that ends a non-interactive shell and brings an interactive one back to its prompt. */
  *fatal(text: string, status: number = this.dialect.fatalStatus): Op<void> {
    yield* this.complain(text);
    this.abort(status);
  }

  /** A failure that ends every shell but one at its prompt: `set -u`, `${x:?}`. */
  *deadly(text: string): Op<void> {
    yield* this.complain(text);
    const status =
      this.dialect.name === 'bash' ? (this.options.command && !this.isSubshell ? 127 : 1) : 2;
    this.status = status;
    this.flow ??= { kind: this.isInteractive ? 'abort' : 'exit' };
  }

  abort(status: number): void {
    this.status = status;
    this.flow ??= { kind: 'abort' };
  }

  // ---- output -----------------------------------------------------------------------------

  /** A builtin's output. False when it could not be written; the complaint has been made. */
  *out(text: string, command: string): Op<boolean> {
    const file = this.process.fds.get(1);
    if (!file) {
      yield* this.complain('write error: Bad file descriptor', command);
      return false;
    }
    yield* this.process.write(1, text);
    const { writeError } = file;
    if (!writeError) return true;
    yield* this.complain(`write error: ${errorTexts[writeError]}`, command);
    return false;
  }

  // ---- runaways ---------------------------------------------------------------------------

  /** Called before each command and loop turn: lets the clock move now and then, and stops what never ends. */
  *tick(weight = 1): Op<void> {
    // A signal that this shell sent itself takes effect here.
    if (this.process.exitStatus !== undefined) yield {};
    const { budget } = this;
    if (budget.told) {
      this.#giveUp(254);
      return;
    }
    budget.commands += weight;
    budget.sinceTick += weight;
    if (budget.sinceTick < limits.shellCommandsPerTick) return;
    budget.sinceTick = 0;
    yield* sleep(this.process.sim, millis(1));
    const now = this.process.sim.now();
    if (now - budget.since > budgetWindow) {
      budget.since = now;
      budget.commands = 0;
    }
    if (budget.commands > limits.shellCommandsPerLine) yield* this.#stop();
  }

  /** The allowance is used up: this shell and its subshells give up; one of them says so. */
  *#stop(): Op<void> {
    if (!this.budget.told) {
      this.budget.told = true;
      yield* this.complain(
        `stopped: one command line may run ${limits.shellCommandsPerLine} commands here`,
      );
    }
    this.#giveUp(1);
  }

  #giveUp(status: number): void {
    this.status = status;
    this.flow = { kind: this.isInteractive ? 'abort' : 'exit' };
  }

  /** The host has no room for another process: all shells of this command line give up; one of them says so. */
  *noMoreProcesses(): Op<void> {
    if (!this.budget.told) {
      this.budget.told = true;
      yield* this.complain('fork: Resource temporarily unavailable');
    }
    this.#giveUp(254);
  }

  /** A new command line: a new allowance. What still runs of earlier ones keeps the old. */
  refill(): void {
    this.budget = { commands: 0, sinceTick: 0, told: false, since: this.process.sim.now() };
  }

  /** Goes one level deeper; false (and a complaint) at the limit. */
  *enter(): Op<boolean> {
    if (this.depth < limits.shellDepth) {
      this.depth += 1;
      return true;
    }
    yield* this.fatal(`maximum nesting level exceeded (${limits.shellDepth})`);
    return false;
  }

  leave(): void {
    this.depth -= 1;
  }

  /** Ends this process by a signal, as a shell does whose command was interrupted. */
  *dieBy(signal: number): Op<void> {
    this.process.handle(signal, 'default');
    this.process.kill(this.process.pid, signal);
    yield {};
    // Process 1 of a container survives its own signals.
    this.status = 128 + signal;
    if (signal !== signals.SIGINT) this.flow = { kind: 'exit' };
  }
}

/** strerror(3). */
export const errorTexts: Readonly<Record<string, string>> = {
  EACCES: 'Permission denied',
  EAGAIN: 'Resource temporarily unavailable',
  EBUSY: 'Device or resource busy',
  EEXIST: 'File exists',
  EINVAL: 'Invalid argument',
  EISDIR: 'Is a directory',
  ELOOP: 'Too many levels of symbolic links',
  ENOENT: 'No such file or directory',
  ENOSPC: 'No space left on device',
  ENOTDIR: 'Not a directory',
  ENOTEMPTY: 'Directory not empty',
  ENXIO: 'No such device or address',
  EPERM: 'Operation not permitted',
  EROFS: 'Read-only file system',
};
