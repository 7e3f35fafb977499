// Do lab.yaml and the two languages' prose agree? Pure: the caller reads the files.
import type { LabDefinition } from '../../sandbox-engine/protocol/index.ts';
import { diagramKinds, isDiagram } from './diagram-kinds.ts';
import type { ContentProblem } from './parse-lab.ts';
import { type Placed, placesStep, type ScannedPage } from './scan-page.ts';

/** Which components place what, once each and in the order of lab.yaml. */
const placements = [
  {
    components: ['Run', 'Do'],
    attribute: 'step',
    noun: 'step',
    ids: (lab: LabDefinition) => lab.steps,
  },
  {
    components: ['Predict'],
    attribute: 'id',
    noun: 'prediction',
    ids: (lab: LabDefinition) => lab.predictions,
  },
  { components: ['Try'], attribute: 'id', noun: 'try', ids: (lab: LabDefinition) => lab.tries },
] as const;

/** What is wrong with one page of a lab. */
export function checkPage(lab: LabDefinition, page: ScannedPage): ContentProblem[] {
  const problems: ContentProblem[] = [];
  const problem = (line: number, message: string) =>
    problems.push({ file: page.file, line, message });

  for (const { components, attribute, noun, ids } of placements) {
    const wanted = ids(lab).map((item) => item.id);
    const seen = new Map<string, number>();
    let last = -1;
    for (const placed of page.placed.filter((p) => isOneOf(components, p.component))) {
      const id = placed.attributes[attribute];
      if (id === undefined) {
        problem(placed.line, `<${placed.component}> needs ${attribute}="…"`);
        continue;
      }
      const position = wanted.indexOf(id);
      const before = seen.get(id);
      if (position < 0) problem(placed.line, `there is no ${noun} ${id} in the lab ${lab.id}`);
      else if (before !== undefined)
        problem(placed.line, `the ${noun} ${id} stands twice: it is on line ${before} already`);
      else if (position < last)
        problem(placed.line, `the ${noun} ${id} comes earlier in lab.yaml: keep its order`);
      seen.set(id, placed.line);
      last = Math.max(last, position);
    }
    for (const id of wanted)
      if (!seen.has(id)) problem(1, `the ${noun} ${id} of the lab ${lab.id} is missing`);
  }
  for (const placed of page.placed) checkPlaced(lab, page, placed, problem);
  return problems;
}

const isOneOf = (names: readonly string[], name: string): boolean => names.includes(name);

function checkPlaced(
  lab: LabDefinition,
  page: ScannedPage,
  placed: Placed,
  problem: (line: number, message: string) => void,
): void {
  const { component, attributes, line } = placed;
  const runAbove = (step: string) =>
    page.placed.some((p) => placesStep(p) && p.attributes.step === step && p.line <= line);
  if (placesStep(placed)) {
    const step = lab.steps.find(({ id }) => id === attributes.step);
    const wanted = step?.via === undefined ? 'Run' : 'Do';
    if (step && component !== wanted)
      problem(
        line,
        `the step ${step.id} is done ${step.via ? `via the ${step.via}` : 'in a terminal'}: place it with <${wanted}>`,
      );
  }
  if (component === 'Changes' && !runAbove(attributes.step ?? ''))
    problem(line, `<Changes step="${attributes.step ?? ''}">: that step has no Run above`);
  if (attributes.at !== undefined && !lab.steps.some((step) => step.id === attributes.at))
    problem(line, `there is no step ${attributes.at}`);
  if (component === 'Diagram') {
    const { view } = attributes;
    if (!isDiagram(view))
      problem(line, `<Diagram> has a view: ${Object.keys(diagramKinds).join(', ')}`);
    else {
      const { needs, takes } = diagramKinds[view];
      for (const name of needs)
        if (!attributes[name]) problem(line, `<Diagram view="${view}"> needs ${name}="…"`);
      for (const name of Object.keys(attributes))
        if (!['view', 'at', ...needs, ...takes].includes(name))
          problem(line, `<Diagram view="${view}"> takes no ${name}`);
    }
  }
  if (component === 'Predict') {
    const prediction = lab.predictions.find((p) => p.id === attributes.id);
    if (!prediction) return;
    const wanted = prediction.options.map((option) => option.id);
    if (wanted.toSorted().join(' ') !== placed.options.toSorted().join(' '))
      problem(line, `options of ${prediction.id}: ${wanted.join(', ')} in lab.yaml`);
    const run = page.placed.find((p) => placesStep(p) && p.attributes.step === prediction.before);
    if (run && run.line < line)
      problem(line, `the prediction ${prediction.id} stands below the Run that it is about`);
  }
}

/** Both languages have the same anchors, in the same order. */
export function checkAnchors(first: ScannedPage, second: ScannedPage): ContentProblem[] {
  const problems: ContentProblem[] = [];
  for (const page of [first, second]) {
    const seen = new Set<string>();
    for (const { id, line } of page.headings) {
      if (id !== undefined && seen.has(id))
        problems.push({ file: page.file, line, message: `the anchor ${id} stands twice` });
      if (id !== undefined) seen.add(id);
    }
  }
  const count = Math.max(first.headings.length, second.headings.length);
  for (let i = 0; i < count; i += 1) {
    const [a, b] = [first.headings[i], second.headings[i]];
    if (a?.id === b?.id && a?.depth === b?.depth) continue;
    const page = b === undefined ? first : second;
    problems.push({
      file: page.file,
      line: (b ?? a)?.line ?? 1,
      message: `heading ${i + 1} is ${name(b)} here and ${name(a)} in the other language`,
    });
    break;
  }
  return problems;

  function name(heading: { depth: number; id: string | undefined } | undefined): string {
    return heading ? `${'#'.repeat(heading.depth)} {#${heading.id ?? ''}}` : 'missing';
  }
}
