import { defineConfig } from '@playwright/test';
import { findBrowser } from './scripts/browser.mjs';

/** Several checkouts may run their tests side by side, each on a port of its own. */
const port = Number(process.env.TEST_PORT ?? 4399);
/** BASE_URL: a site that is served already. */
const baseURL = process.env.BASE_URL ?? `http://127.0.0.1:${port}`;
const executablePath = findBrowser();

export default defineConfig({
  testDir: 'tests/e2e',
  // Speed is measured when nothing else runs.
  projects: [
    { name: 'pages', testMatch: '*.spec.ts', testIgnore: 'speed.spec.ts' },
    { name: 'speed', testMatch: 'speed.spec.ts', dependencies: ['pages'] },
  ],
  outputDir: 'test-results',
  snapshotPathTemplate: 'tests/e2e/looks/{arg}{ext}',
  timeout: 90_000,
  workers: 2,
  fullyParallel: true,
  retries: 1,
  reporter: process.env.PLAYWRIGHT_JSON_OUTPUT_NAME ? [['line'], ['json']] : [['list']],
  use: {
    baseURL,
    viewport: { width: 1440, height: 900 },
    locale: 'en',
    launchOptions: {
      ...(executablePath && { executablePath }),
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  ...(process.env.BASE_URL === undefined && {
    webServer: {
      command: `node scripts/start.mjs --port ${port}`,
      url: baseURL,
      timeout: 240_000,
      reuseExistingServer: false,
    },
  }),
});
