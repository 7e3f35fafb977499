// What stands on the screen after a program has written to its terminal: progress lines that were rewritten, colours
// and cursor movements are worked off, so that the page can show a command's output as plain lines.
// Differs: no scrolling regions, no alternate screen, no colours; rows have no width.

const escapeCharacter = '\u001b';

export class TextScreen {
  readonly #rows: string[] = [''];
  #row = 0;
  #column = 0;
  /** An escape sequence that the last chunk ended in the middle of. */
  #rest = '';

  write(chunk: string): void {
    const text = this.#rest + chunk;
    this.#rest = '';
    let i = 0;
    while (i < text.length) {
      const c = text[i] ?? '';
      if (c === escapeCharacter) {
        const length = this.#escape(text, i);
        if (length === 0) {
          this.#rest = text.slice(i);
          return;
        }
        i += length;
        continue;
      }
      if (c === '\n') this.#down();
      else if (c === '\r') this.#column = 0;
      else if (c === '\b') this.#column = Math.max(0, this.#column - 1);
      else if (c === '\t') this.#put(' '.repeat(8 - (this.#column % 8)));
      else if (c >= ' ') {
        let end = i + 1;
        while (end < text.length && (text[end] ?? '') >= ' ' && text[end] !== escapeCharacter)
          end += 1;
        this.#put(text.slice(i, end));
        i = end;
        continue;
      }
      i += 1;
    }
  }

  /** How many rows have been begun. */
  get height(): number {
    return this.#rows.length;
  }

  /** The first `max` lines, without blanks at their ends and without empty lines at the end. */
  lines(max = Number.POSITIVE_INFINITY): string[] {
    const lines = this.#rows.slice(0, max).map((row) => row.trimEnd());
    while (lines.length > 0 && lines.at(-1) === '') lines.pop();
    return lines;
  }

  #put(text: string): void {
    const row = this.#rows[this.#row] ?? '';
    const left = row.slice(0, this.#column).padEnd(this.#column);
    this.#rows[this.#row] = left + text + row.slice(this.#column + text.length);
    this.#column += text.length;
  }

  #down(): void {
    this.#row += 1;
    if (this.#row === this.#rows.length) this.#rows.push('');
  }

  /** Works off the sequence at `start`; its length, or 0 when it is not complete yet. */
  #escape(text: string, start: number): number {
    const kind = text[start + 1];
    if (kind === undefined) return 0;
    if (kind === ']') {
      const end = text.indexOf('\u0007', start);
      return end < 0 ? 0 : end - start + 1;
    }
    if (kind !== '[') return 2;
    let i = start + 2;
    while (i < text.length && !/[@-~]/.test(text[i] ?? '')) i += 1;
    const final = text[i];
    if (final === undefined) return 0;
    this.#control(final, text.slice(start + 2, i));
    return i - start + 1;
  }

  #control(final: string, parameters: string): void {
    const count = Math.max(1, Number.parseInt(parameters, 10) || 1);
    const row = this.#rows[this.#row] ?? '';
    if (final === 'A') this.#row = Math.max(0, this.#row - count);
    else if (final === 'B') for (let i = 0; i < count; i += 1) this.#down();
    else if (final === 'C') this.#column += count;
    else if (final === 'D') this.#column = Math.max(0, this.#column - count);
    else if (final === 'G') this.#column = count - 1;
    else if (final === 'K')
      this.#rows[this.#row] = parameters.startsWith('2') ? '' : row.slice(0, this.#column);
    else if (final === 'J' && !parameters.startsWith('1')) {
      this.#rows[this.#row] = row.slice(0, this.#column);
      this.#rows.length = this.#row + 1;
      if (parameters.startsWith('2')) this.#clear();
    } else if (final === 'H') this.#clear();
  }

  #clear(): void {
    this.#rows.length = 0;
    this.#rows.push('');
    this.#row = 0;
    this.#column = 0;
  }
}

/** The lines that a finished output leaves on the screen. */
export function screenLines(output: string): string[] {
  const screen = new TextScreen();
  screen.write(output);
  return screen.lines();
}
