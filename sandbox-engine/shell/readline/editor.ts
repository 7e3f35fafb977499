// The line editor of interactive shells: emacs keys, history, incremental search, completion, paste.
//
// Mirrors: GNU readline's default bindings, and BusyBox lineedit where it shows (ESC[6n at the prompt). Differs: a pasted
// newline runs the line, as if it had been typed.
import type { OpenFile, Tty } from '../../os/index.ts';
import { limits, type Op } from '../../sim/index.ts';
import { LineBuffer } from './buffer.ts';
import { Display } from './display.ts';
import { HistoryCursor, searchBack } from './history.ts';
import { type Key, KeyDecoder } from './keys.ts';

export type LineResult =
  | { readonly kind: 'line'; readonly text: string }
  /** ^D on an empty line, or the terminal is gone. */
  | { readonly kind: 'end' }
  /** ^C. */
  | { readonly kind: 'interrupt' };

export interface Completion {
  /** How many characters before the cursor the candidates replace. */
  readonly length: number;
  readonly candidates: readonly string[];
  /** What a single candidate is followed by. */
  readonly suffix: string;
  /** How candidates are listed, when not as themselves. */
  readonly labels?: readonly string[];
}

interface EditorOptions {
  readonly history: readonly string[];
  /** Asks for the cursor's place at each prompt, as BusyBox does. */
  readonly asksCursor: boolean;
  /** Switches bracketed paste on and off, as readline does. */
  readonly bracketsPaste: boolean;
  complete(text: string, cursor: number): Op<Completion>;
  /** A signal has come; true ends the editing like ^C. */
  onSignal(): Op<boolean>;
}

const bell = '\x07';

interface Search {
  query: string;
  index: number;
  readonly before: string;
}

export class Editor {
  readonly #file: OpenFile;
  readonly #tty: Tty;
  readonly #options: EditorOptions;
  readonly #display: Display;
  readonly #keys = new KeyDecoder();
  readonly #buffer = new LineBuffer();
  #history: HistoryCursor;
  #prompt = '';
  #out = '';
  #search: Search | undefined;
  #searchView: string | undefined;
  #lastKey = '';
  #result: LineResult | undefined;
  #asked = false;

  constructor(file: OpenFile, tty: Tty, options: EditorOptions) {
    this.#file = file;
    this.#tty = tty;
    this.#options = options;
    this.#display = new Display(() => this.#tty.columns);
    this.#history = new HistoryCursor(options.history);
  }

  /** Reads one line behind a prompt. */
  *readLine(prompt: string): Op<LineResult> {
    const { mode, echo } = this.#tty;
    this.#tty.mode = 'raw';
    this.#tty.echo = false;
    this.#begin(prompt);
    while (!this.#result) yield* this.#step();
    this.#finish();
    this.#tty.mode = mode === 'raw' ? 'cooked' : mode;
    this.#tty.echo = echo;
    return this.#result;
  }

  #begin(prompt: string): void {
    this.#prompt = prompt;
    this.#buffer.clear();
    this.#history = new HistoryCursor(this.#options.history);
    this.#search = undefined;
    this.#searchView = undefined;
    this.#result = undefined;
    if (this.#options.bracketsPaste) this.#out += '\x1b[?2004h';
    this.#out += this.#display.start(prompt);
  }

  /** One character of input, or a wait for it. */
  *#step(): Op<void> {
    const character = this.#file.read(1);
    if (character === null) this.#result = { kind: 'end' };
    else if (character !== undefined) {
      const key = this.#keys.take(character);
      if (key) yield* this.#press(key);
    } else {
      this.#show();
      this.#askForCursor();
      const wake = yield { keys: [this.#file.readKey] };
      if (wake.by === 'signal' && (yield* this.#options.onSignal())) this.#interrupt();
    }
  }

  /** BusyBox asks once for each prompt, when nothing has been typed ahead. */
  #askForCursor(): void {
    if (!this.#options.asksCursor || this.#asked) return;
    this.#asked = true;
    this.#file.write('\x1b[6n');
  }

  /** Prints what has changed. */
  #show(): void {
    if (this.#searchView === undefined)
      this.#out += this.#display.update([...this.#buffer.cells], this.#buffer.cursor);
    if (this.#out !== '') this.#file.write(this.#out);
    this.#out = '';
  }

  #finish(): void {
    this.#asked = false;
    if (this.#searchView !== undefined) this.#leaveSearch();
    if (this.#result?.kind === 'line') {
      this.#show();
      this.#out += this.#display.finish();
    }
    if (this.#options.bracketsPaste) this.#out += '\x1b[?2004l\r';
    if (this.#out !== '') this.#file.write(this.#out);
    this.#out = '';
  }

  #interrupt(): void {
    if (this.#searchView !== undefined) this.#leaveSearch();
    this.#show();
    this.#out += '^C\r\n';
    this.#result = { kind: 'interrupt' };
  }

  // ---- keys -----------------------------------------------------------------------------

  *#press(key: Key): Op<void> {
    if (this.#search && this.#searching(key, this.#search)) return;
    if (key.text !== undefined) this.#type(key.text);
    else if (key.name === 'tab') yield* this.#complete();
    else this.#command(key.name);
    this.#lastKey = key.name;
  }

  #type(text: string): void {
    if (this.#buffer.cells.length < limits.lineLength) this.#buffer.insert(text);
    else this.#out += bell;
  }

  #command(name: string): void {
    const buffer = this.#buffer;
    switch (name) {
      case 'enter':
        this.#result = { kind: 'line', text: buffer.text };
        return;
      case 'ctrl-c':
        this.#interrupt();
        return;
      case 'ctrl-d':
        if (buffer.cells.length === 0) this.#result = { kind: 'end' };
        else buffer.remove(buffer.cursor, buffer.cursor + 1);
        return;
      case 'ctrl-l':
        this.#out += `\x1b[H\x1b[2J${this.#display.start(this.#prompt)}`;
        return;
      case 'ctrl-r':
        this.#startSearch();
        return;
      case 'up':
      case 'ctrl-p':
        this.#recall(this.#history.back(buffer.text));
        return;
      case 'down':
      case 'ctrl-n':
        this.#recall(this.#history.forward(buffer.text));
        return;
      case 'meta-<':
        this.#recall(this.#history.first(buffer.text));
        return;
      case 'meta->':
        this.#recall(this.#history.last(buffer.text));
        return;
      case 'meta-.':
        this.#insertLastArgument();
        return;
      default:
        if (!this.#moveOrDelete(name)) this.#change(name);
    }
  }

  #moveOrDelete(name: string): boolean {
    const buffer = this.#buffer;
    switch (name) {
      case 'ctrl-a':
      case 'home':
        buffer.move(0);
        return true;
      case 'ctrl-e':
      case 'end':
        buffer.move(buffer.cells.length);
        return true;
      case 'ctrl-b':
      case 'left':
        buffer.move(buffer.cursor - 1);
        return true;
      case 'ctrl-f':
      case 'right':
        buffer.move(buffer.cursor + 1);
        return true;
      case 'meta-b':
        buffer.move(buffer.wordBack());
        return true;
      case 'meta-f':
        buffer.move(buffer.wordForward());
        return true;
      case 'backspace':
        if (buffer.cursor > 0) buffer.remove(buffer.cursor - 1, buffer.cursor);
        return true;
      case 'delete':
        buffer.remove(buffer.cursor, buffer.cursor + 1);
        return true;
      default:
        return false;
    }
  }

  #change(name: string): void {
    const buffer = this.#buffer;
    switch (name) {
      case 'ctrl-k':
        buffer.kill(buffer.cursor, buffer.cells.length);
        return;
      case 'ctrl-u':
        buffer.kill(0, buffer.cursor);
        return;
      case 'ctrl-w':
        buffer.kill(buffer.blankBack(), buffer.cursor);
        return;
      case 'meta-d':
        buffer.kill(buffer.cursor, buffer.wordForward());
        return;
      case 'meta-backspace':
        buffer.kill(buffer.wordBack(), buffer.cursor);
        return;
      case 'ctrl-y':
        buffer.insert(buffer.killed);
        return;
      case 'ctrl-t':
        buffer.transpose();
        return;
      case 'meta-u':
        buffer.changeWord((word) => word.toUpperCase());
        return;
      case 'meta-l':
        buffer.changeWord((word) => word.toLowerCase());
        return;
      case 'meta-c':
        buffer.changeWord((word) =>
          word.toLowerCase().replace(/[\p{L}\p{N}]/u, (c) => c.toUpperCase()),
        );
        return;
      case 'ctrl-\x7f':
        if (!buffer.undo()) this.#out += bell;
        return;
      default:
    }
  }

  #recall(text: string | undefined): void {
    if (text === undefined) this.#out += bell;
    else this.#buffer.set(text);
  }

  #insertLastArgument(): void {
    const last = this.#options.history.at(-1)?.trim().split(/\s+/).at(-1);
    if (last) this.#buffer.insert(last);
  }

  // ---- incremental search -----------------------------------------------------------------

  #startSearch(): void {
    this.#show();
    this.#search = { query: '', index: this.#options.history.length, before: this.#buffer.text };
    this.#drawSearch();
  }

  /** True: the key belonged to the search. */
  #searching(key: Key, search: Search): boolean {
    if (key.text !== undefined) {
      search.query += key.text;
      this.#find(search, search.index);
    } else if (key.name === 'backspace') {
      search.query = [...search.query].slice(0, -1).join('');
      this.#find(search, this.#options.history.length);
    } else if (key.name === 'ctrl-r') this.#find(search, search.index - 1);
    else if (key.name === 'ctrl-g') {
      this.#buffer.set(search.before);
      this.#leaveSearch();
    } else {
      this.#leaveSearch();
      return key.name === 'escape' || key.name === 'unknown';
    }
    return true;
  }

  #find(search: Search, from: number): void {
    const found = searchBack(this.#options.history, search.query, from);
    if (found === undefined) this.#out += bell;
    else {
      search.index = found;
      this.#buffer.set(this.#options.history[found] as string);
      const at = this.#buffer.text.indexOf(search.query);
      this.#buffer.move([...this.#buffer.text.slice(0, Math.max(0, at))].length);
    }
    this.#drawSearch(found === undefined);
  }

  #drawSearch(failed = false): void {
    const search = this.#search;
    if (!search) return;
    const head = `(${failed ? 'failed ' : ''}reverse-i-search)\`${search.query}': `;
    this.#searchView = head;
    this.#out += `\r\x1b[J${head}${this.#buffer.text.replaceAll('\n', ' ')}`;
  }

  #leaveSearch(): void {
    this.#search = undefined;
    this.#searchView = undefined;
    this.#out += `\r\x1b[J${this.#display.start(this.#prompt)}`;
  }

  // ---- completion -------------------------------------------------------------------------

  *#complete(): Op<void> {
    const buffer = this.#buffer;
    const text = buffer.cells.slice(0, buffer.cursor).join('');
    const found = yield* this.#options.complete(text, buffer.cursor);
    const { candidates } = found;
    const [only] = candidates;
    this.#show();
    if (only === undefined) {
      this.#out += bell;
      return;
    }
    const prefix = commonPrefix(candidates);
    const typed = buffer.cells.slice(buffer.cursor - found.length, buffer.cursor).join('');
    const grown = candidates.length === 1 ? only + found.suffix : prefix;
    if (grown !== typed && grown.length >= typed.length) {
      buffer.remove(buffer.cursor - found.length, buffer.cursor);
      buffer.insert(grown);
      if (candidates.length === 1) return;
    }
    if (this.#lastKey !== 'tab') {
      this.#out += bell;
      return;
    }
    this.#list(found.labels ?? candidates);
  }

  #list(labels: readonly string[]): void {
    this.#show();
    this.#out += `${this.#display.finish()}${columnsOf(labels, this.#tty.columns)}`;
    this.#out += this.#display.start(this.#prompt);
  }
}

function commonPrefix(texts: readonly string[]): string {
  let prefix = texts[0] ?? '';
  for (const text of texts) while (!text.startsWith(prefix)) prefix = prefix.slice(0, -1);
  return prefix;
}

/** Names in columns, down first, as `ls` prints them. */
function columnsOf(names: readonly string[], width: number): string {
  const cell = Math.max(...names.map((name) => [...name].length)) + 2;
  const perRow = Math.max(1, Math.floor(width / cell));
  const rows = Math.ceil(names.length / perRow);
  let out = '';
  for (let row = 0; row < rows; row += 1) {
    const line: string[] = [];
    for (let i = row; i < names.length; i += rows) line.push((names[i] as string).padEnd(cell));
    out += `${line.join('').trimEnd()}\r\n`;
  }
  return out;
}
