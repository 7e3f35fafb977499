// A client that shows progress asks for the same tasks and nodes five times a second, and most of them are as they were.
// What the Engine API shows of an object follows from frozen rows: while those are the same rows, so is the answer.

interface Kept {
  readonly parts: readonly unknown[];
  readonly view: object;
}

/**
 * A maker of views that answers the last view of a row again while the row and the other `parts` that the view is made of
 * are the same objects. Nobody may change what it answers.
 */
export function keptViews<Row extends object>(): (
  row: Row,
  parts: readonly unknown[],
  make: () => object,
) => object {
  const known = new WeakMap<Row, Kept>();
  return (row, parts, make) => {
    const kept = known.get(row);
    if (kept?.parts.every((part, i) => part === parts[i])) return kept.view;
    const view = make();
    known.set(row, { parts, view });
    return view;
  };
}
