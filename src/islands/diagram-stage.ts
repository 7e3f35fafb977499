// One live drawing with its tools: drawn by Mermaid when the page is quiet, zoomed and moved, following a container or a
// packet, saved as a file.
import type { RequestStep, RequestView } from '../../sandbox-engine/protocol/index.ts';
import { followable, idsAt, kept, rowAt, stepsShown } from '../diagrams/follow.ts';
import { fill } from '../i18n/fill.ts';
import { breath } from './breath.ts';
import { type Description, describe, stepText } from './describe-view.ts';
import { light, lightRow } from './drawing-parts.ts';
import type { LabDiagram } from './lab-diagram.ts';
import { client, find, make, strings } from './page-data.ts';
import { PanZoom } from './pan-zoom.ts';
import { quiet } from './quiet.ts';

/** Changes that come faster than this are drawn once. */
const settleMillis = 150;

/** A packet that is being followed, and where it is in its way. */
interface Followed {
  readonly request: RequestView;
  readonly steps: readonly RequestStep[];
  at: number;
}

export class Stage {
  readonly #element: LabDiagram;
  readonly #frame: HTMLElement;
  readonly #panZoom: PanZoom;
  readonly #select: HTMLSelectElement | null;
  readonly #caption: HTMLElement;
  #value: unknown;
  #description: Description | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #packet: Followed | undefined;

  constructor(element: LabDiagram) {
    this.#element = element;
    this.#frame = find(element, '.diagram-canvas');
    this.#caption = find(element, '.diagram-caption');
    this.#select = element.querySelector('select');
    this.#panZoom = new PanZoom(this.#frame);
    element.dataset.tools = '';
    element.addEventListener('click', (event) => {
      const button = event.target instanceof Element && event.target.closest('[data-do]');
      if (button instanceof HTMLElement) void this.#act(button.dataset.do ?? '');
    });
    this.#select?.addEventListener('change', () => this.#highlight());
  }

  /** The state has changed. */
  take(value: unknown): void {
    this.#value = value;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#draw(), settleMillis);
  }

  async #draw(): Promise<void> {
    const { view, parameters } = this.#element;
    await quiet();
    const value = this.#value;
    const description = describe(view, parameters, value);
    if (description.text === this.#description?.text) return;
    this.#description = description;
    const { summary, words, text } = description;
    find(this.#element, '.twin-body').innerHTML = words;
    const title = find(this.#element, '.diagram-title').textContent;
    this.#frame.setAttribute('aria-label', `${title}: ${summary}`);
    const label = find(this.#element, '.panel-label');
    try {
      const { drawMermaid } = await import('./mermaid-draw.ts');
      const drawing = await drawMermaid(text, () => this.#description === description);
      if (!drawing) return;
      await breath();
      this.#frame.replaceChildren(drawing);
      this.#element.dataset.live = '';
      label.textContent = strings.diagramLive;
      this.#panZoom.adopt();
      this.#offer(value);
      this.#highlight();
    } catch {
      label.textContent = strings.diagramFailed;
      find<HTMLDetailsElement>(this.#element, 'details').open = true;
    }
  }

  /** What can be followed now. A container that is followed stays chosen while it is there. */
  #offer(value: unknown): void {
    for (const tool of this.#element.querySelectorAll<HTMLButtonElement>('[data-live]'))
      tool.disabled = false;
    if (this.#packet && this.#element.view === 'request' && this.#packet.request !== value)
      this.#packet = undefined;
    const select = this.#select;
    if (!select) return;
    const things = followable(this.#element.view, value);
    const options = [
      make('option', { value: '' }, strings.followNothing),
      ...things.map(({ id, label }) => make('option', { value: id }, label)),
    ];
    const chosen = select.value;
    select.replaceChildren(...options);
    select.value = things.some(({ id }) => id === chosen) ? chosen : '';
    select.disabled = things.length === 0;
  }

  // ---- tools ------------------------------------------------------------------------------

  async #act(what: string): Promise<void> {
    const drawing = this.#frame.querySelector('svg');
    const name = `overnet-${this.#element.view}`;
    if (what === 'in') this.#panZoom.in();
    if (what === 'out') this.#panZoom.out();
    if (what === 'fit') this.#panZoom.fit();
    if (what === 'next') await this.#step(1);
    if (what === 'previous') await this.#step(-1);
    if (what === 'stop') this.#leavePacket();
    if (!drawing || !['svg', 'png', 'mermaid'].includes(what)) return;
    const { savePng, saveSvg, saveText } = await import('./export-drawing.ts');
    if (what === 'svg') saveSvg(drawing, name);
    if (what === 'png') await savePng(drawing, name);
    if (what === 'mermaid' && this.#description) saveText(this.#description.text, name);
  }

  async #step(by: 1 | -1): Promise<void> {
    if (this.#packet) this.#packet.at += by;
    else await this.#takePacket(by);
    const packet = this.#packet;
    if (packet && (packet.at < 0 || packet.at >= packet.steps.length)) this.#leavePacket();
    else this.#highlight();
  }

  async #takePacket(by: 1 | -1): Promise<void> {
    const { view } = this.#element;
    const request =
      view === 'request' ? (this.#value as RequestView | undefined) : await this.#request();
    const steps = request ? stepsShown(view, this.#value, request) : [];
    if (request && steps.length > 0)
      this.#packet = { request, steps, at: by > 0 ? 0 : steps.length - 1 };
    else this.#say(request ? strings.packetElsewhere : strings.packetNone);
  }

  /** The last packet's way. */
  #request(): Promise<RequestView | undefined> {
    return client.ask({ about: 'view', view: 'request', parameters: {} }) as Promise<
      RequestView | undefined
    >;
  }

  #leavePacket(): void {
    this.#packet = undefined;
    this.#say('');
    this.#highlight();
  }

  #say(text: string): void {
    this.#caption.textContent = text;
    this.#caption.hidden = text === '';
    const stop = this.#element.querySelector<HTMLButtonElement>('[data-do=stop]');
    if (stop) stop.disabled = this.#packet === undefined;
  }

  /** Shows what is followed: everything else stands back. */
  #highlight(): void {
    const drawing = this.#frame.querySelector('svg');
    if (!drawing || !this.#description) return;
    const packet = this.#packet;
    const step = packet?.steps[packet.at];
    if (packet && step) {
      const lit =
        this.#element.view === 'request'
          ? lightRow(drawing, rowAt(packet.request, step))
          : light(drawing, new Set(idsAt(this.#element.view, this.#value, packet.request, step)));
      if (lit) this.#panZoom.reveal(lit);
      const place = fill(strings.packetStep, { n: packet.at + 1, of: packet.steps.length });
      this.#say(`${place}${stepText(packet.request, step)}`);
      return;
    }
    const followed = followable(this.#element.view, this.#value).find(
      ({ id }) => id === this.#select?.value,
    );
    const lit = light(drawing, followed && kept(this.#description.text, followed.own));
    if (lit && followed) this.#panZoom.reveal(lit);
  }
}
