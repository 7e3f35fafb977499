// The requests that the worker has not answered yet.
import type {
  PageMessage,
  TerminalId,
  WorkerMessage,
} from '../../sandbox-engine/protocol/index.ts';

export type Answer = Extract<WorkerMessage, { type: 'ran' | 'answer' | 'rewound' }>;
type Outgoing = Extract<PageMessage, { readonly request: number }>;
/** A message without its number. */
export type Unnumbered = Outgoing extends infer Message
  ? Message extends Outgoing
    ? Omit<Message, 'request'>
    : never
  : never;

interface Pending {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (reason: Error) => void;
  readonly onOutput?: ((text: string) => void) | undefined;
  /** Of a run. */
  readonly terminal?: TerminalId | undefined;
}

export class Requests {
  readonly #pending = new Map<number, Pending>();
  #count = 0;

  /** Gives a message its number and has it posted; the promise ends with its answer. */
  send(
    message: Unnumbered,
    post: (message: Outgoing) => void,
    onOutput?: (text: string) => void,
  ): Promise<Answer> {
    this.#count += 1;
    const request = this.#count;
    return new Promise((resolve, reject) => {
      const terminal = message.type === 'run' ? message.terminal : undefined;
      this.#pending.set(request, { resolve, reject, onOutput, terminal });
      post({ ...message, request });
    });
  }

  /** What a run has printed so far. */
  printed(request: number, text: string): void {
    this.#pending.get(request)?.onOutput?.(text);
  }

  settle(answer: Answer): void {
    const pending = this.#pending.get(answer.request);
    this.#pending.delete(answer.request);
    pending?.resolve(answer);
  }

  /** None of them will be answered. */
  rejectAll(reason: string): void {
    for (const pending of this.#pending.values()) pending.reject(new Error(reason));
    this.#pending.clear();
  }

  /**
   * The world went back: the runs that were on the way never end; those that were sent after request number `from` belong
   * to the new one. Answers the terminals of these.
   */
  forgetRuns(from: number): readonly TerminalId[] {
    const later: TerminalId[] = [];
    for (const [request, pending] of this.#pending) {
      if (pending.terminal === undefined) continue;
      if (request > from) later.push(pending.terminal);
      else {
        this.#pending.delete(request);
        pending.reject(new Error('the world went back'));
      }
    }
    return later;
  }
}
