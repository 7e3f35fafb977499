// Values as templates see them: a JavaScript value with its Go type, and how Go prints them.
//
// Mirrors: Go fmt (%v), time.Time.String, text/template printValue.
import { compareText } from '../std/index.ts';
import {
  anyType,
  boolType,
  type GoType,
  mapOf,
  numberType,
  sliceOf,
  stringType,
  type TemplateObject,
} from './types.ts';

/** `type` undefined: reflect's invalid value, which prints as `<no value>`. */
export interface Value {
  readonly type: GoType | undefined;
  readonly data: unknown;
}

export const invalid: Value = { type: undefined, data: undefined };

export type JsonRecord = Readonly<Record<string, unknown>>;
export const isRecord = (data: unknown): data is JsonRecord =>
  typeof data === 'object' && data !== null && !Array.isArray(data);

const isObject = (data: unknown): data is TemplateObject =>
  isRecord(data) && typeof data.typeName === 'string' && typeof data.call === 'function';

/** The dynamic type of a plain value. */
function typeOf(data: unknown): GoType {
  if (typeof data === 'string') return stringType;
  if (typeof data === 'boolean') return boolType;
  if (typeof data === 'number' || typeof data === 'bigint') return numberType;
  if (Array.isArray(data)) return sliceOf(anyType);
  if (isObject(data)) return { kind: 'object', name: data.typeName };
  if (isRecord(data)) return mapOf(anyType);
  return anyType;
}

export const toValue = (data: unknown, type: GoType = typeOf(data)): Value => ({ type, data });

/** Looks through interfaces and pointers. `isNil`: the pointer or interface holds nothing. */
export function indirect(value: Value): { value: Value; isNil: boolean } {
  let current = value;
  for (;;) {
    if (current.type?.kind === 'any') {
      if (current.data === null || current.data === undefined)
        return { value: current, isNil: true };
      current = { type: typeOf(current.data), data: current.data };
    } else if (current.type?.kind === 'pointer') {
      if (current.data === null || current.data === undefined)
        return { value: current, isNil: true };
      current = { type: current.type.of, data: current.data };
    } else return { value: current, isNil: false };
  }
}

/** What stands where JSON has left a field of a Go struct out. */
export function zero(type: GoType): unknown {
  switch (type.kind) {
    case 'string':
      return '';
    case 'bool':
      return false;
    case 'int':
    case 'uint':
    case 'float':
    case 'duration':
    case 'number':
      return 0;
    case 'time':
      return '0001-01-01T00:00:00Z';
    case 'struct':
      return {};
    default:
      return null;
  }
}

/** Neither false, 0, empty nor nil. */
export function isTrue(value: Value): boolean {
  const { value: inner, isNil } = indirect(value);
  if (isNil || !inner.type) return false;
  const { data } = inner;
  if (inner.type.kind === 'struct' || inner.type.kind === 'time' || inner.type.kind === 'object')
    return true;
  if (Array.isArray(data)) return data.length > 0;
  if (isRecord(data)) return Object.keys(data).length > 0;
  return Boolean(data);
}

/** `2026-11-22 00:19:23.218254233 +0000 UTC` of an RFC 3339 time in UTC. */
export function goTime(rfc3339: string): string {
  const match = /^(\d+-\d\d-\d\d)T([\d:]+)(\.\d+)?Z$/.exec(rfc3339);
  return match
    ? `${match[1]} ${match[2]}${(match[3] ?? '').replace(/\.?0+$/, '')} +0000 UTC`
    : rfc3339;
}

/** Go's %v of a float64. */
export function goFloat(n: number): string {
  if (!Number.isFinite(n)) return Number.isNaN(n) ? 'NaN' : n > 0 ? '+Inf' : '-Inf';
  const scientific = n.toExponential();
  const exponent = Number(scientific.slice(scientific.indexOf('e') + 1));
  if (exponent < -4 || exponent >= 6) return scientific.replace(/e([+-])(\d)$/, 'e$10$2');
  return String(n);
}

/** What `{{x}}` prints. */
export function print(value: Value): string {
  if (!value.type) return '<no value>';
  const { value: inner, isNil } = indirect(value);
  return isNil ? '<nil>' : format(inner);
}

/** Mirrors: fmt's %v; pointers inside other values print as addresses. */
export function format(value: Value): string {
  const { type, data } = value;
  if (!type) return '<nil>';
  switch (type.kind) {
    case 'time':
      return goTime(String(data ?? zero(type)));
    case 'float':
      return goFloat(Number(data));
    case 'duration':
      return goDuration(Number(data));
    case 'slice':
      return `[${(Array.isArray(data) ? data : []).map((x) => formatElement({ type: type.of, data: x })).join(' ')}]`;
    case 'map':
      return `map[${sortedKeys(data)
        .map((key) => `${key}:${formatElement({ type: type.of, data: (data as JsonRecord)[key] })}`)
        .join(' ')}]`;
    case 'struct':
      return `{${type.fields.map((field) => formatElement(fieldOf(value, field.key, field.type))).join(' ')}}`;
    case 'pointer':
    case 'any': {
      const { value: inner, isNil } = indirect(value);
      return isNil ? '<nil>' : format(inner);
    }
    case 'object':
      return (data as TemplateObject).typeName;
    default:
      return String(data);
  }
}

function formatElement(value: Value): string {
  if (value.type?.kind === 'pointer' && value.data !== null && value.data !== undefined)
    return '0xc00012a000';
  return format(value);
}

export function fieldOf(struct: Value, key: string, type: GoType): Value {
  const data = isRecord(struct.data) ? struct.data[key] : undefined;
  const absent = data === undefined || (data === null && type.kind !== 'any');
  return { type, data: absent ? zero(type) : data };
}

export const sortedKeys = (data: unknown): string[] =>
  isRecord(data) ? Object.keys(data).sort(compareText) : [];

/** Go's strconv.Quote. */
export function quote(text: string): string {
  let out = '"';
  for (const c of text) {
    const code = c.codePointAt(0) ?? 0;
    if (c === '"' || c === '\\') out += `\\${c}`;
    else if (code === 10) out += '\\n';
    else if (code === 13) out += '\\r';
    else if (code === 9) out += '\\t';
    else if (code < 0x20 || code === 0x7f) out += `\\x${code.toString(16).padStart(2, '0')}`;
    else out += c;
  }
  return `${out}"`;
}

/** Go's way to print a duration in nanoseconds: `1m30s`, `2160h0m0s`, `500ms`. */
export function goDuration(nanos: number): string {
  if (nanos === 0) return '0s';
  const sign = nanos < 0 ? '-' : '';
  const n = Math.abs(nanos);
  if (n < 1e3) return `${sign}${n}ns`;
  if (n < 1e6) return `${sign}${n / 1e3}µs`;
  if (n < 1e9) return `${sign}${n / 1e6}ms`;
  const hours = Math.floor(n / 3600e9);
  const minutes = Math.floor(n / 60e9) % 60;
  const seconds = (n % 60e9) / 1e9;
  const tail = `${minutes}m${seconds}s`;
  return sign + (hours > 0 ? `${hours}h${tail}` : minutes > 0 ? tail : `${seconds}s`);
}
