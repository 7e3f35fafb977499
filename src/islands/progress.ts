// Which steps of which labs the reader has done, on this device only.
const key = (lab: string): string => `progress:${lab}`;

export function readProgress(lab: string): ReadonlySet<string> {
  try {
    const steps: unknown = JSON.parse(localStorage.getItem(key(lab)) ?? '[]');
    return new Set(Array.isArray(steps) ? steps.map(String) : []);
  } catch {
    return new Set();
  }
}

/** How many of a lab's steps are done. What is kept under the id of a step that is no more does not count. */
export function countProgress(lab: string, steps: readonly string[]): number {
  const done = readProgress(lab);
  return steps.filter((step) => done.has(step)).length;
}

export function addProgress(lab: string, step: string): void {
  try {
    const steps = new Set(readProgress(lab)).add(step);
    localStorage.setItem(key(lab), JSON.stringify([...steps]));
  } catch {
    // Storage is switched off: progress lasts as long as the page.
  }
  dispatchEvent(new CustomEvent('lab-progress'));
}
