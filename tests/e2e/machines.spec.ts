// The machines' power and cables, by keyboard, and what the swarm makes of them.
import { expect, type Page } from '@playwright/test';
import { violations } from './axe.ts';
import { LabPage, test } from './lab-page.ts';

const row = (page: Page, host: string) => page.locator(`[data-machine=${host}]`);
const state = (page: Page, host: string) => row(page, host).locator('.machine-state');
const hand = (page: Page, host: string, what: 'power' | 'cable') =>
  row(page, host).locator(`[data-hand=${what}]`);

test('a host is switched off and on by keyboard; the swarm finds out, and says so in words', async ({
  page,
}) => {
  test.setTimeout(180_000);
  const lab = new LabPage(page);
  await lab.open('overlay-networking');
  await lab.run('list-nodes');
  const summary = page.locator('.bench-machines summary');
  await summary.focus();
  await page.keyboard.press('Enter');
  await expect(state(page, 'worker2')).toHaveText('on · Ready to the swarm');
  expect(await violations(page, { include: '.bench-machines' })).toEqual([]);

  const button = hand(page, 'worker2', 'power');
  await expect(button).toHaveAccessibleName('Power off worker2');
  for (let presses = 0; presses < 5; presses += 1) await page.keyboard.press('Tab');
  await expect(button).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(state(page, 'worker2')).toHaveText(/^powered off/);
  await expect(button).toHaveAccessibleName('Power on worker2');
  const twin = page.locator('lab-diagram').first().locator('.twin-body');
  await expect(twin).toContainText('worker2 · 192.168.56.12 · worker · Ready · powered off');
  await expect(state(page, 'worker2')).toHaveText('powered off · Down to the swarm', {
    timeout: 60_000,
  });
  await expect(page.locator('.bench-machines [role=status]')).toHaveText(
    'worker2: powered off · Down to the swarm',
  );
  await expect(twin).toContainText('Down · powered off');
  await page.locator('.bench-changes summary').press('Enter');
  await expect(page.locator('.bench-changes-of')).toHaveText('worker2: Power off');
  await lab.run('list-nodes');
  await expect(lab.output('list-nodes')).toContainText(/worker2 +Down/);

  await button.press('Enter');
  await expect(state(page, 'worker2')).toHaveText('on · Ready to the swarm', { timeout: 90_000 });
  await expect(twin).toContainText('worker2 · 192.168.56.12 · worker · Ready');
});

test('a cable is pulled and plugged in, and undo brings it back', async ({ page }) => {
  test.setTimeout(150_000);
  const lab = new LabPage(page);
  await lab.open('getting-ready', 'zh');
  await lab.run('first-command');
  await page.locator('.bench-machines summary').press('Enter');
  await hand(page, 'worker1', 'cable').press('Enter');
  await expect(state(page, 'worker1')).toHaveText(/^开着 · 网线已拔/);
  const twin = page.locator('lab-diagram').first().locator('.twin-body');
  await expect(twin).toContainText('worker1 · 192.168.56.11 · 工作节点 · 网线已拔');
  await page.locator('.bench-foot select').selectOption('8');
  await lab.type('ping -c 1 -W 1 192.168.56.11');
  await expect(lab.screen()).toContainText('100% packet loss', { timeout: 30_000 });
  await hand(page, 'worker1', 'cable').press('Enter');
  await expect(state(page, 'worker1')).toHaveText(/^开着 · 集群里显示/);
  await page.locator('[data-action=undo]').click();
  await expect(state(page, 'worker1')).toHaveText(/^开着 · 网线已拔/, { timeout: 30_000 });
});
