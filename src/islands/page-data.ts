// What the page carries for its islands, and the one client that they share.
import type { LabDefinition } from '../../sandbox-engine/protocol/index.ts';
import type { IslandStrings, Language } from '../i18n/index.ts';
import { LabClient } from '../lab-client/index.ts';
import type { Keeper } from '../sessions/keeper.ts';

interface LabPageData {
  readonly language: Language;
  readonly lab: LabDefinition;
  readonly strings: IslandStrings;
}

const text = document.getElementById('lab-data')?.textContent ?? '{}';
export const { language, lab, strings } = JSON.parse(text) as LabPageData;

let loading: Promise<Keeper> | undefined;
/** What keeps this lab's session on the device; loaded when the world is. */
export const keeper = (): Promise<Keeper> => {
  loading ??= import('../sessions/keeper.ts').then((module) => new module.Keeper(lab));
  return loading;
};
export const client = new LabClient(lab, keeper);

/** An element below `root` that the page is known to have. */
export function find<Kind extends Element = HTMLElement>(root: ParentNode, selector: string): Kind {
  const element = root.querySelector<Kind>(selector);
  if (!element) throw new Error(`the page has no ${selector}`);
  return element;
}

export function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string>> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}
