// A lab page as the tests use it: what a reader clicks, types and sees, and what must never happen meanwhile.
import { test as base, expect, type Locator, type Page } from '@playwright/test';
import { readContent } from '../../src/labs/content.ts';

export const languages = ['zh', 'en'] as const;
export const { labs } = readContent(process.cwd());

/** Violations of the content security policy and errors of scripts, as they come. */
interface Faults {
  readonly list: string[];
}

export const test = base.extend<{ faults: Faults }>({
  faults: [
    async ({ page }, use) => {
      const list: string[] = [];
      page.on('pageerror', (error) => list.push(`error: ${error.message}`));
      page.on('console', (message) => {
        if (/Content Security Policy/i.test(message.text())) list.push(`policy: ${message.text()}`);
      });
      await page.addInitScript(() => {
        addEventListener('securitypolicyviolation', (event) => {
          console.error(
            `Content Security Policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`,
          );
        });
      });
      await use({ list });
      expect(list, 'policy violations and script errors').toEqual([]);
    },
    { auto: true },
  ],
});

export class LabPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async open(lab: string, language = 'en'): Promise<void> {
    await this.page.goto(`/${language}/labs/${lab}/`);
  }

  step(id: string): Locator {
    return this.page.locator(`lab-run[data-step="${id}"]`);
  }

  runButton(id: string): Locator {
    return this.step(id).locator('.run-button');
  }

  /** Clicks Run and waits until the command has ended. */
  async run(id: string): Promise<void> {
    // The command of a step that is done in the console is folded away under it.
    const folded = this.page.locator(`lab-do[data-step="${id}"] .do-show:not([open]) > summary`);
    if ((await folded.count()) > 0) await folded.click();
    await this.runButton(id).click();
    await this.ended(id);
  }

  async ended(id: string): Promise<void> {
    await expect(this.step(id).locator('.output[data-live] .exit')).toBeVisible({
      timeout: 45_000,
    });
  }

  output(id: string): Locator {
    return this.step(id).locator('.output-text');
  }

  verdict(id: string): Locator {
    return this.step(id).locator('.verdict');
  }

  /** What a terminal shows. */
  screen(host = 'manager1'): Locator {
    return this.page.locator(`#panel-${host} .xterm-rows`);
  }

  /** Types a line into a host's terminal. */
  async type(line: string, host = 'manager1'): Promise<void> {
    await this.focusTerminal(host);
    await this.page.keyboard.type(line);
    await this.page.keyboard.press('Enter');
  }

  async focusTerminal(host = 'manager1'): Promise<void> {
    const start = this.page.locator('.bench-start');
    // A session that is being restored takes the button away by itself.
    if (await start.isVisible()) await start.click({ timeout: 2_000 }).catch(() => undefined);
    await this.page.locator(`#tab-${host}`).click();
    await expect(this.screen(host)).toContainText(`root@${host}`, { timeout: 15_000 });
    await this.page.locator(`#panel-${host} textarea`).focus();
  }
}
