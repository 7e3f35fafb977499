// diff of two files: the longest common subsequence, in normal or (one hunk) unified form.
import type { Process } from '../os/index.ts';
import type { Op } from '../sim/index.ts';
import { type Flavoured, inputs, linesOf, options } from './common.ts';

export const diff: Flavoured = (flavour) =>
  function* (p) {
    const parsed = yield* options(p, flavour, {
      flags: 'qubwiN',
      long: { brief: 'q', unified: 'u' },
      status: 2,
    });
    if (!parsed.ok) return parsed.error;
    const [a, b] = parsed.value.operands;
    if (a === undefined || b === undefined) {
      yield* p.err(
        `diff: missing operand${a === undefined ? '' : ` after '${a}'`}\ndiff: Try 'diff --help' for more information.\n`,
      );
      return 2;
    }
    const { list, failed } = yield* inputs(p, flavour, [a, b]);
    const [left, right] = list;
    if (failed || !left || !right) return 2;
    if (left.text === right.text) return 0;
    if (parsed.value.has('q')) yield* p.out(`Files ${a} and ${b} differ\n`);
    else
      yield* printDiff(
        p,
        linesOf(left.text),
        linesOf(right.text),
        parsed.value.has('u') ? [a, b] : undefined,
      );
    return 1;
  };

interface Hunk {
  readonly a: readonly [number, number];
  readonly b: readonly [number, number];
}

function* printDiff(
  p: Process,
  x: readonly string[],
  y: readonly string[],
  unified: readonly [string, string] | undefined,
): Op<void> {
  if (unified) {
    yield* p.out(`--- ${unified[0]}\n+++ ${unified[1]}\n@@ -1,${x.length} +1,${y.length} @@\n`);
    let at = 0;
    for (const { a, b } of hunks(x, y)) {
      for (; at < a[0]; at += 1) yield* p.out(` ${x[at]}\n`);
      for (const line of x.slice(...a)) yield* p.out(`-${line}\n`);
      for (const line of y.slice(...b)) yield* p.out(`+${line}\n`);
      at = a[1];
    }
    for (; at < x.length; at += 1) yield* p.out(` ${x[at]}\n`);
    return;
  }
  const range = ([from, to]: readonly [number, number]): string =>
    to - from <= 1 ? `${to > from ? from + 1 : from}` : `${from + 1},${to}`;
  for (const { a, b } of hunks(x, y)) {
    const kind = a[0] === a[1] ? 'a' : b[0] === b[1] ? 'd' : 'c';
    yield* p.out(`${range(a)}${kind}${range(b)}\n`);
    for (const line of x.slice(...a)) yield* p.out(`< ${line}\n`);
    if (kind === 'c') yield* p.out('---\n');
    for (const line of y.slice(...b)) yield* p.out(`> ${line}\n`);
  }
}

function hunks(x: readonly string[], y: readonly string[]): Hunk[] {
  const common: number[][] = Array.from({ length: x.length + 1 }, () =>
    new Array<number>(y.length + 1).fill(0),
  );
  const cell = (i: number, j: number): number => common[i]?.[j] ?? 0;
  for (let i = x.length - 1; i >= 0; i -= 1)
    for (let j = y.length - 1; j >= 0; j -= 1)
      (common[i] as number[])[j] =
        x[i] === y[j] ? cell(i + 1, j + 1) + 1 : Math.max(cell(i + 1, j), cell(i, j + 1));
  const found: Hunk[] = [];
  let [i, j] = [0, 0];
  while (i < x.length || j < y.length) {
    if (i < x.length && j < y.length && x[i] === y[j]) {
      i += 1;
      j += 1;
      continue;
    }
    const [fromA, fromB] = [i, j];
    while (i < x.length || j < y.length) {
      if (i < x.length && j < y.length && x[i] === y[j]) break;
      if (j >= y.length || (i < x.length && cell(i + 1, j) >= cell(i, j + 1))) i += 1;
      else j += 1;
    }
    found.push({ a: [fromA, i], b: [fromB, j] });
  }
  return found;
}
