// What axe finds on a page, in a few words.
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Violations as `rule: elements`; below one element, or of one rule, if it is given. */
export async function violations(
  page: Page,
  { include, rule }: { readonly include?: string; readonly rule?: string } = {},
): Promise<string[]> {
  const axe = new AxeBuilder({ page })
    // What passes is thousands of elements: to describe them all takes five times as long as to look at them.
    .options({ resultTypes: ['violations'] })
    // There are no frames on our pages.
    .setLegacyMode();
  if (include !== undefined) axe.include(include);
  if (rule === undefined) axe.withTags(tags);
  else axe.withRules(rule);
  const found = await axe.analyze();
  return found.violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join(' | ')}`,
  );
}
