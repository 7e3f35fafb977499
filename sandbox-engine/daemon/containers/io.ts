// Standard input and output of a container's process or of an exec: a terminal, or three pipes.
//
// Mirrors: containerd's cio and moby daemon/stream.
import type { Host, OpenFile, Process, Tty } from '../../os/index.ts';
import { type Coroutine, join, type Op } from '../../sim/index.ts';

export interface IoOptions {
  readonly tty: boolean;
  /** Keep a pipe for input; without, the process reads from /dev/null. */
  readonly stdin: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

export type Output = (channel: 'stdout' | 'stderr', text: string) => void;

/** What a shell says when it is about to read a command (see `Tty.prompted`). */
export type Prompt = Parameters<NonNullable<Tty['onPrompt']>>[0];

/** Size of a terminal until the client says another one. */
const defaultColumns = 80;
const defaultRows = 24;

export class ProcessIo {
  readonly fds: ReadonlyMap<number, OpenFile>;
  readonly tty: Tty | undefined;
  /** Called after the output that came before the prompt. */
  onPrompt: ((prompt: Prompt) => void) | undefined;
  readonly #host: Host;
  readonly #output: Output;
  readonly #stdin: OpenFile | undefined;
  readonly #readers: readonly (readonly ['stdout' | 'stderr', OpenFile])[];
  readonly #own: readonly OpenFile[];
  #pumps: Coroutine<void>[] = [];
  #waiting = '';
  #inputClosed = false;
  #feeder: Coroutine<void> | undefined;

  constructor(host: Host, options: IoOptions, output: Output) {
    this.#host = host;
    this.#output = output;
    if (options.tty) {
      this.tty = host.openTty({
        columns: options.columns ?? defaultColumns,
        rows: options.rows ?? defaultRows,
      });
      const { tty } = this;
      tty.onPrompt = (prompt) => {
        const text = tty.takeOutput();
        if (text !== '') this.#output('stdout', text);
        this.onPrompt?.(prompt);
      };
      const file = tty.open();
      this.fds = new Map([0, 1, 2].map((fd) => [fd, file]));
      this.#own = [file];
      this.#readers = [];
      return;
    }
    const input = options.stdin ? host.pipe() : undefined;
    const out = host.pipe();
    const errors = host.pipe();
    this.#stdin = input?.writer;
    this.fds = new Map([
      [0, input?.reader ?? host.nullFile()],
      [1, out.writer],
      [2, errors.writer],
    ]);
    this.#own = [...(input ? [input.reader] : []), out.writer, errors.writer];
    this.#readers = [
      ['stdout', out.reader],
      ['stderr', errors.reader],
    ];
  }

  /** The process holds its own references now; from here on its output is carried away. */
  started(process: Process, name: string): void {
    const { tty } = this;
    if (tty) tty.foreground = process.row.group;
    for (const file of this.#own) file.release();
    const { sim } = this.#host;
    this.#pumps = tty
      ? [sim.spawn(`${name}: terminal`, this.#pumpTty(tty, process))]
      : this.#readers.map(([channel, reader]) =>
          sim.spawn(`${name}: ${channel}`, this.#pump(channel, reader)),
        );
  }

  /** There was no process to start. */
  discard(): void {
    for (const file of this.#own) file.release();
    for (const [, reader] of this.#readers) reader.release();
    this.#stdin?.release();
    this.tty?.hangUp();
  }

  /** Waits until all that the process wrote has been carried away. */
  *drained(): Op<void> {
    for (const pump of this.#pumps) yield* join(pump);
    this.closeInput();
    this.tty?.hangUp();
  }

  *#pump(channel: 'stdout' | 'stderr', reader: OpenFile): Op<void> {
    for (;;) {
      const text = reader.read();
      if (text === null) break;
      if (text === undefined) yield { keys: [reader.readKey] };
      else this.#output(channel, text);
    }
    reader.release();
  }

  *#pumpTty(tty: Tty, process: Process): Op<void> {
    for (;;) {
      const text = tty.takeOutput();
      if (text !== '') this.#output('stdout', text);
      else if (process.exitStatus !== undefined) return;
      else yield { keys: [tty.outputKey, process.endKey] };
    }
  }

  input(text: string): void {
    if (this.tty) {
      this.tty.input(text);
      return;
    }
    if (!this.#stdin || this.#inputClosed) return;
    this.#waiting += text;
    this.#feed(this.#stdin);
  }

  closeInput(): void {
    if (this.#inputClosed) return;
    this.#inputClosed = true;
    if (this.#stdin) this.#feed(this.#stdin);
  }

  /** Writes what waits as the pipe takes it; the last one to write closes it. */
  #feed(stdin: OpenFile): void {
    if (this.#feeder && !this.#feeder.ended) return;
    this.#feeder = this.#host.sim.spawn('stdin', this.#feedAll(stdin));
  }

  *#feedAll(stdin: OpenFile): Op<void> {
    while (this.#waiting !== '') {
      const taken = stdin.write(this.#waiting);
      if (taken === 'EPIPE') this.#waiting = '';
      else this.#waiting = this.#waiting.slice(taken);
      if (this.#waiting !== '') yield { keys: [stdin.writeKey] };
    }
    if (this.#inputClosed) stdin.release();
  }

  resize(columns: number, rows: number): void {
    this.tty?.resize(columns, rows);
  }
}
