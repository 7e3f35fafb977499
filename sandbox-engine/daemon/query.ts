// Query parameters of the Engine API: booleans, numbers, and the `filters` map.
//
// Mirrors: moby api/types/filters and daemon/server/httputils/form.go.
import type { ApiRequest } from '../api/index.ts';
import { err, type Failure, failure, ok, type Result } from '../std/index.ts';

/** True unless absent, empty, `0`, `no`, `false` or `none`. */
export function flag(request: ApiRequest, name: string): boolean {
  const value = (request.query?.[name] ?? '').trim().toLowerCase();
  return !['', '0', 'no', 'false', 'none'].includes(value);
}

/** A whole number, or `fallback` when absent. */
export function integer(request: ApiRequest, name: string, fallback: number): number {
  const value = request.query?.[name];
  return value !== undefined && /^-?\d+$/.test(value) ? Number(value) : fallback;
}

/** The values given for each filter: values of one key are alternatives. */
export class Filters {
  readonly #values: ReadonlyMap<string, readonly string[]>;

  constructor(values: ReadonlyMap<string, readonly string[]> = new Map()) {
    this.#values = values;
  }

  keys(): string[] {
    return [...this.#values.keys()];
  }

  has(key: string): boolean {
    return this.get(key).length > 0;
  }

  get(key: string): readonly string[] {
    return this.#values.get(key) ?? [];
  }

  /** True when the key was not asked for, or one of its values is this one. */
  exact(key: string, value: string): boolean {
    const wanted = this.get(key);
    return wanted.length === 0 || wanted.includes(value);
  }

  /** As `exact`, and a value may also be a regular expression or a part of the text: how names are matched. */
  fuzzy(key: string, value: string): boolean {
    const wanted = this.get(key);
    return wanted.length === 0 || wanted.includes(value) || wanted.some((w) => matches(w, value));
  }

  /** As `exact`, and a value may also be the text's beginning. */
  prefix(key: string, value: string): boolean {
    const wanted = this.get(key);
    return wanted.length === 0 || wanted.some((w) => value.startsWith(w));
  }

  /** All of `label=key` and `label=key=value` must hold. */
  labels(key: string, labels: Readonly<Record<string, string>> | null | undefined): boolean {
    return this.get(key).every((wanted) => {
      const cut = wanted.indexOf('=');
      const name = cut < 0 ? wanted : wanted.slice(0, cut);
      const have = labels?.[name];
      return have !== undefined && (cut < 0 || have === wanted.slice(cut + 1));
    });
  }

  /** The one truth value of a key; `invalid filter 'key=value'` when it is none. */
  boolean(key: string, fallback: boolean): Result<boolean, Failure> {
    const wanted = this.get(key);
    if (wanted.length === 0) return ok(fallback);
    const isTrue = wanted.includes('1') || wanted.includes('true');
    const isFalse = wanted.includes('0') || wanted.includes('false');
    if (isTrue === isFalse) return err(invalidFilterValue(key, wanted));
    return ok(isTrue);
  }
}

const invalidFilterValue = (key: string, values: readonly string[]): Failure =>
  failure('invalid_parameter', `invalid filter '${key}=${values.join(' ')}'`);

function matches(pattern: string, text: string): boolean {
  try {
    return new RegExp(pattern).test(text);
  } catch {
    return false;
  }
}

/** Reads `filters`, in which a key holds a list or a map to true; other keys than `known` are refused. */
export function filtersOf(request: ApiRequest, known: readonly string[]): Result<Filters, Failure> {
  const text = request.query?.filters;
  if (!text) return ok(new Filters());
  const parsed = parse(text);
  if (!parsed) return err(failure('invalid_parameter', `invalid filter`));
  const unknown = [...parsed.keys()].sort().find((key) => !known.includes(key));
  if (unknown !== undefined)
    return err(failure('invalid_parameter', `invalid filter '${unknown}'`));
  return ok(new Filters(parsed));
}

function parse(text: string): Map<string, string[]> | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return undefined;
  return new Map(
    Object.entries(value).map(([key, wanted]) => [
      key,
      Array.isArray(wanted)
        ? wanted.map(String)
        : wanted !== null && typeof wanted === 'object'
          ? Object.keys(wanted)
          : [],
    ]),
  );
}
