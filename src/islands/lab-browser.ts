// A browser outside the swarm: the request goes through the simulated LAN; what comes back is shown as text. A request is
// something that the reader does: it is in the session's input log.
import type { BrowseResult } from '../../sandbox-engine/protocol/index.ts';
import { failureHtml, sharesHtml, wayHtml } from '../console/served.ts';
import { browserStrings } from '../i18n/browser-strings.ts';
import { servedText } from '../labs/served-text.ts';
import { sameUrl, stepOfUrl } from '../labs/via.ts';
import { client, find, lab, language, strings } from './page-data.ts';

const words = browserStrings[language];

export class LabBrowser extends HTMLElement {
  /** Addresses that were opened, the present one last. */
  #visited: string[] = [];

  connectedCallback(): void {
    const field = find<HTMLInputElement>(this, '.browser-bar input');
    find(this, '.browser-bar').addEventListener('submit', (event) => {
      event.preventDefault();
      void this.open(field.value);
    });
    find(this, '[data-browser="refresh"]').addEventListener('click', () => {
      void this.open(this.#visited.at(-1) ?? field.value);
    });
    find(this, '[data-browser="back"]').addEventListener('click', () => {
      const [before] = this.#visited.splice(-2);
      if (before !== undefined) void this.open(before);
    });
    find(this, '.browser-times').addEventListener('submit', (event) => {
      event.preventDefault();
      const times = find<HTMLInputElement>(this, '.browser-times input').valueAsNumber;
      void this.#openOften(sameUrl(field.value.trim()), times);
    });
    addEventListener('lab-browse', (event) => {
      if (!(event instanceof CustomEvent) || !this.#isFor(event)) return;
      this.scrollIntoView({ block: 'nearest' });
      field.focus({ preventScroll: true });
      void this.open(String(event.detail));
    });
  }

  /** A link in the bench opens in the bench's pane; one elsewhere in the first of the text, if there is one. */
  #isFor({ target }: Event): boolean {
    const bench = target instanceof Element && target.closest('lab-bench');
    return (bench || document).querySelector('lab-browser') === this;
  }

  async open(typed: string): Promise<void> {
    const url = sameUrl(typed.trim());
    find<HTMLInputElement>(this, '.browser-bar input').value = url;
    if (this.#visited.at(-1) !== url) this.#visited.push(url);
    find<HTMLButtonElement>(this, '[data-browser="back"]').disabled = this.#visited.length < 2;
    const result = (await this.#load(url)) as BrowseResult | undefined;
    if (!result) return;
    const page = find(this, '.browser-page pre');
    if (result.failure) page.innerHTML = failureHtml(result, words);
    else page.textContent = servedText(result);
    find(this, '.browser-foot').innerHTML = result.failure ? '' : wayHtml(result, words);
  }

  async #openOften(url: string, times: number): Promise<void> {
    const results = (await this.#load(url, times)) as readonly BrowseResult[] | undefined;
    if (!results) return;
    find(this, '.browser-shares').innerHTML = sharesHtml(results, words);
    find(this, '.browser-foot').textContent = '';
  }

  /** Undefined when nothing came of it. */
  async #load(url: string, times?: number): Promise<unknown> {
    const foot = find(this, '.browser-foot');
    this.dataset.live = '';
    foot.textContent = strings.browserLoading;
    const step = stepOfUrl(lab, client.done, url);
    const result = await client.perform({
      do: 'browse',
      url,
      ...(times !== undefined && { times }),
      ...(step !== undefined && { step }),
    });
    if (result === undefined) foot.textContent = words.wentBack;
    return result;
  }
}
