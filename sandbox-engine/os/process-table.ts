// The processes of one machine: their numbers on the host and in pid namespaces, their families, and whom a kill reaches.
//
// Mirrors: pid_namespaces(7), kill(2), reparenting of orphans. Differs: no sessions.
import type { NetnsId } from '../kernel/index.ts';
import type { Collection, Sim } from '../sim/index.ts';
import { err, ok, type Result } from '../std/index.ts';
import { type ProcessRow, type SpawnOptions, signals, type Tty } from './api.ts';
import type { MachineProcess } from './process.ts';

interface PidNamespace {
  next: number;
  init: MachineProcess | undefined;
}

/** The first number after the kernel's own threads and the first services. */
const firstPid = 300;

export class ProcessTable {
  readonly #sim: Sim;
  readonly #host: string;
  readonly #rows: Collection<ProcessRow>;
  readonly #processes = new Map<number, MachineProcess>();
  readonly #namespaces = new Map<string, PidNamespace>();
  #nextPid = 1;

  /** `rows`: those of all hosts. */
  constructor(sim: Sim, host: string, rows: Collection<ProcessRow>) {
    this.#sim = sim;
    this.#host = host;
    this.#rows = rows;
  }

  get size(): number {
    return this.#processes.size;
  }

  get lastPid(): number {
    return this.#nextPid - 1;
  }

  /** A boot counts anew: process 1 is next. */
  startAtInit(): void {
    this.#nextPid = 1;
  }

  /** Process 1 is there, and the kernel's own threads have taken their numbers. */
  skipKernelThreads(): void {
    this.#nextPid = firstPid;
  }

  /** In the order of their start. */
  all(): MachineProcess[] {
    return [...this.#processes.values()];
  }

  get(pid: number): MachineProcess | undefined {
    return this.#processes.get(pid);
  }

  // ---- beginning and end ----------------------------------------------------------------

  /** The row of a process that is about to start. `tty` and `netns` are what it will have. */
  newRow(
    options: SpawnOptions,
    parent: MachineProcess | undefined,
    place: {
      readonly pidNamespace: string;
      readonly tty: Tty | undefined;
      readonly netns: NetnsId;
    },
  ): ProcessRow {
    const { pidNamespace, tty, netns } = place;
    const pid = this.#nextPid++;
    const namespace = this.#namespace(pidNamespace);
    const namespacePid = pidNamespace === 'init' ? pid : namespace.next++;
    namespace.next += options.threads ?? 0;
    const { group } = options;
    return this.#rows.put({
      id: `${this.#host}/${pid}`,
      host: this.#host,
      pid,
      namespacePid,
      pidNamespace,
      parent: parent?.row.pidNamespace === pidNamespace ? parent.pid : 0,
      group: typeof group === 'number' ? group : ((group ? undefined : parent?.row.group) ?? pid),
      argv: options.argv,
      user: options.user ?? parent?.user ?? 'root',
      gids: options.gids ?? parent?.row.gids ?? [0],
      netns,
      tty: tty?.id,
      startedAt: this.#sim.now(),
      state: 'S',
    });
  }

  add(process: MachineProcess, parent: MachineProcess | undefined): void {
    const { row } = process;
    this.#processes.set(row.pid, process);
    if (parent && row.parent === parent.pid) parent.children.add(process);
    this.#namespace(row.pidNamespace).init ??= process;
  }

  #namespace(name: string): PidNamespace {
    const known = this.#namespaces.get(name);
    if (known) return known;
    const fresh: PidNamespace = { next: 1, init: undefined };
    this.#namespaces.set(name, fresh);
    return fresh;
  }

  /** Changes a process's row; answers the new one. */
  changed(process: MachineProcess, fields: Partial<ProcessRow>): ProcessRow {
    const row = this.#rows.put({ ...process.row, ...fields });
    process.setRow(row);
    return row;
  }

  /** A child stopped or went on: whoever waits for it looks again. */
  childChanged(process: MachineProcess): void {
    this.#sim.wake(process.endKey);
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
    this.#rows.remove(process.row.id);
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

  /** The machine loses its power: no namespace outlives it. */
  forgetNamespaces(): void {
    this.#namespaces.clear();
  }

  // ---- who is meant ---------------------------------------------------------------------

  group(group: number): MachineProcess[] {
    return this.all().filter((process) => process.row.group === group);
  }

  #members(pidNamespace: string): MachineProcess[] {
    return this.all().filter((one) => one.row.pidNamespace === pidNamespace);
  }

  #inNamespace(pidNamespace: string, pid: number): MachineProcess | undefined {
    if (pidNamespace === 'init') return this.#processes.get(pid);
    const init = this.#namespaces.get(pidNamespace)?.init;
    if (pid === 1) return init;
    return this.#members(pidNamespace).find((one) => one.pid === pid);
  }

  /** kill(2) as a process calls it: numbers count in its pid namespace. */
  killFrom(sender: MachineProcess, pid: number, signal: number): Result<void, 'ESRCH' | 'EPERM'> {
    const targets = this.#targets(sender, pid);
    if (targets.length === 0) return err('ESRCH');
    const overrules = sender.user === 'root' && (sender.capabilities?.has('KILL') ?? true);
    const allowed = targets.filter((one) => overrules || one.user === sender.user);
    if (allowed.length === 0) return err('EPERM');
    for (const target of allowed)
      target.deliver(signal, target.row.pidNamespace === sender.row.pidNamespace);
    return ok(undefined);
  }

  #targets(sender: MachineProcess, pid: number): MachineProcess[] {
    const { pidNamespace } = sender.row;
    if (pid > 0) {
      const one = this.#inNamespace(pidNamespace, pid);
      return one ? [one] : [];
    }
    const visible = pidNamespace === 'init' ? this.all() : this.#members(pidNamespace);
    if (pid === -1) return visible.filter((one) => one !== sender && one.pid !== 1);
    if (pid === 0) return visible.filter((one) => one.row.group === sender.row.group);
    const leader = this.#inNamespace(pidNamespace, -pid);
    const group = leader?.row.pid ?? (pidNamespace === 'init' ? -pid : -1);
    return visible.filter((one) => one.row.group === group);
  }
}
