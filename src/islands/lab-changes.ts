// What the step above changed in the reader's world.
import type {
  ChangesView,
  CheckResult,
  StepDefinition,
} from '../../sandbox-engine/protocol/index.ts';
import { shownChanges } from '../diagrams/changes-html.ts';
import { showChanges } from './changes-body.ts';
import { client, find, lab, make, strings } from './page-data.ts';

export class LabChanges extends HTMLElement {
  #sample: Node[] = [];
  /** Stops listening to what changes; undefined before the step has been run. */
  #stop: (() => void) | undefined;

  connectedCallback(): void {
    this.#sample = [...find(this, '.changes-body').childNodes];
    const step = lab.steps.find(({ id }) => id === this.dataset.step);
    if (!step) return;
    client.on.add('steps', () => {
      // The view tells of the latest command: it is this step's as long as no other has been run after it.
      const last = [...client.done].at(-1);
      if (!client.done.has(step.id)) this.#restore();
      else if (last === step.id && this.#stop === undefined) this.#watch(step);
    });
  }

  /**
   * What a step needs time for (tasks that start) is its own until its check holds, and from then on until the next
   * command: whoever is quick with that one still sees what the text speaks of.
   */
  #watch({ id, wait, check }: StepDefinition): void {
    const stops: (() => void)[] = [];
    // What a check asks of the command itself is judged once, when it has ended.
    let settled =
      wait === undefined || check.some(({ kind }) => kind === 'output' || kind === 'exit');
    this.#stop = () => {
      for (const stop of stops.splice(0)) stop();
    };
    let whole = false;
    const over = () => whole && (wait === undefined || [...client.done].at(-1) !== id);
    const listen = (value: unknown) => {
      const changes = value as ChangesView;
      if (changes.step === id && !over()) {
        this.#show(changes);
        whole = settled;
      }
      if (over()) this.#stop?.();
    };
    if (!settled)
      stops.push(
        client.subscribe('checks', { lab: lab.id, step: id }, (value) => {
          const results = value as Readonly<Record<string, CheckResult>>;
          settled ||= results[id]?.holds === true;
        }),
      );
    stops.push(client.subscribe('changes', { step: id }, listen));
    if (over()) this.#stop();
  }

  #show(all: ChangesView): void {
    const changes = shownChanges(all, this.dataset);
    const label = find(this, '.panel-label');
    this.dataset.live = '';
    label.textContent = strings.live;
    const body = find(this, '.changes-body');
    if (changes.entries.length === 0)
      body.replaceChildren(make('p', { class: 'changes-none' }, strings.changesNone));
    else showChanges(body, changes);
  }

  #restore(): void {
    this.#stop?.();
    this.#stop = undefined;
    if (this.dataset.live === undefined) return;
    delete this.dataset.live;
    find(this, '.panel-label').textContent = strings.sample;
    find(this, '.changes-body').replaceChildren(...this.#sample);
  }
}
