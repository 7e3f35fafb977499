// What a reader waits for, measured in the page: alone, after all other tests. What else a machine does can only add to a
// time: the best of several rounds is what the page takes, and a round that is good enough is the last. A machine may be slow
// at one time and not at another: it is measured again beside each round, and times are given as on the machine that the
// limits are for.
import { type Browser, expect, type Page } from '@playwright/test';
import { clickToOutput } from '../bench/click-to-output.mjs';
import { LabPage, test } from './lab-page.ts';
import { slowness } from './machine.ts';

// One after the other.
test.describe.configure({ mode: 'default' });

const mostRounds = 6;

/** Repeats a measurement until it is within the limit, at most so often; answers the best. */
async function best(limit: number, measure: () => Promise<number>): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < mostRounds && least > limit; round += 1)
    least = Math.min(least, await measure());
  return least;
}

/** The same of what grows with the machine's slowness. */
const bestPaced = (
  browser: Browser,
  limit: number,
  measure: () => Promise<number>,
): Promise<number> =>
  best(limit, async () => {
    const slow = await slowness(browser);
    return (await measure()) / slow;
  });

test('the first output comes soon after the click, and at once when the lab is warm', async ({
  browser,
  baseURL,
  faults,
}) => {
  test.setTimeout(240_000);
  const url = `${baseURL}/en/labs/bridge-networking/`;
  const share = await bestPaced(browser, 1, async () => {
    const { best: round } = await clickToOutput(browser, url, 1, (context) =>
      faults.watch(context),
    );
    console.log(`click to first output: cold ${round.cold} ms, warm ${round.warm} ms`);
    return Math.max(round.cold / 500, round.warm / 50);
  });
  // The medians are in `npm run bench`.
  expect(share, 'share of the limits: 500 ms cold, 50 ms warm').toBeLessThanOrEqual(1);
});

async function slowDown(page: Page, rate: number): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate });
}

test('the bench is usable a second after the first intent, on a machine four times slower', async ({
  browser,
  baseURL,
  faults,
}) => {
  test.setTimeout(180_000);
  const time = await bestPaced(browser, 1_000, async () => {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    await faults.watch(context);
    const page = await context.newPage();
    await page.goto(`${baseURL}/en/labs/bridge-networking/`, { waitUntil: 'networkidle' });
    await slowDown(page, 4);
    // Usable: a prompt waits for a command.
    const millis = await page.evaluate(
      () =>
        new Promise<number>((resolve) => {
          const begun = performance.now();
          new MutationObserver((_, observer) => {
            const rows = document.querySelector('#panel-manager1 .xterm-rows');
            if (!rows?.textContent?.includes('root@manager1')) return;
            observer.disconnect();
            resolve(performance.now() - begun);
          }).observe(document.querySelector('lab-bench') ?? document.body, {
            childList: true,
            subtree: true,
            characterData: true,
          });
          const start = document.querySelector<HTMLElement>('.bench-start');
          start?.dispatchEvent(new PointerEvent('pointerover', { bubbles: true }));
          start?.click();
        }),
    );
    await context.close();
    return millis;
  });
  console.log(`first intent to prompt, four times slower: ${Math.round(time)} ms`);
  expect(time).toBeLessThanOrEqual(1_000);
});

test('a key waits at most 50 ms while drawings are made anew', async ({ browser, page }) => {
  test.setTimeout(120_000);
  const limit = 50 * (await slowness(browser));
  const lab = new LabPage(page);
  await lab.open('bridge-networking');
  await lab.type('docker network create br; docker run -itd --net br --name box0 alpine sh');
  const diagram = page.locator('lab-diagram[data-view=host]').first();
  await diagram.scrollIntoViewIfNeeded();
  const drawing = diagram.locator('.mermaid-drawing');
  await expect(drawing).toContainText('box0', { timeout: 20_000 });
  await page.evaluate(() => {
    const seen = { waits: [] as number[], tasks: [] as number[], drawings: 0 };
    Object.assign(window, { seen });
    const note = (event: Event) => seen.waits.push(performance.now() - event.timeStamp);
    addEventListener('keydown', note, true);
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) seen.tasks.push(duration);
    }).observe({ type: 'longtask' });
    new MutationObserver(() => {
      seen.drawings += 1;
    }).observe(document.querySelector('lab-diagram[data-view=host] .diagram-canvas') as Node, {
      childList: true,
    });
  });
  const seen = async () => {
    const [now] = await page.evaluate(() => {
      const all = (window as unknown as { seen: Record<string, number[]> & { drawings: number } })
        .seen;
      const copy = { waits: all.waits ?? [], tasks: all.tasks ?? [], drawings: all.drawings };
      Object.assign(all, { waits: [], tasks: [], drawings: 0 });
      return [copy];
    });
    return now;
  };
  let run = 0;
  // Four times slower: each line changes the drawing, and the next is typed at once. Nothing is drawn meanwhile.
  await lab.focusTerminal();
  await slowDown(page, 4);
  const worst = await best(limit, async () => {
    await seen();
    for (let line = 0; line < 2; line += 1) {
      run += 1;
      await page.keyboard.type(`docker run -itd --net br --name box${run} alpine sh\n`, {
        delay: 25,
      });
    }
    const { waits, drawings } = await seen();
    expect(drawings, 'drawings while keys were pressed').toBe(0);
    return Math.max(...waits);
  });
  await slowDown(page, 1);
  await expect(drawing).toContainText(`box${run}`, { timeout: 20_000 });
  // While it is drawn nothing takes longer than a key may wait.
  const longest = await best(limit, async () => {
    await seen();
    run += 1;
    await lab.type(`docker run -itd --net br --name box${run} alpine sh`);
    await expect(drawing).toContainText(`box${run}`, { timeout: 20_000 });
    const { tasks, drawings } = await seen();
    expect(drawings).toBeGreaterThan(0);
    return Math.max(0, ...tasks);
  });
  console.log(
    `a key waits at most ${worst.toFixed(1)} ms, four times slower; the longest task of a redraw: ${longest.toFixed(1)} ms (0: under 50)`,
  );
  expect(worst).toBeLessThanOrEqual(limit);
  expect(longest).toBeLessThanOrEqual(limit);
});
