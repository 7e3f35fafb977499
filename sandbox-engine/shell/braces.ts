// Brace expansion on the text of a word: `a{b,c}` and `{1..5}`, before anything else is expanded.
//
// Mirrors: bash(1) Brace Expansion. Quoted braces, `${…}` and `$(…)` are passed over.

const maximum = 100_000;

/** The texts that a word's text stands for; the text itself when there is nothing to expand. */
export function expandBraces(text: string, work = { left: maximum * 4 }): string[] {
  const found = work.left > 0 ? findBrace(text) : undefined;
  if (!found) return [text];
  const head = text.slice(0, found.open);
  const tails = expandBraces(text.slice(found.close + 1), work);
  const middles = found.range ?? found.parts.flatMap((part) => expandBraces(part, work));
  const out: string[] = [];
  for (const middle of middles)
    for (const tail of tails) {
      work.left -= 1;
      if (out.length >= maximum) return out;
      out.push(head + middle + tail);
    }
  return out;
}

interface Brace {
  readonly open: number;
  readonly close: number;
  readonly parts: readonly string[];
  readonly range: readonly string[] | undefined;
}

function findBrace(text: string): Brace | undefined {
  for (let i = 0; i < text.length; i += 1) {
    const skipped = skipQuoted(text, i);
    if (skipped > i) {
      i = skipped - 1;
      continue;
    }
    if (text[i] !== '{') continue;
    const brace = readBrace(text, i);
    if (brace) return brace;
  }
  return undefined;
}

function readBrace(text: string, open: number): Brace | undefined {
  const parts: string[] = [];
  let from = open + 1;
  let depth = 0;
  for (let i = open + 1; i < text.length; i += 1) {
    const skipped = skipQuoted(text, i);
    if (skipped > i) {
      i = skipped - 1;
      continue;
    }
    const c = text[i];
    if (c === '{') depth += 1;
    else if (c === ',' && depth === 0) {
      parts.push(text.slice(from, i));
      from = i + 1;
    } else if (c === '}') {
      if (depth > 0) {
        depth -= 1;
        continue;
      }
      parts.push(text.slice(from, i));
      const range = parts.length === 1 ? sequence(parts[0] as string) : undefined;
      return parts.length > 1 || range ? { open, close: i, parts, range } : undefined;
    }
  }
  return undefined;
}

/** The index after a quoted stretch or an expansion that starts here; the same index when none does. */
function skipQuoted(text: string, at: number): number {
  const c = text[at];
  if (c === '\\') return at + 2;
  if (c === "'") return after(text, "'", at + 1);
  if (c === '"' || c === '`') return closingQuote(text, at, c);
  if (c === '$' && text[at + 1] === '{') return balanced(text, at + 1, '{', '}');
  if (c === '$' && text[at + 1] === '(') return balanced(text, at + 1, '(', ')');
  return at;
}

function after(text: string, mark: string, from: number): number {
  const end = text.indexOf(mark, from);
  return end < 0 ? text.length : end + 1;
}

function closingQuote(text: string, open: number, quote: string): number {
  for (let i = open + 1; i < text.length; i += 1) {
    if (text[i] === '\\') i += 1;
    else if (text[i] === quote) return i + 1;
  }
  return text.length;
}

function balanced(text: string, open: number, left: string, right: string): number {
  let depth = 0;
  for (let i = open; i < text.length; i += 1) {
    const c = text[i];
    if (c === '\\') i += 1;
    else if (c === "'") i = after(text, "'", i + 1) - 1;
    else if (c === '"') i = closingQuote(text, i, '"') - 1;
    else if (c === left) depth += 1;
    else if (c === right) {
      depth -= 1;
      if (depth === 0) return i + 1;
    }
  }
  return text.length;
}

/** `1..5`, `01..10`, `a..e`, `1..9..2`. */
function sequence(text: string): string[] | undefined {
  const numbers = /^(-?\d+)\.\.(-?\d+)(?:\.\.(-?\d+))?$/.exec(text);
  if (numbers) {
    const [, from = '', to = '', step] = numbers;
    const padded = /^-?0\d/.test(from) || /^-?0\d/.test(to);
    const width = padded ? Math.max(from.length, to.length) : 0;
    return steps(Number(from), Number(to), Number(step ?? 1)).map((n) => pad(n, width));
  }
  const letters = /^([A-Za-z])\.\.([A-Za-z])(?:\.\.(-?\d+))?$/.exec(text);
  if (!letters) return undefined;
  const [, from = '', to = '', step] = letters;
  return steps(from.charCodeAt(0), to.charCodeAt(0), Number(step ?? 1)).map((code) =>
    String.fromCharCode(code),
  );
}

function pad(n: number, width: number): string {
  const digits = String(Math.abs(n)).padStart(n < 0 ? width - 1 : width, '0');
  return n < 0 ? `-${digits}` : digits;
}

function steps(from: number, to: number, by: number): number[] {
  const step = Math.abs(by) || 1;
  const out: number[] = [];
  for (let i = from; from <= to ? i <= to : i >= to; i += from <= to ? step : -step) {
    if (out.length >= maximum) break;
    out.push(i);
  }
  return out;
}
