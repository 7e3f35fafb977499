// A drawing of the state: the build's until the world runs, then Mermaid's of the world as it is, drawn anew when it
// changes. What draws, zooms and follows is loaded when the drawing is first touched, or has something to show.
import type { DiagramName, ViewParameters } from '../../sandbox-engine/protocol/index.ts';
import type { Stage } from './diagram-stage.ts';
import { client } from './page-data.ts';

export class LabDiagram extends HTMLElement {
  readonly view = this.dataset.view as DiagramName;
  readonly parameters = JSON.parse(this.dataset.parameters ?? '{}') as ViewParameters;
  #visible = false;
  #stop: (() => void) | undefined;
  #stage: Promise<Stage> | undefined;

  connectedCallback(): void {
    new IntersectionObserver(
      (entries) => {
        this.#visible = entries.at(-1)?.isIntersecting === true;
        this.#follow();
      },
      { rootMargin: '200px' },
    ).observe(this);
    client.on.add('state', () => this.#follow());
    for (const intent of ['pointerover', 'focusin'])
      this.addEventListener(intent, () => void this.#load(), { once: true });
  }

  /** Only a drawing that is in sight is kept up to date. */
  #follow(): void {
    if (this.#visible && client.state === 'ready' && !this.#stop)
      this.#stop = client.subscribe(this.view, this.parameters, (value) => {
        void this.#load().then((stage) => stage.take(value));
      });
    else if (!this.#visible && this.#stop) {
      this.#stop();
      this.#stop = undefined;
    }
  }

  #load(): Promise<Stage> {
    this.#stage ??= import('./diagram-stage.ts').then(({ Stage }) => new Stage(this));
    return this.#stage;
  }
}
