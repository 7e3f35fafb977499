// A command block: Copy, Run, the output as it comes, how it ended, and whether the state is as it should be.
import type { CheckResult, StepDefinition } from '../../sandbox-engine/protocol/index.ts';
import { fill } from '../i18n/fill.ts';
import { client, find, lab, make, strings } from './page-data.ts';
import { addProgress } from './progress.ts';
import { RunOutput } from './run-output.ts';
import { whyNot } from './why-not.ts';

const placeholders = /\{\{([a-z][\w-]*(?:\.[\w-]+)+)\}\}/g;

export class LabRun extends HTMLElement {
  #step: StepDefinition | undefined;
  #number = 0;
  #running = false;
  /** What the step's check said last; undefined where there is none. */
  #holds: boolean | undefined;
  #output: RunOutput | undefined;
  /** The button's icon while nothing runs. */
  #play: Element | undefined;

  connectedCallback(): void {
    // A group by name: every block has a button “Run”, and one listens to which.
    this.role = 'group';
    this.ariaLabel = `${find(this, '.run-number').textContent} · ${this.dataset.host}`;
    const index = lab.steps.findIndex(({ id }) => id === this.dataset.step);
    const step = lab.steps[index];
    if (!step) return;
    this.#step = step;
    this.#number = index + 1;
    this.#output = new RunOutput(this, step);
    this.#play = find(this.#button, 'svg');
    this.#button.addEventListener('click', () => {
      if (this.#running) client.interrupt(step.host);
      else void this.run();
    });
    this.querySelector('.run-to-here')?.addEventListener('click', () => void this.#runToHere());
    find(this, '.copy').addEventListener('click', () => void this.#copy());
    this.#listenToEditor(step);
    // The engine begins to load when a hand comes near, so that the first Run need not wait for it.
    for (const event of ['pointerenter', 'pointerdown', 'focus'])
      this.#button.addEventListener(event, () => client.start(), { once: true });
    client.on.add('steps', () => this.#showMissing());
    client.on.add('rewound', () => {
      if (!client.done.has(step.id) && !this.#running) this.#output?.restore();
    });
    client.on.add('state', (state) => {
      if (state === 'ready') this.#watchValues();
    });
    client.on.add('bug', () => this.#end());
    client.on.add('repeated', ({ step: id, status, output }) => {
      if (id !== step.id) return;
      this.#output?.show(output, status);
      // A session from elsewhere brings its progress along.
      addProgress(lab.id, id);
    });
  }

  get #button(): HTMLButtonElement {
    return find(this, '.run-button');
  }

  /** Types the command into its terminal. Answers whether it came to its end. */
  async run(): Promise<boolean> {
    const step = this.#step;
    if (!step || this.#running || !this.#output) return false;
    const line = this.#edited() ?? this.#line(step);
    if (line === undefined) return false;
    if (client.busy(step.host)) {
      this.#noticeBusy(step.host);
      return false;
    }
    this.#begin();
    const output = this.#output;
    this.#holds = undefined;
    output.start();
    dispatchEvent(new CustomEvent('lab-terminal', { detail: step.host }));
    try {
      const ran = await client.run(step.host, line, {
        step: step.id,
        onOutput: (text) => output.write(text),
      });
      output.finish(ran.status);
      const ended = fill(strings.finished, {
        step: this.#number,
        n: ran.status,
        lines: output.lineCount,
      });
      this.#announce(ended);
      const verdict = await this.#judge(step, ran);
      // The state may have been waited for: the end has been read out by then.
      if (verdict) this.#announce(step.wait === undefined ? `${ended} ${verdict}` : verdict);
      return true;
    } catch {
      // The world went back, or died, before the command had ended.
      output.restore();
      return false;
    } finally {
      this.#end();
    }
  }

  /** Answers what is to be read out of it. */
  async #judge(
    step: StepDefinition,
    ran: { status: number; output: string },
  ): Promise<string | undefined> {
    if (step.check.length === 0) {
      addProgress(lab.id, step.id);
      return undefined;
    }
    const { status, output } = ran;
    if (step.wait !== undefined && status === 0) this.#output?.wait();
    const verdict = (await client.ask({
      about: 'check',
      lab: lab.id,
      step: step.id,
      ran: { status, output },
    })) as CheckResult;
    const found = await whyNot(verdict);
    this.#output?.judge(verdict.holds, found);
    this.#holds = verdict.holds;
    this.dispatchEvent(new CustomEvent('lab-judged', { bubbles: true, detail: verdict.holds }));
    if (verdict.holds) addProgress(lab.id, step.id);
    return verdict.holds ? strings.checkHolds : fill(strings.checkFails, { found });
  }

  // ---- the command ----------------------------------------------------------------------

  /** The command as the reader has changed it; undefined while it stands as written. */
  #edited(): string | undefined {
    const editor = find<HTMLTextAreaElement>(this, '.command-edit');
    return editor.hidden || editor.value.trim() === '' ? undefined : editor.value.trim();
  }

  #listenToEditor(step: StepDefinition): void {
    const editor = find<HTMLTextAreaElement>(this, '.command-edit');
    const button = find(this, '.edit-command');
    const command = find(this, '.command');
    const fit = () => {
      editor.rows = editor.value.split('\n').length;
    };
    const toggle = (open: boolean) => {
      if (open) editor.value = this.#line(step) ?? step.command;
      editor.hidden = !open;
      command.hidden = open;
      button.setAttribute('aria-expanded', String(open));
      fit();
      if (open) editor.focus();
      else find(this, '.run-button').focus();
    };
    button.addEventListener('click', () => toggle(editor.hidden === true));
    editor.addEventListener('input', fit);
    editor.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') toggle(false);
      else if (event.key === 'Enter' && !event.shiftKey) {
        event.preventDefault();
        void this.run();
      }
    });
  }

  /** The command with the values of now; undefined when one is missing. */
  #line(step: StepDefinition): string | undefined {
    let missing: string | undefined;
    const line = step.command.replace(placeholders, (whole, name: string) => {
      const value = client.values[name];
      if (value === undefined || value === '') missing ??= name;
      return value ?? whole;
    });
    if (missing === undefined) return line;
    this.#refuse(fill(strings.missingValue, { name: missing }), this.#runBeforeButton());
    return undefined;
  }

  #watchValues(): void {
    const values = [...this.querySelectorAll<HTMLElement>('.value')];
    if (values.length === 0) return;
    client.subscribe('values', { lab: lab.id }, () => {
      for (const element of values) {
        const value = client.values[element.dataset.value ?? ''];
        if (value) {
          element.textContent = value;
          element.dataset.live = '';
        }
      }
    });
  }

  async #copy(): Promise<void> {
    const command = find(this, '.command code').textContent ?? '';
    await navigator.clipboard.writeText(command.replace(/^[$#] /, ''));
    const label = find(this, '.copy span');
    const before = label.textContent;
    label.textContent = strings.copied;
    setTimeout(() => {
      label.textContent = before;
    }, 1500);
  }

  // ---- what is said ---------------------------------------------------------------------

  #begin(): void {
    this.#running = true;
    this.#notice();
    const [icon, label] = this.#buttonParts();
    icon.replaceWith(make('span', { class: 'spinner', 'aria-hidden': 'true' }));
    label.textContent = client.state === 'ready' ? strings.running : strings.starting;
    setTimeout(() => {
      if (this.#running) label.textContent = strings.stop;
    }, 900);
  }

  #end(): void {
    if (!this.#running || !this.#step) return;
    this.#running = false;
    const [icon, label] = this.#buttonParts();
    if (this.#play) icon.replaceWith(this.#play);
    label.textContent = client.done.has(this.#step.id) ? strings.runAgain : strings.run;
  }

  #buttonParts(): [Element, HTMLElement] {
    const button = this.#button;
    return [find(button, 'svg, .spinner'), find(button, 'span:not(.spinner)')];
  }

  /** The earlier steps that this one needs and that this world has not run. */
  #missing(): StepDefinition[] {
    const needed = new Set(this.#step?.after);
    return lab.steps.filter(({ id }) => needed.has(id) && !client.done.has(id));
  }

  #showMissing(): void {
    const step = this.#step;
    if (!step || this.#running) return;
    const missing = this.#missing();
    const toHere = this.querySelector<HTMLElement>('.run-to-here');
    if (toHere) toHere.hidden = missing.length === 0;
    if (client.done.size === 0 || client.done.has(step.id) || missing.length === 0) this.#notice();
    else this.#offerBefore(missing.length);
    if (!client.done.has(step.id)) find(this, '.run-button span').textContent = strings.run;
  }

  #offerBefore(count: number): void {
    this.#notice(fill(strings.missingBefore, { n: count }), this.#runBeforeButton());
  }

  #runBeforeButton(): HTMLButtonElement {
    const button = make('button', { type: 'button', class: 'button quiet run-before' });
    button.textContent = strings.runBefore;
    button.addEventListener('click', () => void this.#runBefore());
    return button;
  }

  async #runBefore(): Promise<void> {
    if (await this.#runMissing()) this.#button.focus();
  }

  async #runToHere(): Promise<void> {
    if (this.#running || !(await this.#runMissing())) return;
    this.#button.focus({ preventScroll: true });
    await this.run();
  }

  /** Answers whether all earlier steps came to their end, and to where they should; goes to the one that did not. */
  async #runMissing(): Promise<boolean> {
    for (const { id } of this.#missing()) {
      const block = document.querySelector(`lab-run[data-step="${id}"]`);
      if (!(block instanceof LabRun) || ((await block.run()) && block.#holds !== false)) continue;
      block.#button.focus({ preventScroll: true });
      block.scrollIntoView({ block: 'center' });
      return false;
    }
    return true;
  }

  #noticeBusy(host: string): void {
    const stop = make('button', { type: 'button', class: 'button quiet' }, strings.stop);
    stop.addEventListener('click', () => {
      client.interrupt(host);
      this.#notice();
    });
    this.#refuse(fill(strings.terminalBusy, { host }), stop);
  }

  /** Says why a press of Run did nothing, also to who does not see it. */
  #refuse(text: string, ...more: Node[]): void {
    this.#notice(text, ...more);
    this.#announce(text);
  }

  #announce(text: string): void {
    find(this, '[role="status"]').textContent = text;
  }

  #notice(text?: string, ...more: Node[]): void {
    const notice = find(this, '.run-notice');
    notice.hidden = text === undefined;
    notice.replaceChildren(...(text === undefined ? [] : [make('span', {}, text), ...more]));
  }
}
