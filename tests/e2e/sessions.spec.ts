// A reader's session: kept by itself, restored after a reload or a crash, shared, and never lost to a bad import.
import { readFile } from 'node:fs/promises';
import { expect, type Page } from '@playwright/test';
import { LabPage, test } from './lab-page.ts';

const hasBr = /[0-9a-f]{12} +br +bridge +local/;

async function hasNetworkBr(lab: LabPage): Promise<void> {
  await lab.type('docker network ls --filter name=br');
  await expect(lab.screen()).toContainText(hasBr);
}

async function openFile(page: Page, content: string): Promise<void> {
  await page.locator('[data-action=sessions]').click();
  await page
    .locator('.session-dialog input[type=file]')
    .setInputFiles({ name: 'x.json', mimeType: 'application/json', buffer: Buffer.from(content) });
}

test('a reload comes back to the same state, outputs included', async ({ page }) => {
  const lab = new LabPage(page);
  await lab.open('bridge-networking');
  await lab.run('list-bridges');
  await lab.run('create-br');
  const id = await lab.output('create-br').textContent();
  await page.waitForTimeout(900);
  await page.reload();
  await lab.ended('create-br');
  await expect(lab.output('create-br')).toHaveText(id ?? '');
  await hasNetworkBr(lab);
});

test('another visit offers to go on, and any Run comes back there first', async ({ context }) => {
  const first = await context.newPage();
  const before = new LabPage(first);
  await before.open('bridge-networking');
  await before.run('create-br');
  await first.waitForTimeout(900);
  await first.close();
  const page = await context.newPage();
  const lab = new LabPage(page);
  await lab.open('bridge-networking');
  await expect(page.locator('lab-session')).toContainText('in the middle of this lab (1 commands');
  await lab.run('list-bridges');
  await expect(page.locator('lab-session')).toBeHidden();
  await hasNetworkBr(lab);
});

test('what was put aside by a fresh start can be had back', async ({ page }) => {
  const lab = new LabPage(page);
  await lab.open('bridge-networking');
  await lab.run('create-br');
  await page.waitForTimeout(900);
  await page.locator('[data-action=reset]').click();
  await expect(lab.step('create-br').locator('.output-label')).toHaveText(/Sample/);
  await page.locator('[data-action=sessions]').click();
  await page.getByRole('button', { name: /Back to the session/ }).click();
  await page.getByRole('button', { name: 'Restore that state' }).click();
  await hasNetworkBr(lab);
});

test('after a crash the world comes back to where it was', async ({ page }) => {
  const lab = new LabPage(page);
  await page.addInitScript(() => {
    const Real = Worker;
    // The tests can make the worker die as a browser that is out of memory does.
    globalThis.Worker = class extends Real {
      constructor(...parameters: ConstructorParameters<typeof Worker>) {
        super(...parameters);
        addEventListener('test-crash', () =>
          this.dispatchEvent(new ErrorEvent('error', { message: 'gone' })),
        );
      }
    };
  });
  await lab.open('bridge-networking');
  await lab.run('create-br');
  await page.waitForTimeout(900);
  await page.evaluate(() => dispatchEvent(new Event('test-crash')));
  await page.getByRole('button', { name: 'Start it again' }).click();
  await hasNetworkBr(lab);
});

test('a file takes a session along, and a bad one is refused with the reason', async ({ page }) => {
  const lab = new LabPage(page);
  await lab.open('bridge-networking');
  await lab.run('create-br');
  await page.locator('[data-action=sessions]').click();
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Save as a file' }).click(),
  ]);
  expect(file.suggestedFilename()).toMatch(/^overnet-bridge-networking-\d{4}-\d\d-\d\d\.json$/);
  const text = await readFile(await file.path(), 'utf8');
  const said = page.locator('lab-session');

  await openFile(page, '{"format":"overnet-session","version":1');
  await expect(said).toContainText('damaged or has been changed');
  await openFile(page, '[]');
  await expect(said).toContainText('no session of Overnet');
  await openFile(page, text.replace('"version":1', '"version":99'));
  await expect(said).toContainText('later version (99)');
  await openFile(page, text.replace('bridge-networking', 'port-mapping'));
  await expect(said).toContainText('another lab (port-mapping)');
  await expect(said.getByRole('link')).toHaveAttribute('href', '/en/labs/port-mapping/');
  await openFile(page, text.replace('"do":"run"', '"do":"fly"'));
  await expect(said).toContainText('input number');
  // Nothing was lost by any of these.
  await hasNetworkBr(lab);

  await page.locator('[data-action=reset]').click();
  await openFile(page, text);
  await page.getByRole('button', { name: 'Restore that state' }).click();
  await hasNetworkBr(lab);
});

test('a second tab of the same lab leaves the first one’s session alone', async ({ context }) => {
  const [one, two] = [await context.newPage(), await context.newPage()];
  const [first, second] = [new LabPage(one), new LabPage(two)];
  await first.open('bridge-networking');
  await first.run('create-br');
  await second.open('bridge-networking');
  await second.run('list-bridges');
  await two.locator('[data-action=sessions]').click();
  await expect(two.locator('.session-dialog')).toContainText('open in another tab');
  await two.close();
  await one.reload();
  await hasNetworkBr(first);
});

test('where nothing can be kept it is said, and the lab goes on', async ({ page }) => {
  const lab = new LabPage(page);
  await page.addInitScript(() => {
    IDBObjectStore.prototype.put = () => {
      throw new DOMException('The quota has been exceeded.', 'QuotaExceededError');
    };
  });
  await lab.open('bridge-networking');
  await lab.run('create-br');
  await expect(page.locator('lab-session')).toContainText(
    'could not be kept (The quota has been exceeded.)',
  );
  await hasNetworkBr(lab);
});
