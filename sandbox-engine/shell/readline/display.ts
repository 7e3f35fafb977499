// Shows a line that is being edited: prints what changed, wraps at the right margin, moves the cursor.
import { isWide } from '../../os/index.ts';

interface Place {
  readonly row: number;
  readonly column: number;
}

/** Columns that a character takes: control characters are shown as `^X`. */
function widthOf(character: string): number {
  if (character < ' ' || character === '\x7f') return 2;
  return isWide(character) ? 2 : 1;
}

const shown = (character: string): string => {
  if (character === '\n') return '\r\n';
  if (character === '\x7f') return '^?';
  return character < ' ' ? `^${String.fromCharCode(character.charCodeAt(0) + 64)}` : character;
};

/** The columns of the last line of a prompt; colours count for nothing. */
function promptColumns(prompt: string): number {
  const plain = prompt.replace(
    /\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07]*\x07|[\x00-\x09\x0b-\x1f]/g,
    '',
  );
  const last = plain.slice(plain.lastIndexOf('\n') + 1);
  return [...last].reduce((sum, character) => sum + widthOf(character), 0);
}

export class Display {
  readonly #columns: () => number;
  #prompt = 0;
  #cells: readonly string[] = [];
  #cursor: Place = { row: 0, column: 0 };

  constructor(columns: () => number) {
    this.#columns = columns;
  }

  /** Starts a line behind a prompt; answers what to print. */
  start(prompt: string): string {
    this.#prompt = promptColumns(prompt);
    this.#cells = [];
    this.#cursor = this.#placeOf([], 0);
    return prompt.replaceAll('\n', '\r\n');
  }

  /** Shows the text with the cursor before the character at `cursor`; answers what to print. */
  update(cells: readonly string[], cursor: number): string {
    let same = 0;
    const common = Math.min(cells.length, this.#cells.length);
    while (same < common && cells[same] === this.#cells[same]) same += 1;
    let out = '';
    if (same < cells.length || same < this.#cells.length) out = this.#redraw(cells, same);
    this.#cells = cells;
    const target = this.#placeOf(cells, cursor);
    out += this.#move(target);
    return out;
  }

  #redraw(cells: readonly string[], from: number): string {
    let out = this.#move(this.#placeOf(this.#cells, from));
    const fresh = cells.slice(from);
    out += fresh.map(shown).join('');
    const end = this.#placeOf(cells, cells.length);
    // At the right margin the terminal waits: a blank makes it go to the next line.
    if (fresh.length > 0 && end.column === 0 && end.row > 0 && fresh.at(-1) !== '\n') out += ' \r';
    this.#cursor = end;
    if (this.#cells.length > from) out += '\x1b[J';
    return out;
  }

  /** The cursor goes behind the text, to the start of a fresh line. */
  finish(): string {
    const end = this.#move(this.#placeOf(this.#cells, this.#cells.length));
    return `${end}\r\n`;
  }

  #placeOf(cells: readonly string[], index: number): Place {
    const width = Math.max(2, this.#columns());
    let row = Math.floor(this.#prompt / width);
    let column = this.#prompt % width;
    for (let i = 0; i < index; i += 1) {
      const cell = cells[i] as string;
      if (cell === '\n') {
        row += 1;
        column = 0;
        continue;
      }
      const needed = widthOf(cell);
      if (column + needed > width) {
        row += 1;
        column = 0;
      }
      column += needed;
      if (column >= width) {
        row += 1;
        column = 0;
      }
    }
    return { row, column };
  }

  #move(to: Place): string {
    const from = this.#cursor;
    this.#cursor = to;
    if (from.row === to.row) {
      const by = to.column - from.column;
      if (by === 0) return '';
      if (by > 0) return `\x1b[${by}C`;
      return -by <= 4 ? '\b'.repeat(-by) : to.column === 0 ? '\r' : `\x1b[${-by}D`;
    }
    const rows = to.row - from.row;
    const vertical = rows < 0 ? `\x1b[${-rows}A` : `\x1b[${rows}B`;
    return `${vertical}\r${to.column > 0 ? `\x1b[${to.column}C` : ''}`;
  }
}
