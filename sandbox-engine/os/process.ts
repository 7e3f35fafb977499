// One running program: its coroutine, open files, signals, and the system calls that take simulated time.
//
// Mirrors: fork/execve, wait, kill, signal(7), job-control stops. Differs: no zombies (a child's status stays with its
// `Process` object), no saved user ids, reads are restarted after a caught signal.
import type { Kernel, NetnsId } from '../kernel/index.ts';
import type { Coroutine, Op, Sim, Wait, Wake } from '../sim/index.ts';
import { err, ok, type Result } from '../std/index.ts';
import {
  type FileError,
  type FileSystem,
  type Host,
  type OpenFile,
  type OpenMode,
  type Process,
  type ProcessRow,
  type Program,
  type SpawnError,
  type SpawnOptions,
  signals,
  type Tty,
} from './api.ts';
import { Descriptors } from './descriptors.ts';
import { defaultEffect } from './dispositions.ts';
import type { Machine } from './host.ts';
import type { ResourceLimit, ResourceLimits } from './rlimits.ts';
import { type Disposition, SignalState } from './signal-state.ts';

/** What `Machine.spawn` has worked out for a new process. */
interface ProcessSeed {
  readonly row: ProcessRow;
  readonly env: ReadonlyMap<string, string>;
  readonly cwd: string;
  readonly fs: FileSystem;
  readonly tty: Tty | undefined;
  readonly hostname: string;
  readonly capabilities: ReadonlySet<string> | undefined;
  readonly limits: ResourceLimits;
  readonly fds: ReadonlyMap<number, OpenFile>;
  readonly program: Program;
  /** Signals that the parent ignores: so does the child. */
  readonly ignored: readonly number[];
}

type ExecOptions = Parameters<Process['exec']>[0];

export class MachineProcess implements Process {
  readonly pid: number;
  readonly env: Map<string, string>;
  cwd: string;
  readonly sim: Sim;
  readonly host: Host;
  readonly kernel: Kernel;
  fs: FileSystem;
  readonly tty: Tty | undefined;
  hostname: string;
  readonly capabilities: ReadonlySet<string> | undefined;
  readonly limits: Map<string, ResourceLimit>;
  readonly fds: Map<number, OpenFile>;
  readonly endKey: string;
  readonly onExit: ((status: number) => void)[] = [];
  readonly children = new Set<MachineProcess>();
  exitStatus: number | undefined;
  exitSignal: number | undefined;
  readonly #machine: Machine;
  #row: ProcessRow;
  #coroutine: Coroutine<number> | undefined;
  readonly #signals: SignalState;
  readonly #descriptors: Descriptors;

  constructor(machine: Machine, seed: ProcessSeed) {
    this.#machine = machine;
    this.#row = seed.row;
    this.pid = seed.row.namespacePid;
    this.env = new Map(seed.env);
    this.cwd = seed.cwd;
    this.sim = machine.sim;
    this.host = machine;
    this.kernel = machine.kernel;
    this.fs = seed.fs;
    this.tty = seed.tty;
    this.hostname = seed.hostname;
    this.capabilities = seed.capabilities;
    this.limits = new Map(seed.limits);
    this.#descriptors = new Descriptors(this, seed.fds);
    this.fds = this.#descriptors.files;
    this.#signals = new SignalState(seed.ignored);
    this.endKey = `process:${machine.name}:${seed.row.pid}:end`;
    this.#start(seed.program);
  }

  get row(): ProcessRow {
    return this.#row;
  }

  get argv(): readonly string[] {
    return this.#row.argv;
  }

  get netns(): NetnsId {
    return this.#row.netns;
  }

  get user(): string {
    return this.#row.user;
  }

  #start(program: Program): void {
    this.#coroutine = this.sim.spawn(
      `${this.host.name}: ${this.argv[0] ?? ''}`,
      this.#drive(program),
      this.#machine.scope,
    );
    this.#coroutine.onEnd.push((status) => this.#ended(status));
  }

  /** Runs the program step by step: says which process is current, holds it while it is stopped, announces signals. */
  *#drive(program: Program): Op<number> {
    const op = program(this);
    let wake: Wake = { by: 'time' };
    let over = false;
    try {
      for (;;) {
        const step = this.#step(op, wake);
        if (step.done) {
          over = true;
          return step.value;
        }
        wake = yield* this.#pause(step.value);
      }
    } finally {
      if (!over) this.#asCurrent(() => op.return(0));
    }
  }

  #step(op: Op<number>, wake: Wake): IteratorResult<Wait, number> {
    return this.#asCurrent(() => op.next(wake));
  }

  #asCurrent<T>(run: () => T): T {
    const before = this.#machine.current;
    this.#machine.current = this;
    try {
      return run();
    } finally {
      this.#machine.current = before;
    }
  }

  *#pause(wait: Wait): Op<Wake> {
    let wake: Wake;
    if (this.#signals.unannounced && this.exitStatus === undefined)
      wake = this.#signals.announcement();
    else wake = yield wait;
    while (this.#row.state === 'T') yield { keys: [this.#continueKey] };
    if (wake.by === 'signal' || this.#signals.unannounced) wake = this.#signals.announcement();
    return wake;
  }

  get #continueKey(): string {
    return `${this.endKey}:continue`;
  }

  #ended(status: number | undefined): void {
    // A program that threw (a bug in the simulator) ends like one that called abort().
    if (this.exitStatus === undefined) {
      if (status === undefined) this.exitSignal = signals.SIGABRT;
      this.exitStatus = status === undefined ? 128 + signals.SIGABRT : status & 255;
    }
    this.#descriptors.releaseAll();
    this.#machine.table.buried(this);
    this.sim.wake(this.endKey);
    for (const listener of this.onExit) listener(this.exitStatus);
  }

  // ---- signals --------------------------------------------------------------------------

  handle(signal: number, disposition: Disposition | 'default'): void {
    this.#signals.handle(signal, disposition);
  }

  /** Undefined: the default. */
  dispositionOf(signal: number): Disposition | undefined {
    return this.#signals.of(signal);
  }

  ignoredSignals(): number[] {
    return this.#signals.ignored();
  }

  takeSignal(): number | undefined {
    return this.#signals.take();
  }

  /** Delivers a signal. `fromInside`: the sender is in the same pid namespace. */
  deliver(signal: number, fromInside: boolean): void {
    if (this.exitStatus !== undefined || signal === 0) return;
    const disposition = this.#signals.of(signal);
    if (signal === signals.SIGCONT) this.#continue();
    if (disposition === 'ignore') return;
    if (disposition === 'catch') {
      this.#catch(signal);
      return;
    }
    const effect = defaultEffect(signal);
    if (this.#isProtected(signal, fromInside)) return;
    if (effect === 'end') this.end(signal);
    else if (effect === 'stop') this.#stop();
  }

  /** The first process of a pid namespace only gets signals that it handles, and SIGKILL from outside (pid_namespaces(7)). */
  #isProtected(signal: number, fromInside: boolean): boolean {
    if (this.pid !== 1) return false;
    const forced = signal === signals.SIGKILL || signal === signals.SIGSTOP;
    return fromInside || !forced || this.#row.pidNamespace === 'init';
  }

  #catch(signal: number): void {
    this.#signals.caught(signal);
    if (this.#coroutine && this.#row.state !== 'T')
      this.sim.interrupt(this.#coroutine as Coroutine<unknown>, signal);
  }

  #stop(): void {
    if (this.#row.state === 'T') return;
    this.#row = this.#machine.table.changed(this, { state: 'T' });
    this.#machine.table.childChanged(this);
  }

  #continue(): void {
    if (this.#row.state !== 'T') return;
    this.#row = this.#machine.table.changed(this, { state: 'S' });
    this.sim.wake(this.#continueKey);
    this.#machine.table.childChanged(this);
  }

  /** Ends the process by a signal, now or (when it is the one that runs) at its next wait. */
  end(signal: number): void {
    if (this.exitStatus !== undefined || !this.#coroutine) return;
    this.exitSignal = signal;
    this.exitStatus = 128 + signal;
    if (this.#row.state === 'T') this.#row = this.#machine.table.changed(this, { state: 'S' });
    this.sim.cancel(this.#coroutine as Coroutine<unknown>);
  }

  /** What the machine changes in the row. */
  setRow(row: ProcessRow): void {
    this.#row = row;
  }

  kill(pid: number, signal: number): Result<void, 'ESRCH' | 'EPERM'> {
    return this.#machine.table.killFrom(this, pid, signal);
  }

  // ---- open files -----------------------------------------------------------------------

  write(fd: number, text: string): Op<void> {
    return this.#descriptors.write(fd, text);
  }

  out(text: string): Op<void> {
    return this.write(1, text);
  }

  err(text: string): Op<void> {
    return this.write(2, text);
  }

  read(fd: number): Op<string | null> {
    return this.#descriptors.read(fd);
  }

  readLine(fd: number): Op<string | null> {
    return this.#descriptors.readLine(fd);
  }

  readAll(fd: number): Op<string> {
    return this.#descriptors.readAll(fd);
  }

  isTty(fd: number): boolean {
    return this.fds.get(fd)?.tty !== undefined;
  }

  setFd(fd: number, file: OpenFile | undefined): void {
    this.#descriptors.set(fd, file);
  }

  open(path: string, mode: OpenMode): Result<OpenFile, FileError> {
    return this.#machine.openFor(this, path, mode);
  }

  // ---- other processes ------------------------------------------------------------------

  spawn(options: SpawnOptions): Result<Process, SpawnError> {
    return this.#machine.spawn({ ...options, parent: options.parent ?? this });
  }

  exec(options: ExecOptions): Result<Op<number>, SpawnError> {
    const env = options.env ?? this.env;
    const found = options.program
      ? ok(options.program)
      : this.#machine.lookup(
          options.fs ?? this.fs,
          env,
          options.cwd ?? this.cwd,
          options.argv[0] ?? '',
        );
    if (!found.ok) return found.error === 'ENOENT' ? err('ENOENT') : err('EACCES');
    return ok(this.#become(found.value, options));
  }

  *#become(program: Program, options: ExecOptions): Op<number> {
    if (options.env && options.env !== this.env) {
      const copy = [...options.env];
      this.env.clear();
      for (const [name, value] of copy) this.env.set(name, value);
    }
    this.#signals.forgetHandlers();
    this.fs = options.fs ?? this.fs;
    this.cwd = options.cwd ?? this.cwd;
    this.hostname = options.hostname ?? this.hostname;
    this.#row = this.#machine.table.changed(this, {
      argv: options.argv,
      ...(options.netns && { netns: options.netns }),
      ...(options.user !== undefined && { user: options.user }),
    });
    return yield* program(this);
  }

  /** The name and arguments that the process shows from now on. */
  rename(argv: readonly string[]): void {
    this.#row = this.#machine.table.changed(this, { argv });
  }

  *wait(child: Process): Op<number> {
    while (child.exitStatus === undefined) yield { keys: [child.endKey] };
    return child.exitStatus;
  }
}
