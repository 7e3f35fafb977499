// A whole lab without a mouse: blocks, questions, hints, tasks, drawing, terminals, console and browser pane.
import { expect, type Locator, type Page } from '@playwright/test';
import { LabPage, labs, test } from './lab-page.ts';

/** Presses Tab (or Shift+Tab) until the element has the focus. */
async function tabTo(page: Page, target: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  const focused = () => target.evaluate((element) => element === document.activeElement);
  for (let presses = 0; presses < 80; presses += 1) {
    await page.keyboard.press(key);
    if (await focused()) return;
  }
  await expect(target, 'reached by the Tab key').toBeFocused();
}

async function press(page: Page, target: Locator): Promise<void> {
  await tabTo(page, target);
  await page.keyboard.press('Enter');
}

test('a whole lab by keyboard alone', async ({ page }) => {
  test.setTimeout(120_000);
  await page.addInitScript(() => {
    const seen = { pointers: 0 };
    Object.assign(window, { seen });
    addEventListener('pointerdown', () => {
      seen.pointers += 1;
    });
  });
  const lab = new LabPage(page);
  const content = labs.find(({ id }) => id === 'getting-ready');
  await lab.open('getting-ready');
  await page.keyboard.press('Tab');
  await expect(page.locator('.skip')).toBeFocused();
  await page.keyboard.press('Enter');

  // The drawing is moved and zoomed by keys.
  const canvas = page.locator('lab-diagram .diagram-canvas');
  await tabTo(page, canvas);
  const drawing = canvas.locator('svg');
  await expect(page.locator('lab-diagram[data-tools]')).toBeVisible();
  const before = await drawing.getAttribute('style');
  await page.keyboard.press('+');
  await expect(drawing).not.toHaveAttribute('style', before ?? '');

  // Questions are answered and commands run, in the order of the page.
  for (const step of content?.steps ?? []) {
    const question = content?.predictions.find(({ before: id }) => id === step.id);
    const right = question?.options.at(-1)?.id;
    const answer = page.locator(`lab-predict[data-id="${question?.id}"] [data-option="${right}"]`);
    if (question) await press(page, answer);
    await press(page, lab.runButton(step.id));
    await lab.ended(step.id);
    await expect(lab.verdict(step.id)).toHaveAttribute('data-holds', 'true', { timeout: 20_000 });
    if (question) await expect(answer).toHaveAttribute('data-right', 'true');
  }

  // A task on one's own: the ladder of hints, then the way is shown.
  const task = page.locator('lab-try[data-id=remove-note]');
  await press(page, task.locator('summary').first());
  await press(page, task.locator('summary').nth(1));
  await press(page, task.locator('.try-show'));
  await expect(task.locator('.try-result')).toHaveAttribute('data-holds', 'true', {
    timeout: 20_000,
  });
  await tabTo(page, page.locator('.lab-end-next'));

  // The other task in a terminal: tabs by arrows, out of it by Escape and Tab.
  await tabTo(page, page.locator('.bench-tab[aria-selected=true]'));
  await page.keyboard.press('Home');
  for (const host of ['worker1', 'worker2', 'worker3']) {
    await page.keyboard.press('ArrowRight');
    await expect(page.locator(`#tab-${host}`)).toBeFocused();
  }
  await expect(lab.screen('worker3')).toContainText('root@worker3');
  await tabTo(page, page.locator('#panel-worker3 textarea'));
  await page.keyboard.type('echo hello > /root/note.txt\n');
  await expect(lab.screen('worker3')).toContainText('note.txt');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Shift+Tab');
  const note = page.locator('lab-try[data-id=note-on-worker3]');
  await tabTo(page, note.locator('.try-check'), 'Shift+Tab');
  await page.keyboard.press('Enter');
  await expect(note.locator('.try-result')).toHaveAttribute('data-holds', 'true');

  // Console and browser pane.
  await tabTo(page, page.locator('#tab-worker3'));
  await page.keyboard.press('ArrowRight');
  await expect(page.locator('#tab-console')).toBeFocused();
  const panel = page.locator('#panel-console');
  await expect(panel.locator('.console-nav')).toBeVisible();
  await press(page, panel.locator('[data-value=nodes]').first());
  await expect(panel.locator('tbody tr')).toHaveCount(4, { timeout: 15_000 });
  await tabTo(page, page.locator('#tab-console'), 'Shift+Tab');
  await page.keyboard.press('ArrowRight');
  await press(page, page.locator('#panel-browser input').first());
  await expect(page.locator('#panel-browser .browser-page')).toContainText('curl: (7)');

  expect(
    await page.evaluate(() => (window as unknown as { seen: { pointers: number } }).seen.pointers),
  ).toBe(0);
});
