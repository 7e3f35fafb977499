// How the reader likes the bench, on this device only: its width, whether it is split and where.
export interface BenchTaste {
  readonly width?: number;
  readonly split?: boolean;
  /** The upper terminal's part of the height, 0.2–0.8. */
  readonly upper?: number;
}
const key = 'bench';

export function taste(): BenchTaste {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? '{}');
    if (typeof kept !== 'object' || kept === null) return {};
    const { width, split, upper } = kept as Record<string, unknown>;
    return {
      ...(typeof width === 'number' && { width }),
      ...(typeof split === 'boolean' && { split }),
      ...(typeof upper === 'number' && { upper }),
    };
  } catch {
    return {};
  }
}

export function remember(change: BenchTaste): void {
  try {
    localStorage.setItem(key, JSON.stringify({ ...taste(), ...change }));
  } catch {
    // Storage is switched off: it lasts as long as the page.
  }
}
