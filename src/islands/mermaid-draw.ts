// Mermaid text → an SVG element that the content security policy has nothing against.
import mermaid from 'mermaid';
import { breath } from './breath.ts';
import { allowStyles } from './csp-styles.ts';
import { idOf } from './drawing-parts.ts';
import { quiet } from './quiet.ts';

allowStyles();
mermaid.initialize({
  startOnLoad: false,
  securityLevel: 'strict',
  deterministicIds: true,
  theme: 'base',
  look: 'classic',
  fontFamily: getComputedStyle(document.documentElement).getPropertyValue('--mono') || 'monospace',
  themeVariables: { fontSize: '15px' },
  htmlLabels: false,
  flowchart: {
    curve: 'basis',
    nodeSpacing: 14,
    rankSpacing: 30,
    padding: 12,
    wrappingWidth: 420,
    subGraphTitleMargin: { top: 4, bottom: 8 },
  },
  sequence: {
    mirrorActors: false,
    actorMargin: 14,
    width: 120,
    height: 50,
    messageMargin: 26,
    noteMargin: 6,
    boxMargin: 4,
    diagramMarginX: 12,
    diagramMarginY: 8,
    actorFontSize: 15,
    messageFontSize: 15,
    noteFontSize: 14,
  },
});

let drawings = 0;
/** Mermaid draws one thing at a time. */
let queue: Promise<unknown> = Promise.resolve();

/** Draws when nobody types, in slices between which the page lives on (src/build/paced-mermaid.ts). Answers nothing when it is not `wanted` any more by then. */
export function drawMermaid(text: string, wanted: () => boolean): Promise<SVGElement | undefined> {
  const drawing = queue.then(quiet).then(() => (wanted() ? draw(text) : undefined));
  queue = drawing.catch(() => undefined);
  return drawing;
}

async function draw(text: string): Promise<SVGElement> {
  drawings += 1;
  const { svg } = await mermaid.render(`drawing-${drawings}`, text);
  await breath();
  // Style attributes in markup are parsed under another name, and set through the object model.
  const parsed = new DOMParser().parseFromString(
    svg.replaceAll(' style="', ' data-style="'),
    'image/svg+xml',
  );
  await breath();
  const element = document.importNode(parsed.documentElement, true) as unknown as SVGElement;
  for (const style of element.querySelectorAll('style')) style.remove();
  for (const styled of [element, ...element.querySelectorAll<SVGElement>('[data-style]')]) {
    styled.style.cssText = styled.dataset.style ?? '';
    delete styled.dataset.style;
  }
  await breath();
  decode(element);
  raiseTitles(element);
  element.classList.add('mermaid-drawing');
  element.setAttribute('aria-hidden', 'true');
  return element;
}

/** Lines are drawn over the boxes that they lead into: the boxes' titles are put above the lines once more. */
function raiseTitles(element: SVGElement): void {
  const top = element.querySelector('.nodes');
  for (const label of element.querySelectorAll('.cluster > .cluster-label')) {
    const box = label.parentElement;
    const title = document.createElementNS('http://www.w3.org/2000/svg', 'g');
    title.setAttribute('class', `cluster-title ${box?.getAttribute('class') ?? ''}`);
    title.classList.remove('cluster');
    title.dataset.id = idOf(box ?? label);
    title.append(label.cloneNode(true));
    top?.append(title);
  }
}

/** Entities that Mermaid has escaped once more: in names of lines and boxes they are left as text. */
function decode(element: SVGElement): void {
  const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  for (let node = texts.nextNode(); node; node = texts.nextNode())
    if (node.nodeValue?.includes('&#'))
      node.nodeValue = node.nodeValue.replace(/&#(\d{1,7});/g, (_, code: string) =>
        String.fromCodePoint(Number(code)),
      );
}
