// The files and commands that an awk program prints to and reads from beside its main input, and the shells it starts.
import { drainPipe, feedPipe, type OpenFile, type Process } from '../../os/index.ts';
import type { Op } from '../../sim/index.ts';
import { type AwkData, AwkError } from './data.ts';

export class AwkStreams {
  readonly #process: Process;
  readonly #data: AwkData;
  /** Files that have been printed to: what follows is appended. */
  readonly #outputs = new Set<string>();
  /** What has been printed to each command; it is started when the stream is closed. */
  readonly #pipes = new Map<string, string>();
  /** The lines that are left of each file and command that is read. */
  readonly #readers = new Map<string, string[]>();

  constructor(process: Process, data: AwkData) {
    this.#process = process;
    this.#data = data;
  }

  /** `print > target`, `print >> target`, `print | target`. */
  *write(how: '>' | '>>' | '|', target: string, text: string): Op<void> {
    if (how === '|') this.#pipes.set(target, (this.#pipes.get(target) ?? '') + text);
    else if (target === '/dev/stderr') yield* this.#process.err(text);
    else if (target === '/dev/stdout') yield* this.#process.out(text);
    else {
      const append = how === '>>' || this.#outputs.has(target);
      this.#outputs.add(target);
      const written = this.#process.fs.write(this.#resolve(target), text, { append });
      if (!written.ok) throw new AwkError(`cannot open "${target}" for output`);
    }
  }

  #resolve(name: string): string {
    return this.#process.fs.resolve(this.#process.cwd, name);
  }

  /** `getline < name` and `name | getline`: `null` at the end. */
  *nextLine(
    from: 'file' | 'command',
    name: string,
  ): Op<{ readonly line: string | null } | 'missing'> {
    let lines = this.#readers.get(name);
    if (!lines) {
      if (from === 'file' && !this.#process.fs.exists(this.#resolve(name))) return 'missing';
      const text = from === 'command' ? yield* this.#outputOf(name) : this.#data.file(name);
      lines = this.#data.recordsOf(text);
      this.#readers.set(name, lines);
    }
    return { line: lines.shift() ?? null };
  }

  /** Ends the commands that were printed to. */
  *flush(): Op<void> {
    for (const command of [...this.#pipes.keys()]) yield* this.close(command);
  }

  *close(name: string): Op<number> {
    const text = this.#pipes.get(name);
    this.#readers.delete(name);
    this.#outputs.delete(name);
    if (text === undefined) return 0;
    this.#pipes.delete(name);
    const { reader, writer } = this.#process.host.pipe();
    return yield* this.shell(name, new Map([[0, reader]]), () => {
      reader.release();
      return feedPipe(writer, text);
    });
  }

  /** Runs a command line by sh with some files replaced; `during` runs while it does. */
  *shell(
    command: string,
    files: ReadonlyMap<number, OpenFile>,
    during: () => Op<void>,
  ): Op<number> {
    const process = this.#process;
    const fds = new Map([...process.fds, ...files]);
    const child = process.spawn({ argv: ['sh', '-c', command], fds, parent: process });
    if (!child.ok) throw new AwkError(`cannot run sh: ${child.error}`);
    yield* during();
    return yield* process.wait(child.value);
  }

  *#outputOf(command: string): Op<string> {
    const { reader, writer } = this.#process.host.pipe();
    let text = '';
    yield* this.shell(command, new Map([[1, writer]]), () => {
      writer.release();
      return drainPipe(reader, (part) => {
        text += part;
      });
    });
    return text;
  }
}
