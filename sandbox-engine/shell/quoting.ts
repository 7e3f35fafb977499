// Writing a text so that a shell would read it back: `set`, `declare -p`, `printf %q`, `alias`, `${x@Q}`.

const safe = /^[A-Za-z0-9_@%+=:,./^-]+$/;

/** `'a b'`: single quotes where needed (or always), `$'…'` for control characters. */
export function quoteWord(text: string, always = false): string {
  if (/[\x00-\x1f\x7f]/.test(text)) return ansiQuoted(text);
  if (!always && safe.test(text)) return text;
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** `printf %q`: backslashes instead of quotes. */
export function quoteByBackslash(text: string): string {
  if (text === '') return "''";
  if (/[\x00-\x1f\x7f]/.test(text)) return ansiQuoted(text);
  return text.replace(/[^A-Za-z0-9_@%+=:./-]/g, (c) => (c > '\x7f' ? c : `\\${c}`));
}

/** `"a b"` as `declare -p` and `export -p` write values. */
export function doubleQuoted(text: string): string {
  if (/[\x00-\x08\x0b-\x1f\x7f]/.test(text)) return ansiQuoted(text);
  return `"${text.replace(/[\\"`$]/g, '\\$&')}"`;
}

const names: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\t': '\\t',
  '\r': '\\r',
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\v': '\\v',
  '\x1b': '\\E',
};

function ansiQuoted(text: string): string {
  const body = text.replace(/[\x00-\x1f\x7f'\\]/g, (c) => {
    if (c === "'" || c === '\\') return `\\${c}`;
    return names[c] ?? `\\${c.charCodeAt(0).toString(8).padStart(3, '0')}`;
  });
  return `$'${body}'`;
}
