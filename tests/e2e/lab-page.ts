// A lab page as the tests use it: what a reader clicks, types and sees, and what must never happen meanwhile.
import {
  type BrowserContext,
  test as base,
  expect,
  type Locator,
  type Page,
} from '@playwright/test';
import { readContent } from '../../src/labs/content.ts';

export const languages = ['zh', 'en'] as const;
export const { labs } = readContent(process.cwd());

/** What must never happen on any page: violations of the content security policy, errors of scripts, errors in the console. */
export class Faults {
  readonly #list: string[] = [];
  readonly #allowed: RegExp[] = [];

  /** This error belongs to what the test does. */
  allow(pattern: RegExp): void {
    this.#allowed.push(pattern);
  }

  get list(): readonly string[] {
    return this.#list.filter((fault) => !this.#allowed.some((pattern) => pattern.test(fault)));
  }

  /** Listens to every page of a context. */
  async watch(context: BrowserContext): Promise<void> {
    context.on('weberror', (error) => this.#list.push(`error: ${error.error().message}`));
    context.on('console', (message) => {
      const { url } = message.location();
      if (message.type() === 'error') this.#list.push(`console: ${message.text()} (${url})`);
    });
    await context.addInitScript(() => {
      addEventListener('securitypolicyviolation', (event) => {
        console.error(
          `Content Security Policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`,
        );
      });
    });
  }
}

export const test = base.extend<{ faults: Faults }>({
  faults: [
    async ({ context }, use) => {
      const faults = new Faults();
      await faults.watch(context);
      await use(faults);
      expect(faults.list, 'policy violations, script errors, console errors').toEqual([]);
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
