// Pipes: a bounded buffer between processes, with reference-counted ends.
//
// Mirrors: pipe(7): 64 KiB, end of input when the last writer has closed, EPIPE when the last reader has.
import { limits, type Op, type Sim } from '../sim/index.ts';
import { assert } from '../std/index.ts';
import type { OpenFile } from './api.ts';

class Buffer {
  readonly #sim: Sim;
  readonly readKey: string;
  readonly writeKey: string;
  readonly #capacity: number;
  #chunks: string[] = [];
  #length = 0;
  readers = 1;
  writers = 1;

  constructor(sim: Sim, capacity: number) {
    const number = sim.count('os/pipe');
    this.#sim = sim;
    this.readKey = `pipe:${number}:read`;
    this.writeKey = `pipe:${number}:write`;
    this.#capacity = capacity;
  }

  read(max: number): string | null | undefined {
    if (this.#length === 0) return this.writers === 0 ? null : undefined;
    const all = this.#chunks.length === 1 ? (this.#chunks[0] as string) : this.#chunks.join('');
    const taken = all.length <= max ? all : all.slice(0, max);
    this.#chunks = taken.length === all.length ? [] : [all.slice(taken.length)];
    this.#length -= taken.length;
    this.#sim.wake(this.writeKey);
    return taken;
  }

  write(text: string): number | 'EPIPE' {
    if (this.readers === 0) return 'EPIPE';
    const room = Math.max(0, this.#capacity - this.#length);
    const taken = text.length <= room ? text : text.slice(0, room);
    if (taken.length === 0) return 0;
    this.#chunks.push(taken);
    this.#length += taken.length;
    this.#sim.wake(this.readKey);
    return taken.length;
  }

  closeReader(): void {
    this.readers -= 1;
    if (this.readers === 0) this.#sim.wake(this.writeKey);
  }

  closeWriter(): void {
    this.writers -= 1;
    if (this.writers === 0) this.#sim.wake(this.readKey);
  }
}

class PipeEnd implements OpenFile {
  readonly kind = 'pipe';
  readonly readKey: string;
  readonly writeKey: string;
  readonly #buffer: Buffer;
  readonly #end: 'reader' | 'writer';
  #references = 1;

  constructor(buffer: Buffer, end: 'reader' | 'writer') {
    this.#buffer = buffer;
    this.#end = end;
    this.readKey = buffer.readKey;
    this.writeKey = buffer.writeKey;
  }

  read(max = Number.MAX_SAFE_INTEGER): string | null | undefined {
    return this.#end === 'reader' ? this.#buffer.read(max) : null;
  }

  write(text: string): number | 'EPIPE' {
    return this.#end === 'writer' ? this.#buffer.write(text) : 'EPIPE';
  }

  get finished(): boolean {
    return this.#end === 'reader' && this.#buffer.writers === 0;
  }

  retain(): OpenFile {
    this.#references += 1;
    return this;
  }

  release(): void {
    assert(this.#references > 0, `pipe ${this.readKey} released too often`);
    this.#references -= 1;
    if (this.#references > 0) return;
    if (this.#end === 'reader') this.#buffer.closeReader();
    else this.#buffer.closeWriter();
  }
}

/** A pipe's two ends, each with one reference that the caller holds. */
export function makePipe(
  sim: Sim,
  capacity: number = limits.pipeCapacity,
): { readonly reader: OpenFile; readonly writer: OpenFile } {
  const buffer = new Buffer(sim, capacity);
  return { reader: new PipeEnd(buffer, 'reader'), writer: new PipeEnd(buffer, 'writer') };
}

/** Writes a text into a pipe, waiting for its reader, and closes that end; stops where nobody reads any more. */
export function* feedPipe(writer: OpenFile, text: string): Op<void> {
  let rest = text;
  while (rest.length > 0) {
    const taken = writer.write(rest);
    if (taken === 'EPIPE') break;
    rest = rest.slice(taken);
    if (rest.length > 0) yield { keys: [writer.writeKey] };
  }
  writer.release();
}

/** Takes what comes out of a pipe until its end, and closes that end. */
export function* drainPipe(reader: OpenFile, take: (part: string) => void): Op<void> {
  for (;;) {
    const part = reader.read();
    if (part === null) break;
    if (part === undefined) yield { keys: [reader.readKey] };
    else take(part);
  }
  reader.release();
}
