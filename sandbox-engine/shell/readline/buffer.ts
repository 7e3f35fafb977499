// The text of a line that is being edited, with cursor, kill ring and undo.

const isWord = (character: string | undefined): boolean =>
  character !== undefined && /[\p{L}\p{N}]/u.test(character);
const isBlank = (character: string | undefined): boolean =>
  character === ' ' || character === '\t' || character === '\n';

interface Snapshot {
  readonly cells: readonly string[];
  readonly cursor: number;
}

const undoDepth = 200;

/** Positions count in characters (code points). */
export class LineBuffer {
  cells: string[] = [];
  cursor = 0;
  killed = '';
  #undo: Snapshot[] = [];

  get text(): string {
    return this.cells.join('');
  }

  set(text: string): void {
    this.#remember();
    this.cells = [...text];
    this.cursor = this.cells.length;
  }

  clear(): void {
    this.cells = [];
    this.cursor = 0;
    this.#undo = [];
  }

  insert(text: string): void {
    const added = [...text];
    if (added.length > 1 || isBlank(text)) this.#remember();
    if (this.cursor === this.cells.length) for (const cell of added) this.cells.push(cell);
    else this.cells.splice(this.cursor, 0, ...added);
    this.cursor += added.length;
  }

  /** Removes from one position to another, in either order; answers what was removed. */
  remove(from: number, to: number): string {
    const [start, end] = from < to ? [from, to] : [to, from];
    const low = Math.max(0, start);
    const high = Math.min(this.cells.length, end);
    if (low >= high) return '';
    this.#remember();
    const removed = this.cells.splice(low, high - low).join('');
    if (this.cursor > low) this.cursor = Math.max(low, this.cursor - (high - low));
    return removed;
  }

  kill(from: number, to: number): void {
    const removed = this.remove(from, to);
    if (removed !== '') this.killed = removed;
  }

  move(to: number): void {
    this.cursor = Math.max(0, Math.min(this.cells.length, to));
  }

  /** The end of the word at or after the cursor. */
  wordForward(): number {
    let at = this.cursor;
    while (at < this.cells.length && !isWord(this.cells[at])) at += 1;
    while (at < this.cells.length && isWord(this.cells[at])) at += 1;
    return at;
  }

  /** The start of the word at or before the cursor. */
  wordBack(): number {
    let at = this.cursor;
    while (at > 0 && !isWord(this.cells[at - 1])) at -= 1;
    while (at > 0 && isWord(this.cells[at - 1])) at -= 1;
    return at;
  }

  /** The start of the blank-separated word before the cursor. */
  blankBack(): number {
    let at = this.cursor;
    while (at > 0 && isBlank(this.cells[at - 1])) at -= 1;
    while (at > 0 && !isBlank(this.cells[at - 1])) at -= 1;
    return at;
  }

  transpose(): void {
    if (this.cursor === 0 || this.cells.length < 2) return;
    this.#remember();
    const at = Math.min(this.cursor, this.cells.length - 1);
    const [a, b] = [this.cells[at - 1] as string, this.cells[at] as string];
    this.cells[at - 1] = b;
    this.cells[at] = a;
    this.cursor = at + 1;
  }

  /** Changes the case of the word after the cursor. */
  changeWord(change: (word: string) => string): void {
    const end = this.wordForward();
    this.#remember();
    const word = change(this.cells.slice(this.cursor, end).join(''));
    this.cells.splice(this.cursor, end - this.cursor, ...word);
    this.cursor = end;
  }

  undo(): boolean {
    const last = this.#undo.pop();
    if (!last) return false;
    this.cells = [...last.cells];
    this.cursor = last.cursor;
    return true;
  }

  #remember(): void {
    this.#undo.push({ cells: [...this.cells], cursor: this.cursor });
    if (this.#undo.length > undoDepth) this.#undo.shift();
  }
}
