// JSON as iproute2 writes it.
//
// Mirrors: lib/json_writer.c. Differs: numbers are written as JavaScript does.

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: JsonValue | undefined;
}

/** An array of records, on one line or `-p`retty. */
export function writeJson(value: JsonValue, pretty: boolean): string {
  return `${pretty ? prettyText(value, 0) : JSON.stringify(value)}\n`;
}

const indent = (depth: number): string => `\n${'    '.repeat(depth)}`;

function prettyText(value: JsonValue, depth: number): string {
  if (Array.isArray(value)) {
    if (value.length === 0) return '[ ]';
    return `[ ${value.map((item) => prettyText(item, depth + 1)).join(',')} ]`;
  }
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const fields = Object.entries(value as JsonObject).filter(([, v]) => v !== undefined);
  const lines = fields.map(
    ([key, v]) => `${indent(depth + 1)}${JSON.stringify(key)}: ${prettyText(v ?? null, depth + 1)}`,
  );
  return `{${lines.join(',')}${indent(depth)}}`;
}
