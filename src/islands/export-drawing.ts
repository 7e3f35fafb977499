// Saving a drawing: as SVG with its colours in it, as PNG, or as Mermaid's text.

const kept = [
  'fill',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'stroke-linecap',
  'opacity',
  'font-family',
  'font-size',
  'font-weight',
  'text-anchor',
  'dominant-baseline',
  'paint-order',
] as const;

/** A copy that needs no style sheet, on the page's background. */
function standalone(drawing: SVGSVGElement): SVGSVGElement {
  const copy = drawing.cloneNode(true) as SVGSVGElement;
  const [originals, copies] = [drawing, copy].map((root) => [root, ...root.querySelectorAll('*')]);
  originals?.forEach((original, i) => {
    const target = copies?.[i];
    if (!target) return;
    const style = getComputedStyle(original);
    for (const name of kept) {
      const value = style.getPropertyValue(name);
      if (value !== '') target.setAttribute(name, value);
    }
    target.removeAttribute('style');
    target.removeAttribute('class');
  });
  const { x, y, width, height } = drawing.viewBox.baseVal;
  copy.setAttribute('width', String(width));
  copy.setAttribute('height', String(height));
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  const ground = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
  const attributes = { x, y, width, height, fill: backgroundOf(drawing) };
  for (const [name, value] of Object.entries(attributes)) ground.setAttribute(name, String(value));
  copy.prepend(ground);
  return copy;
}

const backgroundOf = (element: Element): string =>
  getComputedStyle(element.closest('figure') ?? document.body).backgroundColor;

const textOf = (drawing: SVGSVGElement): string =>
  new XMLSerializer().serializeToString(standalone(drawing));

export function saveSvg(drawing: SVGSVGElement, name: string): void {
  save(new Blob([textOf(drawing)], { type: 'image/svg+xml' }), `${name}.svg`);
}

export function saveText(text: string, name: string): void {
  save(new Blob([text], { type: 'text/plain' }), `${name}.mmd`);
}

/** Twice as large as it is, for screens of today. */
export async function savePng(drawing: SVGSVGElement, name: string): Promise<void> {
  const { width, height } = drawing.viewBox.baseVal;
  const scale = Math.min(2, 8000 / Math.max(width, height));
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(textOf(drawing))}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = Math.ceil(width * scale);
  canvas.height = Math.ceil(height * scale);
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (blob) save(blob, `${name}.png`);
}

function save(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
