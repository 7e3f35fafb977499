// What is typed in the terminals and what comes back, as text on the page: a screen reader hears each output once, and
// can go through all of them. xterm's own picture says nothing to it.
import { fill } from '../../i18n/fill.ts';
import { TextScreen } from '../../terminal-text/index.ts';
import { client, find, make, strings } from '../page-data.ts';

/** Entries that are kept on the page. */
const keptEntries = 60;
const keptLines = 400;
/** Lines that are read out; the rest stands in the list. */
const saidLines = 12;

interface Collecting {
  screen: TextScreen;
  characters: number;
}
/** What one command prints is followed up to here. */
const maxCharacters = 200_000;

export class Transcript {
  readonly #list: HTMLElement;
  readonly #said: HTMLElement;
  readonly #collecting = new Map<string, Collecting>();

  constructor(bench: HTMLElement) {
    this.#list = find(bench, '.transcript ol');
    this.#said = find(bench, '.bench-said');
    client.on.add('text', ({ terminal, text }) => this.#collect(terminal, text));
    client.on.add('prompt', ({ terminal, status }) => this.#finish(terminal, status));
    client.on.add('rewound', () => {
      this.#collecting.clear();
      this.#list.replaceChildren();
    });
  }

  #collect(terminal: string, text: string): void {
    const known = this.#collecting.get(terminal);
    const collecting = known ?? { screen: new TextScreen(), characters: 0 };
    if (!known) this.#collecting.set(terminal, collecting);
    collecting.characters += text.length;
    if (collecting.characters <= maxCharacters) collecting.screen.write(text);
  }

  /** The shell waits again: what came since the last time is one entry. */
  #finish(terminal: string, status: number): void {
    const lines = this.#collecting.get(terminal)?.screen.lines(keptLines) ?? [];
    this.#collecting.delete(terminal);
    const [typed, ...printed] = lines;
    // The first prompt of a shell, or an empty line.
    if (typed === undefined || !/[$#] \S/.test(typed)) return;
    const title = fill(strings.transcriptEntry, { terminal, n: status });
    const entry = make(
      'li',
      {},
      make('span', { class: 'transcript-where' }, title),
      make('pre', { lang: 'en', tabindex: '0' }, [typed, ...printed].join('\n')),
    );
    this.#list.append(entry);
    while (this.#list.childElementCount > keptEntries) this.#list.firstElementChild?.remove();
    // A block's own output is announced by the block.
    if (!document.activeElement?.closest('lab-bench')) return;
    const ended = fill(strings.commandEnded, { terminal, n: status });
    this.#said.textContent = [...printed.slice(0, saidLines), ended].join('\n');
  }
}
