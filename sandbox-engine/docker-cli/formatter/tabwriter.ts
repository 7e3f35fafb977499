// Aligns columns: cells end in tabs, each column of neighbouring lines is as wide as its widest cell.
//
// Mirrors: Go text/tabwriter with the settings of docker's tables (no tab characters in the output).

export interface TabStyle {
  readonly minimum: number;
  readonly padding: number;
}

const tableStyle: TabStyle = { minimum: 10, padding: 3 };

const width = (cell: string): number => [...cell].length;

export function alignTabs(text: string, style: TabStyle = tableStyle): string {
  const lines = text.split('\n').map((line) => line.split('\t'));
  const widths = lines.map(() => [] as number[]);
  layOut(lines, widths, style, 0, 0, lines.length);
  return lines
    .map((cells, row) =>
      cells
        .map(
          (cell, column) =>
            cell + ' '.repeat(Math.max(0, (widths[row]?.[column] ?? 0) - width(cell))),
        )
        .join(''),
    )
    .join('\n');
}

/** Sets the width of one column in every block of neighbouring lines that have it, then goes on to its right. */
function layOut(
  lines: readonly (readonly string[])[],
  widths: number[][],
  style: TabStyle,
  column: number,
  from: number,
  to: number,
): void {
  const has = (row: number): boolean => column < (lines[row]?.length ?? 0) - 1;
  for (let row = from; row < to; row += 1) {
    if (!has(row)) continue;
    let end = row;
    let widest = style.minimum;
    for (; end < to && has(end); end += 1)
      widest = Math.max(widest, width(lines[end]?.[column] ?? '') + style.padding);
    for (let i = row; i < end; i += 1) (widths[i] as number[])[column] = widest;
    layOut(lines, widths, style, column + 1, row, end);
    row = end - 1;
  }
}
