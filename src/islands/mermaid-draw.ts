// Mermaid text → an SVG element that the content security policy has nothing against.
import mermaid from 'mermaid';
import { allowStyles } from './csp-styles.ts';

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
});

let drawings = 0;
/** Mermaid draws one thing at a time. */
let queue: Promise<unknown> = Promise.resolve();

export function drawMermaid(text: string): Promise<SVGElement> {
  const drawing = queue.then(() => draw(text));
  queue = drawing.catch(() => undefined);
  return drawing;
}

async function draw(text: string): Promise<SVGElement> {
  drawings += 1;
  const { svg } = await mermaid.render(`drawing-${drawings}`, text);
  // Style attributes in markup are parsed under another name, and set through the object model.
  const parsed = new DOMParser().parseFromString(
    svg.replaceAll(' style="', ' data-style="'),
    'image/svg+xml',
  );
  const element = document.importNode(parsed.documentElement, true) as unknown as SVGElement;
  for (const style of element.querySelectorAll('style')) style.remove();
  for (const styled of [element, ...element.querySelectorAll<SVGElement>('[data-style]')]) {
    styled.style.cssText = styled.dataset.style ?? '';
    delete styled.dataset.style;
  }
  element.classList.add('mermaid-drawing');
  element.setAttribute('aria-hidden', 'true');
  return element;
}
