import type { Browser, BrowserContext } from '@playwright/test';

export function clickToOutput(
  browser: Browser,
  url: string,
  rounds: number,
  watch?: (context: BrowserContext) => Promise<void>,
): Promise<{ cold: number; warm: number; best: { cold: number; warm: number } }>;
