// One machine: its process table, pid namespaces, terminals, programs and the services that are reached through paths.
//
// Mirrors: the Linux process model (fork/exec, pid_namespaces(7), process groups). Differs: no sessions; a terminal's
// processes are those that were started on it.
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
import { RootFileSystem } from './fs/file-system.ts';
import { indexOf } from './fs/nodes.ts';
import { UpperLayer } from './fs/upper.ts';
import { findCommand, type LookupContext } from './lookup.ts';
import { DeviceFile, openPath } from './open-file.ts';
import { makePipe } from './pipe.ts';
import { mountKernelFiles } from './proc-files.ts';
import { MachineProcess } from './process.ts';
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

interface PidNamespace {
  next: number;
  init: MachineProcess | undefined;
}

/** The first number after the kernel's own threads and the first services. */
const firstPid = 300;

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
  readonly #hostname: string;
  readonly #world: OsWorld;
  readonly #processes = new Map<number, MachineProcess>();
  readonly #namespaces = new Map<string, PidNamespace>();
  readonly #services = new Map<string, unknown>();
  readonly #null: DeviceFile;
  #nextPid = 1;
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
    this.#nextPid = 1;
    this.spawn({
      argv: ['/sbin/init'],
      cwd: '/',
      program: function* () {
        for (;;) yield { keys: ['os:never'] };
      },
    });
    this.#nextPid = firstPid;
    this.sim.wake(this.bootKey);
  }

  get lastPid(): number {
    return this.#nextPid - 1;
  }

  // ---- processes ------------------------------------------------------------------------

  spawn(options: SpawnOptions): Result<Process, SpawnError> {
    if (!this.up || this.#processes.size >= limits.processesPerHost) return err('EAGAIN');
    const parent = options.parent as MachineProcess | undefined;
    const env = options.env ?? parent?.env ?? this.rootEnv;
    const cwd = options.cwd ?? parent?.cwd ?? '/root';
    const fs = options.fs ?? parent?.fs ?? this.fs;
    const program = options.program
      ? ok(options.program)
      : this.lookup(fs, env, cwd, options.argv[0] ?? '');
    if (!program.ok) return program;
    const tty = 'tty' in options ? options.tty : parent?.tty;
    const namespace = options.pidNamespace ?? parent?.row.pidNamespace ?? 'init';
    const row = this.#newRow(options, parent, namespace, tty);
    const process = new MachineProcess(this, {
      row,
      env,
      cwd,
      fs,
      tty,
      hostname: options.hostname ?? parent?.hostname ?? this.#hostname,
      capabilities: options.capabilities ?? parent?.capabilities,
      fds: options.fds ?? parent?.fds ?? this.#nullFds(),
      program: program.value,
      ignored: parent?.ignoredSignals() ?? [],
    });
    this.#processes.set(row.pid, process);
    if (parent && row.parent === parent.pid) parent.children.add(process);
    const known = this.#namespace(namespace);
    known.init ??= process;
    return ok(process);
  }

  #newRow(
    options: SpawnOptions,
    parent: MachineProcess | undefined,
    namespace: string,
    tty: Tty | undefined,
  ): ProcessRow {
    const pid = this.#nextPid++;
    const known = this.#namespace(namespace);
    const namespacePid = namespace === 'init' ? pid : known.next++;
    known.next += options.threads ?? 0;
    const sameNamespace = parent?.row.pidNamespace === namespace;
    const own = options.group === true || (options.group === undefined && !parent);
    return this.#world.processes.put({
      id: `${this.name}/${pid}`,
      host: this.name,
      pid,
      namespacePid,
      pidNamespace: namespace,
      parent: sameNamespace && parent ? parent.pid : namespacePid === 1 ? 0 : sameNamespace ? 1 : 0,
      group: own
        ? pid
        : typeof options.group === 'number'
          ? options.group
          : (parent?.row.group ?? pid),
      argv: options.argv,
      user: options.user ?? parent?.user ?? 'root',
      gids: options.gids ?? parent?.row.gids ?? [0],
      netns: options.netns ?? parent?.netns ?? this.kernel.initNetns,
      tty: tty?.id,
      startedAt: this.sim.now(),
      state: 'S',
    });
  }

  #namespace(name: string): PidNamespace {
    const known = this.#namespaces.get(name);
    if (known) return known;
    const fresh: PidNamespace = { next: 1, init: undefined };
    this.#namespaces.set(name, fresh);
    return fresh;
  }

  #nullFds(): ReadonlyMap<number, OpenFile> {
    return new Map([0, 1, 2].map((fd) => [fd, this.#null]));
  }

  /** Changes a process's row; answers the new one. */
  changed(process: MachineProcess, fields: Partial<ProcessRow>): ProcessRow {
    const row = this.#world.processes.put({ ...process.row, ...fields });
    process.setRow(row);
    return row;
  }

  /** A child stopped or went on: whoever waits for it looks again. */
  childChanged(process: MachineProcess): void {
    this.sim.wake(process.endKey);
    this.#tellParent(process);
  }

  #tellParent(process: MachineProcess): void {
    const parent = this.#inNamespace(process.row.pidNamespace, process.row.parent);
    parent?.deliver(signals.SIGCHLD, true);
  }

  /** A process has ended: takes it out of the table; its children get the namespace's first process as parent. */
  buried(process: MachineProcess): void {
    this.#tellParent(process);
    this.#processes.delete(process.row.pid);
    this.#world.processes.remove(process.row.id);
    const { pidNamespace } = process.row;
    this.#inNamespace(pidNamespace, process.row.parent)?.children.delete(process);
    const init = this.#namespaces.get(pidNamespace)?.init;
    if (init === process) {
      this.#namespaces.delete(pidNamespace);
      for (const other of this.#members(pidNamespace)) other.end(signals.SIGKILL);
      return;
    }
    for (const child of process.children) {
      this.changed(child, { parent: 1 });
      init?.children.add(child);
    }
  }

  #members(pidNamespace: string): MachineProcess[] {
    return [...this.#processes.values()].filter((one) => one.row.pidNamespace === pidNamespace);
  }

  #inNamespace(pidNamespace: string, pid: number): MachineProcess | undefined {
    if (pidNamespace === 'init') return this.#processes.get(pid);
    const init = this.#namespaces.get(pidNamespace)?.init;
    if (pid === 1) return init;
    return this.#members(pidNamespace).find((one) => one.pid === pid);
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
    const rows = [...this.#processes.values()].map((process) => process.row);
    return pidNamespace === undefined || pidNamespace === 'init'
      ? rows
      : rows.filter((row) => row.pidNamespace === pidNamespace);
  }

  process(pid: number): Process | undefined {
    return this.#processes.get(pid);
  }

  // ---- signals --------------------------------------------------------------------------

  kill(pid: number, signal: number): Result<void, 'ESRCH'> {
    const process = this.#processes.get(pid);
    if (!process) return err('ESRCH');
    process.deliver(signal, false);
    return ok(undefined);
  }

  killGroup(group: number, signal: number): void {
    for (const process of this.#groupMembers(group)) process.deliver(signal, false);
  }

  #groupMembers(group: number): MachineProcess[] {
    return [...this.#processes.values()].filter((process) => process.row.group === group);
  }

  /** kill(2) as a process calls it: numbers count in its pid namespace. */
  killFrom(sender: MachineProcess, pid: number, signal: number): Result<void, 'ESRCH'> {
    const targets = this.#targets(sender, pid);
    if (targets.length === 0) return err('ESRCH');
    for (const target of targets)
      target.deliver(signal, target.row.pidNamespace === sender.row.pidNamespace);
    return ok(undefined);
  }

  #targets(sender: MachineProcess, pid: number): MachineProcess[] {
    const { pidNamespace } = sender.row;
    if (pid > 0) {
      const one = this.#inNamespace(pidNamespace, pid);
      return one ? [one] : [];
    }
    const visible =
      pidNamespace === 'init' ? [...this.#processes.values()] : this.#members(pidNamespace);
    if (pid === -1) return visible.filter((one) => one !== sender && one.pid !== 1);
    if (pid === 0) return visible.filter((one) => one.row.group === sender.row.group);
    const leader = this.#inNamespace(pidNamespace, -pid);
    const group = leader?.row.pid ?? (pidNamespace === 'init' ? -pid : -1);
    return visible.filter((one) => one.row.group === group);
  }

  halt(): void {
    this.up = false;
    // Whoever hears of the ends can begin nothing more on this machine.
    this.scope.ended = true;
    this.sim.inScope(this.scope, () => {
      for (const process of [...this.#processes.values()].reverse()) process.end(signals.SIGKILL);
      for (const tty of this.ttys.values()) tty.hangUp();
    });
    this.#services.clear();
    this.#namespaces.clear();
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
    for (const process of [...this.#processes.values()])
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
    const fd = this.#ownFd(process, full);
    if (fd !== undefined) {
      const file = process.fds.get(fd);
      return file ? ok(file.retain()) : err('ENOENT');
    }
    const stat = process.fs.stat(full);
    if (stat.ok && stat.value.type === 'device' && isTerminalPath(stat.value.path))
      return process.tty ? ok(process.tty.open()) : err('ENXIO');
    return this.open(process.fs, full, mode);
  }

  /** /dev/stdout, /dev/fd/3, /proc/self/fd/3 and links to them: the number of the open file that they name. */
  #ownFd(process: MachineProcess, path: string): number | undefined {
    const direct = ownFdOf(path, process.pid);
    if (direct !== undefined) return direct;
    let at = path;
    for (let links = 0; links < 4; links += 1) {
      const stat = process.fs.stat(at, { followLinks: false });
      if (!stat.ok || stat.value.type !== 'symlink') return undefined;
      at = process.fs.resolve(at.slice(0, at.lastIndexOf('/')) || '/', stat.value.target ?? '');
      const fd = ownFdOf(at, process.pid);
      if (fd !== undefined) return fd;
    }
    return undefined;
  }

  newFileSystem(id: string, layers: readonly FileTree[]): FileSystem {
    const upper = new UpperLayer(id, this.#world.files, this.sim);
    const fs = new RootFileSystem(upper, layers.map(indexOf).reverse(), this.sim.epochMillis);
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

const isTerminalPath = (path: string): boolean =>
  path === '/dev/tty' || path.startsWith('/dev/pts/') || path === '/dev/console';

function ownFdOf(path: string, pid: number): number | undefined {
  const named = { '/dev/stdin': 0, '/dev/stdout': 1, '/dev/stderr': 2 }[path];
  if (named !== undefined) return named;
  const match = /^\/(?:dev|proc\/(self|\d+))\/fd\/(\d+)$/.exec(path);
  if (!match) return undefined;
  const owner = match[1];
  return owner === undefined || owner === 'self' || Number(owner) === pid
    ? Number(match[2])
    : undefined;
}

/** Makes a machine that is running: its first process is there, nothing else. */
export function createHost(options: HostOptions): Host {
  return new Machine(options);
}
