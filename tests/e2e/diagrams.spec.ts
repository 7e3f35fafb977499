// Drawings: drawn from the reader's own world, zoomed, moved, followed and saved, and never in the way of typing.
import { readFileSync } from 'node:fs';
import { expect, type Locator, type Page } from '@playwright/test';
import { LabPage, test } from './lab-page.ts';

/** The drawing of manager1 in the lab on bridges, with c1 and c2 running and a ping between them. */
async function liveDrawing(page: Page): Promise<{ lab: LabPage; diagram: Locator }> {
  const lab = new LabPage(page);
  await lab.open('bridge-networking');
  await typeToEnd(
    lab,
    'docker network create br',
    'docker run -itd --net br --name c1 alpine sh',
    'docker run -itd --net br --name c2 alpine sh',
    'docker exec c2 ping -c 1 c1',
  );
  const diagram = page.locator('lab-diagram[data-view=host]').first();
  await diagram.scrollIntoViewIfNeeded();
  await expect(diagram.locator('.mermaid-drawing')).toContainText('c2', { timeout: 20_000 });
  return { lab, diagram };
}

let marks = 0;
/** Types commands into the terminal of manager1, and waits until the last has ended. */
async function typeToEnd(lab: LabPage, ...lines: string[]): Promise<void> {
  marks += 1;
  await lab.type([...lines, `echo en''d${marks}`].join('; '));
  await expect(lab.screen()).toContainText(`end${marks}`, { timeout: 45_000 });
}

const transform = (diagram: Locator): Promise<string> =>
  diagram.locator('.diagram-canvas svg').evaluate((svg) => (svg as SVGElement).style.transform);

test('zooms and moves by buttons, wheel and keys, and stays where it is when drawn anew', async ({
  page,
}) => {
  const { lab, diagram } = await liveDrawing(page);
  const start = await transform(diagram);
  await diagram.locator('[data-do=in]').click();
  const larger = await transform(diagram);
  expect(larger).not.toBe(start);
  await diagram.locator('.diagram-canvas').focus();
  await page.keyboard.press('ArrowRight');
  const moved = await transform(diagram);
  expect(moved).not.toBe(larger);
  await typeToEnd(lab, 'docker run -itd --net br --name c3 alpine sh');
  await diagram.scrollIntoViewIfNeeded();
  await expect(diagram.locator('.mermaid-drawing')).toContainText('c3', { timeout: 20_000 });
  expect((await transform(diagram)).replace(/^.*scale/, '')).toBe(moved.replace(/^.*scale/, ''));
  await diagram.locator('.diagram-canvas').focus();
  await page.keyboard.press('0');
  await expect.poll(() => transform(diagram)).not.toBe(moved);
});

test('follows one container: what is not its own stands back', async ({ page }) => {
  const { diagram } = await liveDrawing(page);
  await diagram.locator('select').selectOption({ label: 'c1' });
  const c1 = diagram.locator('.cluster.lit').filter({ hasText: 'c1' });
  await expect(c1).toHaveCount(1);
  await expect(diagram.locator('.cluster.dimmed').filter({ hasText: 'c2' })).toHaveCount(1);
  await diagram.locator('select').selectOption('');
  await expect(diagram.locator('.dimmed')).toHaveCount(0);
});

test('follows the last packet stage by stage, forwards and backwards, with the keyboard alone', async ({
  page,
}) => {
  const { diagram } = await liveDrawing(page);
  const next = diagram.locator('[data-do=next]');
  await next.focus();
  await page.keyboard.press('Enter');
  const caption = diagram.locator('.diagram-caption');
  await expect(caption).toContainText(/^Stage 1 of \d+: manager1 · c2 · eth0/);
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  await expect(caption).toContainText(/^Stage 3 of/);
  await expect(diagram.locator('.lit').first()).toBeVisible();
  await diagram.locator('[data-do=previous]').focus();
  await page.keyboard.press('Enter');
  await expect(caption).toContainText(/^Stage 2 of/);
  await diagram.locator('[data-do=stop]').click();
  await expect(caption).toBeHidden();
});

test('is saved as SVG, PNG and Mermaid', async ({ page }) => {
  const { diagram } = await liveDrawing(page);
  const save = async (kind: string): Promise<Buffer> => {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      diagram.locator(`[data-do=${kind}]`).click(),
    ]);
    return readFileSync(await download.path());
  };
  const svg = (await save('svg')).toString();
  expect(svg).toMatch(/^<svg/);
  expect(svg).toContain('c1');
  expect(svg).toMatch(/fill="rgb\(/);
  expect((await save('png')).subarray(1, 4).toString()).toBe('PNG');
  expect((await save('mermaid')).toString()).toMatch(/^flowchart TB\n/);
});

test('is not drawn while somebody types, on a machine four times slower, and afterwards is', async ({
  page,
}) => {
  test.setTimeout(120_000);
  const { lab, diagram } = await liveDrawing(page);
  await lab.focusTerminal('manager1');
  const session = await page.context().newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: 4 });
  await diagram.evaluate((element) => {
    const seen = { waits: [] as number[], drawings: 0 };
    Object.assign(window, { seen });
    addEventListener(
      'keydown',
      (event) => seen.waits.push(performance.now() - event.timeStamp),
      true,
    );
    new MutationObserver(() => {
      seen.drawings += 1;
    }).observe(element.querySelector('.diagram-canvas') ?? element, { childList: true });
  });
  // Each line changes the drawing; the next one is typed at once.
  for (let i = 0; i < 4; i += 1) {
    await page.keyboard.type(`docker run -itd --net br --name d${i} alpine sh`, { delay: 30 });
    await page.keyboard.press('Enter');
  }
  const { waits, drawings } = await page.evaluate(
    () => (window as unknown as { seen: { waits: number[]; drawings: number } }).seen,
  );
  const sorted = waits.toSorted((a, b) => a - b);
  const [typical, worst] = [sorted[Math.floor(sorted.length / 2)] ?? 0, sorted.at(-1) ?? 0];
  console.log(`a key waits ${typical.toFixed(1)} ms, at most ${worst.toFixed(1)} ms`);
  expect(drawings, 'drawings while keys were pressed').toBe(0);
  expect(typical).toBeLessThanOrEqual(50);
  await session.send('Emulation.setCPUThrottlingRate', { rate: 1 });
  await diagram.scrollIntoViewIfNeeded();
  await expect(diagram.locator('.mermaid-drawing')).toContainText('d3', { timeout: 30_000 });
});
