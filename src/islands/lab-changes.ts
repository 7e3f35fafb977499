// What the step above changed in the reader's world.
import type { ChangesView, StepDefinition } from '../../sandbox-engine/protocol/index.ts';
import { changesHtml, shownChanges } from '../diagrams/changes-html.ts';
import { client, find, lab, language, make, strings } from './page-data.ts';

export class LabChanges extends HTMLElement {
  #sample: Node[] = [];
  #shown: string | undefined;

  connectedCallback(): void {
    this.#sample = [...find(this, '.changes-body').childNodes];
    const step = lab.steps.find(({ id }) => id === this.dataset.step);
    if (!step) return;
    client.on.add('steps', () => {
      // The view tells of the latest command: it is this step's as long as no other has been run after it.
      const last = [...client.done].at(-1);
      if (!client.done.has(step.id)) this.#restore();
      else if (last === step.id && this.#shown === undefined) this.#watch(step);
    });
  }

  #watch({ id, wait }: StepDefinition): void {
    this.#shown = id;
    let stop: (() => void) | undefined;
    let over = false;
    const listen = (value: unknown) => {
      const changes = value as ChangesView;
      // What a step needs time for (tasks that start) goes on being its own until the next command.
      const own = changes.step === id;
      if (own && !over) this.#show(changes);
      over ||= own ? wait === undefined : this.dataset.live !== undefined;
      if (over) stop?.();
    };
    stop = client.subscribe('changes', {}, listen);
    if (over) stop();
  }

  #show(all: ChangesView): void {
    const changes = shownChanges(all, this.dataset);
    const label = find(this, '.panel-label');
    this.dataset.live = '';
    label.textContent = strings.live;
    const body = find(this, '.changes-body');
    if (changes.entries.length === 0)
      body.replaceChildren(make('p', { class: 'changes-none' }, strings.changesNone));
    else body.innerHTML = changesHtml(changes, language);
  }

  #restore(): void {
    this.#shown = undefined;
    if (this.dataset.live === undefined) return;
    delete this.dataset.live;
    find(this, '.panel-label').textContent = strings.sample;
    find(this, '.changes-body').replaceChildren(...this.#sample);
  }
}
