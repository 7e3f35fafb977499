// How far a download is: dots in a log, a bar on a terminal; and how fast it was.
//
// Mirrors: progress.c, retr.c (calc_rate) and utils.c (print_decimal) of GNU wget. Differs: the bar is drawn once.

/** No download takes less: the ptimer of a real machine does not stand still as a simulated clock does. */
const shortest = 0.000_01;

function rateOf(bytes: number, seconds: number): { readonly value: number; readonly unit: number } {
  let value = bytes / Math.max(seconds, shortest);
  let unit = 0;
  for (; value >= 1024 && unit < 3; unit += 1) value /= 1024;
  return { value, unit };
}

const decimals = (value: number): string =>
  value.toFixed(value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2);

/** `5.67 MB/s`. */
export function rateText(bytes: number, seconds: number): string {
  const { value, unit } = rateOf(bytes, seconds);
  return `${decimals(value)} ${['B/s', 'KB/s', 'MB/s', 'GB/s'][unit]}`;
}

/** A short time: `0`, `0.003`, `0.2`, `1.5`, `12`. */
export function decimal(seconds: number): string {
  if (seconds >= 9.95) return seconds.toFixed(0);
  if (seconds >= 0.95) return seconds.toFixed(1);
  if (seconds >= 0.001) return `${Number(seconds.toPrecision(1))}`;
  return seconds >= 0.0005 ? seconds.toFixed(3) : '0';
}

const dotsInRow = 50;
const dotBytes = 1024;

/** All rows of dots of a finished download. */
export function dots(bytes: number, total: number | undefined, seconds: number): string {
  const rowBytes = dotsInRow * dotBytes;
  const fullRows = Math.floor(bytes / rowBytes);
  const digits = Math.max(6, `${Math.floor((total ?? 0) / 1024)}`.length);
  const perRow = bytes === 0 ? 0 : seconds / (bytes / rowBytes);
  let text = '';
  for (let row = 0; row <= fullRows; row += 1) {
    const last = row === fullRows;
    const here = last ? bytes - row * rowBytes : rowBytes;
    text += `\n${`${(row * rowBytes) / 1024}`.padStart(digits)}K${dotRow(Math.floor(here / dotBytes))}`;
    const done = row * rowBytes + here;
    if (total) text += `${Math.floor((100 * done) / total)}`.padStart(3).concat('%');
    const { value, unit } = rateOf(here, last ? seconds - row * perRow : perRow);
    text += ` ${decimals(value).padStart(4)}${' KMG'[unit]}`;
    if (!last && total) text += ` ${Math.round(((total - done) * seconds) / Math.max(done, 1))}s`;
  }
  return `${text}=${decimal(seconds)}s\n\n`;
}

function dotRow(count: number): string {
  let text = '';
  for (let i = 0; i < dotsInRow; i += 1)
    text += (i % 10 === 0 ? ' ' : '') + (i < count ? '.' : ' ');
  return text;
}

/** The bar of a finished download, as wide as the terminal. */
export function bar(
  name: string,
  bytes: number,
  total: number | undefined,
  seconds: number,
  columns: number,
): string {
  const width = Math.max(columns - 1 - 59, 5);
  const inner = total === undefined ? `${' '.repeat(Math.floor(width / 2) - 1)}<=>` : '';
  const filled = total === undefined ? inner.padEnd(width) : `${'='.repeat(width - 1)}>`;
  const percent = total === undefined ? '    ' : '100%';
  const fast = seconds < 0.001 ? ' --.-KB/s' : ` ${rateText(bytes, seconds).replace(' ', '')}`;
  return `\r${name.slice(0, 20).padEnd(20)}${percent}[${filled}]${size(bytes).padStart(8)} ${fast.padEnd(9)}    in ${`${decimal(seconds)}s`.padEnd(8)}\n\n`;
}

/** `46`, `1.24K`. */
function size(bytes: number): string {
  if (bytes < 1000) return `${bytes}`;
  let value = bytes / 1024;
  let unit = 0;
  for (; value >= 1000 && unit < 2; unit += 1) value /= 1024;
  return `${decimals(value)}${'KMG'[unit]}`;
}

/** What stands behind `Length: 10240`: ` (10K)`. */
export function sizeInBrackets(bytes: number): string {
  if (bytes < 1024) return '';
  let value = bytes / 1024;
  let unit = 0;
  for (; value >= 1024 && unit < 2; unit += 1) value /= 1024;
  return ` (${value.toFixed(value < 10 ? 1 : 0).replace(/\.0$/, '')}${'KMG'[unit]})`;
}
