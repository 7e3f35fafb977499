// The functions that templates may call: those of text/template and docker's own.
//
// Mirrors: Go text/template funcs.go, docker/cli templates/templates.go. A function throws `CallError` with Go's words.
import { valueJson } from './json.ts';
import { sprintf, TextBytes } from './printf.ts';
import { boolType, intType, sliceOf, stringType } from './types.ts';
import {
  format,
  indirect,
  invalid,
  isRecord,
  isTrue,
  print,
  toValue,
  type Value,
  zero,
} from './value.ts';

/** Becomes `error calling NAME: …`. */
export class CallError extends Error {}

export interface TemplateFunction {
  /** Number of arguments: exactly `min`, or at least `min` when `more`. */
  readonly min: number;
  readonly more?: boolean;
  /** Parameters that must be text; others take anything. */
  readonly texts?: readonly number[];
  readonly numbers?: readonly number[];
  run(args: readonly Value[]): Value;
}

const text = (s: string): Value => toValue(s, stringType);
const truth = (b: boolean): Value => toValue(b, boolType);
const string = (v: Value | undefined): string => String(v ? (indirect(v).value.data ?? '') : '');
const number = (v: Value | undefined): number => Number(v ? indirect(v).value.data : 0);

// ---- comparison -------------------------------------------------------------------------------

type Kind = 'text' | 'number' | 'bool' | 'nil' | 'other';

function basicKind(value: Value): Kind {
  const { value: inner, isNil } = indirect(value);
  if (isNil || !inner.type) return 'nil';
  switch (inner.type.kind) {
    case 'string':
    case 'time':
      return 'text';
    case 'bool':
      return 'bool';
    case 'int':
    case 'uint':
    case 'float':
    case 'duration':
    case 'number':
      return 'number';
    default:
      return 'other';
  }
}

function equal(a: Value, b: Value): boolean {
  const ka = basicKind(a);
  const kb = basicKind(b);
  if (ka === 'other' || kb === 'other') throw new CallError('incompatible types for comparison');
  if (ka === 'nil' || kb === 'nil') return ka === kb;
  if (ka !== kb) throw new CallError('incompatible types for comparison');
  return indirect(a).value.data === indirect(b).value.data;
}

function less(a: Value, b: Value): boolean {
  const ka = basicKind(a);
  if (ka !== basicKind(b)) throw new CallError('incompatible types for comparison');
  if (ka !== 'text' && ka !== 'number') throw new CallError('invalid type for comparison');
  const [x, y] = [indirect(a).value.data, indirect(b).value.data];
  return ka === 'text' ? String(x) < String(y) : Number(x) < Number(y);
}

const compare = (test: (a: Value, b: Value) => boolean): TemplateFunction => ({
  min: 2,
  run: ([a = invalid, b = invalid]) => truth(test(a, b)),
});

// ---- containers -------------------------------------------------------------------------------

function index([item = invalid, ...keys]: readonly Value[]): Value {
  let current = item;
  if (!current.type) throw new CallError('index of untyped nil');
  for (const key of keys) {
    const { value, isNil } = indirect(current);
    if (isNil) throw new CallError('index of nil pointer');
    const { type, data } = value;
    if (type?.kind === 'slice') {
      const list = Array.isArray(data) ? data : [];
      const at = position(key, list.length);
      current = { type: type.of, data: list[at] };
    } else if (type?.kind === 'map') {
      const name = indirect(key).value;
      if (name.type?.kind !== 'string')
        throw new CallError(`value has type ${name.type?.name ?? 'nil'}; should be string`);
      const found = isRecord(data) ? data[String(name.data)] : undefined;
      current = { type: type.of, data: found === undefined ? zero(type.of) : found };
    } else if (type?.kind === 'string') {
      const bytes = [...new TextBytes(String(data))];
      current = toValue(bytes[position(key, bytes.length)], { kind: 'uint', name: 'uint8' });
    } else throw new CallError(`can't index item of type ${type?.name ?? 'nil'}`);
  }
  return current;
}

function position(key: Value, length: number): number {
  const { type, data } = indirect(key).value;
  if (basicKind(key) !== 'number')
    throw new CallError(`cannot index slice/array with type ${type?.name ?? 'nil'}`);
  const at = Number(data);
  if (at < 0 || at >= length) throw new CallError(`index out of range: ${at}`);
  return at;
}

function slice([item = invalid, ...bounds]: readonly Value[]): Value {
  const { value } = indirect(item);
  const { type, data } = value;
  if (type?.kind !== 'string' && type?.kind !== 'slice')
    throw new CallError(`can't slice item of type ${type?.name ?? 'nil'}`);
  if (type.kind === 'string' && bounds.length === 3)
    throw new CallError('cannot 3-index slice a string');
  const whole = type.kind === 'string' ? String(data) : Array.isArray(data) ? data : [];
  const [from = 0, to = whole.length] = bounds.map((b) => number(b));
  for (const bound of [from, to])
    if (bound < 0 || bound > whole.length) throw new CallError(`index out of range: ${bound}`);
  if (from > to) throw new CallError(`invalid slice index: ${from} > ${to}`);
  return { type, data: whole.slice(from, to) };
}

function length([item = invalid]: readonly Value[]): Value {
  const { value, isNil } = indirect(item);
  const { type, data } = value;
  if (isNil || !type) throw new CallError('len of nil pointer');
  if (type.kind === 'string') return toValue([...new TextBytes(String(data))].length, intType);
  if (type.kind === 'slice') return toValue(Array.isArray(data) ? data.length : 0, intType);
  if (type.kind === 'map') return toValue(isRecord(data) ? Object.keys(data).length : 0, intType);
  throw new CallError(`len of type ${type.name}`);
}

// ---- text -------------------------------------------------------------------------------------

/** Mirrors: fmt.Sprint: blanks between operands when neither is a string. */
function sprint(args: readonly Value[]): string {
  let out = '';
  for (const [i, arg] of args.entries()) {
    const before = args[i - 1];
    if (before && basicKind(before) !== 'text' && basicKind(arg) !== 'text') out += ' ';
    out += print(arg);
  }
  return out;
}

function joined([list = invalid, separator]: readonly Value[]): Value {
  const { value, isNil } = indirect(list);
  if (value.type?.kind !== 'slice') {
    if (isNil) return text('');
    throw new CallError(`expected slice, got ${value.type?.name ?? 'nil'}`);
  }
  const items = Array.isArray(value.data) ? value.data : [];
  return text(items.map((x) => format(toValue(x))).join(string(separator)));
}

const htmlEscapes: Readonly<Record<string, string>> = {
  '"': '&#34;',
  "'": '&#39;',
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '\0': '\uFFFD',
};
const jsEscapes: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '"': '\\"',
  '<': '\\u003C',
  '>': '\\u003E',
  '&': '\\u0026',
  '=': '\\u003D',
};

const queryEscape = (s: string): string =>
  encodeURIComponent(s)
    .replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
    .replace(/%20/g, '+');

const textual = (change: (s: string) => string): TemplateFunction => ({
  min: 1,
  texts: [0],
  run: ([s]) => text(change(string(s))),
});

const printed = (write: (args: readonly Value[]) => string): TemplateFunction => ({
  min: 0,
  more: true,
  run: (args) => text(write(args)),
});

/** Mirrors: strings.Title. */
const title = (s: string): string =>
  s.replace(
    /(^|[^\p{L}\p{Nd}_'])(\p{L})/gu,
    (_, before: string, letter: string) => before + letter.toUpperCase(),
  );

/** By name; `and` and `or` are evaluated by the executor, since they stop early. */
export const functions: ReadonlyMap<string, TemplateFunction> = new Map<string, TemplateFunction>([
  ['and', { min: 1, more: true, run: (args) => args.at(-1) ?? invalid }],
  ['or', { min: 1, more: true, run: (args) => args.at(-1) ?? invalid }],
  ['not', { min: 1, run: ([v = invalid]) => truth(!isTrue(v)) }],
  [
    'eq',
    {
      min: 1,
      more: true,
      run: ([a = invalid, ...others]) => {
        if (others.length === 0) throw new CallError('missing argument for comparison');
        return truth(others.some((b) => equal(a, b)));
      },
    },
  ],
  ['ne', compare((a, b) => !equal(a, b))],
  ['lt', compare(less)],
  ['le', compare((a, b) => less(a, b) || equal(a, b))],
  ['gt', compare((a, b) => !(less(a, b) || equal(a, b)))],
  ['ge', compare((a, b) => !less(a, b))],
  ['len', { min: 1, run: length }],
  ['index', { min: 1, more: true, run: index }],
  ['slice', { min: 1, more: true, run: slice }],
  ['print', printed(sprint)],
  ['println', printed((args) => `${args.map(print).join(' ')}\n`)],
  [
    'printf',
    { min: 1, more: true, texts: [0], run: ([f, ...args]) => text(sprintf(string(f), args)) },
  ],
  ['html', printed((args) => sprint(args).replace(/["'&<>\0]/g, (c) => htmlEscapes[c] ?? c))],
  ['js', printed((args) => sprint(args).replace(/[\\'"<>&=]/g, (c) => jsEscapes[c] ?? c))],
  ['urlquery', printed((args) => queryEscape(sprint(args)))],
  ['json', { min: 1, run: ([v = invalid]) => text(valueJson(v)) }],
  ['join', { min: 2, texts: [1], run: joined }],
  [
    'split',
    {
      min: 2,
      texts: [0, 1],
      run: ([s, separator]) =>
        toValue(
          string(separator) === '' ? [...string(s)] : string(s).split(string(separator)),
          sliceOf(stringType),
        ),
    },
  ],
  ['lower', textual((s) => s.toLowerCase())],
  ['upper', textual((s) => s.toUpperCase())],
  ['title', textual(title)],
  [
    'truncate',
    { min: 2, texts: [0], numbers: [1], run: ([s, n]) => text(truncated(string(s), number(n))) },
  ],
  [
    'pad',
    {
      min: 3,
      texts: [0],
      numbers: [1, 2],
      run: ([s, before, after]) =>
        text(
          string(s) === ''
            ? ''
            : ' '.repeat(number(before)) + string(s) + ' '.repeat(number(after)),
        ),
    },
  ],
]);

const ofDocker = ['json', 'title', 'lower', 'upper', 'split', 'join', 'truncate', 'pad'];

/** Those that every Go template has. */
export const goFunctions: ReadonlyMap<string, TemplateFunction> = new Map(
  [...functions].filter(([name]) => !ofDocker.includes(name)),
);

/** A function of texts; it throws `CallError` where Go's would answer an error. */
export const textFunction = (
  min: number,
  more: boolean,
  run: (...args: string[]) => string,
): TemplateFunction => ({
  min,
  more,
  texts: Array.from({ length: min }, (_, i) => i),
  run: (args) => text(run(...args.map(string))),
});

const truncated = (s: string, n: number): string => (s.length < n ? s : s.slice(0, n));

/** In the header of a table docker's functions leave their text alone. */
export const headerFunctions: ReadonlyMap<string, TemplateFunction> = new Map(
  [...functions].map(([name, f]) =>
    ofDocker.includes(name)
      ? [
          name,
          {
            min: f.min,
            run: ([v = invalid]) => (name === 'pad' ? f.run([v, toValue(0), toValue(0)]) : v),
          },
        ]
      : [name, f],
  ),
);
