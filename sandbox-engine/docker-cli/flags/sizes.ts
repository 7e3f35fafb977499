// Sizes in bytes as people write and read them.
//
// Mirrors: docker/go-units size.go.

const binary = ['', 'k', 'm', 'g', 't', 'p'];

/** Bytes of `512m`, `1.5GiB` …, or docker's error. */
export function parseBytes(text: string): number | string {
  const match = /^(\d+(?:\.\d+)?) ?([kKmMgGtTpP])?[iI]?[bB]?$/.exec(text);
  if (!match) return `invalid size: '${text}'`;
  const exponent = binary.indexOf((match[2] ?? '').toLowerCase());
  return Math.floor(Number(match[1]) * 1024 ** exponent);
}

/** Up to `digits` significant digits, as Go's %.Ng prints them. */
function significant(n: number, digits: number): string {
  const text = n.toPrecision(digits);
  return text.includes('e')
    ? String(Number(text))
    : text.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '');
}

function scaled(n: number, base: number, units: readonly string[], digits: number): string {
  let size = n;
  let unit = 0;
  while (size >= base && unit < units.length - 1) {
    size /= base;
    unit += 1;
  }
  return significant(size, digits) + (units[unit] ?? '');
}

const decimalUnits = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'];
const binaryUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'];

/** `15.75MB`: four digits, thousands. */
export const humanSize = (bytes: number, digits = 4): string =>
  scaled(bytes, 1000, decimalUnits, digits);
/** `1.462GiB`: four digits, 1024s. */
export const humanBytes = (bytes: number): string => scaled(bytes, 1024, binaryUnits, 4);
