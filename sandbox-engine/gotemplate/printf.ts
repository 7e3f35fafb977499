// Go's fmt.Sprintf, as far as templates use it: %v %s %q %d %x %X %o %b %c %U %t %f %e %g %T %%, flags, width, precision.
import { format, goFloat, indirect, quote, type Value } from './value.ts';

const verbPattern = /%([-+# 0]*)(\d+|\*)?(?:\.(\d+|\*)?)?([a-zA-Z%])/g;

export function sprintf(template: string, args: readonly Value[]): string {
  let next = 0;
  const text = template.replace(
    verbPattern,
    (
      whole,
      flags: string,
      width: string | undefined,
      precision: string | undefined,
      verb: string,
    ) => {
      if (verb === '%') return '%';
      const star = (given: string | undefined): number | undefined => {
        if (given === undefined) return undefined;
        if (given !== '*') return Number(given);
        const arg = args[next];
        next += 1;
        return Number(arg?.data ?? 0);
      };
      const wide = star(width);
      const exact = whole.includes('.') ? (star(precision) ?? 0) : undefined;
      const arg = args[next];
      next += 1;
      if (!arg) return `%!${verb}(MISSING)`;
      return pad(one(arg, verb, flags, exact), flags, wide, verb);
    },
  );
  if (next >= args.length) return text;
  const extra = args.slice(next).map((a) => `${typeName(a)}=${format(indirect(a).value)}`);
  return `${text}%!(EXTRA ${extra.join(', ')})`;
}

function pad(text: string, flags: string, width: number | undefined, verb: string): string {
  const missing = (width ?? 0) - [...text].length;
  if (missing <= 0) return text;
  if (flags.includes('-')) return text + ' '.repeat(missing);
  if (flags.includes('0') && !'sqvT'.includes(verb)) {
    const sign = /^[+-]/.exec(text)?.[0] ?? '';
    return sign + '0'.repeat(missing) + text.slice(sign.length);
  }
  return ' '.repeat(missing) + text;
}

const typeName = (value: Value): string => {
  const name = indirect(value).value.type?.name ?? '<nil>';
  return name === 'json.Number' ? 'int' : name;
};

function one(arg: Value, verb: string, flags: string, precision: number | undefined): string {
  const { value, isNil } = indirect(arg);
  const { data } = value;
  if (verb === 'v' || verb === 's') {
    const text = isNil ? (verb === 's' ? '%!s(<nil>)' : '<nil>') : format(value);
    if (verb === 's' && !isNil && (typeof data === 'number' || typeof data === 'boolean'))
      return `%!s(${typeName(arg)}=${text})`;
    return precision === undefined ? text : [...text].slice(0, precision).join('');
  }
  if (verb === 'T') return typeName(arg);
  if (verb === 'q' && typeof data === 'string') return quote(data);
  if (verb === 't' && typeof data === 'boolean') return String(data);
  if ((verb === 'x' || verb === 'X') && typeof data === 'string') {
    const hex = [...new TextBytes(data)].map((b) => b.toString(16).padStart(2, '0')).join('');
    return verb === 'X' ? hex.toUpperCase() : hex;
  }
  if (typeof data === 'number') return numeric(data, verb, flags, precision) ?? bad(verb, arg);
  return bad(verb, arg);
}

const bad = (verb: string, arg: Value): string =>
  `%!${verb}(${typeName(arg)}=${format(indirect(arg).value)})`;

function numeric(
  n: number,
  verb: string,
  flags: string,
  precision: number | undefined,
): string | undefined {
  const signed = (text: string): string => (flags.includes('+') && n >= 0 ? `+${text}` : text);
  switch (verb) {
    case 'd':
      return Number.isInteger(n) ? signed(String(n)) : undefined;
    case 'x':
      return (flags.includes('#') ? '0x' : '') + n.toString(16);
    case 'X':
      return (flags.includes('#') ? '0X' : '') + n.toString(16).toUpperCase();
    case 'o':
      return n.toString(8);
    case 'b':
      return n.toString(2);
    case 'c':
      return String.fromCodePoint(n);
    case 'q':
      return `'${String.fromCodePoint(n)}'`;
    case 'U':
      return `U+${n.toString(16).toUpperCase().padStart(4, '0')}`;
    case 'f':
    case 'F':
      return signed(n.toFixed(precision ?? 6));
    case 'e':
      return signed(n.toExponential(precision ?? 6).replace(/e([+-])(\d)$/, 'e$10$2'));
    case 'g':
      return signed(
        precision === undefined ? goFloat(n) : String(Number(n.toPrecision(precision || 1))),
      );
    default:
      return undefined;
  }
}

/** The UTF-8 bytes of a text. */
export class TextBytes {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  *[Symbol.iterator](): Generator<number> {
    for (const c of this.#text) {
      const code = c.codePointAt(0) ?? 0;
      if (code < 0x80) yield code;
      else if (code < 0x800) yield* [0xc0 | (code >> 6), 0x80 | (code & 63)];
      else if (code < 0x10000)
        yield* [0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63)];
      else
        yield* [
          0xf0 | (code >> 18),
          0x80 | ((code >> 12) & 63),
          0x80 | ((code >> 6) & 63),
          0x80 | (code & 63),
        ];
    }
  }
}
