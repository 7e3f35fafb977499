// Heavy work on the page's own thread waits until nobody types: a key that is pressed meanwhile would wait for it.

/** Milliseconds without a key until work may begin: after a whole line, and in the middle of one. */
const pauses = { line: 700, word: 2000 } as const;

let restUntil = Number.NEGATIVE_INFINITY;
addEventListener(
  'keydown',
  ({ key, target }) => {
    const typing = target instanceof HTMLTextAreaElement || target instanceof HTMLInputElement;
    restUntil = performance.now() + pauses[typing && key !== 'Enter' ? 'word' : 'line'];
  },
  { capture: true, passive: true },
);

const idle = (): Promise<void> =>
  new Promise((resolve) => {
    if ('requestIdleCallback' in window) requestIdleCallback(() => resolve(), { timeout: 1000 });
    else setTimeout(resolve, 50);
  });

/** Ends when no key has been pressed for a moment. */
export async function rested(): Promise<void> {
  for (let rest = restUntil - performance.now(); rest > 0; rest = restUntil - performance.now())
    await new Promise((resolve) => setTimeout(resolve, rest));
}

/** Ends when the page has nothing to do and no key has been pressed for a moment. */
export async function quiet(): Promise<void> {
  for (;;) {
    await idle();
    if (restUntil <= performance.now()) return;
    await rested();
  }
}
