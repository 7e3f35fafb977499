// Keyboard, phones, no scripts, both themes: everybody gets the same lab.
import AxeBuilder from '@axe-core/playwright';
import { expect } from '@playwright/test';
import { LabPage, labs, languages, test } from './lab-page.ts';

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const pages = [
  '/',
  '/404.html',
  ...languages.flatMap((language) => [
    `/${language}/`,
    `/${language}/labs/`,
    ...labs.map(({ id }) => `/${language}/labs/${id}/`),
  ]),
];

for (const scheme of ['light', 'dark'] as const)
  test(`axe finds nothing on any page (${scheme})`, async ({ page }) => {
    test.setTimeout(480_000);
    await page.emulateMedia({ colorScheme: scheme });
    for (const path of pages) {
      await page.goto(path);
      const axe = new AxeBuilder({ page });
      // All but the colours is the same in the dark.
      if (scheme === 'light') axe.withTags(tags);
      else axe.withRules(['color-contrast', 'link-in-text-block']);
      const { violations } = await axe.analyze();
      expect
        .soft(
          violations.map(({ id, nodes }) => `${id}: ${nodes.map((n) => n.target).join(' | ')}`),
          path,
        )
        .toEqual([]);
    }
  });

for (const scheme of ['light', 'dark'] as const)
  test(`axe finds nothing while the lab runs (${scheme})`, async ({ page }) => {
    test.setTimeout(120_000);
    await page.emulateMedia({ colorScheme: scheme });
    const lab = new LabPage(page);
    await lab.open('bridge-networking');
    await lab.run('list-bridges');
    await lab.run('create-br');
    await expect(lab.screen()).toContainText('docker network create');
    await page.locator('lab-diagram').first().scrollIntoViewIfNeeded();
    await expect(page.locator('.mermaid-drawing').first()).toBeVisible({ timeout: 20_000 });
    const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
    expect(
      violations.map(({ id, nodes }) => `${id}: ${nodes.map((n) => n.target).join(' | ')}`),
    ).toEqual([]);
  });

test('by keyboard alone: to Run, through the output, into the terminal and out of it', async ({
  page,
}) => {
  const lab = new LabPage(page);
  await lab.open('getting-ready');
  await page.keyboard.press('Tab');
  await expect(page.locator('.skip')).toBeFocused();
  await page.keyboard.press('Enter');
  for (let i = 0; i < 30; i += 1) {
    await page.keyboard.press('Tab');
    if (
      await lab.runButton('first-command').evaluate((button) => button === document.activeElement)
    )
      break;
  }
  await expect(lab.runButton('first-command')).toBeFocused();
  await page.keyboard.press('Enter');
  await lab.ended('first-command');
  await page.locator('#tab-manager1').focus();
  await page.keyboard.press('ArrowRight');
  await expect(page.locator('#tab-worker1')).toBeFocused();
  await page.keyboard.press('ArrowLeft');
  await expect(page.locator('#panel-manager1 textarea')).toBeAttached();
  await page.keyboard.press('Tab');
  await expect(page.locator('#panel-manager1 textarea')).toBeFocused();
  await page.keyboard.type('hostname');
  await page.keyboard.press('Enter');
  await expect(lab.screen()).toContainText('manager1:~# hostname');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Tab');
  await expect(page.locator('#panel-manager1 textarea')).not.toBeFocused();
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });
  for (const language of languages)
    test(`${language}: text, commands, outputs and drawings can be read`, async ({ page }) => {
      for (const lab of labs) {
        await page.goto(`/${language}/labs/${lab.id}/`);
        await expect(page.locator('lab-run')).toHaveCount(lab.steps.length);
        for (const step of lab.steps.slice(0, 3)) {
          const block = page.locator(`lab-run[data-step="${step.id}"]`);
          await expect(block.locator('.command')).toBeVisible();
          await expect(block.locator('.output-text')).toBeVisible();
        }
        await expect(page.locator('.run-button').first()).toBeHidden();
        await expect(page.locator('.twin summary').first()).toBeVisible();
        await expect(page.locator('.note').first()).toBeVisible();
      }
    });
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  for (const language of languages)
    test(`${language}: nothing is wider than the screen, and the terminals are a sheet`, async ({
      page,
    }) => {
      const lab = new LabPage(page);
      for (const { id } of labs) {
        await lab.open(id, language);
        const width = await page.evaluate(() => document.documentElement.scrollWidth);
        expect.soft(width, id).toBeLessThanOrEqual(390);
      }
      await lab.open('getting-ready', language);
      await lab.runButton('first-command').tap();
      await lab.ended('first-command');
      await page.locator('.bench-pull').tap();
      await expect(lab.screen()).toContainText('hostname');
      await page.locator('#panel-manager1 textarea').focus();
      await page.keyboard.type('echo from-a-phone\n');
      await expect(lab.screen()).toContainText('from-a-phone');
      const targets = await page
        .locator('button:visible, .site-header a:visible')
        .evaluateAll((all) =>
          all
            .map((element) => ({
              text: element.textContent,
              ...element.getBoundingClientRect().toJSON(),
            }))
            .filter(({ width, height }) => width > 0 && (height < 44 || width < 44))
            .map(({ text, width, height }) => `${text} ${width}×${height}`),
        );
      expect(targets).toEqual([]);
    });
});
