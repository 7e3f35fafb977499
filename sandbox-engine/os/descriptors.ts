// The open files of one process by number, and reading and writing through them as the kernel lets it: waiting, SIGPIPE,
// SIGTTIN for who reads a terminal in the background.
import { limits, millis, type Op, type Sim, sleep } from '../sim/index.ts';
import { type OpenFile, type ProcessRow, signals, type Tty } from './api.ts';
import { takeLine } from './lines.ts';

/** The process whose files they are. */
interface Owner {
  readonly sim: Sim;
  readonly row: ProcessRow;
  readonly tty: Tty | undefined;
  readonly exitStatus: number | undefined;
  readonly host: { killGroup(group: number, signal: number): void };
  deliver(signal: number, fromInside: boolean): void;
  dispositionOf(signal: number): unknown;
  /** Ends the process by a signal. */
  end(signal: number): void;
}

/** Characters that a process may write before the clock moves by a millisecond: nobody writes for nothing. */
const writeAllowance = 8_192;
/** The same for the number of writes, and of reads that did not have to wait. */
const callsAllowance = 512;

export class Descriptors {
  readonly files = new Map<number, OpenFile>();
  readonly #owner: Owner;
  #written = 0;
  #writes = 0;
  #reads = 0;
  /** What has been read from a file beyond the line that was asked for. */
  readonly #leftover = new Map<OpenFile, string>();

  /** Takes one reference of its own to each file. */
  constructor(owner: Owner, files: ReadonlyMap<number, OpenFile>) {
    this.#owner = owner;
    for (const [fd, file] of files) this.files.set(fd, file.retain());
  }

  set(fd: number, file: OpenFile | undefined): void {
    const before = this.files.get(fd);
    if (file) this.files.set(fd, file);
    else this.files.delete(fd);
    before?.release();
  }

  releaseAll(): void {
    for (const file of this.files.values()) file.release();
    this.files.clear();
  }

  *write(fd: number, text: string): Op<void> {
    const file = this.files.get(fd);
    if (!file) return;
    let rest = text;
    while (rest.length > 0) {
      const taken = file.write(rest);
      if (taken === 'EPIPE') {
        this.#owner.deliver(signals.SIGPIPE, true);
        if (this.#owner.exitStatus !== undefined) yield {};
        return;
      }
      rest = taken === rest.length ? '' : rest.slice(taken);
      if (rest.length > 0) yield { keys: [file.writeKey] };
    }
    this.#written += text.length;
    this.#writes += 1;
    if (this.#written < writeAllowance && this.#writes < callsAllowance) return;
    this.#written = 0;
    this.#writes = 0;
    yield* sleep(this.#owner.sim, millis(1));
  }

  *read(fd: number): Op<string | null> {
    const file = this.files.get(fd);
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
      while (this.#isInBackgroundOf(file)) {
        this.#owner.host.killGroup(this.#owner.row.group, signals.SIGTTIN);
        yield {};
        const handled = this.#owner.dispositionOf(signals.SIGTTIN) !== undefined;
        if (handled && this.#isInBackgroundOf(file)) return null;
      }
      const text = file.read();
      if (text !== undefined) {
        this.#reads += 1;
        if (this.#reads % callsAllowance === 0) yield* sleep(this.#owner.sim, millis(1));
        return text;
      }
      yield { keys: [file.readKey] };
    }
  }

  #isInBackgroundOf({ tty }: OpenFile): boolean {
    return (
      tty !== undefined &&
      tty === this.#owner.tty &&
      tty.foreground !== 0 &&
      tty.foreground !== this.#owner.row.group
    );
  }

  *readLine(fd: number): Op<string | null> {
    const file = this.files.get(fd);
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
    this.#owner.end(signals.SIGKILL);
    yield {};
  }
}
