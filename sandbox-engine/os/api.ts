// What a program sees of the simulated host that it runs on: processes, files, terminals, and doors to services.
// Programs of every layer (shell, tools, docker, nginx …) are written against this file only.
import type { Kernel, NetnsId } from '../kernel/index.ts';
import type { Micros, Op, Scope, Sim } from '../sim/index.ts';
import type { Door, Result } from '../std/index.ts';
import type { FileError, FileSystem, FileTree } from './fs/api.ts';
import type { ResourceLimit, ResourceLimits } from './rlimits.ts';

export type * from './fs/api.ts';

/** Runs one process and answers its exit status (0–255). `process.argv[0]` is the name it was called by. */
export type Program = (process: Process) => Op<number>;

/** Signal numbers of Linux. */
export const signals = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGABRT: 6,
  SIGKILL: 9,
  SIGUSR1: 10,
  SIGUSR2: 12,
  SIGPIPE: 13,
  SIGALRM: 14,
  SIGTERM: 15,
  SIGCHLD: 17,
  SIGCONT: 18,
  SIGSTOP: 19,
  SIGTSTP: 20,
  SIGTTIN: 21,
  SIGWINCH: 28,
} as const;
export type SignalName = keyof typeof signals;

// ---- open files -----------------------------------------------------------------------------

/** The open end of a file, pipe, terminal or stream. Reference counted: each fd that holds it holds one reference. */
export interface OpenFile {
  readonly kind: 'file' | 'pipe' | 'tty' | 'null' | 'stream';
  /** Woken when `read` may answer something new. */
  readonly readKey: string;
  /** Woken when `write` may take more. */
  readonly writeKey: string;
  /** What is there to read, up to `max` characters; undefined: nothing yet; null: the end. */
  read(max?: number): string | null | undefined;
  /** How many characters were taken (0: full, wait for `writeKey`), or EPIPE when no reader is left. */
  write(text: string): number | 'EPIPE';
  /** Why the last write failed although it was taken (a value that /proc refuses, /dev/full). */
  readonly writeError?: FileError | 'ENOSPC' | undefined;
  /** Pipes: all writers have closed, so what can be read now is all. */
  readonly finished?: boolean;
  retain(): OpenFile;
  release(): void;
  /** The terminal behind this file, if it is one. */
  readonly tty?: Tty | undefined;
}

/** A terminal: line discipline, window size, and the process group in the foreground. */
export interface Tty {
  readonly id: string;
  columns: number;
  rows: number;
  /** `raw`: each key is delivered at once, no echo (line editors). `cooked`: echo, erase, ^C ^D ^U ^W ^Z by the terminal. */
  mode: 'raw' | 'cooked';
  echo: boolean;
  foreground: number;
  /** The reader's side: what was typed. */
  input(text: string): void;
  /** The reader's side: takes what is to be shown (already with \r\n). */
  readonly outputKey: string;
  takeOutput(): string;
  /** Opens the program's side. */
  open(): OpenFile;
  /** A new window size; the foreground group hears of it by SIGWINCH. */
  resize(columns: number, rows: number): void;
  hangUp(): void;
  /**
   * A shell that reads commands calls this each time it is about to read a new one, with the last status: that is how
   * the page knows that a command has ended. `depth` counts nested shells on this terminal.
   */
  prompted(info: { readonly pid: number; readonly status: number; readonly prompt: string }): void;
  onPrompt:
    | ((info: { readonly pid: number; readonly status: number; readonly prompt: string }) => void)
    | undefined;
}

// ---- processes ------------------------------------------------------------------------------

/** A process as `ps` lists it. State: a collection row. */
export interface ProcessRow {
  readonly id: string;
  readonly host: string;
  /** Number on the host. */
  readonly pid: number;
  /** Number in its own pid namespace, and that namespace's name (`init` is the host's). */
  readonly namespacePid: number;
  readonly pidNamespace: string;
  readonly parent: number;
  readonly group: number;
  readonly argv: readonly string[];
  readonly user: string;
  /** Numbers of its groups, the primary one first. */
  readonly gids: readonly number[];
  readonly netns: NetnsId;
  readonly tty: string | undefined;
  readonly startedAt: number;
  readonly state: 'S' | 'R' | 'Z' | 'T';
}

export interface SpawnOptions {
  readonly argv: readonly string[];
  /** What to run; by default `argv[0]` is looked up in PATH. */
  readonly program?: Program;
  readonly env?: ReadonlyMap<string, string>;
  readonly cwd?: string;
  readonly fs?: FileSystem;
  readonly netns?: NetnsId;
  readonly pidNamespace?: string;
  readonly user?: string;
  /** Numbers of its groups, the primary one first. */
  readonly gids?: readonly number[];
  readonly capabilities?: ReadonlySet<string>;
  /** Those that differ from the parent's. */
  readonly limits?: ResourceLimits;
  readonly hostname?: string;
  readonly tty?: Tty | undefined;
  /** fd number → file. The process takes one reference of its own to each. */
  readonly fds?: ReadonlyMap<number, OpenFile>;
  readonly parent?: Process;
  /** A group of its own (true), or that group. Default: the parent's. */
  readonly group?: true | number;
  /**
   * Threads that have come and gone in the process before its program runs: each has taken a number of its pid namespace
   * (runc's init is a Go program; that is why the second process of a container is not number 2).
   */
  readonly threads?: number;
}

/** ENOENT: no such program; EACCES: not one that may run; EAGAIN: too many processes. */
export type SpawnError = 'ENOENT' | 'EACCES' | 'EAGAIN';

/** One running program, and its system calls. */
export interface Process {
  readonly row: ProcessRow;
  /** Its number as it sees it itself (in its pid namespace); `row.pid` is the host's. */
  readonly pid: number;
  readonly argv: readonly string[];
  readonly env: Map<string, string>;
  cwd: string;
  readonly sim: Sim;
  readonly host: Host;
  readonly kernel: Kernel;
  readonly netns: NetnsId;
  readonly fs: FileSystem;
  readonly tty: Tty | undefined;
  readonly hostname: string;
  readonly user: string;
  /** Capabilities of a container's processes, without `CAP_`; undefined: all of them on the host, Docker's default set in a container. */
  readonly capabilities?: ReadonlySet<string> | undefined;
  /** Its resource limits, by name: what children inherit. */
  readonly limits: Map<string, ResourceLimit>;
  readonly fds: Map<number, OpenFile>;

  /** Writes all of it, waiting where the reader is slow. A write to a pipe without readers ends the process (SIGPIPE). */
  write(fd: number, text: string): Op<void>;
  /** To standard output. */
  out(text: string): Op<void>;
  /** To standard error. */
  err(text: string): Op<void>;
  /** Some input, or null at its end. */
  read(fd: number): Op<string | null>;
  /** One line without its newline, or null at the end. */
  readLine(fd: number): Op<string | null>;
  /** All input to its end. */
  readAll(fd: number): Op<string>;
  /** Is this fd a terminal? */
  isTty(fd: number): boolean;

  /** Starts a child. It inherits what the options do not say, its open files too. */
  spawn(options: SpawnOptions): Result<Process, SpawnError>;
  /**
   * Runs another program in this process, as execvp does: the caller ends with `return yield* op`.
   * Caught signals go back to their default.
   */
  exec(options: {
    readonly argv: readonly string[];
    readonly program?: Program;
    readonly env?: ReadonlyMap<string, string>;
    /** The process moves there first: setns(2), as nsenter and `ip netns exec` do. */
    readonly netns?: NetnsId;
    readonly fs?: FileSystem;
    readonly cwd?: string;
    readonly user?: string;
    readonly hostname?: string;
  }): Result<Op<number>, SpawnError>;
  /** Opens a path as this process sees it (relative to `cwd`, /dev/tty, /dev/stdout, /dev/fd/3 …); the caller releases it. */
  open(path: string, mode: OpenMode): Result<OpenFile, FileError>;
  /** Puts a file at that number; what stood there is released. Takes over the caller's reference. */
  setFd(fd: number, file: OpenFile | undefined): void;
  /** The name and arguments that `ps` shows from now on (`nginx: master process …`). */
  rename(argv: readonly string[]): void;
  /**
   * Sends a signal, 0 only asks. `pid` counts in this process's own pid namespace; negative: the process group of that
   * number; 0: the own group; -1: all but itself. EPERM: it is another user's, and the sender lacks CAP_KILL.
   */
  kill(pid: number, signal: number): Result<void, 'ESRCH' | 'EPERM'>;
  /** Waits for a process to end; answers its status (128 + n when signal n ended it). */
  wait(child: Process): Op<number>;
  /**
   * What a signal does from now on. 'catch': it wakes the process's waits with `{by: 'signal'}` and is kept until
   * `takeSignal`; 'ignore': nothing; 'default': what signal(7) says.
   */
  handle(signal: number, disposition: 'catch' | 'ignore' | 'default'): void;
  takeSignal(): number | undefined;
  /** Woken when the process has ended. */
  readonly endKey: string;
  /** Undefined while it runs. */
  readonly exitStatus: number | undefined;
  /** The signal that ended it, if one did. */
  readonly exitSignal: number | undefined;
  readonly onExit: ((status: number) => void)[];
}

export type OpenMode = 'read' | 'write' | 'append' | 'readwrite';

/** One simulated machine: kernel, root file system, processes, terminals, services. */
export interface Host {
  readonly name: string;
  readonly sim: Sim;
  readonly kernel: Kernel;
  readonly fs: FileSystem;
  /** Programs by name: what files of type `program` run. */
  readonly programs: Map<string, Program>;
  readonly rootEnv: ReadonlyMap<string, string>;
  spawn(options: SpawnOptions): Result<Process, SpawnError>;
  /** Looks a command up as execvp does; the error is the one to report. */
  lookup(
    fs: FileSystem,
    env: ReadonlyMap<string, string>,
    cwd: string,
    command: string,
  ): Result<Program, 'ENOENT' | 'EACCES'>;
  processes(pidNamespace?: string): readonly ProcessRow[];
  process(pid: number): Process | undefined;
  /** The process that is running at this moment, if one is. */
  readonly current: Process | undefined;
  /** ESRCH: no such process. Sends to the process of that number on the host, as from outside its pid namespace. */
  kill(pid: number, signal: number): Result<void, 'ESRCH'>;
  killGroup(group: number, signal: number): void;
  openTty(size: { readonly columns: number; readonly rows: number }): Tty;
  /** Both ends of a new pipe, or of a memory stream without a limit. */
  pipe(options?: { readonly capacity?: number }): {
    readonly reader: OpenFile;
    readonly writer: OpenFile;
  };
  nullFile(): OpenFile;
  /** Opens a path for a redirection. */
  open(fs: FileSystem, path: string, mode: OpenMode): Result<OpenFile, FileError>;
  /** A new root from an image's layers (lowest first), with a writable layer of its own. */
  newFileSystem(id: string, layers: readonly FileTree[]): FileSystem;
  provide<T>(door: Door<T>, service: T): void;
  withdraw<T>(door: Door<T>): void;
  /** The service behind a door, as seen from that root; undefined when nothing listens there. */
  connect<T>(door: Door<T>, fs?: FileSystem): T | undefined;
  /** The machine runs; off, it starts no process. */
  readonly up: boolean;
  /** When it booted last. */
  readonly bootedAt: Micros;
  /** Woken when it has booted. */
  readonly bootKey: string;
  /** All its processes and what they start; a new one with every boot. */
  readonly scope: Scope;
  /** The end of the machine: every process is killed, terminals are hung up. */
  halt(): void;
  /** Starts process 1, which adopts orphans: after `halt`. */
  boot(): void;
}
