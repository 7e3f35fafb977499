// The parts of Mermaid's SVG by the ids of its text: what is lit stands out, everything else stands back.

/** `<svg id>-flowchart-<id>-<number>` for nodes; clusters and lines carry their id as data. */
export function idOf(part: Element): string {
  const data = part.getAttribute('data-id');
  if (data !== null) return data;
  const text = part.id || (part.querySelector('[data-id]')?.getAttribute('data-id') ?? '');
  return /flowchart-(.+)-\d+$/.exec(text)?.[1] ?? text.replace(/^drawing-\d+-/, '');
}

const parts = '.node, .cluster, .cluster-title, .edgePaths path, .edgeLabels .edgeLabel';

/** Lights what is in the set; without a set all is as it was. Answers the first node that is lit. */
export function light(drawing: Element, ids: ReadonlySet<string> | undefined): Element | undefined {
  let first: Element | undefined;
  const some = ids !== undefined && ids.size > 0;
  for (const part of drawing.querySelectorAll(parts)) {
    const inside = some && ids.has(idOf(part));
    part.classList.toggle('dimmed', some && !inside);
    part.classList.toggle('lit', inside);
    if (inside && part.classList.contains('node')) first ??= part;
  }
  return first;
}

/** The same for one row of a sequence. */
export function lightRow(
  drawing: Element,
  row: { readonly kind: 'arrow' | 'note'; readonly index: number } | undefined,
): Element | undefined {
  const arrows = [...drawing.querySelectorAll('.messageLine0, .messageLine1')];
  const notes = [...drawing.querySelectorAll('rect.note')];
  const lit = row && (row.kind === 'arrow' ? arrows : notes)[row.index];
  for (const part of [...arrows, ...notes]) part.classList.toggle('lit', part === lit);
  return lit;
}
