// A task without instructions: the check is asked for by hand.
import type { CheckResult } from '../../sandbox-engine/protocol/index.ts';
import { fill } from '../i18n/fill.ts';
import { client, find, lab, strings } from './page-data.ts';

export class LabTry extends HTMLElement {
  connectedCallback(): void {
    find(this, 'button').addEventListener('click', () => void this.#check());
    client.on.add('rewound', () => {
      const result = find(this, '.try-result');
      delete result.dataset.holds;
      result.textContent = '';
    });
  }

  async #check(): Promise<void> {
    const answer = await client.ask({ about: 'try', lab: lab.id, try: this.dataset.id ?? '' });
    const { holds, found } = answer as CheckResult;
    const result = find(this, '.try-result');
    result.dataset.holds = String(holds);
    result.textContent = holds ? `✓ ${strings.tryHolds}` : fill(strings.tryFails, { found });
  }
}
