// What concerns the whole world: a shared state to restore, a bug of the simulator, a worker that died.
import { client, make, strings } from './page-data.ts';

export class LabSession extends HTMLElement {
  connectedCallback(): void {
    this.setAttribute('role', 'status');
    client.on.add('bug', ({ message, session }) => {
      const record = JSON.stringify({ message, page: location.pathname, session }, null, 1);
      const copy = make('button', { type: 'button', class: 'button quiet' }, strings.bugCopy);
      copy.addEventListener('click', () => void navigator.clipboard.writeText(record));
      this.#show('bug', strings.bug, copy, this.#close(), make('pre', { tabindex: '0' }, message));
    });
    client.on.add('state', (state) => {
      if (state !== 'crashed') return;
      const again = make('button', { type: 'button', class: 'button' }, strings.crashedHint);
      again.addEventListener('click', () => {
        this.hidden = true;
        client.restart();
      });
      this.#show('crash', strings.crashed, again);
    });
    if (location.hash.startsWith('#s=')) void this.#offer(location.hash);
  }

  async #offer(fragment: string): Promise<void> {
    const { sessionFrom } = await import('./share-link.ts');
    const inputs = await sessionFrom(fragment);
    if (!inputs) return;
    const load = make('button', { type: 'button', class: 'button' }, strings.shareLoad);
    load.addEventListener('click', () => {
      this.hidden = true;
      client.start(inputs);
    });
    this.#show('share', strings.shareOffer, load);
  }

  #close(): HTMLElement {
    const button = make('button', { type: 'button', class: 'button quiet' }, strings.close);
    button.addEventListener('click', () => {
      this.hidden = true;
    });
    return button;
  }

  #show(kind: string, text: string, ...more: Node[]): void {
    this.dataset.kind = kind;
    this.hidden = false;
    this.replaceChildren(make('span', {}, text), ...more);
  }
}
