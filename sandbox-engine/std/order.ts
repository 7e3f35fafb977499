// Total orders for sorting: by code unit, never by locale, so that every browser sorts alike.

/** -1, 0 or 1 by code units. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Sorts a copy by a key (text or number), ascending and stable. */
export function sortedBy<T>(items: readonly T[], key: (item: T) => string | number): T[] {
  return [...items].sort((a, b) => {
    const ka = key(a);
    const kb = key(b);
    return ka < kb ? -1 : ka > kb ? 1 : 0;
  });
}

/**
 * The order in which the docker CLI lists names: runs of digits compare as numbers (`n2` before `n10`).
 * Mirrors: github.com/fvbommel/sortorder NaturalLess.
 */
export function compareNatural(a: string, b: string): number {
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    const da = digitsAt(a, i);
    const db = digitsAt(b, j);
    if (da && db) {
      const na = da.replace(/^0+/, '');
      const nb = db.replace(/^0+/, '');
      if (na.length !== nb.length) return na.length - nb.length;
      if (na !== nb) return na < nb ? -1 : 1;
      if (da.length !== db.length) return da.length - db.length;
      i += da.length;
      j += db.length;
      continue;
    }
    const ca = a.charCodeAt(i);
    const cb = b.charCodeAt(j);
    if (ca !== cb) return ca - cb;
    i += 1;
    j += 1;
  }
  return a.length - i - (b.length - j);
}

function digitsAt(text: string, from: number): string {
  let end = from;
  while (end < text.length && text.charCodeAt(end) >= 48 && text.charCodeAt(end) <= 57) end += 1;
  return text.slice(from, end);
}
