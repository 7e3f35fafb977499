// awk's values: numbers, strings, and input that looks like a number and compares as one.
import { general } from './format.ts';

/** Text that came from input; it counts as a number where it looks like one. */
export interface Input {
  readonly input: string;
}
export type Value = number | string | Input | undefined;

const numeric = /^\s*[+-]?(?:\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)\s*$/;

export function toNumber(value: Value): number {
  if (value === undefined) return 0;
  if (typeof value === 'number') return value;
  const text = typeof value === 'string' ? value : value.input;
  const parsed = Number.parseFloat(text);
  return Number.isNaN(parsed) ? 0 : parsed;
}

export function toText(value: Value): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'object') return value.input;
  return Number.isInteger(value) && Math.abs(value) < 1e16 ? String(value) : general(value, 6);
}

const looksNumeric = (value: Value): boolean =>
  value === undefined ||
  typeof value === 'number' ||
  (typeof value === 'object' && numeric.test(value.input));

export function truth(value: Value): boolean {
  if (looksNumeric(value)) return toNumber(value) !== 0;
  return toText(value) !== '';
}

/** Negative, zero or positive: as numbers where both look like numbers, else as text. */
export function compare(a: Value, b: Value): number {
  if (looksNumeric(a) && looksNumeric(b)) return toNumber(a) - toNumber(b);
  const [x, y] = [toText(a), toText(b)];
  return x < y ? -1 : x > y ? 1 : 0;
}
