// A browser outside the swarm: the request goes through the simulated LAN; what comes back is shown as text.
import type { BrowseResult } from '../../sandbox-engine/protocol/index.ts';
import { fill } from '../i18n/fill.ts';
import { servedText } from '../labs/served-text.ts';
import { client, find, strings } from './page-data.ts';

export class LabBrowser extends HTMLElement {
  connectedCallback(): void {
    find(this, 'form').addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#load(find<HTMLInputElement>(this, 'input').value.trim());
    });
  }

  async #load(typed: string): Promise<void> {
    const url = /^[a-z]+:\/\//i.test(typed) ? typed : `http://${typed}`;
    const page = find(this, 'pre');
    const foot = find(this, '.browser-foot');
    this.dataset.live = '';
    foot.textContent = strings.browserLoading;
    const result = (await client.ask({ about: 'browse', url })) as BrowseResult;
    if (result.status === 0) {
      page.textContent = fill(strings.browserFailed, { reason: result.failure?.text ?? '' });
      foot.textContent = '';
      return;
    }
    page.textContent = servedText(result);
    const { served, entered } = result;
    foot.textContent = [
      `HTTP ${result.status}`,
      entered && fill(strings.browserEntered, { host: entered }),
      served && fill(strings.browserServed, { host: served.host, container: served.container }),
    ]
      .filter(Boolean)
      .join(' · ');
  }
}
