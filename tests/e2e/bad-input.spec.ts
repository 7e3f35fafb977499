// What goes wrong goes wrong plainly: a clear message, and the page and the other terminals go on.
import { expect } from '@playwright/test';
import { LabPage, test } from './lab-page.ts';

test.beforeEach(async ({ page }) => {
  await new LabPage(page).open('bridge-networking');
});

test('a line that cannot be parsed', async ({ page }) => {
  const lab = new LabPage(page);
  await lab.type('for do; done)');
  await expect(lab.screen()).toContainText(/syntax error/);
  await lab.run('list-bridges');
  await expect(lab.step('list-bridges').locator('.exit')).toHaveText('exit status 0');
});

test('an unknown command and an unknown flag', async ({ page }) => {
  const lab = new LabPage(page);
  await lab.type('dokcer ps');
  await expect(lab.screen()).toContainText('dokcer: command not found');
  await lab.type('docker network create --nonsense x');
  await expect(lab.screen()).toContainText('unknown flag: --nonsense');
});

test('a runaway loop leaves the page and the other terminals alive, and Ctrl-C ends it', async ({
  page,
}) => {
  const lab = new LabPage(page);
  await lab.type('while :; do :; done');
  await page.waitForTimeout(500);
  await lab.run('worker-ls');
  await expect(lab.output('worker-ls')).toContainText('docker_gwbridge');
  await lab.focusTerminal('manager1');
  await page.keyboard.press('Control+c');
  await lab.type('echo still-here');
  await expect(lab.screen()).toContainText(/still-here.*still-here/s, { timeout: 20_000 });
});

test('output without end is cut off by Ctrl-C or by the limit, and the page answers meanwhile', async ({
  page,
}) => {
  const lab = new LabPage(page);
  await lab.type('yes');
  await page.waitForTimeout(800);
  const before = Date.now();
  await page.locator('#tab-worker2').click();
  await expect(page.locator('#tab-worker2')).toHaveAttribute('aria-selected', 'true');
  expect(Date.now() - before).toBeLessThan(2_000);
  await lab.type('hostname', 'worker2');
  await expect(lab.screen('worker2')).toContainText('worker2');
  await page.locator('#tab-manager1').click();
  await page.locator('#panel-manager1 textarea').focus();
  await page.keyboard.press('Control+c');
  await lab.type('echo it-is-over');
  await expect(lab.screen()).toContainText(/it-is-over.*it-is-over/s, { timeout: 20_000 });
});

test('10,000 characters pasted', async ({ page }) => {
  const lab = new LabPage(page);
  await lab.focusTerminal();
  const text = 'x'.repeat(10_000);
  await page.evaluate((pasted) => {
    const data = new DataTransfer();
    data.setData('text/plain', pasted);
    document
      .querySelector('#panel-manager1 textarea')
      ?.dispatchEvent(
        new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }),
      );
  }, text);
  await page.keyboard.press('Enter');
  await expect(lab.screen()).toContainText(/command not found|too long/, { timeout: 20_000 });
  await lab.run('worker-ls');
  await expect(lab.output('worker-ls')).toContainText('docker_gwbridge');
});

test('a paste that is too long is refused with a message', async ({ page }) => {
  const lab = new LabPage(page);
  await lab.focusTerminal();
  await page.evaluate(() => {
    const data = new DataTransfer();
    data.setData('text/plain', 'y'.repeat(60_000));
    document
      .querySelector('#panel-manager1 textarea')
      ?.dispatchEvent(
        new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }),
      );
  });
  await expect(page.locator('.bench-message')).toContainText('too long');
});

test('a damaged shared link is refused with the reason, and is no harm', async ({ page }) => {
  await page.goto('/en/labs/bridge-networking/#s=notalink');
  await expect(page.locator('lab-session')).toContainText('Not restored: it is damaged');
  const lab = new LabPage(page);
  await lab.run('list-bridges');
});

test.describe('without the worker script', () => {
  // Requests of a service worker do not pass the route below.
  test.use({ serviceWorkers: 'block' });

  test('a simulator that cannot be loaded is said, and can be started again', async ({
    page,
    faults,
  }) => {
    faults.allow(/ERR_FAILED .*main[-.]/);
    const lab = new LabPage(page);
    await page.route(/\/_astro\/main[-.]/, (route) => route.abort());
    await lab.runButton('list-bridges').click();
    const session = page.locator('lab-session');
    await expect(session).toContainText('The simulator has stopped');
    await expect(lab.step('list-bridges').locator('.output-label')).toHaveText(/Sample/);
    await page.unroute(/\/_astro\/main[-.]/);
    await session.getByRole('button', { name: 'Start it again' }).click();
    await expect(session).toBeHidden();
    await lab.run('list-bridges');
    await expect(lab.output('list-bridges')).toContainText('docker_gwbridge');
  });
});
