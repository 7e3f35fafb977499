// Walking through earlier lines, and searching them.

/** A place in the history. Lines that were edited on the way keep their changes until a line is entered. */
export class HistoryCursor {
  readonly #lines: readonly string[];
  readonly #edited = new Map<number, string>();
  #at: number;

  constructor(lines: readonly string[]) {
    this.#lines = lines;
    this.#at = lines.length;
  }

  #go(to: number, current: string): string | undefined {
    if (to < 0 || to > this.#lines.length || to === this.#at) return undefined;
    this.#edited.set(this.#at, current);
    this.#at = to;
    return this.#edited.get(to) ?? this.#lines[to] ?? '';
  }

  /** The line before; undefined at the first. */
  back(current: string): string | undefined {
    return this.#go(this.#at - 1, current);
  }

  forward(current: string): string | undefined {
    return this.#go(this.#at + 1, current);
  }

  first(current: string): string | undefined {
    return this.#go(0, current);
  }

  last(current: string): string | undefined {
    return this.#go(this.#lines.length, current);
  }
}

/** The index of the latest line at or before `from` that contains the text. */
export function searchBack(
  lines: readonly string[],
  text: string,
  from: number,
): number | undefined {
  for (let i = Math.min(from, lines.length - 1); i >= 0; i -= 1)
    if (lines[i]?.includes(text)) return i;
  return undefined;
}
