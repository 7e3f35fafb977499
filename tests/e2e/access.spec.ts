// Keyboard, phones, no scripts, both themes: everybody gets the same lab.
import { expect } from '@playwright/test';
import { violations } from './axe.ts';
import { LabPage, labs, languages, test } from './lab-page.ts';

const pagesOf = (language: string): string[] => [
  ...(language === 'zh' ? ['/', '/404.html'] : []),
  `/${language}/`,
  `/${language}/labs/`,
  ...labs.map(({ id }) => `/${language}/labs/${id}/`),
];

for (const language of languages)
  test(`axe finds nothing on any page, light or dark (${language})`, async ({ page }) => {
    test.setTimeout(480_000);
    for (const path of pagesOf(language)) {
      await page.goto(path);
      for (const colorScheme of ['light', 'dark'] as const) {
        // A colour on its way to the other theme's is no colour of the page.
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        // The theme changes nothing but colours.
        const rule = colorScheme === 'light' ? {} : { rule: 'color-contrast' };
        expect.soft(await violations(page, rule), `${path} ${colorScheme}`).toEqual([]);
      }
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
    expect(await violations(page)).toEqual([]);
  });

/** What stands beyond the right edge and cannot be scrolled to, or is cut off by its own box. */
function cutOff(): string[] {
  const scrolls = (element: Element | null): boolean =>
    element !== null &&
    (/auto|scroll/.test(getComputedStyle(element).overflowX) || scrolls(element.parentElement));
  const found: string[] = [];
  for (const element of document.querySelectorAll('body *')) {
    const { right, width } = element.getBoundingClientRect();
    if (width <= 1 || element.closest('.visually-hidden, .skip, svg, template, .xterm, input'))
      continue;
    const { overflowX } = getComputedStyle(element);
    const own = [...element.childNodes].some(
      (node) => node.nodeType === 3 && node.nodeValue?.trim(),
    );
    const beyond = own && right > innerWidth + 1 && !scrolls(element);
    const cut = /hidden|clip/.test(overflowX) && element.scrollWidth > element.clientWidth + 1;
    if (beyond || (cut && !element.matches('.diagram-canvas')))
      found.push(`${element.tagName}.${element.className} ${element.textContent?.slice(0, 40)}`);
  }
  if (document.documentElement.scrollWidth > innerWidth) found.push('the page scrolls sideways');
  return found;
}

test('at 200 % and with reduced motion a live lab moves nothing and cuts nothing off', async ({
  page,
}) => {
  // A window of 1440 by 900 at 200 %.
  await page.setViewportSize({ width: 720, height: 450 });
  await page.emulateMedia({ reducedMotion: 'reduce' });
  const lab = new LabPage(page);
  await lab.open('getting-ready');
  await lab.run('list-nodes');
  await lab.runButton('ping-worker').click();
  const moving = await page.evaluate(() =>
    [...document.querySelectorAll('body *')]
      .filter((element) => {
        const { animationName, transitionDuration } = getComputedStyle(element);
        return animationName !== 'none' || /[1-9]/.test(transitionDuration);
      })
      .map((element) => `${element.tagName}.${element.className}`),
  );
  expect(moving).toEqual([]);
  await page.locator('.bench-pull').click();
  await page.locator('.bench-pull').click();
  await lab.type('docker node ls');
  await expect(lab.screen()).toContainText('Leader');
  expect(await page.evaluate(cutOff)).toEqual([]);
  const terminal = await page.locator('#panel-manager1').boundingBox();
  expect(terminal?.height, 'lines of the terminal are in sight').toBeGreaterThan(80);
  await page.locator('#tab-console').click();
  await expect(page.locator('#panel-console table, #panel-console .console-empty')).toBeVisible();
  expect(await page.evaluate(cutOff)).toEqual([]);
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
    test(`${language}: nothing is cut off, at 200 % neither, and the terminals are a sheet`, async ({
      page,
    }) => {
      const lab = new LabPage(page);
      for (const path of pagesOf(language)) {
        await page.goto(path);
        expect.soft(await page.evaluate(cutOff), path).toEqual([]);
        // The same page in a window of 1440 by 900 at 200 %.
        await page.setViewportSize({ width: 720, height: 450 });
        expect.soft(await page.evaluate(cutOff), `${path} at 200 %`).toEqual([]);
        // And of 1280 by 1024 at 400 % (WCAG 1.4.10).
        await page.setViewportSize({ width: 320, height: 256 });
        expect.soft(await page.evaluate(cutOff), `${path} at 400 %`).toEqual([]);
        await page.setViewportSize({ width: 390, height: 844 });
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
