// The containers of one daemon: rows, lookup, changes of state, and what belongs to a running process.
//
// Mirrors: moby daemon/container/{store,view,state}.go.
import type { FileSystem, Process } from '../../os/index.ts';
import type { Coroutine, Op } from '../../sim/index.ts';
import { err, type Failure, failure, must, ok, type Result } from '../../std/index.ts';
import type { DaemonContext } from '../context.ts';
import type { PieceStream } from '../stream.ts';
import type { ProcessIo } from './io.ts';
import type { ContainerLog } from './log.ts';
import type { ContainerRow, ContainerState } from './rows.ts';

/** What a container has besides its row: its root, its log, and while it runs its process and who listens to it. */
export interface Runtime {
  readonly fs: FileSystem;
  readonly log: ContainerLog;
  process: Process | undefined;
  shim: Process | undefined;
  io: ProcessIo | undefined;
  /** What clients typed before there was a process: given to it as it starts. */
  readonly early: ((io: ProcessIo) => void)[];
  /** Clients that are attached. */
  readonly attached: Set<PieceStream>;
  /** Waits to start the container again. */
  restart: Coroutine<void> | undefined;
  /** Milliseconds that the last restart waited. */
  backoff: number;
  /** Probes its health. */
  health: Coroutine<void> | undefined;
  /** Row ids of its execs that run. */
  readonly execs: Set<string>;
}

export class ContainerStore {
  readonly context: DaemonContext;
  /** Row ids of containers on their way up: who removes one waits. */
  readonly starting = new Set<string>();
  /** Row ids of containers whose end is being written down. */
  readonly ending = new Set<string>();
  readonly #runtimes = new Map<string, Runtime>();

  constructor(context: DaemonContext) {
    this.context = context;
  }

  get host(): string {
    return this.context.host.name;
  }

  /** Oldest first. */
  rows(): ContainerRow[] {
    return this.context.collections.containers.where('host', this.host);
  }

  get(id: string): ContainerRow | undefined {
    return this.context.collections.containers.get(id);
  }

  must(id: string): ContainerRow {
    return this.context.collections.containers.must(id);
  }

  add(row: ContainerRow, runtime: Runtime): void {
    this.#runtimes.set(row.id, runtime);
    this.context.collections.containers.put(row);
  }

  runtime(row: ContainerRow): Runtime {
    return must(this.#runtimes.get(row.id), `what runs ${row.id}`);
  }

  forget(row: ContainerRow): void {
    this.#runtimes.delete(row.id);
    this.context.collections.containers.remove(row.id);
    this.wake(row);
  }

  /** By id, name (with or without slash), or the first digits of an id. */
  find(term: string): Result<ContainerRow, Failure> {
    const name = term.replace(/^\//, '');
    const rows = this.rows();
    const exact =
      rows.find((row) => row.containerId === term) ?? rows.find((row) => row.name === name);
    if (exact) return ok(exact);
    const matches = term === '' ? [] : rows.filter((row) => row.containerId.startsWith(term));
    if (matches.length > 1) {
      return err(failure('invalid_parameter', `Multiple IDs found with provided prefix: ${term}`));
    }
    const found = matches[0];
    return found ? ok(found) : err(failure('not_found', `No such container: ${term}`));
  }

  named(name: string): ContainerRow | undefined {
    return this.rows().find((row) => row.name === name);
  }

  update(row: ContainerRow, fields: Partial<ContainerRow>): ContainerRow {
    const updated = this.context.collections.containers.update(row.id, fields);
    this.wake(updated);
    return updated;
  }

  setState(row: ContainerRow, fields: Partial<ContainerState>): ContainerRow {
    return this.update(row, { state: { ...this.must(row.id).state, ...fields } });
  }

  /** Waits until a container's end has been written down. Mirrors: the lock that moby's handler of exits holds. */
  *settled(row: ContainerRow): Op<void> {
    while (this.ending.has(row.id)) yield { keys: [this.key(row)] };
  }

  /** Woken with every change of a container, and with its end. */
  key(row: ContainerRow): string {
    return `container:${row.id}`;
  }

  wake(row: ContainerRow): void {
    this.context.sim.wake(this.key(row));
  }

  /** Writes an event with the attributes that all container events have. */
  event(
    row: ContainerRow,
    action: string,
    attributes: Readonly<Record<string, string>> = {},
  ): void {
    this.context.events.log('container', action, row.containerId, {
      ...row.config.Labels,
      image: row.config.Image,
      name: row.name,
      ...attributes,
    });
  }
}
