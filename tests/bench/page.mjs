// The budgets of the page, in a browser on the built site.
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { findBrowser } from '../../scripts/browser.mjs';
import { serve } from '../../scripts/serve.mjs';
import { clickToOutput } from './click-to-output.mjs';

export async function benchPage(root) {
  const executablePath = findBrowser();
  const server = await serve(join(root, 'dist'), 0);
  const browser = await chromium.launch({
    ...(executablePath && { executablePath }),
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run'],
  });
  try {
    const url = `http://127.0.0.1:${server.address().port}/en/labs/bridge-networking/`;
    const { cold, warm } = await clickToOutput(browser, url, 7);
    return [
      { name: 'click to first output, cold (median)', value: cold, unit: 'ms', budget: 500 },
      { name: 'click to first output, warm (median)', value: warm, unit: 'ms', budget: 50 },
    ];
  } finally {
    await browser.close();
    server.close();
  }
}
