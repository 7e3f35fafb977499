// The bench: terminals as tabs, one or two of them in sight, and what belongs to them. xterm is loaded when the first one
// is opened.
import { fill } from '../i18n/fill.ts';
import { heightHandle, widthHandle } from './bench/handles.ts';
import { KeyRow } from './bench/key-row.ts';
import { LatestChanges } from './bench/latest-changes.ts';
import { Machines } from './bench/machines.ts';
import { remember, taste } from './bench/remembered.ts';
import { Tabs } from './bench/tabs.ts';
import { Transcript } from './bench/transcript.ts';
import type { ConsolePane } from './console-pane.ts';
import { client, find, keeper, strings } from './page-data.ts';
import type { HostTerminal } from './terminal.ts';

/** Text of one terminal that is kept until its xterm is there. */
const keptCharacters = 400_000;
type Size = 'closed' | 'half' | 'full';
/** What a press of the sheet's bar leads to. */
const nextSize: Readonly<Record<Size, Size>> = { closed: 'half', half: 'full', full: 'closed' };
const isWide = (): boolean => matchMedia('(min-width: 800px)').matches;

export class LabBench extends HTMLElement {
  readonly #terminals = new Map<string, HostTerminal>();
  /** What came before a terminal's xterm was loaded. */
  readonly #early = new Map<string, string>();
  readonly #tabs = new Tabs(this, (id, focus) => this.#select(id, focus));
  #keyRow: KeyRow | undefined;
  #console: ConsolePane | undefined;
  #selected = 'manager1';
  /** The terminal that was in front last: what a phone's keys and a search are for. */
  #terminal = 'manager1';
  /** The other one in sight, when the bench is split. */
  #beside: string | undefined;

  connectedCallback(): void {
    widthHandle(find(this, '.bench-handle'));
    heightHandle(find(this, '.bench-split'), find(this, '.bench-panels'));
    this.#tabs.connect();
    new Transcript(this);
    new LatestChanges(this);
    new Machines(this);
    this.#keyRow = new KeyRow(this, {
      terminal: () => this.#terminal,
      focus: () => this.#terminals.get(this.#terminal)?.focus(),
      say: (text) => this.say(text, 'problem'),
    });
    this.#listenToControls();
    this.#listenToSearch();
    this.#listenToWorld();
    if (taste().split && isWide()) this.#split(true);
    this.#show();
  }

  /** One line above the terminals. */
  say(text: string, kind: 'info' | 'problem'): void {
    const message = find(this, '.bench-message');
    message.dataset.kind = kind;
    message.textContent = text;
  }

  // ---- what is heard --------------------------------------------------------------------

  #listenToWorld(): void {
    client.on.add('text', ({ terminal, text }) => this.#write(terminal, text));
    client.on.add('busy', (id) => this.#tabs.setBusy(id, client.busy(id)));
    client.on.add('rewound', () => {
      this.#early.clear();
      for (const terminal of this.#terminals.values()) terminal.clear();
      this.say(strings.wentBack, 'info');
    });
    client.on.add('state', (state) => {
      if (state !== 'ready') return;
      this.say('', 'info');
      // Where the terminals are in sight they open with the first Run.
      if (isWide()) this.#openAll();
    });
    addEventListener('lab-message', (event) => {
      if (event instanceof CustomEvent) this.say(String(event.detail), 'info');
    });
    addEventListener('lab-terminal', (event) => {
      if (event instanceof CustomEvent && typeof event.detail === 'string')
        this.#select(event.detail, false);
    });
    // A link that was pressed here, or on a page without a browser in its text, opens here.
    addEventListener('lab-browse', ({ target }) => {
      const inText = document.querySelector('main lab-browser');
      if (inText && !(target instanceof Element && this.contains(target))) return;
      if (this.dataset.size === 'closed' && !isWide()) this.#resizeTo('half');
      this.#select('browser', false);
    });
  }

  #listenToControls(): void {
    const press = (name: string, work: () => unknown) =>
      find(this, `[data-action="${name}"]`).addEventListener('click', () => void work());
    const whenReady = (work: () => unknown) => () => client.state === 'ready' && work();
    press(
      'undo',
      whenReady(() => client.undo()),
    );
    press(
      'reset',
      whenReady(() => this.#reset()),
    );
    press(
      'share',
      whenReady(() => dispatchEvent(new Event('lab-share'))),
    );
    press('sessions', () => dispatchEvent(new Event('lab-sessions')));
    press('split', () => this.#split(this.#beside === undefined));
    press('new-shell', () => this.#newShell());
    const pace = find<HTMLSelectElement>(this, '.bench-foot select');
    // It may have been chosen before the bench came to life.
    client.setPace(Number(pace.value));
    pace.addEventListener('change', () => client.setPace(Number(pace.value)));
    const pull = find(this, '.bench-pull');
    pull.addEventListener('click', () =>
      this.#resizeTo(nextSize[(this.dataset.size ?? 'closed') as Size]),
    );
    // What is opened below the terminals may have little room there: it begins at the top of it.
    const texts = find(this, '.bench-texts');
    const show = ({ target }: Event) => {
      if (target instanceof HTMLDetailsElement && target.parentElement === texts && target.open)
        texts.scrollTop = target.offsetTop - texts.offsetTop;
    };
    texts.addEventListener('toggle', show, { capture: true });
    find(this, '.bench-start').addEventListener('click', () => {
      client.start();
      void this.#open(this.#selected, true);
    });
  }

  #listenToSearch(): void {
    const form = find<HTMLFormElement>(this, '.bench-find');
    const field = find<HTMLInputElement>(form, 'input');
    const button = find(this, '[data-action="find"]');
    const toggle = (open: boolean) => {
      form.hidden = !open;
      button.setAttribute('aria-expanded', String(open));
      if (open) field.focus();
      else {
        this.#terminals.get(this.#terminal)?.endSearch();
        this.#terminals.get(this.#terminal)?.focus();
      }
    };
    const search = (direction: 'next' | 'before') => {
      const found = this.#terminals.get(this.#terminal)?.find(field.value, direction) ?? false;
      find(form, 'output').textContent = found || field.value === '' ? '' : strings.findNone;
    };
    button.addEventListener('click', () => toggle(form.hidden === true));
    addEventListener('bench-find', () => toggle(true));
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      search('next');
    });
    find(form, '[data-action="find-before"]').addEventListener('click', () => search('before'));
    form.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') toggle(false);
    });
  }

  /** Everything from the start; what there was is put aside first. */
  async #reset(): Promise<void> {
    await (await keeper()).putAside();
    await client.reset();
  }

  #resizeTo(size: Size): void {
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

  // ---- which terminals are in sight -----------------------------------------------------

  #select(id: string, focus: boolean): void {
    this.#tabs.add(id);
    if (id === this.#beside) this.#beside = this.#selected;
    this.#selected = id;
    if (!this.#tabs.isPane(id)) this.#terminal = id;
    this.#show();
    if (id === 'console') void this.#openConsole();
    if (client.state !== 'idle') void this.#open(id, focus);
  }

  /** The console is a client of the Engine API like any other: the world starts with it. */
  async #openConsole(): Promise<void> {
    client.start();
    const { ConsolePane } = await import('./console-pane.ts');
    this.#console ??= new ConsolePane(find(this, '#panel-console .console-live'));
  }

  #show(): void {
    this.#tabs.select(this.#selected);
    const split = this.#beside !== undefined;
    for (const id of this.#tabs.ids) {
      const panel = this.#tabs.panel(id);
      panel.hidden = id !== this.#selected && id !== this.#beside;
      panel.dataset.place = !split ? 'whole' : id === this.#selected ? 'upper' : 'lower';
    }
    find(this, '.bench-split').hidden = !split;
    const pane = this.#tabs.isPane(this.#selected);
    this.toggleAttribute('data-pane', pane);
    find<HTMLButtonElement>(this, '[data-action="find"]').disabled = pane;
    find(this, '.bench-start').hidden = pane || this.#terminals.size > 0;
  }

  #split(on: boolean): void {
    this.#beside = on ? this.#tabs.terminals.find((id) => id !== this.#selected) : undefined;
    find(this, '[data-action="split"]').setAttribute('aria-pressed', String(on));
    remember({ split: on });
    this.#show();
    if (client.state === 'ready') this.#openAll();
  }

  #openAll(): void {
    void this.#open(this.#selected);
    if (this.#beside !== undefined) void this.#open(this.#beside);
  }

  // ---- terminals ------------------------------------------------------------------------

  async #newShell(): Promise<void> {
    client.start();
    const { chooseShell } = await import('./bench/new-shell.ts');
    const choice = await chooseShell(this.#tabs.hosts);
    if (!choice) return;
    const { host, container } = choice;
    const id = this.#tabs.nextId(host);
    this.#tabs.add(id, container === undefined ? id : `${host} · ${container}`);
    this.#select(id, true);
    if (container !== undefined) void client.run(id, `docker exec -it ${container} sh`);
  }

  /** Makes sure that the terminal is on the page and shows it. */
  async #open(id: string, focus = false): Promise<void> {
    if (this.#tabs.isPane(id) || (this.dataset.size === 'closed' && !isWide() && !focus)) return;
    find(this, '.bench-start').hidden = true;
    const { HostTerminal } = await import('./terminal.ts');
    let terminal = this.#terminals.get(id);
    if (!terminal) {
      terminal = new HostTerminal(this.#tabs.panel(id), id, {
        tooLong: (n, max) => this.say(fill(strings.terminalTooMuch, { n, max }), 'problem'),
        copied: () => this.say(strings.copiedSelection, 'info'),
        typed: (text) => this.#keyRow?.apply(text) ?? text,
      });
      this.#terminals.set(id, terminal);
      terminal.write(this.#early.get(id) ?? '');
      this.#early.delete(id);
    }
    terminal.fit();
    if (focus) terminal.focus();
  }

  #write(id: string, text: string): void {
    // A restored session may have more shells than the page began with.
    this.#tabs.add(id);
    const terminal = this.#terminals.get(id);
    if (terminal) terminal.write(text);
    else this.#early.set(id, `${this.#early.get(id) ?? ''}${text}`.slice(-keptCharacters));
  }
}
