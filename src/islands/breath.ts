// A pause in long work on the page's own thread: what has waited, keys above all, comes first.
import { rested } from './quiet.ts';

/** Milliseconds of work between two pauses. */
const slice = 6;

let since = Number.NEGATIVE_INFINITY;
let queue: Promise<void> = Promise.resolve();

/** Ends in a task of its own, one caller after the other, once nobody types. */
export function breath(): Promise<void> {
  queue = queue.then(async () => {
    if (performance.now() - since < slice) return;
    await new Promise((resolve) => setTimeout(resolve));
    await rested();
    since = performance.now();
  });
  return queue;
}
