// Mermaid's own grammar: ids and labels that cannot break out of it.

/** An id of letters, digits and `_`, the same for the same thing in every drawing. */
export function mermaidId(id: string): string {
  return `n_${id.replace(/[^A-Za-z0-9]/g, (c) => `_${c.charCodeAt(0).toString(16)}`)}`;
}

/** In the width of a Latin letter: a Chinese character takes two. */
const columns = (text: string): number =>
  [...text].reduce((sum, c) => sum + (/[\p{Script=Han}：，；。、（）]/u.test(c) ? 2 : 1), 0);

/**
 * Lines of at most that many columns, broken at blanks and after Chinese punctuation. An arrow stays with what it leads to,
 * and in Chinese a number with what it counts.
 */
export function wrapped(line: string, most: number): string[] {
  const out: string[] = [];
  let now = '';
  const words = line
    .replaceAll('→ ', '→\n')
    .replace(/(\p{Script=Han}) (\d+) (?=\p{Script=Han})/gu, '$1\n$2\n')
    .match(/[^ ：，；]*[：，；]+ ?|[^ ：，；]+ ?/gu);
  for (const word of words ?? [line]) {
    const part = word.replaceAll('\n', ' ');
    if (now !== '' && columns(`${now}${part.trimEnd()}`) > most) {
      out.push(now.trimEnd());
      now = part;
    } else now += part;
  }
  return [...out, now.trimEnd()];
}

/** A label in quotes; lines are joined by `<br/>`. Everything that means something to Mermaid goes in as an entity. */
export function mermaidLabel(...lines: readonly string[]): string {
  const safe = lines
    .filter((line) => line !== '')
    .map((line) =>
      line.replace(
        /[^\p{L}\p{N} .,:/()\-+–=@!*…·→（）：，、；’_]/gu,
        (c) => `#${c.codePointAt(0)};`,
      ),
    );
  return `"${safe.join('<br/>')}"`;
}

/** So many lines of a list at most; how many are left out is said. */
export const listed = (lines: readonly string[], most: number): readonly string[] =>
  lines.length <= most ? lines : [...lines.slice(0, most - 1), `+ ${lines.length - most + 1}`];

/** For the top of a flowchart: what stands side by side keeps the order in which it is written. */
export const inWrittenOrder = '%%{init: {"elk": {"forceNodeModelOrder": true}}}%%';
