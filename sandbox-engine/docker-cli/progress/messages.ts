// Shows a stream of progress messages: on a terminal lines are redrawn in place, elsewhere they follow one another.
//
// Mirrors: moby pkg/jsonmessage.
import type { ApiStream } from '../../api/index.ts';
import type { Op } from '../../sim/index.ts';
import type { Cli } from '../cli.ts';
import { humanSize } from '../flags/sizes.ts';
import { at, flag, number, text } from '../json.ts';

/** One line of progress. */
export interface Progress {
  readonly id?: string;
  readonly status: string;
  readonly current?: number;
  readonly total?: number;
  readonly hideCounts?: boolean;
  /** What is counted; bytes by default. */
  readonly units?: string;
  /** It has progress at all; a plain status message has none. */
  readonly moving?: boolean;
}

/** The bar needs more columns than this. */
const barColumns = 110;

function progressText(p: Progress, columns: number): string {
  const { current = 0, total = 0 } = p;
  if (current <= 0 && total <= 0) return '';
  if (total <= 0) return humanSize(current).padStart(8);
  const filled = Math.min(50, Math.trunc(Math.trunc((current / total) * 100) / 2));
  const bar = columns > barColumns ? `[${'='.repeat(filled)}>${' '.repeat(50 - filled)}] ` : '';
  if (p.hideCounts) return bar;
  if (p.units !== undefined)
    return `${bar}${current}${current > total ? '' : `/${total}`} ${p.units}`;
  const counts = humanSize(current).padStart(8);
  return bar + (current > total ? counts : `${counts}/${humanSize(total)}`);
}

/** Draws lines of progress, each at its own place. */
export class ProgressLines {
  readonly #columns: number | undefined;
  readonly #places = new Map<string, number>();

  /** `columns`: of the terminal; undefined: no terminal. */
  constructor(columns: number | undefined) {
    this.#columns = columns;
  }

  /** What to print for one message. */
  draw(message: Progress): string {
    const id = message.id ? `${message.id}: ` : '';
    if (this.#columns === undefined) {
      if (message.moving && progressText(message, 200) !== '') return '';
      return `${id}${message.status}\n`;
    }
    if (!message.moving) {
      this.#places.clear();
      return `${id}${message.status}\n`;
    }
    const line = `${id}${message.status} ${progressText(message, this.#columns)}\r`;
    const body = `\x1b[2K\r${line}`;
    if (!message.id) return body;
    const known = this.#places.get(message.id);
    const place = known ?? this.#places.size;
    if (known === undefined) this.#places.set(message.id, place);
    const up = this.#places.size - place;
    return `${known === undefined ? '\n' : ''}\x1b[${up}A${body}\x1b[${up}B`;
  }
}

/** Reads a pull stream to its end and shows it on that fd (not at all without one); answers the error it ends with. */
export function* showMessages(
  cli: Cli,
  stream: ApiStream,
  fd: 1 | 2 | undefined,
): Op<string | undefined> {
  const lines = new ProgressLines(fd === undefined ? undefined : cli.columns(fd));
  try {
    for (;;) {
      const piece = stream.take();
      if (piece === null) return undefined;
      if (piece === undefined) {
        yield { keys: [stream.key] };
        continue;
      }
      if (piece.channel !== 'json') continue;
      const { message } = piece;
      const problem = text(message, 'errorDetail.message') || text(message, 'error');
      if (problem) return problem;
      if (fd !== undefined) yield* cli.process.write(fd, lines.draw(asProgress(message)));
    }
  } finally {
    stream.close();
  }
}

const asProgress = (message: unknown): Progress => ({
  id: text(message, 'id'),
  status: text(message, 'status') || text(message, 'stream').replace(/\n$/, ''),
  current: number(message, 'progressDetail.current'),
  total: number(message, 'progressDetail.total'),
  hideCounts: flag(message, 'progressDetail.hidecounts'),
  moving: at(message, 'progressDetail') !== undefined,
});
