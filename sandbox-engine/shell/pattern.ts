// Shell patterns (glob) as matchers, translated to regular expressions.
//
// Mirrors: bash(1) Pattern Matching with extglob always on. In a pattern text a backslash quotes the next character.

const cache = new Map<string, RegExp>();
const cacheSize = 500;

/** A regular expression that matches the whole text when the pattern does. */
export function patternToRegExp(pattern: string, ignoreCase = false): RegExp {
  const key = ignoreCase ? `i${pattern}` : `c${pattern}`;
  const known = cache.get(key);
  if (known) return known;
  const made = compile(`^(?:${translate(pattern, { path: false })})$`, ignoreCase);
  if (cache.size > cacheSize) cache.clear();
  cache.set(key, made);
  return made;
}

/** The source of a regular expression for a pattern, without anchors. */
export const patternSource = (pattern: string): string => translate(pattern, { path: false });

/** The same for one component of a path: a leading dot must be matched by a dot. */
export function componentRegExp(pattern: string, dotglob: boolean, ignoreCase: boolean): RegExp {
  const hidden = dotglob || pattern.startsWith('.') || pattern.startsWith('\\.');
  return compile(
    `^${hidden ? '' : '(?!\\.)'}(?:${translate(pattern, { path: true })})$`,
    ignoreCase,
  );
}

function compile(source: string, ignoreCase: boolean): RegExp {
  try {
    return new RegExp(source, ignoreCase ? 'sui' : 'su');
  } catch {
    // A range such as [z-a], or what else no expression can say: such a pattern matches nothing.
    return /(?!)/;
  }
}

export const matches = (text: string, pattern: string): boolean =>
  patternToRegExp(pattern).test(text);

/** Does the pattern contain anything special outside quotes? */
export function hasGlob(pattern: string): boolean {
  for (let i = 0; i < pattern.length; i += 1) {
    const c = pattern[i];
    if (c === '\\') i += 1;
    else if (c === '*' || c === '?') return true;
    else if (c === '[' && pattern.indexOf(']', i + 1) > 0) return true;
    else if ((c === '+' || c === '@' || c === '!') && pattern[i + 1] === '(') return true;
  }
  return false;
}

/** The text that a pattern without anything special stands for. */
export const unquotePattern = (pattern: string): string => pattern.replace(/\\([\s\S])/g, '$1');

/** Quotes every character that is special in a pattern. */
export const quotePattern = (text: string): string => text.replace(/[\\*?[\]!@+()|^-]/g, '\\$&');

const escapeRegExp = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

interface Mode {
  readonly path: boolean;
}

function translate(pattern: string, mode: Mode): string {
  let out = '';
  for (let i = 0; i < pattern.length; ) {
    const c = pattern[i] as string;
    const extended = '?*+@!'.includes(c) && pattern[i + 1] === '(' ? closing(pattern, i + 1) : -1;
    if (extended > 0) {
      out += group(c, pattern.slice(i + 2, extended), pattern.slice(extended + 1), mode);
      i = extended + 1;
    } else if (c === '*') {
      out += mode.path ? '[^/]*' : '.*';
      while (pattern[i] === '*') i += 1;
    } else if (c === '?') {
      out += mode.path ? '[^/]' : '.';
      i += 1;
    } else if (c === '[') {
      const set = bracket(pattern, i);
      out += set ? set.source : '\\[';
      i = set ? set.end : i + 1;
    } else if (c === '\\' && i + 1 < pattern.length) {
      const quoted = String.fromCodePoint(pattern.codePointAt(i + 1) ?? 0);
      out += escapeRegExp(quoted);
      i += 1 + quoted.length;
    } else {
      const plain = String.fromCodePoint(pattern.codePointAt(i) ?? 0);
      out += escapeRegExp(plain);
      i += plain.length;
    }
  }
  return out;
}

/** The index of the `)` that closes the `(` at `open`, or -1. */
function closing(pattern: string, open: number): number {
  let depth = 0;
  for (let i = open; i < pattern.length; i += 1) {
    if (pattern[i] === '\\') i += 1;
    else if (pattern[i] === '(') depth += 1;
    else if (pattern[i] === ')') {
      depth -= 1;
      if (depth === 0) return i;
    }
  }
  return -1;
}

function group(operator: string, body: string, rest: string, mode: Mode): string {
  const choices = alternatives(body)
    .map((one) => translate(one, mode))
    .join('|');
  if (operator === '!') return `(?!(?:${choices})${rest === '' ? '$' : translate(rest, mode)}).*`;
  const count = { '?': '?', '*': '*', '+': '+', '@': '' }[operator] ?? '';
  return `(?:${choices})${count}`;
}

function alternatives(body: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let i = 0; i < body.length; i += 1) {
    if (body[i] === '\\') i += 1;
    else if (body[i] === '(') depth += 1;
    else if (body[i] === ')') depth -= 1;
    else if (body[i] === '|' && depth === 0) {
      parts.push(body.slice(from, i));
      from = i + 1;
    }
  }
  parts.push(body.slice(from));
  return parts;
}

const classes: Readonly<Record<string, string>> = {
  alnum: '\\p{L}\\p{Nd}',
  alpha: '\\p{L}',
  blank: ' \\t',
  cntrl: '\\x00-\\x1f\\x7f',
  digit: '0-9',
  graph: '\\x21-\\x7e',
  lower: '\\p{Ll}',
  print: '\\x20-\\x7e',
  punct: '!-\\/:-@\\[-`\\{-~',
  space: '\\s',
  upper: '\\p{Lu}',
  word: '\\p{L}\\p{Nd}_',
  xdigit: '0-9A-Fa-f',
};

function bracket(
  pattern: string,
  open: number,
): { readonly source: string; readonly end: number } | undefined {
  let i = open + 1;
  let source = '[';
  if (pattern[i] === '!' || pattern[i] === '^') {
    source += '^';
    i += 1;
  }
  for (let first = true; i < pattern.length; first = false) {
    const c = pattern[i] as string;
    if (c === ']' && !first) return { source: `${source}]`, end: i + 1 };
    const named = /^\[:([a-z]+):\]/.exec(pattern.slice(i, i + 12));
    if (named) {
      source += classes[named[1] as string] ?? '';
      i += named[0].length;
    } else if (c === '-' && !first && pattern[i + 1] !== ']' && pattern[i + 1] !== undefined) {
      source += '-';
      i += 1;
    } else {
      if (c === '\\' && i + 1 < pattern.length) i += 1;
      const plain = String.fromCodePoint(pattern.codePointAt(i) ?? 0);
      source += plain.replace(/[\\\]^[-]/g, '\\$&').replace(/[{}()/|]/g, '\\$&');
      i += plain.length;
    }
  }
  return undefined;
}
