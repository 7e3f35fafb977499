// Lays out the flags of a command in help texts.
//
// Mirrors: spf13/pflag FlagUsagesWrapped (its columns, and the five columns by which it lets a last word stick out).
import { sortedBy } from '../../std/index.ts';
import type { FlagSpec } from '../specs/notation.ts';

const overhang = 5;
const narrowest = 24;

/** Cuts a line's worth off the front of a text: at a newline in it, or else at the last blank that fits. */
function cutLine(text: string, width: number): readonly [string, string] {
  if (width + overhang > text.length) return [text, ''];
  const head = text.slice(0, width);
  const blank = Math.max(head.lastIndexOf(' '), head.lastIndexOf('\t'), head.lastIndexOf('\n'));
  if (blank <= 0) return [text, ''];
  const newline = head.lastIndexOf('\n');
  const cut = newline > 0 && newline < blank ? newline : blank;
  return [text.slice(0, cut), text.slice(cut + 1)];
}

function wrapped(text: string, indent: number, width: number): string {
  let column = indent;
  let out = '';
  if (width - column < narrowest) {
    column = 16;
    out = `\n${' '.repeat(column)}`;
  }
  if (width - column < narrowest) return text.replaceAll('\n', out);
  const margin = `\n${' '.repeat(column)}`;
  const lines: string[] = [];
  let rest = text;
  do {
    const [line, after] = cutLine(rest, width - column - overhang);
    lines.push(line.replaceAll('\n', margin));
    rest = after;
  } while (rest !== '');
  return out + lines.join(margin);
}

/** The option block, sorted by name, for a terminal of that many columns. */
export function flagUsages(flags: readonly FlagSpec[], columns: number): string {
  const rows = sortedBy(
    flags.filter((flag) => !flag.hidden),
    (flag) => flag.name,
  ).map((flag) => {
    const letter = flag.letter ? `  -${flag.letter}, ` : '      ';
    return { left: `${letter}--${flag.name}${flag.type ? ` ${flag.type}` : ''}`, flag };
  });
  const indent = Math.max(0, ...rows.map((row) => row.left.length)) + 3;
  return rows
    .map(({ left, flag }) => left.padEnd(indent) + wrapped(flag.description, indent, columns - 1))
    .join('\n');
}
