// Does a step of a lab the way its text says: in the console or in the browser pane.
import { expect, type Page } from '@playwright/test';
import type { StepDefinition } from '../../sandbox-engine/protocol/index.ts';
import { urlIn } from '../../src/labs/via.ts';

export async function doStep(page: Page, step: StepDefinition): Promise<void> {
  if (step.via === 'browser') await openPage(page, urlIn(step.command) ?? '');
  else await inConsole(page, step.command);
  await expect
    .soft(page.locator(`lab-do[data-step="${step.id}"] .do-state`), step.id)
    .toHaveText(/✓/, { timeout: 45_000 });
}

async function openPage(page: Page, url: string): Promise<void> {
  const browser = page.locator('lab-browser').first();
  await browser.locator('.browser-bar input').fill(url);
  await browser.locator('.browser-bar button[type=submit]').click();
  await browser.locator('[data-browser="refresh"]').click();
  await expect(browser.locator('.browser-foot')).toContainText('HTTP 200');
}

async function inConsole(page: Page, command: string): Promise<void> {
  const [, service = '', count = ''] = /^docker service scale (\S+)=(\d+)$/.exec(command) ?? [];
  if (service === '')
    throw new Error(`the test does not know how to do in the console: ${command}`);
  const console = page.locator('lab-console .console-live').first();
  const press = (what: string, value: string) =>
    console.locator(`[data-do="${what}"][data-value="${value}"]`).first().click();
  await press('page', 'services');
  await press('service', service);
  await press('panel', 'configure');
  await press('section', 'scheduling');
  await console.locator('input[name=replicas]').fill(count);
  await console.locator('button[type=submit]').click();
  await expect(console.locator('.console-said')).toContainText(command);
}
