// The end of a lab page: the steps that are still open as links, or, when all are done, the lab to go on with.
import { countProgress, readProgress } from './progress.ts';

interface Known {
  readonly link: HTMLAnchorElement;
  readonly done: boolean;
}

/** More open steps than this are not listed one by one. */
const listed = 8;

export class LabEnd extends HTMLElement {
  /** What was done before the page came is no news. */
  #begun = false;

  connectedCallback(): void {
    this.#show();
    this.#begun = true;
    addEventListener('lab-progress', () => this.#show());
  }

  #show(): void {
    const lab = document.querySelector<HTMLElement>('[data-lab-page]')?.dataset.labPage ?? '';
    const done = readProgress(lab);
    const steps = [...document.querySelectorAll<HTMLElement>('lab-run')];
    const open = steps.filter(({ dataset }) => !done.has(dataset.step ?? ''));
    const next = open.length === 0 ? this.#next() : undefined;
    this.hidden = open.length === steps.length;
    const state = open.length > 0 ? 'open' : next ? 'done' : 'all';
    if (this.dataset.state !== state) this.#say(state);
    this.#list(open);
    const button = this.querySelector<HTMLAnchorElement>('.lab-end-next');
    if (!button) return;
    button.hidden = next === undefined;
    if (!next) return;
    button.href = next.href;
    const name = button.querySelector('strong');
    if (name) name.textContent = next.querySelector('.contents-name')?.textContent ?? '';
  }

  #say(state: string): void {
    this.dataset.state = state;
    const words = this.querySelector<HTMLTemplateElement>(`template[data-when="${state}"]`);
    if (words) this.querySelector('.panel-title')?.replaceChildren(words.content.cloneNode(true));
    this.#announce(state);
  }

  /** Says that the lab has just been finished; beside the panel, which was hidden when the page came. */
  #announce(state: string): void {
    const said = this.nextElementSibling;
    if (!this.#begun || state === 'open' || !said) return;
    said.textContent = this.querySelector('.panel-title')?.textContent?.trim() ?? '';
  }

  #list(open: readonly HTMLElement[]): void {
    const links = open.slice(0, listed).flatMap((step) => {
      const link = document.createElement('a');
      // A step of the console or the browser pane has its block folded away inside.
      link.href = `#${step.closest('lab-do')?.id ?? step.id}`;
      link.textContent = step.querySelector('.run-number')?.textContent ?? '';
      return [link, ' '];
    });
    const list = this.querySelector<HTMLElement>('.lab-end-open');
    if (!list) return;
    list.hidden = open.length === 0;
    list.replaceChildren(...links, open.length > listed ? '…' : '');
  }

  /** The first lab after this one that is not done, else the first of all that is not. */
  #next(): HTMLAnchorElement | undefined {
    const all = [...document.querySelectorAll<HTMLElement>('.contents lab-progress')].flatMap(
      (mark): Known[] => {
        const link = mark.closest('a');
        const { lab = '', steps = '' } = mark.dataset;
        const ids = steps.split(' ');
        return link ? [{ link, done: countProgress(lab, ids) === ids.length }] : [];
      },
    );
    const here = all.findIndex(({ link }) => link.getAttribute('aria-current') === 'page');
    const rest = [...all.slice(here + 1), ...all.slice(0, here)];
    return rest.find(({ done }) => !done)?.link;
  }
}
