// The log of one container: lines with the time at which they were written.
//
// Mirrors: the json-file driver and moby daemon/logger. Differs: lines are kept in memory, the last 20,000 of them.
import { type Micros, micros, type Op, type Sim, sleep } from '../../sim/index.ts';
import { timestamp } from '../context.ts';
import { PieceStream } from '../stream.ts';

export interface LogEntry {
  readonly at: Micros;
  readonly channel: 'stdout' | 'stderr';
  /** With its newline, if it had one. */
  readonly text: string;
}

export interface LogOptions {
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly timestamps: boolean;
  /** Only so many of the last lines; undefined: all. */
  readonly tail: number | undefined;
  readonly since: Micros | undefined;
  readonly until: Micros | undefined;
  readonly follow: boolean;
  /** What stands before each line, with `--details`. */
  readonly details: string | undefined;
}

type Channel = LogEntry['channel'];

/** Longer lines are cut there (16 KiB). */
const longestLine = 16_384;
/** So many of the last lines are kept. */
const keptLines = 20_000;

export class ContainerLog {
  readonly #sim: Sim;
  /** Woken with every line and when the container stops. */
  readonly key: string;
  #entries: LogEntry[] = [];
  #dropped = 0;
  readonly #partial = { stdout: '', stderr: '' };
  /** Whose copier comes second: of what a process writes at once, this stream's lines are the last. */
  readonly #second: Channel;
  #held: string[] = [];

  /** Recorded are three containers that wrote to both streams at once: one log ends with stdout, two with stderr (062:12-18). */
  constructor(sim: Sim, containerId: string) {
    this.#sim = sim;
    this.key = `log:${containerId}`;
    this.#second = sim.rng('daemon/log copiers').chance(1, 3) ? 'stdout' : 'stderr';
  }

  get entries(): readonly LogEntry[] {
    return this.#entries;
  }

  /** Lines so far, kept or not. */
  get #written(): number {
    return this.#dropped + this.#entries.length;
  }

  write(channel: Channel, text: string): void {
    if (channel !== this.#second) this.#copy(channel, text);
    else if (this.#held.push(text) === 1) this.#sim.spawn('log copier', this.#copyHeld(), null);
  }

  *#copyHeld(): Op<void> {
    yield* sleep(this.#sim, micros(1));
    this.#release();
  }

  #release(): void {
    for (const text of this.#held.splice(0)) this.#copy(this.#second, text);
  }

  #copy(channel: Channel, text: string): void {
    const lines = (this.#partial[channel] + text).split('\n');
    let rest = lines.pop() ?? '';
    for (const line of lines) this.#add(channel, `${line}\n`);
    while (rest.length >= longestLine) {
      this.#add(channel, rest.slice(0, longestLine));
      rest = rest.slice(longestLine);
    }
    this.#partial[channel] = rest;
    if (lines.length > 0) this.#sim.wake(this.key);
  }

  /** The process has ended: what it began to write is a line too. */
  flush(): void {
    this.#release();
    for (const channel of ['stdout', 'stderr'] as const) {
      if (this.#partial[channel] !== '') this.#add(channel, this.#partial[channel]);
      this.#partial[channel] = '';
    }
    this.#sim.wake(this.key);
  }

  #add(channel: Channel, text: string): void {
    this.#entries.push({ at: this.#sim.now(), channel, text });
    if (this.#entries.length <= 2 * keptLines) return;
    this.#dropped += this.#entries.length - keptLines;
    this.#entries = this.#entries.slice(-keptLines);
  }

  /** As the file on the host would hold it. */
  asJsonLines(): string {
    return this.#entries
      .map(({ at, channel, text }) =>
        JSON.stringify({ log: text, stream: channel, time: timestamp(this.#sim, at) }),
      )
      .map((line) => `${line}\n`)
      .join('');
  }

  /** A stream of the log; with `follow` until `over()` or `until`. */
  read(options: LogOptions, over: () => boolean): PieceStream {
    const stream = new PieceStream(this.#sim);
    const inTime = this.#entries.filter((entry) => this.#inTime(entry, options));
    const { tail } = options;
    const shown = tail === undefined ? inTime : tail === 0 ? [] : inTime.slice(-tail);
    for (const entry of shown) this.#show(stream, entry, options);
    if (!options.follow || over()) stream.end();
    else this.#sim.spawn('logs', this.#follow(stream, this.#written, options, over));
    return stream;
  }

  *#follow(stream: PieceStream, from: number, options: LogOptions, over: () => boolean) {
    let position = from;
    for (;;) {
      for (const entry of this.#entries.slice(Math.max(0, position - this.#dropped)))
        if (this.#inTime(entry, options)) this.#show(stream, entry, options);
      position = this.#written;
      const late = options.until !== undefined && this.#sim.now() >= options.until;
      if (over() || late || stream.closed) break;
      yield options.until === undefined
        ? { keys: [this.key, stream.key] }
        : { keys: [this.key, stream.key], until: options.until };
    }
    stream.end();
  }

  #inTime(entry: LogEntry, options: LogOptions): boolean {
    return (
      (options.since === undefined || entry.at >= options.since) &&
      (options.until === undefined || entry.at <= options.until)
    );
  }

  #show(stream: PieceStream, entry: LogEntry, options: LogOptions): void {
    if (!options[entry.channel]) return;
    const details = options.details === undefined ? '' : `${options.details} `;
    const time = options.timestamps ? `${timestamp(this.#sim, entry.at)} ` : '';
    stream.text(entry.channel, `${time}${details}${entry.text}`);
  }
}
