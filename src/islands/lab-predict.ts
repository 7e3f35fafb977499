// A question that is answered before a Run and judged from the state after it.
import type { CheckResult } from '../../sandbox-engine/protocol/index.ts';
import { client, find, lab, strings } from './page-data.ts';

export class LabPredict extends HTMLElement {
  #picked: string | undefined;
  /** The answer stands: the state that it was about passes on. */
  #judged = false;

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
    for (const option of this.#options)
      option.setAttribute('aria-pressed', String(option.dataset.option === id));
    find(this, '.predict-result').textContent = strings.predictPicked;
    void this.#judge();
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
    for (const option of this.#options)
      option.dataset.right = String(results[option.dataset.option ?? '']?.holds === true);
    const right = results[this.#picked]?.holds === true;
    find(this, '.predict-result').textContent = right ? strings.predictRight : strings.predictWrong;
    const because = this.querySelector('details');
    if (because) because.open = true;
  }
}
