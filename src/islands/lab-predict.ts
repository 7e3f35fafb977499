// A question that is answered before a Run and judged from the state after it.
import type { CheckResult } from '../../sandbox-engine/protocol/index.ts';
import { client, find, lab, strings } from './page-data.ts';

/** How often (ms), and how many times, it is looked whether the question can be judged. */
const lookMillis = 1_500;
const looks = 40;

export class LabPredict extends HTMLElement {
  #picked: string | undefined;
  /** The answer stands: the state that it was about passes on. */
  #judged = false;
  #looks = 0;
  #again: ReturnType<typeof setTimeout> | undefined;

  connectedCallback(): void {
    // What was said of the answer stands above the explanation.
    this.querySelector('details')?.before(find(this, '.predict-result'));
    for (const option of this.#options)
      option.addEventListener('click', () => this.#pick(option.dataset.option));
    client.on.add('steps', () => void this.#judge());
  }

  get #options(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>('.option')];
  }

  #pick(id: string | undefined): void {
    this.#picked = id;
    this.#judged = false;
    this.#looks = 0;
    for (const option of this.#options)
      option.setAttribute('aria-pressed', String(option.dataset.option === id));
    find(this, '.predict-result').textContent = strings.predictPicked;
    void this.#judge();
  }

  /** What the question is about has not come to be: the tasks of a service, for instance, do not run yet, or never will. */
  #waits(): void {
    this.#judged = false;
    this.#looks += 1;
    clearTimeout(this.#again);
    const goesOn = this.#looks < looks;
    if (goesOn) this.#again = setTimeout(() => void this.#judge(), lookMillis);
    const text = goesOn ? strings.predictWaits : strings.predictElsewhere;
    // It is read out when it is written: once is enough.
    const result = find(this, '.predict-result');
    if (result.textContent !== text) result.textContent = text;
  }

  async #judge(): Promise<void> {
    const { id: prediction = '', before = '' } = this.dataset;
    if (!client.done.has(before)) {
      if (this.#judged) find(this, '.predict-result').textContent = strings.predictPicked;
      this.#judged = false;
      for (const option of this.#options) delete option.dataset.right;
      return;
    }
    if (this.#picked === undefined || this.#judged) return;
    this.#judged = true;
    const answer = await client.ask({ about: 'prediction', lab: lab.id, prediction });
    const results = answer as Readonly<Record<string, CheckResult>>;
    if (!Object.values(results).some(({ holds }) => holds)) {
      this.#waits();
      return;
    }
    this.#looks = 0;
    for (const option of this.#options)
      option.dataset.right = String(results[option.dataset.option ?? '']?.holds === true);
    const right = results[this.#picked]?.holds === true;
    find(this, '.predict-result').textContent = right ? strings.predictRight : strings.predictWrong;
    const because = this.querySelector('details');
    if (because) because.open = true;
  }
}
