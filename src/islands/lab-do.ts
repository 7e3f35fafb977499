// A step that is done in the console or in the browser pane: its mark, by its check on the state, and the way to be shown.
import type { CheckResult, StepDefinition } from '../../sandbox-engine/protocol/index.ts';
import { client, find, lab, strings } from './page-data.ts';
import { addProgress } from './progress.ts';

export class LabDo extends HTMLElement {
  #step: StepDefinition | undefined;
  #holds = false;
  #watching = false;

  connectedCallback(): void {
    const step = lab.steps.find(({ id }) => id === this.dataset.step);
    if (!step) return;
    this.#step = step;
    find(this, '.show-me').addEventListener('click', () => {
      find<HTMLDetailsElement>(this, 'details').open = true;
      find<HTMLButtonElement>(this, '.run-button').click();
    });
    client.on.add('steps', () => this.#follow(step));
    client.on.add('rewound', () => {
      this.#holds = false;
      this.#show();
    });
    client.on.add('performed', ({ step: id, ran }) => {
      if (id === step.id) void this.#judge(step, ran);
    });
    // The block inside, with which it can be shown.
    this.addEventListener('lab-judged', (event) => {
      if (event instanceof CustomEvent) this.#take(event.detail === true);
    });
  }

  /** Once all that comes before has been done, the state says whether this has been done too, however that was. */
  #follow(step: StepDefinition): void {
    const due = step.after.every((id) => client.done.has(id));
    if (due && !this.#watching && step.check.length > 0) {
      this.#watching = true;
      client.subscribe('checks', { lab: lab.id, step: step.id }, (value) => {
        const results = value as Readonly<Record<string, CheckResult>>;
        if (this.#isDue && results[step.id]?.holds) this.#take(true);
      });
    }
    if (step.check.length === 0 && client.done.has(step.id)) this.#take(true);
    this.#show();
  }

  get #isDue(): boolean {
    return this.#step?.after.every((id) => client.done.has(id)) === true;
  }

  async #judge(step: StepDefinition, ran: { status: number; output: string }): Promise<void> {
    if (step.check.length === 0) return;
    const answer = await client.ask({ about: 'check', lab: lab.id, step: step.id, ran });
    this.#take((answer as CheckResult).holds);
  }

  #take(holds: boolean): void {
    if (holds && this.#step) {
      this.#holds = true;
      addProgress(lab.id, this.#step.id);
      client.noteDone(this.#step.id);
    }
    this.#show();
  }

  #show(): void {
    const done = this.#step !== undefined && client.done.has(this.#step.id);
    const state = find(this, '.do-state');
    const now = this.#holds ? 'done' : done ? 'waits' : 'open';
    if (state.dataset.state === now) return;
    state.dataset.state = now;
    state.textContent = {
      done: `✓ ${strings.doDone}`,
      waits: strings.doWaits,
      open: strings.doOpen,
    }[now];
  }
}
