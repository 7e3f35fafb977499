// How fast the machine is that the tests run on. The limits of what a reader waits for are meant for a laptop; on a
// machine that needs longer for the same piece of work they are longer in proportion.
import type { Page } from '@playwright/test';

/** Milliseconds that the piece of work takes where the limits were set (2 virtual cores, Chromium 156). */
const reference = 9;
/** A machine that is slower still says nothing of the page. */
const most = 3;

/** 1 on a machine as fast as the one where the limits were set, or faster; 2 on one that takes twice as long. */
export async function slowness(page: Page): Promise<number> {
  const millis = await page.evaluate(() => {
    // Objects, maps and texts, as the page and the engine make them.
    const work = () => {
      const rows = new Map<string, { readonly id: string; readonly at: number }>();
      for (let i = 0; i < 60_000; i += 1) {
        const id = `row ${i % 4_000}`;
        const before = rows.get(id);
        rows.set(id, Object.freeze({ ...before, id, at: i }));
      }
      return JSON.stringify([...rows.values()]).length;
    };
    const times = Array.from({ length: 9 }, () => {
      const begun = performance.now();
      work();
      return performance.now() - begun;
    });
    return Math.min(...times);
  });
  const factor = Math.min(most, Math.max(1, millis / reference));
  console.log(
    `the machine takes ${millis.toFixed(1)} ms for the piece of work: limits × ${factor.toFixed(2)}`,
  );
  return factor;
}
