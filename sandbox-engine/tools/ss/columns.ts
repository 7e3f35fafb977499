// The table of `ss`: columns as wide as their contents, or, on a terminal, as the terminal.
//
// Mirrors: misc/ss.c render_calc_width. Differs: nothing is padded after the last column.

export interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
  /** Stands before the column, unless it is the first of the line. */
  readonly delimiter: string;
}

export const columns: readonly Column[] = [
  { title: 'Netid', align: 'left', delimiter: '' },
  { title: 'State', align: 'left', delimiter: ' ' },
  { title: 'Recv-Q', align: 'left', delimiter: ' ' },
  { title: 'Send-Q', align: 'left', delimiter: ' ' },
  { title: 'Local Address:', align: 'right', delimiter: ' ' },
  { title: 'Port', align: 'left', delimiter: '' },
  { title: 'Peer Address:', align: 'right', delimiter: ' ' },
  { title: 'Port', align: 'left', delimiter: '' },
  { title: 'Process', align: 'left', delimiter: '' },
];

interface Sized extends Column {
  readonly index: number;
  width: number;
}

/** Spreads what is left of a terminal's line over the columns that stand on it. */
function spread(shown: Sized[], screen: number): void {
  let first = 0;
  let length = 0;
  for (let i = 0; i < shown.length; i += 1) {
    const column = shown[i] as Sized;
    length += column.width;
    const last = i === shown.length - 1;
    if (!last && length < screen) continue;
    let end = i;
    if (length > screen && i > first) {
      length -= column.width;
      end = i - 1;
    }
    if (length < screen) {
      const count = end - first + 1;
      const spacing = Math.floor((screen - length) / count);
      let rest = (screen - length) % count;
      for (let j = end; j >= first; j -= 1) {
        (shown[j] as Sized).width += spacing + (rest > 0 ? 1 : 0);
        rest -= 1;
      }
    }
    first = end + 1;
    length = 0;
    i = end;
    if (first >= shown.length) return;
  }
}

/** The lines of the table. The first column is there with `netid`, the last one with `processes`. */
export function renderTable(
  rows: readonly (readonly string[])[],
  options: {
    readonly header: boolean;
    readonly netid: boolean;
    readonly processes: boolean;
    readonly screen: number | undefined;
  },
): string {
  const skipped = options.netid ? 0 : 1;
  const lines = options.header ? [columns.map((c) => c.title), ...rows] : rows;
  const last = options.processes ? columns.length : columns.length - 1;
  const shown: Sized[] = columns.slice(skipped, last).map((column, i) => {
    const index = i + skipped;
    const widest = Math.max(0, ...lines.map((cells) => (cells[index] ?? '').length));
    return { ...column, index, width: widest + (i === 0 ? 0 : column.delimiter.length) };
  });
  if (options.screen !== undefined) spread(shown, options.screen);
  return lines.map((cells) => `${renderLine(cells, shown)}\n`).join('');
}

function renderLine(cells: readonly string[], shown: readonly Sized[]): string {
  let line = '';
  shown.forEach((column, i) => {
    const delimiter = i === 0 ? '' : column.delimiter;
    const cell = cells[column.index] ?? '';
    const width = column.width - delimiter.length;
    if (i === shown.length - 1) line += `${delimiter}${cell}`;
    else
      line += `${delimiter}${column.align === 'right' ? cell.padStart(width) : cell.padEnd(width)}`;
  });
  return line;
}
