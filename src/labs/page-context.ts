// What the components inside a lab's prose need to know of their page: the page puts it into `Astro.locals`.
import type {
  DiagramName,
  LabDefinition,
  StepDefinition,
} from '../../sandbox-engine/protocol/index.ts';
import type { Language } from '../i18n/index.ts';
import {
  type BakedLab,
  type BakedStep,
  drawnSubject,
  momentOf,
  viewKey,
  type WantedView,
} from './bake.ts';
import { isDiagram } from './diagram-kinds.ts';
import type { ScannedPage } from './scan-page.ts';

export interface LabContext {
  readonly language: Language;
  readonly lab: LabDefinition;
  readonly baked: BakedLab;
  readonly page: ScannedPage;
}

export function labContext(locals: { readonly lab?: LabContext }): LabContext {
  if (!locals.lab) throw new Error('this component stands outside a lab page');
  return locals.lab;
}

/** A step with its number on the page and what came out of it at the build. */
export function stepOf(
  { lab, baked }: LabContext,
  id: string,
): { readonly step: StepDefinition; readonly number: number; readonly baked: BakedStep } {
  const index = lab.steps.findIndex((step) => step.id === id);
  const step = lab.steps[index];
  const output = baked.steps[id];
  if (!step || !output) throw new Error(`no step ${id} in ${lab.id}`);
  return { step, number: index + 1, baked: output };
}

/**
 * What the state looked like where a component stands. The n-th use of a component on a page is the n-th that the scan
 * found with these attributes.
 */
export function bakedView(
  { baked, page }: LabContext,
  show: DiagramName | 'browse' | 'services',
  subject: string,
  at: string | undefined,
  occurrence: number,
): unknown {
  const name = { browse: 'Browser', services: 'Console' }[show as string] ?? 'Diagram';
  const same = page.placed.filter(
    ({ component, attributes }) =>
      component === name &&
      attributes.at === at &&
      (isDiagram(show)
        ? attributes.view === show && drawnSubject(show, attributes) === subject
        : (attributes.url ?? '') === subject),
  );
  const line = same[Math.min(occurrence, same.length - 1)]?.line ?? 0;
  const wanted: WantedView = { after: momentOf(page, line, at), show, subject };
  return baked.views[viewKey(wanted)];
}

/** How often a component with these attributes has been asked for on this page before. */
export function occurrenceOf(locals: { occurrences?: Map<string, number> }, key: string): number {
  locals.occurrences ??= new Map();
  const occurrence = locals.occurrences.get(key) ?? 0;
  locals.occurrences.set(key, occurrence + 1);
  return occurrence;
}
