// The console: one more client of the Engine API, in the routing-mesh lab.
import { expect, type Locator, type Page } from '@playwright/test';
import { violations } from './axe.ts';
import { LabPage, languages, test } from './lab-page.ts';

const doing = (root: Locator, what: string, value?: string): Locator =>
  root.locator(`[data-do="${what}"]${value === undefined ? '' : `[data-value="${value}"]`}`);

async function withPets(page: Page, language: string): Promise<Locator> {
  const lab = new LabPage(page);
  await lab.open('routing-mesh', language);
  await page.locator('.bench-foot select').selectOption('8');
  for (const id of ['create-overnet', 'create-ubuntu', 'create-pets']) await lab.run(id);
  await expect(lab.verdict('create-pets')).toHaveAttribute('data-holds', 'true', {
    timeout: 45_000,
  });
  const console = page.locator('lab-console .console-live').first();
  await expect(doing(console, 'service', 'pets')).toBeVisible({ timeout: 20_000 });
  return console;
}

for (const language of languages)
  test(`${language}: a service is scaled, its containers and logs are shown, and undo takes it back`, async ({
    page,
  }) => {
    test.setTimeout(120_000);
    const console = await withPets(page, language);
    await doing(console, 'service', 'pets').click();
    await expect(doing(console, 'endpoint')).toHaveAttribute('href', 'http://manager1:5000/');
    await doing(console, 'panel', 'configure').click();
    await doing(console, 'section', 'scheduling').click();
    await console.locator('input[name=replicas]').fill('10');
    await expect(console.locator('.console-form')).toContainText('docker service scale pets=10');
    await console.locator('button[type=submit]').click();
    await expect(console.locator('.console-said')).toContainText('docker service scale pets=10');
    const count = console.locator('tr', { hasText: 'pets' }).locator('.console-count');
    await expect(count).toHaveText('10/10', { timeout: 30_000 });
    await doing(console, 'service', 'pets').click();
    await doing(console, 'panel', 'containers').click();
    await expect(console.locator('tbody tr')).toHaveCount(10);
    expect(await violations(page, { include: 'lab-console' })).toEqual([]);
    await doing(console, 'panel', 'logs').click();
    await expect(console.locator('.console-logs, .console-empty')).toBeVisible();
    await page.locator('[data-action=undo]').click();
    await doing(console, 'page', 'services').click();
    await expect(count).toHaveText('1/1', { timeout: 30_000 });
  });

test('a worker refuses in its own words; a drained node is shown as such', async ({ page }) => {
  test.setTimeout(120_000);
  const console = await withPets(page, 'en');
  await doing(console, 'host').selectOption('worker1');
  await expect(console.locator('.console-error')).toContainText(
    'This node is not a swarm manager.',
  );
  await doing(console, 'host').selectOption('manager1');
  await doing(console, 'page', 'nodes').click();
  await doing(console, 'availability', 'worker2').selectOption('drain');
  await expect(console.locator('.console-said')).toContainText(
    'docker node update --availability drain worker2',
  );
  await doing(console, 'page', 'tasks').click();
  const onWorker2 = console.locator('tr', { hasText: 'worker2' });
  await expect(onWorker2.locator('[data-state=running]')).toHaveCount(0, { timeout: 30_000 });
});

test('a run of requests says who served how many, as the engine counts; the endpoint opens in the browser pane', async ({
  page,
}) => {
  test.setTimeout(120_000);
  const console = await withPets(page, 'en');
  const lab = new LabPage(page);
  await lab.run('where-is-pets');
  await lab.type('docker service scale -d pets=4');
  const row = console.locator('tr', { hasText: 'pets' });
  await expect(row.locator('.console-count')).toHaveText('4/4', { timeout: 30_000 });
  // What the chart says is what the balancer of the entered node has counted.
  const browser = page.locator('lab-browser').first();
  await browser.locator('.browser-bar input').fill('http://manager1:5000/');
  await browser.locator('.browser-times input').fill('14');
  await browser.locator('.browser-times button').click();
  const shares = browser.locator('.browser-shares');
  await expect(shares).toContainText('14 requests, 14 answers, from 4 containers.');
  const counts = await shares.locator('tbody td:nth-of-type(2)').allTextContents();
  await lab.type(
    `nsenter --net=/var/run/docker/netns/ingress_sbox ipvsadm -ln --stats | awk '/->.*:0/ {print "conns=" $3}'`,
  );
  await expect(lab.screen()).toContainText(/(conns=\d+\s*){4}/);
  const counted = [...((await lab.screen().textContent()) ?? '').matchAll(/conns=(\d+)/g)];
  expect(counted.map(([, n]) => n).sort()).toEqual(counts.toSorted());
  await doing(console, 'service', 'pets').click();
  await doing(console, 'endpoint').click();
  await expect(browser.locator('.browser-page')).toContainText('Served by');
  await expect(browser.locator('.browser-foot')).toContainText(/pets\.\d\./);
  await expect(page.locator('lab-do[data-step=open-pets] .do-state')).toHaveText(/✓/, {
    timeout: 20_000,
  });
  await browser.locator('.browser-bar input').fill('http://manager1:81/');
  await browser.locator('.browser-bar button[type=submit]').click();
  await expect(browser.locator('.browser-page')).toContainText('curl: (7)');
});
