// The keys that a phone's keyboard does not have. Ctrl is held for the next key.
import { client, find, strings } from '../page-data.ts';

export interface KeyRowTarget {
  /** The terminal in front. */
  readonly terminal: () => string;
  readonly focus: () => void;
  readonly say: (text: string) => void;
}

export class KeyRow {
  #held = false;
  readonly #hold: HTMLElement;

  constructor(bench: HTMLElement, { terminal, focus, say }: KeyRowTarget) {
    const row = find(bench, '.key-row');
    this.#hold = find(row, '[data-hold]');
    // The terminal keeps the focus, and with it the phone its keyboard.
    row.addEventListener('pointerdown', (event) => event.preventDefault());
    row.addEventListener('click', (event) => {
      const key =
        event.target instanceof Element ? event.target.closest<HTMLElement>('.key') : null;
      if (!key) return;
      if (key === this.#hold) this.#setHeld(!this.#held);
      else if (key.dataset.key !== undefined) client.input(terminal(), this.apply(key.dataset.key));
      else void this.#paste(terminal(), say);
      focus();
    });
  }

  /** What a key means while Ctrl is held. */
  apply(text: string): string {
    if (!this.#held) return text;
    this.#setHeld(false);
    const code = text.toUpperCase().charCodeAt(0);
    return text.length === 1 && code >= 0x40 && code < 0x60
      ? String.fromCharCode(code - 0x40)
      : text;
  }

  async #paste(terminal: string, say: (text: string) => void): Promise<void> {
    try {
      const text = await navigator.clipboard.readText();
      if (text !== '') client.input(terminal, text.replaceAll('\n', '\r'));
    } catch {
      say(strings.pasteRefused);
    }
  }

  #setHeld(held: boolean): void {
    this.#held = held;
    this.#hold.setAttribute('aria-pressed', String(held));
  }
}
