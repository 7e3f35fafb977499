// The terminals: one tab per host. xterm is loaded when the first one is opened.
import { fill } from '../i18n/fill.ts';
import { benchHandle } from './bench-handle.ts';
import { client, find, keeper, make, strings } from './page-data.ts';
import type { HostTerminal } from './terminal.ts';

const hosts: readonly string[] = ['manager1', 'worker1', 'worker2', 'worker3'];
/** Text of one terminal that is kept until its xterm is there. */
const keptCharacters = 400_000;
type Size = 'closed' | 'half' | 'full';
/** What a press of the sheet's bar leads to. */
const nextSize: Readonly<Record<Size, Size>> = { closed: 'half', half: 'full', full: 'closed' };

export class LabBench extends HTMLElement {
  readonly #terminals = new Map<string, HostTerminal>();
  /** What came before a terminal's xterm was loaded. */
  readonly #early = new Map<string, string>();
  #selected = hosts[0] ?? '';
  #size: Size = 'closed';

  connectedCallback(): void {
    this.dataset.size = 'closed';
    this.append(
      benchHandle(strings.benchWidth),
      this.#makePull(),
      make('div', { class: 'bench-bar' }, this.#makeTabs()),
      make('p', { class: 'bench-message', role: 'status', 'aria-live': 'polite' }),
      this.#makePanels(),
      this.#makeFoot(),
    );
    client.on.add('text', ({ terminal, text }) => this.#write(terminal, text));
    client.on.add('busy', (terminal) => {
      find(this, `[data-tab="${terminal}"]`).toggleAttribute('data-busy', client.busy(terminal));
    });
    client.on.add('rewound', () => {
      this.#early.clear();
      for (const terminal of this.#terminals.values()) terminal.clear();
      this.say(strings.wentBack, 'info');
    });
    client.on.add('state', (state) => {
      if (state === 'ready') {
        this.say('', 'info');
        // Where the terminals are in sight they open with the first Run.
        if (matchMedia('(min-width: 800px)').matches) void this.#open(this.#selected);
      }
    });
    addEventListener('lab-message', (event) => {
      if (event instanceof CustomEvent) this.say(String(event.detail), 'info');
    });
    addEventListener('lab-terminal', (event) => {
      if (event instanceof CustomEvent && typeof event.detail === 'string')
        this.#select(event.detail, false);
    });
  }

  /** One line above the terminals. */
  say(text: string, kind: 'info' | 'problem'): void {
    const message = find(this, '.bench-message');
    message.dataset.kind = kind;
    message.textContent = text;
  }

  // ---- parts ----------------------------------------------------------------------------

  #makePull(): HTMLElement {
    const button = make('button', {
      type: 'button',
      class: 'bench-pull',
      'aria-expanded': 'false',
    });
    button.textContent = strings.benchOpen;
    button.addEventListener('click', () => {
      this.#resizeTo(nextSize[this.#size]);
    });
    return button;
  }

  #resizeTo(size: Size): void {
    this.#size = size;
    this.dataset.size = size;
    const pull = find(this, '.bench-pull');
    pull.setAttribute('aria-expanded', String(size !== 'closed'));
    pull.textContent = {
      closed: strings.benchOpen,
      half: strings.benchFull,
      full: strings.benchClose,
    }[size];
    if (size !== 'closed' && client.state !== 'idle') void this.#open(this.#selected);
  }

  #makeTabs(): HTMLElement {
    const tabs = make('div', { class: 'bench-tabs', role: 'tablist' });
    for (const host of hosts) {
      const tab = make('button', {
        type: 'button',
        class: 'bench-tab',
        role: 'tab',
        id: `tab-${host}`,
        'data-tab': host,
        'data-host': host,
        'aria-controls': `panel-${host}`,
        'aria-selected': String(host === this.#selected),
        tabindex: host === this.#selected ? '0' : '-1',
      });
      tab.textContent = host;
      tab.addEventListener('click', () => this.#select(host, true));
      tabs.append(tab);
    }
    tabs.addEventListener('keydown', (event) => {
      const step = { ArrowRight: 1, ArrowLeft: hosts.length - 1 }[event.key];
      if (step === undefined) return;
      event.preventDefault();
      const now = hosts.indexOf(this.#selected);
      const next = hosts[(now + step) % hosts.length] ?? this.#selected;
      this.#select(next, false);
      find(this, `[data-tab="${next}"]`).focus();
    });
    return tabs;
  }

  #makePanels(): HTMLElement {
    const panels = make('div', { class: 'bench-panels' });
    for (const host of hosts) {
      const panel = make('div', {
        class: 'bench-panel',
        role: 'tabpanel',
        id: `panel-${host}`,
        'data-host': host,
        'aria-labelledby': `tab-${host}`,
      });
      panel.hidden = host !== this.#selected;
      panels.append(panel);
    }
    const start = make('button', { type: 'button', class: 'bench-start' }, strings.benchStart);
    start.addEventListener('click', () => {
      client.start();
      void this.#open(this.#selected, true);
    });
    panels.append(start);
    return panels;
  }

  #makeFoot(): HTMLElement {
    const action = (name: string, label: string, work: () => unknown) => {
      const button = make(
        'button',
        { type: 'button', class: 'button quiet', 'data-action': name },
        label,
      );
      button.addEventListener('click', () => {
        if (client.state === 'ready') work();
      });
      return button;
    };
    const pace = make(
      'select',
      {},
      make('option', { value: '1' }, strings.paceReal),
      make('option', { value: '8' }, strings.paceFast),
    );
    pace.addEventListener('change', () => client.setPace(Number(pace.value)));
    return make(
      'div',
      { class: 'bench-foot' },
      action('undo', strings.undo, () => client.undo()),
      action('reset', strings.reset, () => this.#reset()),
      action('share', strings.share, () => dispatchEvent(new Event('lab-share'))),
      action('sessions', strings.sessionsMore, () => dispatchEvent(new Event('lab-sessions'))),
      make('label', {}, `${strings.pace} `, pace),
    );
  }

  /** Everything from the start; what there was is put aside first. */
  async #reset(): Promise<void> {
    await (await keeper()).putAside();
    await client.reset();
  }

  // ---- terminals ------------------------------------------------------------------------

  #select(host: string, focus: boolean): void {
    this.#selected = host;
    for (const name of hosts) {
      const tab = find(this, `[data-tab="${name}"]`);
      tab.setAttribute('aria-selected', String(name === host));
      tab.tabIndex = name === host ? 0 : -1;
      find(this, `#panel-${name}`).hidden = name !== host;
    }
    if (client.state !== 'idle') void this.#open(host, focus);
  }

  /** Makes sure that the host's terminal is on the page and shows it. */
  async #open(host: string, focus = false): Promise<void> {
    if (this.dataset.size === 'closed' && !matchMedia('(min-width: 800px)').matches && !focus)
      return;
    find(this, '.bench-start').hidden = true;
    const { HostTerminal } = await import('./terminal.ts');
    let terminal = this.#terminals.get(host);
    if (!terminal) {
      terminal = new HostTerminal(find(this, `#panel-${host}`), host, {
        tooLong: (n, max) => this.say(fill(strings.terminalTooMuch, { n, max }), 'problem'),
      });
      this.#terminals.set(host, terminal);
      terminal.write(this.#early.get(host) ?? '');
      this.#early.delete(host);
    }
    terminal.fit();
    if (focus) terminal.focus();
  }

  #write(id: string, text: string): void {
    const terminal = this.#terminals.get(id);
    if (terminal) terminal.write(text);
    else this.#early.set(id, `${this.#early.get(id) ?? ''}${text}`.slice(-keptCharacters));
  }
}
