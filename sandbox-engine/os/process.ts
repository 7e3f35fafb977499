// One running program: its coroutine, open files, signals, and the system calls that take simulated time.
//
// Mirrors: fork/execve, wait, kill, signal(7), job-control stops. Differs: no zombies (a child's status stays with its
// `Process` object), no saved user ids, reads are restarted after a caught signal.
import type { Kernel, NetnsId } from '../kernel/index.ts';
import {
  type Coroutine,
  limits,
  millis,
  type Op,
  type Sim,
  sleep,
  type Wait,
  type Wake,
} from '../sim/index.ts';
import { assert, err, ok, type Result } from '../std/index.ts';
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
import { defaultEffect } from './dispositions.ts';
import type { Machine } from './host.ts';
import { takeLine } from './lines.ts';

/** What `Machine.spawn` has worked out for a new process. */
interface ProcessSeed {
  readonly row: ProcessRow;
  readonly env: ReadonlyMap<string, string>;
  readonly cwd: string;
  readonly fs: FileSystem;
  readonly tty: Tty | undefined;
  readonly hostname: string;
  readonly capabilities: ReadonlySet<string> | undefined;
  readonly fds: ReadonlyMap<number, OpenFile>;
  readonly program: Program;
  /** Signals that the parent ignores: so does the child. */
  readonly ignored: readonly number[];
}

type ExecOptions = Parameters<Process['exec']>[0];

/** Characters that a process may write before the clock moves by a millisecond: nobody writes for nothing. */
const writeAllowance = 8_192;
/** The same for the number of writes, and of reads that did not have to wait. */
const writesAllowance = 512;

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
  readonly fds = new Map<number, OpenFile>();
  readonly endKey: string;
  readonly onExit: ((status: number) => void)[] = [];
  readonly children = new Set<MachineProcess>();
  exitStatus: number | undefined;
  exitSignal: number | undefined;
  readonly #machine: Machine;
  readonly #hostPid: number;
  #row: ProcessRow;
  #coroutine: Coroutine<number> | undefined;
  readonly #dispositions = new Map<number, 'catch' | 'ignore'>();
  #pending: number[] = [];
  /** A caught signal has come and no wait has been cut short for it yet. */
  #unannounced = false;
  #written = 0;
  #writes = 0;
  #reads = 0;
  /** What has been read from a file beyond the line that was asked for. */
  readonly #leftover = new Map<OpenFile, string>();

  constructor(machine: Machine, seed: ProcessSeed) {
    this.#machine = machine;
    this.#row = seed.row;
    this.#hostPid = seed.row.pid;
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
    for (const [fd, file] of seed.fds) this.fds.set(fd, file.retain());
    for (const signal of seed.ignored) this.#dispositions.set(signal, 'ignore');
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
    if (this.#unannounced && this.exitStatus === undefined) wake = this.#announcement();
    else wake = yield wait;
    while (this.#row.state === 'T') yield { keys: [this.#continueKey] };
    if (wake.by === 'signal' || this.#unannounced) wake = this.#announcement();
    return wake;
  }

  get #continueKey(): string {
    return `${this.endKey}:continue`;
  }

  #announcement(): Wake {
    this.#unannounced = false;
    return { by: 'signal', signal: this.#pending[0] ?? 0 };
  }

  #ended(status: number | undefined): void {
    // A program that threw (a bug in the simulator) ends like one that called abort().
    if (this.exitStatus === undefined) {
      if (status === undefined) this.exitSignal = signals.SIGABRT;
      this.exitStatus = status === undefined ? 128 + signals.SIGABRT : status & 255;
    }
    for (const file of this.fds.values()) file.release();
    this.fds.clear();
    this.#machine.buried(this);
    this.sim.wake(this.endKey);
    for (const listener of this.onExit) listener(this.exitStatus);
  }

  // ---- signals --------------------------------------------------------------------------

  handle(signal: number, disposition: 'catch' | 'ignore' | 'default'): void {
    if (signal === signals.SIGKILL || signal === signals.SIGSTOP) return;
    if (disposition === 'default') this.#dispositions.delete(signal);
    else this.#dispositions.set(signal, disposition);
    if (disposition !== 'catch') this.#pending = this.#pending.filter((one) => one !== signal);
  }

  ignoredSignals(): number[] {
    return [...this.#dispositions].flatMap(([signal, how]) => (how === 'ignore' ? [signal] : []));
  }

  takeSignal(): number | undefined {
    if (this.#pending.length <= 1) this.#unannounced = false;
    return this.#pending.shift();
  }

  /** Delivers a signal. `fromInside`: the sender is in the same pid namespace. */
  deliver(signal: number, fromInside: boolean): void {
    if (this.exitStatus !== undefined || signal === 0) return;
    const disposition = this.#dispositions.get(signal);
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
    if (!this.#pending.includes(signal)) this.#pending.push(signal);
    this.#unannounced = true;
    if (this.#coroutine && this.#row.state !== 'T')
      this.sim.interrupt(this.#coroutine as Coroutine<unknown>, signal);
  }

  #stop(): void {
    if (this.#row.state === 'T') return;
    this.#row = this.#machine.changed(this, { state: 'T' });
    this.#machine.childChanged(this);
  }

  #continue(): void {
    if (this.#row.state !== 'T') return;
    this.#row = this.#machine.changed(this, { state: 'S' });
    this.sim.wake(this.#continueKey);
    this.#machine.childChanged(this);
  }

  /** Ends the process by a signal, now or (when it is the one that runs) at its next wait. */
  end(signal: number): void {
    if (this.exitStatus !== undefined || !this.#coroutine) return;
    this.exitSignal = signal;
    this.exitStatus = 128 + signal;
    if (this.#row.state === 'T') this.#row = this.#machine.changed(this, { state: 'S' });
    this.sim.cancel(this.#coroutine as Coroutine<unknown>);
  }

  /** What the machine changes in the row. */
  setRow(row: ProcessRow): void {
    this.#row = row;
  }

  kill(pid: number, signal: number): Result<void, 'ESRCH'> {
    return this.#machine.killFrom(this, pid, signal);
  }

  // ---- input and output -----------------------------------------------------------------

  *write(fd: number, text: string): Op<void> {
    const file = this.fds.get(fd);
    if (!file) return;
    let rest = text;
    while (rest.length > 0) {
      const taken = file.write(rest);
      if (taken === 'EPIPE') {
        this.deliver(signals.SIGPIPE, true);
        if (this.exitStatus !== undefined) yield {};
        return;
      }
      rest = taken === rest.length ? '' : rest.slice(taken);
      if (rest.length > 0) yield { keys: [file.writeKey] };
    }
    this.#written += text.length;
    this.#writes += 1;
    if (this.#written < writeAllowance && this.#writes < writesAllowance) return;
    this.#written = 0;
    this.#writes = 0;
    yield* sleep(this.sim, millis(1));
  }

  out(text: string): Op<void> {
    return this.write(1, text);
  }

  err(text: string): Op<void> {
    return this.write(2, text);
  }

  *read(fd: number): Op<string | null> {
    const file = this.fds.get(fd);
    if (!file) return null;
    const left = this.#leftover.get(file);
    if (left !== undefined) {
      this.#leftover.delete(file);
      return left;
    }
    return yield* this.#readFile(file);
  }

  *#readFile(file: OpenFile): Op<string | null> {
    for (;;) {
      while (this.#readsInBackground(file)) {
        this.#machine.killGroup(this.#row.group, signals.SIGTTIN);
        yield {};
        if (this.#readsInBackground(file) && this.#dispositions.has(signals.SIGTTIN)) return null;
      }
      const text = file.read();
      if (text !== undefined) {
        this.#reads += 1;
        if (this.#reads % writesAllowance === 0) yield* sleep(this.sim, millis(1));
        return text;
      }
      yield { keys: [file.readKey] };
    }
  }

  #readsInBackground(file: OpenFile): boolean {
    const { tty } = file;
    return (
      tty !== undefined &&
      tty === this.tty &&
      tty.foreground !== 0 &&
      tty.foreground !== this.#row.group
    );
  }

  *readLine(fd: number): Op<string | null> {
    const file = this.fds.get(fd);
    if (!file) return null;
    let text = this.#leftover.get(file) ?? '';
    this.#leftover.delete(file);
    for (;;) {
      const line = takeLine(text);
      if (line) {
        if (line.rest !== '') this.#leftover.set(file, line.rest);
        return line.line;
      }
      const more = yield* this.#readFile(file);
      if (more === null) return text === '' ? null : text;
      text += more;
      yield* this.#needMemory(text.length);
    }
  }

  *readAll(fd: number): Op<string> {
    const parts: string[] = [];
    let length = 0;
    for (;;) {
      const text = yield* this.read(fd);
      if (text === null) return parts.join('');
      parts.push(text);
      length += text.length;
      yield* this.#needMemory(length);
    }
  }

  /** The kernel kills a process that wants more memory than there is. */
  *#needMemory(length: number): Op<void> {
    if (length <= limits.textLength) return;
    this.end(signals.SIGKILL);
    yield {};
  }

  isTty(fd: number): boolean {
    return this.fds.get(fd)?.tty !== undefined;
  }

  setFd(fd: number, file: OpenFile | undefined): void {
    const before = this.fds.get(fd);
    if (file) this.fds.set(fd, file);
    else this.fds.delete(fd);
    before?.release();
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
    for (const [signal, disposition] of [...this.#dispositions])
      if (disposition === 'catch') this.#dispositions.delete(signal);
    this.#pending = [];
    this.fs = options.fs ?? this.fs;
    this.cwd = options.cwd ?? this.cwd;
    this.hostname = options.hostname ?? this.hostname;
    this.#row = this.#machine.changed(this, {
      argv: options.argv,
      ...(options.netns && { netns: options.netns }),
      ...(options.user !== undefined && { user: options.user }),
    });
    return yield* program(this);
  }

  /** The name and arguments that the process shows from now on. */
  rename(argv: readonly string[]): void {
    this.#row = this.#machine.changed(this, { argv });
  }

  *wait(child: Process): Op<number> {
    while (child.exitStatus === undefined) yield { keys: [child.endKey] };
    return child.exitStatus;
  }

  get hostPid(): number {
    assert(this.#hostPid > 0, 'a process number');
    return this.#hostPid;
  }
}
