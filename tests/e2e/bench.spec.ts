// The bench: shells of hosts and containers, two at a time, editing, search, clipboard, what a phone needs, text for ears.
import { test as base, expect } from '@playwright/test';
import { LabPage, test } from './lab-page.ts';

test('a line is edited with Emacs keys, looked up with Ctrl-R and completed with Tab', async ({
  page,
}) => {
  const lab = new LabPage(page);
  await lab.open('bridge-networking');
  await lab.type('echo one two');
  await expect(lab.screen()).toContainText('one two');
  await page.keyboard.press('Control+r');
  await page.keyboard.type('echo');
  await expect(lab.screen()).toContainText("(reverse-i-search)`echo': echo one two");
  await page.keyboard.press('Control+e');
  await page.keyboard.press('Control+w');
  await page.keyboard.type('three');
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Alt+d');
  await page.keyboard.type('printf "%s-"');
  await page.keyboard.press('Enter');
  await expect(lab.screen()).toContainText('one-three-root@manager1');
  await page.keyboard.type('docker netw');
  await page.keyboard.press('Tab');
  await page.keyboard.type('ls --filt');
  await page.keyboard.press('Tab');
  await expect(lab.screen()).toContainText('docker network ls --filter');
  await page.keyboard.press('Control+u');
  await page.keyboard.type('docker network inspect docker_g');
  await page.keyboard.press('Tab');
  await expect(lab.screen()).toContainText('docker network inspect docker_gwbridge');
});

test('a shell in a container gets a tab of its own, and comes back after a reload', async ({
  page,
}) => {
  const lab = new LabPage(page);
  await lab.open('bridge-networking');
  await lab.run('create-br');
  await lab.run('run-c1');
  await page.locator('[data-action=new-shell]').click();
  await page.getByRole('combobox', { name: 'Where?' }).selectOption('A shell in the container c1');
  await page.getByRole('button', { name: 'Open', exact: true }).click();
  await expect(page.locator('#tab-manager1-2')).toHaveText('manager1 · c1');
  await expect(lab.screen('manager1-2')).toContainText('/ #');
  await page.keyboard.type('hostname -i');
  await page.keyboard.press('Enter');
  await expect(lab.screen('manager1-2')).toContainText('172.19.0.2');
  await page.waitForTimeout(900);
  await page.reload();
  await page.locator('#tab-manager1-2').click();
  await expect(lab.screen('manager1-2')).toContainText('172.19.0.2');
});

test('two terminals stand one above the other, and the page remembers it', async ({ page }) => {
  const lab = new LabPage(page);
  await lab.open('bridge-networking');
  await lab.focusTerminal('worker1');
  await page.locator('[data-action=split]').click();
  await expect(page.locator('.bench-panel:visible')).toHaveCount(2);
  const line = page.locator('.bench-split');
  const before = await line.boundingBox();
  await line.focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  expect((await line.boundingBox())?.y).toBeGreaterThan(before?.y ?? 0);
  await page.locator('.bench-handle').focus();
  await page.keyboard.press('ArrowLeft');
  const width = (await page.locator('lab-bench').boundingBox())?.width;
  await page.reload();
  await page.locator('.bench-tab').first().hover();
  await expect(page.locator('.bench-panel:visible')).toHaveCount(2);
  expect((await page.locator('lab-bench').boundingBox())?.width).toBeCloseTo(width ?? 0, 0);
});

test('text is found in the terminal, and what is selected is copied by Ctrl-C', async ({
  page,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const lab = new LabPage(page);
  await lab.open('bridge-networking');
  await lab.type('docker network ls');
  await expect(lab.screen()).toContainText('docker_gwbridge');
  await page.keyboard.press('Control+Shift+f');
  await page.keyboard.type('gwbridge');
  await page.keyboard.press('Enter');
  await expect(page.locator('.bench-find output')).toBeEmpty();
  await page.locator('.bench-find input').fill('nowhere');
  await page.keyboard.press('Enter');
  await expect(page.locator('.bench-find output')).toHaveText('not found');
  await page.locator('.bench-find input').fill('docker_gwbridge');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
  await expect(page.locator('.bench-find')).toBeHidden();
  await page.keyboard.press('Control+c');
  await expect(page.locator('.bench-message')).toHaveText('The selected text is copied.');
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('docker_gwbridge');
});

test('what is typed stands as text too, and is said once', async ({ page }) => {
  const lab = new LabPage(page);
  await lab.open('bridge-networking');
  await lab.type('echo hello there');
  await expect(page.locator('.bench-said')).toHaveText('hello there\nmanager1: exit status 0.');
  await lab.type('false');
  await expect(page.locator('.bench-said')).toHaveText('manager1: exit status 1.');
  await page.locator('.transcript summary').click();
  await expect(page.locator('.transcript li')).toHaveCount(2);
  await expect(page.locator('.transcript li').first()).toContainText('hello there');
});

base.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test('a row of keys has what the keyboard lacks', async ({ page }) => {
    const lab = new LabPage(page);
    await lab.open('bridge-networking', 'zh');
    await page.locator('.bench-pull').tap();
    await page.locator('.bench-start').tap();
    await expect(lab.screen()).toContainText('root@manager1', { timeout: 15_000 });
    await page.keyboard.type('sleep 50');
    await page.keyboard.press('Enter');
    await page.locator('.key-row [data-hold]').tap();
    await expect(page.locator('.key-row [data-hold]')).toHaveAttribute('aria-pressed', 'true');
    await page.keyboard.type('c');
    await expect(lab.screen()).toContainText('^C');
    await page.locator('.key-row').getByRole('button', { name: '向上' }).tap();
    await expect(lab.screen()).toContainText(/\^C[\s\S]*sleep 50/);
  });

  test('half open, the bench has its tools with their names, and the machines', async ({
    page,
  }) => {
    const lab = new LabPage(page);
    await lab.open('overlay-networking', 'zh');
    await lab.run('list-nodes');
    await page.locator('.bench-pull').click();
    await expect(page.locator('lab-bench')).toHaveAttribute('data-size', 'half');
    for (const name of ['新开', '分屏', '查找'])
      await expect(page.locator('.bench-tools').getByRole('button', { name })).toHaveText(name);
    await page.locator('.bench-machines summary').click();
    const button = page.locator('[data-machine=worker3] [data-hand=power]');
    await button.scrollIntoViewIfNeeded();
    await button.click();
    await expect(page.locator('[data-machine=worker3] .machine-state')).toHaveText(/^已断电/);
  });
});

test('what any command changed below is listed, a typed one too', async ({ page }) => {
  const lab = new LabPage(page);
  await lab.open('network-basics');
  await page.locator('.bench-changes summary').click();
  await expect(page.locator('.bench-changes')).toContainText('No command has been run yet.');
  await lab.type('docker network create mine');
  const changes = page.locator('.bench-changes');
  await expect(changes.locator('.bench-changes-of')).toHaveText(
    'manager1: the line typed in the terminal',
  );
  await expect(changes.locator('.change[data-change=added]').first()).toContainText('interface');
  await lab.type('docker network ls');
  await expect(changes.locator('.changes-none')).toHaveText(
    'No interface, address, route, rule or file changed.',
  );
  await lab.run('inspect-bridge');
  await expect(changes.locator('.bench-changes-of')).toContainText('docker network inspect');
});

test('the list of tabs is a box of its own, with its tabs in it', async ({ page }) => {
  await new LabPage(page).open('getting-ready');
  const list = page.getByRole('tablist');
  // Without a box (`display: contents`) some browsers leave an element out of the accessibility tree.
  await expect(list).toBeVisible();
  await expect(list.getByRole('tab')).toHaveCount(6);
});
