// Streams of the API in memory: what the daemon says waits until the client takes it.
import type { ApiStream, StreamPiece } from '../api/index.ts';
import type { Sim } from '../sim/index.ts';

/** What the daemon does with the client's side of a stream. */
export interface StreamHandlers {
  readonly input?: (text: string) => void;
  readonly inputClosed?: () => void;
  /** The client went away, or everything has been said. */
  readonly closed?: () => void;
}

export class PieceStream implements ApiStream {
  readonly key: string;
  readonly #sim: Sim;
  readonly #handlers: StreamHandlers;
  #pieces: StreamPiece[] = [];
  #ended = false;
  #closed = false;

  constructor(sim: Sim, handlers: StreamHandlers = {}) {
    this.#sim = sim;
    this.#handlers = handlers;
    this.key = `stream:${sim.count('daemon/streams')}`;
  }

  /** Nobody listens any more. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Nothing more comes, or nobody listens any more. */
  get over(): boolean {
    return this.#closed || this.#ended;
  }

  push(piece: StreamPiece): void {
    if (this.#closed || this.#ended) return;
    this.#pieces.push(piece);
    this.#sim.wake(this.key);
  }

  text(channel: 'stdout' | 'stderr', text: string): void {
    if (text.length > 0) this.push({ channel, text });
  }

  message(message: unknown): void {
    this.push({ channel: 'json', message });
  }

  /** Nothing more will be said. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#sim.wake(this.key);
  }

  take(): StreamPiece | null | undefined {
    const piece = this.#pieces.shift();
    if (piece) return piece;
    return this.#ended || this.#closed ? null : undefined;
  }

  send(text: string): void {
    if (!this.#closed) this.#handlers.input?.(text);
  }

  closeInput(): void {
    if (!this.#closed) this.#handlers.inputClosed?.();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#pieces = [];
    this.#handlers.closed?.();
    this.#sim.wake(this.key);
  }
}
