// JSON as Go's encoding/json writes it: struct fields in their order, keys of maps sorted, and (in the default mode)
// <, > and & escaped.

import type { GoType, TemplateObject } from './types.ts';
import { indirect, isRecord, sortedKeys, type Value } from './value.ts';

export interface JsonStyle {
  /** Indentation of one level; absent: compact. */
  readonly indent?: string;
  /** Writes <, > and & as \u003c, \u003e and \u0026. */
  readonly escapeHtml?: boolean;
  /** Sorts the keys of objects, as Go does with maps. */
  readonly sortKeys?: boolean;
}

const special: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\b': '\\b',
  '\f': '\\f',
};

function textJson(text: string, escapeHtml: boolean): string {
  const plain = text.replace(
    /["\\\x00-\x1f\u2028\u2029]/g,
    (c) => special[c] ?? `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  const escaped = escapeHtml
    ? plain.replace(/[<>&]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`)
    : plain;
  return `"${escaped}"`;
}

/** A plain value as JSON text. */
export function goJson(data: unknown, style: JsonStyle = {}, level = ''): string {
  if (data === null || data === undefined) return 'null';
  if (typeof data === 'string') return textJson(data, style.escapeHtml ?? false);
  if (Array.isArray(data))
    return bracketed('[', ']', data, style, level, (x, inner) => goJson(x, style, inner));
  if (isRecord(data)) {
    const keys = style.sortKeys
      ? sortedKeys(data)
      : Object.keys(data).filter((k) => data[k] !== undefined);
    const colon = style.indent === undefined ? ':' : ': ';
    return bracketed('{', '}', keys, style, level, (key, inner) => {
      return textJson(key, style.escapeHtml ?? false) + colon + goJson(data[key], style, inner);
    });
  }
  return String(data);
}

function bracketed<T>(
  open: string,
  close: string,
  items: readonly T[],
  style: JsonStyle,
  level: string,
  write: (item: T, level: string) => string,
): string {
  if (items.length === 0) return open + close;
  if (style.indent === undefined) return open + items.map((x) => write(x, level)).join(',') + close;
  const inner = level + style.indent;
  return `${open}\n${items.map((x) => inner + write(x, inner)).join(',\n')}\n${level}${close}`;
}

/**
 * What `{{json x}}` prints: docker's json function, which does not escape HTML. Objects marshal themselves, by Go's
 * ordinary means, which do.
 */
export function valueJson(value: Value): string {
  const escapeHtml = indirect(value).value.type?.kind === 'object';
  return goJson(plain(value), { escapeHtml });
}

/** The value as Go would marshal it: keys of maps sorted, those of structs as they stand. */
function plain(value: Value): unknown {
  const { value: inner, isNil } = indirect(value);
  if (isNil || !inner.type) return null;
  const { type, data } = inner;
  if (type.kind === 'object') return (data as TemplateObject).toJson();
  if (type.kind === 'slice')
    return Array.isArray(data) ? data.map((x) => plain({ type: type.of, data: x })) : null;
  if (type.kind === 'map')
    return isRecord(data)
      ? Object.fromEntries(
          sortedKeys(data).map((k) => [k, plain({ type: type.of, data: data[k] })]),
        )
      : null;
  if (type.kind === 'struct' && isRecord(data)) {
    const types = new Map<string, GoType>(type.fields.map((f) => [f.key, f.type]));
    return Object.fromEntries(
      Object.entries(data).map(([k, v]) => {
        const field = types.get(k);
        // A struct that is not declared keeps the order of its JSON.
        return [k, field && field.kind !== 'any' ? plain({ type: field, data: v }) : v];
      }),
    );
  }
  return data;
}
