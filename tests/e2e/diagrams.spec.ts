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

/** Texts in a drawing that are wider than their box. */
function labelsOverTheEdge(element: Element): string[] {
  return [...element.querySelectorAll('.node')].flatMap((node) => {
    const box = node.querySelector('rect, path, polygon')?.getBoundingClientRect();
    const text = node.querySelector('text');
    const label = text?.getBoundingClientRect();
    const fits = !box || !label || (label.left >= box.left && label.right <= box.right);
    return fits ? [] : [text?.textContent ?? ''];
  });
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

test('follows a container, then the last packet stage by stage with the keyboard alone, and is saved', async ({
  page,
}) => {
  const { diagram } = await liveDrawing(page);
  expect(await diagram.evaluate(labelsOverTheEdge)).toEqual([]);
  await diagram.locator('select').selectOption({ label: 'c1' });
  const c1 = diagram.locator('.cluster.lit').filter({ hasText: 'c1' });
  await expect(c1).toHaveCount(1);
  await expect(diagram.locator('.cluster.dimmed').filter({ hasText: 'c2' })).toHaveCount(1);
  await diagram.locator('select').selectOption('');
  await expect(diagram.locator('.dimmed')).toHaveCount(0);

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

test('before the first packet the drawing of a request says what to do', async ({ page }) => {
  const lab = new LabPage(page);
  await lab.open('routing-mesh');
  await lab.run('create-overnet');
  const drawing = page.locator('lab-diagram[data-view=request]');
  await drawing.scrollIntoViewIfNeeded();
  await expect(drawing.locator('.mermaid-drawing')).toBeVisible({ timeout: 30_000 });
  await expect(drawing.locator('.twin-body')).toHaveText(
    'Nobody has been to port 5000 yet. Run the curl of this section or open it in the browser: the way is drawn here.',
  );
  await expect(drawing.locator('.mermaid-drawing')).toContainText('port 5000');
});

test('a request is told in the language of the page, in the drawing and in words', async ({
  page,
}) => {
  const lab = new LabPage(page);
  await lab.open('routing-mesh', 'zh');
  await lab.run('create-overnet');
  await lab.run('create-pets');
  await expect(lab.verdict('create-pets')).toHaveAttribute('data-holds', 'true', {
    timeout: 45_000,
  });
  await lab.run('every-node');
  const drawing = page.locator('lab-diagram[data-view=request]');
  await drawing.scrollIntoViewIfNeeded();
  await expect(drawing.locator('.mermaid-drawing')).toContainText('（DNAT）', { timeout: 30_000 });
  const words = drawing.locator('.twin-body');
  await expect(words).toContainText(
    'nat 表 DOCKER-INGRESS 链第 1 条规则：目的改为 172.18.0.2:5000（DNAT）',
  );
  await expect(words).toContainText('连接跟踪：按这条连接的记录改写源地址');
  await drawing.locator('[data-do=next]').click();
  await expect(drawing.locator('.diagram-caption')).toHaveText(
    /^第 1 站，共 \d+ 站：worker3 · lo：按路由 local 192\.168\.56\.13 dev lo /,
  );
});
