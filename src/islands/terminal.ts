// One terminal: xterm, sized to its panel, with search, links and the clipboard's keys.
import '@xterm/xterm/css/xterm.css';
import { FitAddon } from '@xterm/addon-fit';
import { SearchAddon } from '@xterm/addon-search';
import { type ILink, Terminal } from '@xterm/xterm';
import { fill } from '../i18n/fill.ts';
import { allowStyles } from './csp-styles.ts';
import { client, strings } from './page-data.ts';

allowStyles();

/** Longer pastes are refused: the simulated terminal takes no longer line either. */
const maxPaste = 50_000;
/** The terminal's question where the cursor is. Our shells do not wait for the answer, so it is not asked. */
const cursorQuestion = /\u001b\[6n/g;
const link = /\bhttps?:\/\/[^\s'"<>()[\]{}]+[^\s'"<>()[\]{}.,:;]/g;

const colours = {
  foreground: '#e4e7ec',
  cursor: '#e4e7ec',
  selectionBackground: '#3b4a63',
  red: '#ff8a80',
  green: '#7ed6a0',
  yellow: '#f2bf62',
  blue: '#8fb4ff',
  magenta: '#d7a6ee',
  cyan: '#5fd0c5',
};
const searchColours = {
  matchBackground: '#5a4a12',
  activeMatchBackground: '#b8860b',
  matchOverviewRuler: '#b8860b',
  activeMatchColorOverviewRuler: '#f2bf62',
};

export interface TerminalOptions {
  readonly tooLong: (length: number, max: number) => void;
  readonly copied: () => void;
  /** What is typed, as it is to be sent. */
  readonly typed: (text: string) => string;
}

export class HostTerminal {
  readonly #terminal: Terminal;
  readonly #fit = new FitAddon();
  readonly #search = new SearchAddon();
  readonly #panel: HTMLElement;
  readonly #id: string;

  constructor(panel: HTMLElement, id: string, options: TerminalOptions) {
    this.#panel = panel;
    this.#id = id;
    const terminal = new Terminal({
      fontFamily: getComputedStyle(panel).getPropertyValue('--mono') || 'monospace',
      fontSize: panel.clientWidth < 560 ? 12 : 13,
      lineHeight: 1.25,
      theme: {
        ...colours,
        background: getComputedStyle(panel).getPropertyValue('--terminal') || '#0d1218',
      },
      cursorBlink: false,
      scrollback: 5_000,
      screenReaderMode: false,
      minimumContrastRatio: 4.5,
      // The search paints its finds.
      allowProposedApi: true,
    });
    this.#terminal = terminal;
    terminal.loadAddon(this.#fit);
    terminal.loadAddon(this.#search);
    terminal.open(panel);
    const label = fill(strings.terminalInput, { host: id });
    terminal.textarea?.setAttribute('aria-label', label);
    terminal.onData((text) => {
      if (text.length > maxPaste) options.tooLong(text.length, maxPaste);
      else client.input(id, options.typed(text));
    });
    terminal.onResize(({ cols, rows }) => client.resize(id, cols, rows));
    this.fit();
    // Saying its size opens the shell of this terminal, if it is not open.
    client.resize(id, terminal.cols, terminal.rows);
    this.#handleKeys(options);
    this.#handleLinks();
    new ResizeObserver(() => this.fit()).observe(panel);
  }

  /** Tab belongs to the shell; Escape then Tab leaves the terminal. Ctrl-C copies what is selected, and else interrupts. */
  #handleKeys({ copied }: TerminalOptions): void {
    const terminal = this.#terminal;
    let leaving = false;
    terminal.attachCustomKeyEventHandler((event) => {
      if (event.type !== 'keydown') return true;
      // Shift may come between: it leaves the other way.
      if (event.key !== 'Tab' && event.key !== 'Shift') leaving = event.key === 'Escape';
      if (leaving && event.key === 'Tab') return false;
      const key = event.key.toLowerCase();
      const control = event.ctrlKey && !event.altKey;
      // The browser's own paste follows.
      if (control && key === 'v') return false;
      if (control && key === 'c' && (event.shiftKey || terminal.hasSelection())) {
        event.preventDefault();
        void navigator.clipboard.writeText(terminal.getSelection()).then(copied);
        terminal.clearSelection();
        return false;
      }
      if (control && event.shiftKey && key === 'f') {
        event.preventDefault();
        dispatchEvent(new Event('bench-find'));
        return false;
      }
      return true;
    });
  }

  /** An address in the output leads to the browser pane: it is an address of the simulated world. */
  #handleLinks(): void {
    const terminal = this.#terminal;
    terminal.registerLinkProvider({
      provideLinks: (y, found) => {
        const text = terminal.buffer.active.getLine(y - 1)?.translateToString(true) ?? '';
        const links: ILink[] = [...text.matchAll(link)].map((match) => ({
          text: match[0],
          range: {
            start: { x: match.index + 1, y },
            end: { x: match.index + match[0].length, y },
          },
          activate: () =>
            this.#panel.dispatchEvent(
              new CustomEvent('lab-browse', { detail: match[0], bubbles: true }),
            ),
        }));
        found(links.length > 0 ? links : undefined);
      },
    });
  }

  /** Goes to the next place where the text stands, or the one before; says whether there is one. */
  find(text: string, direction: 'next' | 'before'): boolean {
    const options = { decorations: searchColours };
    return direction === 'next'
      ? this.#search.findNext(text, options)
      : this.#search.findPrevious(text, options);
  }

  /** The marks go; what was found last stays selected. */
  endSearch(): void {
    const terminal = this.#terminal;
    const found = terminal.getSelectionPosition();
    const { length } = terminal.getSelection();
    this.#search.clearDecorations();
    if (found) terminal.select(found.start.x, found.start.y, length);
  }

  write(text: string): void {
    this.#terminal.write(text.replace(cursorQuestion, ''));
  }

  clear(): void {
    this.#terminal.reset();
    client.resize(this.#id, this.#terminal.cols, this.#terminal.rows);
  }

  fit(): void {
    if (this.#panel.clientHeight > 40 && this.#panel.clientWidth > 80) this.#fit.fit();
  }

  focus(): void {
    this.#terminal.focus();
  }

  dispose(): void {
    this.#terminal.dispose();
  }
}
