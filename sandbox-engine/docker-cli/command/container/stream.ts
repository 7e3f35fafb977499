// Joins the client's terminal or pipes with a stream of the engine: attach, exec, logs.
//
// Mirrors: docker/cli cli/command/container/{hijack,tty,signal_proxy}.go, moby/term proxy.go.
import type { ApiStream } from '../../../api/index.ts';
import { type OpenFile, signals, type Tty } from '../../../os/index.ts';
import type { Op } from '../../../sim/index.ts';
import { type Cli, fail } from '../../cli.ts';

/** Prints what comes until the end. */
export function* follow(cli: Cli, stream: ApiStream): Op<void> {
  try {
    for (;;) {
      const piece = stream.take();
      if (piece === null) return;
      if (piece === undefined) yield { keys: [stream.key] };
      else if (piece.channel === 'stdout') yield* cli.out(piece.text);
      else if (piece.channel === 'stderr') yield* cli.err(piece.text);
    }
  } finally {
    stream.close();
  }
}

export interface Attachment {
  /** Forward standard input. */
  readonly stdin: boolean;
  /** The other side has a terminal: raw mode, resizes, detach keys. */
  readonly tty: boolean;
  readonly detachKeys: string;
  /** Tells the other side the size of the terminal. */
  resize(columns: number, rows: number): Op<void>;
  /** Passes a signal on; absent: signals do what they do. */
  readonly signal?: (signal: number) => Op<void>;
}

const proxied = [
  signals.SIGHUP,
  signals.SIGINT,
  signals.SIGQUIT,
  signals.SIGTERM,
  signals.SIGUSR1,
  signals.SIGUSR2,
];

/** `ctrl-p,ctrl-q` → the characters. */
function keySequence(keys: string): string {
  return keys
    .split(',')
    .filter(Boolean)
    .map((key) => {
      const letter = /^ctrl-(.)$/i.exec(key)?.[1];
      return letter === undefined
        ? key
        : String.fromCharCode(letter.toUpperCase().charCodeAt(0) & 31);
    })
    .join('');
}

/** How an attachment ends: by itself, by the detach keys, or because the user would not wait any longer. */
export type Ending = 'ended' | 'detached' | 'forced';

/** So many SIGINT or SIGTERM, and the client gives up. */
const patience = 3;
export const forcedExit = fail('got 3 SIGTERM/SIGINTs, forcefully exiting');

/** Runs until the stream ends, or the detach keys were typed. */
export function* attach(cli: Cli, stream: ApiStream, options: Attachment): Op<Ending> {
  const session = new Session(cli, stream, options);
  session.begin();
  try {
    return yield* session.run();
  } finally {
    session.end();
    stream.close();
  }
}

class Session {
  readonly #cli: Cli;
  readonly #stream: ApiStream;
  readonly #options: Attachment;
  readonly #input: OpenFile | undefined;
  readonly #terminal: Tty | undefined;
  readonly #detach: string;
  #mode: Tty['mode'] | undefined;
  #inputOpen: boolean;
  #terminations = 0;
  /** What of the detach keys has been typed so far. */
  #typed = '';

  constructor(cli: Cli, stream: ApiStream, options: Attachment) {
    this.#cli = cli;
    this.#stream = stream;
    this.#options = options;
    this.#input = options.stdin ? cli.stdin() : undefined;
    this.#inputOpen = this.#input !== undefined;
    this.#terminal =
      options.tty && cli.inIsTty() ? (cli.stdin()?.tty ?? cli.process.tty) : undefined;
    this.#detach = options.tty ? keySequence(options.detachKeys || 'ctrl-p,ctrl-q') : '';
  }

  begin(): void {
    const { process } = this.#cli;
    if (this.#terminal && this.#input) {
      this.#mode = this.#terminal.mode;
      this.#terminal.mode = 'raw';
    }
    if (this.#terminal) process.handle(signals.SIGWINCH, 'catch');
    if (this.#options.signal) for (const signal of proxied) process.handle(signal, 'catch');
  }

  end(): void {
    if (this.#terminal && this.#mode) this.#terminal.mode = this.#mode;
  }

  *run(): Op<Ending> {
    if (this.#terminal) yield* this.#options.resize(this.#terminal.columns, this.#terminal.rows);
    for (;;) {
      const output = yield* this.#forwardOutput();
      if (output === 'ended') return 'ended';
      const input = this.#forwardInput();
      if (input === 'detached') return 'detached';
      const signalled = yield* this.#forwardSignals();
      if (signalled === 'forced') return 'forced';
      if (output || input || signalled) continue;
      const keys = [this.#stream.key];
      if (this.#inputOpen && this.#input) keys.push(this.#input.readKey);
      yield { keys };
    }
  }

  /** Was there anything? */
  *#forwardOutput(): Op<boolean | 'ended'> {
    let any = false;
    for (;;) {
      const piece = this.#stream.take();
      if (piece === null) return 'ended';
      if (piece === undefined) return any;
      any = true;
      if (piece.channel === 'stdout') yield* this.#cli.out(piece.text);
      else if (piece.channel === 'stderr') yield* this.#cli.err(piece.text);
      else if (piece.channel === 'prompt') this.#terminal?.prompted(piece);
    }
  }

  #forwardInput(): boolean | 'detached' {
    if (!this.#inputOpen || !this.#input) return false;
    const typed = this.#input.read();
    if (typed === undefined) return false;
    if (typed === null) {
      this.#inputOpen = false;
      this.#stream.closeInput();
      return true;
    }
    const { send, detached } = this.#watch(typed);
    if (send) this.#stream.send(send);
    return detached ? 'detached' : true;
  }

  /** Keeps back the beginning of the detach keys until it is clear that they are not meant. */
  #watch(typed: string): { send: string; detached: boolean } {
    if (this.#detach === '') return { send: typed, detached: false };
    let send = '';
    for (const key of typed) {
      if (key === this.#detach[this.#typed.length]) {
        this.#typed += key;
        if (this.#typed === this.#detach) return { send, detached: true };
      } else {
        send += this.#typed + key;
        this.#typed = '';
      }
    }
    return { send, detached: false };
  }

  *#forwardSignals(): Op<boolean | 'forced'> {
    const signal = this.#cli.process.takeSignal();
    if (signal === undefined) return false;
    if (signal === signals.SIGINT || signal === signals.SIGTERM) this.#terminations += 1;
    if (this.#terminations === patience) return 'forced';
    if (signal === signals.SIGWINCH && this.#terminal)
      yield* this.#options.resize(this.#terminal.columns, this.#terminal.rows);
    else if (this.#options.signal) yield* this.#options.signal(signal);
    return true;
  }
}
