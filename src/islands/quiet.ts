// Heavy work on the page's own thread waits until nobody types: a key that is pressed meanwhile would wait for it.

/** Milliseconds without a key until work may begin. */
const pause = 700;

let lastKey = Number.NEGATIVE_INFINITY;
for (const event of ['keydown', 'input'])
  addEventListener(
    event,
    () => {
      lastKey = performance.now();
    },
    { capture: true, passive: true },
  );

const idle = (): Promise<void> =>
  new Promise((resolve) => {
    if ('requestIdleCallback' in window) requestIdleCallback(() => resolve(), { timeout: 1000 });
    else setTimeout(resolve, 50);
  });

/** Ends when the page has nothing to do and no key has been pressed for a moment. */
export async function quiet(): Promise<void> {
  for (;;) {
    await idle();
    const rest = lastKey + pause - performance.now();
    if (rest <= 0) return;
    await new Promise((resolve) => setTimeout(resolve, rest));
  }
}
