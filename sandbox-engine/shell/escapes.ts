// Backslash escapes in `echo -e`, `printf` and `$'…'`.

interface Decoded {
  readonly text: string;
  /** `\c` was met: nothing more is to be printed. */
  readonly stop: boolean;
}

const single: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  e: '\x1b',
  E: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
};

/**
 * `echo`: octal is `\0nnn`; `format`: octal is `\nnn`, quotes may be escaped; `ansi`: as `format`, with `\cX`.
 */
export function decodeEscapes(text: string, style: 'echo' | 'format' | 'ansi'): Decoded {
  if (!text.includes('\\')) return { text, stop: false };
  let out = '';
  for (let i = 0; i < text.length; i += 1) {
    if (text[i] !== '\\' || i + 1 >= text.length) {
      out += text[i];
      continue;
    }
    const rest = text.slice(i + 1, i + 12);
    if (rest[0] === 'c' && style !== 'ansi') return { text: out, stop: true };
    const numeric = numericEscape(rest, style);
    if (numeric) {
      out += numeric.text;
      i += numeric.length;
      continue;
    }
    const known =
      single[rest[0] as string] ??
      (style !== 'echo' && /['"?]/.test(rest[0] as string) ? rest[0] : undefined);
    out += known ?? `\\${rest[0]}`;
    i += 1;
  }
  return { text: out, stop: false };
}

function numericEscape(
  rest: string,
  style: 'echo' | 'format' | 'ansi',
): { readonly text: string; readonly length: number } | undefined {
  const octal = (style === 'echo' ? /^0([0-7]{0,3})/ : /^([0-7]{1,3})/).exec(rest);
  if (octal) return code(Number.parseInt(octal[1] || '0', 8) & 255, octal[0].length);
  const hex = /^x([0-9A-Fa-f]{1,2})/.exec(rest);
  if (hex) return code(Number.parseInt(hex[1] as string, 16), hex[0].length);
  const unicode = /^u([0-9A-Fa-f]{1,4})|^U([0-9A-Fa-f]{1,8})/.exec(rest);
  if (unicode)
    return code(Number.parseInt((unicode[1] ?? unicode[2]) as string, 16), unicode[0].length);
  const control = style === 'ansi' ? /^c([\s\S])/.exec(rest) : undefined;
  return control ? code((control[1] as string).toUpperCase().charCodeAt(0) & 31, 2) : undefined;
}

const code = (point: number, length: number): { text: string; length: number } => ({
  text: point <= 0x10ffff ? String.fromCodePoint(point) : '',
  length,
});
