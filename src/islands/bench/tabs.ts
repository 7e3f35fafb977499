// The tabs of the bench and their panels: one per terminal, the hosts' first.
import { find, make } from '../page-data.ts';

/** The part of an element's id that names a terminal: `manager1:2` is `manager1-2`. */
export const idOf = (terminal: string): string => terminal.replace(':', '-');

export class Tabs {
  readonly #bench: HTMLElement;
  readonly #choose: (id: string, focus: boolean) => void;
  readonly #tabs = new Map<string, HTMLElement>();

  constructor(bench: HTMLElement, choose: (id: string, focus: boolean) => void) {
    this.#bench = bench;
    this.#choose = choose;
  }

  /** Takes over the tabs that the page came with. */
  connect(): void {
    const list = find(this.#bench, '.bench-tabs');
    for (const tab of list.querySelectorAll<HTMLElement>('[data-tab]'))
      this.#tabs.set(tab.dataset.tab ?? '', tab);
    list.addEventListener('click', (event) => {
      const tab = event.target instanceof Element ? event.target.closest('[data-tab]') : null;
      if (tab instanceof HTMLElement) this.#choose(tab.dataset.tab ?? '', true);
    });
    list.addEventListener('keydown', (event) => this.#move(event));
  }

  get ids(): readonly string[] {
    return [...this.#tabs.keys()];
  }

  get hosts(): readonly string[] {
    return this.terminals.filter((id) => !id.includes(':'));
  }

  get terminals(): readonly string[] {
    return this.ids.filter((id) => !this.isPane(id));
  }

  /** The console or the browser: no terminal. */
  isPane(id: string): boolean {
    return this.#tabs.get(id)?.dataset.pane !== undefined;
  }

  /** A terminal of that host that is not there yet. */
  nextId(host: string): string {
    let number = 2;
    while (this.#tabs.has(`${host}:${number}`)) number += 1;
    return `${host}:${number}`;
  }

  /** Adds a tab and its panel, if they are not there. */
  add(id: string, label = id): void {
    if (this.#tabs.has(id)) return;
    const host = id.split(':')[0] ?? id;
    const tab = make('button', {
      type: 'button',
      class: 'bench-tab',
      role: 'tab',
      id: `tab-${idOf(id)}`,
      'data-tab': id,
      'data-host': host,
      'aria-controls': `panel-${idOf(id)}`,
      'aria-selected': 'false',
      tabindex: '-1',
      lang: 'en',
    });
    tab.textContent = label;
    const panel = make('div', {
      class: 'bench-panel',
      role: 'tabpanel',
      id: `panel-${idOf(id)}`,
      'data-panel': id,
      'data-host': host,
      'aria-labelledby': tab.id,
    });
    panel.hidden = true;
    this.#tabs.set(id, tab);
    find(this.#bench, '.bench-tabs').append(tab);
    find(this.#bench, '.bench-split').before(panel);
  }

  panel(id: string): HTMLElement {
    return find(this.#bench, `#panel-${idOf(id)}`);
  }

  select(id: string): void {
    for (const [other, tab] of this.#tabs) {
      tab.setAttribute('aria-selected', String(other === id));
      tab.tabIndex = other === id ? 0 : -1;
    }
  }

  setBusy(id: string, busy: boolean): void {
    this.#tabs.get(id)?.toggleAttribute('data-busy', busy);
  }

  #move(event: KeyboardEvent): void {
    const ids = this.ids;
    const now = ids.findIndex((id) => this.#tabs.get(id) === document.activeElement);
    const next = {
      ArrowRight: (now + 1) % ids.length,
      ArrowLeft: (now + ids.length - 1) % ids.length,
      Home: 0,
      End: ids.length - 1,
    }[event.key];
    if (now < 0 || next === undefined) return;
    event.preventDefault();
    const id = ids[next] ?? '';
    this.#choose(id, false);
    this.#tabs.get(id)?.focus();
  }
}
