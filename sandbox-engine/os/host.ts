// One machine: what it starts and opens, its terminals, programs and the services that are reached through paths.
//
// Mirrors: fork/exec, boot and power-off. Differs: a terminal's processes are those that were started on it.
import type { Kernel } from '../kernel/index.ts';
import { limits, type Micros, type Scope, type Sim } from '../sim/index.ts';
import { type Door, err, ok, type Result } from '../std/index.ts';
import {
  type FileError,
  type FileSystem,
  type FileTree,
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
import { isTerminalPath, ownDescriptor } from './descriptor-paths.ts';
import type { Asker } from './fs/access.ts';
import { RootFileSystem } from './fs/file-system.ts';
import { indexOf } from './fs/nodes.ts';
import { UpperLayer } from './fs/upper.ts';
import { findCommand, type LookupContext } from './lookup.ts';
import { DeviceFile, openPath } from './open-file.ts';
import { makePipe } from './pipe.ts';
import { mountKernelFiles } from './proc-files.ts';
import { MachineProcess } from './process.ts';
import { ProcessTable } from './process-table.ts';
import { initialLimits } from './rlimits.ts';
import { Terminal } from './tty.ts';
import type { OsWorld } from './world.ts';

export interface HostOptions {
  readonly world: OsWorld;
  readonly name: string;
  readonly kernel: Kernel;
  /** What the freshly installed machine has on its disk: one tree, or layers with the lowest first. */
  readonly tree: FileTree | readonly FileTree[];
  readonly programs: ReadonlyMap<string, Program>;
  readonly env: ReadonlyMap<string, string>;
  readonly hostname?: string;
}

const layersOf = (tree: FileTree | readonly FileTree[]): readonly FileTree[] =>
  Array.isArray(tree) ? (tree as readonly FileTree[]) : [tree as FileTree];

export class Machine implements Host {
  readonly name: string;
  readonly sim: Sim;
  readonly kernel: Kernel;
  readonly fs: FileSystem;
  readonly programs: Map<string, Program>;
  readonly rootEnv: ReadonlyMap<string, string>;
  readonly ttys = new Map<string, Tty>();
  current: MachineProcess | undefined;
  readonly table: ProcessTable;
  readonly #hostname: string;
  readonly #world: OsWorld;
  readonly #services = new Map<string, unknown>();
  readonly #null: DeviceFile;
  up = true;
  bootedAt: Micros;
  readonly bootKey: string;
  scope: Scope;

  constructor(options: HostOptions) {
    this.name = options.name;
    this.#hostname = options.hostname ?? options.name;
    this.#world = options.world;
    this.sim = options.world.sim;
    this.scope = this.sim.scope(options.name);
    this.table = new ProcessTable(this.sim, options.name, options.world.processes);
    this.bootedAt = this.sim.now();
    this.bootKey = `boot of ${options.name}`;
    this.kernel = options.kernel;
    this.programs = new Map(options.programs);
    this.rootEnv = options.env;
    this.#null = new DeviceFile(this.sim, 'null');
    this.fs = this.newFileSystem(options.name, layersOf(options.tree));
    this.boot();
  }

  boot(): void {
    if (this.scope.ended) this.scope = this.sim.scope(this.name);
    this.up = true;
    this.bootedAt = this.sim.now();
    this.table.startAtInit();
    this.spawn({
      argv: ['/sbin/init'],
      cwd: '/',
      program: function* () {
        for (;;) yield { keys: ['os:never'] };
      },
    });
    this.table.skipKernelThreads();
    this.sim.wake(this.bootKey);
  }

  get lastPid(): number {
    return this.table.lastPid;
  }

  // ---- processes ------------------------------------------------------------------------

  spawn(options: SpawnOptions): Result<Process, SpawnError> {
    if (!this.up || this.table.size >= limits.processesPerHost) return err('EAGAIN');
    const parent = options.parent as MachineProcess | undefined;
    const env = options.env ?? parent?.env ?? this.rootEnv;
    const cwd = options.cwd ?? parent?.cwd ?? '/root';
    const fs = options.fs ?? parent?.fs ?? this.fs;
    const program = options.program
      ? ok(options.program)
      : this.lookup(fs, env, cwd, options.argv[0] ?? '');
    if (!program.ok) return program;
    const tty = 'tty' in options ? options.tty : parent?.tty;
    const row = this.table.newRow(options, parent, {
      pidNamespace: options.pidNamespace ?? parent?.row.pidNamespace ?? 'init',
      tty,
      netns: options.netns ?? parent?.netns ?? this.kernel.initNetns,
    });
    const process = new MachineProcess(this, {
      row,
      env,
      cwd,
      fs,
      tty,
      hostname: options.hostname ?? parent?.hostname ?? this.#hostname,
      capabilities: options.capabilities ?? parent?.capabilities,
      limits: new Map([...(parent?.limits ?? initialLimits), ...(options.limits ?? [])]),
      fds: options.fds ?? parent?.fds ?? this.#nullFds(),
      program: program.value,
      ignored: parent?.ignoredSignals() ?? [],
    });
    this.table.add(process, parent);
    return ok(process);
  }

  #nullFds(): ReadonlyMap<number, OpenFile> {
    return new Map([0, 1, 2].map((fd) => [fd, this.#null]));
  }

  lookup(
    fs: FileSystem,
    env: ReadonlyMap<string, string>,
    cwd: string,
    command: string,
  ): Result<Program, 'ENOENT' | 'EACCES'> {
    const context: LookupContext = {
      programs: this.programs,
      fs,
      env,
      cwd,
      rename: (process, argv) => (process as MachineProcess).rename(argv),
    };
    const found = findCommand(context, command);
    return found.ok ? ok(found.value.program) : found;
  }

  processes(pidNamespace?: string): readonly ProcessRow[] {
    const rows = this.table.all().map((process) => process.row);
    return pidNamespace === undefined || pidNamespace === 'init'
      ? rows
      : rows.filter((row) => row.pidNamespace === pidNamespace);
  }

  process(pid: number): Process | undefined {
    return this.table.get(pid);
  }

  // ---- signals --------------------------------------------------------------------------

  kill(pid: number, signal: number): Result<void, 'ESRCH'> {
    const process = this.table.get(pid);
    if (!process) return err('ESRCH');
    process.deliver(signal, false);
    return ok(undefined);
  }

  killGroup(group: number, signal: number): void {
    for (const process of this.table.group(group)) process.deliver(signal, false);
  }

  halt(): void {
    this.up = false;
    // Whoever hears of the ends can begin nothing more on this machine.
    this.scope.ended = true;
    this.sim.inScope(this.scope, () => {
      for (const process of this.table.all().reverse()) process.end(signals.SIGKILL);
      for (const tty of this.ttys.values()) tty.hangUp();
    });
    this.#services.clear();
    this.table.forgetNamespaces();
    this.sim.loseScope(this.scope);
  }

  // ---- terminals, pipes, files ------------------------------------------------------------

  openTty(size: { readonly columns: number; readonly rows: number }): Tty {
    let number = 0;
    while (this.ttys.has(`pts/${number}`)) number += 1;
    const host = {
      sim: this.sim,
      killGroup: (group: number, signal: number) => this.killGroup(group, signal),
      hungUp: (tty: Tty) => this.#hungUp(tty),
    };
    const tty = new Terminal(host, this.name, `pts/${number}`, size.columns, size.rows);
    this.ttys.set(tty.id, tty);
    return tty;
  }

  #hungUp(tty: Tty): void {
    this.ttys.delete(tty.id);
    for (const process of this.table.all())
      if (process.tty === tty) process.deliver(signals.SIGHUP, false);
  }

  pipe(options?: { readonly capacity?: number }): {
    readonly reader: OpenFile;
    readonly writer: OpenFile;
  } {
    return makePipe(this.sim, options?.capacity);
  }

  nullFile(): OpenFile {
    return this.#null;
  }

  open(fs: FileSystem, path: string, mode: OpenMode): Result<OpenFile, FileError> {
    return openPath(this.sim, fs as RootFileSystem, path, mode);
  }

  /** Opens a path as that process sees it. */
  openFor(process: MachineProcess, path: string, mode: OpenMode): Result<OpenFile, FileError> {
    const full = process.fs.resolve(process.cwd, path);
    const fd = ownDescriptor(process, full);
    if (fd !== undefined) {
      const file = process.fds.get(fd);
      return file ? ok(file.retain()) : err('ENOENT');
    }
    const stat = process.fs.stat(full);
    if (stat.ok && stat.value.type === 'device' && isTerminalPath(stat.value.path))
      return process.tty ? ok(process.tty.open()) : err('ENXIO');
    return this.open(process.fs, full, mode);
  }

  /**
   * The process that runs at the moment, where it asks the root that it lives in and may not do everything there.
   * Differs: users of the machine itself, who are all root in the labs, are not held to anything.
   */
  #asker(fs: FileSystem): Asker | undefined {
    const { current } = this;
    if (!current || current.fs !== fs || fs === this.fs) return undefined;
    const { user, capabilities } = current;
    const isRoot = user === 'root';
    if (isRoot && (!capabilities || overruling.every((name) => capabilities.has(name))))
      return undefined;
    return {
      user,
      gids: current.row.gids,
      capabilities: (isRoot && capabilities) || new Set<string>(),
    };
  }

  newFileSystem(id: string, layers: readonly FileTree[]): FileSystem {
    const upper = new UpperLayer(id, this.#world.files, this.sim);
    const fs = new RootFileSystem(
      upper,
      layers.map(indexOf).reverse(),
      this.sim.epochMillis,
      (asked) => this.#asker(asked),
    );
    mountKernelFiles(this, fs);
    return fs;
  }

  // ---- services -------------------------------------------------------------------------

  provide<T>(door: Door<T>, service: T): void {
    const parent = door.path.slice(0, door.path.lastIndexOf('/')) || '/';
    this.fs.mkdir(parent, { parents: true });
    if (!this.fs.exists(door.path)) this.fs.place(door.path, { type: 'socket' });
    const key = (this.fs as RootFileSystem).identity(door.path);
    if (key !== undefined) this.#services.set(key, service);
  }

  withdraw<T>(door: Door<T>): void {
    const key = (this.fs as RootFileSystem).identity(door.path);
    if (key === undefined) return;
    this.#services.delete(key);
    this.fs.remove(door.path);
  }

  connect<T>(door: Door<T>, fs: FileSystem = this.fs): T | undefined {
    const key = (fs as RootFileSystem).identity(door.path);
    return key === undefined ? undefined : (this.#services.get(key) as T | undefined);
  }
}

/** With these root may do everything with files. */
const overruling = ['CHOWN', 'DAC_OVERRIDE', 'FOWNER'];

/** Makes a machine that is running: its first process is there, nothing else. */
export function createHost(options: HostOptions): Host {
  return new Machine(options);
}
