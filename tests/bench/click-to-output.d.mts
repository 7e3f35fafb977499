import type { Browser } from '@playwright/test';

export function clickToOutput(
  browser: Browser,
  url: string,
  rounds: number,
): Promise<{ cold: number; warm: number; best: { cold: number; warm: number } }>;
