// How every kind of page looks: the first screen, in both languages, wide and narrow, light and dark, against the pictures
// in tests/e2e/looks. `npm run test:e2e -- looks.spec.ts --update-snapshots=all` takes them anew; look at what changed.
import { expect, type Page } from '@playwright/test';
import { LabPage, languages, test } from './lab-page.ts';

const sizes = {
  wide: { viewport: { width: 1440, height: 900 } },
  narrow: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
} as const;
const pagesOf = (language: string) => ({
  home: `/${language}/`,
  labs: `/${language}/labs/`,
  lab: `/${language}/labs/bridge-networking/`,
  // These two are the same in both languages.
  ...(language === 'zh' ? { root: '/', missing: '/404.html' } : {}),
});

/** Widths of texts in the fonts that the pictures were taken with; other fonts break lines elsewhere. */
const fontsOfPictures = [1987, 1758, 1580];
const fontsHere = (page: Page): Promise<number[]> =>
  page.evaluate(() =>
    [
      ['16px system-ui', 'A network of four hosts'],
      ['16px ui-monospace, monospace', 'docker network ls'],
      ['16px system-ui', '四台主机和一个集群'],
    ].map(([font = '', text = '']) => {
      const context = document.createElement('canvas').getContext('2d');
      if (context) context.font = font;
      const measured = context?.measureText(text);
      return Math.round(10 * ((measured?.width ?? 0) + (measured?.actualBoundingBoxAscent ?? 0)));
    }),
  );

async function inBothThemes(page: Page, name: string, compared: boolean): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    const picture = await page.screenshot({
      type: 'jpeg',
      quality: 55,
      animations: 'disabled',
      caret: 'hide',
    });
    if (!compared) expect.soft(picture.length, name).toBeGreaterThan(4_000);
    else
      expect.soft(picture).toMatchSnapshot(`${name}-${colorScheme}.jpg`, {
        maxDiffPixelRatio: 0.02,
        threshold: 0.25,
      });
  }
}

for (const [size, use] of Object.entries(sizes))
  test.describe(size, () => {
    test.use(use);
    for (const language of languages)
      test(`${language}: every kind of page looks as it did`, async ({ page }) => {
        await page.goto('/404.html');
        const fonts = await fontsHere(page);
        const compared = String(fonts) === String(fontsOfPictures);
        // The pages are opened and used all the same.
        if (!compared)
          test.info().annotations.push({ type: 'not compared', description: `fonts: ${fonts}` });
        for (const [kind, path] of Object.entries(pagesOf(language))) {
          await page.goto(path);
          await inBothThemes(page, `${kind}-${language}-${size}`, compared);
        }
        // A lab whose bench is alive, and the console in it.
        const lab = new LabPage(page);
        await lab.open('bridge-networking', language);
        if (size === 'narrow') await page.locator('.bench-pull').click();
        await expect(page.locator('.bench-start')).toBeVisible();
        await lab.type('docker network ls');
        await expect(lab.screen()).toContainText('docker_gwbridge');
        await page.evaluate(() =>
          scrollTo(0, document.querySelector<HTMLElement>('lab-run')?.offsetTop ?? 0),
        );
        await inBothThemes(page, `bench-${language}-${size}`, compared);
        await page.locator('.bench-foot select').selectOption('8');
        await lab.type(
          'docker service create -qd --name site --replicas 2 -p 8080:80 nginx:alpine',
        );
        if (size === 'narrow') await page.locator('.bench-pull').click();
        await page.locator('#tab-console').click();
        const count = page.locator('#panel-console .console-count');
        await expect(count).toHaveText('2/2', { timeout: 30_000 });
        await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
        await inBothThemes(page, `console-${language}-${size}`, compared);
      });
  });
