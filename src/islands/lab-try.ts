// A task without instructions: the check is asked for by hand; *Show me* types what does it.
import type { CheckResult } from '../../sandbox-engine/protocol/index.ts';
import { fill } from '../i18n/fill.ts';
import { client, find, lab, strings } from './page-data.ts';
import { whyNot } from './why-not.ts';

/** Tasks of a service need a while: a solution is looked at so often, so many milliseconds apart. */
const looks = 30;
const lookMillis = 1_000;

export class LabTry extends HTMLElement {
  connectedCallback(): void {
    find(this, '.try-check').addEventListener('click', () => void this.#check());
    find(this, '.try-show').addEventListener('click', () => void this.#showHow());
    client.on.add('rewound', () => this.#say('', undefined));
  }

  async #check(): Promise<boolean> {
    const answer = await client.ask({ about: 'try', lab: lab.id, try: this.dataset.id ?? '' });
    const result = answer as CheckResult;
    const { holds } = result;
    const found = await whyNot(result);
    this.#say(holds ? `✓ ${strings.tryHolds}` : fill(strings.tryFails, { found }), holds);
    return holds;
  }

  async #showHow(): Promise<void> {
    const solution = lab.tries.find(({ id }) => id === this.dataset.id)?.solution ?? [];
    const button = find<HTMLButtonElement>(this, '.try-show');
    button.disabled = true;
    this.#say(strings.tryShowing, undefined);
    try {
      for (const { host, command } of solution) {
        dispatchEvent(new CustomEvent('lab-terminal', { detail: host }));
        await client.run(host, command);
      }
      for (let look = 0; look < looks && !(await this.#check()); look += 1)
        await new Promise((resolve) => setTimeout(resolve, lookMillis));
    } catch {
      // The world went back, or died: what is said then stands elsewhere.
      this.#say('', undefined);
    } finally {
      button.disabled = false;
    }
  }

  #say(text: string, holds: boolean | undefined): void {
    const result = find(this, '.try-result');
    result.textContent = text;
    if (holds === undefined) delete result.dataset.holds;
    else result.dataset.holds = String(holds);
  }
}
