// The console's place on the page. What it is made of is loaded when it is opened, or when the world is there already.
import { consoleStrings } from '../i18n/console-strings.ts';
import { client, find, language } from './page-data.ts';

export class LabConsole extends HTMLElement {
  #opened = false;

  connectedCallback(): void {
    find(this, '.console-open').addEventListener('click', () => void this.open());
    client.on.add('state', (state) => {
      if (state === 'ready') void this.open();
    });
  }

  async open(): Promise<void> {
    if (this.#opened) return;
    this.#opened = true;
    const strings = consoleStrings[language];
    const button = find<HTMLButtonElement>(this, '.console-open');
    button.disabled = true;
    button.textContent = strings.opening;
    client.start();
    const { ConsolePane } = await import('./console-pane.ts');
    const live = find(this, '.console-live');
    let shown = false;
    new MutationObserver((_, observer) => {
      if (shown || !live.querySelector('table, .console-empty, .console-error')) return;
      shown = true;
      observer.disconnect();
      find(this, '.console-baked').hidden = true;
      live.hidden = false;
      button.hidden = true;
      find(this, '.panel-label').textContent = strings.live;
      this.dataset.live = '';
    }).observe(live, { childList: true, subtree: true });
    new ConsolePane(live);
  }
}
