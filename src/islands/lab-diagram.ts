// A drawing of the state: the build's until the world runs, then Mermaid's of the world as it is, drawn anew when it
// changes. The words below change with it.
import type { DiagramName, ViewParameters } from '../../sandbox-engine/protocol/index.ts';
import { client, find, strings } from './page-data.ts';

/** Changes that come faster than this are drawn once. */
const settleMillis = 120;

export class LabDiagram extends HTMLElement {
  readonly #view = this.dataset.view as DiagramName;
  readonly #parameters = JSON.parse(this.dataset.parameters ?? '{}') as ViewParameters;
  #visible = false;
  #stop: (() => void) | undefined;
  #value: unknown;
  #drawn: string | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  connectedCallback(): void {
    new IntersectionObserver(
      (entries) => {
        this.#visible = entries.some(({ isIntersecting }) => isIntersecting);
        this.#follow();
      },
      { rootMargin: '400px' },
    ).observe(this);
    client.on.add('state', () => this.#follow());
    const zoom = find(this, '.zoom');
    zoom.addEventListener('click', () => {
      const zoomed = find(this, '.diagram-canvas').toggleAttribute('data-zoomed');
      zoom.setAttribute('aria-pressed', String(zoomed));
    });
  }

  /** Only a drawing that is in sight is kept up to date. */
  #follow(): void {
    if (this.#visible && client.state === 'ready' && !this.#stop)
      this.#stop = client.subscribe(this.#view, this.#parameters, (value) => this.#take(value));
    else if (!this.#visible && this.#stop) {
      this.#stop();
      this.#stop = undefined;
    }
  }

  #take(value: unknown): void {
    this.#value = value;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#draw(), settleMillis);
  }

  async #draw(): Promise<void> {
    const { describe } = await import('./describe-view.ts');
    const { text, summary, words } = describe(this.#view, this.#parameters, this.#value);
    if (text === this.#drawn) return;
    this.#drawn = text;
    const canvas = find(this, '.diagram-canvas');
    const label = find(this, '.panel-label');
    find(this, '.twin-body').innerHTML = words;
    canvas.setAttribute('aria-label', `${find(this, '.diagram-title').textContent}: ${summary}`);
    try {
      const { drawMermaid } = await import('./mermaid-draw.ts');
      const drawing = await drawMermaid(text);
      if (text !== this.#drawn) return;
      canvas.replaceChildren(drawing);
      this.dataset.live = '';
      label.textContent = strings.diagramLive;
    } catch {
      label.textContent = strings.diagramFailed;
      find<HTMLDetailsElement>(this, 'details').open = true;
    }
  }
}
