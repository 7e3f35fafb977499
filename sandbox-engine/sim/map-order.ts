// The order in which Go programs, Docker among them, walk their maps: left to chance, but not a shuffle. Up to eight
// entries stand in slots in the order of their making, and a walk begins at a random slot; so few entries mostly come out
// in order, or cut once. Larger maps spread their entries over groups of eight slots.
//
// Mirrors: Go 1.24 internal/runtime/maps (Iter.Next). Differs: which group a key falls into is drawn anew for every walk;
// slots of deleted entries are not taken again.
import type { Rng } from './rng.ts';

const slotsPerGroup = 8;

/** One walk through a map whose entries were made in this order. */
export function mapOrder<T>(rng: Rng, entries: readonly T[]): T[] {
  let groups = 1;
  // A map of one group may be full, a larger one up to seven eighths.
  if (entries.length > slotsPerGroup)
    while (entries.length > groups * (slotsPerGroup - 1)) groups *= 2;
  const table: T[][] = Array.from({ length: groups }, () => []);
  for (const entry of entries) {
    let group = groups === 1 ? 0 : rng.below(groups);
    while ((table[group]?.length ?? 0) >= slotsPerGroup) group = (group + 1) % groups;
    table[group]?.push(entry);
  }
  const start = rng.below(groups * slotsPerGroup);
  const slots = table.flatMap((group, g) =>
    group.map((entry, i) => ({ entry, slot: g * slotsPerGroup + i })),
  );
  const first = slots.findIndex(({ slot }) => slot >= start);
  const turned = first < 0 ? slots : [...slots.slice(first), ...slots.slice(0, first)];
  return turned.map(({ entry }) => entry);
}
