// Measures in a real browser: milliseconds from the click on Run to the first character of output on the page.

/** Installs the clock in the page: `stamp(step)` clicks and answers the time until that block's output is there. */
const measure = (step) =>
  new Promise((resolve, reject) => {
    const block = document.querySelector(`lab-run[data-step="${step}"]`);
    const output = block.querySelector('.output-text');
    const started = performance.now();
    const limit = setTimeout(() => {
      // Enough to tell a press that was lost from a script that never came and from an output that was not seen.
      const loaded = performance
        .getEntriesByType('resource')
        .map(({ name }) => name.split('/').at(-1));
      const found = {
        button: block.querySelector('.run-button').textContent.trim(),
        notice: block.querySelector('.run-notice').textContent.trim(),
        session: document.querySelector('lab-session').textContent.trim(),
        output: output.isConnected ? output.textContent.slice(0, 80) : 'the output was replaced',
        live: block.querySelector('.output').hasAttribute('data-live'),
        alive: customElements.get('lab-run') !== undefined,
        serviceWorker: navigator.serviceWorker.controller?.state ?? 'none',
        loaded: loaded.filter((name) => name.endsWith('.js')),
      };
      reject(new Error(`no output of ${step} in 20 s: ${JSON.stringify(found)}`));
    }, 20_000);
    const observer = new MutationObserver(() => {
      const live = block.querySelector('.output').hasAttribute('data-live');
      if (!live || output.textContent.trim() === '') return;
      observer.disconnect();
      clearTimeout(limit);
      resolve(performance.now() - started);
    });
    observer.observe(output, { childList: true, characterData: true, subtree: true });
    block.querySelector('.run-button').click();
  });

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

/**
 * Cold: a fresh page, nothing of the engine loaded. Warm: the same command again in the page that runs.
 * `watch` is given every context before anything happens in it.
 */
export async function clickToOutput(browser, url, rounds, watch) {
  const cold = [];
  const warm = [];
  for (let round = 0; round < rounds; round += 1) {
    const context = await browser.newContext();
    await watch?.(context);
    const page = await context.newPage();
    await page.goto(url, { waitUntil: 'networkidle' });
    cold.push(await page.evaluate(measure, 'list-bridges'));
    for (let again = 0; again < 5; again += 1) {
      // A press on a command that still runs would stop it.
      await page.waitForSelector(
        'lab-run[data-step="list-bridges"] .run-button:not(:has(.spinner))',
      );
      await page.waitForTimeout(700);
      warm.push(await page.evaluate(measure, 'list-bridges'));
    }
    await context.close();
  }
  return {
    cold: Math.round(median(cold)),
    warm: Math.round(median(warm)),
    best: { cold: Math.round(Math.min(...cold)), warm: Math.round(Math.min(...warm)) },
  };
}
