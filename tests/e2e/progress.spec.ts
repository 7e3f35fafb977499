// How far the reader has come: in the contents of every lab page, at a lab's end, and the way there by one press.
import { expect } from '@playwright/test';
import { violations } from './axe.ts';
import { LabPage, labs, test } from './lab-page.ts';

test('run to here runs what is missing; the contents and the end of the lab say how far one has come', async ({
  page,
}) => {
  const lab = new LabPage(page);
  await lab.open('getting-ready', 'zh');
  const mark = page.locator('.contents lab-progress[data-lab=getting-ready]');
  const [here, next] = [labs[0], labs[1]];
  const all = here?.steps.length ?? 0;
  await expect(mark).toHaveText(`0/${all} 共 ${all} 步，完成了 0 步`);
  await expect(page.locator('lab-end')).toBeHidden();
  await expect(lab.step('first-command').locator('.run-to-here')).toHaveCount(0);
  await page.locator('.bench-foot select').selectOption('8');
  await lab.step('worker-note').locator('.run-to-here').click();
  await lab.ended('worker-note');
  await expect(lab.runButton('worker-note')).toBeFocused();
  await expect(lab.step('worker-note').locator('.run-to-here')).toBeHidden();
  await expect(lab.verdict('list-nodes')).toHaveAttribute('data-holds', 'true');
  await expect(mark).toHaveText(`4/${all} 共 ${all} 步，完成了 4 步`);
  const end = page.locator('lab-end');
  await expect(end.locator('.lab-end-open a')).toHaveText(['第 5 步', '第 6 步', '第 7 步']);
  await lab
    .step(here?.steps.at(-1)?.id ?? '')
    .locator('.run-to-here')
    .click();
  await expect(mark).toHaveText(new RegExp(`^✓ ${all}/${all}`), { timeout: 45_000 });
  await expect(end).toContainText(`这个实验的 ${all} 步都做完了。`);
  await expect(page.locator('lab-end + [role=status]'), 'is read out').toHaveText(
    `这个实验的 ${all} 步都做完了。`,
  );
  await end.locator('.lab-end-next').click();
  await expect(page).toHaveURL(new RegExp(`/zh/labs/${next?.id}/$`));
  // Known on every page, with nothing loaded.
  await expect(mark).toHaveText(new RegExp(`^✓ ${all}/${all}`));
});

test('what is kept of a step that is no more does not count', async ({ page }) => {
  await page.addInitScript(() =>
    localStorage.setItem('progress:getting-ready', '["first-command","an-old-name","another"]'),
  );
  const lab = new LabPage(page);
  await lab.open('getting-ready');
  const all = labs[0]?.steps.length ?? 0;
  const mark = page.locator('.contents lab-progress[data-lab=getting-ready]');
  await expect(mark).toContainText(`1/${all}`);
  await page.goto('/en/labs/');
  await expect(page.locator('.lab-cards lab-progress[data-lab=getting-ready]')).toContainText(
    `1/${all}`,
  );
});

test('run to here goes no further than a step that did not do what it should', async ({ page }) => {
  const lab = new LabPage(page);
  await lab.open('bridge-networking');
  await page.locator('.bench-foot select').selectOption('8');
  await lab.type('docker run -itd --name c1 alpine sh');
  await expect(lab.screen()).toContainText(/[0-9a-f]{64}/);
  await lab.step('inspect-br').locator('.run-to-here').click();
  await expect(lab.verdict('run-c1')).toHaveAttribute('data-holds', 'false', { timeout: 20_000 });
  await expect(lab.runButton('run-c1')).toBeFocused();
  await expect(lab.step('inspect-br').locator('.output[data-live]')).toHaveCount(0);
});

test('the last lab that is open is suggested, and then none', async ({ page }) => {
  const open = labs[2];
  await page.addInitScript(
    ([all, left]) => {
      for (const { id, steps } of all)
        if (id !== left || sessionStorage.getItem('last'))
          localStorage.setItem(`progress:${id}`, JSON.stringify(steps));
    },
    [
      labs.map(({ id, steps }) => ({ id, steps: steps.map((step) => step.id) })),
      open?.id ?? '',
    ] as const,
  );
  await new LabPage(page).open(labs.at(-1)?.id ?? '');
  const end = page.locator('lab-end');
  await expect(end.locator('.lab-end-next')).toHaveAttribute(
    'href',
    new RegExp(`/en/labs/${open?.id}/$`),
  );
  await page.evaluate(() => sessionStorage.setItem('last', 'done'));
  await page.reload();
  await expect(end).toContainText('You have done all labs.');
  await expect(end.locator('.lab-end-next')).toBeHidden();
});

test('console and browser are in the bench of every lab', async ({ page }) => {
  const lab = new LabPage(page);
  await lab.open('getting-ready');
  await page.locator('#tab-console').click();
  const panel = page.locator('#panel-console');
  await panel.getByRole('button', { name: 'Nodes' }).click();
  await expect(panel.locator('tbody tr')).toHaveCount(4, { timeout: 15_000 });
  await page.locator('.bench-foot select').selectOption('8');
  await lab.type('docker service create -d --name site -p 8080:80 nginx:alpine');
  await page.locator('#tab-console').click();
  await panel.getByRole('button', { name: 'Services' }).click();
  await expect(panel.locator('.console-count')).toHaveText('1/1', { timeout: 20_000 });
  expect(await violations(page, { include: 'lab-bench' })).toEqual([]);
  await panel.getByRole('button', { name: 'site', exact: true }).click();
  await panel.locator('[data-do=endpoint]').click();
  await expect(page.locator('#tab-browser')).toHaveAttribute('aria-selected', 'true');
  expect(await violations(page, { include: 'lab-bench' })).toEqual([]);
  await expect(page.locator('#panel-browser .browser-page')).toContainText('Welcome to nginx!');
  // Run comes back to the terminal; the split shows both.
  await page.locator('#tab-console').click();
  await page.locator('[data-action=split]').click();
  await expect(page.locator('.bench-panel:visible')).toHaveCount(2);
  await expect(page.locator('#panel-manager1')).toBeVisible();
});
