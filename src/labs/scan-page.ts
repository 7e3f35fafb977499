// What a lab's MDX page places: steps, predictions, tries, diagrams and anchors, each with its line.
import { type MdastNode, mdxToMdast } from 'satteri';
import type { ContentProblem } from './parse-lab.ts';

export interface Placed {
  /** Component name: `Run`, `Predict`, `Try`, … */
  readonly component: string;
  readonly line: number;
  readonly attributes: Readonly<Record<string, string>>;
  /** For `Predict`: the ids of its options. */
  readonly options: readonly string[];
}

export interface Heading {
  readonly depth: number;
  readonly id: string | undefined;
  readonly line: number;
}

export interface ScannedPage {
  readonly file: string;
  readonly placed: readonly Placed[];
  readonly headings: readonly Heading[];
  readonly problems: readonly ContentProblem[];
}

/** Attributes without a value. */
const flags = ['gateway'];

/** The components that a page may use, with the attributes that each takes. */
const components: Readonly<Record<string, readonly string[]>> = {
  Run: ['step'],
  Do: ['step'],
  Console: ['at'],
  Changes: ['step', 'host', 'kinds', 'inside'],
  Predict: ['id'],
  Option: ['id'],
  Because: [],
  Diagram: ['view', 'host', 'network', 'gateway', 'service', 'port', 'at'],
  Browser: ['url', 'at'],
  Try: ['id'],
  Hint: [],
  Note: ['kind'],
  Term: ['en'],
  Host: ['name'],
  Summary: [],
};

/** Is it the place of a step of lab.yaml? */
export const placesStep = ({ component }: Placed): boolean =>
  component === 'Run' || component === 'Do';

interface AnyNode {
  readonly type: string;
  readonly position?: { readonly start: { readonly line: number } };
  readonly children?: readonly AnyNode[];
  readonly name?: string | null;
  readonly depth?: number;
  readonly value?: string;
  readonly data?: { readonly hProperties?: { readonly id?: string } };
  readonly attributes?: readonly {
    readonly type: string;
    readonly name?: string;
    readonly value?: unknown;
  }[];
}

export function scanPage(file: string, text: string): ScannedPage {
  const placed: Placed[] = [];
  const headings: Heading[] = [];
  const problems: ContentProblem[] = [];
  let root: MdastNode;
  try {
    root = mdxToMdast(text, { features: { headingAttributes: true } });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const [, line, rest] = /^(\d+):\d+: (.*)/s.exec(message) ?? [];
    return {
      file,
      placed,
      headings,
      problems: [{ file, line: Number(line ?? 1), message: rest ?? message }],
    };
  }
  const problem = (node: AnyNode, message: string) =>
    problems.push({ file, line: node.position?.start.line ?? 1, message });

  const visit = (node: AnyNode): void => {
    if (node.type === 'heading' && (node.depth ?? 1) <= 3) {
      const id = node.data?.hProperties?.id;
      if (id === undefined) problem(node, 'a heading without an anchor: ## Title {#anchor}');
      headings.push({ depth: node.depth ?? 2, id, line: node.position?.start.line ?? 1 });
    } else if (node.type === 'text' && node.value?.includes('**'))
      problem(node, `** was not understood as bold: "${node.value.trim().slice(0, 40)}"`);
    else if (node.type === 'mdxjsEsm') problem(node, 'no import or export lines in a page');
    else if (node.type === 'mdxJsxFlowElement' || node.type === 'mdxJsxTextElement')
      placeComponent(node);
    for (const child of node.children ?? []) visit(child);
  };

  const placeComponent = (node: AnyNode): void => {
    const name = node.name ?? '';
    if (!/^[A-Z]/.test(name)) return;
    const known = components[name];
    if (!known) {
      problem(node, `unknown component <${name}>; there are ${Object.keys(components).join(', ')}`);
      return;
    }
    const attributes: Record<string, string> = {};
    for (const attribute of node.attributes ?? []) {
      const key = attribute.name ?? '';
      if (!known.includes(key)) problem(node, `<${name}> has no attribute ${key}`);
      else if (flags.includes(key) && attribute.value == null) attributes[key] = '';
      else if (typeof attribute.value !== 'string')
        problem(node, `<${name} ${key}>: a text in quotes was expected`);
      else attributes[key] = attribute.value;
    }
    placed.push({
      component: name,
      line: node.position?.start.line ?? 1,
      attributes,
      options: optionsOf(node),
    });
  };

  visit(root as AnyNode);
  return { file, placed, headings, problems };
}

function optionsOf(node: AnyNode): string[] {
  const ids: string[] = [];
  const visit = (child: AnyNode): void => {
    if (child.name === 'Option') {
      const id = child.attributes?.find((attribute) => attribute.name === 'id')?.value;
      ids.push(typeof id === 'string' ? id : '');
    }
    child.children?.forEach(visit);
  };
  if (node.name === 'Predict') node.children?.forEach(visit);
  return ids;
}
