// Careful reading of JSON bodies, whose shape the type checker does not know.

export type Json = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What an object has under a name of its own: names come from users, and `constructor` is one like any other. */
export const own = <T>(record: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined;

/** Gives an object a member of that name, `__proto__` like any other. */
export function put<T>(record: Record<string, T>, name: string, value: T): void {
  Object.defineProperty(record, name, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}

/** The value at a path such as `Spec.Mode.Replicated`. */
export function at(value: unknown, path: string): unknown {
  let current = value;
  for (const key of path.split('.')) {
    if (!isObject(current)) return undefined;
    current = own(current, key);
  }
  return current;
}

export function text(value: unknown, path?: string): string {
  const found = path === undefined ? value : at(value, path);
  return typeof found === 'string' ? found : typeof found === 'number' ? String(found) : '';
}

export function number(value: unknown, path?: string): number {
  const found = path === undefined ? value : at(value, path);
  return typeof found === 'number' ? found : typeof found === 'bigint' ? Number(found) : 0;
}

export const flag = (value: unknown, path: string): boolean => at(value, path) === true;

export function list(value: unknown, path?: string): readonly unknown[] {
  const found = path === undefined ? value : at(value, path);
  return Array.isArray(found) ? found : [];
}

export const texts = (value: unknown, path?: string): readonly string[] =>
  list(value, path).map((item) => text(item));

export function object(value: unknown, path?: string): Json {
  const found = path === undefined ? value : at(value, path);
  return isObject(found) ? found : {};
}

/** The entries of an object of texts, such as labels. */
export const pairs = (value: unknown, path?: string): readonly (readonly [string, string])[] =>
  Object.entries(object(value, path)).map(([key, item]) => [key, text(item)]);

/** An object without the members that are undefined. */
export const compact = (value: Json): Json =>
  Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined));
