// Ids in Docker's form.
import type { Rng } from './rng.ts';

/**
 * 64 hexadecimal digits whose first twelve are not all decimal: the short form of an id must not pass for a number.
 * Mirrors: moby pkg/stringid GenerateRandomID.
 */
export function longId(rng: Rng): string {
  for (;;) {
    const id = rng.hex(64);
    if (/[a-f]/.test(id.slice(0, 12))) return id;
  }
}
