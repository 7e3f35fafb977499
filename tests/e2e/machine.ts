// How fast the machine is that the tests run on. The limits of what a reader waits for are meant for a laptop; on a
// machine that needs longer for the same piece of work they are longer in proportion.
//
// The piece of work is of the same nature as the page's own cold start, but none of the page's code, so that it stays what it
// is when the page becomes slower: a fresh context, a page from a server on loopback, something read from IndexedDB, a worker
// whose script loads two more of about the engine's size, and an output. A hot loop says nothing here (it was as fast as ever
// on a machine where every cold start took three times as long), and a worker alone too little.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from '@playwright/test';

/**
 * Milliseconds of the piece of work on the machine that the limits are for: idle, where the first output comes 300 ms after
 * the click and `npm run bench` holds its budgets. Found by proportion: with the machine loaded up to five times as slow, piece
 * and click were measured in turn, some 50 times; at each tenth and quarter of their times the click took 1.03 to 1.18 times
 * as long as the piece, mostly 1.16.
 */
const reference = 260;
/** A machine that is slower still says nothing of the page. */
const most = 3;

/** A module with many small functions that run a few times, as the engine's do while a world is made. */
function script(first: number): string {
  const functions = Array.from({ length: 3_000 }, (_, i) => {
    const n = first + i;
    return `made.push(function f${n}(x) { const row = { id: "row " + (x % 97), at: x + ${n}, of: [x, ${n}] }; return row.at > ${n % 7} ? row : { ...row, late: true }; });`;
  });
  return `
    const made = [];
    ${functions.join('\n')}
    export const rows = new Map();
    for (let round = 0; round < 5; round += 1)
      for (const make of made) {
        const row = make(round);
        rows.set(row.id + "/" + row.at, Object.freeze({ ...rows.get(row.id), ...row }));
      }`;
}

const files: Readonly<Record<string, readonly [type: string, content: string]>> = {
  '/': ['text/html', '<!doctype html><title>piece of work</title><p></p>'],
  '/worker.js': [
    'text/javascript',
    `${script(0)}
    const others = await Promise.all([import("./one.js"), import("./two.js")]);
    const all = [{ rows }, ...others].flatMap((one) => [...one.rows.values()]);
    postMessage(JSON.stringify(all).length);`,
  ],
  '/one.js': ['text/javascript', script(3_000)],
  '/two.js': ['text/javascript', script(6_000)],
};

/** In the page: milliseconds until the worker's answer stands in the paragraph. */
function workInPage(): Promise<number> {
  return new Promise((resolve, reject) => {
    const begun = performance.now();
    const output = document.querySelector('p') as HTMLElement;
    new MutationObserver(() => resolve(performance.now() - begun)).observe(output, {
      childList: true,
    });
    const opening = indexedDB.open('piece', 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore('kept');
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const reading = opening.result.transaction('kept').objectStore('kept').get('nothing');
      reading.onsuccess = () => {
        const worker = new Worker('worker.js', { type: 'module' });
        worker.onerror = (event) => reject(new Error(event.message));
        worker.onmessage = (event) => {
          worker.terminate();
          output.textContent = String(event.data);
        };
      };
    };
  });
}

async function pieceOfWork(browser: Browser, url: string): Promise<number> {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await page.goto(url, { waitUntil: 'networkidle' });
    return await page.evaluate(workInPage);
  } finally {
    await context.close();
  }
}

/**
 * 1 on a machine as fast as the one that the limits are for, or faster; 2 on one that takes twice as long. What else a machine
 * does can only add to a time, so the best of `rounds` counts.
 */
export async function slowness(browser: Browser, rounds = 3): Promise<number> {
  const server = createServer((request, response) => {
    const [type, content] = files[request.url ?? ''] ?? ['text/plain', undefined];
    response.writeHead(content === undefined ? 404 : 200, { 'content-type': type });
    response.end(content);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    let millis = Number.POSITIVE_INFINITY;
    for (let round = 0; round < rounds; round += 1)
      millis = Math.min(millis, await pieceOfWork(browser, url));
    const factor = Math.min(most, Math.max(1, millis / reference));
    console.log(
      `the machine takes ${millis.toFixed(0)} ms for the piece of work: limits × ${factor.toFixed(2)}`,
    );
    return factor;
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
