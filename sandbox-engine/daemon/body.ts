// Reads the JSON bodies of requests: unknown values as text, numbers, lists and maps.
//
// Mirrors: Go's encoding/json into structs: what is absent or null is the zero value.

export type JsonObject = Readonly<Record<string, unknown>>;

export const objectOf = (value: unknown): JsonObject =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as JsonObject) : {};

export const isObject = (value: unknown): value is JsonObject =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

export const textOf = (value: unknown, fallback = ''): string =>
  typeof value === 'string' ? value : fallback;

export const numberOf = (value: unknown, fallback = 0): number =>
  typeof value === 'number' ? value : fallback;

export const booleanOf = (value: unknown): boolean => value === true;

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** A list of text, or null when there is none. */
export const textsOf = (value: unknown): readonly string[] | null =>
  Array.isArray(value) ? value.map(String) : null;

/** A map of text in the order of its keys, or null when there is none. */
export function textMapOf(value: unknown): Readonly<Record<string, string>> | null {
  if (!isObject(value)) return null;
  return sortedKeys(
    Object.fromEntries(Object.entries(value).map(([key, text]) => [key, String(text)])),
  );
}

/** The same map with its keys in order, as Go prints maps. */
export function sortedKeys<T>(map: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}
