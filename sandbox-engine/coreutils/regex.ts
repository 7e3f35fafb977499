// POSIX basic and extended regular expressions (regex(7)) as JavaScript ones.
//
// Differs: alternation takes the first alternative that matches, not the longest; no collating elements.
import { err, ok, type Result } from '../std/index.ts';

export interface RegexOptions {
  readonly extended: boolean;
  readonly ignoreCase?: boolean;
  readonly global?: boolean;
}

const classes: Readonly<Record<string, string>> = {
  alpha: 'a-zA-Z',
  digit: '0-9',
  alnum: 'a-zA-Z0-9',
  upper: 'A-Z',
  lower: 'a-z',
  space: ' \\t\\n\\r\\f\\v',
  blank: ' \\t',
  punct: '!-\\/:-@\\[-`{-~',
  print: ' -~',
  graph: '!-~',
  cntrl: '\\x00-\\x1f\\x7f',
  xdigit: '0-9A-Fa-f',
};

/** The JavaScript expression for a POSIX one; the error is what GNU regcomp would say. */
export function posixRegex(source: string, options: RegexOptions): Result<RegExp, string> {
  const translated = translate(source, options.extended);
  if (!translated.ok) return translated;
  const flags = `${options.ignoreCase ? 'i' : ''}${options.global ? 'g' : ''}s`;
  try {
    return ok(new RegExp(translated.value, flags));
  } catch {
    return err('Invalid regular expression');
  }
}

function translate(source: string, extended: boolean): Result<string, string> {
  let out = '';
  let depth = 0;
  for (let i = 0; i < source.length; i += 1) {
    const c = source[i] ?? '';
    const startOfBranch = out === '' || out.endsWith('(') || out.endsWith('|');
    if (c === '[') {
      const bracket = bracketAt(source, i);
      if (!bracket) return err('Unmatched [, [^, [:, [., or [=');
      out += bracket.text;
      i = bracket.end;
    } else if (c === '\\') {
      i += 1;
      const next = source[i];
      if (next === undefined) return err('Trailing backslash');
      if (!extended && '(){}|+?'.includes(next)) {
        if (next === '(') depth += 1;
        if (next === ')') depth -= 1;
        if (depth < 0) return err('Unmatched ) or \\)');
        out += next;
      } else out += escaped(next);
    } else if (extended && c === '(') {
      depth += 1;
      out += '(';
    } else if (extended && c === ')') {
      depth -= 1;
      if (depth < 0) return err('Unmatched ) or \\)');
      out += ')';
    } else if (c === '*' && startOfBranch) out += '\\*';
    else if (!extended && '(){}|+?'.includes(c)) out += `\\${c}`;
    else if (!extended && c === '^' && !startOfBranch) out += '\\^';
    else if (
      !extended &&
      c === '$' &&
      i + 1 < source.length &&
      !source.startsWith('\\)', i + 1) &&
      !source.startsWith('\\|', i + 1)
    )
      out += '\\$';
    else if (extended && c === '{' && !/^\{\d*,?\d*\}/.test(source.slice(i))) out += '\\{';
    else if (c === '/') out += '\\/';
    else out += c;
  }
  if (depth > 0) return err('Unmatched ( or \\(');
  return ok(out);
}

function escaped(c: string): string {
  if (c === '<') return '\\b(?=\\w)';
  if (c === '>') return '\\b(?<=\\w)';
  if (c === '`') return '^';
  if (c === "'") return '$';
  if ('wWsSbB'.includes(c) || /[1-9]/.test(c)) return `\\${c}`;
  if (c === 'n') return '\\n';
  if (c === 't') return '\\t';
  return /[a-zA-Z0-9]/.test(c) ? c : `\\${c}`;
}

function bracketAt(source: string, start: number): { text: string; end: number } | undefined {
  let i = start + 1;
  let out = '[';
  if (source[i] === '^') {
    out += '^';
    i += 1;
  }
  for (let first = true; i < source.length; first = false) {
    const c = source[i] ?? '';
    if (c === ']' && !first) return { text: `${out}]`, end: i };
    const named = /^\[:(\w+):\]/.exec(source.slice(i));
    if (named) {
      out += classes[named[1] ?? ''] ?? '';
      i += named[0].length;
      continue;
    }
    if (c === '\\') out += /[ntrfv]/.test(source[i + 1] ?? '') ? '\\' : '\\\\';
    else if (c === '[' || c === ']' || c === '^') out += `\\${c}`;
    else out += c;
    i += 1;
  }
  return undefined;
}
