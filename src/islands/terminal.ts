// One host's terminal: xterm, sized to its panel.
import '@xterm/xterm/css/xterm.css';
import { FitAddon } from '@xterm/addon-fit';
import { Terminal } from '@xterm/xterm';
import { fill } from '../i18n/fill.ts';
import { allowStyles } from './csp-styles.ts';
import { client, strings } from './page-data.ts';

allowStyles();

/** Longer pastes are refused: the simulated terminal takes no longer line either. */
const maxPaste = 50_000;
/** The terminal's question where the cursor is. Our shells do not wait for the answer, so it is not asked. */
const cursorQuestion = /\u001b\[6n/g;

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

export interface TerminalOptions {
  readonly tooLong: (length: number, max: number) => void;
}

export class HostTerminal {
  readonly #terminal: Terminal;
  readonly #fit = new FitAddon();
  readonly #panel: HTMLElement;
  readonly #host: string;

  constructor(panel: HTMLElement, host: string, options: TerminalOptions) {
    this.#panel = panel;
    this.#host = host;
    const terminal = new Terminal({
      fontFamily: getComputedStyle(panel).getPropertyValue('--mono') || 'monospace',
      fontSize: panel.clientWidth < 560 ? 12 : 13,
      lineHeight: 1.25,
      theme: {
        ...colours,
        background: getComputedStyle(panel).getPropertyValue('--terminal') || '#14181f',
      },
      cursorBlink: false,
      scrollback: 5_000,
      screenReaderMode: false,
      minimumContrastRatio: 4.5,
    });
    this.#terminal = terminal;
    terminal.loadAddon(this.#fit);
    terminal.open(panel);
    const label = fill(strings.terminalInput, { host });
    terminal.textarea?.setAttribute('aria-label', label);
    terminal.onData((text) => {
      if (text.length > maxPaste) options.tooLong(text.length, maxPaste);
      else client.input(host, text);
    });
    terminal.onResize(({ cols, rows }) => client.resize(host, cols, rows));
    this.fit();
    // Saying its size opens the shell of this host, if it is not open.
    client.resize(host, terminal.cols, terminal.rows);
    // Tab belongs to the shell; Escape then Tab leaves the terminal.
    let leaving = false;
    terminal.attachCustomKeyEventHandler((event) => {
      if (event.type === 'keydown' && event.key !== 'Tab') leaving = event.key === 'Escape';
      return !(leaving && event.key === 'Tab');
    });
    new ResizeObserver(() => this.fit()).observe(panel);
  }

  get host(): string {
    return this.#host;
  }

  write(text: string): void {
    this.#terminal.write(text.replace(cursorQuestion, ''));
  }

  clear(): void {
    this.#terminal.reset();
    client.resize(this.#host, this.#terminal.cols, this.#terminal.rows);
  }

  fit(): void {
    if (this.#panel.clientHeight > 40 && this.#panel.clientWidth > 80) this.#fit.fit();
  }

  focus(): void {
    this.#terminal.focus();
  }
}
