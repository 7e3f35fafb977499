// The site around the labs: two languages, links, anchors, theme, the page that is not there.
import { expect } from '@playwright/test';
import { LabPage, labs, languages, test } from './lab-page.ts';

test('the root offers both languages', async ({ page }) => {
  await page.goto('/');
  await page.getByRole('link', { name: /中文/ }).click();
  await expect(page).toHaveURL(/\/zh\/$/);
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN');
  await page.goto('/');
  await page.getByRole('link', { name: /English/ }).click();
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
});

test('every link inside the site leads somewhere, anchors too', async ({ page, baseURL }) => {
  test.setTimeout(120_000);
  const seen = new Set<string>();
  const queue = ['/'];
  const wanted = new Map<string, string>();
  const ids = new Map<string, Set<string>>();
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    const response = await page.goto(path);
    expect(response?.status(), path).toBe(200);
    const found = await page.evaluate(() => ({
      links: [...document.querySelectorAll<HTMLAnchorElement>('a[href]')].map((a) => a.href),
      ids: [...document.querySelectorAll('[id]')].map((e) => e.id),
    }));
    ids.set(path, new Set(found.ids));
    for (const link of found.links) {
      const url = new URL(link);
      if (url.origin !== baseURL) continue;
      if (url.hash) wanted.set(`${url.pathname}${url.hash}`, path);
      queue.push(url.pathname);
    }
  }
  expect(seen.size).toBeGreaterThanOrEqual(5 + labs.length * 2);
  for (const [target, from] of wanted) {
    const [path = '', id = ''] = target.split('#');
    expect.soft(ids.get(path)?.has(decodeURIComponent(id)), `${from} → ${target}`).toBe(true);
  }
});

test('both languages of a lab have the same anchors, and the switch keeps one’s place', async ({
  page,
}) => {
  for (const { id } of labs) {
    const anchors: string[][] = [];
    for (const language of languages) {
      await page.goto(`/${language}/labs/${id}/`);
      anchors.push(
        await page.locator('main :is(h2, h3)[id]').evaluateAll((all) => all.map((e) => e.id)),
      );
    }
    expect(anchors[0]).toEqual(anchors[1]);
    expect(anchors[0]?.length).toBeGreaterThan(2);
  }
  await page.goto('/zh/labs/bridge-networking/');
  await page.locator('.contents a[href^="#"]').nth(1).click();
  const { hash } = new URL(page.url());
  await page.locator('[data-language-switch]').click();
  await expect(page).toHaveURL(new RegExp(`/en/labs/bridge-networking/${hash}$`));
});

test('the theme is kept', async ({ page }) => {
  await page.goto('/en/');
  const before = await page.evaluate(
    () => getComputedStyle(document.body.parentElement as Element).backgroundColor,
  );
  await page.locator('theme-toggle button').click();
  const after = await page.evaluate(
    () => getComputedStyle(document.body.parentElement as Element).backgroundColor,
  );
  expect(after).not.toBe(before);
  await page.goto('/zh/labs/');
  expect(
    await page.evaluate(
      () => getComputedStyle(document.body.parentElement as Element).backgroundColor,
    ),
  ).toBe(after);
});

test('a page that is not there says so in both languages', async ({ page, faults }) => {
  faults.allow(/404 .*\/zh\/nothing\//);
  const response = await page.goto('/zh/nothing/');
  expect(response?.status()).toBe(404);
  await expect(page.locator('main')).toContainText('没有这个页面');
  await expect(page.locator('main')).toContainText('No such page');
});

test('only the page’s own small scripts are loaded before the first Run', async ({ page }) => {
  const scripts: string[] = [];
  page.on('request', (request) => {
    if (request.resourceType() === 'script') scripts.push(new URL(request.url()).pathname);
  });
  await new LabPage(page).open('bridge-networking');
  await page.waitForLoadState('networkidle');
  expect(scripts.filter((path) => /terminal|mermaid|main[-.]/.test(path))).toEqual([]);
});

test('who was here once can go on without a network', async ({ page, context }) => {
  const lab = new LabPage(page);
  await lab.open('bridge-networking');
  await lab.run('list-bridges');
  await expect(lab.screen()).toContainText('docker network ls');
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.reload();
  await lab.run('list-bridges');
  await expect(lab.screen()).toContainText('docker network ls');
  await context.setOffline(true);
  await page.reload();
  await lab.run('list-bridges');
  await expect(lab.output('list-bridges')).toContainText('docker_gwbridge');
  await page.goto('/zh/labs/');
  await expect(page.locator('.lab-card')).toHaveCount(labs.length);
});
