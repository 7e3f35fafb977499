// The output under a command: lines as they come, how the command ended, and what the check said.
import type { StepDefinition } from '../../sandbox-engine/protocol/index.ts';
import { fill } from '../i18n/fill.ts';
import { TextScreen } from '../terminal-text/index.ts';
import { find, make, strings } from './page-data.ts';

/** More lines than this are left to the terminal: a page with half a million lines helps nobody. */
const maxLines = 2_000;
/** Longer output is folded. */
const foldedLines = 20;

export class RunOutput {
  readonly #step: StepDefinition;
  readonly #box: HTMLElement;
  readonly #text: HTMLElement;
  readonly #label: HTMLElement;
  readonly #result: HTMLElement;
  readonly #fold: HTMLButtonElement;
  /** The sample of the build, to come back to when the world starts again. */
  readonly #sample: { readonly text: Node[]; readonly result: Node[]; readonly folds: boolean };
  #screen = new TextScreen();
  #frame = 0;

  constructor(root: HTMLElement, step: StepDefinition) {
    this.#step = step;
    this.#box = find(root, '.output');
    this.#text = find(root, '.output-text');
    this.#label = find(root, '.output-label');
    this.#result = find(root, '.output-result');
    this.#fold = find(root, '.fold');
    this.#sample = {
      text: [...this.#text.childNodes],
      result: [...this.#result.childNodes],
      folds: !this.#fold.hidden,
    };
    this.#fold.addEventListener('click', () => {
      const folded = this.#box.toggleAttribute('data-folded');
      this.#labelFold(folded);
    });
  }

  get lineCount(): number {
    return this.#screen.lines().length;
  }

  start(): void {
    this.#screen = new TextScreen();
    this.#box.dataset.live = '';
    this.#box.removeAttribute('data-folded');
    this.#fold.hidden = true;
    this.#label.textContent = strings.live;
    this.#result.replaceChildren();
    this.#text.replaceChildren();
  }

  write(text: string): void {
    const first = this.#text.childNodes.length === 0;
    this.#screen.write(text);
    if (first) this.#render();
    else if (this.#frame === 0)
      this.#frame = requestAnimationFrame(() => {
        this.#frame = 0;
        this.#render();
      });
  }

  finish(status: number): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.#render();
    const count = this.#screen.height;
    if (count === 1 && this.#text.textContent === '')
      this.#text.append(
        make(
          'span',
          { class: 'output-none', lang: document.documentElement.lang },
          strings.noOutput,
        ),
      );
    this.#fold.hidden = count <= foldedLines + 1;
    this.#box.toggleAttribute('data-folded', !this.#fold.hidden);
    this.#labelFold(!this.#fold.hidden);
    const exit = make('span', { class: 'exit', 'data-status': String(status) });
    exit.textContent = fill(strings.exit, { n: status });
    this.#result.replaceChildren(exit);
  }

  /** The state may need a while until the check can hold. */
  wait(): void {
    this.#result.append(make('span', { class: 'verdict-wait' }, strings.checkWaits));
  }

  /** The whole output of a command that was done again. What is there already stays. */
  show(output: string, status: number): void {
    if (this.#box.dataset.live !== undefined) return;
    this.start();
    this.#screen.write(output);
    this.finish(status);
  }

  /** `found`: why it does not hold. */
  judge(holds: boolean, found: string): void {
    const verdict = make('span', { class: 'verdict', 'data-holds': String(holds) });
    verdict.textContent = holds
      ? `✓ ${strings.checkHolds}`
      : `✗ ${fill(strings.checkFails, { found })}`;
    this.#result.querySelector('.verdict-wait')?.remove();
    this.#result.append(verdict);
  }

  /** Back to the sample. */
  restore(): void {
    if (this.#box.dataset.live === undefined) return;
    delete this.#box.dataset.live;
    this.#label.textContent = strings.sample;
    this.#text.replaceChildren(...this.#sample.text);
    this.#result.replaceChildren(...this.#sample.result);
    this.#fold.hidden = !this.#sample.folds;
    this.#box.toggleAttribute('data-folded', this.#sample.folds);
    this.#labelFold(this.#sample.folds);
  }

  #render(): void {
    const lines = this.#screen.lines(maxLines);
    const marked = new Set(this.#step.lines);
    if (marked.size === 0) this.#text.textContent = lines.join('\n');
    else
      this.#text.replaceChildren(
        ...lines.map((line, i) =>
          marked.has(i + 1) ? make('mark', {}, `${line}\n`) : `${line}\n`,
        ),
      );
    if (this.#screen.height > maxLines + 1)
      this.#text.append(
        `\n${fill(strings.linesLeftOut, { shown: maxLines, n: this.#screen.height - 1 })}`,
      );
  }

  #labelFold(folded: boolean): void {
    const n = this.#text.textContent?.split('\n').length ?? 0;
    this.#fold.textContent = folded ? fill(strings.foldMore, { n }) : strings.foldLess;
    this.#fold.setAttribute('aria-expanded', String(!folded));
  }
}
